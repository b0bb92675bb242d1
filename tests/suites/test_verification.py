"""Verification through the engine: what is fair, what is refused, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay import Check, Target, Task, suites
from assay.suites import Report, Suite

from .conftest import DOUBLE, PAIR, Writer


@pytest.fixture
def verify(write: Writer, tmp_path: Path) -> Any:
    def verify_here(*records: dict[str, Any], **options: Any) -> Report:
        suite = suites.load(write(*records))
        return suites.verify(suite, workers=2, store=tmp_path / "verdicts.sqlite", **options)

    return verify_here


def reasons(report: Report) -> dict[str, tuple[str, ...]]:
    return {task.task: task.reasons for task in report.failed}


def test_a_fair_suite_passes_and_its_mutants_die(verify: Any) -> None:
    report = verify(DOUBLE, PAIR)
    assert reasons(report) == {}
    told = report.to_json()
    assert (told["tasks"], told["failed"], told["harness"]) == (2, [], 0)
    assert told["mutants"]["made"] == told["mutants"]["killed"] >= 6
    assert told["mutants"]["median"] == 1.0


def test_a_wrong_reference_is_refused_with_what_it_did(verify: Any) -> None:
    wrong = {**DOUBLE, "reference": "def double(x):\n    return 3 * x\n"}
    report = verify(wrong, PAIR)
    (task,) = report.failed
    assert task.task == "double"
    assert task.mutants == 0
    assert task.reasons[0].startswith("its reference fails check 'two': failed: ")
    assert "3" in task.reasons[0]
    assert len(task.reasons) == 3


def test_a_reference_that_raises_or_does_not_load_is_refused(verify: Any) -> None:
    raising = {**DOUBLE, "reference": "import nothing_of_that_name\ndef double(x): return 2 * x"}
    (told,) = reasons(verify(raising)).values()
    assert "ModuleNotFoundError" in told[0]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"reference": None}, "has no reference"),
        ({"reference": "  \n"}, "has no reference"),
        ({"reference": "def pair(x:"}, "its reference is no Python"),
        ({"checks": []}, "has 0 checks; at least 1 are wanted"),
    ],
)
def test_what_cannot_be_run_is_refused(verify: Any, fields: dict[str, Any], reason: str) -> None:
    task = {key: value for key, value in {**PAIR, **fields}.items() if value is not None}
    assert reasons(verify(DOUBLE, task)) == {"pair": (reason,)}


def test_a_reference_without_the_target_has_no_blank(verify: Any) -> None:
    task = {**PAIR, "reference": "pair = lambda x: (x, x > 0)", "target": {"name": "pair"}}
    (told,) = reasons(verify(task)).values()
    assert "does not define 'pair'" in told[0]
    assert reasons(verify({**task, "blank": "pair = None"})) == {}


@pytest.mark.parametrize(
    "check",
    [
        {"id": "idle", "code": "assert True"},
        {"id": "idle", "code": "import math"},
        {"id": "idle", "call": "pair('x')", "raises": "Exception"},
        {"id": "idle", "call": "pair.__name__", "expected": "pair"},
    ],
)
def test_a_check_that_a_blank_passes_is_refused(verify: Any, check: dict[str, Any]) -> None:
    reference = "def pair(x):\n    if x == 'x':\n        raise Exception\n    return x, x > 0\n"
    task = {**PAIR, "reference": reference, "checks": [*PAIR["checks"], check]}
    told = reasons(verify(task, DOUBLE))
    assert told == {"pair": ("its blank passes check 'idle', which asks nothing",)}


def test_the_suites_own_blank_is_the_one_that_is_run(verify: Any) -> None:
    (told,) = reasons(verify({**PAIR, "blank": "def pair(x): return x, False"})).values()
    assert told == (
        "its blank passes check 'at', which asks nothing",
        "its blank passes check 'below', which asks nothing",
    )


def test_too_few_and_too_weak_checks_are_refused(verify: Any) -> None:
    weak = {**PAIR, "checks": [{"id": "type", "code": "assert isinstance(pair(1), tuple)"}]}
    report = verify(weak, min_checks=2)
    assert reasons(report) == {"pair": ("has 1 checks; at least 2 are wanted",)}
    report = verify(weak, DOUBLE, min_killed=0.9)
    (told,) = reasons(report).values()
    assert told[0].endswith("mutants, 90% wanted")
    survivors = report.tasks[0].survivors
    assert "line 2, comparison: `x > 0` → `x >= 0`" in map(str, survivors)
    assert report.tasks[0].killed == report.tasks[0].mutants - len(survivors) < 4
    assert report.median is not None
    assert 0 < report.median < 1


@pytest.mark.slow
def test_a_mutant_that_never_ends_is_killed_before_long(verify: Any) -> None:
    reference = "def pair(x):\n    n = 3\n    while n > 0:\n        n -= 1\n    return x, x > n\n"
    report = verify({**PAIR, "reference": reference})
    assert report.failed == ()
    assert report.tasks[0].mutants >= 8


@pytest.mark.parametrize(
    ("target", "program", "call"),
    [
        (Target("class", "A"), "class A:\n    def f(self): return 1\n", "A().f()"),
        (
            Target("method", "A.f"),
            "class A:\n    k = 1\n    def f(self): return self.k\n",
            "A().f()",
        ),
        (Target("script"), "x = 1\n", "x"),
        (Target("script", "code"), "code = 'x = 1'", "exec(code)\nx"),
    ],
)
@pytest.mark.usefixtures("cache")
def test_every_kind_of_target_has_a_blank(target: Target, program: str, call: str) -> None:
    check = Check("one", "t", call=call, expected=1)
    task = Task("t", "", target, (check,), reference=program)
    assert suites.verify(Suite("s", (task,)), workers=1).failed == ()
    idle = Task("t", "", target, (Check("idle", "t", code="assert True"),), reference=program)
    assert len(suites.verify(Suite("s", (idle,)), workers=1).failed) == 1
