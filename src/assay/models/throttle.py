"""How many requests are under way at once: as many as the server bears.

Additive increase, multiplicative decrease, as TCP has it: each answer lets in a little more, a
429 or a timeout halves the limit, and no more than once for requests that were already under way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Throttle:
    """The gate of one server."""

    def __init__(self, most: int = 64, start: int = 8) -> None:
        self._most = most
        self._limit = float(min(start, most))
        self._running = 0
        self._halved = 0.0
        self._resume = 0.0
        self._changed = asyncio.Condition()

    @property
    def limit(self) -> int:
        return int(self._limit)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a place, and for the end of a pause that the server asked for."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._running < self.limit)
            self._running += 1
        try:
            while (pause := self._resume - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            yield
        finally:
            async with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def went_well(self) -> None:
        self._limit = min(self._most, self._limit + 1 / self._limit)

    def pushed_back(self, started: float, pause: float) -> None:
        """The server is too busy for a request that was sent at `started`."""
        now = time.monotonic()
        if started >= self._halved:
            self._limit = max(1.0, self._limit / 2)
            self._halved = now
        self._resume = max(self._resume, now + pause)
