"""`assay matrix`: candidates × checks from two files, to a matrix of verdicts."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.cli.tables import add_engine_options
from assay.core.errors import InputError

if TYPE_CHECKING:
    from assay.cli.parser import Verbs
    from assay.core.matrix import Matrix

_EPILOG = """\
CANDIDATES.jsonl holds a program a line:
  {"id": "a", "task": "double", "code": "def double(x): return 2 * x"}
CHECKS.jsonl holds a check a line; every candidate meets every check of its task:
  {"id": "two", "task": "double", "call": "double(1)", "expected": 2}
  {"id": "text", "task": "double", "call": "double(None)", "raises": "TypeError"}
  {"id": "any", "task": "double", "code": "assert double(3) % 2 == 0"}

`expected` is JSON; a string that reads as a Python literal is one ("(1, 2)", "{1, 2}", "'3'"),
any other string is itself. The call runs in the jail, the comparison outside it; `code` runs
inside whole, which is trusted less: `assert CALL == LITERAL` is therefore taken as a call.

What has run before is not run again (--store), so a killed or interrupted run goes on where it
was. Exit codes: 0 done, 2 bad input, 3 some verdicts are our own failures, 4 interrupted.
"""


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "matrix",
        help="run candidates against checks and show the verdicts",
        description="Run every candidate of a task against every check of that task.",
        epilog=_EPILOG,
    )
    parser.add_argument("candidates", nargs="?", metavar="CANDIDATES.jsonl", type=Path)
    parser.add_argument("checks", nargs="?", metavar="CHECKS.jsonl", type=Path)
    parser.add_argument(
        "--env", default="python", metavar="NAME",
        help="environment: python (default), base, torch, or a directory (see `assay env list`)",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep the matrix in this directory")
    parser.add_argument("--show", type=Path, metavar="DIR", help="print a finished matrix and stop")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument(
        "--parquet", type=Path, metavar="FILE", help="also write one row per verdict as Parquet"
    )
    parser.add_argument(
        "--cpu", type=_seconds, metavar="SECONDS", help="CPU seconds for one check (default 5)"
    )
    parser.add_argument(
        "--candidate-cpu", type=_seconds, metavar="SECONDS",
        help="CPU seconds for all checks of one candidate (default 60)",
    )  # fmt: skip
    parser.add_argument(
        "--memory", type=_megabytes, metavar="MB", help="memory of one candidate (default 2048)"
    )
    add_engine_options(parser)
    parser.set_defaults(run=run)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no positive number of seconds")
    return value


def _megabytes(text: str) -> int:
    value = int(text)
    if value < 16:
        raise argparse.ArgumentTypeError("less than 16 MB is too little for an interpreter")
    return value << 20


def run(arguments: argparse.Namespace) -> int:
    from assay.core.matrix import Matrix

    if arguments.show is not None:
        if arguments.candidates is not None:
            raise InputError("--show prints a finished matrix: leave out the two files")
        matrix = Matrix.load(arguments.show)
    else:
        matrix = _run(arguments)
    if arguments.parquet is not None:
        matrix.to_parquet(arguments.parquet)
    _print(matrix, arguments.json)
    return 3 if matrix.harness else 0


def _run(arguments: argparse.Namespace) -> Matrix:
    if arguments.candidates is None or arguments.checks is None:
        raise InputError(
            "matrix needs two files, CANDIDATES.jsonl and CHECKS.jsonl, or --show DIR; "
            "`assay matrix --help` shows a line of each file"
        )
    from assay.cli.progress import progress
    from assay.engine.jsonl import read_candidates, read_checks
    from assay.engine.run import run as run_engine

    candidates = read_candidates(arguments.candidates)
    checks = read_checks(arguments.checks)
    with progress() as listener:
        return run_engine(
            candidates,
            checks,
            arguments.env,
            limits=_limits(arguments),
            workers=arguments.workers,
            out=arguments.out,
            store=arguments.store,
            min_protection=arguments.min_protection,
            progress=listener,
        )


def _limits(arguments: argparse.Namespace) -> Any:
    from assay.core.words import Limits

    given = {
        "check_cpu_seconds": arguments.cpu,
        "candidate_cpu_seconds": arguments.candidate_cpu,
        "memory_bytes": arguments.memory,
    }
    return Limits(**{name: value for name, value in given.items() if value is not None})


def _print(matrix: Matrix, as_json: bool) -> None:
    if as_json:
        json.dump(matrix.to_json(), sys.stdout)
        print()
        return
    from rich.console import Console

    Console().print(matrix)
    if matrix.harness:
        Console(stderr=True).print(
            f"[bold]{matrix.harness} verdicts are failures of ours[/] and count against no "
            "candidate: run the same command again to try those once more"
        )
