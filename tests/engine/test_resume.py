"""A run that is killed goes on from where it was: nothing lost, nothing doubled.

The rounds are those of benchmarks/kill_and_resume.py, which kills fifty times.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import kill_and_resume

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("cache")]


def test_killed_at_random_moments(tmp_path: Path) -> None:
    found, known, _ = kill_and_resume.rounds(3, seed=7, directory=tmp_path)
    assert known > 500
    assert not all(one.ended for one in found)
    for one in found:
        assert one.same_matrix, one
        assert one.same_rows, one
        assert one.survivors == [], one
        assert one.left_after == [], one
