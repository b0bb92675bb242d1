"""Comet."""

from __future__ import annotations

from assay.adapt.dialects.words import Dialect, Pattern, Recipe

DIALECT = Dialect(
    name="comet",
    package="comet_ml",
    imports=("import comet_ml",),
    start=Pattern("comet_ml.start(project_name=$project)"),
    finish=Pattern("$run.end()"),
    run="experiment",
    context=False,
    parameters=Pattern("$run.log_parameters($parameters)"),
    parameter=Pattern("$run.log_parameter($parameter, $value)"),
    metrics=Pattern("$run.log_metrics($metrics)"),
    metrics_at=Pattern("$run.log_metrics($metrics, step=$step)"),
    metric=Pattern("$run.log_metric($metric, $value)"),
    metric_at=Pattern("$run.log_metric($metric, $value, step=$step)"),
    artifact=Pattern("$run.log_asset($path)"),
    # It wants to be imported before the frameworks that it hooks into.
    import_first=True,
    logger=Recipe(
        ("CometLogger(project=$project)",),
        ("from $lightning.loggers import CometLogger",),
    ),
    reports_as="comet_ml",
)
