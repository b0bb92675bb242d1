"""Solutions and tests that were made elsewhere: JSON Lines to cases, one for each task."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assay.core.errors import InputError
from assay.core.lines import read_records
from assay.core.words import Check, Task
from assay.engine.sources import parse
from assay.models.extraction import extract
from assay.solve.splitting import split
from assay.suites import Suite

# As CodeT has it: more from one talkative answer would outweigh the others.
MOST = 5
_DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

Rows = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Case:
    """What was offered for one task. `programs` are as many as `ids`, "" where there is none in a
    solution; `tests` are single assertions, `dropped` counts what was none, and `beyond` those that
    were too many in a row. The task is without its checks and its reference: nobody who ranks can
    see them."""

    task: Task
    ids: tuple[str, ...]
    programs: tuple[str, ...]
    tests: tuple[Check, ...]
    dropped: int
    beyond: int


def read_rows(path: Path) -> Rows:
    """The code in a file, by task and id: a line is {"task", "id", "code"}, or, with numbers for
    ids, {"task", "code"} or {"task", "samples": […]}. InputError names the lines at fault."""
    found: dict[str, dict[str, str]] = {}
    read_records(path, lambda _, record: _add(found, record))
    return found


def _add(found: dict[str, dict[str, str]], record: dict[str, Any]) -> None:
    task = record.get("task")
    if not isinstance(task, str) or not task:
        raise ValueError("a 'task', a string, was expected")
    if ("code" in record) == ("samples" in record):
        raise ValueError("either 'code' or 'samples' was expected, one of them")
    texts = record["samples"] if "samples" in record else [record["code"]]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError("'code' must be a string, and 'samples' a list of strings")
    rows = found.setdefault(task, {})
    named = record.get("id")
    if named is not None and (not isinstance(named, str | int) or "samples" in record):
        raise ValueError("'id' must be a string, and goes with 'code'")
    for text in texts:
        name = str(len(rows)) if named is None else str(named)
        if name in rows:
            raise ValueError(f"solution or test {name!r} of task {task!r} was there before")
        rows[name] = text


def cases(
    solutions: Rows,
    tests: Rows,
    suite: Suite | None = None,
    *,
    environment: str = "python",
    most: int = MOST,
) -> list[Case]:
    """One case for each task that has solutions, in the order of their file.

    With a suite its tasks say how a solution is read (a bare continuation of the prompt may be
    one), without one a solution is a whole program. Of each row of tests the first `most`
    assertions are taken. Raises InputError for tasks that the suite lacks, and where no test is
    usable.
    """
    tasks = {task.id: task for task in suite.tasks} if suite else {}
    if suite and (unknown := [name for name in solutions if name not in tasks]):
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise InputError(
            f"suite {suite.name} has no task {unknown[0]!r}{more}; its tasks are called like "
            f"{suite.tasks[0].id!r}"
        )
    found = []
    for name, rows in solutions.items():
        task = tasks.get(name) or Task(name, "", environment=environment)
        programs = [_program(text, task if suite else None) for text in rows.values()]
        checks, dropped, beyond = _checks(name, tests.get(name, {}), _target(task, programs), most)
        bare = replace(task, checks=(), reference=None)
        found.append(Case(bare, tuple(rows), tuple(programs), tuple(checks), dropped, beyond))
    if not any(case.tests for case in found):
        raise InputError(
            f"no usable test for any of {len(found)} tasks: a test is an assertion in Python that "
            f"names what its task asks for, and its 'task' is one like {found[0].task.id!r}"
        )
    return found


def _program(text: str, task: Task | None) -> str:
    if task is not None:
        return extract(text, task.target, prompt=task.prompt).program or ""
    return text if parse(text) is not None else ""


def _target(task: Task, programs: Sequence[str]) -> frozenset[str]:
    """The names that a test has to use one of: the target's, or what most programs define."""
    if task.target.name:
        return frozenset(task.target.name.split("."))
    defined: Counter[str] = Counter()
    for text in dict.fromkeys(programs):
        tree = parse(text)
        defined.update({n.name for n in tree.body if isinstance(n, _DEFINITION)} if tree else ())
    most = max(defined.values(), default=0)
    return frozenset(name for name, count in defined.items() if 2 * count >= most)


def _checks(
    task: str, rows: Mapping[str, str], names: frozenset[str], most: int
) -> tuple[list[Check], int, int]:
    checks: list[Check] = []
    dropped = beyond = 0
    for row, code in rows.items():
        found = split(code, names)
        dropped += found.dropped
        beyond += max(0, len(found.assertions) - most)
        checks += [
            Check(f"{row}.{place}", task, code=text)
            for place, text in enumerate(found.assertions[:most])
        ]
    return checks, dropped, beyond
