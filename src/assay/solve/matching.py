"""Programs × tests through the engine, read as a `Table`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.core.matrix import Matrix
from assay.core.outcomes import Outcome
from assay.core.words import Check, Task, Verdict
from assay.engine.plan import TaskPlan
from assay.engine.session import Session
from assay.solve.folding import Folded, fold
from assay.solve.table import Table
from assay.solve.values import Classes
from assay.suites import as_candidate

# A call without an answer that is expected; the verdict means nothing, what was observed does.
_ASKED = "(only asked)"


@dataclass(frozen=True, slots=True)
class Filled:
    """A table, and what it rests on.

    `rows` is, for each program handed in, its row of the table (-1 for an empty one), `columns`
    for each test its column; `programs` and `calls` are what rows and columns of `outputs` stand
    for. `executions` were made or found in the verdict store, `spared` of them by probing.
    """

    task: str
    table: Table
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    calls: tuple[str, ...]
    matrices: tuple[Matrix, ...]
    executions: int
    spared: int

    @property
    def programs(self) -> tuple[str, ...]:
        return self.table.programs

    @property
    def harness(self) -> int:
        """How many verdicts are our own failures."""
        return sum(matrix.harness for matrix in self.matrices)

    def verdict(self, row: int, test: str) -> Verdict | None:
        """What became of a test on a row's program; None where probing spared it."""
        name = _name(self.task, row)
        for matrix in self.matrices:
            if name in matrix.candidates and test in matrix.checks(self.task):
                return matrix.verdict(name, test)
        return None


def fill(
    session: Session,
    task: Task,
    programs: Sequence[str],
    tests: Sequence[Check],
    calls: Sequence[str] = (),
    *,
    trusted: Collection[str] = (),
    exact: bool = False,
) -> Filled:
    """Run programs against tests (checks of the task, ids unique) and calls (expressions that
    are only evaluated), and say who passed and who agreed with whom.

    Programs that are the same but for layout and names of locals run once, and so do tests that
    ask the same. `trusted` are ids of tests that the user vouches for. Without `exact` probing
    spares what cannot change much (see `probing`). Raises what `Session.run` raises.
    """
    from assay.solve.probing import explore

    sheet = Sheet(session, task, fold(programs), tests, calls, frozenset(trusted))
    if exact:
        sheet.run(range(sheet.height), range(sheet.width))
    else:
        explore(sheet)
    return sheet.filled()


class Sheet:
    """A table while it is being filled: distinct programs × distinct tests, some of them run."""

    def __init__(
        self,
        session: Session,
        task: Task,
        folded: Folded,
        tests: Sequence[Check],
        calls: Sequence[str],
        trusted: frozenset[str],
    ) -> None:
        self._session = session
        self._task = task
        self._folded = folded
        self._candidates = [
            as_candidate(task, _name(task.id, row), text)
            for row, text in enumerate(folded.programs)
        ]
        asks = [
            Check(f"call {place}", task.id, call=call, raises=_ASKED)
            for place, call in enumerate(dict.fromkeys(calls))
        ]
        self._checks = [*tests, *asks]
        self._plan = self._planned()
        same = self._plan.block.same_as if self._plan else ()
        firsts = [at for at in range(len(tests)) if not same or same[at] < 0]
        place_of = {first: column for column, first in enumerate(firsts)}
        self._tests = firsts
        self._asks = list(range(len(tests), len(self._checks)))
        self.columns = tuple(
            place_of[same[at] if same and same[at] >= 0 else at] for at in range(len(tests))
        )
        self._call_of, self.calls = self._called()
        self.height, self.width = len(folded.programs), len(firsts)
        self.copies = np.array(folded.copies, dtype=np.int64)
        self.test_copies = np.bincount(
            np.array(self.columns, dtype=np.intp), minlength=self.width
        ).astype(np.int64)
        self.trusted = np.zeros(self.width, dtype=bool)
        self.trusted[[c for t, c in zip(tests, self.columns, strict=True) if t.id in trusted]] = (
            True
        )
        self.passed = np.zeros((self.height, self.width), dtype=bool)
        self._ran = np.zeros((self.height, len(self.calls)), dtype=bool)
        self._kept = list(range(len(self.calls)))
        self._matrices: list[Matrix] = []
        self._executions = 0

    def run(self, rows: Sequence[int], columns: Sequence[int]) -> None:
        """Put some tests, and the calls that were asked for, to some programs."""
        places = [*(self._tests[column] for column in columns), *self._asks]
        if not rows or not places or self._plan is None:
            return
        matrix = self._session.run(
            [self._candidates[row] for row in rows], [self._checks[place] for place in places]
        )
        outcomes = matrix.array(self._task.id)[:, : len(columns)]
        self.passed[np.ix_(rows, columns)] = outcomes == Outcome.PASSED
        self._matrices.append(matrix)
        asked = {self._plan.columns[place].question for place in places}
        twins = {twin for place in places for twin in self._plan.columns[place].twins}
        self._executions += len(rows) * len(asked | twins)
        self._ran[np.ix_(rows, self._calls_among(asked))] = True

    def keep(self, columns: Sequence[int]) -> None:
        """Only the calls of these tests, and those that were asked for, are to tell programs
        apart: the others were not put to all."""
        if self._plan is None:
            return
        places = [*(self._tests[column] for column in columns), *self._asks]
        asked = {self._plan.columns[place].question for place in places}
        self._kept = sorted(self._calls_among(asked))

    def outputs(self) -> npt.NDArray[np.int32]:
        """Programs × calls, in numbers of classes, as far as they have run."""
        found = np.full((self.height, len(self._kept)), -1, dtype=np.int32)
        if self._plan is None:
            return found
        numbers = np.full((self.height, len(self.calls)), -1, dtype=np.int64)
        known = self._session.values(self._plan, list(self._call_of))
        for program, values in zip(self._plan.programs, known, strict=True):
            for question, value in values.items():
                numbers[program.rows, self._call_of[question]] = value
        numbers[~self._ran] = -1
        classes = Classes(self._session.value)
        for place, call in enumerate(self._kept):
            found[:, place] = classes.of(numbers[:, call].tolist(), self._folded.copies)
        return found

    def _calls_among(self, questions: Collection[int]) -> list[int]:
        return [self._call_of[one] for one in questions if one in self._call_of]

    def filled(self) -> Filled:
        """What has been found."""
        table = Table(
            self.passed, self.outputs(), self.copies, self.test_copies, self.trusted,
            self._folded.programs,
        )  # fmt: skip
        whole = self.height * len(self._plan.questions) if self._plan else 0
        return Filled(
            self._task.id, table, self._folded.rows, self.columns,
            tuple(self.calls[call] for call in self._kept),
            tuple(self._matrices), self._executions, whole - self._executions,
        )  # fmt: skip

    def _planned(self) -> TaskPlan | None:
        if not self._candidates or not self._checks:
            return None
        (planned,) = self._session.planned(self._candidates, self._checks)
        return planned

    def _called(self) -> tuple[dict[int, int], tuple[str, ...]]:
        """The questions that are calls, each with its column of outputs, and their texts."""
        if self._plan is None:
            return {}, ()
        modes = {column.question: column.expectation.mode for column in self._plan.columns}
        numbers = [question for question, mode in modes.items() if mode == "call"]
        texts = tuple(self._plan.questions[number][1] for number in numbers)
        return {number: place for place, number in enumerate(numbers)}, texts


def _name(task: str, row: int) -> str:
    return f"{task} program {row}"
