"""From the observations of one program to its cells of the matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.core.matrix import Matrix, MatrixBuilder
from assay.core.outcomes import Outcome
from assay.core.words import Evidence
from assay.engine.judge import Judge
from assay.engine.levels import LEVELS
from assay.engine.plan import Column, Program, TaskPlan
from assay.engine.store import Known, Store

Seen = Mapping[int, Known]


@dataclass(slots=True)
class Tally:
    """How far a run has come, in verdicts; `reused` of the `done` ones came from the store."""

    total: int = 0
    done: int = 0
    reused: int = 0
    counts: Counter[Outcome] = field(default_factory=Counter)
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A check that one program passed together with a twin that must fail."""

    task: int
    program: Program
    column: int


_NO_CODE = (Outcome.NO_CODE, 0, 0.0, -1, 0)
# Bounded, or 100,000 different answers to one task would be 60 MB.
_REMEMBERED = 20_000
_FORGED = Evidence(note="passed an assertion and its opposite, each in a process of its own")


class Grading:
    """Fills a matrix, a program at a time. Equal answers to a check are judged once."""

    def __init__(
        self, plans: Sequence[TaskPlan], store: Store, out: Path | None, tally: Tally
    ) -> None:
        self._plans = plans
        self._tally = tally
        self._builder = MatrixBuilder([task.block for task in plans], out)
        self._levels = [self._builder.add_protection(name) for name in LEVELS]
        self._judge_answer = Judge(store.body)
        self._judged: dict[Any, tuple[Outcome, int, int]] = {}
        self._judged_task = -1
        self.suspicions: list[Suspicion] = []
        for place, task in enumerate(plans):
            self._grade_empty(place, task)

    def _grade_empty(self, place: int, task: TaskPlan) -> None:
        for row in task.empty_rows:
            self._builder.set_row(place, row, [_NO_CODE] * len(task.columns))
            self._tally.done += len(task.columns)
            self._tally.counts[Outcome.NO_CODE] += len(task.columns)

    def grade(self, place: int, program: Program, seen: Seen, *, reused: bool = False) -> None:
        """Judge all checks of a task on one program, and fill the rows that hold it."""
        if place != self._judged_task:
            self._judged.clear()
            self._judged_task = place
        cells = []
        for number, column in enumerate(self._plans[place].columns):
            known = seen[column.question]
            outcome, behaviour, evidence = self._judge(number, column, known)
            if (
                column.twins
                and outcome is Outcome.PASSED
                and any(seen[twin].kind == "held" for twin in column.twins)
            ):
                self.suspicions.append(Suspicion(place, program, number))
            cells.append(
                (outcome, behaviour, known.cpu_seconds, evidence, self._levels[known.protection])
            )
        rows = len(program.rows)
        self._tally.done += len(cells) * rows
        for outcome, count in Counter(cell[0] for cell in cells).items():
            self._tally.counts[outcome] += count * rows
        for row in program.rows:
            self._builder.set_row(place, row, cells)
        if reused:
            self._tally.reused += len(cells) * rows

    def _judge(self, number: int, column: Column, known: Known) -> tuple[Outcome, int, int]:
        wanted = column.expectation
        # A value is compared with what one check expects; what else can happen means the same to
        # every check that expects the same kind of thing.
        about: Any = number if known.kind == "value" else (wanted.mode, wanted.raises)
        key = (about, known.kind, known.payload, known.output)
        judged = self._judged.get(key)
        if judged is None:
            judgement = self._judge_answer(wanted, known)
            evidence = self._builder.add_evidence(judgement.evidence)
            judged = judgement.outcome, judgement.behaviour, evidence
            if len(self._judged) > _REMEMBERED:
                self._judged.clear()
            self._judged[key] = judged
        return judged

    def convict(self, suspicion: Suspicion) -> None:
        """The suspicion held up: what seemed to pass was a forgery."""
        evidence = self._builder.add_evidence(_FORGED)
        for row in suspicion.program.rows:
            self._builder.amend(suspicion.task, row, suspicion.column, Outcome.FORBIDDEN, evidence)
            self._tally.counts[Outcome.PASSED] -= 1
            self._tally.counts[Outcome.FORBIDDEN] += 1

    def finish(self, manifest: Mapping[str, Any]) -> Matrix:
        return self._builder.finish(manifest)
