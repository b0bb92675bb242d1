"""SIGKILL to the controller at random moments, then the same run again.

    .venv/bin/python benchmarks/kill_and_resume.py [--kills 50 --seed 0 --json]

Each round starts a medium run in a process of its own, kills that process alone at a random moment
(from its first import to past its end), checks that all it started is gone, and runs again on the
same store. Compared with an undisturbed run: the matrix, and the rows of the store, of which none
may be lost or doubled.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import assay
from measure import show

_TASKS, _CANDIDATES, _CHECKS = 6, 30, 10
_CGROUPS = Path("/sys/fs/cgroup")


def workload() -> tuple[list[assay.Candidate], list[assay.Check]]:
    """Candidates of all sorts: right, wrong, raising, printing, crashing, and duplicates; slow
    enough that the store is written to a few times on the way."""
    bodies = [
        "return x + {i}", "return x * {i}", "return [x] * ({i} % 5)", "return 1 // (x - {i} % 9)",
        "print('noise', x)\n    return {i}", "return (lambda g: g(g))(lambda g: g(g))",
        "import os\n    os._exit(x % 2)", "return x + {i}  # again",
    ]  # fmt: skip
    head = "import time\n\n\ndef f(x):\n    time.sleep(0.003)\n    "
    candidates = [
        assay.Candidate(
            f"t{t}/c{i}",
            f"t{t}",
            head + bodies[i % len(bodies)].format(i=i // 2 + t) + "\n",
        )
        for t in range(_TASKS)
        for i in range(_CANDIDATES)
    ]
    checks = [
        assay.Check(f"t{t}/k{j}", f"t{t}", call=f"f({j})", expected=j + t)
        for t in range(_TASKS)
        for j in range(_CHECKS)
    ]
    return candidates, checks


def run(store: Path) -> assay.Matrix:
    candidates, checks = workload()
    return assay.run(candidates, checks, "python", store=store, workers=2)


def rows(store: Path) -> list[tuple[object, ...]]:
    """What is stored, by digests and not by the numbers that stand for them."""
    query = (
        "select s.digest, p.digest, q.digest, o.kind, y.digest from observations o "
        "join scopes s on s.id = o.scope join programs p on p.id = o.program "
        "join questions q on q.id = o.question join payloads y on y.id = o.payload "
        "order by s.digest, p.digest, q.digest"
    )
    base = sqlite3.connect(store)
    try:
        assert base.execute("pragma integrity_check").fetchone() == ("ok",)
        return base.execute(query).fetchall()
    finally:
        base.close()


@dataclass(slots=True)
class Round:
    """What one kill left behind, and whether the next run made it good."""

    seconds: float
    ended: bool
    kept: int
    same_matrix: bool
    same_rows: bool
    survivors: list[str] = field(default_factory=list)
    left: list[Path] = field(default_factory=list)
    left_after: list[Path] = field(default_factory=list)


def one_kill(directory: Path, seconds: float, matrix: assay.Matrix, known: list[object]) -> Round:
    """Start a run, kill it after so many seconds, look around, and run again."""
    store, scratch = directory / "store.sqlite", directory / "tmp"
    scratch.mkdir()
    command_line = [sys.executable, __file__, "--child", str(store)]
    variables = {**os.environ, "TMPDIR": str(scratch)}
    process = subprocess.Popen(command_line, stderr=subprocess.DEVNULL, env=variables)
    seen: set[int] = set()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        seen |= descendants(process.pid)
        time.sleep(0.02)
    ended = process.poll() is not None
    seen |= descendants(process.pid)
    process.kill()
    process.wait()
    wait_until(lambda: not alive(seen), 5.0)
    survivors = [f"{pid} {command(pid)}" for pid in alive(seen)]
    left = leftovers(process.pid, scratch)
    kept = len(rows(store)) if has_tables(store) else 0
    subprocess.run(command_line, env=variables, check=True)
    again = run(store)  # all of it from the store
    after = leftovers(process.pid, scratch)
    for path in after:
        with contextlib.suppress(OSError):
            path.rmdir()
    same_rows = rows(store) == known
    return Round(seconds, ended, kept, again == matrix, same_rows, survivors, left, after)


def leftovers(pid: int, scratch: Path) -> list[Path]:
    """Directories and cgroups that a killed run has left behind."""
    return [*scratch.iterdir(), *_CGROUPS.rglob(f"assay-{pid}-*")]


def has_tables(store: Path) -> bool:
    if not store.exists():
        return False
    base = sqlite3.connect(store)
    try:
        found = base.execute("select name from sqlite_master where name = 'observations'")
        return found.fetchone() is not None
    finally:
        base.close()


def descendants(root: int) -> set[int]:
    """All processes below one, by parentage."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(
                    (entry / "stat").read_text().rpartition(")")[2].split()[1]
                )
            except (OSError, ValueError, IndexError):
                continue
    found, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found - {root}


def alive(pids: set[int]) -> list[int]:
    return [pid for pid in pids if "State:\tZ" not in status(pid) and status(pid)]


def status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ""


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:300]
    except OSError:
        return "?"


def wait_until(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)


def rounds(kills: int, seed: int, directory: Path) -> tuple[list[Round], int, float]:
    """So many kills; the rows of an undisturbed run, and its seconds in a process of its own."""
    whole = directory / "whole.sqlite"
    matrix = run(whole)
    known = rows(whole)
    began = time.monotonic()
    subprocess.run(
        [sys.executable, __file__, "--child", str(directory / "timed.sqlite")], check=True
    )
    length = time.monotonic() - began
    dice = random.Random(seed)
    found = []
    for number in range(kills):
        place = directory / f"kill-{os.getpid()}-{number}"
        place.mkdir()
        found.append(one_kill(place, dice.uniform(0, length * 1.1), matrix, known))
    return found, len(known), length


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        run(options.child)
        return 0
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as directory:
        found, known, length = rounds(options.kills, options.seed, Path(directory))
    bad = [r for r in found if not (r.same_matrix and r.same_rows) or r.survivors or r.left_after]
    kept = [r.kept for r in found]
    table = [
        ["kills with SIGKILL", len(found), f"{sum(not r.ended for r in found)} before its end"],
        ["rows kept at the kill", f"{min(kept)}–{max(kept)}", f"of {known}"],
        ["same matrix after running again", sum(r.same_matrix for r in found), ""],
        ["same rows: none lost, none doubled", sum(r.same_rows for r in found), ""],
        ["processes that survived", sum(len(r.survivors) for r in found),
         " ".join(s for r in found for s in r.survivors)[:60]],
        ["directories and cgroups left by kills", sum(len(r.left) for r in found), ""],
        ["of them left after the next run", sum(len(r.left_after) for r in found),
         " ".join(path.name for r in found for path in r.left_after)[:60]],
    ]  # fmt: skip
    show(
        "A killed controller, and the same command again", ["", "figure", ""], table,
        [f"seed {options.seed}; an undisturbed run takes {length:.1f} s; {known} observations"],
        options.json,
    )  # fmt: skip
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
