"""A tiny suite, and what bench is called with in most tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assay import bench
from assay.core.words import Check, Target, Task
from assay.models.base import Model
from assay.suites import Suite

RIGHT = "```python\ndef double(x):\n    return 2 * x\n```"
WRONG = "```python\ndef double(x):\n    return x\n```"
PAIR = "Here you are:\n```python\ndef pair(x):\n    return x, x > 0\n```\nDone."
NOTHING = "I would rather not."


def task(name: str, body: str, checks: Sequence[tuple[str, Any]], **more: Any) -> Task:
    made = tuple(
        Check(str(at), name, call=call, expected=expected)
        for at, (call, expected) in enumerate(checks)
    )
    prompt = f"Write the function {name}(x): {body}."
    return Task(name, prompt, Target(name=name), made, reference=f"def {body}\n", **more)


SUITE = Suite(
    "tiny",
    (
        task(
            "double", "double(x): return 2 * x", [("double(1)", 2), ("double(3)", 6)],
            labels={"stage": "Training", "data_type": "Text"}, source="one", date="2023-05-01",
        ),
        task(
            "pair", "pair(x): return x, x > 0", [("pair(1)", (1, True)), ("pair(0)", (0, False))],
            labels={"stage": "Inference", "data_type": "Text"}, source="two", date="2025-02-01",
        ),
        task(
            "triple", "triple(x): return 3 * x", [("triple(1)", 3)],
            labels={"stage": "Training", "data_type": "Others"}, source="two",
        ),
    ),
    version="1",
)  # fmt: skip
PROMPTS = {
    "double": "the function double",
    "pair": "the function pair",
    "triple": "the function triple",
}


@pytest.fixture
def part() -> Suite:
    """The tasks `double` and `pair` alone."""
    return replace(SUITE, tasks=SUITE.tasks[:2])


@pytest.fixture
def out(tmp_path: Path, cache: Path) -> Path:  # noqa: ARG001
    """Where a run goes; caches and verdicts are this test's own."""
    return tmp_path / "run"


def contest(suite: Suite, *models: Model, solver: str = "plain", **more: Any) -> bench.Contest:
    return bench.Contest(suite, models, [bench.solver(solver)], **more)
