"""Where a check has to run beside the candidate: what twins catch, and what nobody can."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adversarial import forgeries
from tests.adversarial.conftest import Arenas, Report

SECURITY = Path(__file__).resolve().parents[2] / "docs" / "security.md"
ALL = [attack.name for attack in (*forgeries.CAUGHT, *forgeries.REMAINING)]


@pytest.fixture(scope="module")
def report(arenas: Arenas) -> Report:
    return arenas(jail="whole", attacks=ALL)


@pytest.mark.parametrize("attack", forgeries.CAUGHT, ids=lambda attack: attack.name)
def test_a_forgery_that_passes_the_opposite_as_well_is_caught(
    report: Report, attack: forgeries.Attack
) -> None:
    """An object equal to everything, patched assertions, a frame for every question."""
    assert "passed" not in report.outcomes(attack.name)


@pytest.mark.parametrize("attack", forgeries.REMAINING, ids=lambda attack: attack.name)
def test_known_forgery(report: Report, attack: forgeries.Attack) -> None:
    """Possible today, and told in docs/security.md: whoever closes one changes both."""
    assert report.outcomes(attack.name) == ["passed"]


def test_the_known_forgeries_are_the_documented_ones() -> None:
    """The list in docs/security.md is this one, no more and no less."""
    text = SECURITY.read_text(encoding="utf-8")
    _, _, listed = text.partition("## Forgeries that remain")
    listed, _, _ = listed.partition("\n## ")
    named = {line.split("`")[1] for line in listed.splitlines() if line.startswith("- `")}
    assert named == {attack.name for attack in forgeries.REMAINING}


def test_honest_programs_pass_assertions(report: Report) -> None:
    """Twins convict nobody who answers honestly."""
    assert all(set(report.outcomes(name)) == {"passed"} for name in report.honest())
