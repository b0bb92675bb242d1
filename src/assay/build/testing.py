"""Which of a library's tests can be relied on: the clean suite, three times, in the jail.

Each file runs in a process of its own, with other random seeds each time and without a network.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.build import records
from assay.build.faults import BuildFault
from assay.build.fetch import Source
from assay.build.running import Ask, Budget, FileRun, Runner, Seen, kept_runs, opened
from assay.core.digests import digest
from assay.core.words import Environment

_VERSION = "tests/2"
RUNS = 3
# What can become of a test, and what each means.
VERDICTS = {
    "stable": "passed every time",
    "flaky": "did not always end the same way",
    "network": "asks for the network, which a jail does not have",
    "data": "a file is missing that the source does not bring along",
    "gpu": "asks for hardware that is not here",
    "missing": "imports a package that the environment does not have",
    "slow": "used more than the time a test is given",
    "skipped": "skips itself, or is expected to fail",
    "broken": "fails every time",
}
_NETWORK_KINDS = {
    "URLError", "gaierror", "ConnectionError", "HTTPError", "MaxRetryError", "NewConnectionError",
    "ConnectTimeout", "OfflineModeIsEnabled", "LocalEntryNotFoundError", "RequestException",
}  # fmt: skip
_NETWORK_WORDS = re.compile(
    r"gloo|\bnccl\b.*init|rendezvous|TCPStore|socket|name resolution|Network is unreachable"
    r"|connection (error|refused)|failed to (connect|download)|couldn't connect", re.I
)  # fmt: skip
_HARDWARE = re.compile(
    r"cuda|\bgpus?\b|nccl|horovod|\bxla\b|\btpu|\bmps\b|hardware|multi.?device", re.I
)
_DATA_KINDS = {"FileNotFoundError", "NotADirectoryError"}
_DATA_WORDS = re.compile(r"Resource \S+ not found|dataset not found|data(set)? (is|was) not", re.I)
_MISSING = re.compile(
    r"No module named '([^']+)'|fixture '(\w+)' not found|could not import '([^']+)'"
)


@dataclass(frozen=True, slots=True)
class Tested:
    """One test: its verdict with the cause in a few words, and the CPU seconds it takes."""

    test: str
    file: str
    verdict: str
    cause: str
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class CleanSuite:
    """What the clean suite showed. `files` are those of which no test could be run, by cause;
    `left_out` counts what was not run to keep to the budget."""

    tests: tuple[Tested, ...]
    files: tuple[Tested, ...]
    left_out: dict[str, int]
    protection: str
    cpu_seconds: float

    @property
    def stable(self) -> list[Tested]:
        return [one for one in self.tests if one.verdict == "stable"]

    def counts(self) -> dict[str, int]:
        """Tests by verdict, in the order of `VERDICTS`."""
        found = Counter(one.verdict for one in self.tests)
        return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}

    def lines(self) -> Iterator[str]:
        """What to tell: counts, the most frequent causes, what was left out."""
        yield f"tests: {', '.join(f'{n} {name}' for name, n in self.counts().items()) or 'none'}"
        for verdict in VERDICTS:
            causes = Counter(one.cause for one in self.tests if one.verdict == verdict)
            if verdict != "stable":
                yield from (f"tests: {n} {verdict}: {why}" for why, n in causes.most_common(3))
        yield from (f"tests: {one.file} not run: {one.verdict}: {one.cause}" for one in self.files)
        told = ", ".join(f"{n} {what}" for what, n in self.left_out.items() if n)
        if told:
            yield f"tests: left out to keep to the budget: {told}"


def run_tests(
    source: Source,
    environment: Environment,
    work: Path,
    *,
    budget: Budget | None = None,
    workers: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> CleanSuite:
    """Run the library's tests three times and classify each by what it did.

    Within the budget: of a big suite, files are sampled, of a big file tests, of a parametrised
    test cases, and what was left out is counted. Goes on where an earlier call was stopped.
    Raises BuildFault when there are no tests or none of them is stable, and what the engine
    raises.
    """
    budget = budget or Budget()
    key = records.key_of(_VERSION, source, environment, budget)
    place = work / "tests.json"
    found = records.read(CleanSuite, place, key)
    if found is None:
        if not source.tests:
            raise BuildFault(
                "tests", "no tests",
                f"{source.name} {source.version} ships no tests in its {source.kind}: try another "
                "source, or give it differential checks",
            )  # fmt: skip
        with opened(
            source, environment, budget,
            workers=workers, progress=progress,
        ) as runner:  # fmt: skip
            runs = list(_runs(runner, budget, work, key, progress or (lambda _: None)))
        found = _suite(runs, runner)
        records.write(place, key, found)
    if not found.stable:
        raise BuildFault("tests", "none stable", "\n".join(found.lines()))
    return found


def _runs(
    runner: Runner, budget: Budget, work: Path, key: str, progress: Callable[[str], None]
) -> Iterator[dict[str, FileRun]]:
    first: dict[str, FileRun] = {}
    # Sampled by chance, always the same: files of one kind lie side by side.
    files = sorted(runner.place.files, key=lambda name: digest("sample/1", name))
    for number in range(RUNS):
        asks = [Ask(name, seed=number) for name in files] if number == 0 else _again(first, number)
        place = work / "runs" / str(number + 1)
        done = dict(kept_runs(runner, asks, place, key, budget.run_seconds))
        passed = sum(one.outcome == "passed" for run in done.values() for one in run.tests.values())
        progress(f"run {number + 1} of {RUNS}: {passed} tests passed in {len(done)} files")
        first = first or done
        yield done


def _again(first: dict[str, FileRun], number: int) -> list[Ask]:
    """What ran to an end the first time, in the second and third: to see whether it ends alike."""
    asks = []
    for run in first.values():
        only = tuple(name for name, one in run.tests.items() if _may_change(one))
        if only:
            asks.append(Ask(run.file, only=only, seed=number))
    return asks


def _may_change(seen: Seen) -> bool:
    if seen.outcome == "passed":
        return True
    return seen.outcome == "failed" and _cause(seen)[0] == "broken"


def _suite(runs: list[dict[str, FileRun]], runner: Runner) -> CleanSuite:
    first = runs[0]
    left_out: Counter[str] = Counter()
    for run in first.values():
        left_out.update({_LEFT_OUT.get(what, what): n for what, n in run.left_out.items()})
    left_out["files"] = len(runner.place.files) - len(first)
    tests = [
        _tested(name, file, [run[file].tests.get(name) if file in run else None for run in runs])
        for file, run_ in sorted(first.items())
        for name in sorted(run_.tests)
    ]
    files = [
        Tested("", file, *_cause(run.fault), run.cpu_seconds)
        for file, run in sorted(first.items())
        if run.fault is not None and not any(o.outcome == "passed" for o in run.tests.values())
    ]
    cpu = sum(run.cpu_seconds for one in runs for run in one.values())
    kept = {what: n for what, n in left_out.items() if n}
    return CleanSuite(tuple(tests), tuple(files), kept, runner.protection, round(cpu, 2))


_LEFT_OUT = {
    "cases": "further cases of parametrised tests",
    "tests": "further tests of long files",
    "budget": "tests after their file's time was up",
}


def _tested(name: str, file: str, seen: list[Seen | None]) -> Tested:
    there = [one for one in seen if one is not None]
    seconds = max((one.seconds for one in there), default=0.0)
    first = there[0]
    outcomes = {one.outcome for one in there}
    if outcomes == {"passed"}:
        if len(there) == RUNS:
            return Tested(name, file, "stable", "", seconds)
        return Tested(name, file, "slow", "no time was left for another run of it", seconds)
    if len(outcomes) > 1:
        passed = sum(one.outcome == "passed" for one in there)
        other = next(one for one in there if one.outcome != "passed")
        why = f"passed {passed} of {len(there)}, else {_short(other.error)}"
        # One that is just at its limit is slow, not fickle.
        return Tested(name, file, "slow" if "slow" in outcomes else "flaky", why, seconds)
    return Tested(name, file, *_cause(first), seconds)


def _cause(seen: Seen) -> tuple[str, str]:
    """Why a test, or a whole file, did not pass: the verdict, and a few words."""
    text = f"{seen.error} {seen.said}"
    if seen.outcome == "slow" or "timeout" in seen.kinds:
        return "slow", _short(seen.error)
    missing = _MISSING.search(text)
    if missing:
        return "missing", f"needs {next(filter(None, missing.groups()))}"
    if seen.outcome == "skipped":
        return ("gpu" if _HARDWARE.search(text) else "skipped"), _short(seen.error)
    if seen.network or _NETWORK_KINDS & set(seen.kinds) or _NETWORK_WORDS.search(text):
        return "network", _short(seen.error)
    if _DATA_KINDS & set(seen.kinds) or _DATA_WORDS.search(text):
        return "data", _short(seen.error)
    if re.search(r"no cuda|not compiled with cuda|nvidia driver|No CUDA GPUs", text, re.I):
        return "gpu", _short(seen.error)
    return "broken", _short(seen.error)


def _short(text: str) -> str:
    # Addresses differ from run to run, and would keep equal causes apart.
    return " ".join(re.sub(r"0x[0-9a-f]{6,}", "0x…", text).split())[:160] or "no message"
