"""What a model is to the rest of the house: a name, and samples of answers to a request.

A model answers, or it raises ModelFailure. A failure never becomes an empty completion, which
would be counted as the model's.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from assay.core.digests import digest
from assay.core.errors import HarnessError

DOOR = "assay.models"


class ModelFailure(HarnessError):
    """A request that got no answer: our failure or the server's, never the model's.

    `cause` is one word for tables: key, model, address, refused, crowded, server, stalled, cut,
    nonsense, deadline, missing, context, broken.
    """

    def __init__(self, message: str, cause: str = "server") -> None:
        super().__init__(message)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str

    def to_wire(self) -> dict[str, str]:
        # Recorded text can hold lone surrogates, which no server takes.
        text = self.content.encode("utf-8", "replace").decode("utf-8")
        return {"role": self.role, "content": text}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. Each sample number of a request is an answer of its own.

    A `temperature` of None leaves it to the server, for models that take none. `task` says what
    it is asked for, which only recorded completions look at; it is no part of the content.
    """

    messages: tuple[Message, ...]
    temperature: float | None = 0.0
    top_p: float | None = None
    max_tokens: int = 1024
    stop: tuple[str, ...] = ()
    seed: int | None = None
    task: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.messages:
            raise ValueError("a request needs at least one message")
        if self.max_tokens < 1:
            raise ValueError(f"max_tokens must be at least 1, not {self.max_tokens}")

    def digest(self, model: str, sample: int) -> bytes:
        """Names the content: the model, the messages, the parameters and the sample number."""
        parameters = (self.temperature, self.top_p, self.max_tokens, self.stop, self.seed)
        said = [part for message in self.messages for part in (message.role, message.content)]
        return digest("completion/1", model, str(sample), repr(parameters), *said)

    def seed_of(self, sample: int) -> int | None:
        """The seed of one sample, 31 bits of it, on every machine the same.

        Those of following samples follow each other, which is how llama.cpp seeds the samples
        that it makes of one prompt: a sample is the same, alone and together with others.
        """
        if self.seed is None:
            return None
        first = int.from_bytes(digest("seed/1", str(self.seed))[:4], "little") >> 2
        return (first + sample) & 0x7FFFFFFF


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer. `thinking` is what a reasoning model said to itself, as far as the server keeps
    it apart. `finish` is the server's word: stop, length, content_filter. `cost` is in dollars,
    None where no price is known; `estimated` says that the server did not count the tokens.

    Samples that were asked for at once share one count: the first carries the prompt's tokens,
    the others 0, so that sums are right.
    """

    text: str
    thinking: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    finish: str = "stop"
    cached: bool = False
    model: str = ""
    estimated: bool = False


Take = Callable[[int, Completion], None]


class Model(Protocol):
    """Where text comes from. Used from one event loop."""

    @property
    def name(self) -> str:
        """Names the model for people and for the cache: two models that answer differently have
        different names."""
        ...

    async def sample(self, request: Request, samples: Sequence[int], take: Take) -> None:
        """Ask for these samples of an answer, as many at once as may be.

        `take` is called with a sample's number the moment its answer has arrived, so that what
        was paid for is kept, whatever becomes of the others. Raises ModelFailure, after all have
        ended, when one of them got no answer.
        """
        ...

    async def close(self) -> None:
        """End what was started. May be called twice."""
        ...


async def complete(
    model: Model, request: Request, samples: Sequence[int] = (0,)
) -> list[Completion]:
    """The samples of an answer in order; raises what `Model.sample` raises."""
    found: dict[int, Completion] = {}
    await model.sample(request, samples, found.__setitem__)
    return [found[number] for number in samples]


async def all_of(jobs: Iterable[Coroutine[Any, Any, Any]]) -> None:
    """Run all to their end, then raise the first failure: one that fails leaves the others, which
    may be paid for, alone."""
    ended = await asyncio.gather(*jobs, return_exceptions=True)
    for result in ended:
        if isinstance(result, BaseException):
            raise result


def estimate_tokens(text: str, bytes_per_token: float = 3.6) -> int:
    """About how many tokens a text has; code has 3 to 4 bytes a token in current tokenisers."""
    return math.ceil(len(text.encode("utf-8", "replace")) / bytes_per_token)
