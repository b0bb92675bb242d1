"""A run of 100,000 answers: how long its report takes, and how much memory.

    .venv/bin/python benchmarks/bench_large.py [--tasks 500 --samples 200 --json]

Answers are recorded ones, twenty different programs to a task. Running them is not what is measured
here (throughput.py does that): the report of the finished run is, in a process of its own, and the
memory of the process that graded.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import show

_PROGRAMS = 20
_STAGES = ("Training", "Inference", "Evaluation & Metrics")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tasks", type=int, default=500)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        suite, answers = written(folder, options.tasks, options.samples)
        run = str(folder / "run")
        graded = timed(folder, "grade", str(suite), str(answers), "--out", run, "--json")
        report = timed(folder, "runs", run, "--json")
    columns = ["what", *graded]
    rows = [
        ["grade and report", *graded.values()],
        ["report of the finished run", *report.values()],
    ]
    show(f"{options.tasks * options.samples:,} answers", columns, rows, [], options.json)


def written(folder: Path, tasks: int, samples: int) -> tuple[Path, Path]:
    """A suite of so many tasks from 25 sources, and so many different answers to each."""
    suite = folder / "large"
    suite.mkdir()
    (suite / "suite.toml").write_text('name = "large"\ntasks = "tasks.jsonl"\n')
    with (suite / "tasks.jsonl").open("w") as file:
        for n in range(tasks):
            task = {
                "id": f"t{n}", "prompt": f"Write f(x), which adds {n}.", "target": {"name": "f"},
                "checks": [{"id": f"c{i}", "call": f"f({i})", "expected": n + i} for i in range(5)],
                "labels": {"stage": _STAGES[n % 3]}, "source": f"source{n % 25}",
                "reference": f"def f(x): return x + {n}",
            }  # fmt: skip
            file.write(json.dumps(task) + "\n")
    with (folder / "answers.jsonl").open("w") as file:
        for n in range(tasks):
            said = [answer(n + (i % 3 == n % 3), i % _PROGRAMS) for i in range(samples)]
            file.write(json.dumps({"task": f"t{n}", "samples": said}) + "\n")
    return suite, folder / "answers.jsonl"


def answer(added: int, number: int) -> str:
    return f"```python\ndef f(x):\n    a = {number}\n    return x + {added} - a + {number}\n```"


def timed(folder: Path, *words: str) -> dict[str, object]:
    """CPU and wall seconds of a command, and the most memory that it or a child held."""
    began = time.monotonic()
    done = subprocess.Popen(
        [sys.executable, "-m", "assay", *words], stdout=subprocess.DEVNULL,
        env={**os.environ, "ASSAY_CACHE": str(folder / "cache")},
    )  # fmt: skip
    _, status, used = os.wait4(done.pid, 0)
    return {
        "exit": os.waitstatus_to_exitcode(status),
        "CPU s (controller)": round(used.ru_utime + used.ru_stime, 1),
        "wall s": round(time.monotonic() - began, 1),
        "most memory, MB": used.ru_maxrss >> 10,
    }


if __name__ == "__main__":
    main()
