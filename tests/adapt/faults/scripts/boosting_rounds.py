# ruff: noqa
"""Boosted trees that evaluate in each round, k-means of several sizes, a cross-validation."""

import xgboost as xgb
from sklearn.cluster import KMeans
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, train_test_split

X, y = load_wine(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
train, test = xgb.DMatrix(X_train, y_train), xgb.DMatrix(X_test, y_test)
params = {"objective": "multi:softprob", "num_class": 3, "eta": 0.3, "max_depth": 2}
booster = xgb.train(params, train, 5, evals=[(train, "train"), (test, "eval")])
inertias = []
for k in range(2, 4):
    inertias.append(KMeans(n_clusters=k, n_init=2, random_state=0).fit(X).inertia_)
scores = cross_val_score(LogisticRegression(max_iter=50), X, y, cv=3)
hits = (booster.predict(test).argmax(axis=1) == y_test).sum()
print(scores)
