"""What a session tells of the answers that it knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay import Candidate
from assay.engine.session import Session
from tests.engine.conftest import call


@pytest.mark.usefixtures("cache")
def test_the_values_that_programs_gave_are_known_by_number(tmp_path: Path) -> None:
    bodies = {"plus": "return x + x", "times": "return 2 * x", "odd": "raise ValueError(x)"}
    programs = [Candidate(name, "t", f"def f(x):\n    {body}\n") for name, body in bodies.items()]
    checks = [call("f(1)", 5, "one"), call("f(2)", 5, "two")]
    with Session("python", store=tmp_path / "verdicts.sqlite", workers=1) as session:
        (planned,) = session.planned(programs, checks)
        assert session.values(planned, [0, 1]) == [{}, {}, {}]
        session.run(programs, checks[1:])
        plus, times, odd = session.values(planned, [0, 1])
        assert odd == {}
        assert set(plus) == {1}
        assert plus == times
        assert session.value(plus[1]) == b"4"
        assert session.values(planned, [0]) == [{}, {}, {}]
