"""Which functions of a library its stable tests reach: one traced run."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from assay.build import records
from assay.build.fetch import Source
from assay.build.placing import Place
from assay.build.running import Ask, Budget, FileRun, Reached, kept_runs, opened
from assay.build.testing import CleanSuite
from assay.core.words import Environment

_VERSION = "trace/2"
MOST_TESTS = 15
# Tracing costs up to some ten times as much.
_SLOWER = 8


@dataclass(frozen=True, slots=True)
class Reach:
    """A test that reaches a function: so many functions of the library deep (1: nothing of it in
    between), `direct` when the call is the test's own, and the functions that it touches in all."""

    test: str
    file: str
    depth: int
    direct: bool
    breadth: int


@dataclass(frozen=True, slots=True)
class Traced:
    """A function by its qualified name, `package.module.Class.method`, with the tests that reach
    it: direct callers first, then those that touch the fewest functions. `file` is relative to the
    folder that packages are imported from, `line` the first one, decorators included."""

    name: str
    file: str
    qualname: str
    line: int
    tests: tuple[Reach, ...]
    direct: int


@dataclass(frozen=True, slots=True)
class Trace:
    """All functions that were reached, and what it cost; `lost` are the files whose traced run
    did not end, by cause."""

    functions: tuple[Traced, ...]
    lost: dict[str, str]
    cpu_seconds: float

    def by_name(self) -> dict[str, Traced]:
        return {one.name: one for one in self.functions}


def trace(
    source: Source,
    environment: Environment,
    suite: CleanSuite,
    work: Path,
    *,
    budget: Budget | None = None,
    workers: int | None = None,
) -> Trace:
    """Run the stable tests once more and write down what they reach, at most `MOST_TESTS` tests a
    function. A test that does not pass under tracing counts as well: it did reach what it reached.
    """
    budget = budget or Budget()
    key = records.key_of(_VERSION, source, environment, suite, budget)
    return records.resumed(
        Trace, work, "trace", key,
        lambda: _traced(source, environment, suite, work, key, budget, workers),
    )  # fmt: skip


def _traced(
    source: Source,
    environment: Environment,
    suite: CleanSuite,
    work: Path,
    key: str,
    budget: Budget,
    workers: int | None,
) -> Trace:
    by_file: dict[str, list[str]] = defaultdict(list)
    for one in suite.stable:
        by_file[one.file].append(one.test)
    slower = Budget(
        budget.test_seconds * _SLOWER, budget.file_seconds * _SLOWER, budget.run_seconds,
        budget.most_cases, budget.most_tests,
    )  # fmt: skip
    with opened(source, environment, slower, workers=workers) as runner:
        asks = [Ask(file, only=tuple(tests), trace=True) for file, tests in by_file.items()]
        kept = kept_runs(runner, asks, work / "runs" / "trace", key, _SLOWER * budget.run_seconds)
        runs = [run for _, run in kept]
        functions = _functions(runs, runner.place)
    lost = {run.file: run.fault.error for run in runs if run.fault is not None}
    cpu = sum(run.cpu_seconds for run in runs)
    return Trace(functions, lost, round(cpu, 2))


def _functions(runs: list[FileRun], place: Place) -> tuple[Traced, ...]:
    met: dict[tuple[str, str, int], list[tuple[FileRun, Reached]]] = defaultdict(list)
    breadth: Counter[str] = Counter()
    for run in runs:
        for one in run.functions:
            met[_relative(one.file, place), one.qualname, one.line].append((run, one))
            breadth.update(one.tests.keys())
    found = []
    for (file, qualname, line), seen in met.items():
        reaches = [
            Reach(test, run.file, depth, direct, breadth[test])
            for run, one in seen
            for test, (depth, direct) in one.tests.items()
        ]
        reaches.sort(key=lambda one: (not one.direct, one.breadth, one.depth, one.test))
        found.append(
            Traced(
                f"{module_of(file)}.{qualname}",
                file,
                qualname,
                line,
                tuple(reaches[:MOST_TESTS]),
                sum(one.direct for one in reaches),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.file, one.line)))


def _relative(file: str, place: Place) -> str:
    """A file as seen from the folder that packages are imported from."""
    if not place.from_tree and "/site-packages/" in file:
        return file.rpartition("/site-packages/")[2]
    return file.removeprefix(f"{place.import_root}/") if place.import_root else file


def module_of(file: str) -> str:
    """The module of a file: `a/b/__init__.py` is a.b."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
