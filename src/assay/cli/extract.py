"""`assay extract`: find the programs in a run's raw completions anew, and grade them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assay.cli.tables import add_engine_options, add_report_options, engine_of, show

if TYPE_CHECKING:
    from assay.cli.parser import Verbs

_DESCRIPTION = """\
Find the programs in the raw completions of a finished run anew, with this version of assay, and
grade them. No model is asked. What changed is said on stderr.
"""


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "extract",
        help="read a run's raw completions anew and regrade",
        description=_DESCRIPTION,
    )
    parser.add_argument("path", metavar="RUN", type=Path, help="a run's directory")
    parser.add_argument(
        "--suite", metavar="SUITE", help="where its tasks are (default: as the run has it)"
    )
    add_report_options(parser)
    add_engine_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Regrade; raises InputError where the run's tasks are no longer what they were."""
    from assay import bench, suites
    from assay.bench.directory import read_record
    from assay.cli.progress import bench_progress, tell

    name = arguments.suite or read_record(arguments.path)["suite"]["from"]
    with bench_progress() as listener:
        done, moved = bench.regrade(
            suites.load(name, tell), arguments.path, engine=engine_of(arguments), progress=listener
        )
    for change, count in sorted(moved.items()):
        print(f"assay: {count:,} answers: {change}", file=sys.stderr)
    if not moved:
        print("assay: every answer came to what it came to before", file=sys.stderr)
    return show(done, arguments)
