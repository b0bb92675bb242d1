"""Pass a manifest suite through the gate and write what was found out beside its tasks.

    python tools/gate_manifest.py suites/dl [--mutants 8] [--dates] [--drop]

For every task: are its checks stable, does its reference pass without being there to be called,
does its blank fail, how many of its mutants die, what does the reference cost, since when is it
released? That goes to facts.json of its library. With --drop, tasks that do not pass leave
tasks.toml, and the tool says why.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assay import suites
from assay.build import manifest as manifests
from assay.build.gate import SLOWER
from assay.build.making import make
from assay.build.manifest import FACTS, TASKS, Library

MIN_KILLED = 0.6


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mutants", type=int, default=8)
    parser.add_argument("--dates", action="store_true", help="look for each function's release")
    parser.add_argument("--drop", action="store_true", help="take what does not pass out")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    manifest = manifests.read(options.folder)
    made = make(manifest, progress=tell, repeats=options.repeats)
    tell(f"made {len(made.suite.tasks)} tasks, {len(made.refused)} refused")
    report = suites.verify(made.suite, most_mutants=options.mutants, min_killed=MIN_KILLED)
    refused = dict(made.refused)
    facts: dict[str, dict[str, Any]] = {}
    for task in report.tasks:
        name = task.task.partition("/")[2]
        if task.reasons:
            refused[name] = "; ".join(task.reasons)
        else:
            facts[name] = {
                "mutants": task.mutants, "killed": task.killed,
                "cpu_seconds": round(task.cpu_seconds, 3),
            }  # fmt: skip
    for library in manifest.libraries:
        found = {entry.function: dict(entry.facts) for entry in library.entries}
        for name in found:
            found[name] |= facts.get(name, {})
        if options.dates:
            add_dates(library, found)
        kept = {name: about for name, about in found.items() if name not in refused}
        write(options.folder / library.name / FACTS, kept)
        if options.drop:
            drop(options.folder / library.name / TASKS, refused)
    for name, reason in refused.items():
        print(f"{name}: {reason[:200]}")
    tell_slow(facts, manifest.check_cpu_seconds)
    shares = sorted(one["killed"] / one["mutants"] for one in facts.values() if one["mutants"])
    if shares:
        print(f"{len(facts)} pass; mutants killed: median {shares[len(shares) // 2]:.0%}, "
              f"least {shares[0]:.0%}")  # fmt: skip
    return 3 if report.harness else 0


def tell_slow(facts: dict[str, dict[str, Any]], limit: float) -> None:
    """Say where a suite's one time limit is no longer a multiple of what references take."""
    for name, one in facts.items():
        if SLOWER * one["cpu_seconds"] > limit:
            tell(f"{name}: its slowest check takes {one['cpu_seconds']:.2f} CPU s of {limit:g}")


def add_dates(library: Library, found: dict[str, dict[str, Any]]) -> None:
    """When each function was first released, by name; a library that cannot be fetched has none."""
    from assay.build.dating import dates
    from assay.build.definitions import definitions
    from assay.build.fetch import fetch
    from assay.core.errors import AssayError

    with tempfile.TemporaryDirectory() as work:
        try:
            source = fetch(f"{library.package}=={library.version}", Path(work), "wheel")
            wanted = [one for one, _ in definitions(source) if one.name in found]
            dated = dates(source, wanted, Path(work)).by_name()
        except AssayError as error:
            tell(f"{library.name}: no dates: {error}")
            return
    for name, one in dated.items():
        found[name]["date"] = one.named_date or one.date
    tell(f"{library.name}: {sum('date' in one for one in found.values())} dates")


def drop(path: Path, refused: Iterable[str]) -> None:
    """Take the blocks of some tasks out of a tasks.toml, and leave every other byte."""
    gone = set(refused)
    parts = path.read_text(encoding="utf-8").split("[[task]]\n")
    kept = [parts[0]] + [
        part for part in parts[1:] if not any(f'function = "{name}"' in part for name in gone)
    ]
    path.write_text("[[task]]\n".join(kept).rstrip("\n") + "\n", encoding="utf-8")


def write(path: Path, facts: dict[str, Any]) -> None:
    path.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def tell(line: str) -> None:
    print(f"gate: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
