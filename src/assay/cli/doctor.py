"""`assay doctor`: what protects this machine from a candidate, found out by attack."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.cli.parser import Verbs
    from assay.engine.levels import Protection

_EPILOG = """\
Every layer is attacked from where candidates run, with the other layers that would hide it taken
away. The level is the strongest of which every layer held: none, minimal, restricted, strong,
full. Runs refuse below --min-protection (default: restricted).
Exit codes: 0 at or above the default floor, 3 below it.
"""


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "doctor",
        help="show which layers of protection hold on this machine",
        description="Attack each layer of the jail and show which of them hold.",
        epilog=_EPILOG,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from assay.engine.diagnosis import advice, diagnose
    from assay.engine.levels import DEFAULT_FLOOR, LEVELS

    protection = diagnose()
    order = list(LEVELS)
    sound = order.index(protection.level) >= order.index(DEFAULT_FLOOR)
    lacking = {name: advice(name) for name, holds in protection.layers.items() if not holds}
    if arguments.json:
        json.dump(
            {
                "level": protection.level,
                "layers": protection.layers,
                "missing": {
                    name: {"reason": protection.missing.get(name), "advice": text}
                    for name, text in lacking.items()
                },
                "memory_by": protection.memory_by,
                "floor": DEFAULT_FLOOR,
            },
            sys.stdout,
        )
        print()
    else:
        _show(protection, lacking)
    return 0 if sound else 3


def _show(protection: Protection, lacking: dict[str, str]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from assay.engine.levels import LAYERS

    console = Console()
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("layer", "holds", "what it does"):
        table.add_column(heading, style=None if heading == "holds" else "default")
    for name, meaning in LAYERS.items():
        mark = "[green]yes[/]" if protection.layers[name] else "[red]no[/]"
        table.add_row(name, mark, escape(meaning))
    console.print(table)
    console.print(
        f"\nlevel: [bold]{protection.level}[/]   memory bounded by: {protection.memory_by}"
    )
    for name, text in lacking.items():
        reason = protection.missing.get(name)
        console.print(f"\n[bold]{name}[/] is missing" + (f": {escape(reason)}" if reason else ""))
        console.print(f"  {escape(text)}")
