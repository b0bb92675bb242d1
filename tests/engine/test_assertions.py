"""Assertions: which are lifted into value mode, and which twins must fail beside the others."""

from __future__ import annotations

import pytest

from assay import Check, Outcome
from assay.engine.assertions import lift, twins
from tests.engine.conftest import Run, candidate


@pytest.mark.parametrize(
    ("code", "call", "expected"),
    [
        ("assert f(1) == 2", "f(1)", 2),
        ("assert 2 == f(1)", "f(1)", 2),
        ("assert f(1) is None", "f(1)", None),
        ("assert f(1) == [1, (2, -3.5)], 'why'", "f(1)", [1, (2, -3.5)]),
        ("x = f(1)\nassert g(x) == {'a': 1}", "x = f(1)\ng(x)", {"a": 1}),
    ],
)
def test_a_comparison_with_a_literal_is_lifted(code: str, call: str, expected: object) -> None:
    lifted = lift(code)
    assert lifted is not None
    assert (lifted.call, lifted.expected) == (call, expected)


@pytest.mark.parametrize(
    "code",
    [
        "assert f(1)",
        "assert f(1) != 2",
        "assert f(1) == f(2)",
        "assert f(1) is 5.0",
        "assert 1 == 1",
        "assert f(1) == 2\nassert f(2) == 3",
        "assert f(1) == 2\nx = 1",
        "for x in [1]:\n  assert f(x) == 1",
        "assert f(1) == 2 == 2",
        "f(",
    ],
)
def test_other_assertions_are_left_alone(code: str) -> None:
    assert lift(code) is None


def test_twins_negate_and_change() -> None:
    made = twins("assert f(1) == 2\nassert f(2) > 3")
    assert made == ("assert f(1) == 2\nassert not f(2) > 3", "assert f(1) == 5")
    assert twins("f(1)") == ()
    assert twins("assert (") == ()


def run_code(run: Run, program: str, code: str) -> Outcome:
    check = Check("c", "t", code=code)
    return run([candidate(program)], [check]).verdict("a", "c").outcome


def test_a_lifted_assertion_has_the_trust_of_a_value(run: Run) -> None:
    checks = [
        Check("lifted", "t", code="assert f() == 1"),
        Check("inside", "t", code="assert f() > 0"),
    ]
    matrix = run([candidate("def f(): return 1")], checks)
    assert matrix.verdict("a", "lifted").trust == "value"
    assert matrix.verdict("a", "inside").trust == "assertion"
    assert matrix.all_passed("a")


EQUAL_TO_ALL = """
class E:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
def f(*_): return E()
"""


@pytest.mark.parametrize("code", ["assert f(1) == 2", "assert f(1) == 2\nassert f(2) == 3"])
def test_an_object_equal_to_everything_passes_nothing(run: Run, code: str) -> None:
    assert run_code(run, EQUAL_TO_ALL, code) in (Outcome.FAILED, Outcome.FORBIDDEN)


def test_swallowed_assertions_are_found_by_their_twins(run: Run) -> None:
    """`exec` that runs nothing makes every assertion hold; its opposite then holds as well."""
    program = "import builtins\nbuiltins.exec = lambda *_: None\ndef f(x): return 0"
    assert run_code(run, program, "assert f(1) > 2") is Outcome.FORBIDDEN


def test_a_program_with_a_state_is_not_taken_for_a_forger(run: Run) -> None:
    """Its second answer differs from its first, so the twin holds too, until each runs alone."""
    program = "n = int(0)\ndef f():\n  global n\n  n += 1\n  return n"
    assert run_code(run, program, "assert f() < 2") is Outcome.PASSED


def test_a_failed_assertion_is_no_exception(run: Run) -> None:
    assert run_code(run, "def f(): return 1", "assert f() > 1, 'too small'") is Outcome.FAILED
    assert run_code(run, "def f(): return None", "assert f() > 1") is Outcome.RAISED
