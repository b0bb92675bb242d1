"""`assay compare`: two runs side by side, or the contestants of one."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.bench import Pair
    from assay.cli.parser import Verbs

_EPILOG = """\
The difference is paired by task, with an interval and an exact test; "tied" means that one cannot
tell. Runs that rest on different tasks, environments, scorers or limits are refused.
"""


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "compare",
        help="which of two runs is better",
        description="Set the contestants of two runs side by side, task by task.",
        epilog=_EPILOG,
    )
    parser.add_argument("first", metavar="RUN", type=Path)
    parser.add_argument(
        "second", metavar="RUN", type=Path, nargs="?",
        help="without it, the contestants of the first are compared with each other",
    )  # fmt: skip
    parser.add_argument("--k", type=int, default=1, help="by pass@K (default 1)")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare; raises InputError where the runs cannot be compared."""
    from assay import bench

    first = bench.Run.load(arguments.first)
    second = bench.Run.load(arguments.second) if arguments.second else first
    pairs = bench.compare_runs(first, second, arguments.k)
    if arguments.json:
        print(json.dumps({"k": arguments.k, "pairs": [pair.to_json() for pair in pairs]}))
        return 0
    for pair in pairs:
        _print(pair)
    return 0


def _print(pair: Pair) -> None:
    found = pair.comparison
    print(f"first   {pair.first}: {found.first.name} {found.first}")
    print(f"second  {pair.second}: {found.second.name} {found.second}")
    verdict = {"better": "the second is better", "worse": "the second is worse"}
    told = str(found).partition(": ")[2]
    print(f"        {verdict.get(found.outcome, 'tied: one cannot tell')}: {told}")
    if found.left_out:
        print(f"        {found.left_out} tasks have answers in one of them only")
    print()
