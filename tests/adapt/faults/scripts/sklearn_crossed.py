# ruff: noqa
"""A regression with its cross-validation, and what it leaves unexplained."""

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import cross_validate, train_test_split

ALPHA = 0.5

X, y = load_diabetes(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = Ridge(alpha=ALPHA)
folds = cross_validate(model, X_train, y_train, cv=3, scoring=["r2"])
print("CV R2 %.3f +/- %.3f" % (np.mean(folds["test_r2"]), np.std(folds["test_r2"])))
model.fit(X_train, y_train)
pred = model.predict(X_test)
print("unexplained:", 1 - r2_score(y_test, pred))
print("MAE", mean_absolute_error(y_test, pred))
print("against the mean:", mean_absolute_error(y_test, pred) / abs(y_test).mean())
