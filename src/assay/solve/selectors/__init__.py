"""Selectors: a table in, a score for each program out. Ours come in by the door, like yours.

What holds for every selector is seen to here, and not left to any of them: a program that fails a
test that the user vouches for never wins while another passes it, and one that did nothing, no
answer and no test passed, never beats one that did something, nor ties with it unless the selector
has no preference at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assay.core import doors
from assay.core.errors import HarnessError
from assay.solve.table import DOOR, Scores, Selector, Table

__all__ = ["DEFAULT", "load", "names"]

DEFAULT = "srank"
# Scores that differ by less, in parts of the largest, differ by rounding.
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class _Ruled:
    """A selector under the rules that hold for all."""

    inner: Selector

    @property
    def name(self) -> str:
        return self.inner.name

    def scores(self, table: Table) -> Scores:
        """The places of the programs, from 0 for the worst; programs that tie share one."""
        if not len(table.copies):
            return np.zeros(0)
        given = np.asarray(self.inner.scores(table), dtype=np.float64)
        if given.shape != table.copies.shape or not np.isfinite(given).all():
            raise HarnessError(
                f"selector {self.name}: {len(table.copies)} programs need a finite score each"
            )
        did = table.passed.any(axis=1) | (table.outputs >= 0).any(axis=1)
        largest = np.abs(given).max() or 1.0
        if np.ptp(given) > 0:  # who prefers nothing may choose anything
            given = np.where(did, given, given.min() - largest)
        vouched = table.passed[:, table.trusted].sum(axis=1)
        keys = np.stack([vouched, np.round(given / largest, _DIGITS)], axis=1)
        places = np.unique(keys, axis=0, return_inverse=True)[1]
        return places.reshape(-1).astype(np.float64)


def names() -> list[str]:
    """All selectors that there are."""
    return doors.names(DOOR)


def load(name: str, **constants: Any) -> Selector:
    """The selector of that name, with other constants than its own where some are given. Its
    scores are places: 0 is the worst. Raises InputError where there is none of that name."""
    return _Ruled(doors.find(DOOR, name)(**constants))
