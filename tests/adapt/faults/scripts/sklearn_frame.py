# ruff: noqa
"""Rents by district and size: columns of several kinds in one pipeline."""

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

rng = np.random.RandomState(0)
flats = pd.DataFrame(
    {
        "district": rng.choice(["north", "south", "harbour"], 160),
        "size": rng.uniform(20, 120, 160),
        "rooms": rng.randint(1, 6, 160),
    }
)
rent = 8 * flats["size"] + 90 * flats["rooms"] + rng.normal(0, 40, 160)
X_train, X_test, y_train, y_test = train_test_split(flats, rent, random_state=0)

depth = 5
columns = make_column_transformer((OneHotEncoder(), ["district"]), remainder="passthrough")
model = make_pipeline(columns, RandomForestRegressor(10, max_depth=depth, random_state=0))
model.fit(X_train, y_train)
error = mean_absolute_error(y_test, model.predict(X_test))
print("mean absolute error", round(error, 2))
