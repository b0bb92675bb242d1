"""Prompts in a model's words: reviewed by rules, sent back once, and else left to the docstring."""

from __future__ import annotations

import pytest

from assay.build.definitions import Definition, definitions
from assay.build.fetch import Source
from assay.build.material import material
from assay.build.wording import Worded, lines, worded
from assay.core.words import Task
from assay.models.base import ModelFailure
from assay.testing import ScriptedModel

GOOD = """\
Computes probabilities from scores. `logits` is a list of float, one score for each class; it is not
changed. `temperature`, a float with the default 1.0, divides every score: larger is flatter. For
numerical safety the largest score is taken away before exponentials are formed, which are then
divided by their sum. Returns a list of float with the length of `logits` that adds up to 1.0, in
their order. Raises ValueError if `temperature` is zero or negative, and if `logits` is empty.
"""
THIN = "Computes a softmax of `logits`."
BODY = """\
largest = max(logits)
exponentials = [math.exp((logit - largest) / temperature) for logit in logits]
return [one / total for one in exponentials]
"""
LOSS = """\
The cross entropy of a single prediction, a float: minus the natural logarithm of the probability
that the softmax of `logits`, a list of float scores, gives to the class `target`, an int index from
zero on. Returns that float. A negative `target` counts from the end, as an index of a list does.
"""


@pytest.fixture
def tasks(source: Source) -> list[tuple[Task, Definition]]:
    wanted = ("softmax", "entropy_loss")
    found = {one.qualname: one for one, _ in definitions(source) if one.qualname in wanted}
    return [(Task(name, prompt(source, name)), found[name]) for name in wanted]


def prompt(source: Source, name: str) -> str:
    return material(source.importable, f"tinylearn.scores.{name}", None).prompt


def asked(
    source: Source, tasks: list[tuple[Task, Definition]], first: str, second: str = THIN
) -> tuple[Worded, Worded, ScriptedModel]:
    model = ScriptedModel({"`entropy_loss`": LOSS, "`softmax`": [first, second]})
    softmax, loss = worded(tasks, source.importable, model)
    return softmax, loss, model


def test_a_specification_that_says_enough(
    source: Source, tasks: list[tuple[Task, Definition]]
) -> None:
    softmax, loss, model = asked(source, tasks, GOOD)
    for one in (softmax, loss):
        assert (one.style, one.tries, one.missing) == ("model", 1, ())
    assert "numerical safety" in softmax.task.prompt
    assert "def softmax(logits, temperature=1.0):" in softmax.task.prompt
    assert "exponentials = [" not in softmax.task.prompt
    assert "adds up to 1.\n" not in softmax.task.prompt  # the docstring's own
    assert softmax.task.prompts == {"model": softmax.task.prompt, "docstring": tasks[0][0].prompt}
    question = model.asked[0][0].messages[0].content
    assert "largest = max(logits)" in question
    assert len(model.asked) == 2
    assert next(iter(lines([softmax, loss]))).startswith("2 of 2 are in the model's words")


def test_what_is_missing_is_sent_back_once(
    source: Source, tasks: list[tuple[Task, Definition]]
) -> None:
    softmax, _, model = asked(source, tasks, THIN, GOOD)
    assert (softmax.style, softmax.tries) == ("model", 2)
    again = [request for request, number in model.asked if number == 1]
    assert len(again) == 1
    assert again[0].messages[1].content == THIN
    told = again[0].messages[-1].content
    assert "`temperature` is not mentioned" in told
    assert "ValueError is raised and not mentioned" in told
    assert "what it returns is not said" in told


@pytest.mark.parametrize(
    ("words", "why"),
    [(THIN, "`temperature` is not mentioned"), (f"{GOOD}\n{BODY}", "it quotes the body"), ("", "")],
)
def test_after_a_second_try_the_docstring_stays(
    source: Source, tasks: list[tuple[Task, Definition]], words: str, why: str
) -> None:
    softmax, loss, model = asked(source, tasks, words, words)
    assert (softmax.style, softmax.tries, loss.style) == ("docstring", 2, "model")
    assert softmax.task.prompt == tasks[0][0].prompt
    assert softmax.task.prompts == {"docstring": tasks[0][0].prompt}
    assert why in "; ".join(softmax.missing)
    told = list(lines([softmax, loss]))
    assert "1 stay by the docstring" in told[0]
    assert told[1].startswith("softmax: ")
    assert len(model.asked) == 3


def test_a_fence_around_all_of_it_is_taken_off(
    source: Source, tasks: list[tuple[Task, Definition]]
) -> None:
    softmax, _, _ = asked(source, tasks, f"```markdown\n{GOOD}```")
    assert softmax.style == "model"
    assert softmax.task.prompt.count("```") == 2


def test_a_failure(source: Source, tasks: list[tuple[Task, Definition]]) -> None:
    first = ScriptedModel({"`entropy_loss`": LOSS})
    with pytest.raises(ModelFailure, match="no answer"):
        worded(tasks, source.importable, first)
    later = ScriptedModel({"`softmax`": GOOD})
    softmax, loss = worded(tasks, source.importable, later)
    assert (softmax.style, loss.style) == ("model", "docstring")
    assert "no answer: scripted has no answer" in loss.missing[0]
