"""`assay smoke`: run a training script in the jail, offline, on synthetic data, in seconds."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.adapt.words import Smoked
    from assay.cli.parser import Verbs

_DESCRIPTION = """\
Run a training script whole, but short: in the jail, offline, on the CPU, on synthetic data of the
right shape, with few epochs and steps. Says what was replaced, how it ended and what it left.
"""
_EPILOG = """\
  assay smoke train.py
  assay smoke train.py --args "--model resnet --lr 0.1" --epochs 1
  assay smoke notebook.ipynb --json

A pyproject.toml beside the script may settle the same, and the data:

  [tool.assay.smoke]
  arguments = "--data faces.csv"
  fixtures."faces.csv" = { columns = { age = "int", smiles = "label" }, rows = 50 }

Exit codes: 0 it ran to its end, 1 it did not, 2 bad input, 3 our side failed.
"""
_MOST_FILES = 12


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "smoke",
        help="does a training script run at all?",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("script", type=Path, metavar="SCRIPT", help="a .py file or a notebook")
    parser.add_argument("--args", metavar="ARGS", help="the script's own command line, in quotes")
    parser.add_argument("--epochs", type=int, metavar="N", help="at most so many (default 2)")
    parser.add_argument(
        "--steps", type=int, metavar="N", help="at most so many in an epoch (default 8)"
    )
    parser.add_argument(
        "--environment", metavar="E", help="where it runs (default: by what it imports)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Smoke-run a script; raises what assay.adapt.smoke raises."""
    from assay.adapt import smoke
    from assay.cli.progress import progress

    text, notes = smoke.script_of(arguments.script)
    settings = smoke.settings_beside(
        arguments.script, arguments=arguments.args, epochs=arguments.epochs, steps=arguments.steps
    )
    prepared = smoke.prepared(text, settings, notes)
    only = smoke.only_for(arguments.environment or smoke.environment_for(text), text)
    with (
        progress() as listener,
        smoke.opened(only, workers=1, progress=listener) as session,
    ):
        smoked = smoke.run(session, prepared)
    if arguments.json:
        print(json.dumps(asdict(smoked)))
    else:
        _print(arguments.script, smoked)
    return {"finished": 0, "harness": 3}.get(smoked.outcome, 1)


def _print(script: Path, smoked: Smoked) -> None:
    if smoked.stdout:
        print(smoked.stdout.rstrip("\n"), end="\n\n")
    for note in smoked.replaced:
        print(f"replaced  {note}")
    for place, (name, digest) in enumerate(smoked.files.items()):
        if place == _MOST_FILES:
            print(f"left      … and {len(smoked.files) - place} more files")
            break
        print(f"left      {name}  {digest[:12]}")
    for name, digest in smoked.weights.items():
        print(f"weights   {name}  {digest[:12]}")
    where = f" at line {smoked.line}" if smoked.line else ""
    why = f": {smoked.message}" if smoked.message else ""
    print(f"{script.name} {smoked.outcome}{where}{why} ({smoked.cpu_seconds:.1f} CPU s)")
