"""What is left of a run whose controller is killed."""

from __future__ import annotations

import pytest

from tests.adversarial.conftest import Arenas

HELD_OUT = ["double_fork", "sleeps", "ignores_all_signals", "daemon_holds_the_sockets"]


@pytest.mark.parametrize("as_user", [False, True])
@pytest.mark.parametrize("jail", ["whole", "restricted"])
def test_candidates_do_not_outlive_a_killed_controller(
    arenas: Arenas, jail: str, as_user: bool
) -> None:
    """SIGKILL to the controller ends warden, zygote, candidates and their daemons."""
    report = arenas(jail=jail, as_user=as_user, abandon=True, attacks=HELD_OUT)
    assert report.found["running"] >= 2
    assert "processes" not in report.changed
    assert "files" not in report.changed
