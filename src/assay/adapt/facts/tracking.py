"""Tracking that a script has already."""

from __future__ import annotations

import libcst as cst

from assay.adapt.facts.source import Source
from assay.adapt.facts.words import Tracker

# The name that a call or import begins with → the component it belongs to.
_USES = {
    "mlflow": "mlflow",
    "wandb": "wandb",
    "comet_ml": "comet",
    "trackio": "trackio",
    "torch.utils.tensorboard": "tensorboard",
    "tensorboardX": "tensorboard",
    "tensorflow.summary": "tensorboard",
    "neptune": "neptune",
    "aim": "aim",
    "clearml": "clearml",
    "dvclive": "dvclive",
    "optuna": "optuna",
    "nncf": "nncf",
    "torch.nn.utils.prune": "prune",
    "torch_pruning": "prune",
}
_ENDINGS = {
    "MLFlowLogger": "mlflow",
    "WandbLogger": "wandb",
    "WandbCallback": "wandb",
    "WandbMetricsLogger": "wandb",
    "CometLogger": "comet",
    "TensorBoardLogger": "tensorboard",
    "callbacks.TensorBoard": "tensorboard",
    "SummaryWriter": "tensorboard",
}
_REGISTERING = ("register_model", "link_model", "link_artifact")


def find(source: Source) -> tuple[Tracker, ...]:
    """Each component with the line of its first use. A use is a call: an import alone tracks
    nothing. Registration counts as the component `mlflow-registry` or `wandb-registry`."""
    found: dict[str, int] = {}
    for call in source.all(cst.Call):
        name = source.named(call.func)
        for component in _components(source, call, name):
            found.setdefault(component, source.line(call))
    return tuple(Tracker(component, line) for component, line in found.items())


def _components(source: Source, call: cst.Call, name: str) -> list[str]:
    found = [
        component for prefix, component in _USES.items()
        if name == prefix or name.startswith(prefix + ".")
    ]  # fmt: skip
    found += [component for ending, component in _ENDINGS.items() if name.endswith(ending)]
    keywords = {arg.keyword.value: arg.value for arg in call.args if arg.keyword is not None}
    if found:
        registers = "registered_model_name" in keywords or name.rsplit(".", 1)[-1] in _REGISTERING
        if registers and found[0] in ("mlflow", "wandb"):
            found.append(f"{found[0]}-registry")
    if "report_to" in keywords:
        reported = source.code(keywords["report_to"])
        found += [c for c in ("mlflow", "wandb", "comet", "tensorboard") if c in reported]
    if isinstance(call.func, cst.Attribute) and call.func.attr.value in _REGISTERING:
        found.append("wandb-registry")
    return found
