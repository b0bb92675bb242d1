import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.datasets import fetch_california_housing
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import KFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

RANDOM_STATE = 0


def eval_metrics(actual, pred):
    rmse = np.sqrt(mean_squared_error(actual, pred))
    mae = mean_absolute_error(actual, pred)
    r2 = r2_score(actual, pred)
    return rmse, mae, r2


class HousePriceModel:
    params = dict(n_estimators=100, max_depth=12, min_samples_leaf=3, n_jobs=1, random_state=RANDOM_STATE)

    def __init__(self, **overrides):
        self.params = {**self.params, **overrides}
        skewed = ["Population", "AveOccup", "AveRooms", "AveBedrms"]
        prep = ColumnTransformer(
            [("log", FunctionTransformer(np.log1p, feature_names_out="one-to-one"), skewed)],
            remainder=StandardScaler(), verbose_feature_names_out=False)
        self.pipeline = make_pipeline(prep, RandomForestRegressor(**self.params))

    def train(self, X, y):
        cv = KFold(3, shuffle=True, random_state=RANDOM_STATE)
        scores = cross_val_score(self.pipeline, X, y, cv=cv, scoring="r2")
        print("CV r2: {:.3f} +/- {:.3f}".format(scores.mean(), scores.std()))
        self.pipeline.fit(X, y)
        return self

    def evaluate(self, X, y):
        rmse, mae, r2 = eval_metrics(y, self.pipeline.predict(X))
        print("  RMSE: %s" % rmse)
        print("  MAE: %s" % mae)
        print("  R2: %s" % r2)
        return {"rmse": rmse, "mae": mae, "r2": r2}


if __name__ == "__main__":
    data = fetch_california_housing(as_frame=True)
    X_train, X_test, y_train, y_test = train_test_split(data.data, data.target, test_size=0.25, random_state=RANDOM_STATE)
    model = HousePriceModel().train(X_train, y_train)
    metrics = model.evaluate(X_test, y_test)

    imp = permutation_importance(model.pipeline, X_test, y_test, n_repeats=3, random_state=RANDOM_STATE)
    print(pd.Series(imp.importances_mean, index=X_test.columns).sort_values(ascending=False).round(4).to_string())
    joblib.dump(model.pipeline, "housing.pkl")
    pd.DataFrame([metrics]).to_json("metrics.json", orient="records")
