"""The codemod on the suite `mlops`: the share of (script, target) pairs that it proves, by kind.

    .venv/bin/python benchmarks/adapt_suite.py [--out DIR --select component=mlflow --json]

Asked: tracking 100 %, registration >= 95 %, pruning >= 90 %, tuning >= 80 %, the rest declined with
a true reason. Proofs are kept, so a run that was stopped goes on. The paper's best by hand
(gpt-3.5-turbo on other scripts, judged by people) stands beside.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

from assay.adapt.codemod import rewrite
from assay.adapt.suite import asked, scripts
from assay.adapt.words import Declined
from assay.study.intervals import wilson
from measure import Meter, show

_ASKED = {"tracking": 100, "registration": 95, "hpo": 80, "pruning": 90}
_PAPER = {"tracking": 100, "registration": 92, "hpo": 60, "pruning": 83}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/mlops-codemod"))
    parser.add_argument("--select", action="append", default=[])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    chosen = [word for one in options.select for word in ("--select", one)]
    meter = Meter()
    used = meter.run(
        [sys.executable, "-m", "assay", "bench", "mlops", "--solver", "codemod", "--out",
         str(options.out), "--json", *chosen]
    )  # fmt: skip
    outcomes: dict[str, list[str]] = defaultdict(list)
    notes = []
    for line in (options.out / "samples.jsonl").read_text().splitlines():
        row = json.loads(line)
        script, target = asked(row["task"])
        outcomes[script.task(target).labels["task_type"]].append(row["outcome"])
        if row["outcome"] != "passed":
            found = rewrite(script.text, [target], project=script.id)
            why = found.reason if isinstance(found, Declined) else row["note"]
            notes.append(f"{row['task']}: {row['outcome']} {why}"[:160])
    rows = []
    for kind, asked_for in _ASKED.items():
        own = outcomes[kind]
        if own:
            share = own.count("passed") / len(own)
            low, high = wilson(own.count("passed"), len(own))
            rows.append([kind, len(own), own.count("passed"), own.count("no_code"),
                         100 * share, 100 * low, 100 * high, asked_for,
                         _PAPER[kind]])  # fmt: skip
    notes += [f"{used.cpu:.0f} CPU seconds for all proofs", edit_times(), meter.method]
    show("codemod on mlops", ["kind", "pairs", "proven", "declined", "%", "low", "high", "asked",
                              "paper's best"], rows, notes, options.json)  # fmt: skip


def edit_times() -> str:
    """How long a rewrite takes without its proof."""
    spent = []
    for script in scripts():
        started = time.process_time()
        rewrite(script.text, ["mlflow"], project=script.id)
        spent.append(time.process_time() - started)
    middle = statistics.median(spent)
    return f"an edit (mlflow) takes {middle:.2f} CPU s in the median, {max(spent):.2f} at most"


if __name__ == "__main__":
    main()
