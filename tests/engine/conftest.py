"""What the engine's tests share: a run on the plain interpreter with a store of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import assay
from assay import Candidate, Check, Matrix

Run = Callable[..., Matrix]


@pytest.fixture
def run(tmp_path: Path, cache: Path) -> Run:  # noqa: ARG001
    """`assay.run` with the store in this test's own folder, so that tests share no verdicts."""

    def run_here(candidates: list[Candidate], checks: list[Check], **options: Any) -> Matrix:
        options.setdefault("store", tmp_path / "verdicts.sqlite")
        options.setdefault("workers", 2)
        return assay.run(candidates, checks, options.pop("environment", "python"), **options)

    return run_here


def candidate(code: str, name: str = "a", task: str = "t") -> Candidate:
    return Candidate(name, task, code)


def call(source: str, expected: Any, name: str = "check", **options: Any) -> Check:
    return Check(name, "t", call=source, expected=expected, **options)
