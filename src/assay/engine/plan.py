"""What has to be run: distinct programs, distinct questions, and who shares them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assay.core.digests import digest
from assay.core.errors import InputError
from assay.core.matrix import TaskBlock
from assay.core.words import EXACT, Candidate, Check, Encoded
from assay.engine import assertions
from assay.engine.inside.encode import encode
from assay.engine.judge import Expectation

Question = tuple[str, str]
Digester = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Column:
    """One check of a task: the question it asks, the twins that must fail, and what it wants."""

    question: int
    twins: tuple[int, ...]
    expectation: Expectation


@dataclass(slots=True)
class Program:
    """One distinct program and the rows of its task that hold it."""

    digest: bytes
    code: str
    argv: tuple[str, ...] | None
    hides: tuple[str, ...] = ()
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class TaskPlan:
    """One task: distinct programs × distinct questions stand for all of its cells."""

    block: TaskBlock
    programs: list[Program]
    questions: list[Question]
    digests: list[bytes]
    columns: list[Column]
    empty_rows: list[int]


def plan(
    candidates: Sequence[Candidate], checks: Sequence[Check], environment: str, digester: Digester
) -> list[TaskPlan]:
    """One plan per task that has candidates, in the order in which they appear. Checks of other
    tasks are left alone; InputError for a candidate whose task has no checks."""
    of_task: dict[str, tuple[list[Candidate], list[Check]]] = {}
    for candidate in candidates:
        of_task.setdefault(candidate.task, ([], []))[0].append(candidate)
    for check in checks:
        if check.task in of_task:
            of_task[check.task][1].append(check)
    for task, (rows, columns) in of_task.items():
        if not columns:
            raise InputError(
                f"task {task!r} has no check, so its candidate {rows[0].id!r} meets none: is the "
                "task's name spelled the same on both sides?"
            )
    return [
        _plan_task(task, rows, columns, environment, digester)
        for task, (rows, columns) in of_task.items()
    ]


def _plan_task(
    task: str,
    candidates: list[Candidate],
    checks: list[Check],
    environment: str,
    digester: Digester,
) -> TaskPlan:
    programs, empty_rows, twin_of = _fold_programs(candidates, digester)
    asked = _Questions(digester)
    columns = [_column(check, asked) for check in checks]
    block = TaskBlock(
        id=task,
        candidates=tuple(candidate.id for candidate in candidates),
        checks=tuple(check.id for check in checks),
        trust=tuple("assertion" if c.expectation.mode == "code" else "value" for c in columns),
        twin_of=twin_of,
        same_as=_same_columns(columns),
        environment=environment,
    )
    return TaskPlan(block, programs, asked.questions, asked.digests, columns, empty_rows)


def _fold_programs(
    candidates: list[Candidate], digester: Digester
) -> tuple[list[Program], list[int], tuple[int, ...]]:
    programs: dict[bytes, Program] = {}
    empty: list[int] = []
    twin_of: list[int] = []
    for row, candidate in enumerate(candidates):
        twin_of.append(-1)
        if not candidate.code.strip():
            empty.append(row)
            continue
        name = digester(candidate.code)
        if candidate.argv is not None:
            name = digest("script/1", name, *candidate.argv)
        if candidate.hides:
            name = digest("hides/1", name, *candidate.hides)
        program = programs.setdefault(
            name, Program(name, candidate.code, candidate.argv, candidate.hides)
        )
        if program.rows:
            twin_of[-1] = program.rows[0]
        program.rows.append(row)
    return list(programs.values()), empty, tuple(twin_of)


class _Questions:
    """Distinct questions in the order in which they are first asked."""

    def __init__(self, digester: Digester) -> None:
        self._digester = digester
        self._numbers: dict[tuple[str, bytes], int] = {}
        self.questions: list[Question] = []
        self.digests: list[bytes] = []

    def number(self, mode: str, source: str) -> int:
        name = self._digester(source)
        number = self._numbers.setdefault((mode, name), len(self.questions))
        if number == len(self.questions):
            self.questions.append((mode, source))
            self.digests.append(mode.encode() + name)
        return number


def _column(check: Check, asked: _Questions) -> Column:
    if check.code is not None:
        lifted = assertions.lift(check.code)
        if lifted is None:
            original = asked.number("code", check.code)
            twins = tuple(asked.number("code", twin) for twin in assertions.twins(check.code))
            return Column(original, twins, Expectation("code"))
        wanted = Expectation("call", encode(lifted.expected), tolerance=EXACT)
        return Column(asked.number("call", lifted.call), (), wanted)
    assert check.call is not None
    expected = _encoded(check.expected) if check.raises is None else None
    wanted = Expectation("call", expected, check.raises, check.tolerance, check.from_json)
    return Column(asked.number("call", check.call), (), wanted)


def _encoded(expected: Any) -> Any:
    return json.loads(expected.payload) if isinstance(expected, Encoded) else encode(expected)


def _same_columns(columns: list[Column]) -> tuple[int, ...]:
    first: dict[str, int] = {}
    return tuple(
        -1 if (seen := first.setdefault(repr(column), place)) == place else seen
        for place, column in enumerate(columns)
    )
