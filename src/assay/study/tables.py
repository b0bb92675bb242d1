"""Figures of samples, whole and grouped along axes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.core.errors import InputError
from assay.study.axes import Axis, axis
from assay.study.bootstrap import Floats
from assay.study.figure import Figure
from assay.study.intervals import (
    DEFAULTS,
    Settings,
    choose_clusters,
    mean_figures,
)
from assay.study.paired import Comparison, compare_values
from assay.study.passing import (
    AtTemperatures,
    RunSpread,
    at_temperatures,
    over_runs,
    pass_at_k,
    share_of_checks,
)
from assay.study.samples import Sample, Units, units

DEFAULT_AXES = ("stage", "task_type", "data_type", "tier", "source")


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some units: `labels` says along which axes they were chosen. `tasks` are
    different tasks, `samples` all their samples, `harness` those that our own failures cost."""

    labels: Mapping[str, str]
    figures: Mapping[str, Figure]
    tasks: int
    samples: int
    harness: int

    @property
    def label(self) -> str:
        return " · ".join(self.labels.values()) or "all"


@dataclass(frozen=True, slots=True)
class Table:
    """Groups along no axis (one group), one, or several crossed."""

    axes: tuple[str, ...]
    groups: tuple[Group, ...]

    def __iter__(self) -> Iterator[Group]:
        return iter(self.groups)

    def __getitem__(self, label: str) -> Group:
        for group in self.groups:
            if group.label == label:
                return group
        known = ", ".join(group.label for group in self.groups)
        raise InputError(f"no group {label!r} in the table by {self.axes}; there are {known}")

    def to_json(self) -> dict[str, dict[str, Any]]:
        """Label → figure → `value`, `low`, `high`, `n`, `method`."""
        return {group.label: figures_json(group.figures) for group in self.groups}


class Study:
    """Samples, ready to be tabulated: the values of each unit are made once, for all tables.

    A unit is a task under one model, solver and temperature. Every figure is a mean over units;
    where samples have several configurations the same task stands in each, and clusters keep its
    units together.
    """

    def __init__(
        self, samples: Iterable[Sample], ks: Sequence[int] = (1,), settings: Settings = DEFAULTS
    ) -> None:
        self.units: Units = units(samples)
        self.settings = settings
        self._origins = self.units.origins()
        self._names, self._values = _values(self.units, ks)
        self._samples = self.units.count()
        self._harness = self.units.count(self.units.harness)
        self._tables: dict[tuple[str | Axis, ...], Table] = {}

    def figures(self) -> dict[str, Figure]:
        """The figures of everything, by name: "pass@1", "pass@1 placed", "checks passed",
        "placed", "harness"."""
        return dict(self.table().groups[0].figures)

    def table(self, *axes: str | Axis) -> Table:
        """Groups along an axis, or along several crossed; a name is that of a label or of model,
        solver, temperature, source or task. A crossing that holds nothing is left out; a single
        axis keeps its empty labels, with figures of 0."""
        if axes not in self._tables:
            ways = [way if isinstance(way, Axis) else axis(self.units, way) for way in axes]
            self._tables[axes] = self._tabulate(ways)
        return self._tables[axes]

    def _tabulate(self, ways: Sequence[Axis]) -> Table:
        everything = np.arange(len(self.units), dtype=np.intp)
        found = [
            self._group(labels, members)
            for labels, members in self._crossed(ways, {}, everything)
            if len(members) or len(ways) < 2
        ]
        return Table(tuple(way.name for way in ways), tuple(found))

    def _crossed(
        self, ways: Sequence[Axis], labels: dict[str, str], members: NDArray[np.intp]
    ) -> Iterator[tuple[dict[str, str], NDArray[np.intp]]]:
        if not ways:
            yield labels, members
            return
        inside = np.zeros(len(self.units), dtype=np.bool_)
        inside[members] = True
        for label, among in ways[0].groups.items():
            yield from self._crossed(
                ways[1:], {**labels, ways[0].name: label}, among[inside[among]]
            )

    def _group(self, labels: dict[str, str], members: NDArray[np.intp]) -> Group:
        clusters = self._origins.clusters(members)
        figures = mean_figures(self._names, self._values[members], clusters, settings=self.settings)
        return Group(
            labels,
            {figure.name: figure for figure in figures},
            tasks=len(np.unique(self._origins.tasks[members])),
            samples=int(self._samples[members].sum()),
            harness=int(self._harness[members].sum()),
        )

    def labels(self) -> tuple[str, ...]:
        """The axes that these samples have labels for, the papers' own first."""
        found = dict.fromkeys(label for head in self.units.heads for label in head.labels)
        if any(head.source for head in self.units.heads):
            found["source"] = None
        usual = [name for name in DEFAULT_AXES if name in found]
        return (*usual, *(name for name in found if name not in usual))

    def runs(self) -> RunSpread:
        """pass@1 over repeated runs: the samples with the same number are one run."""
        numbers, run = np.unique(self.units.number, return_inverse=True)
        grid = np.full((len(numbers), len(self.units)), np.nan)
        counted = ~self.units.harness
        grid[run[counted], self.units.unit[counted]] = self.units.passed[counted]
        return over_runs(grid, self._origins.clusters(), self.settings)

    def temperatures(self, k: int = 3) -> AtTemperatures:
        """pass@k at each temperature, and with all together, of one model and solver."""
        at = sorted({h.temperature for h in self.units.heads if h.temperature is not None})
        if len({(head.model, head.solver) for head in self.units.heads}) > 1:
            raise InputError("temperatures are compared for one model and one solver at a time")
        names = list(dict.fromkeys(head.task for head in self.units.heads))
        rows = {(head.task, head.temperature): row for row, head in enumerate(self.units.heads)}
        n, passed = self.units.tries()
        counts = {}
        for temperature in at:
            where = np.array([rows.get((name, temperature), -1) for name in names], dtype=np.intp)
            held = where >= 0
            counts[temperature] = (
                np.where(held, n[where], np.nan), np.where(held, passed[where], np.nan)
            )  # fmt: skip
        heads = {head.task: row for row, head in enumerate(self.units.heads)}
        clusters = self._origins.clusters(np.array([heads[name] for name in names], dtype=np.intp))
        return at_temperatures(counts, k, clusters, self.settings)


def compare(
    first: Study, second: Study, k: int = 1, *, placed_only: bool = False
) -> Comparison:  # fmt: skip
    """Two runs, each of one model, solver and temperature, by pass@k on the tasks of both."""
    for study in (first, second):
        if len(found := study.units.configurations()) != 1:
            listed = "; ".join(" ".join(map(str, one)) for one in found[:4])
            raise InputError(f"a comparison takes one model, solver and temperature, not {listed}")
    values = [
        dict(zip((head.task for head in study.units.heads),
                 pass_at_k(*study.units.tries(placed_only=placed_only), k), strict=True))
        for study in (first, second)
    ]  # fmt: skip
    heads = {head.task: head for study in (second, first) for head in study.units.heads}
    clusters = choose_clusters(list(heads), [head.source for head in heads.values()])
    one, two = ([by_task.get(task, np.nan) for task in heads] for by_task in values)
    name = f"pass@{k}{' placed' if placed_only else ''}"
    return compare_values(one, two, clusters, name=name, settings=first.settings)


def figures_json(figures: Mapping[str, Figure]) -> dict[str, dict[str, Any]]:
    """Name → `value`, `low`, `high`, `n`, `method`."""
    return {name: figure.to_json() for name, figure in figures.items()}


def _values(found: Units, ks: Sequence[int]) -> tuple[list[str], Floats]:
    """What every figure is a mean of: units × figures."""
    columns: dict[str, Floats] = {}
    for k in dict.fromkeys(ks):
        columns[f"pass@{k}"] = pass_at_k(*found.tries(), k)
        columns[f"pass@{k} placed"] = pass_at_k(*found.tries(placed_only=True), k)
    counted = np.where(found.harness, np.nan, 1.0)
    shares = share_of_checks(found.checks_passed, found.checks, found.placed)
    columns["checks passed"] = found.mean(shares * counted)
    columns["placed"] = found.mean(np.where(found.placed, counted, 0.0 * counted))
    columns["harness"] = found.mean(found.harness.astype(np.float64))
    return list(columns), np.stack(list(columns.values()), axis=1)
