"""What the benchmarks share: CPU time of whole process trees, and the tables they print."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
_ROOT = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Usage:
    """What one command and everything that it started used, and what it printed."""

    cpu: float
    wall: float
    output: str

    @property
    def last(self) -> Any:
        """The last line of its output, as JSON."""
        return json.loads(self.output.strip().splitlines()[-1])


class Meter:
    """Runs commands, each tree in a cgroup of its own, so that orphans are counted too."""

    def __init__(self) -> None:
        self._count = 0
        self._parent, self._file, self.method = self._place()

    def _place(self) -> tuple[Path | None, str, str]:
        candidates = [(_ROOT / "cpuacct", "cpuacct.usage", "cgroup v1 cpuacct.usage")]
        candidates += [(_ROOT, "cpu.stat", "cgroup v2 cpu.stat")]
        for parent, name, method in candidates:
            trial = parent / f"assay-bench-{os.getpid()}"
            with contextlib.suppress(OSError):
                trial.mkdir()
                usable = (trial / name).exists()
                trial.rmdir()
                if usable:
                    return parent, name, f"{method} of the whole tree"
        return None, "", "wait4 rusage: what nobody waited for is NOT in it"

    @contextlib.contextmanager
    def _cgroup(self) -> Iterator[Path | None]:
        if self._parent is None:
            yield None
            return
        self._count += 1
        group = self._parent / f"assay-bench-{os.getpid()}-{self._count}"
        group.mkdir()
        try:
            yield group
        finally:
            for _ in range(100):  # the last process may still be leaving
                with contextlib.suppress(OSError):
                    group.rmdir()
                    break
                time.sleep(0.05)

    def _seconds(self, group: Path | None) -> float:
        if group is None:
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            return used.ru_utime + used.ru_stime
        text = (group / self._file).read_text()
        return int(text) / 1e9 if text.strip().isdigit() else int(text.split()[1]) / 1e6

    def run(
        self, command: Sequence[str], *, check: bool = True, stderr_through: bool = False
    ) -> Usage:
        """Run a command to its end. RuntimeError with its stderr if it fails."""
        with self._cgroup() as group:
            before, began = self._seconds(group), time.monotonic()
            enter = _enter(group)
            done = subprocess.run(
                [*enter, *command], stdout=subprocess.PIPE, text=True, errors="replace",
                stderr=None if stderr_through else subprocess.PIPE,
            )  # fmt: skip
            wall = time.monotonic() - began
            time.sleep(0.05)
            used = self._seconds(group) - before
        if check and done.returncode:
            raise RuntimeError(
                f"{command[:3]}… ended with {done.returncode}: {(done.stderr or '')[-3000:]}"
            )
        return Usage(used, wall, done.stdout)

    def assay(self, spec: dict[str, Any]) -> Usage:
        """Run one `assay.run` in a process of its own, with a store of its own."""
        with tempfile.TemporaryDirectory(prefix="assay-bench-") as directory:
            path = Path(directory) / "spec.json"
            path.write_text(json.dumps({"store": f"{directory}/store.sqlite", **spec}))
            return self.run([sys.executable, str(HERE / "one_run.py"), str(path)])


def _enter(group: Path | None) -> list[str]:
    """A shell that enters the cgroup and becomes the command: no fork of ours is in it."""
    if group is None:
        return []
    return ["/bin/sh", "-c", f'echo $$ > "{group}/cgroup.procs"; exec "$@"', "sh"]


def middle(values: Sequence[float]) -> dict[str, float]:
    """Median and spread of some figures."""
    return {"median": median(values), "least": min(values), "most": max(values)}


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30
    return (
        f"{len(os.sched_getaffinity(0))} × {model}, {memory} GiB, Linux {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def show(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], notes: Sequence[str],
    as_json: bool,
) -> None:  # fmt: skip
    """Print a table with machine, date and method beneath; or all of it as one JSON object."""
    today = datetime.date.today().isoformat()
    if as_json:
        table = [dict(zip(columns, row, strict=True)) for row in rows]
        print(json.dumps({
            "title": title, "machine": machine(), "date": today, "notes": list(notes),
            "rows": table,
        }))  # fmt: skip
        return
    console = Console(width=None if sys.stdout.isatty() else 118)
    table_ = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table_.add_column(column, justify="right" if place else "left")
    for row in rows:
        table_.add_row(*(_text(value) for value in row))
    console.print(table_)
    for line in (*notes, f"{machine()}; {today}"):
        console.print(f"  {line}", style="dim", highlight=False)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
