"""Whether the checks see what a mutant changed, and let pass what says the same.

The mutants below were written by hand, the way models write them: right ones and wrong ones.
"""

from __future__ import annotations

import pytest

from assay.core.words import Target
from assay.solve.mutations import Mutant, Prompt, faults

_CODE = '\n\n```python\ndef drop_small(boxes, least=2):\n    """{}"""\n```\n'
_TARGET = Target("function", "drop_small", "def drop_small(boxes, least=2):")


def judged(mutation: str, given: str, told: str) -> list[str]:
    prompt = Prompt(given + _CODE.format("Boxes of a size."), _TARGET)
    words = "BOXES OF A SIZE." if mutation == "caps" else "Boxes of a size."
    mutant = Mutant(mutation, told + _CODE.format(words), "drop_small", "model")
    return faults(prompt, mutant)


RIGHT = [
    ("a2p", "Write the function `drop_small`.", "The function `drop_small` should be written."),
    ("a2p", "Remove boxes whose area is below `least`.",
     "Boxes whose area is below `least` should be removed."),
    ("a2p", "Return the mean of the losses, and 0.0 if there are none.",
     "The mean of the losses should be returned, and 0.0 if there are none."),
    ("a2p", "Sort the rows by score, then keep the first 3.",
     "The rows should be sorted by score, then the first 3 should be kept."),
    ("a2p", "Raises ValueError if `least` is negative.",
     "ValueError is raised if `least` is negative."),
    ("a2p", "Compute the loss over a batch and return it as a float.",
     "The loss is computed over a batch and it is returned as a float."),
    ("d2i", "Write the function `drop_small`.", "Can you write the function `drop_small`?"),
    ("d2i", "Remove boxes whose area is below `least`.",
     "Could you please remove boxes whose area is below `least`?"),
    ("d2i", "Return the mean of the losses. The input is not changed.",
     "Is it possible to return the mean of the losses? The input is not changed."),
    ("d2i", "Split the text into words.", "How can I split the text into words?"),
    ("caps", "Remove boxes that are smaller than `least`.",
     "REMOVE BOXES THAT ARE SMALLER THAN `least`."),
    ("caps", "Returns None for an empty list.", "RETURNS None FOR AN EMPTY LIST."),
    ("verb", "Write the function `drop_small`.", "Implement the function `drop_small`."),
    ("verb", "Remove the smallest box and return the others.",
     "Delete the smallest box and give back the others."),
    ("verb", "Compute the mean and check that it is finite.",
     "Calculate the mean and verify that it is finite."),
    ("verb", "It raises ValueError if the list is empty.",
     "It throws ValueError if the list is empty."),
    ("rephrase", "Return the boxes whose area is at least `least`.",
     "Those boxes that have an area of at least `least` are given back."),
    ("rephrase", "Remove every box that is smaller than `least` from the list.",
     "Every box smaller than `least` is deleted from the list."),
    ("rephrase", "Raises ValueError if `least` is negative.",
     "If `least` is negative, it throws ValueError."),
    ("rephrase", "Compute the mean of the first 3 values before sorting.",
     "Before sorting, calculate the mean of the first 3 values."),
]  # fmt: skip

WRONG = [
    ("a2p", "Subtract a from b.", "b should be subtracted from a.", "order"),
    ("a2p", "Divide `total` by `count`.", "`count` should be divided by `total`.", "order"),
    ("a2p", "Return at least 3 boxes.", "At most 3 boxes should be returned.", "polarity"),
    ("a2p", "Return the first box.", "The box should be returned.", "word lost: first"),
    ("a2p", "Keep boxes. Drop lines.", "Boxes should be kept.", "lost"),
    ("a2p", "Return the sum of x and y.", "The sum of x and z should be returned.", "lost: y"),
    ("d2i", "Return the mean.", "Can you return the mean and the median?", "gained: median"),
    ("d2i", "It takes `boxes` and returns a list.",
     "Does it take `boxes` and return a list?", "gained: do"),
    ("d2i", "Do not change the input.", "Can you change the input?", "negation lost: not"),
    ("caps", "Use `least` as the limit.", "USE `LEAST` AS THE LIMIT.", "span"),
    ("caps", "Raise ValueError.", "RAISE VALUEERROR.", "ValueError"),
    ("caps", "Use 0.5 as the limit.", "USE 0.05 AS THE LIMIT.", "number"),
    ("verb", "Remove the smallest box.", "Add the smallest box.", "polarity"),
    ("verb", "Multiply `a` by 2.", "Divide `a` by 2.", "polarity"),
    ("verb", "Return a new list.", "Return a new list.", "not applied"),
    ("verb", "Sort in ascending order.", "Arrange in descending order.", "polarity: 'ascend'"),
    ("rephrase", "Return boxes above 0.5.", "Give back boxes above 0.6.", "number"),
    ("rephrase", "Return boxes that are not empty.", "Give back boxes that are empty.", "not"),
    ("rephrase", "Return empty boxes.", "Give back boxes, never empty ones.", "gained: never"),
    ("rephrase", "Subtract `a` from `b`.", "What is wanted: subtract `b` from `a`.", "order"),
    ("rephrase", "Keep rows before columns.", "Retain columns before rows.", "order"),
    ("rephrase", "Return the mean and the median.", "Give back the mean.", "lost: median"),
    ("rephrase", "The end is inclusive.", "The end is an exclusive one.", "inclusive"),
]  # fmt: skip


@pytest.mark.parametrize(("mutation", "given", "told"), RIGHT)
def test_what_says_the_same_passes(mutation: str, given: str, told: str) -> None:
    assert judged(mutation, given, told) == []


@pytest.mark.parametrize(("mutation", "given", "told", "why"), WRONG)
def test_what_says_something_else_is_named(mutation: str, given: str, told: str, why: str) -> None:
    assert any(why in fault for fault in judged(mutation, given, told))


def test_code_signature_and_examples_stay_to_the_letter() -> None:
    text = 'def f(x, k=2):\n    """Return x times k.\n\n    >>> f(1)\n    2\n    """\n'
    prompt = Prompt(text, Target("function", "f", "def f(x, k=2):"))
    told = text.replace("Return x times k.", "x times k should be returned.")
    assert faults(prompt, Mutant("a2p", told, "f", "model")) == []
    for one, other in (("k=2", "k=3"), (">>> f(1)", ">>> f(2)"), ("    2\n", "    3\n")):
        assert faults(prompt, Mutant("a2p", told.replace(one, other), "f", "model"))
    assert faults(prompt, Mutant("a2p", told, "g", "model"))


def test_names_must_change_all_over_and_be_free() -> None:
    text = "Write `f`.\n\n```python\ndef f(x, y):\n    ...\n```\n"
    prompt = Prompt(text, Target("function", "f", "def f(x, y):"))

    def named(told: str, name: str) -> str:
        return "; ".join(faults(prompt, Mutant("task-name", told, name, "model")))

    assert named(text.replace("`f`", "`g`").replace("def f", "def g"), "g") == ""
    assert "still says f" in named(text.replace("`f`", "`g`"), "g")
    assert "the name is the same" in named(text, "f")
    assert "knows another 'y'" in named(text.replace("`f`", "`y`").replace("def f", "def y"), "y")
    assert "cannot be a name" in named(text.replace("f", "list"), "list")


def test_sentences_may_move_and_words_may_not() -> None:
    given = "`a` is a list. Returns an int. Raises ValueError if it is empty."
    prompt = Prompt(given, Target("script"))

    def moved(told: str) -> list[str]:
        return faults(prompt, Mutant("reordered", told, "", "rules"))

    assert moved("Returns an int. `a` is a list. Raises ValueError if it is empty.") == []
    assert moved("Returns a list. `a` is an int. Raises ValueError if it is empty.")
    assert moved("Returns an int. `a` is a list.")
