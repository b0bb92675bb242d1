"""When the machine fails: a clear error or a clean retry, and nothing corrupt.

The failures are those of benchmarks/failures.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import failures

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("cache")]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("scratch", "No space left on device"),
        ("store", "Free some room or name another file with --store"),
        ("matrix", "No space left on device"),
        ("zygote", "the jail is gone"),
        ("warden", "the jail is gone"),
        ("build", "small"),
    ],
)
def test_comes_out_clean(name: str, told: str) -> None:
    result = failures.tried(name)
    if result.told.startswith("not tried"):
        pytest.skip(result.told)
    assert result.clean, result
    assert told in result.told
