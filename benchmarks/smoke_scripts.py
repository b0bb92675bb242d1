"""Which share of the training scripts in some folders smoke-runs, and for how much CPU.

    python benchmarks/smoke_scripts.py suites/mlops/scripts
    python benchmarks/smoke_scripts.py FOLDER … --environment mlops --json

Arguments and scripts that are broken on purpose are read from a scripts.toml beside a folder or in
it ([[script]] with `id`, `arguments`, `outcome`), or from `[tool.assay.smoke]`.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import tomllib
from pathlib import Path
from typing import Any

from assay.adapt import smoke
from assay.adapt.words import Smoked
from assay.core.errors import InputError

_MOST_SECONDS = 60.0
_BROKEN = ("original_fails",)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--environment", default=smoke.ENVIRONMENT)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    scripts = [path for folder in arguments.folders for path in sorted(folder.glob("*.py"))]
    rows = [row for row in map(_row, scripts) if row["asked"] is not None]
    with smoke.opened(arguments.environment, workers=arguments.workers) as session:
        found = smoke.run_all(session, [(row.pop("asked"), ()) for row in rows])
    for row, one in zip(rows, found, strict=True):
        row.update(_told(one))
    whole = [row for row in rows if not row["broken"]]
    ran = [row for row in whole if row["ran"]]
    if arguments.json:
        print(json.dumps({"scripts": rows, "ran": len(ran), "of": len(whole)}))
    else:
        for row in rows:
            mark = "broken on purpose" if row["broken"] else row["message"][:100]
            print(f"{row['script']:32} {row['outcome']:10} {row['cpu_seconds']:6.1f}  {mark}")
        share = 100 * len(ran) / max(1, len(whole))
        print(f"{len(ran)} of {len(whole)} ran within {_MOST_SECONDS:g} CPU s: {share:.1f} %")
    return 0


def _row(path: Path) -> dict[str, Any]:
    known = _known(path)
    given = known.get("arguments")
    if isinstance(given, str):
        given = shlex.split(given)
    row: dict[str, Any] = {"script": path.name, "broken": known.get("outcome") in _BROKEN}
    try:
        text, notes = smoke.script_of(path)
        settings = smoke.settings_beside(path, arguments=given)
        row["asked"] = smoke.prepared(text, settings, notes)
    except InputError as fault:
        print(f"{path.name}: {fault}", file=sys.stderr)
        row["asked"] = None
    return row


def _known(path: Path) -> dict[str, Any]:
    for folder in (path.parent, path.parent.parent):
        table = folder / "scripts.toml"
        if table.is_file():
            entries = tomllib.loads(table.read_text(encoding="utf-8")).get("script", [])
            return next((one for one in entries if one.get("id") == path.stem), {})
    return {}


def _told(one: Smoked) -> dict[str, Any]:
    ran = one.outcome == "finished" and one.cpu_seconds <= _MOST_SECONDS
    return {
        "outcome": one.outcome, "ran": ran, "line": one.line, "message": one.message,
        "cpu_seconds": round(one.cpu_seconds, 2), "replaced": list(one.replaced),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
