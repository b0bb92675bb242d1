"""What a model is asked on the way to an answer: tests, eight programs at once, a repair."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from assay.core.words import Task
from assay.engine.sources import parse
from assay.models.base import Message
from assay.models.prompts import conversation, question, wanted
from assay.suites.programs import definition

AT_ONCE = 8
_ASSERTIONS = 5
# A block, with the line that leads up to it.
_BLOCK = re.compile(r"(?:^[^\n]*:[ \t]*\n\s*)?^```python\n(?P<code>.*?)^```$", re.M | re.S)
_SHOWN_TESTS = """\
assert add(1, 2) == 3
assert add(0, 0) == 0
assert add(-4, 1) == -3
assert add(2.5, 2) == 4.5
assert add(10, -10) == 0"""


def for_program(task: Task, shots: Sequence[Task] = ()) -> tuple[Message, ...]:
    """One program, as bench asks for it."""
    return conversation(task, shots)


def for_programs(task: Task) -> tuple[Message, ...]:
    """Eight programs in one answer."""
    text = question(task).rpartition("\n\n")[0]
    told = wanted(task.target) if task.target.name else "the code"
    return (Message("user", (
        f"{text}\n\nGive {AT_ONCE} solutions that go about it in different ways. Each is the "
        f"complete code of {told}, with the imports that it needs, in a ```python block of its own."
    )),)  # fmt: skip


def for_tests(task: Task) -> tuple[Message, ...]:
    """Assertions about the target, which a program that is right passes. A stub is told in prose,
    and an example goes before: a small model writes the program otherwise (SmolLM2-135M gave 0
    tests in 12 answers to the prompt as it is, 16 in 15 to this)."""
    return (
        Message("user", _tests_of("`add(a, b)`: The sum of two numbers.", "add")),
        Message("assistant", f"```python\n{_SHOWN_TESTS}\n```"),
        Message("user", _tests_of(_told(task), task.target.name)),
    )


def _tests_of(told: str, name: str) -> str:
    return (
        f"{told}\n\nWrite {_ASSERTIONS} tests of `{name}`, a line each, as Python assertions with "
        "the arguments and the result written out."
    )


def _told(task: Task) -> str:
    """The prompt, with a stub of the target as its heading and docstring."""
    prompt = task.prompt.strip("\n")
    if parse(prompt) is not None:
        prompt = f"```python\n{prompt}\n```"
    for match in _BLOCK.finditer(prompt):
        tree = parse(match["code"])
        found = definition(tree, task.target.name) if tree else None
        if isinstance(found, ast.FunctionDef) and task.target.kind == "function":
            told = f"`{found.name}({ast.unparse(found.args)})`: {ast.get_docstring(found) or ''}"
            return prompt[: match.start()] + told + prompt[match.end() :]
    return prompt


def for_repair(task: Task, program: str, check: str, seen: str) -> tuple[Message, ...]:
    """The program once more, with the check that it fails and what it gave."""
    told = wanted(task.target)
    return (
        *conversation(task),
        Message("assistant", f"```python\n{program.strip()}\n```"),
        Message("user", (
            f"This does not pass a check:\n\n```python\n{check}\n```\n\nIt gave: {seen}\n\n"
            f"Find the mistake and answer with the complete corrected code of {told}, in one "
            "```python block. If the check is wrong, answer with the code as it was."
        )),
    )  # fmt: skip
