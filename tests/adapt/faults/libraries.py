"""Keras, Lightning and scikit-learn, tracked."""

from __future__ import annotations

from tests.adapt.faults import Adaptation, Edits, Fault

_KERAS_IMPORT = ("import keras\nimport numpy", "import keras\nimport mlflow\nimport numpy")
_FIT = "model.fit(x_train"
_SCORED = 'print("Test accuracy:", round(score[1], 5))\n'
_KERAS: Edits = (
    _KERAS_IMPORT,
    (
        _FIT,
        'mlflow.start_run(run_name="points")\nmlflow.log_params({"batch_size": batch_size, '
        '"epochs": epochs})\nhistory = model.fit(x_train',
    ),
    (
        _SCORED,
        _SCORED
        + """\
for name, values in history.history.items():
    for epoch, value in zip(history.epoch, values):
        mlflow.log_metric(name, value, step=epoch)
mlflow.log_metric("test_loss", score[0])
mlflow.log_metric("test_accuracy", score[1])
mlflow.end_run()
""",
    ),
)
_LIT: Edits = (
    (
        "from torch import nn\n",
        "from lightning.pytorch.loggers import MLFlowLogger\nfrom torch import nn\n",
    ),
    ("logger=False", 'logger=MLFlowLogger(run_name="points", tracking_uri="sqlite:///mlflow.db")'),
)
_LIT_BOARD: Edits = (
    (
        "from torch import nn\n",
        "from lightning.pytorch.loggers import TensorBoardLogger\nfrom torch import nn\n",
    ),
    ("logger=False", 'logger=TensorBoardLogger("runs")'),
)
_SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\n"
_SK_SAID = 'print("ridge mse", round(ridge_mse, 4))\n'
_SK_LOGS = """\
with mlflow.start_run(run_name="compare"):
    mlflow.log_params({"n_estimators": n_estimators, "max_depth": max_depth})
    mlflow.log_metrics({"forest_mse": forest_mse, "ridge_mse": ridge_mse, "forest_r2": r2})
"""
_SKLEARN: Edits = (
    ("import joblib\n", "import joblib\nimport mlflow\n"),
    (_SK_SAID, _SK_SAID + _SK_LOGS),
)

ADAPTATIONS = [
    Adaptation("keras + mlflow", "keras_points", ("mlflow",), _KERAS),
    Adaptation("lightning + mlflow", "lit_points", ("mlflow",), _LIT),
    Adaptation("lightning + tensorboard", "lit_points", ("tensorboard",), _LIT_BOARD),
    Adaptation("sklearn + mlflow", "sklearn_compare", ("mlflow",), _SKLEARN),
]


def _fault(name: str, caught_by: str, of: str, *edits: tuple[str, str]) -> Fault:
    return Fault(name, of, caught_by, edits)


FAULTS = [
    _fault(
        "Keras' epochs count from one",
        "metrics",
        "keras + mlflow",
        ("value, step=epoch)", "value, step=epoch + 1)"),
    ),
    _fault(
        "Keras' training is logged as validation",
        "metrics",
        "keras + mlflow",
        (
            "log_metric(name, value",
            'log_metric(name.replace("val_", "") if "val_" in name else "val_" + name, value',
        ),
    ),
    _fault(
        "Keras' score is logged under the wrong name",
        "metrics",
        "keras + mlflow",
        ('"test_loss", score[0]', '"test_loss", score[1]'),
    ),
    _fault(
        "Keras' last epoch only",
        "metrics",
        "keras + mlflow",
        ("zip(history.epoch, values)", "list(zip(history.epoch, values))[-1:]"),
    ),
    _fault(
        "Keras is fitted for longer",
        "weights",
        "keras + mlflow",
        ("epochs=epochs,", "initial_epoch=1, epochs=epochs,"),
    ),
    _fault(
        "Lightning's run is left open",
        "tracked",
        "lightning + mlflow",
        ("logger=MLFlowLogger(", "logger=Quiet("),
        (
            "class LitNet",
            "class Quiet(MLFlowLogger):\n    def finalize(self, status=None):\n"
            "        pass\n\n\nclass LitNet",
        ),
    ),
    _fault(
        "Lightning logs other values",
        "metrics",
        "lightning + mlflow",
        (
            '    print("val_acc"',
            '    trainer.logger.log_metrics({"val_acc": 1.0}, step=9)\n    print("val_acc"',
        ),
    ),
    _fault(
        "Lightning's seed is lost",
        "weights",
        "lightning + mlflow",
        ("    L.seed_everything(3, verbose=False)\n", "    L.seed_everything(4, verbose=False)\n"),
    ),
    _fault(
        "scores of two estimators are swapped",
        "metrics",
        "sklearn + mlflow",
        (
            '"forest_mse": forest_mse, "ridge_mse": ridge_mse',
            '"forest_mse": ridge_mse, "ridge_mse": forest_mse',
        ),
    ),
    _fault(
        "the score is of the training data",
        "metrics",
        "sklearn + mlflow",
        (
            '"forest_mse": forest_mse',
            '"forest_mse": mean_squared_error(y_train, forest.predict(X_train))',
        ),
    ),
    _fault(
        "an estimator's parameter is another",
        "parameters",
        "sklearn + mlflow",
        ('"max_depth": max_depth', '"max_depth": 2 * max_depth'),
    ),
    _fault(
        "a score is logged as an error",
        "metrics",
        "sklearn + mlflow",
        ('"forest_mse": forest_mse', '"forest_mse": r2'),
    ),
]
