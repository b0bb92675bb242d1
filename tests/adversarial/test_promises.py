"""One test for each promise of docs/security.md, in each place where assay runs.

In every arena the same attacks (`attacks.py`, `forgeries.py`) meet the engine through its public
door, with honest programs among them; afterwards the tests look at what the attacks were after.
"""

from __future__ import annotations

import pytest

from tests.adversarial import arena, attacks, forgeries
from tests.adversarial.conftest import Arenas, Report

# Each is an arena of its own, run when the first test asks for it: half a minute.
PLACES = {
    "full": {"jail": "whole"},
    "full, ordinary user": {"jail": "whole", "as_user": True},
    "restricted": {"jail": "restricted"},
    "restricted, ordinary user": {"jail": "restricted", "as_user": True},
}
pytestmark = pytest.mark.slow


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def report(place: str, arenas: Arenas) -> Report:
    return arenas(**PLACES[place])


def test_there_are_as_many_attacks_as_promised_and_each_has_a_name_of_its_own() -> None:
    """At least 45 attacks, told apart by name in everything that they leave behind."""
    everything = (*forgeries.value_mode(), *forgeries.CAUGHT, *forgeries.REMAINING)
    names = [attack.name for attack in everything]
    assert len(names) == len(set(names))
    assert len(names) >= 45


def test_the_walls_are_the_ones_that_this_place_should_have(place: str, report: Report) -> None:
    """The level that stands on every verdict: `full` with namespaces, `restricted` without."""
    level = place.partition(",")[0]
    if level == "full" and report.found["protection"] == ["strong"]:
        pytest.skip("this kernel has no Landlock, so the strongest level cannot be had")
    assert report.found["protection"] == [level]


def test_the_controller_survives(report: Report) -> None:
    """No candidate brings the run down, restarts the jail, or makes its verdict our fault."""
    assert report.found["crash"] is None
    assert report.found["harness_notes"] == []
    blamed_on_us = [n for n in report.found["verdicts"] if "harness" in report.outcomes(n)]
    assert blamed_on_us == []


def test_no_wrong_program_passes_in_value_mode(report: Report) -> None:
    """A check in value mode is passed by the right value and by nothing else."""
    passed = {name for name in report.attackers() if "passed" in report.outcomes(name)}
    assert passed == set()


def test_honest_neighbours_pass(report: Report) -> None:
    """What one candidate does changes nothing for the next, nor for the one beside it."""
    assert report.honest()
    assert {name: report.outcomes(name) for name in report.honest()} == {
        name: ["passed"] * len(report.outcomes(name)) for name in report.honest()
    }


def test_nothing_can_be_read(report: Report) -> None:
    """No file, environment, memory or segment of yours: their secrets stand in no evidence. Nor
    does the mark of an attack that got into something which leaves no trace."""
    assert report.found["secrets"] == []


def test_expected_values_never_enter_the_jail(report: Report) -> None:
    """Not in the heap, the frames, the memory or the questions of the candidate."""
    assert report.found["expected_told"] == []


def test_nothing_can_be_written(report: Report) -> None:
    """Home, repository, and a directory and files that everybody may write are as they were,
    modes and times included; so are shared memory and the temporary directory."""
    assert "files" not in report.changed
    assert "shared memory" not in report.changed
    assert "temporary" not in report.changed
    assert report.found["left"] == []


def test_nobody_can_be_reached(report: Report) -> None:
    """TCP, UDP, abstract sockets, sockets with a path: nothing was connected, nothing came."""
    assert "received" not in report.changed


def test_processes_of_yours_are_left_alone(report: Report) -> None:
    """Neither killed, stopped, traced, slowed down nor limited: a victim of the same user, and
    the controller."""
    assert "victim" not in report.changed
    assert "controller" not in report.changed


def test_nothing_outlives_its_candidate(report: Report) -> None:
    """No daemon, no orphan, no zygote when the run is over."""
    assert "processes" not in report.changed


def test_time_is_bounded(report: Report) -> None:
    """Whoever burns, sleeps, stops, lingers or lies about its clock is stopped, and the run goes
    on: all of it takes a bounded time."""
    judged = {a.name: report.outcomes(a.name) for a in attacks.TIME}
    assert {name: seen for name, seen in judged.items() if set(seen) != {"timeout"}} == {}
    assert report.found["seconds"] < len(report.found["verdicts"]) * arena.LIMITS.check_wall_seconds


def test_memory_is_bounded(report: Report) -> None:
    """Private, shared or on a growing stack: too much of it is a verdict, not a machine that swaps.
    Two candidates of 192 MB, their scratch, and what grows between two looks."""
    for name in ("shared_memory", "growing_stack_memory", "private_memory"):
        # On a busy machine it may run out of time before it runs out of memory.
        assert set(report.outcomes(name)) <= {"memory", "timeout"}, name
    if report.found["peak"] is not None:
        assert report.found["peak"] < 2 << 30


def test_disk_and_output_are_bounded(report: Report) -> None:
    """Scratch, its files, standard output and frames each have a limit."""
    for name in ("fills_scratch", "exhausts_inodes", "huge_file", "floods_descriptors"):
        assert "passed" not in report.outcomes(name)
        assert "failed" not in report.outcomes(name), name


def test_leaving_early_is_never_a_pass(report: Report) -> None:
    """Exits, signals, faults and endless recursion: the candidate's own, and no pass."""
    for attack in attacks.EXITS:
        assert set(report.outcomes(attack.name)) <= {"raised", "crashed", "timeout", "memory"}


def test_frames_that_no_runner_sends_are_forbidden(report: Report) -> None:
    """Lies on the result socket are wrong answers where they are well-formed, and `forbidden`
    where they are not."""
    malformed = (
        "claims_to_hold", "ends_after_loading", "answers_other_questions", "loads_twice",
        "answers_twice", "giant_length", "no_length", "no_json",
        "deep_json", "many_parts", "many_parts_in_the_head", "long_output", "time_runs_backwards",
        "time_is_no_number", "time_without_end", "time_too_long_to_be_a_float", "time_as_a_truth",
        "time_that_cannot_have_passed", "floods_the_result_socket", "floods_with_small_frames",
    )  # fmt: skip
    told = {name: report.outcomes(name) for name in malformed}
    assert {name: seen for name, seen in told.items() if "forbidden" not in seen} == {}
