"""Trackio."""

from __future__ import annotations

from assay.adapt.dialects.words import Dialect, Pattern, Recipe

DIALECT = Dialect(
    name="trackio",
    package="trackio",
    imports=("import trackio",),
    start=Pattern("trackio.init(project=$project)"),
    finish=Pattern("trackio.finish()"),
    context=False,
    parameters=Pattern("trackio.config.update($parameters)"),
    metrics=Pattern("trackio.log($metrics)"),
    metrics_at=Pattern("trackio.log($metrics, step=$step)"),
    artifact=Pattern("trackio.log_artifact($path)"),
    settings_first=True,
    logger=Recipe(
        ("TrackioLogger()",),
        ("from $lightning.loggers import Logger",),
        (
            "class TrackioLogger(Logger):",
            '    name, version = "trackio", None',
            "",
            "    def log_hyperparams(self, params):",
            "        trackio.config.update(params)",
            "",
            "    def log_metrics(self, metrics, step=None):",
            "        trackio.log(metrics, step=step)",
        ),
    ),
    logs_into_run=True,
    reports_as="trackio",
)
