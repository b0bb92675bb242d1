"""The conformance test for mutations of prompts."""

from __future__ import annotations

from collections.abc import Callable

from assay.core.words import Target
from assay.models.base import Message
from assay.solve.mutations import Mutation, Prompt, Rewritten

_PROMPTS = (
    Prompt(
        "Write the function `total`:\n\n```python\ndef total(values):\n"
        '    """Return the sum of the numbers in `values`. An empty list gives 0."""\n```\n',
        Target("function", "total", "def total(values):"),
    ),
    Prompt(
        'def scaled(values, factor):\n    """Return each value times `factor`.\n\n'
        "    Raises ValueError if `factor` is not positive.\n\n"
        '    >>> scaled([1, 2], 3)\n    [3, 6]\n    """\n',
        Target("function", "scaled", "def scaled(values, factor):"),
    ),
    Prompt("Put things in order.", Target("script")),
    Prompt("", Target()),
)


def check_mutation(make: Callable[[], Mutation], *prompts: Prompt) -> None:
    """Try a mutation on prompts of ours and on yours, and raise AssertionError where it does not
    do what the rest of the house relies on.

    Whether a mutant is valid is not asked here: what is not will be dropped.
    """
    mutation = make()
    assert mutation.name, "a mutation needs a name"
    assert mutation.name == mutation.name.strip().lower(), "a name is lower case, without space"
    asks = False
    for prompt in (*_PROMPTS, *prompts):
        _check_rules(mutation, make(), prompt)
        asks = _check_model(mutation, prompt) or asks
    assert mutation.offline or asks, "it has neither rules nor a question for a model"


def _check_rules(mutation: Mutation, other: Mutation, prompt: Prompt) -> None:
    for seed in (0, 1):
        found = mutation.rewrite(prompt, seed)
        assert found == mutation.rewrite(prompt, seed), "the same seed gives another mutant"
        assert found == other.rewrite(prompt, seed), "another instance gives another mutant"
        assert mutation.offline or found is None, "it rewrites by rules, and says it has none"
        if found is not None:
            _check_rewritten(mutation, prompt, found)


def _check_model(mutation: Mutation, prompt: Prompt) -> bool:
    messages = mutation.messages(prompt)
    for message in messages:
        assert isinstance(message, Message), "what is said to a model are Messages"
    for answer in ("", "No.", "1. x\n2. y", prompt.text, "```"):
        found = mutation.read(prompt, answer)
        if found is not None:
            _check_rewritten(mutation, prompt, found)
    return bool(messages)


def _check_rewritten(mutation: Mutation, prompt: Prompt, found: Rewritten) -> None:
    assert isinstance(found, Rewritten), "what is rewritten is Rewritten"
    renamed = found.name != prompt.target.name
    assert mutation.freedom.renames or not renamed, "it renames, and its freedom does not say so"
    assert isinstance(mutation.applied(prompt, found), bool), "applied() says yes or no"
    same = Rewritten(prompt.text, prompt.target.name)
    assert not mutation.applied(prompt, same), "it counts the prompt itself as a mutant"
