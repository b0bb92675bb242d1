"""Is each task of a suite a fair one? Its reference passes, its blank fails, its mutants die."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from assay.core.matrix import Matrix
from assay.core.outcomes import Outcome
from assay.core.words import Candidate, Environment, Limits, Task, Verdict
from assay.engine import run as engine
from assay.engine.sources import parse
from assay.suites import programs
from assay.suites.mutants import MOST, Mutant, mutate
from assay.suites.report import Report, TaskReport
from assay.suites.suite import Suite

_SHOWN = 3
_REFERENCE, _BLANK = "reference", "blank"
# A mutant that loops for ever costs all the time that it is given, and one in twelve does. It gets
# so many times what the slowest reference took, and in whole seconds: the limits are part of the
# verdicts' key, and a time that differs from run to run would make every run start anew.
_SLOWER = 10


@dataclass(frozen=True, slots=True)
class _Engine:
    """How to run candidates; the same for all environments of a suite."""

    workers: int | str | None
    store: Path | str | None
    progress: Callable[[engine.Tally], None] | None

    def run(
        self,
        tasks: Iterable[Task],
        candidates: list[Candidate],
        environment: Environment,
        limits: Limits | None = None,
    ) -> Matrix:
        checks = [check for task in tasks for check in task.checks]
        return engine.run(
            candidates, checks, environment,
            limits=limits, workers=self.workers, store=self.store, progress=self.progress,
        )  # fmt: skip


def verify(
    suite: Suite,
    *,
    workers: int | str | None = None,
    store: Path | str | None = None,
    progress: Callable[[engine.Tally], None] | None = None,
    min_checks: int = 1,
    most_mutants: int = MOST,
    min_killed: float = 0.0,
) -> Report:
    """Run reference, blank and mutants of every task through the engine.

    A task is refused, with reasons, when it has no reference, or one that is no program or that
    fails a check; when its blank passes a check; when it has fewer than `min_checks` checks; when
    fewer than the share `min_killed` of its mutants fail. A mutant that raises, crashes or runs
    out of time has failed.

    Raises what `assay.run` raises.
    """
    how = _Engine(workers, store, progress)
    found: dict[str, TaskReport] = {}
    harness = 0
    for environment, tasks in _by_environment(suite):
        runnable = []
        for task in tasks:
            reasons = _unfit(task, suite, min_checks)
            found[task.id] = TaskReport(task.id, len(task.checks), tuple(reasons))
            if task.checks and _is_program(task):
                runnable.append(task)
        matrix = _run_references(how, suite, runnable, environment)
        for task in runnable:
            _add(found, task, _judge_reference(task, matrix) + _judge_blank(task, matrix))
            found[task.id] = replace(found[task.id], cpu_seconds=_slowest([task], matrix))
        fit = [task for task in runnable if not found[task.id].reasons]
        ours = _run_mutants(how, fit, environment, _limits(matrix, fit), most_mutants, found)
        harness += (matrix.harness if matrix is not None else 0) + ours
    reports = tuple(_with_share(found[task.id], min_killed) for task in suite.tasks)
    return Report(suite.name, suite.fingerprint, reports, harness)


def _by_environment(suite: Suite) -> Iterator[tuple[Environment, list[Task]]]:
    names: dict[str, list[Task]] = {}
    for task in suite.tasks:
        names.setdefault(task.environment, []).append(task)
    for name, tasks in names.items():
        yield suite.environment_of(name), tasks


def _unfit(task: Task, suite: Suite, min_checks: int) -> Iterator[str]:
    """What is wrong with a task before anything is run."""
    if len(task.checks) < min_checks or not task.checks:
        yield f"has {len(task.checks)} checks; at least {max(1, min_checks)} are wanted"
    if not _is_program(task):
        yield "its reference is no Python" if (task.reference or "").strip() else "has no reference"
    elif _blank(task, suite) is None:
        yield (
            f"its reference does not define {task.target.name!r}, so there is no telling what a "
            "blank would be; bring one along as `blank`"
        )


def _is_program(task: Task) -> bool:
    return bool((task.reference or "").strip()) and parse(task.reference or "") is not None


def _blank(task: Task, suite: Suite) -> str | None:
    return suite.blanks.get(task.id) or programs.blank(task)


def _run_references(
    how: _Engine, suite: Suite, tasks: list[Task], environment: Environment
) -> Matrix | None:
    candidates = []
    for task in tasks:
        assert task.reference is not None
        blank = _blank(task, suite)
        candidates.append(programs.as_candidate(task, _named(task, _REFERENCE), task.reference))
        if blank is not None:
            candidates.append(programs.as_candidate(task, _named(task, _BLANK), blank))
    return how.run(tasks, candidates, environment) if candidates else None


def _named(task: Task, what: str | int) -> str:
    return f"{task.id} {what}"


def _judge_reference(task: Task, matrix: Matrix | None) -> list[str]:
    assert matrix is not None
    failed = [
        f"its reference fails check {verdict.check!r}: {_why(verdict)}"
        for verdict in _verdicts(task, _REFERENCE, matrix)
        if not verdict.passed and verdict.outcome is not Outcome.HARNESS
    ]
    return _shortened(failed)


def _judge_blank(task: Task, matrix: Matrix | None) -> list[str]:
    assert matrix is not None
    passed = [
        f"its blank passes check {verdict.check!r}, which asks nothing"
        for verdict in _verdicts(task, _BLANK, matrix)
        if verdict.passed
    ]
    return _shortened(passed)


def _verdicts(task: Task, what: str, matrix: Matrix) -> list[Verdict]:
    name = _named(task, what)
    if name not in matrix.task(task.id).candidates:
        return []
    return [matrix.verdict(name, check.id) for check in task.checks]


def _why(verdict: Verdict) -> str:
    seen = verdict.evidence
    error = ": ".join(filter(None, (seen.exception, seen.message)))
    told = seen.difference or error or seen.note or ""
    text = " ".join(f"{verdict.outcome.label}: {told}".split()) if told else verdict.outcome.label
    return text[:300]


def _shortened(reasons: list[str]) -> list[str]:
    rest = len(reasons) - _SHOWN
    return reasons if rest <= 0 else [*reasons[:_SHOWN], f"{rest} more checks likewise"]


def _add(found: dict[str, TaskReport], task: Task, reasons: list[str]) -> None:
    before = found[task.id]
    found[task.id] = replace(before, reasons=(*before.reasons, *reasons))


def _limits(matrix: Matrix | None, tasks: list[Task]) -> Limits:
    slowest = math.ceil(_SLOWER * _slowest(tasks, matrix))
    each = min(Limits().check_cpu_seconds, max(1.0, slowest))
    return Limits(check_cpu_seconds=each, candidate_cpu_seconds=2 * each, check_wall_seconds=10)


def _slowest(tasks: list[Task], matrix: Matrix | None) -> float:
    """The CPU seconds of the slowest check of these tasks' references."""
    seconds = (
        v.cpu_seconds for task in tasks if matrix for v in _verdicts(task, _REFERENCE, matrix)
    )
    return max(seconds, default=0.0)


def _run_mutants(
    how: _Engine,
    tasks: list[Task],
    environment: Environment,
    limits: Limits,
    most: int,
    found: dict[str, TaskReport],
) -> int:
    """Fill in each task's mutants; returns how many verdicts are failures of ours."""
    made = {task.id: mutate(task.reference or "", most, task.target.context) for task in tasks}
    candidates = [
        programs.as_candidate(task, _named(task, number), mutant.code)
        for task in tasks
        for number, mutant in enumerate(made[task.id])
    ]
    if not candidates:
        return 0
    matrix = how.run(tasks, candidates, environment, limits)
    for task in tasks:
        before = found[task.id]
        survivors = _survivors(task, made[task.id], matrix)
        found[task.id] = replace(before, mutants=len(made[task.id]), survivors=survivors)
    return matrix.harness


def _survivors(task: Task, made: list[Mutant], matrix: Matrix) -> tuple[Mutant, ...]:
    return tuple(
        mutant
        for number, mutant in enumerate(made)
        if matrix.outcome_of(_named(task, number)) in (Outcome.PASSED, Outcome.HARNESS)
    )


def _with_share(report: TaskReport, min_killed: float) -> TaskReport:
    if report.share is None or report.share >= min_killed:
        return report
    reason = f"its checks see {report.killed} of {report.mutants} mutants, {min_killed:.0%} wanted"
    return replace(report, reasons=(reason,))
