"""The conformance test for executors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assay.core.words import Environment, Limits
from assay.engine import environments
from assay.engine.child import Answer, Job
from assay.engine.levels import LAYERS, LEVELS

if TYPE_CHECKING:
    from assay.engine.run import Executor

Open = Callable[[Environment, Limits, "str | None"], "Executor"]

_PROGRAM = """
import os

def f(n):
    if n == 3:
        os._exit(1)
    return n + number
"""
_QUESTIONS = tuple(("call", f"f({n})") for n in range(5))


def check_executor(open_executor: Open, address: str | None = None, jobs: int = 40) -> None:
    """Open an executor on the plain interpreter, and raise AssertionError where it does not do
    what `assay.run` relies on."""
    limits = Limits(check_cpu_seconds=2)
    executor = open_executor(environments.PYTHON, limits, address)
    try:
        _check_protection(executor)
        work = [Job(n, f"number = {n}\n{_PROGRAM}", _QUESTIONS) for n in range(jobs)]
        answers = [answer for answer in executor.run(iter(work)) if answer is not None]
        _check_answers(answers, jobs)
        assert [a for a in executor.run(iter(())) if a is not None] == [], "answers to no jobs"
    finally:
        executor.close()


def _check_protection(executor: Executor) -> None:
    protection = executor.protection
    assert protection.level in LEVELS, f"{protection.level!r} is no protection level"
    assert set(protection.layers) == set(LAYERS), "protection.layers must name every layer"


def _check_answers(answers: list[Answer], jobs: int) -> None:
    for key in range(jobs):
        own = [answer for answer in answers if answer.key == key]
        indices = [answer.index for answer in own]
        assert indices == list(range(len(_QUESTIONS))), f"job {key}: answers to {indices}"
        for answer in own:
            seen = answer.observation
            if answer.index == 3:
                assert seen.kind == "crashed", f"a program that exits is {seen.kind}"
            else:
                assert seen.kind == "value", f"a program that returns is {seen.kind}"
                assert seen.payload == str(answer.index + key).encode(), "another job's answer"
    assert len(answers) == jobs * len(_QUESTIONS), "more answers than questions"
