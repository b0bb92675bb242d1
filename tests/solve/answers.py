"""What a scripted model says in these tests."""

from __future__ import annotations

from pathlib import Path

from assay.solve import Jail
from assay.testing import ScriptedModel

PROMPT = "Write the function `double(x)`, which returns twice its argument."
RIGHT = "```python\ndef double(x):\n    return 2 * x\n```"
ALIKE = "Here you are:\n```python\ndef double(x):\n    total = x + x\n    return total\n```"
SQUARE = "```python\ndef double(x):\n    return x ** 2\n```"
NONE = "I would rather not."
TESTS = "```python\nassert double(1) == 2\nassert double(3) == 6\nassert double(-2) == -4\n```"
# What is asked for tests, and what for programs.
ASKED_TESTS, ASKED_PROGRAM = "Write 5 tests of", "complete code of"


def block(code: str) -> str:
    return f"```python\n{code}\n```"


def scripted(*programs: str, tests: str = TESTS, **more: object) -> ScriptedModel:
    """Programs by the number of the sample, one after the other; and tests."""
    answers = {ASKED_TESTS: tests, ASKED_PROGRAM: programs or (RIGHT, SQUARE, ALIKE)}
    return ScriptedModel(answers, **more)  # type: ignore[arg-type]


def jail(folder: Path) -> Jail:
    return Jail(store=folder / "verdicts.sqlite", workers=1)
