"""From answers to rows: the program in each, its verdicts, and what they say together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.bench.directory import Key
from assay.core.matrix import Matrix
from assay.core.matrix.columns import COUNTS, SEVERITY
from assay.core.outcomes import Outcome
from assay.core.words import Candidate, Check, Limits, Task
from assay.engine.grading import Tally
from assay.engine.levels import DEFAULT_FLOOR
from assay.engine.session import Session
from assay.models.extraction import extract
from assay.models.solvers import Answer
from assay.suites import Suite, as_candidate
from assay.suites.judging import Judge, judge

# What one environment's jail holds, measured on the 45 of suite dl: 10 GiB in all.
_JAIL_BYTES = 256 << 20
# In an answer's notes: the programs that it was chosen from.
OFFERED = "offered"
_UNFAIR = "the task's own reference does not pass here"


@dataclass(frozen=True, slots=True)
class Engine:
    """How the engine is to run."""

    workers: int | str | None = None
    store: Path | None = None
    min_protection: str = DEFAULT_FLOOR


@dataclass(frozen=True, slots=True)
class Placed:
    """An answer with the program that was found in it, or why there is none."""

    key: Key
    candidate: Candidate | None
    outcome: Outcome | None
    shape: str


def open_session(
    suite: Suite,
    limits: Limits,
    engine: Engine,
    name: str,
    progress: Callable[[Tally], None] | None = None,
) -> Session:
    """A session in the environment that a suite calls by that name."""
    return Session(
        suite.environment_of(name),
        limits=limits,
        workers=engine.workers,
        store=engine.store,
        min_protection=engine.min_protection,
        progress=progress,
    )


def _most_open() -> int:
    """How many environments may be warm: they get half of this machine's memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(2, memory // 2 // _JAIL_BYTES)


class Scoring:
    """Puts programs to the engine as they come; a session for each environment stays warm."""

    def __init__(
        self,
        suite: Suite,
        limits: Limits,
        engine: Engine,
        progress: Callable[[Tally], None] | None = None,
    ) -> None:
        self._suite = suite
        self._limits = limits
        self._engine = engine
        self._progress = progress
        self._tasks = {task.id: task for task in suite.tasks}
        self._sessions: dict[str, Session | Judge] = {}
        self._placed: list[Placed] = []
        self._fresh: list[Placed] = []
        self._offered: dict[str, list[Candidate]] = {}
        self._unfair: dict[str, str] = {}

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()

    def control(self, out: Path) -> dict[str, float]:
        """Run every task's reference as if it were an answer, and return its CPU seconds by task.
        What a reference fails cannot be asked of a model: its answers will be our failure."""
        references = [
            as_candidate(task, task.id, task.reference)
            for task in self._suite.tasks
            if task.reference is not None
        ]
        spent: dict[str, float] = {}
        for matrix in self._matrices(references, out):
            for task, row in _rows(matrix):
                spent[task] = row.cpu
                if row.outcome is not Outcome.PASSED:
                    self._unfair[task] = f"{_UNFAIR} ({row.outcome.label})"
        return spent

    def add(self, key: Key, answer: Answer) -> None:
        """Find the program in an answer; the next `flush` runs it."""
        placed = self._place(key, answer)
        self._placed.append(placed)
        self._fresh.append(placed)
        if OFFERED in answer.notes:
            # What a solver chose from: nobody's answer, graded to know what the best would be.
            task, name = self._tasks[key.task], _name(key)
            self._offered[name] = [
                as_candidate(task, f"{name}/offered {place}", program)
                for place, program in enumerate(answer.notes[OFFERED])
            ]

    @property
    def waiting(self) -> int:
        return len(self._fresh)

    def flush(self) -> None:
        """Run what has come since the last time, so that the verdict store has it."""
        fresh, self._fresh = self._fresh, []
        found = [one.candidate for one in fresh if one.candidate]
        found += [one for placed in fresh for one in self._offered.get(_name(placed.key), ())]
        for _ in self._matrices(found):
            pass

    def finish(self, out: Path) -> list[dict[str, Any]]:
        """All verdicts as matrices under `out`, and a row for each answer."""
        self._fresh = []
        found: dict[str, _Row] = {}
        for matrix in self._matrices((p.candidate for p in self._placed if p.candidate), out):
            found.update(_rows(matrix))
        for matrix in self._matrices(one for offered in self._offered.values() for one in offered):
            found.update(_rows(matrix))
        return [self._row(placed, found) for placed in self._placed]

    def _place(self, key: Key, answer: Answer) -> Placed:
        task = self._tasks[key.task]
        program, shape = answer.program, "program"
        if program is None:
            reading = extract(answer.completion.text, task.target, prompt=task.prompt)
            program, shape = reading.program, reading.shape
            if program is None:
                return Placed(key, None, reading.outcome, shape)
        candidate = as_candidate(task, _name(key), program, asdict(key.contestant))
        return Placed(key, candidate, None, shape)

    def _matrices(
        self, candidates: Iterable[Candidate], out: Path | None = None
    ) -> Iterator[Matrix]:
        """A matrix for each environment that some candidate needs."""
        by_environment: dict[str, list[Candidate]] = {}
        for candidate in candidates:
            environment = self._tasks[candidate.task].environment
            by_environment.setdefault(environment, []).append(candidate)
        for name, members in by_environment.items():
            place = out / _folder(name) if out else None
            yield self._session(name).run(members, self._checks(members), out=place)

    def _checks(self, candidates: list[Candidate]) -> list[Check]:
        asked = dict.fromkeys(candidate.task for candidate in candidates)
        return [check for task in asked for check in self._tasks[task].checks]

    def _session(self, name: str) -> Session | Judge:
        """The session of an environment; the one unused for longest ends where memory is short."""
        session = self._sessions.pop(name, None) or self._opened(name)
        while len(self._sessions) >= _most_open():
            self._sessions.pop(next(iter(self._sessions))).close()
        self._sessions[name] = session
        return session

    def _opened(self, name: str) -> Session | Judge:
        if self._suite.judge is None:
            return open_session(self._suite, self._limits, self._engine, name, self._progress)
        return judge(
            self._suite.judge,
            self._suite.environment_of(name),
            workers=self._engine.workers,
            min_protection=self._engine.min_protection,
        )

    def environments(self) -> dict[str, str]:
        """The environments that the suite's tasks name, each with its digest."""
        used = sorted({task.environment for task in self._suite.tasks})
        return {name: self._suite.environment_of(name).digest.hex() for name in used}

    def _row(self, placed: Placed, found: Mapping[str, _Row]) -> dict[str, Any]:
        key = placed.key
        row = found[placed.candidate.id] if placed.candidate else None
        checks = len(self._tasks[key.task].checks)
        told = row or _Row(placed.outcome or Outcome.NO_CODE, 0, checks, 0.0)
        if key.task in self._unfair:
            told = _Row(Outcome.HARNESS, 0, checks, told.cpu)
        return {
            **_named(key),
            "outcome": told.outcome.label,
            "checks_passed": told.passed,
            "checks": told.checks,
            "shape": placed.shape,
            "cpu_seconds": round(told.cpu, 6),
            "note": self._unfair.get(key.task, ""),
            **self._best(key, found),
        }

    def _best(self, key: Key, found: Mapping[str, _Row]) -> dict[str, Any]:
        """Of the programs that an answer was chosen from: how many, and whether one is right
        (None: one cannot know)."""
        offered = self._offered.get(_name(key))
        if offered is None:
            return {}
        outcomes = {found[one.id].outcome for one in offered}
        unknown = key.task in self._unfair or (
            Outcome.HARNESS in outcomes and Outcome.PASSED not in outcomes
        )
        return {"proposed": len(offered), "oracle": None if unknown else Outcome.PASSED in outcomes}


def _name(key: Key) -> str:
    return f"{key.task}/{key.contestant}/{key.sample}"


def failed_row(key: Key, task: Task, note: str) -> dict[str, Any]:
    """The row of an answer that could not be had: our failure, and no answer of the model's."""
    told = {"outcome": Outcome.HARNESS.label, "checks_passed": 0, "checks": len(task.checks)}
    return {**_named(key), **told, "shape": "", "cpu_seconds": 0.0, "note": note}


def _named(key: Key) -> dict[str, Any]:
    return {"task": key.task, "sample": key.sample, **asdict(key.contestant)}


@dataclass(frozen=True, slots=True)
class _Row:
    outcome: Outcome
    passed: int
    checks: int
    cpu: float


def _rows(matrix: Matrix) -> Iterator[tuple[str, _Row]]:
    for block in matrix.blocks:
        outcomes = matrix.array(block.id)
        cpu = matrix.column("cpu", block.id).sum(axis=1)
        for place, candidate in enumerate(block.candidates):
            yield candidate, _read(outcomes[place], float(cpu[place]))


def _read(outcomes: NDArray[np.uint8], cpu: float) -> _Row:
    """One candidate's verdicts together. A check that it failed for certain settles it, whatever
    became of the others; else a failure of ours leaves it open."""
    counted = outcomes[COUNTS[outcomes]]
    passed = int(np.count_nonzero(counted == Outcome.PASSED))
    if passed < len(counted):
        outcome = Outcome(int(counted[np.argmax(SEVERITY[counted])]))
    elif (outcomes == Outcome.HARNESS).any() or not len(counted):
        outcome = Outcome.HARNESS
    else:
        outcome = Outcome.PASSED
    return _Row(outcome, passed, len(counted), cpu)


def _folder(environment: str) -> str:
    """An environment's name as that of a folder."""
    return "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in environment)
