"""What can go wrong between us and a server, in one table: tried again or not, and how it is told.

A fault is one attempt's. It becomes a ModelFailure when the attempts or the time are used up.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from assay.models.base import ModelFailure

# How many attempts each cause is worth. What is missing here is told at once.
_ATTEMPTS = {
    "crowded": 12, "server": 8, "cut": 6, "stalled": 4, "nonsense": 3, "address": 3,
}  # fmt: skip
_RETRIED = (408, 409, 429)
_LONGEST_BACKOFF = 60.0
_SAID = 300


class Fault(Exception):
    """One attempt that failed. `wait` is what the server asked for; `unpaid` says that the server
    cannot have worked for it."""

    def __init__(
        self, cause: str, message: str, *, wait: float | None = None, unpaid: bool = False
    ) -> None:
        super().__init__(message)
        self.cause = cause
        self.wait = wait
        self.unpaid = unpaid

    @property
    def slows_down(self) -> bool:
        """Whether it says that too much is asked at once."""
        return self.cause in ("crowded", "stalled")


@dataclass(frozen=True, slots=True)
class Where:
    """What messages name: the model, the server's address and the variables that hold its key."""

    model: str
    address: str
    keys: tuple[str, ...]


def of_status(error: Any, at: Where) -> Fault:
    """The fault behind an answer that is an HTTP error, an APIStatusError of the SDK's."""
    status, headers = error.status_code, error.response.headers
    told = f"{at.address} answered {status}: {_one_line(error.message)}"
    if status == 429 and error.code == "insufficient_quota":
        return Fault("refused", f"{told}; the account has no credit left", unpaid=True)
    if status in _RETRIED or status >= 500:
        cause = "crowded" if status in (429, 503, 529) else "server"
        return Fault(cause, told, wait=retry_after(headers), unpaid=True)
    if status in (401, 403):
        names = " or ".join(at.keys)
        return Fault("key", f"{told}; set {names} to a key that may use {at.model}", unpaid=True)
    if status == 404:
        hint = f"is there a model {at.model!r}, and is --base-url right (most end in /v1)?"
        return Fault("model", f"{told}; {hint}", unpaid=True)
    return Fault("refused", told, unpaid=True)


def of_error(error: BaseException, at: Where, stall: float) -> Fault | None:
    """The fault behind an error while reading an answer; None for one that is a bug of ours."""
    if isinstance(error, Fault):
        return error
    chain = _chain(error)
    kinds = " ".join(type(one).__name__ for one in chain)
    if "ConnectError" in kinds or "ConnectTimeout" in kinds:
        cause = _one_line(str(chain[-1])) or kinds
        hint = "is the server running, and is --base-url right?"
        return Fault("address", f"{at.address} cannot be reached ({cause}): {hint}", unpaid=True)
    if "Timeout" in kinds:
        return Fault("stalled", f"{at.address} sent nothing for {stall:g} s")
    if isinstance(error, ValueError):
        return Fault("nonsense", f"{at.address} answered what is no JSON: {_one_line(str(error))}")
    if _is_of_transport(chain):
        return Fault("cut", f"{at.address} broke off: {_one_line(str(error)) or kinds}")
    return None


def _chain(error: BaseException) -> list[BaseException]:
    found = [error]
    while (cause := found[-1].__cause__ or found[-1].__context__) and cause not in found:
        found.append(cause)
    return found


def _is_of_transport(chain: list[BaseException]) -> bool:
    # By package, because the SDK's transport is httpx, httpx2 or aiohttp, depending on its version.
    packages = ("openai", "httpx", "httpcore", "aiohttp", "anyio", "h11", "ssl")
    return any(
        isinstance(one, OSError) or type(one).__module__.startswith(packages) for one in chain
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a Retry-After header asks for, written as such or as a date."""
    said = headers.get("retry-after")
    if said is None:
        return None
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return None


def _one_line(said: Any) -> str:
    text = " ".join(str(said).split())
    return text if len(text) <= _SAID else text[: _SAID - 1] + "…"


class Retries:
    """The attempts of one request: how many there were, and how long it has been at it, not
    counting the time it waited for its turn."""

    def __init__(self, deadline: float, backoff: float) -> None:
        self.left = deadline
        self._deadline = deadline
        self._backoff = backoff
        self._attempts: dict[str, int] = {}

    def next_wait(self, fault: Fault) -> float:
        """How long to wait before the next attempt; ModelFailure where there is none.

        Full jitter: evenly between nothing and the backoff, so that requests that failed together
        do not come back together; and never earlier than the server asked for.
        """
        count = self._attempts[fault.cause] = self._attempts.get(fault.cause, 0) + 1
        attempts = sum(self._attempts.values())
        if fault.cause not in _ATTEMPTS:
            raise ModelFailure(str(fault), fault.cause) from fault
        if count >= _ATTEMPTS[fault.cause] or attempts >= max(_ATTEMPTS.values()):
            raise ModelFailure(f"{fault} (after {attempts} attempts)", fault.cause) from fault
        most = min(_LONGEST_BACKOFF, self._backoff * 2**attempts)
        wait = (fault.wait or 0.0) + random.uniform(0.0, most)
        if wait >= self.left:
            what = f"it asks to wait {fault.wait:.0f} s" if fault.wait else "time is up"
            raise ModelFailure(
                f"{fault} ({what}; after {attempts} attempts in {self._deadline - self.left:.0f} s "
                f"of {self._deadline:g})", "deadline",
            ) from fault  # fmt: skip
        self.left -= wait
        return wait
