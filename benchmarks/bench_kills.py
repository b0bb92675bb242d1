"""SIGKILL to a bench at random moments, then the same command again: what is paid for twice?

    .venv/bin/python benchmarks/bench_kills.py [--kills 20 --seed 0 --json]

A real HTTP server on this machine answers, and counts the samples whose answer it wrote to its end
(those cost money), by request and by idempotency key. Each round starts the same `assay bench` and
kills it; at last it runs to its end, and once undisturbed elsewhere: the figures have to agree.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measure import HERE, show

sys.path.insert(0, str(HERE.parent))
from tests.models import server as servers

_TASKS, _SAMPLES = 300, 5


def suite(folder: Path) -> Path:
    """A suite of small tasks, so that nearly all the time is asking."""
    folder.mkdir()
    (folder / "suite.toml").write_text('name = "kills"\ntasks = "tasks.jsonl"\n')
    lines = [
        {
            "id": f"add{n}", "prompt": f"Write add{n}(x), which adds {n}.",
            "target": {"name": f"add{n}"}, "reference": f"def add{n}(x): return x + {n}",
            "checks": [{"id": "one", "call": f"add{n}(1)", "expected": n + 1}],
        }
        for n in range(_TASKS)
    ]  # fmt: skip
    (folder / "tasks.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def answer(body: dict[str, Any], index: int) -> str:
    """Right for even sample numbers of a request, wrong for odd ones."""
    prompt = body["messages"][-1]["content"]
    number = int(prompt.partition("add")[2].partition("(")[0])
    return f"```python\ndef add{number}(x):\n    return x + {number + index % 2}\n```"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    servers.text = answer
    drawn = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        tasks = suite(folder / "kills")
        with servers.serving("answer", latency=1.0) as server:
            began = time.monotonic()
            undisturbed = finish(server, tasks, folder, "undisturbed")
            whole = time.monotonic() - began
        with servers.serving("answer", latency=1.0) as server:
            killed = 0
            for _ in range(options.kills):
                process = start(server, tasks, folder, "killed")
                time.sleep(drawn.uniform(0.2, whole / 7))
                killed += process.poll() is None
                process.send_signal(signal.SIGKILL)
                process.wait()
            kept = len((folder / "killed" / "completions.jsonl").read_text().splitlines())
            first = finish(server, tasks, folder, "killed")
            paid = sum(server.answered.values())
            keys = {headers["idempotency-key"] for headers in server.headers}
            requests = sum(server.asked.values())
    needed = _TASKS * _SAMPLES
    row = {
        "kills": f"{killed} of {options.kills} while it ran",
        "answers needed": needed,
        "kept before the last run": kept,
        "requests sent": requests,
        "distinct keys": len(keys),
        "answers written by the server": paid,
        "written twice (on the wire at a kill)": paid - needed,
        "same figures": first["figures"] == undisturbed["figures"],
        "pass@1": first["figures"]["pass@1"]["value"],
    }
    show("SIGKILL to a bench, then again", ["what", "figure"], list(row.items()), [], options.json)


def start(
    server: servers.FakeServer, tasks: Path, folder: Path, name: str
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command(server, tasks, folder, name), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=environ(folder, name),
    )  # fmt: skip


def finish(server: servers.FakeServer, tasks: Path, folder: Path, name: str) -> Any:
    done = subprocess.run(
        command(server, tasks, folder, name), capture_output=True, text=True, check=True,
        env=environ(folder, name),
    )  # fmt: skip
    return json.loads(done.stdout)


def command(server: servers.FakeServer, tasks: Path, folder: Path, name: str) -> list[str]:
    return [sys.executable, "-m", "assay", "bench", str(tasks), "--model", "openai/m", "--base-url",
            server.url, "--samples", str(_SAMPLES), "--concurrency", "4", "--json",
            "--out", str(folder / name)]  # fmt: skip


def environ(folder: Path, name: str) -> dict[str, str]:
    return {**os.environ, "ASSAY_CACHE": str(folder / f"cache-{name}")}


if __name__ == "__main__":
    main()
