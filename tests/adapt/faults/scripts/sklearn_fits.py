# ruff: noqa
"""Estimators that are only looked at: no figure is computed."""

from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

X, y = load_wine(return_X_y=True)
X = StandardScaler().fit_transform(X)
tree = DecisionTreeClassifier(max_depth=2, random_state=0)
tree.fit(X, y)
print(tree.predict(X[:5]))
tree.set_params(max_depth=3).fit(X, y)
line = LogisticRegression(C=0.5)
line.fit(X, y)
print(line.predict(X[:5]))
