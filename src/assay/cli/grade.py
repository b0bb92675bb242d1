"""`assay grade`: grade completions that were made elsewhere."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from assay.cli.tables import add_engine_options, add_report_options, engine_of, show

if TYPE_CHECKING:
    from assay.cli.parser import Verbs

_EPILOG = """\
FILE.jsonl holds completions, raw as the model gave them, a line each:
  {"task": "HumanEval/0", "completion": "..."}
  {"task": "HumanEval/1", "samples": ["...", "..."]}

Several lines of one task are its samples, in order. Tasks that the file does not have are left
out, and named. Exit codes: 0 done, 2 bad input, 3 some answers are failures of ours, 4 stopped.
"""


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "grade",
        help="grade completions made elsewhere",
        description="Grade recorded completions on a suite and show the figures.",
        epilog=_EPILOG,
    )
    parser.add_argument("suite", metavar="SUITE", help="a name or a path (`assay suite list`)")
    parser.add_argument("file", metavar="FILE.jsonl", type=Path)
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run's directory")
    add_report_options(parser)
    add_engine_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Grade; raises what assay.bench.bench raises."""
    import sys

    from assay import bench, suites
    from assay.cli.progress import bench_progress, tell

    suite = suites.load(arguments.suite, tell)
    contest = bench.recorded(suite, arguments.file)
    missing = len(suite.tasks) - len(contest.suite.tasks)
    if missing:
        print(
            f"assay: {missing} of {len(suite.tasks)} tasks of {suite.name} have no completion in "
            f"{arguments.file}: the figures are of the other {len(contest.suite.tasks)}",
            file=sys.stderr,
        )
    with bench_progress() as listener:
        done = bench.bench(contest, arguments.out, engine=engine_of(arguments), progress=listener)
    return show(done, arguments)
