"""What a selector reads: who passed which test, and who behaved like whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

DOOR = "assay.selectors"

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """Programs × tests, and programs × calls, after folding: a row stands for `copies` programs
    that are the same but for layout, a column for `test_copies` tests.

    `passed[p, t]` says whether program p passed test t. `outputs[p, c]` is the number of the class
    of equal values that call c of program p belongs to, -1 where it gave none (it raised, ran out
    of time, was refused): what gives nothing agrees with nobody. `trusted` marks tests that the
    user vouches for. `programs` is the text of each row, for selectors that read and do not run.
    """

    passed: npt.NDArray[np.bool_]
    outputs: npt.NDArray[np.int32]
    copies: npt.NDArray[np.int64]
    test_copies: npt.NDArray[np.int64]
    trusted: npt.NDArray[np.bool_]
    programs: tuple[str, ...] = ()


class Selector(Protocol):
    """Gives every program of a table a score. Only the order matters; equal scores are a tie."""

    @property
    def name(self) -> str: ...

    def scores(self, table: Table) -> Scores: ...


class MakeSelector(Protocol):
    """What an entry point of the door leads to."""

    def __call__(self, **constants: Any) -> Selector: ...
