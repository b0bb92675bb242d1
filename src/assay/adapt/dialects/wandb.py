"""Weights & Biases."""

from __future__ import annotations

from assay.adapt.dialects.words import Dialect, Pattern, Recipe

DIALECT = Dialect(
    name="wandb",
    package="wandb",
    imports=("import wandb",),
    start=Pattern("wandb.init(project=$project)"),
    finish=Pattern("wandb.finish()"),
    parameters=Pattern("wandb.config.update($parameters)"),
    metrics=Pattern("wandb.log($metrics)"),
    metrics_at=Pattern("wandb.log($metrics, step=$step)"),
    artifact=Pattern("wandb.save($path)"),
    axis=Pattern("wandb.define_metric($metric, step_metric=$step)"),
    # Values at a step before the last one are dropped with a warning.
    forward_only=True,
    logger=Recipe(
        ("WandbLogger(project=$project)",),
        ("from $lightning.loggers import WandbLogger",),
    ),
    reports_as="wandb",
)
