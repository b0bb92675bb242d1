"""Tiny suites, written by the tests that use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Writer = Callable[..., Path]

MANIFEST = 'name = "tiny"\nversion = "3"\nlicence = "MIT"\ntasks = "tasks.jsonl"\n'

DOUBLE: dict[str, Any] = {
    "id": "double",
    "prompt": "Write double(x), twice a number; TypeError for None.",
    "target": {"name": "double", "signature": "def double(x):"},
    "checks": [
        {"id": "two", "call": "double(1)", "expected": 2},
        {"id": "seven", "call": "double(3.5)", "expected": 7.0, "tolerance": {"strict": True}},
        {"id": "none", "call": "double(None)", "raises": "TypeError"},
        {"id": "even", "code": "assert double(3) % 2 == 0"},
    ],
    "reference": "def double(x):\n    return 2 * x\n",
    "labels": {"stage": "training", "data": "tabular"},
    "date": "2024-05-17",
    "source": "us/here",
    "tier": "easy",
}
PAIR: dict[str, Any] = {
    "id": "pair",
    "prompt": "Write pair(x): x, and whether it is above zero.",
    "target": {"name": "pair", "signature": "def pair(x):"},
    "checks": [
        {"id": "above", "call": "pair(1)", "expected": "(1, True)"},
        {"id": "at", "call": "pair(0)", "expected": "(0, False)"},
        {"id": "below", "call": "pair(-1)", "expected": "(-1, False)"},
    ],
    "reference": "def pair(x):\n    return x, x > 0\n",
    "labels": {"stage": "inference", "data": "tabular"},
    "date": "2023",
}


@pytest.fixture
def write(tmp_path: Path, cache: Path) -> Writer:  # noqa: ARG001
    """Writes a suite from records (or from lines of text) and returns its directory."""

    def write_suite(*tasks: dict[str, Any] | str, manifest: str = MANIFEST) -> Path:
        folder = tmp_path / "tiny"
        folder.mkdir(exist_ok=True)
        (folder / "suite.toml").write_text(manifest)
        lines = [task if isinstance(task, str) else json.dumps(task) for task in tasks]
        (folder / "tasks.jsonl").write_text("".join(f"{line}\n" for line in lines))
        return folder

    return write_suite
