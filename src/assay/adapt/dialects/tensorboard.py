"""TensorBoard, written by torch's SummaryWriter."""

from __future__ import annotations

from assay.adapt.dialects.words import Dialect, Pattern, Recipe

DIALECT = Dialect(
    name="tensorboard",
    package="tensorboard",
    imports=("from torch.utils.tensorboard import SummaryWriter",),
    start=Pattern("SummaryWriter()"),
    finish=Pattern("$run.close()"),
    run="writer",
    parameter=Pattern("$run.add_text($parameter, str($value))"),
    metric=Pattern("$run.add_scalar($metric, $value)"),
    metric_at=Pattern("$run.add_scalar($metric, $value, $step)"),
    logger=Recipe(
        ('TensorBoardLogger("runs", name=$project, default_hp_metric=False)',),
        ("from $lightning.loggers import TensorBoardLogger",),
    ),
    reports_as="tensorboard",
)
