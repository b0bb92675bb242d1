# ruff: noqa
"""A forest on iris, in names that say nothing of the data's parts."""

from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score as acc
from sklearn.model_selection import train_test_split

X_tr, Y_tr = load_iris(return_X_y=True)
Xa, Xb, ya, yb = train_test_split(X_tr, Y_tr, test_size=0.3, random_state=2)
trees = 3
forest = RandomForestClassifier(trees, max_depth=2, random_state=0)
forest.fit(Xa, ya)
guess = forest.predict(Xb)
print("accuracy", acc(yb, guess))
