"""Public scripts that no codemod had seen: what `assay adapt` does with them, as first tried.

    .venv/bin/python benchmarks/adapt_unseen.py --source-root FOLDER --results FILE.jsonl
        [--list benchmarks/adapt_unseen.toml] [--add mlflow,tensorboard] [--json]

FOLDER holds the scripts of the list, each in a folder of its number (or id), as its repository has
it at the commit; what has another sha256 is refused. A result that stands in FILE is not tried
again: the first try is the one that counts.

A script that is declined is not run by `assay adapt`: here its original is smoke-run all the same,
and where it cannot run it counts as an original that fails, as it would have with a rewrite.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from assay.adapt import adapt
from assay.adapt.smoke import environment_for, opened, prepared, run, script_of, settings_beside
from assay.core.errors import AssayError
from assay.study.intervals import wilson
from measure import HERE, show


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--list", type=Path, default=HERE / "adapt_unseen.toml")
    parser.add_argument("--source-root", type=Path, required=True)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--add", default="mlflow")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    scripts = tomllib.loads(options.list.read_text())["script"]
    wanted = [(one, target) for target in options.add.split(",") for one in scripts]
    results = known(options.results)
    try_them(wanted, results, options)
    rows = []
    for target in options.add.split(","):
        outcomes = Counter(_counted(results[name(one), target]) for one in scripts)
        proven, tried = outcomes["proven"], len(scripts) - outcomes["original_fails"]
        share = proven / max(1, tried)
        low, high = wilson(proven, tried)
        rows.append([target, len(scripts), *(outcomes[kind] for kind in _KINDS),
                     100 * share, 100 * low, 100 * high])  # fmt: skip
    notes = [f"{name(one)} {target}: {results[name(one), target]['outcome']}: "
             f"{results[name(one), target]['reason'][:140]}"
             f"{_told(results[name(one), target])}" for one, target in wanted
             if results[name(one), target]["outcome"] != "proven"]  # fmt: skip
    columns = ["add", "scripts", *_KINDS, "% of those that run", "low", "high"]
    show("scripts not seen before", columns, rows, notes, options.json)


def _counted(result: dict[str, Any]) -> str:
    """The outcome; of what was declined and cannot run either, that it cannot run."""
    original = result.get("original")
    cannot = original is not None and original["outcome"] != "finished"
    return "original_fails" if cannot else result["outcome"]


def _told(result: dict[str, Any]) -> str:
    if _counted(result) == result["outcome"]:
        return ""
    original = result["original"]
    return f" (and the original {original['outcome']}: {original['message'][:100]})"


_KINDS = ("proven", "unproven", "declined", "original_fails", "harness", "refused")


def name(script: dict[str, Any]) -> str:
    return str(script.get("id") or f"{script['number']:02}")


def known(place: Path) -> dict[tuple[str, str], dict[str, Any]]:
    lines = place.read_text().splitlines() if place.exists() else []
    found = [json.loads(line) for line in lines]
    return {(one["script"], one["target"]): one for one in found}


def try_them(
    wanted: list[tuple[dict[str, Any], str]], results: dict[tuple[str, str], dict[str, Any]],
    options: argparse.Namespace,
) -> None:  # fmt: skip
    sessions: dict[str, Any] = {}
    try:
        for script, target in wanted:
            if (name(script), target) in results:
                continue
            place = options.source_root / name(script) / Path(script["path"]).name
            if hashlib.sha256(place.read_bytes()).hexdigest() != script["sha256"]:
                raise SystemExit(f"{place} is not the file that the list means")
            environment = environment_for(place.read_text())
            if environment not in sessions:
                sessions[environment] = opened(environment)
            found = one_try(place, target, sessions[environment])
            found |= {"script": name(script), "target": target}
            results[name(script), target] = found
            with options.results.open("a") as file:
                file.write(json.dumps(found) + "\n")
            print(f"{name(script)} {target}: {found['outcome']}: {found['reason'][:100]}",
                  file=sys.stderr)  # fmt: skip
    finally:
        for session in sessions.values():
            session.close()


def one_try(place: Path, target: str, session: Any) -> dict[str, Any]:
    started = time.monotonic()
    try:
        found = adapt(place, [target], session=session).to_json()
        if found["outcome"] == "declined":
            text, notes = script_of(place)
            ran = run(session, prepared(text, settings_beside(place), notes))
            found["original"] = {"outcome": ran.outcome, "message": ran.message, "line": ran.line,
                                 "cpu_seconds": round(ran.cpu_seconds, 1)}  # fmt: skip
    except AssayError as error:
        found = {"outcome": "refused", "reason": str(error)}
    return found | {"wall": round(time.monotonic() - started, 1)}


if __name__ == "__main__":
    main()
