"""Labels by rule: a function's stage of the pipeline, its type of task and its type of data."""

from __future__ import annotations

import ast
import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assay.build.definitions import Definition, parsed

_RULES = Path(__file__).with_name("labels.toml")
_PLACES = ("module", "name", "signature", "calls", "words")
# The labels of each axis, as suites write them.
AXES: Mapping[str, tuple[str, ...]] = {
    "stage": (
        "Pre/post Processing", "Model Construction", "Training", "Inference",
        "Evaluation & Metrics",
    ),
    "task_type": (
        "General", "Classification", "Regression", "Object Detection", "Image Segmentation",
        "Time Series Prediction", "Recommendation",
    ),
    "data_type": ("Image", "Text", "Structured Array", "Others"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of `labels.toml`."""

    label: str
    where: str
    pattern: re.Pattern[str]


def labels(definition: Definition) -> dict[str, str]:
    """One label on each axis; the first rule that is met decides, and the last meets everything."""
    texts = _texts(definition)
    return {
        axis: next(one.label for one in among if one.pattern.search(texts[one.where]))
        for axis, among in rules().items()
    }


@functools.cache
def rules() -> Mapping[str, tuple[Rule, ...]]:
    """The rules of each axis, in their order."""
    table = tomllib.loads(_RULES.read_text(encoding="utf-8"))
    found = {}
    for axis, known in AXES.items():
        made = [Rule(one["label"], one["where"], re.compile(one["pattern"])) for one in table[axis]]
        assert all(one.label in known and one.where in _PLACES for one in made), axis
        found[axis] = tuple(made)
    return found


def _texts(definition: Definition) -> dict[str, str]:
    return {
        "module": _split(definition.module),
        "name": _split(definition.qualname),
        "signature": definition.signature.lower(),
        "calls": " ".join(_calls(definition.source)),
        "words": " ".join(definition.docstring.lower().split()),
    }


def _split(name: str) -> str:
    """`nn.BatchNorm2d` as `nn.batch_norm2d`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _calls(source: str) -> list[str]:
    tree = parsed(source)
    found = []
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call):
            found.append(ast.unparse(node.func).lower())
    return found
