"""Axes that tables are grouped by: what a task is labelled, where and when it is from, what
answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from assay.core.errors import InputError
from assay.study.samples import Sample, Units

MISSING = "(none)"
_OWN: dict[str, Callable[[Sample], str]] = {
    "model": lambda head: head.model,
    "solver": lambda head: head.solver,
    "temperature": lambda head: "" if head.temperature is None else f"{head.temperature:g}",
    "source": lambda head: head.source,
    "task": lambda head: head.task,
}


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """A way to group units: for each label the units in it. Windows of time may overlap, and a
    label that was asked for may be empty."""

    name: str
    groups: Mapping[str, NDArray[np.intp]]


def axis(units: Units, name: str, expected: Sequence[str] = ()) -> Axis:
    """Group by a label of the tasks, or by model, solver, temperature, source or task. What lacks
    the label stands last as "(none)"; `expected` labels stand first, also where they are empty.
    `InputError` where no task has the label."""
    read = _OWN.get(name) or (lambda head: head.labels.get(name, ""))
    labels = [read(head) for head in units.heads]
    if name not in _OWN and not any(labels) and not expected and labels:
        known = sorted({*_OWN, *(label for head in units.heads for label in head.labels)})
        raise InputError(f"no task has a label {name!r}; there are {', '.join(known)}")
    return _partition(name, labels, expected, numeric=name == "temperature")


def _partition(
    name: str, labels: Sequence[str], expected: Sequence[str] = (), *, numeric: bool = False
) -> Axis:
    found = {label for label in labels if label} - set(expected)
    ordered = sorted(found, key=float) if numeric else sorted(found, key=_natural)
    order = [*expected, *ordered, *([MISSING] if not all(labels) else [])]
    codes = {label: at for at, label in enumerate(order)}
    at = np.array([codes[label or MISSING] for label in labels], dtype=np.intp)
    by_code = np.argsort(at, kind="stable")
    parts = np.split(by_code, np.searchsorted(at[by_code], np.arange(1, len(order))))
    return Axis(name, dict(zip(order, parts, strict=False)))


def _natural(label: str) -> list[tuple[bool, int, str]]:
    """Sorts "tier 2" before "tier 10"."""
    parts = re.split(r"([0-9]+)", label)
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def cutoff_axis(units: Units, cutoffs: str | Mapping[str, str]) -> Axis:
    """Before and after a model's training cutoff: one date for all models, or a date for each. A
    task of the very day of the cutoff is after it."""
    order = ("before the cutoff", "after the cutoff", "date unknown", "cutoff unknown")
    fixed = _day(cutoffs, "the cutoff") if isinstance(cutoffs, str) else None
    by_model = (
        {}
        if isinstance(cutoffs, str)
        else {model: _day(date, f"the cutoff of {model!r}") for model, date in cutoffs.items()}
    )

    def side(head: Sample) -> str:
        cutoff = fixed or by_model.get(head.model)
        if cutoff is None:
            return order[3]
        if not head.date:
            return order[2]
        return order[0] if date_of(head) < cutoff else order[1]

    grouped = _partition("cutoff", [side(head) for head in units.heads], order)
    kept = {
        label: members
        for label, members in grouped.groups.items()
        if len(members) or label in order[:2]
    }
    return Axis("cutoff", kept)


def since_axis(units: Units, dates: Sequence[str]) -> Axis:
    """Ever newer windows, each from a date on: "all", "since 2023-10-01", … They overlap; a task
    without a date is only in the first."""
    days = [date_of(head) if head.date else "" for head in units.heads]
    column = np.array(days, dtype="U10")
    groups = {"all": np.arange(len(units), dtype=np.intp)}
    for date in sorted(_day(date, "a window") for date in dates):
        groups[f"since {date}"] = np.flatnonzero((column != "") & (column >= date))
    return Axis("since", groups)


def date_of(head: Sample) -> str:
    """A task's date as YYYY-MM-DD; the first day where only the month or the year is known."""
    return _day(cast("str", head.date), f"task {head.task!r}")


def _day(text: str, whose: str) -> str:
    from datetime import date

    padded = text[:10] + "-01" * (2 - text[:10].count("-")) if len(text) >= 4 else text
    try:
        return date.fromisoformat(padded).isoformat()
    except ValueError:
        raise InputError(f"{whose} has the date {text!r}; write YYYY-MM-DD") from None
