"""Asking beside running: the model is asked in a thread, so that the engine has the caller's.

A jail dies with the thread that started it, and Ctrl-C reaches the main thread only.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

Found = TypeVar("Found")

# How long nothing may come before one looks again.
_PATIENCE = 0.2


class Alongside:
    """An event loop in a thread of its own, whatever runs in the caller's."""

    def __init__(self) -> None:
        self._ready, self._news = threading.Event(), threading.Event()
        self._open: Future[Any] | None = None
        self._thread = threading.Thread(target=self._run, name="asking", daemon=True)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            self._ready.set()
            self._loop.run_forever()

    def tell(self) -> None:
        """Something has come."""
        self._news.set()

    def begin(self, work: Coroutine[Any, Any, Found]) -> Future[Found]:
        """Start a piece of work; `news` goes with it to its end."""
        begun = self._open = asyncio.run_coroutine_threadsafe(work, self._loop)
        begun.add_done_callback(lambda _: self.tell())
        return begun

    def news(self) -> Iterator[None]:
        """Yields whenever something may have come, until what was begun has ended."""
        while self._open is not None and not self._open.done():
            self._news.wait(_PATIENCE)
            self._news.clear()
            yield

    def close(self, last: Coroutine[Any, Any, None]) -> None:
        """Give up what is open, do one thing more, and end."""
        if self._open is not None:
            self._open.cancel()
        with suppress(asyncio.CancelledError):
            self.begin(last).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
