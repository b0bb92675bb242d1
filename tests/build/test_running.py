"""A library's suite in the jail: what becomes of each kind of test, and what tests reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assay.build.candidates import candidates
from assay.build.faults import BuildFault
from assay.build.fetch import Source, fetch
from assay.build.needs import needs
from assay.build.running import Budget
from assay.build.testing import CleanSuite, run_tests
from assay.build.tracing import Trace, trace
from assay.core.words import Environment
from tests.build.conftest import write_library

pytestmark = pytest.mark.slow
BUDGET = Budget(test_seconds=1.0, file_seconds=20.0, most_cases=5)


class Built:
    """The tiny library, taken through fetch, needs, tests and trace once for this module."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        self.library = write_library(folder / "project")
        self.source: Source = fetch("tinylearn", self.work, str(self.library))
        self.environment: Environment = needs(self.source, self.work).environment
        self.told: list[str] = []
        self.suite: CleanSuite = run_tests(
            self.source, self.environment, self.work,
            budget=BUDGET, workers=2, progress=self.told.append,
        )  # fmt: skip
        self.trace: Trace = trace(
            self.source, self.environment, self.suite, self.work, budget=BUDGET, workers=2
        )

    def verdict(self, name: str) -> tuple[str, str]:
        found = next(one for one in self.suite.tests if one.test.endswith(f"::{name}"))
        return found.verdict, found.cause


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("tiny")
    before = os.environ.get("ASSAY_CACHE")
    os.environ["ASSAY_CACHE"] = str(folder / "cache")
    try:
        return Built(folder)
    except BuildFault as fault:
        if fault.cause == "network":
            pytest.skip(f"the index cannot be reached: {fault}")
        raise
    finally:
        os.environ.pop("ASSAY_CACHE")
        if before is not None:
            os.environ["ASSAY_CACHE"] = before


@pytest.mark.parametrize(
    ("name", "verdict", "cause"),
    [
        ("test_temperature", "stable", ""),
        ("test_shipped_file", "stable", ""),
        ("test_writes_beside_itself", "stable", ""),
        ("test_tmp", "stable", ""),
        ("test_by_luck", "flaky", "passed 2 of 3"),
        ("test_network", "network", "URLError"),
        ("test_missing_file", "data", "never-shipped.csv"),
        ("test_gpu", "gpu", "needs CUDA"),
        ("test_expected", "skipped", "expected to fail"),
        ("test_slow", "slow", "CPU time"),
        ("test_waits", "slow", "wall time"),
        ("test_broken", "broken", "never equal"),
        ("test_fixture", "missing", "mocker_of_nobody"),
        ("test_still_runs", "stable", ""),
        ("test_before", "stable", ""),
        ("test_ends_the_process", "broken", "crashed"),
        ("test_after", "stable", ""),
    ],
)
def test_verdicts(built: Built, name: str, verdict: str, cause: str) -> None:
    found = built.verdict(name)
    assert found[0] == verdict
    assert cause in found[1]


def test_files_and_what_was_left_out_are_told(built: Built) -> None:
    assert [(one.file, one.verdict) for one in built.suite.files] == [
        ("tests/test_import.py", "missing")
    ]
    assert built.suite.left_out == {"further cases of parametrised tests": 35}
    told = "\n".join(built.suite.lines())
    assert "needs never_published_package" in told
    assert "1 flaky" in told
    assert any("run 3 of 3" in line for line in built.told)


def test_resumed(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.build.testing.opened", None)
    again = run_tests(built.source, built.environment, built.work, budget=BUDGET)
    assert again == built.suite


def test_trace(built: Built) -> None:
    found = built.trace.by_name()
    softmax = found["tinylearn.scores.softmax"]
    assert softmax.qualname == "softmax"
    by_test = {reach.test.rpartition("::")[2]: reach for reach in softmax.tests}
    assert (by_test["test_temperature"].depth, by_test["test_temperature"].direct) == (1, True)
    assert (by_test["test_loss"].depth, by_test["test_loss"].direct) == (2, False)
    directs = [reach.direct for reach in softmax.tests]
    assert directs == sorted(directs, reverse=True)
    assert found["tinylearn.scores.Classifier.__init__"].direct == 3
    assert "tinylearn.scores.banner" not in found


def test_candidates(built: Built) -> None:
    found = candidates(built.source, built.trace, built.work)
    names = {one.definition.qualname: one for one in found.considered}
    assert not names["softmax"].refused
    assert names["softmax"].direct >= 3
    assert not names["entropy_loss"].refused
    assert not names["Classifier"].refused
    assert not names["Classifier.predict"].refused
    assert "only hands on to softmax" in names["hand_on"].refused
    assert "a test helper by its name" in names["assert_close"].refused
    refused = " ".join(names["banner"].refused)
    assert "little DL/ML content" in refused
    assert "0 stable tests" in refused


@pytest.mark.usefixtures("cache")
def test_a_library_without_tests(tmp_path: Path) -> None:
    library = write_library(tmp_path / "bare", with_tests=False)
    source = fetch("tinylearn", tmp_path / "work", str(library))
    with pytest.raises(BuildFault, match="ships no tests") as raised:
        run_tests(source, Environment("python"), tmp_path / "work")
    assert (raised.value.step, raised.value.cause) == ("tests", "no tests")


@pytest.mark.usefixtures("cache")
def test_what_would_have_to_be_compiled(tmp_path: Path) -> None:
    library = write_library(tmp_path / "compiled")
    (library / "src" / "tinylearn" / "fast.pyx").write_text("cdef int x = 1\n")
    source = fetch("tinylearn", tmp_path / "work", str(library))
    assert not source.is_pure
    with pytest.raises(BuildFault, match="without building it") as raised:
        run_tests(source, Environment("python"), tmp_path / "work")
    assert (raised.value.step, raised.value.cause) == ("tests", "compiled")
