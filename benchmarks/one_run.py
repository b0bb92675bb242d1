"""One `assay.run` as its own process, for a benchmark to measure: `one_run.py SPEC.json`.

The spec: candidates [[id, task, code]], checks [[id, task, call, expected]], environment, imports
(optional, replaces what the zygote imports), workers, limits, store. Prints one line of JSON.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from pathlib import Path

import assay
from assay.engine import environments


def main() -> None:
    spec = json.loads(Path(sys.argv[1]).read_text())
    environment = environments.load(spec.get("environment", "python"))
    if "imports" in spec:
        environment = dataclasses.replace(environment, imports=tuple(spec["imports"]))
    candidates = [assay.Candidate(*one) for one in spec["candidates"]]
    checks = [
        assay.Check(name, task, call=call, expected=expected, tolerance=assay.Tolerance())
        for name, task, call, expected in spec["checks"]
    ]
    stages: dict[str, float] = {}

    def listen(tally: assay.engine.run.Tally) -> None:  # type: ignore[name-defined]
        stages.setdefault(tally.stage, time.monotonic())

    began = time.monotonic()
    matrix = assay.run(
        candidates, checks, environment, workers=spec.get("workers", 1), store=spec["store"],
        limits=assay.Limits(**spec.get("limits", {})), progress=listen,
    )  # fmt: skip
    ended = time.monotonic()
    print(json.dumps({
        "outcomes": matrix.outcomes(), "protection": matrix.protection,
        "notes": matrix.extra["harness_notes"],
        "wall": ended - began, "wall_running": ended - stages.get("running", began),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
