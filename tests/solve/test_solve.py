"""assay.solve: which program is chosen, why, and what becomes of everything that goes wrong."""

from __future__ import annotations

import asyncio
import json
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from assay.core.errors import InputError, Interrupted
from assay.models.base import ModelFailure, Request
from assay.models.cache import Cached, CompletionCache
from assay.models.costs import BudgetSpent
from assay.solve import Progress, Separation, Solution, solve
from assay.testing import ScriptedModel
from tests.solve.answers import (
    ALIKE,
    ASKED_PROGRAM,
    ASKED_TESTS,
    NONE,
    PROMPT,
    RIGHT,
    SQUARE,
    TESTS,
    block,
    jail,
    scripted,
)

THRICE = block("def double(x):\n    return 3 * x")
FOUR = block("def double(x):\n    return x + 4")


def solved(folder: Path, model: Any = None, prompt: str = PROMPT, **options: Any) -> Solution:
    options = {"samples": 6, "tests": 2, "jail": jail(folder)} | options
    return solve(prompt, model=model or scripted(), **options)


def test_the_behaviour_that_most_share_is_chosen_with_its_evidence(tmp_path: Path) -> None:
    seen: list[tuple[int, int, int]] = []

    def listen(progress: Progress) -> None:
        assert progress.pool is not None
        seen.append((progress.pool.answers, progress.pool.test_answers, progress.tally.done))

    found = solved(tmp_path, scripted(RIGHT, SQUARE, ALIKE, NONE), samples=8, progress=listen)
    assert found.program is not None
    assert "2 * x" in found.program
    assert found.agreed
    assert (found.size, found.usable, found.distinct, found.ties) == (4, 6, 2, 0)
    assert (found.passed, found.failed) == (3, 0)
    assert found.confidence == pytest.approx(4 / 7)
    assert found.counts["programs"] == {
        "proposed": 8, "usable": 6, "distinct": 3, "unusable": {"no_code": 2},
    }  # fmt: skip
    assert found.counts["tests"]["usable"] == 6
    assert found.counts["tests"]["distinct"] == 3
    assert found.runner_up is not None
    parts = found.runner_up.separation
    assert parts is not None
    assert (parts.call, parts.ours, parts.theirs, parts.expected) == ("double(1)", "2", "1", "2")
    assert found.cost.answers == 10
    assert found.executions > 0
    assert max(seen)[0] == 8
    assert max(done for _, _, done in seen) > 0
    assert json.loads(json.dumps(found.to_json()))["cluster"] == {
        "size": 4, "of": 6, "distinct": 2,
    }  # fmt: skip


def test_verdicts_come_while_more_is_asked(tmp_path: Path) -> None:
    ran = threading.Event()

    def answer(request: Request, number: int) -> str:
        if ASKED_TESTS in request.messages[-1].content:
            return TESTS
        if number == 5:
            assert ran.wait(120), "no verdict came before the last program"
        return RIGHT

    def listen(progress: Progress) -> None:
        if progress.stage == "asking" and progress.tally.counts:
            ran.set()

    found = solved(tmp_path, ScriptedModel(answer), progress=listen)
    assert (found.size, found.usable, found.agreed) == (6, 6, True)


def test_where_no_two_agree_nothing_is_trusted_and_what_is_known_is_told(tmp_path: Path) -> None:
    found = solved(tmp_path, scripted(SQUARE, THRICE, FOUR, tests=NONE), samples=3)
    assert not found.agreed
    assert found.program is not None
    assert found.runner_up is not None


def test_an_example_outweighs_any_majority(tmp_path: Path) -> None:
    model = scripted(SQUARE, SQUARE, SQUARE, RIGHT, tests=block("assert double(2) == 4"))
    assert "x ** 2" in str(solved(tmp_path, model, samples=4).program)
    found = solved(tmp_path, model, samples=4, examples=["assert double(3) == 6"])
    assert "2 * x" in str(found.program)
    assert found.agreed
    assert [check.check for check in found.checks if check.trusted] == ["assert double(3) == 6"]
    shown = PROMPT + "\n\n>>> double(3)\n6\n"
    assert "2 * x" in str(solved(tmp_path, model, shown, samples=4).program)
    refuted = solved(tmp_path, model, samples=4, examples=["assert double(3) == 7"])
    assert not refuted.agreed
    assert "double(3) == 7" in refuted.why
    assert refuted.confidence == 0


def test_without_tests_programs_agree_on_inputs_that_are_made_up(tmp_path: Path) -> None:
    found = solved(tmp_path, scripted(RIGHT, SQUARE, ALIKE, tests=NONE))
    assert found.agreed
    assert "2 * x" in str(found.program)
    assert found.counts["calls"] > 0
    assert any("no usable test" in note for note in found.notes)


def test_without_anything_to_run_the_text_decides_and_nothing_is_trusted(tmp_path: Path) -> None:
    programs = [block(f"class Box:\n    side = {n}") for n in (1, 1, 2)]
    model = ScriptedModel({ASKED_TESTS: NONE, ASKED_PROGRAM: programs})
    found = solved(tmp_path, model, "Write the class `Box`.", samples=3)
    assert not found.agreed
    assert found.selector == "medoid"
    assert found.confidence == 0
    assert found.program is not None


def test_without_a_program_the_reason_is_told(tmp_path: Path) -> None:
    other, stub = block("def other(x):\n    return x"), block("def double(x):\n    pass")
    found = solved(tmp_path, scripted(NONE, other, stub))
    assert found.program is None
    assert not found.agreed
    assert found.counts["programs"]["unusable"] == {
        "no_code": 2, "wrong_target": 2, "stub": 2,
    }  # fmt: skip


def test_what_came_before_a_model_failed_is_used(tmp_path: Path) -> None:
    found = solved(tmp_path, scripted(failures={ASKED_PROGRAM: 2}))
    assert found.agreed
    assert found.usable == 4
    assert any("got no answer" in note for note in found.notes)
    with pytest.raises(ModelFailure, match="told to fail"):
        solved(tmp_path, scripted(failures={ASKED_PROGRAM: 99, ASKED_TESTS: 99}))


def test_a_spent_budget_leaves_what_was_paid_for(tmp_path: Path) -> None:
    def answer(request: Request, number: int) -> str:
        if ASKED_TESTS in request.messages[-1].content:
            return TESTS
        if number > 2:
            raise BudgetSpent("stopped at $1")
        return (RIGHT, ALIKE, SQUARE)[number]

    found = solved(tmp_path, ScriptedModel(answer))
    assert found.agreed
    assert found.usable == 3
    assert any("stopped at $1" in note for note in found.notes)


def test_ctrl_c_says_what_had_come(tmp_path: Path) -> None:
    def answer(request: Request, number: int) -> str:
        if number == 2:
            signal.raise_signal(signal.SIGINT)
        return TESTS if ASKED_TESTS in request.messages[-1].content else RIGHT

    with pytest.raises(Interrupted, match=r"stopped with \d programs and \d+ tests") as told:
        solved(tmp_path, ScriptedModel(answer))
    assert told.value.exit_code == 4


def test_what_was_answered_is_not_asked_again(tmp_path: Path) -> None:
    cache = CompletionCache(tmp_path / "completions.sqlite")
    model = scripted()
    first = solved(tmp_path, Cached(model, cache))
    asked = len(model.asked)
    again = solved(tmp_path, Cached(model, cache))
    assert len(model.asked) == asked == 8
    assert (first.program, again.cost.from_cache) == (again.program, 8)
    cache.close()


def test_a_prompt_that_names_nothing_is_tested_by_the_name_that_most_take(tmp_path: Path) -> None:
    twice = block("def twice(x):\n    return 2 * x")
    helped = block("def help_it(x):\n    return x\n\ndef twice(x):\n    return help_it(x) + x")
    model = ScriptedModel({
        ASKED_TESTS: block("assert twice(2) == 4"),
        "Answer with the code": [twice, helped, block("def other(x):\n    return 2")],
    })  # fmt: skip
    found = solved(tmp_path, model, "Give me something that doubles a number")
    assert found.target.name == "twice"
    assert found.agreed
    assert (found.size, found.usable) == (4, 4)


def test_a_failing_check_goes_back_and_the_repaired_has_to_win(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(request: Request, number: int) -> str:
        last = request.messages[-1].content
        if "does not pass a check" in last:
            asked.append(last)
            return RIGHT if number else ALIKE
        return TESTS if ASKED_TESTS in last else SQUARE

    options = {"samples": 3, "examples": ["assert double(3) == 6"]}
    assert not solved(tmp_path, ScriptedModel(answer), **options).agreed
    found = solved(tmp_path, ScriptedModel(answer), repair=1, **options)
    assert found.agreed
    assert found.origin == "repair 0"
    assert (found.size, found.usable) == (2, 5)
    assert "assert double(3) == 6" in asked[0]
    assert "It gave: 9" in asked[0]


@pytest.mark.parametrize(("said", "right"), [("1", True), ("2", True), ("9", True), (None, False)])
def test_where_behaviours_tie_somebody_is_asked(
    tmp_path: Path, said: str | None, right: bool
) -> None:
    asked: list[Separation] = []

    def choose(separation: Separation, first: str, second: str) -> str | None:
        assert first != second
        asked.append(separation)
        if said == "9":
            return separation.theirs
        return said

    model = scripted(RIGHT, THRICE, tests=NONE)
    assert not solved(tmp_path, model, samples=4).agreed
    found = solved(tmp_path, model, samples=4, choose=choose)
    assert len(asked) == 1
    assert asked[0].ours != asked[0].theirs
    assert found.agreed is right
    if right:
        (check,) = [one for one in found.checks if one.trusted]
        assert check.gave == (asked[0].ours if said == "1" else asked[0].theirs)


HOSTILE = (
    "def double(x):\n    while True:\n        pass",
    "import os\ndef double(x):\n    os._exit(0)",
    "class Yes:\n    def __eq__(self, other):\n        return True\n    def __bool__(self):\n"
    "        return True\ndef double(x):\n    return Yes()",
    "import builtins\nbuiltins.AssertionError = ValueError\ndef double(x):\n    raise SystemExit",
    "import sys\nfor name in list(sys.modules):\n    sys.modules[name] = None\n"
    "def double(x):\n    return x",
)


def test_hostile_programs_are_never_chosen_and_never_stall(tmp_path: Path) -> None:
    """Three of each, against two that are right; a test in assertion mode is among the tests."""
    programs = [block(code) for code in HOSTILE for _ in range(3)] + [RIGHT, ALIKE]
    tests = block("assert double(1) == 2\nassert double(4) > 7\nassert double(-2) == -4")
    started = time.process_time()
    found = solved(tmp_path, scripted(*programs, tests=tests), samples=len(programs))
    assert found.program is not None
    assert "2 * x" in found.program
    assert found.size == 2
    assert found.failed == 0
    assert time.process_time() - started < 20
    assert found.cpu_seconds < 60


def test_methods_and_classes(tmp_path: Path) -> None:
    prompt = (
        "Write the missing method.\n\n```python\nclass Counter:\n    def __init__(self):\n"
        "        self.count = 0\n\n    def add(self, n):\n"
        '        """Add n and return the count."""\n```'
    )
    right = block("def add(self, n):\n    self.count += n\n    return self.count")
    wrong = block("def add(self, n):\n    return n")
    tests = block("c = Counter()\nassert c.add(1) == 1\nassert c.add(2) == 3")
    model = ScriptedModel({ASKED_TESTS: tests, ASKED_PROGRAM: [right, wrong, right]})
    found = solved(tmp_path, model, prompt)
    assert (found.target.kind, found.target.name) == ("method", "Counter.add")
    assert found.agreed
    assert "self.count += n" in str(found.program)
    assert found.passed == 2


def test_arrays_are_compared_with_tolerance_in_an_environment_that_has_them(
    tmp_path: Path,
) -> None:
    one = block("import numpy as np\ndef half(x):\n    return np.asarray(x) / 2")
    other = block("import numpy as np\ndef half(x):\n    return np.asarray(x) * 0.5 * (1 + 1e-12)")
    wrong = block("import numpy as np\ndef half(x):\n    return np.asarray(x) // 2")
    tests = block("assert np.allclose(half(np.array([1.0, 3.0])), [0.5, 1.5])")
    model = ScriptedModel({ASKED_TESTS: tests, ASKED_PROGRAM: [one, wrong, other]})
    found = solved(tmp_path, model, "Write `half(x)` for an array x.", samples=3, tests=1)
    assert found.agreed
    assert (found.size, found.distinct, found.passed) == (2, 2, 1)


def test_it_works_inside_an_event_loop_and_as_a_call_of_the_package(tmp_path: Path) -> None:
    import assay.solve

    async def inside() -> Solution:
        return assay.solve(  # type: ignore[operator,no-any-return]
            PROMPT, model=scripted(), samples=3, tests=1, jail=jail(tmp_path)
        )

    assert asyncio.run(inside()).agreed


@pytest.mark.parametrize(
    ("prompt", "options", "said"),
    [
        (" \n", {}, "the prompt is empty"),
        (PROMPT, {"samples": 0}, "at least one sample"),
        (PROMPT, {"temperature": -1}, "--temperature -1"),
        (PROMPT, {"max_tokens": 0}, "--max-tokens 0"),
        (PROMPT, {"budget": -1}, "--budget -1"),
        (PROMPT, {"environment": "basis"}, "base"),
        (PROMPT, {"selector": "srunk"}, "srunk"),
        (PROMPT, {"mutations": ["a3p"]}, "a3p"),
        (PROMPT, {"ask": "nicely"}, "--ask nicely"),
        (PROMPT, {"examples": ["assert triple(1) == 3"]}, "cannot be used"),
        ("Sum a list", {"examples": ["assert f(1) == 3"]}, "--signature"),
        (PROMPT, {"model": "gpt"}, "assay.models has no 'gpt'"),
    ],
)
def test_wrong_input_is_told_in_one_line(
    tmp_path: Path, prompt: str, options: dict[str, Any], said: str
) -> None:
    model = scripted()
    with pytest.raises(InputError, match=said) as told:
        solved(tmp_path, prompt=prompt, **{"model": model} | options)
    assert "\n" not in str(told.value)
    assert not model.asked


def test_programs_may_be_asked_for_after_examples(tmp_path: Path) -> None:
    model = scripted()
    assert solved(tmp_path, model, ask="few-shot").agreed
    asked = next(one for one, _ in model.asked if ASKED_PROGRAM in one.messages[-1].content)
    assert [message.role for message in asked.messages] == ["user", "assistant"] * 3 + ["user"]


@pytest.mark.slow
def test_tensors_too(tmp_path: Path) -> None:
    """Of these, one gives another dtype: it is no copy of the others."""
    head = "import torch\ndef norm(x):\n    return "
    programs = [block(head + text) for text in (
        "x / x.sum()", "x.div(x.sum())", "(x / x.sum()).double()", "x.mul(1 / x.sum())",
    )]  # fmt: skip
    tests = block("assert torch.allclose(norm(torch.tensor([1.0, 3.0])), torch.tensor([.25, .75]))")
    model = ScriptedModel({ASKED_TESTS: tests, ASKED_PROGRAM: programs})
    found = solved(tmp_path, model, "Write `norm(x)` for a tensor x.", samples=4, tests=1)
    assert found.agreed
    assert (found.size, found.usable) == (3, 4)
    assert found.runner_up is not None
    assert found.runner_up.separation is not None
