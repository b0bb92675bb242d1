"""bench: how good a model is at ML code, in figures that one can trust.

>>> from assay import bench, models, suites                             # doctest: +SKIP
>>> contest = bench.Contest(                                            # doctest: +SKIP
...     suites.load("starter"), [models.load("embedded")], [bench.solver("plain")], samples=5
... )
>>> run = bench.bench(contest)                                          # doctest: +SKIP
>>> run.study().figures()["pass@1"]                                     # doctest: +SKIP

A contest says what is compared; `bench` runs it, in a directory that holds everything and goes on
after any kill; `Report` reads the figures off, `compare_runs` sets two runs side by side.
"""

from __future__ import annotations

from assay.bench.comparing import Pair, compare_runs
from assay.bench.contest import Contest, Contestant
from assay.bench.report import Report
from assay.bench.run import Run, runs
from assay.bench.running import Progress, bench, price, recorded, regrade
from assay.bench.scoring import Engine
from assay.bench.solvers import solver
from assay.bench.styles import styled
from assay.models.solvers import Setting

__all__ = [
    "Contest",
    "Contestant",
    "Engine",
    "Pair",
    "Progress",
    "Report",
    "Run",
    "Setting",
    "bench",
    "compare_runs",
    "price",
    "recorded",
    "regrade",
    "runs",
    "solver",
    "styled",
]
