"""Does `solve`'s confidence say how often it is right? CodeT's CodeGen-16B samples for HumanEval.

    .venv/bin/python benchmarks/solve_confidence.py [--draws 3 --every K --store FILE]

Of each problem's 100 solutions 20 are drawn, and 10 of its 100 answers with tests, as many as
`assay solve` asks for; they are run and weighed as it does, with `srank`. ECE is the mean distance
between a bin's confidence and its share of right choices, weighted by how many fall into the bin.
Confidence has one constant, the programs imagined to behave otherwise; two-fold, it is chosen on
every other problem by ECE and measured on the rest, both ways.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from agree_codet import files
from measure import Meter, show

_BINS = 10
_DOUBTS = (0, 1, 2)


def pools(options: argparse.Namespace) -> Iterator[Any]:
    """What a solve of each problem might have been given, several times."""
    from assay import suites
    from assay.solve import offered
    from assay.solve.assertions import numbered, read_tests
    from assay.solve.pool import Pool

    with tempfile.TemporaryDirectory() as folder:
        solutions, tests = files(options.data, Path(folder))
        rows = offered.read_rows(tests)
        cases = offered.cases(offered.read_rows(solutions), rows, suites.load("humaneval"))
    drawn = random.Random(11)
    for _ in range(options.draws):
        for case in cases[:: options.every]:
            pool = Pool(case.task)
            for place in sorted(drawn.sample(range(len(case.programs)), options.programs)):
                code = case.programs[place]
                pool.add_program(code or None, "no program", f"original {place}", code)
            answers = list(rows[case.task.id].values())
            for place in sorted(drawn.sample(range(len(answers)), options.tests)):
                found = read_tests(answers[place], case.task.target)
                pool.tests += numbered(found.checks, case.task.id, f"original {place}")
            yield pool


def inner(options: argparse.Namespace) -> None:
    """Weigh all pools, then grade what was chosen, in this process; prints what was found."""
    from assay import suites
    from assay.core.words import Limits
    from assay.engine.session import Session
    from assay.solve.weighing import weigh
    from assay.suites import as_candidate

    limits = Limits(check_cpu_seconds=0.5, candidate_cpu_seconds=2.0, check_wall_seconds=3.0)
    chosen = []
    with Session("python", limits=limits, store=options.store, workers=options.workers) as session:
        for number, pool in enumerate(pools(options)):
            standing = weigh(session, pool, "srank")
            if standing.filled is not None:
                best = standing.clusters[0]
                size = best.size if standing.confidence else 0
                chosen.append((
                    as_candidate(pool.task, str(number), standing.filled.programs[best.row]),
                    (size, len(pool.programs), standing.confidence, standing.judged()[0]),
                ))  # fmt: skip
    tasks = {task.id: task for task in suites.load("humaneval").tasks}
    with Session("python", store=options.store, workers=options.workers) as session:
        programs = [one for one, _ in chosen]
        asked = dict.fromkeys(one.task for one in programs)
        matrix = session.run(programs, [check for name in asked for check in tasks[name].checks])
    told = [
        (one.task, *about, all(matrix.verdict(one.id, check.id).passed
                               for check in tasks[one.task].checks))
        for one, about in chosen
    ]  # fmt: skip
    print(json.dumps(told))


def reliability(tasks: Any, confidence: Any, right: Any) -> tuple[list[list[Any]], float]:
    """A row for each bin of confidence, and the expected calibration error."""
    from assay.study import mean_figure

    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    codes = np.unique(tasks, return_inverse=True)[1]
    rows, error = [], 0.0
    for number in range(_BINS):
        held = bins == number
        if held.any():
            share, mean = right[held].mean(), confidence[held].mean()
            error += held.mean() * abs(share - mean)
            figure = mean_figure("right", right[held].astype(float), codes[held])
            rows.append([f"{number / _BINS:.1f} to {(number + 1) / _BINS:.1f}", int(held.sum()),
                         f"{100 * mean:.1f} %", str(figure).partition(" of ")[0]])  # fmt: skip
    return rows, float(error)


def folded(tasks: Any, sizes: Any, usable: Any, right: Any) -> tuple[list[int], float]:
    """The constant that each half of the problems would choose, and the ECE on the other halves."""
    even = np.unique(tasks, return_inverse=True)[1] % 2 == 0
    fixed, held_out = [], np.empty(len(tasks))
    for half in (even, ~even):
        best = min(_DOUBTS, key=lambda doubt: reliability(
            tasks[half], sizes[half] / (usable[half] + doubt), right[half])[1])  # fmt: skip
        held_out[~half] = (sizes / (usable + best))[~half]
        fixed.append(best)
    return fixed, reliability(tasks, held_out, right)[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/codet"))
    parser.add_argument("--every", type=int, default=1, help="take every K-th problem only")
    parser.add_argument("--draws", type=int, default=3, help="pools of each problem")
    parser.add_argument("--programs", type=int, default=20)
    parser.add_argument("--tests", type=int, default=10, help="answers with tests")
    parser.add_argument("--store", type=Path, help="keep the verdicts there")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner:
        return inner(options)
    meter = Meter()
    with tempfile.TemporaryDirectory() as folder:
        store = str(options.store or Path(folder) / "store.sqlite")
        given = [sys.executable, __file__, *sys.argv[1:], "--inner", "--store", store]
        used = meter.run(given, stderr_through=True)
    columns = (np.array(column) for column in zip(*used.last, strict=True))
    tasks, sizes, usable, confidence, agreed, right = columns
    rows, error = reliability(tasks, confidence, right)
    _, of_agreed = reliability(tasks[agreed], confidence[agreed], right[agreed])
    above = confidence[right][:, None] - confidence[~right][None, :]
    fixed, two_fold = folded(tasks, sizes, usable, right)
    notes = [
        f"ECE {error:.3f} of all {len(tasks)}; {of_agreed:.3f} of the {agreed.sum()} that agree",
        f"ECE of the bare share: {reliability(tasks, sizes / usable, right)[1]:.3f}",
        f"two-fold, programs imagined {fixed[0]} and {fixed[1]}: ECE {two_fold:.3f}",
        f"right: {right.mean():.1%} of all, {right[agreed].mean():.1%} of those that agree",
        "a right choice has the higher confidence in "
        f"{((above > 0) + 0.5 * (above == 0)).mean():.1%} of pairs with a wrong one",
        f"{used.cpu:.0f} CPU s, {used.wall:.0f} s wall; {meter.method}",
    ]
    heads = ["confidence", "choices", "mean", "right"]
    show("solve's confidence, and how often it is right", heads, rows, notes, options.json)
    return None


if __name__ == "__main__":
    main()
