"""How long a matrix of a million verdicts takes to build, save, load and read.

    .venv/bin/python benchmarks/matrix_load.py [--tasks 1000 --candidates 20 --checks 50 --runs 5]

Prints a table; each figure is the median of the runs, in CPU seconds of this process. Files are in
the page cache, as they are after a run.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from assay.core.matrix import Matrix, MatrixBuilder, TaskBlock
from assay.core.outcomes import Outcome
from assay.core.words import Evidence


def build(tasks: int, candidates: int, checks: int) -> Matrix:
    """A matrix where every third verdict is a failure with one of 100,000 evidence records."""
    blocks = [
        TaskBlock(
            f"task-{t}",
            tuple(f"task-{t}/candidate-{c}" for c in range(candidates)),
            tuple(f"check-{k}" for k in range(checks)),
            ("value",) * checks,
        )
        for t in range(tasks)
    ]
    builder = MatrixBuilder(blocks)
    level = builder.add_protection("namespaces")
    for t in range(tasks):
        for c in range(candidates):
            for k in range(checks):
                failed = (t + c + k) % 3 == 0
                evidence = -1
                if failed:
                    evidence = builder.add_evidence(
                        Evidence(value=f"answer {(t * 7919 + c * 31 + k) % 100_000}")
                    )
                outcome = Outcome.FAILED if failed else Outcome.PASSED
                builder.set(t, c, k, outcome, c % 3 + 1, 0.001, evidence, level)
    return builder.finish({"job": "benchmark"})


def measured(work: Callable[[], Any], runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return median(times)


def random_verdicts(matrix: Matrix, checks: int, count: int) -> None:
    pick = random.Random(1)
    for candidate in pick.choices(matrix.candidates, k=count):
        matrix.verdict(candidate, f"check-{pick.randrange(checks)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("tasks", 1000), ("candidates", 20), ("checks", 50), ("runs", 5)):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report(asked, Path(folder) / "matrix")


def report(asked: argparse.Namespace, path: Path) -> None:
    shape = asked.tasks, asked.candidates, asked.checks
    matrix = build(*shape)
    matrix.save(path)
    loaded = Matrix.load(path)
    works: dict[str, Callable[[], Any]] = {
        "build": lambda: build(*shape),
        "save": lambda: matrix.save(path),
        "load": lambda: Matrix.load(path),
        "outcomes()": loaded.outcomes,
        "passed_by_candidate()": loaded.passed_by_candidate,
        "clusters() of every task": lambda: [loaded.clusters(task) for task in loaded.tasks],
        "10,000 × verdict()": lambda: random_verdicts(loaded, asked.checks, 10_000),
        "to_json()": loaded.to_json,
        "==": lambda: loaded == matrix,
    }
    cells = asked.tasks * asked.candidates * asked.checks
    table = Table(title=f"{cells:,} verdicts, median of {asked.runs} runs")
    table.add_column("what")
    table.add_column("CPU s", justify="right")
    for name, work in works.items():
        table.add_row(name, f"{measured(work, asked.runs):.4f}")
    console = Console()
    console.print(table)
    size = sum(file.stat().st_size for file in path.iterdir())
    console.print(f"{size / 1e6:.1f} MB on disk")


if __name__ == "__main__":
    main()
