"""MLflow's model registry, 3.x."""

from __future__ import annotations

from dataclasses import replace

from assay.adapt.dialects.mlflow import DIALECT as MLFLOW
from assay.adapt.dialects.words import Recipe

_NAMED = "name=$project, registered_model_name=$project"

DIALECT = replace(
    MLFLOW,
    name="mlflow-registry",
    tracker="mlflow",
    registers={
        # The default format, pt2, traces the model by a run of its own, which draws random numbers
        # in training mode and takes static graphs only.
        "torch": Recipe(
            (f'mlflow.pytorch.log_model($model, {_NAMED}, serialization_format="pickle")',),
            ("import mlflow",),
        ),
        "lightning": Recipe(
            (f'mlflow.pytorch.log_model($model, {_NAMED}, serialization_format="pickle")',),
            ("import mlflow",),
        ),
        "keras": Recipe((f"mlflow.keras.log_model($model, {_NAMED})",), ("import mlflow",)),
        # Its default, skops, refuses types that it does not know, those of a plain tree among them.
        "sklearn": Recipe(
            (f'mlflow.sklearn.log_model($model, {_NAMED}, serialization_format="cloudpickle")',),
            ("import mlflow",),
        ),
        # From a few rows MLflow infers the signature: what goes in and what comes out.
        "sklearn-example": Recipe(
            (
                f"mlflow.sklearn.log_model($model, {_NAMED}, input_example=$example[:5], "
                'serialization_format="cloudpickle")',
            ),
            ("import mlflow",),
        ),
        "xgboost": Recipe((f"mlflow.xgboost.log_model($model, {_NAMED})",), ("import mlflow",)),
        "lightgbm": Recipe((f"mlflow.lightgbm.log_model($model, {_NAMED})",), ("import mlflow",)),
        "transformers": Recipe(
            (f'mlflow.pytorch.log_model($model, {_NAMED}, serialization_format="pickle")',),
            ("import mlflow",),
        ),
    },
)
