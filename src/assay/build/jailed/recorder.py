"""A plugin for pytest: which tests there are, which of them run, and what became of each."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from .tracer import Tracer

_AF_UNIX = 1
_NETWORK_EVENTS = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"}
_MOST_SAID = 300
# Wall seconds to each CPU second of a test: they only stop sleepers, and machines are shared.
_WALL = 6


@dataclass
class Task:
    """One file to run. With `only`, those tests of it; `without` some; at most `most_cases` cases
    of one parametrised test and `most_tests` in all, evenly spread. `hidden` is kept out of the
    tree. `distribution` is the library's name and version, for those that ask for them. `trace`
    names the folders or modules whose functions are looked for."""

    root: str
    file: str
    tests: list[str]
    hidden: list[str] = field(default_factory=list)
    distribution: list[str] = field(default_factory=list)
    import_root: str = ""
    from_tree: bool = True
    only: list[str] | None = None
    without: list[str] = field(default_factory=list)
    most_cases: int = 12
    most_tests: int = 400
    test_seconds: float = 10.0
    file_seconds: float = 60.0
    seed: int = 0
    options: list[str] = field(default_factory=list)
    trace: list[str] | None = None


class TooSlow(BaseException):
    """A test used more time than it is given. Not an Exception, which tests like to catch."""


class Recorder:
    """What pytest calls; `found` says what was seen."""

    def __init__(self, task: Task, tree: str) -> None:
        self._task = task
        self._tests: dict[str, dict[str, Any]] = {}
        self._left_out = {"cases": 0, "tests": 0, "budget": 0}
        self._file_error: dict[str, Any] | None = None
        self._running: str | None = None
        self._network = False
        self._started = time.process_time()
        self._progress = os.dup(1)
        self._tracer = Tracer(tree, task.file, task.trace) if task.trace is not None else None
        sys.addaudithook(self._audit)
        for number in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(number, _too_slow)

    def found(self) -> dict[str, Any]:
        return {
            "tests": self._tests,
            "left_out": self._left_out,
            "file_error": self._file_error,
            "functions": self._tracer.functions() if self._tracer else [],
            "cpu": time.process_time() - self._started,
        }

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _NETWORK_EVENTS or (event == "socket.__new__" and arguments[1] != _AF_UNIX):
            self._network = True

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        wanted = list(items)
        if self._task.only is not None:
            only = set(self._task.only)
            wanted = [item for item in wanted if item.nodeid in only]
        else:
            wanted = self._sample(wanted)
        without = set(self._task.without)
        wanted = [item for item in wanted if item.nodeid not in without]
        kept = set(map(id, wanted))
        dropped = [item for item in items if id(item) not in kept]
        items[:] = wanted
        if dropped:
            config.hook.pytest_deselected(items=dropped)

    def _sample(self, items: list[pytest.Item]) -> list[pytest.Item]:
        cases: dict[str, list[pytest.Item]] = {}
        for item in items:
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
        kept = [one for group in cases.values() for one in _spread(group, self._task.most_cases)]
        self._left_out["cases"] = len(items) - len(kept)
        chosen = _spread(kept, self._task.most_tests)
        self._left_out["tests"] = len(kept) - len(chosen)
        return chosen

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        if time.process_time() - self._started > self._task.file_seconds:
            self._left_out["budget"] += 1
            item.add_marker(pytest.mark.skip(reason="assay: no time left for this file"))
            yield
            self._tests.pop(item.nodeid, None)
            return None
        self._begin(item.nodeid)
        before = time.process_time()
        try:
            if self._tracer:
                with self._tracer.test(item.nodeid):
                    return (yield)
            return (yield)
        finally:
            _timers(0.0)
            self._tests[item.nodeid]["seconds"] = round(time.process_time() - before, 4)
            self._running = None

    def _begin(self, test: str) -> None:
        # The last one that was begun is known even when it takes the process with it.
        os.write(self._progress, f"\n@{test}\n".encode())
        self._tests[test] = {"outcome": "passed", "seconds": 0.0}
        self._running = test
        self._network = False
        _seed(self._task.seed)
        _timers(self._task.test_seconds)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = self._tests.get(report.nodeid)
        if told is None:
            return
        if hasattr(report, "wasxfail"):
            told.update(
                outcome="skipped", error=f"expected to fail: {report.wasxfail}"[:_MOST_SAID]
            )
        elif report.skipped:
            told.update(outcome="skipped", error=_reason(report.longrepr))
        elif report.failed and told["outcome"] == "passed":
            told["outcome"] = "failed"  # told by `pytest_exception_interact`, as a rule

    def pytest_exception_interact(self, node: Any, call: pytest.CallInfo[Any], report: Any) -> None:
        if call.excinfo is None:
            return
        told = {**_described(call.excinfo.value), "network": self._network}
        if isinstance(report, pytest.CollectReport):
            self._file_error = {**told, "skipped": False}
            return
        slow = "TooSlow" in told["kinds"]
        seen = self._tests.setdefault(node.nodeid, {"seconds": 0.0})
        if seen.get("outcome") != "slow":
            seen.update(told, outcome="slow" if slow else "failed")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._file_error = {
                "error": _reason(report.longrepr), "kinds": [], "network": False, "skipped": True,
            }  # fmt: skip


def _timers(seconds: float) -> None:
    """CPU seconds that one test may use, and wall seconds for those that only wait."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, _WALL * seconds)


def _too_slow(number: int, _: Any) -> None:
    what = "CPU" if number == signal.SIGPROF else "wall"
    raise TooSlow(f"over its {what} time")


def _seed(seed: int) -> None:
    """Other numbers in each of the runs: a test that passes by luck shows itself."""
    random.seed(seed)
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed(seed)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.default_generator.manual_seed(seed)


def _spread(items: list[Any], most: int) -> list[Any]:
    if len(items) <= most:
        return items
    return [items[(2 * n + 1) * len(items) // (2 * most)] for n in range(most)]


def _reason(told: Any) -> str:
    return str(told[2] if isinstance(told, tuple) else told)[:_MOST_SAID]


def _described(error: BaseException) -> dict[str, Any]:
    """An exception and what caused it: the names of all their classes, the first one's text."""
    kinds: list[str] = []
    said: list[str] = []
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting and len(seen) < 20:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        kinds += [kind.__name__ for kind in type(one).__mro__ if kind not in (object, Exception)]
        said.append(_text(one))
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
    text = f"{type(error).__name__}: {' '.join(_text(error).split())}"[:_MOST_SAID]
    return {"error": text, "kinds": list(dict.fromkeys(kinds)), "all": " ".join(said)[:1000]}


def _text(error: BaseException) -> str:
    if type(error).__name__ == "FixtureLookupError":  # has no text of its own
        return f"fixture '{getattr(error, 'argname', '')}' not found"
    try:
        return str(error)[:2000]
    except BaseException:
        return "(its message cannot be shown)"
