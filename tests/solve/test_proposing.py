"""What is read out of what models write: names, tests, examples, inputs, several programs."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from assay.core.errors import InputError
from assay.core.words import Check, Target, Task, Tolerance
from assay.models.solvers import Setting
from assay.solve import inputs, naming
from assay.solve.assertions import MOST_TESTS, read_tests
from assay.solve.examples import in_prompt, read_examples, trusted
from assay.solve.pool import Pool
from assay.solve.proposing import Plan, propose
from assay.suites import load
from assay.testing import ScriptedModel
from tests.solve.answers import ALIKE, ASKED_TESTS, RIGHT, SQUARE, TESTS, block

F = Target("function", "f", "def f(x):")


def read(text: str, target: Target = F) -> list[tuple[str, object]]:
    return [
        (check.call or check.code or "", check.raises or check.expected)
        for check in read_tests(text, target).checks
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (block("assert f(1) == 2\nassert 4 == f(2)"), [("f(1)", 2), ("f(2)", 4)]),
        (block("assert f(1) == 2") + "\nand that is all", [("f(1)", 2)]),
        ("```python\nassert f(1) == 2\nassert f(3", [("f(1)", 2)]),
        ("assert f(1) == 2  # two\nThat was it.", [("f(1)", 2)]),
        ("Tests:\n1. assert f(1) == 2\n2. `f(3)` should return `6`", [("f(1)", 2), ("f(3)", 6)]),
        (block("x = 3\ny = f(x)\nassert y == 6"), [("x = 3\ny = f(x)\ny", 6)]),
        (block("assert f('a')\nassert not f('')"),
         [("bool(f('a'))", True), ("bool(f(''))", False)]),
        (block("f(1) == 2\nprint(f(2))  # 4\nf(3)  # => 6"),
         [("f(1)", 2), ("f(2)", 4), ("f(3)", 6)]),
        (">>> f(2)\n4\n>>> f(None)\nTraceback (most recent call last):\n  ...\nTypeError: no\n",
         [("f(2)", 4), ("f(None)", "TypeError")]),
        (block("def test_f():\n    assert f(1) == 2\n"
               "    with pytest.raises(ValueError):\n        f(-1)"),
         [("f(1)", 2), ("f(-1)", "ValueError")]),
        (block("class TestF(unittest.TestCase):\n    def test_a(self):\n"
               "        self.assertEqual(f(1), 2)\n        self.assertFalse(f(0))"),
         [("f(1)", 2), ("bool(f(0))", False)]),
        (block("def f(x):\n    return 2 * x\n\nassert f(1) == 2"), [("f(1)", 2)]),
        (block("assert f(1) < 3"), [("assert f(1) < 3", ...)]),
    ],
)  # fmt: skip
def test_tests_are_read_in_all_the_forms_that_models_write(
    text: str, found: list[tuple[str, object]]
) -> None:
    seen = read(text)
    assert [call for call, _ in seen] == [call for call, _ in found]
    assert [one for one in seen if one[0].startswith("assert")] or seen == found


def test_comparisons_of_arrays_keep_their_expected_values_outside() -> None:
    text = block(
        "x = np.array([1, 2])\nassert np.allclose(f(x), np.array([2.0, 4.0]), atol=1e-3)\n"
        "np.testing.assert_array_equal(f(x), [2, 4])\nassert (f(x) == np.array([2, 4])).all()\n"
        "assert abs(f(0.1) - 0.2) < 1e-6\nassert f(1 / 3) == 0.6667"
    )
    checks = read_tests(text, F).checks
    assert [one.expected for one in checks] == [[2.0, 4.0], [2, 4], 0.2, 0.6667]
    assert all("import numpy as np" in (one.call or "") for one in checks[:2])
    assert checks[0].tolerance == Tolerance(1e-5, 1e-3)
    assert checks[2].tolerance == Tolerance(0.0, 1e-6)
    assert checks[3].tolerance.absolute == pytest.approx(0.51e-4)


def test_what_is_no_test_of_the_target_is_dropped_and_counted() -> None:
    text = block(
        "assert True\nassert g(1) == 2\nassert f(1) == f(1)\nassert f(y) == 2\n"
        "for x in [1]:\n    assert f(x) == 2\nassert f(1"
    )
    found = read_tests(text, F)
    assert not found.checks
    assert found.dropped == {
        "does not name what was asked for": 2, "trivial": 1, "reads a name that nobody binds": 1,
        "not a single assertion": 1, "not Python": 1,
    }  # fmt: skip
    many = read_tests(block("\n".join(f"assert f({n}) == {n}" for n in range(9))), F)
    assert len(many.checks) == MOST_TESTS
    assert many.dropped == {"one of too many in an answer": 9 - MOST_TESTS}


def test_tests_of_a_class_keep_what_happened_before() -> None:
    text = block("s = Stack()\ns.push(1)\nassert s.pop() == 1\ns.push(2)\nassert len(s) == 1")
    (_, first), (call, second) = read(text, Target("class", "Stack"))
    assert (first, second) == (1, 1)
    assert call.split("\n") == ["s = Stack()", "s.push(1)", "s.pop()", "s.push(2)", "len(s)"]


@pytest.mark.parametrize(
    ("prompt", "kind", "name"),
    [
        ("Write `add(a, b)`, which adds.", "function", "add"),
        ("write is_prime(n) that says whether n is prime", "function", "is_prime"),
        ("Implement a class called Stack with push and pop.", "class", "Stack"),
        ("Write the method `Stack.push` of a stack.", "method", "Stack.push"),
        ('def twice(x):\n    """Return 2 * x."""\n', "function", "twice"),
        ("```python\nclass A:\n    def one(self):\n        return 1\n    def two(self):\n"
         '        """Return 2."""\n```', "method", "A.two"),
    ],
)  # fmt: skip
def test_the_name_is_found_in_the_prompt(prompt: str, kind: str, name: str) -> None:
    found = naming.in_prompt(prompt)
    assert found is not None
    assert (found.kind, found.name) == (kind, name)


def test_a_prompt_without_a_name_has_none() -> None:
    assert naming.in_prompt("Give me a function that takes a list `values` and sums it") is None


def test_every_prompt_of_the_starter_suite_names_its_target() -> None:
    for task in load("starter").tasks:
        found = naming.in_prompt(task.prompt)
        assert found is not None
        assert (found.kind, found.name) == (task.target.kind, task.target.name)


def test_a_signature_is_read_as_people_write_it() -> None:
    assert naming.from_signature("def f(a, b=1) -> int:").signature == "def f(a, b=1) -> int:"
    assert naming.from_signature("Stack.push(self, item)").kind == "method"
    assert naming.from_signature("class Stack").kind == "class"
    with pytest.raises(InputError, match="write it as Python does"):
        naming.from_signature("def f(a")


def test_examples_are_read_from_json_python_and_doctests(tmp_path: Path) -> None:
    file = tmp_path / "examples"
    file.write_text('{"call": "f(1)", "expected": 2}\n{"call": "f(None)", "raises": "TypeError"}\n')
    found = trusted(read_examples(file), F, "t")
    assert [(one.call, one.expected, one.raises) for one in found][1][2] == "TypeError"
    assert found[0] == Check("example/0", "t", call="f(1)", expected=2, from_json=True)
    file.write_text("assert f(1) == 2\n\n>>> f(3)\n6\n")
    assert {one.call for one in trusted(read_examples(file), F, "t")} == {"f(1)", "f(3)"}
    shown = in_prompt('def f(x):\n    """Twice.\n\n    >>> f(2)\n    4\n    """', F, "t")
    assert [(one.call, one.expected) for one in shown] == [("f(2)", 4)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"call": "f(1)"}', "examples:1: write {"),
        ('{"call": }', "examples:1: not JSON"),
        ("", "no examples in it"),
    ],
)
def test_bad_examples_are_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "examples"
    file.write_text(text)
    with pytest.raises(InputError, match=said):
        read_examples(file)
    with pytest.raises(InputError, match="cannot be used"):
        trusted(["assert g(1) == 2"], F, "t")


def test_further_inputs_are_always_the_same_and_new() -> None:
    calls = ["f([1, 2], 3)", "f([5], 0)"]
    found = inputs.changed_calls(calls, 8)
    assert found == inputs.changed_calls(calls, 8)
    assert len(set(found)) == 8
    assert not set(found) & set(calls)
    made = inputs.made_calls(Target("function", "f", "def f(a: list[int], k: int = 2) -> int:"))
    assert made[:2] == ["f([3, 1, 2])", "f([])"]
    assert len(inputs.made_calls(F)) == inputs.MOST_CALLS


def proposed(model: ScriptedModel, plan: Plan, prompt: str = "", **setting: int) -> Pool:
    task = Task("t", prompt or "Write the function `double(x)`, which returns twice its argument.",
                Target("function", "double", "def double(x):"))  # fmt: skip
    pool = Pool(task)
    asyncio.run(propose(pool, model, Setting(**setting), plan, lambda: None))  # type: ignore[arg-type]
    return pool


def test_eight_in_one_go_are_taken_apart() -> None:
    answer = "\n".join(f"Solution {n}:\n{text}" for n, text in enumerate([RIGHT, SQUARE, ALIKE]))
    model = ScriptedModel({ASKED_TESTS: TESTS, "Give 8 solutions": answer})
    pool = proposed(model, Plan(style="ask-8"), programs=8, tests=1)
    assert len(pool.programs) == 3
    assert len(model.asked) == 2  # one answer with programs, one with tests
    asked = next(request for request, _ in model.asked if "8 solutions" in str(request.messages))
    assert asked.max_tokens == 8 * 1024


def test_programs_and_tests_of_a_renamed_prompt_get_their_name_back() -> None:
    def answer(request: object, number: int) -> str:
        text = str(request)
        name = re.findall(r"(?:tests of|the function) `(\w+)`", text)[-1]
        if ASKED_TESTS in text:
            return block(f"assert {name}({number}) == {2 * number}")
        return block(f"def {name}(x):\n    return x * 2 if x else {name}(x + 1) - 2")

    pool = proposed(ScriptedModel(answer), Plan(("adversarial-name",)), programs=4, tests=2)
    assert [mutant.mutation for mutant in pool.mutants] == ["adversarial-name"]
    assert pool.mutants[0].name != "double"
    assert [one.origin for one in pool.programs] == [
        "original 0", "original 1", "adversarial-name 0", "adversarial-name 1",
    ]  # fmt: skip
    assert all("def double(x)" in one.code for one in pool.programs)
    assert all("double(x + 1)" in one.code for one in pool.programs)
    assert {check.call for check in pool.tests} == {"double(0)"}
