"""Programs that no test, or no output, tells apart, and how far such clusters agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.solve.table import Scores, Table

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Rows of a table in groups: `of` is each row's group, `first` a row of each group, `sizes`
    how many programs a group stands for."""

    of: Rows
    first: Rows
    sizes: Scores

    def spread(self, scores: Scores) -> Scores:
        """A score for each group, as one for each row."""
        spread: Scores = scores[self.of]
        return spread


def by_passes(table: Table) -> Clusters:
    """Together are programs that pass the same tests: the thesis's and CodeT's consensus sets."""
    return _grouped(table.passed, table.copies)


def by_behaviour(table: Table) -> Clusters:
    """Together are programs that answer every call alike, and pass the same tests."""
    return _grouped(np.concatenate([behaviours(table), table.passed], axis=1), table.copies)


def behaviours(table: Table) -> npt.NDArray[np.int32]:
    """What each program did, a class for each call; where nothing but assertions were put to
    them, who passes an assertion has answered it alike."""
    if table.outputs.shape[1]:
        return table.outputs
    return np.where(table.passed, np.int32(0), np.int32(-1))


def overlaps(outputs: npt.NDArray[np.int32]) -> Scores:
    """The share of calls that two rows answer alike, for all pairs. Who answers nothing agrees
    with nobody, itself included."""
    alike = np.zeros((len(outputs), len(outputs)))
    for column in outputs.T:
        alike += (column[:, None] == column[None, :]) & (column[:, None] >= 0)
    shares: Scores = alike / max(1, outputs.shape[1])
    return shares


def tests_passed(table: Table) -> Scores:
    """How many tests each row passed, those that were folded counted each."""
    passed: Scores = table.passed.astype(np.float64) @ table.test_copies
    return passed


def _grouped(keys: npt.NDArray[np.generic], copies: npt.NDArray[np.int64]) -> Clusters:
    if not keys.shape[1] or not len(keys):
        of = np.zeros(len(keys), dtype=np.intp)
        first = np.zeros(min(1, len(keys)), dtype=np.intp)
    else:
        _, first, of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        of = of.reshape(-1)
    sizes = np.bincount(of, weights=copies, minlength=len(first)).astype(np.float64)
    return Clusters(of, first, sizes)
