"""Samples as they come, and as columns: one unit for each task under one model, solver and
temperature."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.core.errors import InputError
from assay.study.bootstrap import Floats, ratio
from assay.study.intervals import Origins, origins


@dataclass(frozen=True, slots=True)
class Sample:
    """One completion and what became of it.

    `checks` are those that count and `checks_passed` those that held; `placed` is whether a program
    could be placed; a `harness` failure is ours, and counts in no figure but its own. `labels` are
    the task's (stage, task type, data type, tier, …), `date` is ISO, as far as it is known.
    """

    task: str
    sample: int
    passed: bool
    checks_passed: int = 0
    checks: int = 0
    placed: bool = True
    harness: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    date: str | None = None
    model: str = ""
    solver: str = ""
    temperature: float | None = None


class Configuration(NamedTuple):
    """What was asked, and how."""

    model: str
    solver: str
    temperature: float | None


@dataclass(frozen=True, slots=True)
class Units:
    """Samples by unit. `heads` has each unit's first sample, for what all its samples share; the
    arrays have a row for each sample."""

    heads: tuple[Sample, ...]
    unit: NDArray[np.intp]
    number: NDArray[np.int64]
    passed: NDArray[np.bool_]
    placed: NDArray[np.bool_]
    harness: NDArray[np.bool_]
    checks_passed: Floats
    checks: Floats

    def __len__(self) -> int:
        return len(self.heads)

    def count(self, which: NDArray[np.bool_] | None = None) -> Floats:
        """For each unit how many of its samples are among `which`."""
        chosen = self.unit if which is None else self.unit[which]
        return np.bincount(chosen, minlength=len(self)).astype(np.float64)

    def tries(self, *, placed_only: bool = False) -> tuple[Floats, Floats]:
        """For each unit its samples that count, and those of them that passed: all completions, or
        only those in which a program could be placed."""
        counted = ~self.harness & self.placed if placed_only else ~self.harness
        return self.count(counted), self.count(counted & self.passed)

    def mean(self, values: Floats) -> Floats:
        """For each unit the mean over its samples; NaN is a value that is missing."""
        known = np.isfinite(values)
        total = np.bincount(self.unit[known], weights=values[known], minlength=len(self))
        held = self.count(known)
        return ratio(total, held)

    def configurations(self) -> tuple[Configuration, ...]:
        """The models, solvers and temperatures that occur, in their order."""
        return tuple(dict.fromkeys(configuration(head) for head in self.heads))

    def origins(self) -> Origins:
        """Task and source of each unit, which intervals are clustered by."""
        return origins([head.task for head in self.heads], [head.source for head in self.heads])


def configuration(sample: Sample) -> Configuration:
    """Under what a sample was drawn."""
    return Configuration(sample.model, sample.solver, sample.temperature)


def units(samples: Iterable[Sample]) -> Units:
    """Samples as columns. `InputError` where two have the same task, number and configuration,
    where one says more passed than was asked, or where a task is described in two ways."""
    rows = samples if isinstance(samples, Sequence) else list(samples)
    places: dict[tuple[Any, ...], int] = {}
    heads: list[Sample] = []
    unit = np.empty(len(rows), dtype=np.intp)
    tasks: dict[str, Sample] = {}
    for at, sample in enumerate(rows):
        key = (sample.task, sample.model, sample.solver, sample.temperature)
        place = places.setdefault(key, len(heads))
        if place == len(heads):
            heads.append(sample)
        _agree(tasks.setdefault(sample.task, sample), sample)
        unit[at] = place
    found = _columns(rows, tuple(heads), unit)
    _check(found)
    return found


def _columns(rows: Sequence[Sample], heads: tuple[Sample, ...], unit: NDArray[np.intp]) -> Units:
    def column(of: Callable[[Sample], Any], kind: Any) -> NDArray[Any]:
        return np.fromiter((of(sample) for sample in rows), dtype=kind, count=len(rows))

    return Units(
        heads,
        unit,
        number=column(lambda sample: sample.sample, np.int64),
        passed=column(lambda sample: sample.passed, np.bool_),
        placed=column(lambda sample: sample.placed, np.bool_),
        harness=column(lambda sample: sample.harness, np.bool_),
        checks_passed=column(lambda sample: sample.checks_passed, np.float64),
        checks=column(lambda sample: sample.checks, np.float64),
    )


def _agree(first: Sample, other: Sample) -> None:
    for name in ("labels", "source", "date"):
        one, two = getattr(first, name), getattr(other, name)
        if one is not two and one != two:
            raise InputError(
                f"task {first.task!r} has two descriptions: {name} is {one!r} for one sample and "
                f"{two!r} for another; make them alike"
            )


def _check(found: Units) -> None:
    order = np.lexsort((found.number, found.unit))
    unit, number = found.unit[order], found.number[order]
    twice = np.flatnonzero((unit[1:] == unit[:-1]) & (number[1:] == number[:-1]))
    if twice.size:
        head = found.heads[int(unit[twice[0]])]
        raise InputError(
            f"task {head.task!r} has sample {int(number[twice[0]])} twice for model "
            f"{head.model!r}, solver {head.solver!r}; number the samples of a task"
        )
    unplaced = found.passed & ~found.placed
    too_many = (found.checks_passed > found.checks) | (found.checks_passed < 0)
    for wrong, what in ((unplaced, "passed without a program"),
                        (too_many, "passed more checks than it has")):  # fmt: skip
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            task, sample = found.heads[int(found.unit[at])].task, int(found.number[at])
            raise InputError(f"sample {sample} of task {task!r} {what}")
