"""Any server that speaks OpenAI's chat completions, by the openai SDK.

Answers are streamed, because only a stream shows the difference between a model that thinks for
minutes and a server that has stalled, and between a whole answer and half of one.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import accumulate, pairwise
from typing import Any
from urllib.parse import urlsplit

from assay.core.digests import digest
from assay.core.errors import InputError
from assay.models import faults, streams
from assay.models.base import (
    Completion,
    ModelFailure,
    Request,
    Take,
    all_of,
    estimate_tokens,
)  # fmt: skip
from assay.models.costs import Budget, Price, Prices, load_prices, most_cost, prompt_tokens
from assay.models.faults import Fault, Retries, Where
from assay.models.throttle import Throttle

_OPENAI = "https://api.openai.com/v1"
_CONNECT_SECONDS = 15.0


class OpenAIModel:
    """A model on a server. Raises InputError where a key, the SDK or a price is missing."""

    def __init__(
        self, model: str, *, base_url: str | None = None, concurrency: int = 64,
        deadline: float = 1800.0, stall: float = 180.0, backoff: float = 0.5,
        budget: Budget | None = None, prices: Prices | None = None,
    ) -> None:  # fmt: skip
        given = base_url or os.environ.get("OPENAI_BASE_URL")
        address = (given or _OPENAI).rstrip("/")
        own = address == _OPENAI
        self.name = f"openai/{model}" if own else f"openai/{model}@{address}"
        self.price = _price(prices or load_prices(), model, own)
        if budget and not self.price:
            raise InputError(
                f"--max-cost needs the price of {model}: write it into a file that ASSAY_PRICES "
                f'names, as ["{model}"], prompt = …, completion = … (dollars per million tokens)'
            )
        self._model = model
        self._at = Where(model, address, key_variables(address))
        self._budget = budget
        self._deadline, self._stall, self._backoff = deadline, stall, backoff
        self._throttle = Throttle(concurrency)
        self._several = True
        self._length_name = "max_tokens"
        self._counts = True
        self._client = _open(self._at, stall)

    @property
    def concurrency_now(self) -> int:
        """How many requests the server is given at once, as far as it has been found out."""
        return self._throttle.limit

    async def close(self) -> None:
        await self._client.close()

    async def sample(self, request: Request, samples: Sequence[int], take: Take) -> None:
        """By `n`, all samples in one request, where the server has it: the prompt is then paid
        for once. What such a request leaves open is asked for one by one."""
        left = list(samples)
        if len(left) > 1 and self._several:
            left = await self._ask(request, left, take)
        await all_of(self._ask(request, [number], take) for number in left)

    async def _ask(self, request: Request, samples: list[int], take: Take) -> list[int]:
        """Try until there is an answer; the samples that it left open. Several samples at once
        are given up where the server refuses them."""
        retries = Retries(self._deadline, self._backoff)
        while True:
            try:
                answers = await self._attempt(request, samples, retries)
            except Fault as fault:
                if self._adapt(str(fault)):
                    continue
                if len(samples) > 1 and fault.cause == "refused":
                    self._several = False
                    return samples
                await asyncio.sleep(retries.next_wait(fault))
                continue
            for number, answer in zip(samples, answers, strict=False):
                take(number, answer)
            if len(answers) == 1 < len(samples):
                self._several = False
            return samples[len(answers) :]

    async def _attempt(
        self, request: Request, samples: list[int], retries: Retries
    ) -> list[Completion]:
        """One request to the server, within the budget. What broke off is booked at its most,
        because the server may charge for it."""
        most = most_cost(self.price, request, len(samples)) if self.price else 0.0
        async with self._throttle.turn():
            if self._budget:
                await self._budget.reserve(most)
            started, cost = time.monotonic(), most
            try:
                answers = await self._send(request, samples, retries.left)
                cost = sum(answer.cost or 0.0 for answer in answers)
            except Fault as fault:
                cost = 0.0 if fault.unpaid else most
                if fault.slows_down:
                    self._throttle.pushed_back(started, fault.wait or 0.0)
                raise
            finally:
                retries.left -= time.monotonic() - started
                if self._budget:
                    await self._budget.settle(most, cost)
            self._throttle.went_well()
            return answers

    async def _send(self, request: Request, samples: list[int], seconds: float) -> list[Completion]:
        import openai

        reply = streams.Reply()
        try:
            async with asyncio.timeout(seconds):
                body = self._body(request, samples)
                async with await self._client.chat.completions.create(**body) as stream:
                    await streams.read(stream, reply)
        except TimeoutError:
            raise ModelFailure(
                f"{self._at.address} did not answer within {self._deadline:g} s", "deadline"
            ) from None
        except openai.APIStatusError as error:
            raise faults.of_status(error, self._at) from error
        except Exception as error:
            fault = faults.of_error(error, self._at, self._stall)
            if fault is None:
                raise
            if not reply.whole():
                raise fault from error
        return self._completions(request, reply)

    def _body(self, request: Request, samples: list[int]) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [message.to_wire() for message in request.messages],
            self._length_name: request.max_tokens,
            "stream": True,
        }
        optional = {
            "temperature": request.temperature, "top_p": request.top_p,
            "stop": list(request.stop) or None, "seed": request.seed_of(samples[0]),
            "n": len(samples) if len(samples) > 1 else None,
            "stream_options": {"include_usage": True} if self._counts else None,
            # A server that honours it does not charge twice for an answer that was under way when
            # this process died; the others do not look at it.
            "extra_headers": {"Idempotency-Key": self._key(request, samples)},
        }  # fmt: skip
        return body | {name: value for name, value in optional.items() if value is not None}

    def _key(self, request: Request, samples: list[int]) -> str:
        return digest(*(request.digest(self.name, number) for number in samples)).hex()

    def _adapt(self, fault: str) -> bool:
        """Whether the server refused a parameter's name and has another one for it."""
        if "max_completion_tokens" in fault and self._length_name == "max_tokens":
            self._length_name = "max_completion_tokens"
            return True
        if "stream_options" in fault and self._counts:
            self._counts = False
            return True
        return False

    def _completions(self, request: Request, reply: streams.Reply) -> list[Completion]:
        """The whole answers, with the server's count of tokens divided by their length."""
        choices = reply.whole()
        lengths = [estimate_tokens(one.said) + estimate_tokens(one.thought) for one in choices]
        asked, written = reply.prompt_tokens, reply.completion_tokens
        estimated = asked is None or written is None
        if asked is None or written is None:
            asked, written = prompt_tokens(request), sum(lengths)
        found = []
        for choice, tokens in zip(choices, _shares(written, lengths), strict=True):
            found.append(Completion(
                text=choice.said, thinking=choice.thought, prompt_tokens=asked,
                completion_tokens=tokens,
                cost=self.price.cost(asked, tokens) if self.price else None,
                finish=choice.finish or "", model=self.name, estimated=estimated,
            ))  # fmt: skip
            asked = 0
        return found


def _shares(total: int, lengths: list[int]) -> list[int]:
    """A whole number divided in proportion, without a rest."""
    whole = sum(lengths) or 1
    upto = [total * done // whole for done in accumulate(lengths)]
    upto[-1] = total
    return [end - start for start, end in pairwise([0, *upto])]


def _price(prices: Prices, model: str, own: bool) -> Price | None:
    return prices.find(model) if own else prices.find_own(model)


def key_variables(address: str) -> tuple[str, ...]:
    """The variables that may hold the key for a server, the best first: DEEPSEEK_API_KEY, then
    OPENAI_API_KEY, for https://api.deepseek.com."""
    parts = (urlsplit(address).hostname or "").split(".")
    named = len(parts) > 1 and not parts[-1].isdecimal() and parts[-2] != "openai"
    provider = (parts[-2].upper().replace("-", "_") + "_API_KEY",) if named else ()
    return (*provider, "OPENAI_API_KEY")


def _open(at: Where, stall: float) -> Any:
    if find_spec("openai") is None:
        raise InputError("openai/… needs the openai package: pip install 'assay[openai]'")
    import openai

    key = next(filter(None, map(os.environ.get, at.keys)), None)
    if key is None and at.address == _OPENAI:
        raise InputError(f"openai/{at.model} needs a key: set OPENAI_API_KEY to yours")
    if urlsplit(at.address).scheme not in ("http", "https"):
        raise InputError(f"--base-url {at.address!r} is no address: it starts with http(s)://")
    # Retries are ours. A server of one's own wants no key, and the SDK insists on one.
    return openai.AsyncOpenAI(
        api_key=key or "none", base_url=at.address, max_retries=0,
        timeout=openai.Timeout(stall, connect=_CONNECT_SECONDS, pool=None),
    )  # fmt: skip
