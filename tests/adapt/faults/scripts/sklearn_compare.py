# ruff: noqa
"""Two estimators compared on the same data; the better one is kept."""

import joblib
import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import train_test_split

rng = np.random.RandomState(0)
X = np.sort(5 * rng.rand(160, 1), axis=0)
y = np.sin(X).ravel() + 0.1 * rng.randn(160)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

n_estimators = 8
max_depth = 4
forest = RandomForestRegressor(n_estimators=n_estimators, max_depth=max_depth, random_state=0)
forest.fit(X_train, y_train)
ridge = Ridge(alpha=0.5)
ridge.fit(X_train, y_train)

forest_mse = mean_squared_error(y_test, forest.predict(X_test))
ridge_mse = mean_squared_error(y_test, ridge.predict(X_test))
r2 = r2_score(y_test, forest.predict(X_test))
print("forest mse", round(forest_mse, 4), "r2", round(r2, 4))
print("ridge mse", round(ridge_mse, 4))
joblib.dump(forest, "forest.joblib")
