"""A trained model, registered."""

from __future__ import annotations

from tests.adapt.faults import Adaptation, Edits, Fault

_SAVED = '    torch.save(model.state_dict(), "points.pt")\n'
_LOGS = """\
    with mlflow.start_run(run_name="points"):
        mlflow.pytorch.log_model(
            model, name="model", registered_model_name="points", serialization_format="pickle",
            pip_requirements=["torch"],
        )
"""
_IMPORT = (
    "import torch\nfrom torch import nn\n",
    "import mlflow\nimport torch\nfrom torch import nn\n",
)
_TORCH: Edits = (_IMPORT, (_SAVED, _SAVED + _LOGS))

_SKLEARN_SAVED = 'joblib.dump(forest, "forest.joblib")\n'
_SKLEARN_LOGS = """\
with mlflow.start_run(run_name="forest"):
    mlflow.sklearn.log_model(
        forest, name="model", registered_model_name="forest", serialization_format="pickle",
        pip_requirements=["scikit-learn"],
    )
"""
_SKLEARN: Edits = (
    ("import joblib\n", "import joblib\nimport mlflow\n"),
    (_SKLEARN_SAVED, _SKLEARN_SAVED + _SKLEARN_LOGS),
)
_WANDB: Edits = (
    ("import torch\nfrom torch import nn\n", "import torch\nimport wandb\nfrom torch import nn\n"),
    (
        _SAVED,
        _SAVED + '    run = wandb.init(project="points")\n'
        '    kept = wandb.Artifact("points", type="model")\n'
        '    kept.add_file("points.pt")\n    run.log_artifact(kept)\n    run.finish()\n',
    ),
)

ADAPTATIONS = [
    Adaptation("torch + registry", "torch_points", ("mlflow-registry",), _TORCH),
    Adaptation("sklearn + registry", "sklearn_compare", ("mlflow-registry",), _SKLEARN),
    Adaptation("torch + wandb registry", "torch_points", ("wandb-registry",), _WANDB),
]


def _fault(
    name: str, caught_by: str, *edits: tuple[str, str], of: str = "torch + registry"
) -> Fault:
    return Fault(name, of, caught_by, edits)


FAULTS = [
    _fault(
        "a registry without a model",
        "registered",
        (
            _LOGS,
            '    with mlflow.start_run(run_name="points"):\n'
            '        mlflow.MlflowClient().create_registered_model("points")\n',
        ),
    ),
    _fault("logged and not registered", "registered", ('registered_model_name="points", ', "")),
    _fault(
        "an untrained model is registered",
        "trained",
        (_LOGS, ""),
        (
            '    best_acc, best_loss = 0.0, float("inf")\n',
            _LOGS + '    best_acc, best_loss = 0.0, float("inf")\n',
        ),
    ),
    _fault(
        "other weights are registered",
        "trained",
        ("            model, name", "            model.__class__(args.hidden), name"),
    ),
    _fault(
        "a coarse copy is registered",
        "trained",
        ("            model, name", "            copy.deepcopy(model).half(), name"),
        ("import argparse\n", "import argparse\nimport copy\n"),
    ),
    _fault(
        "the registered files are gone",
        "registered",
        (_LOGS, _LOGS + '    shutil.rmtree("mlruns")\n'),
        ("import argparse\n", "import argparse\nimport shutil\n"),
    ),
    _fault(
        "the wrong estimator is registered",
        "trained",
        ("    forest, name=", "    Ridge().fit(X_test, y_test), name="),
        of="sklearn + registry",
    ),
    _fault(
        "an artifact of the wrong kind",
        "registered",
        ('type="model"', 'type="dataset"'),
        of="torch + wandb registry",
    ),
    _fault(
        "an untrained artifact",
        "trained",
        (
            'kept.add_file("points.pt")',
            'torch.save(Net(args.hidden).state_dict(), "other.pt")\n    kept.add_file("other.pt")',
        ),
        of="torch + wandb registry",
    ),
]
