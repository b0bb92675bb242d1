"""Ranks solutions and tests that were made elsewhere, and grades what each selector chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assay.core.outcomes import Outcome
from assay.core.words import Candidate, Limits, Task
from assay.engine.grading import Tally
from assay.engine.levels import DEFAULT_FLOOR
from assay.engine.session import Session
from assay.solve import selectors
from assay.solve.choosing import Choice, choose, right_at_k
from assay.solve.matching import Filled, fill
from assay.solve.offered import Case
from assay.solve.table import Scores, Table
from assay.study import Comparison, Figure, choose_clusters, compare_values, mean_figure, pass_at_k
from assay.suites import Suite, as_candidate

BASELINE = "codet"
KS = (1, 2, 10)
# Model-written tests are short: an honest answer takes milliseconds, and endless loops are most of
# what a run costs. CodeT itself gives 0.1 s of wall time.
CHECK_CPU_SECONDS = 0.5
# As bench has them for hidden checks.
_HIDDEN_CPU_SECONDS = 2.0
_CHECKS_AT_FULL_COST, _WALL = 4, 6


@dataclass(frozen=True, slots=True)
class Engine:
    """How the engine is to run. `cpu_seconds` is for one test; a program has four times that."""

    workers: int | str | None = None
    store: Path | None = None
    min_protection: str = DEFAULT_FLOOR
    cpu_seconds: float = CHECK_CPU_SECONDS
    progress: Callable[[Tally], None] | None = None

    def session(self, environment: Any, limits: Limits) -> Session:
        return Session(
            environment, limits=limits, workers=self.workers, store=self.store,
            min_protection=self.min_protection, progress=self.progress,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ranked:
    """A case that was run, its table with a row for the solutions that hold no program (the last
    one, where there are any), and what each selector chose of it."""

    case: Case
    filled: Filled
    table: Table
    rows: tuple[int, ...]
    choices: Mapping[str, Choice]

    def members(self, row: int) -> tuple[str, ...]:
        """The ids of the solutions that a row stands for."""
        return tuple(name for name, own in zip(self.case.ids, self.rows, strict=True) if own == row)


@dataclass(frozen=True, slots=True)
class Selected:
    """How often a selector's choices are right. `against` compares its first choice with that of
    CodeT, task by task; None for CodeT itself."""

    figures: Mapping[str, Figure]
    against: Comparison | None


@dataclass(frozen=True, slots=True)
class Graded:
    """Every selector's choices on the hidden checks. `sampling` is what any sample is worth;
    `rights` says of each task's rows whether they are right, NaN where one cannot know; `unfair`
    are tasks whose own reference does not pass here, which count for nobody."""

    selectors: Mapping[str, Selected]
    sampling: Mapping[str, Figure]
    rights: tuple[Scores, ...]
    unfair: tuple[str, ...]
    harness: int


@dataclass
class _Sessions:
    """A session for each environment, open as long as the work goes on."""

    engine: Engine
    limits: Limits
    suite: Suite | None
    stack: ExitStack
    open: dict[str, Session] = field(default_factory=dict)

    def of(self, task: Task) -> Session:
        name = task.environment
        if name not in self.open:
            environment = self.suite.environment_of(name) if self.suite else name
            session = self.engine.session(environment, self.limits)
            self.open[name] = self.stack.enter_context(session)
        return self.open[name]


def rank(
    cases: Sequence[Case],
    names: Sequence[str],
    *,
    engine: Engine | None = None,
    suite: Suite | None = None,
    exact: bool = False,
) -> Iterator[Ranked]:
    """Run the cases, one after the other, and have each selector choose. A suite lends its
    environments, and nothing else. Raises what `selectors.load` and `Session` raise."""
    chosen = [selectors.load(name) for name in names]
    engine = engine or Engine()
    each = engine.cpu_seconds
    limits = Limits(
        check_cpu_seconds=each,
        candidate_cpu_seconds=_CHECKS_AT_FULL_COST * each,
        check_wall_seconds=_WALL * each,
    )
    with ExitStack() as stack:
        sessions = _Sessions(engine, limits, suite, stack)
        for case in cases:
            session = sessions.of(case.task)
            filled = fill(session, case.task, case.programs, case.tests, exact=exact)
            table, rows = _with_empty(filled)
            choices = {one.name: choose(one.name, one.scores(table), table) for one in chosen}
            yield Ranked(case, filled, table, rows, choices)


def _with_empty(filled: Filled) -> tuple[Table, tuple[int, ...]]:
    """A table in which the solutions without a program have a row too: they were offered, and a
    selector that prefers nothing has to take them with the others."""
    table, empty = filled.table, filled.rows.count(-1)
    if not empty:
        return table, filled.rows
    last = len(table.copies)
    passed = np.zeros((1, table.passed.shape[1]), dtype=bool)
    outputs = np.full((1, table.outputs.shape[1]), -1, dtype=np.int32)
    whole = replace(
        table,
        passed=np.concatenate([table.passed, passed]),
        outputs=np.concatenate([table.outputs, outputs]),
        copies=np.append(table.copies, empty),
        programs=(*table.programs, ""),
    )
    return whole, tuple(last if row < 0 else row for row in filled.rows)


def grade(ranked: Sequence[Ranked], suite: Suite, *, engine: Engine | None = None) -> Graded:
    """Put the suite's hidden checks to what was ranked, and say how often each selector is right.
    Whatever the checks say, the ranking is made. Raises what `Session` raises."""
    tasks = {task.id: task for task in suite.tasks}
    each = suite.check_cpu_seconds or _HIDDEN_CPU_SECONDS
    limits = Limits(check_cpu_seconds=each, candidate_cpu_seconds=_CHECKS_AT_FULL_COST * each)
    by_environment: dict[str, list[Ranked]] = {}
    for one in ranked:
        by_environment.setdefault(tasks[one.case.task.id].environment, []).append(one)
    found: dict[str, tuple[Scores, bool]] = {}
    with ExitStack() as stack:
        sessions = _Sessions(engine or Engine(), limits, suite, stack)
        for members in by_environment.values():
            of_these = [tasks[one.case.task.id] for one in members]
            programs = [
                program
                for task, one in zip(of_these, members, strict=True)
                for program in _programs(task, one.table)
            ]
            checks = [check for task in of_these for check in task.checks]
            matrix = sessions.of(of_these[0]).run(programs, checks)
            found |= {task.id: _right(matrix.array(task.id), task) for task in of_these}
    rights = [found[one.case.task.id] for one in ranked]
    unfair = [one.case.task.id for one, (_, fair) in zip(ranked, rights, strict=True) if not fair]
    harness = sum(int(np.isnan(right).sum()) for right, _ in rights)
    counted = [right if fair else np.full(len(right), np.nan) for right, fair in rights]
    sources = [tasks[one.case.task.id].source for one in ranked]
    return _figures(ranked, counted, sources, tuple(unfair), harness)


def _programs(task: Task, table: Table) -> Iterator[Candidate]:
    for row, text in enumerate(table.programs):
        yield as_candidate(task, f"{task.id} program {row}", text)
    if task.reference is not None:
        yield as_candidate(task, f"{task.id} reference", task.reference)


def _right(outcomes: npt.NDArray[np.uint8], task: Task) -> tuple[Scores, bool]:
    """Whether each row's program passes the task's checks (NaN for a failure of ours), and whether
    the task's own reference does."""
    passed = (outcomes == Outcome.PASSED).all(axis=1)
    ours = ~passed & np.isin(outcomes, (Outcome.PASSED, Outcome.HARNESS)).all(axis=1)
    rows = len(outcomes) - (task.reference is not None)
    right = np.where(ours, np.nan, passed.astype(np.float64))
    return right[:rows], bool(passed[rows:].all())


def _figures(
    ranked: Sequence[Ranked],
    rights: Sequence[Scores],
    sources: Sequence[str],
    unfair: tuple[str, ...],
    harness: int,
) -> Graded:
    clusters = choose_clusters([one.case.task.id for one in ranked], sources)
    names = list(ranked[0].choices) if ranked else []
    values: dict[str, Scores] = {}
    found: dict[str, Mapping[str, Figure]] = {}
    for name in names:
        tables = {k: _values(ranked, rights, name, k) for k in KS}
        values[name] = tables[1]
        found[name] = {
            f"pass@{k}": mean_figure(f"pass@{k}", column, clusters) for k, column in tables.items()
        }
    base = values.get(BASELINE)
    chosen = {
        name: Selected(
            figures,
            None if base is None or name == BASELINE or not np.isfinite(base).any()
            else compare_values(base, values[name], clusters),
        )
        for name, figures in found.items()
    }  # fmt: skip
    known = [np.isfinite(right) for right in rights]
    offered = [int(one.table.copies[k].sum()) for one, k in zip(ranked, known, strict=True)]
    passes = [
        float((one.table.copies[k] * right[k]).sum())
        for one, right, k in zip(ranked, rights, known, strict=True)
    ]
    sampling = {
        f"pass@{k}": mean_figure(f"pass@{k}", pass_at_k(offered, passes, k), clusters) for k in KS
    }
    return Graded(chosen, sampling, tuple(rights), unfair, harness)


def _values(ranked: Sequence[Ranked], rights: Sequence[Scores], name: str, k: int) -> Scores:
    return np.array([
        right_at_k(one.choices[name].places, one.table.copies, right, k)
        for one, right in zip(ranked, rights, strict=True)
    ])  # fmt: skip
