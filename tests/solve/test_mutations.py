"""Mutants by rules and by a model, and names that find their way back."""

from __future__ import annotations

import ast
import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.errors import InputError
from assay.core.words import Target
from assay.solve.mutations import (
    THESIS,
    Mutant,
    Prompt,
    load,
    mapped_back,
    mutate,
    mutate_by_model,
    names,
    target_of,
)
from assay.solve.mutations.reading import read, rendered
from assay.testing.models import ScriptedModel
from assay.testing.mutations import check_mutation

CLIP = Prompt(
    "Limit numbers to a range.\n\nWrite the function `limited`:\n\n```python\n"
    "def limited(values, low=0, high=10):\n"
    '    """Clip the numbers to the interval [low, high] and return them as a list.\n\n'
    "    `values` is a list of numbers. `low` must not be greater than `high`. The input is not\n"
    "    changed. An empty list gives an empty list.\n\n"
    "    Raises ValueError if `low` is greater than `high`.\n\n"
    "    >>> limited([-1, 5, 12])\n    [0, 5, 10]\n"
    '    """\n```\n',
    Target("function", "limited", "def limited(values, low=0, high=10):"),
)
CODE = Prompt(
    'from typing import List\n\n\ndef total(numbers: List[int]) -> int:\n    """Return the sum of '
    'the numbers.\n    >>> total([1, 2])\n    3\n    """\n',
    Target("function", "total", "def total(numbers: List[int]) -> int:"),
)
METHOD = Prompt(
    "Write the method `Meter.update`:\n\n```python\nclass Meter:\n"
    "    def update(self, value):\n"
    '        """Add a value to the meter; call `self.update(None)` to reset it."""\n```\n',
    Target("method", "Meter.update", "def update(self, value):"),
)


def said(prompt: Prompt, name: str, seed: int = 0) -> Mutant:
    made, dropped = mutate(prompt, [name], seed)
    assert not dropped, dropped
    return made[0]


@pytest.mark.parametrize("name", names())
def test_ours_conform(name: str) -> None:
    check_mutation(lambda: load(name), CLIP, CODE, METHOD)


def test_all_seven_and_ours_are_there() -> None:
    assert set(THESIS) < set(names())
    assert [name for name in THESIS if not load(name).offline] == ["rephrase"]
    with pytest.raises(InputError, match="no-such-mutation"):
        load("no-such-mutation")


def test_passive_moves_the_object_and_leaves_conditions() -> None:
    text = said(CLIP, "a2p").text
    assert "The function `limited` should be written:" in text
    assert "should be clipped to the interval [low, high]" in text
    assert "ValueError should be raised if `low` is greater than `high`." in text
    assert ">>> limited([-1, 5, 12])\n    [0, 5, 10]" in text


def test_passive_declines_what_it_cannot_parse() -> None:
    for text in (
        "Update rule of Adam.",
        "Return boxes, scores and labels.",
        "Keep it, else return what was given.",
    ):
        made, dropped = mutate(Prompt(text, Target("script")), ["a2p"])
        assert not made
        assert dropped[0].kind == "declined"


def test_questions_ask_for_things_and_never_whether_they_hold() -> None:
    text = said(CLIP, "d2i").text
    assert "you write the function `limited`?" in text
    assert "`values` is a list of numbers." in text
    assert text.count("?") <= 3


def test_capitals_spare_what_is_meant_to_the_letter() -> None:
    text = said(CLIP, "caps").text
    assert "RAISES ValueError IF `low` IS GREATER THAN `high`." in text
    assert "def limited(values, low=0, high=10):" in text
    assert "[low, high]" in text


def test_verbs_are_replaced_in_their_form() -> None:
    text = said(CLIP, "verb").text
    assert "Implement the function `limited`:" in text
    assert "Throws ValueError if" in text
    raised = Prompt("Raise every number to at least 1.", Target("script"))
    assert mutate(raised, ["verb"])[1][0].kind == "declined"


def test_bullets_comments_and_order() -> None:
    bullets = said(CLIP, "bullets").text
    assert "    - `values` is a list of numbers.\n    - `low` must not be greater" in bullets
    comment = said(CLIP, "comment").text
    assert "# Limit numbers to a range.\n" in comment
    assert "    # >>> limited([-1, 5, 12])\n" in comment
    assert '"""' not in comment
    ast.parse(comment.strip().removeprefix("```python").removesuffix("```"))
    first = said(CLIP, "constraint-first").text
    assert first.index("Raises ValueError") < first.index("Clip the numbers")
    example = said(CODE, "example-first").text
    assert example.index(">>> total([1, 2])\n    3\n") < example.index("Return the sum")
    moved = said(CLIP, "reordered").text
    assert moved != CLIP.text
    assert sorted(moved.split()) == sorted(CLIP.text.split())


def test_names_change_everywhere_in_the_prompt() -> None:
    misled = said(CLIP, "adversarial-name")
    assert misled.name != "limited"
    assert f"def {misled.name}(values" in misled.text
    assert f">>> {misled.name}([-1, 5, 12])" in misled.text
    assert "`limited`" not in misled.text
    assert "Clip the numbers" in misled.text
    assert said(CLIP, "adversarial-name", 3).name != said(CLIP, "adversarial-name", 4).name
    assert said(CODE, "task-name").name == "sum_of_numbers"
    method = said(METHOD, "adversarial-name")
    own = method.name.removeprefix("Meter.")
    assert f"def {own}(self, value)" in method.text
    assert f"`self.{own}(None)`" in method.text
    target = target_of(method, METHOD)
    assert (target.name, target.signature) == (method.name, f"def {own}(self, value):")


def test_a_mutant_is_the_same_every_time() -> None:
    assert mutate(CLIP, names(), 7) == mutate(CLIP, names(), 7)


def called(name: str) -> Mutant:
    return Mutant("task-name", "", name, "rules")


def test_names_are_mapped_back_by_syntax() -> None:
    program = (
        "import re  # fits nothing\n\n\n"
        "def fits(n, fits_too=1):\n"
        '    """fits: a word."""\n'
        "    text = 'fits nothing'  # fits\n"
        "    return 1 if n < 2 else n * fits(n - 1)\n\n\n"
        "def other(fits):\n    return fits + 1\n\n\n"
        "wanted = [fits(3), other(2)]\n"
    )
    prompt = Prompt("", Target("function", "factorial"))
    found = mapped_back(program, called("fits"), prompt)
    assert "def factorial(n, fits_too=1):" in found
    assert "n * factorial(n - 1)" in found
    assert "def other(fits):\n    return fits + 1" in found
    assert "'fits nothing'  # fits" in found
    space: dict[str, object] = {}
    exec(found, space)
    assert space["wanted"] == [6, 3]


def test_what_has_the_name_already_makes_way() -> None:
    prompt = Prompt("", Target("function", "sqrt"))
    program = "from math import sqrt\n\n\ndef root(x):\n    return sqrt(abs(x))\n"
    found = mapped_back(program, called("root"), prompt)
    space: dict[str, object] = {}
    exec(found, space)
    assert space["sqrt"](-4) == 2.0  # type: ignore[operator]
    helper = "def sqrt(x):\n    return x ** 0.5\n\n\ndef root(x):\n    return sqrt(abs(x))\n"
    space = {}
    exec(mapped_back(helper, called("root"), prompt), space)
    assert space["sqrt"](-4) == 2.0  # type: ignore[operator]


def test_methods_and_classes_are_mapped_back() -> None:
    program = (
        "class Meter:\n    def fits(self, n):\n        return n and self.fits(n - 1)\n\n\n"
        "class Other:\n    def fits(self):\n        return {}.fits\n"
    )
    found = mapped_back(program, called("Meter.fits"), METHOD)
    assert "def update(self, n):\n        return n and self.update(n - 1)" in found
    assert "class Other:\n    def fits(self):\n        return {}.fits" in found
    of_class = Prompt("", Target("class", "Node"))
    program = "class Leaf:\n    def copy(self) -> 'Leaf':\n        é = 'é'; return Leaf()\n"
    found = mapped_back(program, called("Leaf"), of_class)
    assert found == program.replace("Leaf", "Node")


def test_programs_without_the_name_stay_as_they_are() -> None:
    prompt = Prompt("", Target("function", "old"))
    for program in ("def old():\n    return new\n", "def new(:", "print(1)\n"):
        assert mapped_back(program, called("new"), prompt) == program


ONE = Prompt(
    "Write the function `half`:\n\n```python\ndef half(x):\n    ...\n```\n",
    Target("function", "half", "def half(x):"),
)


def by_model(prompt: Prompt, answer: str, *wanted: str) -> tuple[list[Mutant], list[str]]:
    model = ScriptedModel(lambda *_: answer)
    made, dropped = asyncio.run(mutate_by_model(prompt, wanted, model))
    return made, [f"{one.kind}: {one.reason}" for one in dropped]


def test_a_model_writes_sentences_and_code_stays() -> None:
    made, dropped = by_model(ONE, "1. The function `half` should be written:", "a2p")
    assert not dropped
    assert made[0].by == "model"
    assert made[0].text == ONE.text.replace(
        "Write the function `half`", "The function `half` should be written"
    )


def test_what_a_model_gets_wrong_is_dropped_and_counted() -> None:
    assert by_model(ONE, "Sure! Here you go.", "a2p")[1][0].startswith("faulty: the answer is not")
    assert (
        "span lost: `half`"
        in by_model(ONE, "1. The function `double` must be written:", "a2p")[1][0]
    )
    assert "not applied" in by_model(ONE, "1. Write the function `half`:", "a2p")[1][0]
    assert by_model(ONE, "", "bullets")[1] == ["declined: no model is asked for it"]


def test_a_model_gives_names_and_the_rules_put_them_in() -> None:
    made, _ = by_model(ONE, "`parse_date`", "adversarial-name", "task-name")
    assert [one.name for one in made] == ["parse_date", "parse_date"]
    assert "def parse_date(x):" in made[0].text
    assert by_model(ONE, "`lambda`", "task-name")[1][0].startswith("faulty")
    assert by_model(ONE, "I cannot name it", "task-name")[1][0].startswith("faulty")


def test_a_request_that_fails_is_no_fault_of_the_mutation() -> None:
    model = ScriptedModel({"passive": "1. The function `half` should be written:"})
    made, dropped = asyncio.run(mutate_by_model(ONE, ["a2p", "verb"], model))
    assert [one.mutation for one in made] == ["a2p"]
    assert [(one.mutation, one.kind) for one in dropped] == [("verb", "failed")]


PIECES = st.sampled_from(
    ["Return the mean.", "`a", "`b c`", "\n", "\n\n", "    ", "\t", "- ", "# ", ">>> f(1)", "```",
     "é…", "```python\n", "def f(x):", '"""', "Given a list, return it.", "'", "if x", "1. ", ":",
     "(", "ß", "Raises ValueError if `x` is 0.", "is", "returned", "\r", "\x0c", "\\"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join), st.booleans())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_text_is_taken_apart_and_put_together_again(text: str, in_code: bool) -> None:
    if in_code:
        text = f"def f(x):\n    '''{text}'''\n    return x\n"
    assert rendered(read(text)) == text
    made, dropped = mutate(Prompt(text, Target("function", "f", "def f(x):")), names())
    assert len(made) + len(dropped) == len(names())
