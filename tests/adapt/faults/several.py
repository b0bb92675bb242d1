"""Scripts that train several times: a run for each training."""

from __future__ import annotations

from tests.adapt.faults import Adaptation, Edits, Fault

_LOGGED = '            print(f"{phase} loss: {phase_loss.item():.4f}")\n'
_TWICE: Edits = (
    ("import torch\nfrom torch", "import mlflow\nimport torch\nfrom torch"),
    (
        _LOGGED,
        _LOGGED + '            mlflow.log_metric(f"{phase}_loss", phase_loss.item(), step=epoch)\n',
    ),
    (
        "train(linear, 0.1)\ntrain(deep, 0.05)\n",
        """\
with mlflow.start_run(run_name="twice"):
    mlflow.log_params({"EPOCHS": EPOCHS})
    with mlflow.start_run(run_name="linear", nested=True):
        train(linear, 0.1)
    with mlflow.start_run(run_name="deep", nested=True):
        train(deep, 0.05)
""",
    ),
)
_AUTOLOG = "mlflow.sklearn.autolog(log_models=False, log_post_training_metrics=False)"
_FITS: Edits = (
    ("from sklearn.datasets", "import mlflow\nfrom sklearn.datasets"),
    (
        "tree.fit(X, y)\n",
        f"{_AUTOLOG}\ntree.fit(X, y)\n",
    ),
)

ADAPTATIONS = [
    Adaptation("two trainings + mlflow", "torch_twice", ("mlflow",), _TWICE),
    Adaptation("fits + mlflow", "sklearn_fits", ("mlflow",), _FITS),
]


def _fault(name: str, caught_by: str, of: str, *edits: tuple[str, str]) -> Fault:
    return Fault(name, of, caught_by, edits)


_WITH = '    with mlflow.start_run(run_name="{}", nested=True):\n'
_STEP = "step=epoch)\n"
FAULTS = [
    _fault(
        "two trainings go into one run",
        "metrics",
        "two trainings + mlflow",
        (_WITH.format("linear") + "        train(linear", "    train(linear"),
        (_WITH.format("deep") + "        train(deep", "    train(deep"),
    ),
    _fault(
        "each epoch gets a run",
        "metrics",
        "two trainings + mlflow",
        (
            '            mlflow.log_metric(f"{phase}_loss", phase_loss.item(), step=epoch)\n',
            "            with mlflow.start_run(nested=True, run_name=str(epoch)):\n"
            '                mlflow.log_metric(f"{phase}_loss", phase_loss.item(), step=epoch)\n',
        ),
    ),
    _fault(
        "one of two trainings is not logged",
        "metrics",
        "two trainings + mlflow",
        (
            '            mlflow.log_metric(f"{phase}_loss"',
            '            rate == 0.1 and mlflow.log_metric(f"{phase}_loss"',
        ),
    ),
    _fault(
        "two trainings' phases are swapped",
        "metrics",
        "two trainings + mlflow",
        (
            'f"{phase}_loss", phase_loss.item()',
            'f"{\'val\' if phase == \'train\' else \'train\'}_loss", phase_loss.item()',
        ),
    ),
    _fault(
        "the second training's steps go on",
        "metrics",
        "two trainings + mlflow",
        (_STEP, "step=epoch + (EPOCHS if rate == 0.05 else 0))\n"),
    ),
    _fault(
        "a run within a run is left open",
        "tracked",
        "two trainings + mlflow",
        (
            _WITH.format("deep") + "        train(deep, 0.05)\n",
            '    train(deep, 0.05)\nmlflow.start_run(run_name="late")\n',
        ),
    ),
    _fault(
        "a fit has no run",
        "tracked",
        "fits + mlflow",
        ("line.fit(X, y)\n", "mlflow.sklearn.autolog(disable=True)\nline.fit(X, y)\n"),
    ),
    _fault(
        "a run belongs to no fit",
        "tracked",
        "fits + mlflow",
        (
            "line.fit(X, y)\n",
            "line.fit(X, y)\nDecisionTreeClassifier(random_state=0).fit(X, y)\n",
        ),
    ),
    _fault(
        "an estimator is fitted with another parameter",
        "weights",
        "fits + mlflow",
        ("set_params(max_depth=3)", "set_params(max_depth=4)"),
    ),
]  # fmt: skip
