"""Executions per second, and what one costs by how many checks a child answers.

    .venv/bin/python benchmarks/throughput.py [--seconds 8 --workers 2 --rounds 3 --json]

One execution is one call of a candidate's function, its value sent out, compared and stored. Rates
are wall time from the first job on (the start of zygote and probes is left out); CPU is of the
whole tree, start left out in the same way, by taking a run of one execution off.
"""

from __future__ import annotations

import argparse
from statistics import median
from typing import Any

from measure import Meter, middle, show

_CODE = {
    "torch": "import torch\n\n\ndef f(n):\n    return int(torch.arange({add}, n + {add}).sum())\n",
    "python": "def f(n):\n    return sum(range({add}, n + {add}))\n",
}
_PER_CHILD = (1, 5, 20, 100, 500)
# Rough costs, only to choose how much to run.
_GUESS = {"torch": (0.015, 0.0004), "python": (0.004, 0.0003)}


def workload(environment: str, candidates: int, checks: int, workers: int) -> dict[str, Any]:
    return {
        "environment": environment,
        "workers": workers,
        "candidates": [
            [f"c{i}", "sum", _CODE[environment].format(add=i + 1)] for i in range(candidates)
        ],
        # 1..n summed from an offset of its own: right for nobody but the first.
        "checks": [[f"k{j}", "sum", f"f({j})", j * (j + 1) // 2] for j in range(checks)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=8.0, help="about how long a run is")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    meter = Meter()
    cells: dict[tuple[str, int], tuple[list[float], list[float], int]] = {}
    for _ in range(options.rounds):
        for environment, (child, execution) in _GUESS.items():
            start = meter.assay(workload(environment, 1, 1, options.workers)).cpu
            for checks in _PER_CHILD:
                count = max(20, int(options.seconds / (child + execution * checks)))
                used = meter.assay(workload(environment, count, checks, options.workers))
                assert "harness" not in used.last["outcomes"], used.last
                rates, costs, _ = cells.setdefault((environment, checks), ([], [], count))
                rates.append(count * checks / used.last["wall_running"])
                costs.append((used.cpu - start) / (count * checks) * 1000)
    rows = []
    for (environment, checks), (rates, costs, count) in cells.items():
        told = middle(rates)
        rows.append([
            environment, checks, count, told["median"],
            f"{told['least']:,.0f}–{told['most']:,.0f}", median(costs),
        ])  # fmt: skip
    show(
        f"Executions per second, {options.workers} workers, {options.rounds} rounds",
        ["zygote", "checks per child", "children", "executions/s", "spread", "CPU ms each"],
        rows,
        [f"{meter.method}; target: torch, 100 checks per child, two workers ≥ 1,500 per second"],
        options.json,
    )


if __name__ == "__main__":
    main()
