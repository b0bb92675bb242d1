"""What it costs: prices, the price of a run before it starts, and a cap that is never passed."""

from __future__ import annotations

import asyncio
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from assay.core.errors import InputError, Interrupted
from assay.models.base import Request, estimate_tokens

_MILLION = 1_000_000
# The thickest and the thinnest that tokens come: minified code, and long English words.
_MOST_BYTES, _LEAST_BYTES = 5.0, 2.5
_MESSAGE_TOKENS = 8
_SHORT_ANSWER = 50


class BudgetSpent(Interrupted):
    """The next request could cost more than is left; what was answered is kept."""


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for a million tokens."""

    prompt: float
    completion: float

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / _MILLION


@dataclass(frozen=True, slots=True)
class Prices:
    """A price table: the one that comes with assay, dated, with the user's own over it."""

    table: Mapping[str, Price]
    own: frozenset[str] = frozenset()
    as_of: str = ""

    def find(self, model: str) -> Price | None:
        """The price of a model or of a dated edition of it, such as gpt-4o-2024-08-06."""
        return self.table.get(_known(self.table, model))

    def find_own(self, model: str) -> Price | None:
        """Only what the user wrote down: a server elsewhere may ask another price."""
        return self.table.get(_known(self.own, model))


def _known(names: Iterable[str], model: str) -> str:
    fitting = (name for name in names if model == name or model.startswith(f"{name}-20"))
    return max(fitting, key=len, default="")


def load_prices(path: Path | None = None) -> Prices:
    """The packaged table, and over it the file `path` or the one that ASSAY_PRICES names.

    The file is TOML, a section for each model: ["gpt-x"], prompt = 2.0, completion = 8.0, in
    dollars for a million tokens. Raises InputError where it is something else.
    """
    text = files("assay.models").joinpath("prices.toml").read_text(encoding="utf-8")
    packaged = tomllib.loads(text)
    table = {name: Price(**value) for name, value in packaged["models"].items()}
    chosen = path or (Path(named) if (named := os.environ.get("ASSAY_PRICES")) else None)
    own = _read(chosen) if chosen else {}
    return Prices(table | own, frozenset(own), packaged["as_of"])


def _read(path: Path) -> dict[str, Price]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: the prices cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a TOML file of prices: {error}") from None
    return {name: _price(path, name, value) for name, value in content.items()}


def _price(path: Path, name: str, value: Any) -> Price:
    right = isinstance(value, dict) and value.keys() == {"prompt", "completion"}
    if not right or not all(_is_amount(amount) for amount in value.values()):
        raise InputError(
            f"{path}: the price of {name!r} must be `prompt` and `completion`, in dollars for a "
            "million tokens"
        )
    return Price(value["prompt"], value["completion"])


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would ask. Dollars from `low`, where answers are short, to `high`, where each is
    as long as it may be; None where the price is not known."""

    requests: int
    prompt_tokens: int
    most_completion_tokens: int
    low: float | None
    high: float | None


def estimate(requests: Iterable[tuple[Request, int]], price: Price | None) -> Estimate:
    """Add up requests, each with its number of samples, as if every sample were sent alone."""
    samples = prompt = most = 0
    low = high = 0.0
    for request, number in requests:
        samples += number
        prompt += number * prompt_tokens(request)
        most += number * request.max_tokens
        if price:
            short = min(_SHORT_ANSWER, request.max_tokens)
            low += number * price.cost(prompt_tokens(request, _MOST_BYTES), short)
            high += number * most_cost(price, request, 1)
    return Estimate(samples, prompt, most, low if price else None, high if price else None)


def prompt_tokens(request: Request, bytes_per_token: float = 3.6) -> int:
    """About how many tokens the messages of a request have."""
    return sum(
        estimate_tokens(message.content, bytes_per_token) + _MESSAGE_TOKENS
        for message in request.messages
    )


def most_cost(price: Price, request: Request, samples: int) -> float:
    """What samples of a request could cost at the most, asked for at once."""
    return price.cost(prompt_tokens(request, _LEAST_BYTES), samples * request.max_tokens)


@dataclass
class Budget:
    """A cap in dollars over all requests of a run, those under way counted at their most."""

    max_cost: float
    spent: float = 0.0
    _reserved: float = 0.0
    _running: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def reserve(self, most: float) -> None:
        """Set aside what a request may cost. Waits while the answers under way may still turn out
        cheap enough; raises BudgetSpent when it could never fit."""
        async with self._changed:
            while self.spent + self._reserved + most > self.max_cost:
                if self.spent + most > self.max_cost or not self._running:
                    raise BudgetSpent(
                        f"stopped at ${self.spent:.4f} of --max-cost {self.max_cost:g}: the next "
                        f"request could cost ${most:.4f}. What was answered is kept; the same "
                        "command with a higher --max-cost goes on from here"
                    )
                await self._changed.wait()
            self._reserved += most
            self._running += 1

    async def settle(self, most: float, cost: float) -> None:
        """The request for which `most` was set aside has ended, and has cost this much."""
        async with self._changed:
            self._running -= 1
            # Sums of floats leave a rest that would keep a last request out.
            self._reserved = self._reserved - most if self._running else 0.0
            self.spent += cost
            self._changed.notify_all()
