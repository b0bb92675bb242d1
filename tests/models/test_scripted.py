"""The model for everyone's tests, and the conformance test that finds what is wrong with one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from assay.models.base import Completion, ModelFailure, Request, Take, complete
from assay.testing import ScriptedModel, check_model
from tests.models.conftest import ask


def test_it_conforms() -> None:
    check_model(ScriptedModel, ask())


def test_it_says_what_it_is_told_to() -> None:
    model = ScriptedModel({"sum": ["a", "b"], "mean": "c"})
    found = asyncio.run(complete(model, ask("the sum of it"), (0, 1, 2)))
    assert [answer.text for answer in found] == ["a", "b", "a"]
    assert asyncio.run(complete(model, ask("a mean thing")))[0].text == "c"
    with pytest.raises(ModelFailure, match="no answer"):
        asyncio.run(complete(model, ask("the mode")))
    assert len(model.asked) == 5
    called = ScriptedModel(lambda request, number: f"{request.messages[0].content}{number}")
    assert asyncio.run(complete(called, ask("x"), (7,)))[0].text == "x7"


def test_it_fails_when_told_to() -> None:
    model = ScriptedModel(failures={"hel": 1})
    with pytest.raises(ModelFailure):
        asyncio.run(complete(model, ask()))
    assert asyncio.run(complete(model, ask()))[0].text == "hello"


class _Wrong(ScriptedModel):
    def __init__(self, wrong: str) -> None:
        super().__init__()
        self._wrong = wrong

    async def sample(self, request: Request, samples: Sequence[int], take: Take) -> None:
        if self._wrong == "loses":
            samples = samples[:1]
        if self._wrong == "twice" and samples:
            take(samples[0], Completion("x", model=self.name))
        if self._wrong == "nameless":
            for number in samples:
                take(number, Completion("x"))
            return
        await super().sample(request, samples, take)


@pytest.mark.parametrize("wrong", ["loses", "twice", "nameless"])
def test_the_conformance_test_finds_what_is_wrong(wrong: str) -> None:
    with pytest.raises(AssertionError):
        check_model(lambda: _Wrong(wrong), ask())
