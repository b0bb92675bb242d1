"""CodeT's published CodeGen-16B samples, all 16,400, graded on HumanEval by one `assay grade`.

    .venv/bin/python benchmarks/bench_codet.py [--data ../shared/data/codet --json]

Asked: the figures of a reference run with HumanEval's own harness, pass@1 22.1 ± 0.2, pass@10
50.4 ± 0.3, pass@100 73.8 ± 0.3, in at most 8 CPU minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from measure import Meter, show

_FILE = "HumanEval_codegen16B_temp0.8_topp0.95_num100_max300_code_solution.jsonl"
_ASKED = {"pass@1": "22.1 ± 0.2", "pass@10": "50.4 ± 0.3", "pass@100": "73.8 ± 0.3"}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/codet"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    meter = Meter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        answers = converted(options.data / _FILE, folder / "answers.jsonl")
        store, out = str(folder / "store.sqlite"), str(folder / "run")
        used = meter.run(
            [sys.executable, "-m", "assay", "grade", "humaneval", str(answers), "--store", store,
             "--out", out, "--json"]
        )  # fmt: skip
    found = used.last
    rows = [
        [name, asked, *(100 * found["figures"][name][end] for end in ("value", "low", "high"))]
        for name, asked in _ASKED.items()
    ]
    notes = [
        f"{used.cpu:.0f} CPU seconds ({used.cpu / 60:.1f} minutes), {used.wall:.0f} s wall",
        f"outcomes: {found['outcomes']}",
        meter.method,
    ]
    show("CodeGen-16B on HumanEval", ["figure", "asked", "%", "low", "high"], rows, notes,
         options.json)  # fmt: skip


def converted(data: Path, place: Path) -> Path:
    """The samples as `assay grade` reads them. The file has its rows in the order of the task ids
    as text: 0, 1, 10, 100, 101, …"""
    from assay import suites

    tasks = sorted(suites.load("humaneval").tasks, key=lambda task: task.id)
    lines = data.read_text().splitlines()
    with place.open("w") as file:
        for task, line in zip(tasks, lines, strict=True):
            row = json.loads(line)
            assert f"def {task.target.name}(" in row["prompt"], task.id
            file.write(json.dumps({"task": task.id, "samples": row["samples"]}) + "\n")
    return place


if __name__ == "__main__":
    main()
