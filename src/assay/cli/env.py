"""`assay env`: the environments that candidates run in."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from assay.cli.parser import add_verb, add_verbs
from assay.core.errors import EnvironmentUnknown, InputError

if TYPE_CHECKING:
    from assay.cli.parser import Verbs
    from assay.core.words import Environment
    from assay.engine.environments import Record

_DESCRIPTION = """\
Candidates run in environments: locked sets of packages, known by a digest. An environment is built
into the cache when it is first needed, or here, ahead of that. Its packages come from wherever pip
or uv is set up to find them.
"""
_YOUR_OWN = """\
An environment of your own is a TOML file, named by its path, with a requirements file beside it:

  description = "the data frames we use"
  requirements = "frames.txt"       # uv pip compile --generate-hashes frames.in -o frames.txt
  imports = ["polars"]              # already imported when a candidate starts

ASSAY_CACHE names another place for the cache.
"""


def register(verbs: Verbs) -> None:
    """Add `env` and what it can do."""
    parser = add_verb(verbs, "env", "the environments that candidates run in", _DESCRIPTION)
    parser.epilog = _YOUR_OWN
    parser.set_defaults(run=run)
    actions = add_verbs(parser)
    listed = add_verb(actions, "list", "what there is, and what of it is built")
    listed.epilog = "Shipped environments come first, then what else is in the cache."
    build = add_verb(
        actions, "build", "build an environment now rather than when it is first needed"
    )
    where = add_verb(actions, "path", "print the directory of a built environment")
    where.epilog = "For example: $(assay env path base)/bin/python -c 'import numpy'"
    gone = add_verb(actions, "remove", "take an environment out of the cache, in all its versions")
    gone.epilog = "It is built again when it is needed."
    for action in (build, where):
        action.add_argument("environment", metavar="NAME|PATH", help="as `assay env list` has it")
    gone.add_argument("environment", metavar="NAME", help="as `assay env list` has it")
    for action in (listed, build, where):
        action.add_argument("--json", action="store_true", help="print JSON, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Do one action; raises EnvironmentUnknown, InputError or EnvironmentBuildError."""
    return {"list": _list, "build": _build, "path": _path, "remove": _remove}[arguments.action](
        arguments
    )


def _list(arguments: argparse.Namespace) -> int:
    from assay.engine import environments

    rows = [_row(environments.load(name)) for name in environments.names()]
    shown = {row["path"] for row in rows}
    rows += [_row_of(one) for one in environments.built() if str(one.prefix) not in shown]
    if arguments.json:
        print(json.dumps(rows, indent=2))
    else:
        _print_table(rows)
    return 0


def _build(arguments: argparse.Namespace) -> int:
    from assay.engine import environments

    environment = environments.load(arguments.environment)
    environments.prepare(environment, progress=_progress)
    row = _row(environment)
    if arguments.json:
        print(json.dumps(row, indent=2))
    else:
        print(f"{row['name']} is built: {row['path']}")
    return 0


def _path(arguments: argparse.Namespace) -> int:
    from assay.engine import environments

    row = _row(environments.load(arguments.environment))
    if not row["built"]:
        raise InputError(
            f"environment {row['name']} is not built: `assay env build {arguments.environment}`"
        )
    print(json.dumps(row, indent=2) if arguments.json else row["path"])
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    from assay.engine import environments

    name = arguments.environment
    removed = environments.remove(name)
    if not removed:
        there = ", ".join(sorted({record.name for record in environments.built()}))
        raise EnvironmentUnknown(
            f"nothing is built under the name {name!r}; "
            + (f"there are {there}" if there else "the cache has no environment")
        )
    print(f"removed {name}: {_size(sum(record.bytes for record in removed))} free again")
    return 0


def _row(environment: Environment) -> dict[str, Any]:
    """An environment for people and programs; its digest is the one that verdicts carry."""
    from assay.engine import environments

    place = environments.path(environment)
    records = {record.prefix: record for record in environments.built()}
    record = records.get(place)
    return {
        "name": environment.name,
        "description": environment.description,
        "digest": environments.full_digest(environment).hex(),
        "built": record is not None or not environment.requirements,
        "bytes": record.bytes if record else None,
        "path": str(place),
    }


def _row_of(record: Record) -> dict[str, Any]:
    return {
        "name": record.name,
        "description": f"in the cache, for Python {record.python}",
        "digest": record.digest,
        "built": True,
        "bytes": record.bytes,
        "path": str(record.prefix),
    }


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "description", "digest", "built"):
        table.add_column(heading)
    table.add_column("size", justify="right")
    for row in rows:
        size = "" if row["bytes"] is None else _size(row["bytes"])
        built = "yes" if row["built"] else "no"
        table.add_row(row["name"], row["description"], row["digest"][:12], built, size)
    Console().print(table)


def _size(number: int) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
