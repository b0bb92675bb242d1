"""Runs files of a library's tests in the jail, and reads what they say without believing it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assay.build import records
from assay.build.fetch import Source
from assay.build.placing import Place, place_of
from assay.core.digests import digest
from assay.core.words import Environment, Limits
from assay.engine import environments
from assay.engine.child import Answer, Job, Observation
from assay.engine.executors import open_executor
from assay.engine.levels import DEFAULT_FLOOR, require
from assay.engine.run import Executor

_JAILED = Path(__file__).parent / "jailed"
_SCRIPT = """\
import sys
sys.path.append(sys.argv[1])
from jailed.suite import main
found = main(sys.argv[2])
"""
_SCRATCH = 512 << 20
_MEMORY = 4 << 30
_BEGUN = re.compile(r"^@(.+)$", re.M)
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is run. Per test: CPU seconds (and six times as many on the wall); per file: CPU
    seconds, cases of one parametrised test, tests; and CPU seconds for a run of everything."""

    test_seconds: float = 10.0
    file_seconds: float = 60.0
    run_seconds: float = 900.0
    most_cases: int = 12
    most_tests: int = 400

    def limits(self) -> Limits:
        """What the jail grants one file: collecting it costs, too."""
        whole = self.file_seconds + self.test_seconds + 30
        return Limits(
            check_cpu_seconds=whole, candidate_cpu_seconds=whole + 10,
            check_wall_seconds=6 * whole, memory_bytes=_MEMORY, scratch_bytes=_SCRATCH,
            processes=256, files=1024,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one test in one run: passed, failed, skipped, slow or died."""

    outcome: str
    seconds: float = 0.0
    error: str = ""
    kinds: tuple[str, ...] = ()
    network: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """A function as the trace met it: where it is defined, and (depth, direct) by test."""

    file: str
    qualname: str
    line: int
    tests: dict[str, tuple[int, bool]]


@dataclass(frozen=True, slots=True)
class FileRun:
    """One run of one file. `fault` is what kept the whole file from being run; `left_out` counts
    tests that were not run: further cases, further tests, those after the file's time was up."""

    file: str
    tests: dict[str, Seen]
    left_out: dict[str, int]
    cpu_seconds: float
    fault: Seen | None = None
    functions: tuple[Reached, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """What to run of a file, beside what is the same for all; see `jailed/recorder.py`."""

    file: str
    only: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    seed: int = 0
    trace: bool = False


@dataclass(slots=True)
class Runner:
    """A jail with the library's tree in it. Made by `opened`."""

    place: Place
    protection: str
    _executor: Executor
    _budget: Budget
    _died: dict[str, dict[str, Seen]] = field(default_factory=dict)

    def run(self, asks: Iterable[Ask]) -> Iterator[FileRun]:
        """A run of each file, as they end. A test that takes its process with it is named and the
        rest of its file is run without it, up to three times."""
        waiting: dict[int, Ask] = {}
        again: list[Ask] = []

        def jobs(source: Iterable[Ask]) -> Iterator[Job]:
            for ask in source:
                key = len(waiting)
                waiting[key] = ask
                yield self._job(key, ask)

        todo: Iterable[Ask] = asks
        while True:
            for answer in self._executor.run(jobs(todo)):
                if answer is not None:
                    done = self._read(waiting[answer.key], answer)
                    if isinstance(done, Ask):
                        again.append(done)
                    else:
                        yield done
            if not again:
                return
            todo, again = again, []

    def _job(self, key: int, ask: Ask) -> Job:
        task = {
            "root": str(self.place.root), "file": ask.file, "tests": self.place.tests,
            "import_root": self.place.import_root, "from_tree": self.place.from_tree,
            "hidden": self.place.hidden, "distribution": self.place.distribution,
            "only": ask.only, "without": ask.without, "seed": ask.seed,
            "options": self.place.options,
            "most_cases": self._budget.most_cases, "most_tests": self._budget.most_tests,
            "test_seconds": self._budget.test_seconds,
            "file_seconds": self._budget.file_seconds,
            "trace": self.place.watched if ask.trace else None,
        }  # fmt: skip
        argv = (str(_JAILED.parent), json.dumps(task))
        return Job(key, _SCRIPT, (("call", "found"),), argv=argv)

    def _read(self, ask: Ask, answer: Answer) -> FileRun | Ask:
        seen = answer.observation
        if seen.kind == "value":
            return self._with_the_dead(ask, _parsed(ask.file, seen))
        fault = Seen("died", seen.cpu_seconds, _why(seen), (seen.kind,))
        begun = _BEGUN.findall(seen.output) if seen.kind != "raised" else []
        dead = self._died.setdefault(ask.file, {})
        if begun and begun[-1] not in dead and len(dead) < 3:
            dead[begun[-1][:_LONGEST]] = fault
            return replace(ask, without=(*ask.without, begun[-1]))
        return FileRun(ask.file, dict(self._died.pop(ask.file, {})), {}, seen.cpu_seconds, fault)

    def _with_the_dead(self, ask: Ask, run: FileRun) -> FileRun:
        return replace(run, tests={**run.tests, **self._died.pop(ask.file, {})})


def kept_runs(
    runner: Runner, asks: list[Ask], place: Path, key: str, most_seconds: float
) -> Iterator[tuple[str, FileRun]]:
    """A run of each file, by file, kept in a folder as soon as it ends; what an earlier call kept
    under the same key is not run again. No file is begun once so many CPU seconds are used up."""
    spent = 0.0
    waiting = []
    keys = {ask.file: records.key_of(key, ask) for ask in asks}
    for ask in asks:
        known = records.read(FileRun, place / _named(ask.file), keys[ask.file])
        if known is None:
            waiting.append(ask)
        else:
            spent += known.cpu_seconds
            yield ask.file, known

    def within_budget() -> Iterator[Ask]:
        for ask in waiting:
            if spent >= most_seconds:
                return
            yield ask

    for run in runner.run(within_budget()):
        spent += run.cpu_seconds
        records.write(place / _named(run.file), keys[run.file], run)
        yield run.file, run


def _named(file: str) -> str:
    return f"{digest('file/1', file).hex()[:16]}.json"


@contextmanager
def opened(
    source: Source,
    environment: Environment,
    budget: Budget,
    *,
    workers: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Iterator[Runner]:
    """A jail in which the library's tests can run: its tree is there to be read, the network is
    not. Raises BuildFault when the library cannot be imported in it, and what the engine raises.
    """
    built = environments.prepare(environment, progress=progress)
    place = place_of(source, built)
    # The engine shows an environment's folders to the jail; the tree and our script are two more.
    shown = replace(built, read_only=(*built.read_only, place.root.resolve(), _JAILED.resolve()))
    executor = open_executor(environment, shown, budget.limits(), workers)
    try:
        require(executor.protection, DEFAULT_FLOOR)
        yield Runner(place, executor.protection.level, executor, budget)
    finally:
        executor.close()


def _why(seen: Observation) -> str:
    try:
        told = json.loads(seen.payload)
    except ValueError:
        return seen.kind
    if seen.kind == "raised":
        return f"{(told.get('types') or ['error'])[0]}: {told.get('message', '')}"[:300]
    return f"{seen.kind}: {told.get('note') or seen.output[-200:]}"[:300]


def _parsed(file: str, seen: Observation) -> FileRun:
    """What a run says of itself. It shares its process with the library, so it may be anything."""
    try:
        told = json.loads(json.loads(seen.payload))
        tests = {_text(test): _seen(one) for test, one in told["tests"].items()}
        left_out = {_text(key): int(count) for key, count in told["left_out"].items()}
        error = told["file_error"]
        fault = None
        if error is not None:
            fault = replace(_seen(error), outcome="skipped" if error["skipped"] else "failed")
        reached = tuple(_reached(one) for one in told["functions"])
        cpu = seen.cpu_seconds + max(0.0, float(told["cpu"]))  # the engine's clock starts later
        return FileRun(file, tests, left_out, cpu, fault, reached)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        fault = Seen("died", seen.cpu_seconds, f"its answer makes no sense: {error}"[:300])
        return FileRun(file, {}, {}, seen.cpu_seconds, fault)


def _seen(told: dict[str, Any]) -> Seen:
    outcome = told.get("outcome", "failed")
    if outcome not in ("passed", "failed", "skipped", "slow"):
        raise ValueError("no such outcome")
    return Seen(
        outcome, float(told.get("seconds", 0.0)), _text(told.get("error", "")),
        tuple(map(_text, told.get("kinds", ())))[:40], told.get("network") is True,
        _text(told.get("all", "")),
    )  # fmt: skip


def _reached(told: list[Any]) -> Reached:
    file, qualname, line, tests = told
    places = {_text(test): (int(depth), direct is True) for test, (depth, direct) in tests.items()}
    return Reached(_text(file), _text(qualname), int(line), places)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value[:_LONGEST]
