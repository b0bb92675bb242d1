"""A suite in figures: what its tasks are about, how long and how complex their references are, how
much of the field is in them, and how well their checks tell right from wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay import suites
from assay.build import shipped
from assay.build.outcome import FACTS
from assay.build.relevance import relevance
from assay.core.errors import InputError
from assay.core.words import Task
from assay.study import Figure, Quality, choose_clusters, mean_figure, mean_figures, measure
from assay.suites import Suite

_MEASURED = {
    "lines of references": "lines",
    "cyclomatic complexity": "cyclomatic",
    "cognitive complexity": "cognitive",
}
_KILLED = "mutants killed"


@dataclass(frozen=True, slots=True)
class Description:
    """A suite's counts by label, tier, source and environment, and its figures: means over tasks.

    `missing` says which figures could not be told, and why.
    """

    suite: Suite
    counts: Mapping[str, Mapping[str, int]]
    figures: Mapping[str, Figure]
    missing: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.suite.name,
            "version": self.suite.version,
            "fingerprint": self.suite.fingerprint,
            "tasks": len(self.suite.tasks),
            "counts": {axis: dict(values) for axis, values in self.counts.items()},
            "figures": {name: figure.to_json() for name, figure in self.figures.items()},
            "missing": dict(self.missing),
        }


def describe(suite: Suite) -> Description:
    """The suite in figures. Intervals are over tasks, or over sources where there are six of them
    or more; `n` is how many tasks a figure rests on: those with a reference that can be parsed,
    those whose mutants were run."""
    tasks = suite.tasks
    clusters = choose_clusters([task.id for task in tasks], [task.source for task in tasks])
    missing: dict[str, str] = {}
    found: dict[str, Figure] = {}
    numbers = {"checks": [float(len(task.checks)) for task in tasks], **_measured(tasks, missing)}
    for figure in mean_figures(list(numbers), _columns(numbers), clusters, kind="number"):
        found[figure.name] = figure
    shares = {
        "DL-relevance of prompts": [relevance(task.prompt) for task in tasks],
        "DL-relevance of references": [
            np.nan if task.reference is None else relevance(task.reference) for task in tasks
        ],
    }
    killed = _killed(suite)
    if killed:
        shares[_KILLED] = [killed.get(task.id, np.nan) for task in tasks]
    else:
        missing[_KILLED] = f"no {FACTS} beside its tasks (`assay suite verify` runs mutants)"
    for name, values in shares.items():
        found[name] = mean_figure(name, values, clusters)
    return Description(suite, suites.labels(suite), found, missing)


def _columns(numbers: Mapping[str, list[float]]) -> NDArray[np.float64]:
    return np.array(list(numbers.values()), dtype=np.float64).T


def _measured(tasks: tuple[Task, ...], missing: dict[str, str]) -> dict[str, list[float]]:
    """What `study.quality` measures of references; nothing, and why, where it cannot."""
    try:
        measures = [None if task.reference is None else measure(task.reference) for task in tasks]
    except InputError as fault:
        missing.update(dict.fromkeys(_MEASURED, str(fault)))
        return {}
    return {name: [_one(one, key) for one in measures] for name, key in _MEASURED.items()}


def _one(measured: Quality | None, key: str) -> float:
    return np.nan if measured is None else float(getattr(measured, key))


def _killed(suite: Suite) -> dict[str, float]:
    """The share of its mutants that each task's checks see, as far as a build found it out."""
    found = {}
    for name, facts in _facts(suite).items():
        mutants, killed = facts.get("mutants"), facts.get("killed")
        if isinstance(mutants, int) and isinstance(killed, int) and mutants > 0:
            found[name] = killed / mutants
    return found


def _facts(suite: Suite) -> Mapping[str, Mapping[str, Any]]:
    """What a build wrote beside the suite's tasks, or what came with the manifest that it was made
    of."""
    file = suite.path / FACTS if suite.path else None
    if file is not None and file.is_file():
        try:
            told = json.loads(file.read_text(encoding="utf-8"))["tasks"]
            return {name: dict(facts) for name, facts in told.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"{file}: cannot be read as what `assay build` writes: {error!r}"
            ) from (None)
    for one in (shipped.dl, shipped.dl_mini):
        name = f"{one.name}-{one.part}" if one.part else one.name
        if suite.name == name:
            try:
                libraries = one.manifest().libraries
            except InputError:
                return {}
            return {
                f"{one.name}/{entry.function}": entry.facts
                for library in libraries
                for entry in library.entries
            }
    return {}
