"""Runs one test of a library in the candidate's process: what a check of that kind calls.

Put into the zygote as the module `library_tests`; the folder of the tests is the first of
ASSAY_TREES. Nothing in it is trusted: the candidate is in the same process.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
import tempfile
from typing import Any

import pytest

# As when the clean suite was run: a project's own options ask for reports, plugins, processes.
_OVERRIDES = ("addopts=", "filterwarnings=", "required_plugins=", "xfail_strict=false")
OPTIONS: tuple[str, ...] = ()
IMPORT_ROOT = ""
_SHOWN = 1500


class _Single:
    """Lets one test of those that were found run, and sees what becomes of it."""

    def __init__(self, test: str) -> None:
        self.test = test
        self.phases: list[tuple[str, str]] = []
        self.why = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid == self.test][:1]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcome = "xfail" if hasattr(report, "wasxfail") else report.outcome
        self.phases.append((str(report.when), outcome))
        if outcome != "passed" and not self.why:
            self.why = str(report.longrepr)[-_SHOWN:]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.passed and not self.why:
            self.why = str(report.longrepr)[-_SHOWN:]


def passed(test: str) -> bool:
    """True if exactly that test, by its node id, runs and passes; AssertionError else: one that is
    skipped, deselected or expected to fail has not passed."""
    tree = os.path.join(os.environ["ASSAY_TREES"].split(os.pathsep)[0], "tree")
    _settle(tree)
    random.seed(0)
    single = _Single(test)
    overrides = [word for one in _OVERRIDES for word in ("-o", one)]
    code = pytest.main(
        [
            "-p", "no:cacheprovider", "-p", "no:faulthandler", "--capture=sys", "--tb=short", "-q",
            "--no-header", f"--rootdir={tree}", *overrides, *OPTIONS, test.partition("[")[0],
        ],
        plugins=[single],
    )  # fmt: skip
    wanted = [("setup", "passed"), ("call", "passed"), ("teardown", "passed")]
    if int(code) != 0 or single.phases != wanted:
        raise AssertionError(f"{test} did not pass: {single.why or single.phases or code}")
    return True


def _settle(tree: str) -> None:
    """Work in the tests' folder, which is read-only; what they write goes to scratch."""
    for place in ("/private/tmp", os.environ.get("TMPDIR", "/tmp")):
        if os.access(place, os.W_OK):
            os.environ.update(TMPDIR=place, HOME=place, HYPOTHESIS_STORAGE_DIRECTORY=place)
            tempfile.tempdir = place
            break
    # The library was imported before its tests' folder could be seen: what is the same package
    # goes on there, and has another file than pytest expects.
    os.environ["PY_IGNORE_IMPORTMISMATCH"] = "1"
    for name, module in list(sys.modules.items()):
        beneath = os.path.join(tree, IMPORT_ROOT, *name.split("."))
        paths: Any = getattr(module, "__path__", None)
        if isinstance(paths, list) and beneath not in paths and os.path.isdir(beneath):
            paths.append(beneath)
    with contextlib.suppress(OSError):
        os.chdir(tree)
