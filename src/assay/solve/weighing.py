"""Runs what was proposed, and says which behaviour most speaks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assay.core.words import Check
from assay.engine.session import Session
from assay.solve import inputs, selectors
from assay.solve.matching import Filled, fill
from assay.solve.pool import Pool
from assay.solve.table import Scores

# What a call is worth beyond those of the tests; see `inputs`.
_ENOUGH_CALLS = inputs.MOST_CALLS
# Programs imagined to behave otherwise; see `Standing.confidence`.
_DOUBT = 1


@dataclass(frozen=True, slots=True)
class Cluster:
    """Programs that behave alike, as rows of the table, the one that stands for them first.
    `size` counts what was proposed."""

    rows: tuple[int, ...]
    size: int
    score: float

    @property
    def row(self) -> int:
        return self.rows[0]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the proposals stand once they have run. `clusters` are in order, the best first;
    `selector` is what ranked them, and `notes` say what it had to do without."""

    pool: Pool
    filled: Filled | None
    clusters: tuple[Cluster, ...]
    selector: str
    notes: tuple[str, ...] = ()

    @property
    def checks(self) -> list[Check]:
        return [*self.pool.trusted, *self.pool.tests]

    @property
    def tied(self) -> tuple[Cluster, ...]:
        """The clusters that nothing tells apart from the best, itself among them."""
        if not self.clusters:
            return ()
        best = self.clusters[0]
        return tuple(
            one for one in self.clusters
            if one.size == best.size and bool(np.isclose(one.score, best.score))
        )  # fmt: skip

    @property
    def confidence(self) -> float:
        """About how likely the best is right: the share of the programs that behave like it, as if
        one more had behaved otherwise. On CodeT's samples that is off by 0.04 (ECE) with 20
        programs and 0.07 with 5, the bare share by 0.05 and 0.15. 0 where nothing that ran speaks
        for it: it answers nothing, or fails what the user vouches for."""
        if not self.clusters or not self._answers(self.clusters[0].row):
            return 0.0
        best = self.clusters[0]
        vouched = self.passes(best.row)[: len(self.pool.trusted)]
        return best.size / (len(self.pool.programs) + _DOUBT) if all(vouched) else 0.0

    def passes(self, row: int) -> list[bool]:
        """Whether a row passed each of `checks`."""
        assert self.filled is not None
        passed = self.filled.table.passed
        return [bool(passed[row, column]) for column in self.filled.columns]

    def judged(self) -> tuple[bool, str]:
        """Whether the best can be trusted, and why, or why not."""
        if not self.clusters or self.filled is None:
            return False, "no program could be used"
        best = self.clusters[0]
        vouched = self.passes(best.row)[: len(self.pool.trusted)]
        if not all(vouched):
            failed = self.pool.trusted[vouched.index(False)]
            return False, f"no program passes all that you vouch for, such as {told(failed)}"
        if not self.checks and not self.filled.calls:
            return False, "there was nothing to run: it is the one most like the others"
        if len(self.tied) > 1:
            return False, f"{len(self.tied)} behaviours tie, and nothing tells which is right"
        if vouched:
            return True, f"it passes the {len(vouched)} checks that you vouch for"
        if best.size < 2:
            return False, "no two programs behave alike"
        if not self._answers(best.row):
            return False, "none of the programs answers anything"
        return True, f"{best.size} of {len(self.pool.programs)} programs behave like it"

    def _answers(self, row: int) -> bool:
        assert self.filled is not None
        table = self.filled.table
        return bool(table.passed[row].any() or (table.outputs[row] >= 0).any())


def told(check: Check) -> str:
    """A check as one writes it."""
    if check.code is not None:
        return check.code
    if check.raises is not None:
        return f"{check.call}  # raises {check.raises}"
    *before, last = (check.call or "").split("\n")
    return "\n".join([*before, f"assert {last} == {check.expected!r}"])


def run_ahead(open_session: Callable[[], Session], pool: Pool) -> None:
    """Run what has come so far, if there is anything to run; `weigh` finds it in the verdict
    store. Raises what `Session.run` raises."""
    programs, checks = [one.code for one in pool.programs], [*pool.trusted, *pool.tests]
    if programs and checks:
        fill(open_session(), pool.task, programs, checks, exact=True)


def weigh(session: Session, pool: Pool, selector: str) -> Standing:
    """Run the programs of a pool against its tests, on further inputs too where tests are few,
    and rank them. Raises what `Session.run` raises."""
    checks = [*pool.trusted, *pool.tests]
    if not pool.programs:
        return Standing(pool, None, (), selector)
    notes: list[str] = []
    calls = _further_calls(pool, checks)
    filled = fill(
        session,
        pool.task,
        [one.code for one in pool.programs],
        checks,
        calls,
        trusted={check.id for check in pool.trusted},
        exact=True,
    )
    if not checks:
        selector = selector if filled.calls else "medoid"
        notes.append(
            "there was no usable test: the choice rests on what the programs give for "
            f"{len(filled.calls)} inputs that were made up"
            if filled.calls
            else "there was no usable test and no input: the choice rests on the programs' text"
        )
    scores = selectors.load(selector).scores(filled.table)
    return Standing(pool, filled, _clusters(filled, scores), selector, tuple(notes))


def _further_calls(pool: Pool, checks: Sequence[Check]) -> list[str]:
    calls = list(dict.fromkeys(check.call for check in checks if check.call is not None))
    wanted = _ENOUGH_CALLS - len(calls)
    if wanted <= 0:
        return []
    made = inputs.changed_calls(calls, wanted)
    if calls:
        return made
    return inputs.made_calls(pool.task.target, pool.task.prompt, wanted)


def _clusters(filled: Filled, scores: Scores) -> tuple[Cluster, ...]:
    table = filled.table
    rows: dict[bytes, list[int]] = {}
    for row in range(len(table.copies)):
        key = table.passed[row].tobytes() + table.outputs[row].tobytes()
        rows.setdefault(key, []).append(row)
    found = []
    for members in rows.values():
        members.sort(key=lambda row: (-scores[row], -table.copies[row], row))
        size = int(table.copies[members].sum())
        found.append(Cluster(tuple(members), size, float(scores[members[0]])))
    return tuple(sorted(found, key=lambda one: (-one.score, -one.size, one.row)))
