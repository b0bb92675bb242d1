"""MLflow tracking, 3.x."""

from __future__ import annotations

from assay.adapt.dialects.words import Dialect, Pattern, Recipe

DIALECT = Dialect(
    name="mlflow",
    package="mlflow",
    imports=("import mlflow",),
    # A run without a name gets one from Python's global random numbers, which the script may use.
    start=Pattern("mlflow.start_run(run_name=$project)"),
    nested=Pattern("mlflow.start_run(run_name=$name, nested=True)"),
    finish=Pattern("mlflow.end_run()"),
    parameters=Pattern("mlflow.log_params($parameters)"),
    parameter=Pattern("mlflow.log_param($parameter, $value)"),
    metrics=Pattern("mlflow.log_metrics($metrics)"),
    metrics_at=Pattern("mlflow.log_metrics($metrics, step=$step)"),
    metric=Pattern("mlflow.log_metric($metric, $value)"),
    metric_at=Pattern("mlflow.log_metric($metric, $value, step=$step)"),
    artifact=Pattern("mlflow.log_artifact($path)"),
    automatic={
        # Not for Lightning, of whose batches autolog keeps the last of each epoch, nor for Keras,
        # whose `val_loss` it calls `validation_loss`.
        "sklearn": Recipe(
            ("mlflow.sklearn.autolog(log_models=False, log_post_training_metrics=False)",)
        ),
    },
    logger=Recipe(
        (
            "MLFlowLogger(",
            "    run_id=mlflow.active_run().info.run_id, tracking_uri=mlflow.get_tracking_uri()",
            ")",
        ),
        ("from $lightning.loggers import MLFlowLogger",),
    ),
    logs_into_run=True,
    reports_as="mlflow",
)
