"""Asking, in a thread of its own: answers come while others are graded."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay.bench.contest import Entry
from assay.bench.directory import Key
from assay.core.words import Task
from assay.models.base import Model, ModelFailure
from assay.models.costs import BudgetSpent
from assay.models.solvers import Answer

# Tasks that are asked for at once; how many requests a server gets is the model's own affair.
_AT_ONCE = 256
# What no later request can mend: the rest would fail alike, a thousand times.
_HOPELESS = frozenset({"key", "model", "address"})


@dataclass(frozen=True, slots=True)
class Order:
    """Answers to be had: of which entry, to which task, with which numbers."""

    entry: Entry
    task: Task
    samples: Sequence[int]

    def key(self, sample: int) -> Key:
        return Key(self.entry.contestant, self.task.id, sample)


@dataclass(frozen=True, slots=True)
class Failed:
    """An answer that could not be had, and why."""

    key: Key
    cause: str
    message: str


Arrival = tuple[Key, Answer] | Failed
Keep = Callable[[Key, Answer], None]


class Asking:
    """Has orders answered; `arrivals` yields what comes, as it comes. `keep` writes an answer down,
    in the asking thread, before anyone else sees it."""

    def __init__(self, orders: Iterable[Order], models: Sequence[Model], keep: Keep) -> None:
        self._orders = list(orders)
        self._models = models
        self._keep = keep
        self._queue: queue.SimpleQueue[Arrival | BaseException | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="asking", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def arrivals(self, patience: float = 0.2) -> Iterator[Arrival | None]:
        """Answers and failures as they come, None where there is none for so many seconds. Raises
        what ended the asking early, after all that had come."""
        while True:
            try:
                found = self._queue.get(timeout=patience)
            except queue.Empty:
                yield None
                continue
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            yield found

    def stop(self) -> None:
        """Give up what is still open, and wait for the end. What had come is kept."""
        if self._loop is not None and self._main is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._main.cancel)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._all())
        except asyncio.CancelledError:
            self._queue.put(None)
        except BaseException as error:
            self._queue.put(error)
        else:
            self._queue.put(None)

    async def _all(self) -> None:
        self._loop, self._main = asyncio.get_running_loop(), asyncio.current_task()
        gate = asyncio.Semaphore(_AT_ONCE)
        try:
            jobs = [asyncio.ensure_future(self._one(order, gate)) for order in self._orders]
            try:
                await _until_hopeless(jobs)
            finally:
                for job in jobs:
                    job.cancel()
                await asyncio.gather(*jobs, return_exceptions=True)
        finally:
            for model in self._models:
                await model.close()

    async def _one(self, order: Order, gate: asyncio.Semaphore) -> None:
        open_ = set(order.samples)

        def take(sample: int, answer: Answer) -> None:
            key = order.key(sample)
            self._keep(key, answer)
            open_.discard(sample)
            self._queue.put((key, answer))

        async with gate:
            try:
                await order.entry.solver.solve(
                    order.task, order.entry.model, order.entry.setting, order.samples, take
                )
            except ModelFailure as failure:
                if failure.cause in _HOPELESS:
                    raise
                self._fail(order, open_, failure.cause, str(failure))
            else:
                if open_:
                    told = f"the solver {order.entry.solver.name} gave no answer and no reason"
                    self._fail(order, open_, "solver", told)

    def _fail(self, order: Order, samples: Iterable[int], cause: str, message: str) -> None:
        for sample in sorted(samples):
            self._queue.put(Failed(order.key(sample), cause, message))


async def _until_hopeless(jobs: Sequence[asyncio.Future[None]]) -> None:
    """Wait for all. A spent budget lets what is under way arrive, for it is paid; anything else
    that ends a job ends them all."""
    spent: BudgetSpent | None = None
    for job in asyncio.as_completed(jobs):
        try:
            await job
        except BudgetSpent as error:
            spent = spent or error
    if spent:
        raise spent
