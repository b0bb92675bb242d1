"""An executor and a verdict store, kept open for as many matrices as there are to fill."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from assay.core.digests import digest
from assay.core.errors import Interrupted
from assay.core.matrix import Matrix
from assay.core.places import cache_dir
from assay.core.words import Candidate, Check, Environment, Limits
from assay.engine import environments
from assay.engine.child import Answer, Job, Observation
from assay.engine.grading import Grading, Suspicion, Tally
from assay.engine.levels import DEFAULT_FLOOR, LEVELS, Protection, check_floor, require
from assay.engine.plan import Program, TaskPlan, plan
from assay.engine.sources import normal_digest, text_digest
from assay.engine.store import Known, Store

# Part of every stored observation's key: raised when the same question may now be answered
# otherwise.
ENGINE = "engine/1"
_REPORT_SECONDS = 0.1

Listener = Callable[[Tally], None]


class Executor(Protocol):
    """What runs jobs: a pool on this machine, or actors on others."""

    protection: Protection
    harness_notes: list[str]

    def run(self, jobs: Iterable[Job]) -> Iterator[Answer | None]:
        """Answers as they come, a job's own in order; None when there is time for other things."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A program, the calls to make in it, what is hidden from it (see `Candidate.hides`), and for a
    script its arguments."""

    code: str
    calls: tuple[str, ...]
    hides: tuple[str, ...] = ()
    argv: tuple[str, ...] | None = None


class _Reporter:
    """Hands the tally on, not more often than an eye can follow."""

    def __init__(self, listener: Listener | None) -> None:
        self.tally = Tally()
        self._listener = listener
        self._last = 0.0

    def stage(self, text: str) -> None:
        self.tally.stage = text
        self.now()

    def now(self) -> None:
        if self._listener is not None:
            self._listener(self.tally)
            self._last = time.monotonic()

    def maybe(self) -> None:
        if time.monotonic() - self._last > _REPORT_SECONDS:
            self.now()


@dataclass(slots=True)
class _Pending:
    """A program with questions that are not answered yet, by their places in `asked`."""

    task: int
    program: Program
    number: int
    asked: list[int]
    question_numbers: list[int]
    seen: dict[int, Known]


class Session:
    """Fills matrices in one environment. The jail starts at the first question that the verdict
    store cannot answer, and stays warm until the session is closed.

    `workers` is a number of processes (default: one per core that this process may use), or
    "ray[:address]". Raises EnvironmentBuildError and StoreError.
    """

    def __init__(
        self,
        environment: str | Environment = "python",
        *,
        limits: Limits | None = None,
        workers: int | str | None = None,
        store: Path | str | None = None,
        min_protection: str = DEFAULT_FLOOR,
        progress: Listener | None = None,
    ) -> None:
        check_floor(min_protection)
        self._report = _Reporter(progress)
        found = environments.load(environment) if isinstance(environment, str) else environment
        self._environment = found
        self._built = environments.prepare(found, progress=self._report.stage)
        self._limits = limits or Limits()
        self._workers = workers
        self._floor = min_protection
        self._executor: Executor | None = None
        self._store = Store(Path(store) if store else cache_dir() / "verdicts.sqlite")
        limits_text = repr(sorted(self._limits.to_json().items()))
        self._scope = self._store.scope(digest(ENGINE, self._built.digest, limits_text))
        # A session may be open for minutes before it stores anything, or only observe.
        self._store.commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the jail. What was observed is kept."""
        if self._executor is not None:
            self._executor.close()
            self._executor = None
        self._store.close()

    def run(
        self,
        candidates: Sequence[Candidate],
        checks: Sequence[Check],
        *,
        out: Path | str | None = None,
    ) -> Matrix:
        """Put every check of a task to every candidate of that task, and return the verdicts;
        with `out` the matrix lies in that directory.

        Raises InputError for candidates and checks that do not fit together, ProtectionError where
        the jail is weaker than the floor, StoreError, and Interrupted on Ctrl-C.
        """
        self._report.tally = Tally(stage=self._report.tally.stage)
        try:
            return self._matrix(candidates, checks, Path(out) if out else None)
        except KeyboardInterrupt:
            raise Interrupted(
                f"stopped with {self._report.tally.done} of {self._report.tally.total} verdicts; "
                "what was observed is kept: the same command goes on from here"
            ) from None

    def observe(self, programs: Sequence[Asked]) -> list[list[Observation]]:
        """What each program answers to each of its calls, as it was seen: nothing is judged, and
        nothing stored. So references are asked for the values that are then expected."""
        found: list[list[Observation]] = [[] for _ in programs]
        jobs = (
            Job(place, one.code, tuple(("call", call) for call in one.calls), argv=one.argv,
                hides=one.hides)
            for place, one in enumerate(programs)
        )  # fmt: skip
        for answer in self._run_jobs(jobs):
            found[answer.key].append(answer.observation)
        return found

    def planned(self, candidates: Sequence[Candidate], checks: Sequence[Check]) -> list[TaskPlan]:
        """What a run of these asks, by task: distinct programs, distinct questions. Raises
        InputError for candidates and checks that do not fit together."""
        return plan(candidates, checks, self._built.digest.hex(), self._digest)

    def values(self, task: TaskPlan, questions: Sequence[int]) -> list[dict[int, int]]:
        """What is known by now of a plan's questions: for each of its programs the questions that
        it answered with a value, and the value's number. `value` is what stands behind one."""
        ids = self._store.questions(task.digests[question] for question in questions)
        place_of = {ids[task.digests[question]]: question for question in questions}
        programs = self._store.programs(program.digest for program in task.programs)
        # A transaction left open would shut out other runs that share the store.
        self._store.commit()
        found = []
        for program in task.programs:
            seen = self._store.known(self._scope, programs[program.digest], self._floor_number)
            found.append({
                place_of[number]: known.payload for number, known in seen.items()
                if known.kind == "value" and number in place_of
            })  # fmt: skip
        return found

    def value(self, number: int) -> bytes:
        """A value as the jail encoded it, by its number of `values`."""
        return self._store.body(number)

    def _matrix(
        self, candidates: Sequence[Candidate], checks: Sequence[Check], out: Path | None
    ) -> Matrix:
        self._report.stage("planning")
        plans = self.planned(candidates, checks)
        self._report.tally.total = sum(task.block.cells for task in plans)
        grading = Grading(plans, self._store, out, self._report.tally)
        self._store.commit()
        self._fill(plans, grading)
        for suspicion in grading.suspicions:
            if self._holds_up(plans, suspicion):
                grading.convict(suspicion)
        notes = self._executor.harness_notes if self._executor else []
        self._store.commit()
        self._report.now()
        return grading.finish(self._manifest(notes))

    def _digest(self, source: str) -> bytes:
        """The digest of a source's syntax tree; each is parsed once in the life of the store."""
        name = text_digest(source)
        known = self._store.normal(name)
        if known is None:
            known = normal_digest(source)
            self._store.add_normal(name, known)
        return known

    def _fill(self, plans: list[TaskPlan], grading: Grading) -> None:
        pending: dict[int, _Pending] = {}
        jobs = self._jobs(plans, grading, pending)
        for answer in self._run_jobs(jobs):
            waiting = pending[answer.key]
            place = waiting.asked[answer.index]
            number = waiting.question_numbers[answer.index]
            waiting.seen[place] = self._keep(waiting.number, number, answer)
            if answer.index == len(waiting.asked) - 1:
                del pending[answer.key]
                grading.grade(waiting.task, waiting.program, waiting.seen)
                self._report.maybe()

    def _run_jobs(self, jobs: Iterator[Job]) -> Iterator[Answer]:
        """The jobs' answers. Only a run with something left to do starts a jail."""
        first = next(jobs, None)
        if first is None:
            return
        if self._executor is None:
            self._report.stage(f"starting {self._environment.name}")
            self._executor = self._open()
            require(self._executor.protection, self._floor)
        self._report.stage("running")
        for answer in self._executor.run(_chain(first, jobs)):
            # A transaction left open would shut out other runs that share the store.
            self._store.commit_if_due()
            if answer is not None:
                yield answer

    def _jobs(
        self, plans: list[TaskPlan], grading: Grading, pending: dict[int, _Pending]
    ) -> Iterator[Job]:
        key = 0
        for place, task in enumerate(plans):
            ids = self._store.questions(task.digests)
            numbers = [ids[name] for name in task.digests]
            place_of = {number: question for question, number in enumerate(numbers)}
            programs = self._store.programs(program.digest for program in task.programs)
            for program in task.programs:
                number = programs[program.digest]
                stored = self._store.known(self._scope, number, self._floor_number)
                seen = {place_of[n]: known for n, known in stored.items() if n in place_of}
                asked = [n for n in range(len(numbers)) if n not in seen]
                if not asked:
                    grading.grade(place, program, seen, reused=True)
                    self._report.maybe()
                    continue
                key += 1
                asked_numbers = [numbers[n] for n in asked]
                pending[key] = _Pending(place, program, number, asked, asked_numbers, seen)
                questions = tuple(task.questions[n] for n in asked)
                yield Job(key, program.code, questions, argv=program.argv, hides=program.hides)

    @property
    def _floor_number(self) -> int:
        return list(LEVELS).index(self._floor)

    def _keep(self, program: int, question: int, answer: Answer) -> Known:
        assert self._executor is not None
        level = list(LEVELS).index(self._executor.protection.level)
        return self._store.add(self._scope, program, question, answer.observation, level)

    def _open(self) -> Executor:
        from assay.engine.executors import open_executor

        return open_executor(self._environment, self._built, self._limits, self._workers)

    def _holds_up(self, plans: list[TaskPlan], suspicion: Suspicion) -> bool:
        """Whether check and twin both hold with nothing run before either: a program that keeps
        state from one question to the next is honest, and passes only one of them then."""
        task = plans[suspicion.task]
        column = task.columns[suspicion.column]
        asked = [column.question, *column.twins]
        names = [b"alone" + task.digests[n] for n in asked]
        ids = self._store.questions(names)
        program = self._store.programs([suspicion.program.digest])[suspicion.program.digest]
        seen = self._store.known(self._scope, program, self._floor_number)
        open_ = [place for place, name in enumerate(names) if ids[name] not in seen]
        whole = suspicion.program
        jobs = (
            Job(place, whole.code, (task.questions[asked[place]],), argv=whole.argv,
                hides=whole.hides)
            for place in open_
        )  # fmt: skip
        for answer in self._run_jobs(jobs):
            number = ids[names[answer.key]]
            seen[number] = self._keep(program, number, answer)
        original, *twins = (seen[ids[name]].kind == "held" for name in names)
        return original and any(twins)

    def _manifest(self, notes: list[str]) -> dict[str, Any]:
        protection = self._executor.protection if self._executor else None
        return {
            "environment": {
                "name": self._environment.name,
                "digest": self._built.digest.hex(),
                "definition": self._environment.digest.hex(),
            },
            "engine": ENGINE,
            "limits": self._limits.to_json(),
            "layers": protection.layers if protection else None,
            "missing_layers": protection.missing if protection else None,
            "memory_by": protection.memory_by if protection else None,
            "harness_notes": notes,
        }


def _chain(first: Job, rest: Iterator[Job]) -> Iterator[Job]:
    yield first
    yield from rest
