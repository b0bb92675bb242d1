"""The cells of a matrix: five flat columns, and what the tables of outcomes say as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.core.outcomes import Outcome

# What one cell is stored as: 22 bytes, on every machine the same way round.
DTYPES: dict[str, np.dtype[Any]] = {
    "outcome": np.dtype("u1"),
    "behaviour": np.dtype("<u8"),
    "cpu": np.dtype("<f4"),
    "evidence": np.dtype("<i8"),
    "protection": np.dtype("u1"),
}

LABELS = tuple(outcome.label for outcome in Outcome)
COUNTS = np.array([outcome.rule.counts for outcome in Outcome])
SEVERITY = np.array([outcome.rule.severity for outcome in Outcome], dtype=np.uint8)
BY_SEVERITY = sorted(Outcome, key=lambda outcome: outcome.rule.severity)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """One entry per cell, task after task, each task row by row."""

    outcome: NDArray[np.uint8]
    behaviour: NDArray[np.uint64]
    cpu: NDArray[np.float32]
    evidence: NDArray[np.int64]
    protection: NDArray[np.uint8]

    @classmethod
    def never_ran(cls, cells: int) -> Columns:
        """Cells that nobody has set: ours to answer for, with evidence record 0."""
        arrays: dict[str, NDArray[Any]] = {n: np.zeros(cells, t) for n, t in DTYPES.items()}
        arrays["outcome"].fill(Outcome.HARNESS)
        return cls(**arrays)

    def part(self, start: int, stop: int) -> Columns:
        """A range of cells, sharing the data."""
        return Columns(**{f.name: getattr(self, f.name)[start:stop] for f in fields(self)})

    def read_only(self) -> Columns:
        """The same data behind views that cannot be written through."""
        views = {f.name: getattr(self, f.name).view() for f in fields(self)}
        for view in views.values():
            view.flags.writeable = False
        return Columns(**views)


def tally(outcome: NDArray[np.uint8]) -> dict[str, int]:
    """How often each outcome occurs, in the order of the table; those that do not are left out."""
    counts = np.bincount(outcome.ravel(), minlength=len(LABELS)).tolist()
    return {label: count for label, count in zip(LABELS, counts, strict=True) if count}
