"""`assay runs`: the runs that there are, or one of them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.cli.tables import add_report_options, show

if TYPE_CHECKING:
    from assay.cli.parser import Verbs


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "runs",
        help="list runs, or show one",
        description="List the runs in a folder, or show a finished run again.",
    )
    parser.add_argument("path", metavar="RUN", nargs="?", type=Path, help="show this one")
    parser.add_argument(
        "--in", dest="folder", type=Path, default=Path("runs"), metavar="DIR",
        help="list those in this folder (default: runs)",
    )  # fmt: skip
    add_report_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List or show; raises InputError where there is nothing."""
    from assay import bench

    if arguments.path is not None:
        return show(bench.Run.load(arguments.path), arguments)
    rows = [_about(*found) for found in bench.runs(arguments.folder)]
    if arguments.json:
        print(json.dumps(rows))
    else:
        _print(rows, arguments.folder)
    return 0


def _about(path: Path, record: dict[str, Any] | None, fault: str) -> dict[str, Any]:
    if record is None:
        return {"run": str(path), "fault": fault}
    settings = record["settings"]
    return {
        "run": str(path),
        "suite": record["suite"]["name"],
        "tasks": len(record["tasks"]),
        "contestants": settings["contestants"],
        "samples": settings["samples"] if isinstance(settings["samples"], int) else "recorded",
        "created": record["created"],
        "finished": record.get("finished"),
        "dollars": record["cost"]["dollars"] if "cost" in record else None,
    }


def _print(rows: list[dict[str, Any]], folder: Path) -> None:
    if not rows:
        print(f"no runs in {folder}: `assay bench` and `assay grade` make them")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from assay.bench.run import contestant_name

    grid = Table("run", "tasks", "samples", "contestants", "finished", box=None, pad_edge=False)
    for row in rows:
        if "fault" in row:
            grid.add_row(Text(row["run"]), "", "", Text(row["fault"]), "")
            continue
        who = [contestant_name(one) for one in row["contestants"]]
        more = f" and {len(who) - 1} more" if len(who) > 1 else ""
        ended = (row["finished"] or "not yet: its command goes on with it")[:16].replace("T", " ")
        cells = (row["run"], str(row["tasks"]), str(row["samples"]), f"{who[0]}{more}", ended)
        grid.add_row(*map(Text, cells))
    Console().print(grid)
