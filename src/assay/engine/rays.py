"""Runs jobs on a Ray cluster: one actor per processor, each with a pool of its own on its node.

A batch of jobs costs about a millisecond on its way; twenty make that invisible. The zygote is
exec'd by the actor as it is by a local run, so nothing of Ray's own state reaches a candidate.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import os
import shutil
import socket
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from assay.core.errors import AssayError, HarnessError, InputError
from assay.core.processors import cores
from assay.core.words import Environment, Limits
from assay.engine import environments
from assay.engine.child import Answer, Job, Observation
from assay.engine.levels import LAYERS, LEVELS, Protection, level_of

_BATCH = 20
_ATTEMPTS = 3
# One batch runs while the next is on its way.
_AHEAD = 2
_TICK = 0.25
_CLOSE_SECONDS = 5.0
# Answers beyond this spill to disk; Ray's default would claim a third of the machine.
_OBJECT_STORE = 256 << 20
# Ray makes sockets below its directory, and a socket's path has at most 107 characters.
_LONGEST_DIRECTORY = 40


class _Worker:
    """The actor. It lives in a process of Ray's on some node, with a pool of one slot."""

    def open(self, environment: Environment, limits: Limits, wanted: bytes) -> Protection:
        """Build the environment on this node and start a jail. HarnessError where this node
        would not run what the driver's machine does."""
        from assay.engine.protection import open_pool

        if environments.full_digest(environment) != wanted:
            import platform

            raise HarnessError(
                f"node {socket.gethostname()} has Python {platform.python_version()}, another "
                "than the machine that asks: all nodes need the same"
            )
        self._pool = open_pool(environment, environments.prepare(environment), limits, 1)
        return self._pool.protection

    def run(self, jobs: list[Job]) -> tuple[list[Answer], list[str]]:
        """All answers to these jobs, and what went wrong on our side meanwhile."""
        answers = [answer for answer in self._pool.run(jobs) if answer is not None]
        notes, self._pool.harness_notes[:] = list(self._pool.harness_notes), []
        return answers, notes

    def close(self) -> None:
        self._pool.close()


@dataclass(eq=False, slots=True)
class _Batch:
    jobs: list[Job]
    attempts: int = 0


@dataclass(eq=False, slots=True)
class _Slot:
    """An actor and the batches that were sent to it, the oldest first."""

    actor: Any
    batches: deque[_Batch] = field(default_factory=deque)
    ready: bool = False


class RayExecutor:
    """As many actors as the cluster has free processors. `address` of None starts a cluster on
    this machine, or joins the one that RAY_ADDRESS names.

    Raises InputError where Ray is missing or nothing answers at the address; and what the nodes
    raise (EnvironmentBuildError, ProtectionError, …) if none of them can run the environment.
    """

    def __init__(self, environment: Environment, limits: Limits, address: str | None) -> None:
        self.harness_notes: list[str] = []
        self._ray = _import_ray()
        self._arguments = (environment, limits, environments.full_digest(environment))
        self._slots: list[_Slot] = []
        self._under_way: dict[Any, _Slot] = {}
        self._queue: deque[_Batch] = deque()
        self._directory: str | None = None
        self._started = not self._ray.is_initialized()
        try:
            if self._started:
                self._connect(address or os.environ.get("RAY_ADDRESS") or "local")
            self._open_slots()
        except BaseException:
            self.close()
            raise
        self._starts_left = _ATTEMPTS * len(self._slots)

    def _connect(self, address: str) -> None:
        quiet = {"log_to_driver": False, "logging_level": "ERROR"}
        if address == "local":
            self._directory = tempfile.mkdtemp(prefix="assay-ray-")
            own: dict[str, Any] = {"include_dashboard": False, "num_cpus": cores()}
            own["object_store_memory"] = _OBJECT_STORE
            if len(self._directory) <= _LONGEST_DIRECTORY:
                own["_temp_dir"] = self._directory
            self._ray.init("local", **quiet, **own)
            return
        _check_reachable(address)
        try:
            self._ray.init(address, **quiet)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise InputError(f"no Ray cluster at {address!r}: {_line(error)}") from error

    def _open_slots(self) -> None:
        free = int(self._ray.available_resources().get("CPU", 0))
        for _ in range(max(1, free)):
            self._start_slot()
        held: list[Protection] = []
        faults: list[BaseException] = []
        for ref, slot in list(self._under_way.items()):
            try:
                held.append(self._ray.get(ref))
                slot.ready = True
            except self._ray.exceptions.RayError as error:
                faults.append(getattr(error, "cause", None) or error)
                self._drop(slot)
        self._under_way.clear()
        self.harness_notes += [f"a Ray node was left out: {_line(fault)}" for fault in faults]
        if not held:
            if isinstance(faults[0], AssayError):
                raise faults[0]
            raise HarnessError(f"no Ray node could start a jail: {_line(faults[0])}")
        self.protection = weakest(held)

    def _start_slot(self) -> None:
        # Ray's own retries would hide a death from us, and run its batch without our count.
        options = {"num_cpus": 1, "max_restarts": 0, "max_task_retries": 0}
        slot = _Slot(self._ray.remote(**options)(_Worker).remote())
        self._slots.append(slot)
        self._under_way[slot.actor.open.remote(*self._arguments)] = slot

    def run(self, jobs: Iterable[Job]) -> Iterator[Answer | None]:
        """Answers a batch at a time. A batch whose actor dies is sent to another."""
        source = iter(jobs)
        waiting: deque[Job] = deque()
        while True:
            waiting.extend(itertools.islice(source, self._room(waiting)))
            self._send_out(waiting)
            if not self._under_way:
                break
            ready, _ = self._ray.wait(list(self._under_way), timeout=_TICK)
            yield None
            for ref in ready:
                # Its slot may have been lost together with an earlier one of these.
                slot = self._under_way.pop(ref, None)
                if slot is not None:
                    yield from self._receive(ref, slot)
        left = itertools.chain(*(batch.jobs for batch in self._queue), waiting, source)
        self._queue.clear()
        yield from _give_up(left, "no Ray node is left")

    def _room(self, waiting: deque[Job]) -> int:
        return max(0, _BATCH * _AHEAD * len(self._slots) - len(waiting))

    def _send_out(self, waiting: deque[Job]) -> None:
        """Batches to whoever has room. They get smaller towards the end, so that all end at
        about the same time."""
        for depth in range(_AHEAD):
            for slot in self._slots:
                if not slot.ready or len(slot.batches) != depth:
                    continue
                if self._queue:
                    self._send(slot, self._queue.popleft())
                elif waiting:
                    size = -(-len(waiting) // (_AHEAD * len(self._slots)))
                    self._send(slot, _Batch([waiting.popleft() for _ in range(size)]))

    def _send(self, slot: _Slot, batch: _Batch) -> None:
        slot.batches.append(batch)
        self._under_way[slot.actor.run.remote(batch.jobs)] = slot

    def _receive(self, ref: Any, slot: _Slot) -> Iterator[Answer]:
        try:
            result = self._ray.get(ref)
        except self._ray.exceptions.RayError as error:
            yield from self._lost(slot, error)
            return
        if slot.ready:
            slot.batches.popleft()
            answers, notes = result
            self.harness_notes += notes
            yield from answers
        elif _below(result, self.protection):
            # Verdicts are stored under the level that was promised at the start.
            self.harness_notes.append(f"a Ray node was left out: protected {result.level!r} only")
            self._drop(slot)
        else:
            slot.ready = True

    def _lost(self, slot: _Slot, error: BaseException) -> Iterator[Answer]:
        """The actor died: another takes its place, and what it had not answered runs again."""
        why = f"a Ray actor was lost: {_line(getattr(error, 'cause', None) or error)}"
        self.harness_notes.append(why)
        self._drop(slot)
        for place, batch in enumerate(reversed(slot.batches), 1 - len(slot.batches)):
            batch.attempts += place == 0  # only the oldest had begun
            if batch.attempts < _ATTEMPTS:
                self._queue.appendleft(batch)
            else:
                yield from _give_up(batch.jobs, why)
        if self._starts_left > 0:
            self._starts_left -= 1
            self._start_slot()

    def _drop(self, slot: _Slot) -> None:
        self._slots.remove(slot)
        for ref in [ref for ref, owner in self._under_way.items() if owner is slot]:
            del self._under_way[ref]
        self._ray.kill(slot.actor)

    def close(self) -> None:
        """End the actors, and the cluster if it was started here."""
        # Without a connection every call of Ray's would start a cluster first.
        if self._ray.is_initialized():
            self._end_actors()
            if self._started:
                self._ray.shutdown()
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)

    def _end_actors(self) -> None:
        with contextlib.suppress(Exception):
            closing = [slot.actor.close.remote() for slot in self._slots]
            self._ray.wait(closing, num_returns=len(closing), timeout=_CLOSE_SECONDS)
        for slot in self._slots:
            with contextlib.suppress(Exception):
                self._ray.kill(slot.actor)
        self._slots.clear()
        self._under_way.clear()


def weakest(held: list[Protection]) -> Protection:
    """What holds on all of these nodes."""
    layers = {name: all(one.layers[name] for one in held) for name in LAYERS}
    missing = {name: why for one in held for name, why in one.missing.items()}
    by = "cgroup" if all(one.memory_by == "cgroup" for one in held) else "polling"
    return Protection(level_of(layers), layers, missing, by)


def _below(one: Protection, other: Protection) -> bool:
    order = list(LEVELS)
    return order.index(one.level) < order.index(other.level)


def _give_up(jobs: Iterable[Job], why: str) -> Iterator[Answer]:
    seen = Observation("harness", b"{}", 0.0, why[-2000:])
    for job in jobs:
        for index in range(len(job.questions)):
            yield Answer(job.key, job.first + index, seen)


def _import_ray() -> Any:
    # Ray counts its users over the network unless it is told not to, before it is imported.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise InputError('workers "ray" needs Ray: pip install "assay[ray]"') from error


def _check_reachable(address: str) -> None:
    """InputError where nothing listens: Ray itself would try for a minute, then end us."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if address == "auto":
        return
    if not host or not port.isdecimal():
        raise InputError(f"Ray address {address!r} is neither HOST:PORT nor ray://HOST:PORT")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=5.0).close()
    except (OSError, OverflowError) as error:
        raise InputError(
            f"no Ray cluster answers at {address}: {error}; `ray start --head` starts one"
        ) from error


def _line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[-1][:200] if lines else type(error).__name__
