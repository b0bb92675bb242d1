"""The controller's memory over 100,000 executions in one run.

    .venv/bin/python benchmarks/memory_flat.py [--executions 100000 --checks 100 --json]

Two variants: answers that are small and often the same, and a distinct value of 1 KB from every
single execution. Resident memory of the controller is read ten times a second; a curve is flat
when the last quarter holds no more than 5 % above the second.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from measure import Meter, show

_CODE = {
    "small": "def f(n):\n    return (n * {i}) % 10\n",
    "1 KB": "def f(n):\n    return f'{i:08d}-{{n:08d}}-' * 57\n",
}
_BARS = "▁▂▃▄▅▆▇█"
_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> float:
    """MB that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1e6


def one(variant: str, executions: int, checks: int) -> None:
    """Run it in this process, and print the curve: [[executions done, MB], …]."""
    import assay

    rows = [
        assay.Candidate(f"c{i}", "t", _CODE[variant].format(i=i))
        for i in range(executions // checks)
    ]
    columns = [assay.Check(f"k{j}", "t", call=f"f({j})", expected=0) for j in range(checks)]
    curve: list[tuple[int, float]] = []
    done = [0]

    def listen(tally: Any) -> None:
        done[0] = tally.done

    def sample() -> None:
        while True:
            curve.append((done[0], resident()))
            time.sleep(0.1)

    threading.Thread(target=sample, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as directory:
        began = time.monotonic()
        matrix = assay.run(rows, columns, "python", store=f"{directory}/s.sqlite", progress=listen)
        seconds = time.monotonic() - began
    running = [point for point in curve if point[0]]
    print(json.dumps({
        "curve": running, "after": resident(), "seconds": seconds, "before": curve[0][1],
        "outcomes": matrix.outcomes(), "protection": matrix.protection,
    }))  # fmt: skip


def thinned(curve: list[tuple[int, float]], places: int) -> list[float]:
    """The curve at evenly spaced executions."""
    last = curve[-1][0]
    return [
        next(mb for done, mb in curve if done >= last * place / (places - 1))
        for place in range(places)
    ]


def sparkline(values: list[float]) -> str:
    """From 0 to the highest, so that a flat line looks flat."""
    top = max(values)
    return "".join(_BARS[min(7, int(value / top * 7.99))] for value in values)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--executions", type=int, default=100_000)
    parser.add_argument("--checks", type=int, default=100)
    parser.add_argument("--variant", choices=list(_CODE), help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.variant:
        return one(options.variant, options.executions, options.checks)
    rows = []
    for variant in _CODE:
        used = Meter().run([
            sys.executable, __file__, "--variant", variant,
            "--executions", str(options.executions), "--checks", str(options.checks),
        ])  # fmt: skip
        told = used.last
        values = thinned(told["curve"], 20)
        quarters = [max(values[5:10]), max(values[15:])]
        flat = quarters[1] <= quarters[0] * 1.05
        rows.append([
            variant, told["before"], values[0], quarters[0], quarters[1], max(values),
            "yes" if flat else "NO", told["after"], told["seconds"], sparkline(values),
        ])  # fmt: skip
    show(
        f"Controller's resident memory, MB, over {options.executions:,} executions",
        ["values", "before", "first", "2nd quarter", "last quarter", "most", "flat", "matrix read",
         "wall s", "curve"],
        rows,
        ["VmRSS from /proc/self/statm ten times a second; target: flat after warm-up, < 300 MB"],
        options.json,
    )  # fmt: skip
    return None


if __name__ == "__main__":
    main()
