"""The answer and what speaks for it, in a form to be shown and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from assay.core.words import Check, Target, Verdict
from assay.engine.session import Session
from assay.engine.sources import normal_digest
from assay.solve.pool import Cost
from assay.solve.weighing import Cluster, Standing, told
from assay.suites import as_candidate

_MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Separation:
    """A question that two programs answer otherwise; `expected` is what a test wants, if one asks
    it. `ours` belongs to the better one. An assertion is none that one could be asked oneself."""

    call: str
    ours: str
    theirs: str
    expected: str | None = None
    is_call: bool = True


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """The best program that behaves otherwise. Without a separation it differs only in how it
    fails."""

    program: str
    size: int
    separation: Separation | None


@dataclass(frozen=True, slots=True)
class Passed:
    """A check, whether the chosen program passed it, and what the program gave."""

    check: str
    passed: bool
    trusted: bool
    gave: str
    origin: str


@dataclass(frozen=True, slots=True)
class Solution:
    """The chosen program and why. `agreed` says whether it can be trusted and `why` gives the
    reason, either way. `program` is None where no answer had one.

    `size` of `usable` proposed programs behave like it, written in `distinct` ways; `confidence`
    is about how likely it is right: their share, as if one more had behaved otherwise, or 0 where
    nothing that ran speaks for it. `ties` counts other behaviours that nothing tells apart from the
    best.
    """

    program: str | None
    target: Target
    agreed: bool
    why: str
    selector: str
    origin: str
    size: int
    distinct: int
    usable: int
    confidence: float
    ties: int
    checks: tuple[Passed, ...]
    runner_up: RunnerUp | None
    cost: Cost
    cpu_seconds: float
    executions: int
    counts: dict[str, Any]
    notes: tuple[str, ...]
    harness: int

    @property
    def passed(self) -> int:
        """Of the checks, how many the program passed."""
        return sum(check.passed for check in self.checks)

    @property
    def failed(self) -> int:
        return len(self.checks) - self.passed

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON has it."""
        told = {
            name: getattr(self, name)
            for name in ("program", "agreed", "why", "selector", "origin", "confidence", "ties",
                         "passed", "failed", "counts", "harness")
        }  # fmt: skip
        return told | {
            "name": self.target.name,
            "cluster": {"size": self.size, "of": self.usable, "distinct": self.distinct},
            "checks": [asdict(check) for check in self.checks[:_MOST_SHOWN]],
            "runner_up": asdict(self.runner_up) if self.runner_up else None,
            "cost": asdict(self.cost)
            | {"cpu_seconds": round(self.cpu_seconds, 3), "executions": self.executions},
            "notes": list(self.notes),
        }


def solution(standing: Standing, session: Session) -> Solution:
    """What a standing amounts to. Raises what `Session.run` raises."""
    pool, filled = standing.pool, standing.filled
    agreed, why = standing.judged()
    best = standing.clusters[0] if standing.clusters else None
    counts = pool.to_json()
    if filled is not None:
        counts["programs"]["distinct"] = len(filled.programs)
        counts["tests"]["distinct"] = int(filled.table.passed.shape[1])
        counts["calls"] = len(filled.calls)
    return Solution(
        program=filled.programs[best.row] if filled and best else None,
        target=pool.task.target,
        agreed=agreed,
        why=why,
        selector=standing.selector,
        origin=_origin(standing, best),
        size=best.size if best else 0,
        distinct=len(best.rows) if best else 0,
        usable=len(pool.programs),
        confidence=standing.confidence,
        ties=max(0, len(standing.tied) - 1),
        checks=tuple(_checks(standing, best)) if best else (),
        runner_up=_runner_up(standing, session),
        cost=pool.cost,
        cpu_seconds=sum(one.cpu_seconds for one in filled.matrices) if filled else 0.0,
        executions=filled.executions if filled else 0,
        counts=counts,
        notes=(*standing.notes, *_about_faults(standing)),
        harness=filled.harness if filled else 0,
    )


def _origin(standing: Standing, best: Cluster | None) -> str:
    if best is None or standing.filled is None:
        return ""
    return standing.pool.programs[standing.filled.rows.index(best.row)].origin


def _about_faults(standing: Standing) -> Iterator[str]:
    pool = standing.pool
    if pool.faults:
        yield (
            f"{len(pool.faults)} requests got no answer ({pool.fault}); this rests on what had come"
        )
    if standing.filled is not None and standing.filled.harness:
        yield f"{standing.filled.harness} verdicts are failures of ours and count for nothing"


def _checks(standing: Standing, best: Cluster) -> Iterator[Passed]:
    assert standing.filled is not None
    vouched = {check.id for check in standing.pool.trusted}
    seen: set[int] = set()
    passes = standing.passes(best.row)
    for check, column, passed in zip(standing.checks, standing.filled.columns, passes, strict=True):
        if column not in seen:
            seen.add(column)
            gave = shown(standing.filled.verdict(best.row, check.id))
            yield Passed(told(check), passed, check.id in vouched, gave, check.id)


def shown(verdict: Verdict | None) -> str:
    """What a program gave, in a few words."""
    if verdict is None:
        return "not run"
    found = verdict.evidence
    if found.value is not None:
        return found.value
    if found.exception is not None:
        return f"raised {found.exception}" + (f": {found.message}" if found.message else "")
    return verdict.outcome.label


def _runner_up(standing: Standing, session: Session) -> RunnerUp | None:
    if len(standing.clusters) < 2 or standing.filled is None:
        return None
    best, other = standing.clusters[:2]
    found = separation(session, standing, best, other)
    return RunnerUp(standing.filled.programs[other.row], other.size, found)


def separation(
    session: Session, standing: Standing, best: Cluster, other: Cluster
) -> Separation | None:
    """A question that tells two clusters apart: one that both answer, if there is one, and a test
    before a call that nobody wrote. None where they differ only in how they fail."""
    filled = standing.filled
    assert filled is not None
    found = min(_differing(standing, best.row, other.row), key=lambda one: one[0], default=None)
    if found is None:
        return None
    _, check, call = found
    if check is not None:
        ours, theirs = (shown(filled.verdict(row, check.id)) for row in (best.row, other.row))
        wanted = None if check.call is None or check.raises else repr(check.expected)
        return Separation(call, ours, theirs, wanted, check.call is not None)
    asked = Check("asked", standing.pool.task.id, call=call, raises="(only asked)")
    rows = [
        as_candidate(standing.pool.task, str(row), filled.programs[row])
        for row in (best.row, other.row)
    ]
    matrix = session.run(rows, [asked])
    ours, theirs = (shown(matrix.verdict(row.id, asked.id)) for row in rows)
    return Separation(call, ours, theirs)


def _differing(
    standing: Standing, best: int, other: int
) -> Iterator[tuple[int, Check | None, str]]:
    """Questions that two rows answer otherwise, with how many of them give no value."""
    filled = standing.filled
    assert filled is not None
    outputs = filled.table.outputs[[best, other]]
    place_of = {normal_digest(call): place for place, call in enumerate(filled.calls)}
    passes = zip(standing.checks, standing.passes(best), standing.passes(other), strict=True)
    for check, ours, theirs in passes:
        place = place_of.get(normal_digest(check.call or ""), -1)
        gave = outputs[:, place] if place >= 0 else None
        if ours != theirs or (gave is not None and gave[0] != gave[1]):
            silent = int((gave < 0).sum()) if gave is not None else 1
            yield silent, check, check.call or check.code or ""
    for place, call in enumerate(filled.calls):
        if outputs[0, place] != outputs[1, place]:
            yield int((outputs[:, place] < 0).sum()), None, call
