"""What a selector chose of one task, and how often such a choice is right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.solve.table import Scores, Table


@dataclass(frozen=True, slots=True)
class Choice:
    """What one selector chose. `rows` tie for the best, the most frequent first; `size` programs
    behave like the first, which is `agreement` of all that were offered; `passed` of the tests;
    `behaviours` counts those that tie."""

    selector: str
    rows: tuple[int, ...]
    size: int
    agreement: float
    passed: int
    behaviours: int
    places: Scores

    @property
    def row(self) -> int:
        return self.rows[0]


def choose(selector: str, places: Scores, table: Table) -> Choice:
    """The choice that the places of a table's programs amount to."""
    best = np.flatnonzero(places == places.max())
    best = best[np.argsort(-table.copies[best], kind="stable")]
    behaviour = np.concatenate([table.outputs, table.passed], axis=1)
    alike = (behaviour == behaviour[best[0]]).all(axis=1)
    size = int(table.copies[alike].sum())
    return Choice(
        selector,
        tuple(best.tolist()),
        size,
        size / int(table.copies.sum()),
        int(table.test_copies[table.passed[best[0]]].sum()),
        len(np.unique(behaviour[best], axis=0)),
        places,
    )


def right_at_k(places: Scores, copies: npt.NDArray[np.int64], right: Scores, k: int) -> float:
    """The chance that one of the first `k` choices is right, as CodeT counts: one program of each
    of the best `k` places, drawn from those that share it; fewer places than `k` are gone through
    again. `right` is 1, 0, or NaN for a failure of ours, which is left out. NaN where there are
    fewer than `k` programs."""
    known = np.isfinite(right) & (copies > 0)
    if copies[known].sum() < k:
        return float("nan")
    values, place = np.unique(-places[known], return_inverse=True)
    weights = copies[known].astype(np.float64)
    whole = np.bincount(place, weights, len(values))
    shares = np.bincount(place, weights * right[known], len(values)) / whole
    draws = np.bincount(np.arange(k) % min(k, len(values)), minlength=len(values))
    return float(1 - np.prod((1 - shares) ** draws))
