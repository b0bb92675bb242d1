"""A model for tests, which says what it is told to, and the conformance test for models."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from assay.models.base import Completion, Model, ModelFailure, Request, Take, estimate_tokens

Answers = Mapping[str, str | Sequence[str]] | Callable[[Request, int], str]


class ScriptedModel:
    """Answers from a script, and keeps in `asked` what it was asked for.

    `answers` maps a part of the prompt to a text, or to several of which the sample number picks
    one in turn; or it is called with the request and the sample number. Without it the prompt
    comes back. What no part fits is a ModelFailure, and so are the first `failures[part]` samples
    of prompts with that part in them. Each sample takes `latency` seconds.
    """

    def __init__(
        self, answers: Answers | None = None, *, name: str = "scripted",
        failures: Mapping[str, int] | None = None, latency: float = 0.0,
        cost: float | None = 0.0,
    ) -> None:  # fmt: skip
        self.name = name
        self.asked: list[tuple[Request, int]] = []
        self._answers = answers
        self._failures = dict(failures or {})
        self._latency = latency
        self._cost = cost

    async def sample(self, request: Request, samples: Sequence[int], take: Take) -> None:
        failure: ModelFailure | None = None
        for number in samples:
            self.asked.append((request, number))
            await asyncio.sleep(self._latency)
            try:
                text = self._text(request, number)
            except ModelFailure as error:
                failure = failure or error
                continue
            take(number, self._completion(request, text))
        if failure:
            raise failure

    def _text(self, request: Request, number: int) -> str:
        prompt = "\n".join(message.content for message in request.messages)
        for part, left in self._failures.items():
            if part in prompt and left > 0:
                self._failures[part] = left - 1
                raise ModelFailure(f"{self.name} was told to fail at {part!r}", "server")
        if self._answers is None:
            return request.messages[-1].content
        if callable(self._answers):
            return self._answers(request, number)
        for part, said in self._answers.items():
            if part in prompt:
                return said if isinstance(said, str) else said[number % len(said)]
        raise ModelFailure(f"{self.name} has no answer to {prompt[:60]!r}", "missing")

    def _completion(self, request: Request, text: str) -> Completion:
        asked = sum(estimate_tokens(message.content) for message in request.messages)
        return Completion(
            text, prompt_tokens=asked, completion_tokens=estimate_tokens(text), cost=self._cost,
            model=self.name, estimated=True,
        )  # fmt: skip

    async def close(self) -> None:
        pass


def check_model(open_model: Callable[[], Model], request: Request) -> None:
    """Open a model, ask it, and raise AssertionError where it does not do what a run relies on.

    It must be able to answer the request, three samples of it.
    """
    asyncio.run(_check(open_model(), request))


async def _check(model: Model, request: Request) -> None:
    assert model.name, "a model needs a name"
    assert model.name == model.name.strip(), "a name has no space around it"
    try:
        await _check_samples(model, request, (0, 1))
        await _check_samples(model, request, (2,))
        await _check_samples(model, request, ())
        await asyncio.gather(
            _check_samples(model, request, (0, 2)), _check_samples(model, request, (1,))
        )
    finally:
        await model.close()
        await model.close()


async def _check_samples(model: Model, request: Request, samples: Sequence[int]) -> None:
    taken: list[tuple[int, Completion]] = []
    await model.sample(request, samples, lambda *answer: taken.append(answer))
    numbers = sorted(number for number, _ in taken)
    assert numbers == sorted(samples), f"asked for samples {samples}, got {numbers}"
    for number, completion in taken:
        what = f"sample {number}"
        assert isinstance(completion, Completion), f"{what} is no Completion"
        assert isinstance(completion.text, str), f"{what}: its text is no string"
        assert completion.finish, f"{what}: it does not say how it ended"
        assert completion.model == model.name, f"{what} names {completion.model!r} as its model"
        assert completion.prompt_tokens >= 0, f"{what}: a negative count of tokens"
        assert completion.completion_tokens >= 0, f"{what}: a negative count of tokens"
        assert completion.cost is None or completion.cost >= 0, f"{what}: a negative cost"
