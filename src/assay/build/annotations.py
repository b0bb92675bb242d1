"""Labels of a suite's tasks as several annotators give them: kept in a file, and settled.

The file is JSON Lines: {"task": …, "axis": …, "annotator": …, "label": …}. Annotators are `rules`,
`suite` (what it came with), `model:NAME` and `person:NAME`; each has one label for a task on an
axis.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assay.build.labelling import AXES
from assay.core.errors import InputError
from assay.core.files import write_whole
from assay.core.lines import gather, name_in
from assay.study import Figure
from assay.study.reliability import krippendorffs_alpha
from assay.suites import Suite
from assay.suites.records import known_keys

_KEYS = ("task", "axis", "annotator", "label")


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one annotator calls a task on one axis. ValueError for an axis or a label that there is
    not."""

    task: str
    axis: str
    annotator: str
    label: str

    def __post_init__(self) -> None:
        if self.axis not in AXES:
            raise ValueError(f"no axis {self.axis!r}: there are {', '.join(AXES)}")
        if self.label not in AXES[self.axis]:
            raise ValueError(
                f"task {self.task}: {self.axis} is one of {', '.join(AXES[self.axis])}; not "
                f"{self.label!r}"
            )

    @property
    def key(self) -> tuple[str, str, str]:
        return self.task, self.axis, self.annotator


def read(file: Path) -> list[Annotation]:
    """The annotations in a file. InputError names each line that is wrong."""
    return gather(file, _annotation, lambda one: one.key)


def add(file: Path, annotations: Iterable[Annotation]) -> list[Annotation]:
    """Put annotations into a file, in place of those that the same annotators gave before for the
    same tasks and axes. All that is in it then."""
    before = read(file) if file.exists() and file.stat().st_size else []
    merged = {one.key: one for one in (*before, *annotations)}
    text = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in merged.values())
    write_whole(file, text)
    return list(merged.values())


def _annotation(record: dict[str, Any]) -> Annotation:
    known_keys(record, _KEYS)
    return Annotation(*(name_in(record, key) for key in _KEYS))


@dataclass(frozen=True, slots=True)
class Settled:
    """What annotators call a task on one axis, by annotator, and the label that most of them give;
    None where two labels have as many."""

    task: str
    axis: str
    votes: Mapping[str, str]
    label: str | None

    @property
    def is_unanimous(self) -> bool:
        return len(set(self.votes.values())) == 1

    def to_json(self) -> dict[str, Any]:
        return {
            "task": self.task,
            "axis": self.axis,
            "label": self.label,
            "votes": dict(self.votes),
        }


def settle(annotations: Iterable[Annotation]) -> list[Settled]:
    """The majority for each task and axis, in the order in which they come."""
    votes: dict[tuple[str, str], dict[str, str]] = {}
    for one in annotations:
        votes.setdefault((one.task, one.axis), {})[one.annotator] = one.label
    return [Settled(task, axis, given, _majority(given)) for (task, axis), given in votes.items()]


def _majority(votes: Mapping[str, str]) -> str | None:
    (label, most), *others = Counter(votes.values()).most_common()
    return None if others and others[0][1] == most else label


def alphas(settled: Sequence[Settled]) -> dict[str, Figure]:
    """Krippendorff's alpha of each axis that has labels, its interval from drawing tasks.
    InputError where the extra `label` is not installed."""
    found = {}
    for axis, values in AXES.items():
        rows = [Counter(one.votes.values()) for one in settled if one.axis == axis]
        if rows:
            counts = np.array([[row[value] for value in values] for row in rows])
            found[axis] = krippendorffs_alpha(axis, counts)
    return found


def with_labels(suite: Suite, settled: Iterable[Settled]) -> Suite:
    """The suite with the majority's labels; where there is no majority, a task keeps what it had.
    InputError where a task is none of the suite's."""
    found: dict[str, dict[str, str]] = {}
    for one in settled:
        labels = found.setdefault(one.task, {})
        if one.label is not None:
            labels[one.axis] = one.label
    unknown = found.keys() - {task.id for task in suite.tasks}
    if unknown:
        more = f", nor {len(unknown) - 1:,} more of those that" if len(unknown) > 1 else ", which"
        raise InputError(f"suite {suite.name} has no task {min(unknown)!r}{more} the labels are of")
    tasks = tuple(
        replace(task, labels={**task.labels, **found.get(task.id, {})}) for task in suite.tasks
    )
    return replace(suite, tasks=tasks)
