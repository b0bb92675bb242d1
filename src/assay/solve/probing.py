"""Which executions can be spared: those that a first look says will change no choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

PROBED = 0.15
# A smaller sample says nothing about the rest: pools of this size run whole.
FEWEST_PROBES = 8
# Tests that every probe fails say nothing by what they expect; their calls still tell programs
# apart. Without any of them srank loses 2 points on CodeT's samples, with these none.
KEPT_CALLS = 8
SCREEN = 4


class Ground(Protocol):
    """What is explored: programs × tests, of which some are run."""

    height: int
    width: int
    copies: npt.NDArray[np.int64]
    test_copies: npt.NDArray[np.int64]
    trusted: npt.NDArray[np.bool_]
    passed: npt.NDArray[np.bool_]

    def run(self, rows: Sequence[int], columns: Sequence[int]) -> None: ...

    def keep(self, columns: Sequence[int]) -> None:
        """Only the calls of these tests are to tell programs apart: the others were not put to
        all."""
        ...


def explore(ground: Ground) -> None:
    """Run the most frequent programs on all tests; the others on those that any of the first
    passed, on the few most proposed of the rest, and on what the user vouches for. A program that
    passes none of the tests that most of the first passed is run no further."""
    order = np.argsort(-ground.copies, kind="stable")
    count = max(FEWEST_PROBES, int(np.ceil(PROBED * ground.height)))
    probes, rest = sorted(order[:count].tolist()), sorted(order[count:].tolist())
    ground.run(probes, range(ground.width))
    if not rest:
        return
    hits = ground.copies[probes] @ ground.passed[probes]
    wanted = (hits > 0) | ground.trusted
    failed = np.flatnonzero(~wanted)
    wanted[failed[np.argsort(-ground.test_copies[failed], kind="stable")][:KEPT_CALLS]] = True
    kept = np.flatnonzero(wanted)
    ground.keep(kept.tolist())
    weights = (hits * ground.test_copies + ground.trusted * hits.max(initial=1))[kept]
    leading = np.argsort(-weights, kind="stable")
    first = sorted(kept[leading[:SCREEN]].tolist())
    ground.run(rest, first)
    alive = [row for row in rest if ground.passed[row, first].any() or not hits.any()]
    ground.run(alive, sorted(kept[leading[SCREEN:]].tolist()))
