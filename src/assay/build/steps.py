"""The steps of a build as they are told: what each said, how long it took, what stopped it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assay.build.faults import BuildFault

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it said, how long it took, and the cause where it could not be done."""

    name: str
    seconds: float
    said: tuple[str, ...]
    fault: str | None = None


@dataclass
class Steps:
    """Runs steps, tells of them, and keeps what they said."""

    progress: Progress
    done: list[Step] = field(default_factory=list)

    def run(self, name: str, work: Callable[[], Any], say: Callable[[Any], Any]) -> Any:
        """The step's result. What it raises is told and raised."""
        started = time.monotonic()
        self.progress(f"{name}: …")
        try:
            found = work()
        except BuildFault as fault:
            self._end(name, started, str(fault).splitlines(), fault.cause)
            raise
        self._end(name, started, list(say(found)), None)
        return found

    def tried(self, name: str, work: Callable[[], Any], say: Callable[[Any], Any]) -> Any:
        """The step's result, None where it could not be done: the rest goes on without it."""
        try:
            return self.run(name, work, say)
        except BuildFault:
            return None

    def _end(self, name: str, started: float, lines: list[str], fault: str | None) -> None:
        said = tuple(line.removeprefix(f"{name}: ") for line in lines)
        for line in said:
            self.progress(f"{name}: {line}")
        self.done.append(Step(name, round(time.monotonic() - started, 2), said, fault))
