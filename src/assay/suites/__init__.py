"""Suites: sets of tasks on disk; finding, selecting, verifying and importing them.

>>> from assay import suites
>>> starter = suites.load("starter")                                    # doctest: +SKIP
>>> part = suites.select(starter, {"stage": "training"}, limit=10)      # doctest: +SKIP
>>> suites.verify(part).failed                                          # doctest: +SKIP
()
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from assay.suites.directory import save
from assay.suites.finding import about, fetch, load, names
from assay.suites.selection import labels, select
from assay.suites.suite import Suite

if TYPE_CHECKING:
    from assay.suites.importers import import_suite
    from assay.suites.mutants import Mutant, mutate
    from assay.suites.programs import as_candidate
    from assay.suites.report import Report, TaskReport
    from assay.suites.verification import verify

# At first use: they bring the engine along, and numpy with it.
_LAZY = {
    "Mutant": "mutants",
    "Report": "report",
    "TaskReport": "report",
    "as_candidate": "programs",
    "import_suite": "importers",
    "mutate": "mutants",
    "verify": "verification",
}

__all__ = [
    "Mutant",
    "Report",
    "Suite",
    "TaskReport",
    "about",
    "as_candidate",
    "fetch",
    "import_suite",
    "labels",
    "load",
    "mutate",
    "names",
    "save",
    "select",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        value = getattr(importlib.import_module(f"assay.suites.{_LAZY[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
