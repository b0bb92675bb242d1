"""Labels by rule: a function's stage of the pipeline, its kind of task and its kind of data."""

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
    "task": (
        "General", "Classification", "Regression", "Object Detection", "Image Segmentation",
        "Time Series Prediction", "Recommendation",
    ),
    "data": ("Image", "Text", "Structured Array", "Others"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """A label, and what decided: the rule's number on its axis, where it looked, what it found."""

    axis: str
    label: str
    rule: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of `labels.toml`."""

    number: int
    label: str
    where: str
    pattern: re.Pattern[str]


def label(definition: Definition) -> tuple[Label, ...]:
    """One label on each axis; for each axis the first rule that is met decides."""
    texts = _texts(definition)
    return tuple(_decided(axis, rules_, texts) for axis, rules_ in rules().items())


def labels_of(found: tuple[Label, ...]) -> dict[str, str]:
    """Labels as a task has them."""
    return {one.axis: one.label for one in found}


@functools.cache
def rules() -> Mapping[str, tuple[Rule, ...]]:
    """The rules of each axis, in their order."""
    table = tomllib.loads(_RULES.read_text(encoding="utf-8"))
    found = {}
    for axis, known in AXES.items():
        made = [
            Rule(number, one["label"], one["where"], re.compile(one["pattern"]))
            for number, one in enumerate(table[axis], 1)
        ]
        assert all(one.label in known and one.where in _PLACES for one in made), axis
        found[axis] = tuple(made)
    return found


def _decided(axis: str, among: tuple[Rule, ...], texts: Mapping[str, str]) -> Label:
    for rule in among:
        met = rule.pattern.search(texts[rule.where])
        if met:
            found = met[0].strip("._") or "anything"
            told = f"{axis} {rule.number}: {rule.where} has {found!r}"
            return Label(axis, rule.label, told if rule.pattern.pattern != "." else "no rule met")
    raise AssertionError("the last rule of an axis meets everything")


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
