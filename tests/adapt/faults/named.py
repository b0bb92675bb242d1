"""Names that say of what data a value is, or what it is, and are wrong of it."""

from __future__ import annotations

from tests.adapt.faults import Adaptation, Edits, Fault

_SAID = (
    '    print("%d | %.4f/%s loss train/val | %.3f" % '
    "(epoch, train_loss, more_loss, right / seen))\n"
)
_GUARDED = """\
    if more_loss is not None:
        mlflow.log_metric("more_loss", more_loss, step=epoch)
"""
_BACKWARD = "        loss.backward()\n"
_PARTS: Edits = (
    ("import torch\nfrom torch import nn\n", "import mlflow\nimport torch\nfrom torch import nn\n"),
    (
        "criterion = nn.CrossEntropyLoss()\n",
        'criterion = nn.CrossEntropyLoss()\nmlflow.start_run(run_name="parts")\n'
        'mlflow.log_params({"EPOCHS": EPOCHS, "accumulate": accumulate})\n',
    ),
    (
        _SAID,
        _SAID + '    mlflow.log_metrics({"train_loss": train_loss, '
        '"test_accuracy": right / seen}, step=epoch)\n' + _GUARDED + "mlflow.end_run()\n",
    ),
)

_MAE = 'print("MAE", mean_absolute_error(y_test, pred))\n'
_CROSSED: Edits = (
    ("import numpy as np\n", "import mlflow\nimport numpy as np\n"),
    (
        "model = Ridge(alpha=ALPHA)\n",
        'mlflow.start_run(run_name="crossed")\nmlflow.log_params({"ALPHA": ALPHA})\n'
        "model = Ridge(alpha=ALPHA)\n",
    ),
    (
        _MAE,
        _MAE + 'mlflow.log_metrics({"cv_r2": np.mean(folds["test_r2"]), '
        '"cv_r2_std": np.std(folds["test_r2"]), '
        '"test_mae": mean_absolute_error(y_test, pred)})\nmlflow.end_run()\n',
    ),
)

_SHORT: Edits = (
    ("from sklearn.datasets", "import mlflow\nfrom sklearn.datasets"),
    (
        'forest.fit(Xa, ya)\nguess = forest.predict(Xb)\nprint("accuracy", acc(yb, guess))\n',
        'with mlflow.start_run():\n    mlflow.log_param("trees", trees)\n    forest.fit(Xa, ya)\n'
        '    guess = forest.predict(Xb)\n    print("accuracy", acc(yb, guess))\n'
        '    mlflow.log_metric("accuracy", acc(yb, guess))\n',
    ),
)

ADAPTATIONS = [
    Adaptation("short + mlflow", "sklearn_short", ("mlflow",), _SHORT),
    Adaptation("parts + mlflow", "torch_parts", ("mlflow",), _PARTS),
    Adaptation("crossed + mlflow", "sklearn_crossed", ("mlflow",), _CROSSED),
]


def _fault(name: str, *edits: tuple[str, str], of: str = "parts + mlflow") -> Fault:
    return Fault(name, of, "metrics", edits)


FAULTS = [
    Fault(
        "an accuracy of rows that were never fitted is called one of training",
        "short + mlflow",
        "metrics",
        (('log_metric("accuracy"', 'log_metric("train_accuracy"'),),
    ),
    _fault("a test loader's accuracy is the training's", ('"test_accuracy"', '"train_accuracy"')),
    _fault("training's loss is the validation's", ('{"train_loss"', '{"val_loss"')),
    _fault("what is reckoned blindly is of training", ('"more_loss"', '"train_loss_more"')),
    _fault(
        "a gathered part of the loss is the loss",
        ('"train_loss": train_loss, ', ""),
        (
            _BACKWARD,
            _BACKWARD + '        mlflow.log_metric("train_loss", loss.item(), '
            "step=epoch * len(trainloader) + i)\n",
        ),
    ),
    _fault(
        "what is None in the third epoch is logged",
        (_GUARDED, '    mlflow.log_metric("more_loss", more_loss, step=epoch)\n'),
    ),
    _fault(
        "a generator's rival stands for both",
        ('            "loss_G": errG.item(),\n', ""),
        ('"loss_D"', '"train_loss"'),
        of="gan + mlflow",
    ),
    _fault("a cross-validation's mean is the test's", ('"cv_r2":', '"test_r2":'),
           of="crossed + mlflow"),
    _fault("a spread is a score", ('"cv_r2_std"', '"cv_score"'), of="crossed + mlflow"),
    _fault(
        "what is left is what is explained",
        ('"test_mae": mean_absolute_error(y_test, pred)', '"test_r2": 1 - r2_score(y_test, pred)'),
        of="crossed + mlflow",
    ),
    _fault(
        "a share of an error is the error",
        (
            "mean_absolute_error(y_test, pred)})",
            "mean_absolute_error(y_test, pred) / abs(y_test).mean()})",
        ),
        of="crossed + mlflow",
    ),
]  # fmt: skip
