"""Runs jobs in children of warm zygotes on this machine, and yields what was observed."""

from __future__ import annotations

import contextlib
import selectors
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from assay.core.errors import HarnessError
from assay.core.words import Environment, Limits
from assay.engine import cgroups
from assay.engine.child import Answer, Child, Job, Observation
from assay.engine.environments import Built
from assay.engine.jail import Jail, Setup
from assay.engine.levels import Protection

_ATTEMPTS = 3
_TICK = 0.25
# What is killed can take long to go: gigabytes to free, a full disk. Never this long.
_DYING_SECONDS = 60.0


class Pool:
    """Up to `workers` candidates at once. Use it as a context manager."""

    def __init__(
        self,
        environment: Environment,
        built: Built,
        limits: Limits,
        setup: Setup,
        workers: int,
    ) -> None:
        self._arguments = (environment, built, limits, setup)
        self._limits = self._watched = limits
        self._workers = workers
        self._selector = selectors.DefaultSelector()
        self._children: dict[int, Child] = {}
        self._next_identity = 0
        self._again: list[Job] = []
        self._spare_cgroups: list[cgroups.MemoryCgroup] = []
        self._cgroups_made = 0
        self.has_cgroups = True
        self.protection = Protection("none", {}, {}, "polling")  # until it has been probed
        self.harness_notes: list[str] = []
        self._jail = self._start_jail()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def zygote(self) -> dict[str, Any]:
        """What the zygote said of itself: threads, CPU seconds of its imports, version."""
        return self._jail.ready

    def close(self) -> None:
        self._jail.close()
        for child in self._children.values():
            self._forget(child)
        self._children.clear()
        for group in self._spare_cgroups:
            group.close()
        self._spare_cgroups.clear()
        self._selector.close()

    def run(self, jobs: Iterable[Job], limits: Limits | None = None) -> Iterator[Answer | None]:
        """Answers to all questions of all jobs, as they come; a job's own come in order. Now and
        then None: nothing has come, and the caller may see to other things.

        Other `limits` than the pool's bind only as far as they are watched from outside.
        """
        self._watched = limits or self._limits
        for group in self._spare_cgroups:
            group.limit(self._watched.memory_bytes)
        source = iter(jobs)
        exhausted = False
        while True:
            while not exhausted and not self._again and self._free():
                job = next(source, None)
                exhausted = job is None
                if job is not None:
                    self._again.append(job)
            while self._again and self._free():
                self._start(self._again.pop())
            if not self._children and exhausted and not self._again:
                return
            yield None
            try:
                yield from self._step()
            except HarnessError as error:
                yield from self._recover(error)

    def _free(self) -> bool:
        # A child that has said its last word is only leaving; the next one need not wait for it.
        busy = sum(not child.ended for child in self._children.values())
        return busy < self._workers and len(self._children) < 2 * self._workers

    def _start_jail(self) -> Jail:
        jail = Jail(*self._arguments)
        self._selector.register(jail.socket, selectors.EVENT_READ, None)
        return jail

    def _start(self, job: Job) -> None:
        self._next_identity += 1
        child = Child(self._next_identity, job, self._watched, self._cgroup())
        self._children[child.identity] = child
        self._selector.register(child.output, selectors.EVENT_READ, child)
        events = selectors.EVENT_READ
        child.send()
        if child.outbox:
            events |= selectors.EVENT_WRITE
        self._selector.register(child.result, events, child)
        try:
            self._jail.start_child(child.identity, child.far_ends(), list(job.without))
        except HarnessError:
            pass  # told again, with its reason, by the next look at the jail's messages
        finally:
            child.close_far_ends()

    def _cgroup(self) -> cgroups.MemoryCgroup | None:
        group = self._spare_cgroups.pop() if self._spare_cgroups else None
        if group is None and self.has_cgroups:
            self._cgroups_made += 1
            group = cgroups.make(f"{id(self):x}-{self._cgroups_made}")
            self.has_cgroups = group is not None
            if group is not None:
                group.limit(self._watched.memory_bytes)
        return group

    def _step(self) -> Iterator[Answer]:
        waits = [child.wall_left() for child in self._children.values() if not child.ended]
        for key, events in self._selector.select(max(0.0, min([_TICK, *waits]))):
            child = key.data
            if child is None:
                for message in self._jail.messages():
                    yield from self._heard(message)
            elif child.identity in self._children:
                yield from self._moved(child, key.fileobj, events)
        for child in list(self._children.values()):
            child.check_wall()
            self._kill_if_due(child)

    def _moved(self, child: Child, source: Any, events: int) -> Iterator[Answer]:
        if source == child.output:
            if not child.read_output():
                self._selector.unregister(child.output)
            return
        if events & selectors.EVENT_WRITE:
            child.send()
            if not child.outbox:
                self._selector.modify(child.result, selectors.EVENT_READ, child)
        if events & selectors.EVENT_READ:
            yield from child.read_answers()
            if child.ended or child.cause or child.silent:
                self._ignore(child.result)
        self._kill_if_due(child)

    def _kill_if_due(self, child: Child) -> None:
        if child.cause and not child.kill_sent:
            child.kill_sent = True
            child.dying_since = time.monotonic()
            self._jail.kill(child.identity)
        elif time.monotonic() - child.dying_since > _DYING_SECONDS:
            raise HarnessError(f"a child did not die within {_DYING_SECONDS:.0f} s")

    def _heard(self, message: dict[str, Any]) -> Iterator[Answer]:
        child = self._children.get(message["id"])
        if child is None:
            return
        if message["event"] == "usage":
            child.used(message)
            self._kill_if_due(child)
        elif message["event"] == "gone":
            yield from child.read_answers()
            child.drain_output()
            yield from self._settle(child, message["status"])

    def _settle(self, child: Child, status: int) -> Iterator[Answer]:
        """The child is dead: answer what it left open, or put the rest to another."""
        observation = child.obituary(status)
        del self._children[child.identity]
        self._forget(child)
        if observation is None:
            return
        if observation.kind == "harness":
            yield from self._again_or_harness(child, observation.output or "set-up failed")
            return
        if not child.loaded or child.budget_spent:
            yield from child.answer_all(observation)
            return
        yield child._answer(observation)
        rest = child.job.after(child.answered, child.spent)
        if rest.questions:
            self._again.append(rest)

    def _recover(self, error: HarnessError) -> Iterator[Answer]:
        """The warden or zygote died: start another; what was under way runs again."""
        self.harness_notes.append(str(error))
        children = list(self._children.values())
        self._children.clear()
        self._ignore(self._jail.socket)
        self._jail.close()
        for child in children:
            self._forget(child)
        self._jail = self._start_jail()
        for child in children:
            yield from self._again_or_harness(child, str(error))

    def _again_or_harness(self, child: Child, why: str) -> Iterator[Answer]:
        rest = replace(
            child.job.after(child.answered, child.spent), attempts=child.job.attempts + 1
        )
        if not rest.questions:
            return
        if rest.attempts < _ATTEMPTS:
            time.sleep(0.05 * rest.attempts)
            self._again.append(rest)
        else:
            yield from child.answer_all(Observation("harness", b"{}", 0.0, why[-2000:]))

    def _forget(self, child: Child) -> None:
        self._ignore(child.result)
        self._ignore(child.output)
        child.close()
        if child.cgroup is not None:
            child.cgroup.killed()
            self._spare_cgroups.append(child.cgroup)

    def _ignore(self, source: Any) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(source)
