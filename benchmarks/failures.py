"""What happens when the machine fails: full disks, a killed zygote, an interrupted build.

    .venv/bin/python benchmarks/failures.py [--json]

Prints what the user sees, and whether the result was clean: the right matrix, or a clear error and
then the right matrix from the same command. Full disks are small tmpfs mounts in a mount namespace
of their own (`unshare -m`, which takes root). Only processes that were started here are killed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import assay
from assay.engine import environments
from kill_and_resume import command, descendants, has_tables, rows
from measure import HERE, show

_PYTHON = sys.executable
_LOCK = HERE.parent / "requirements" / "dev.txt"


@dataclass(frozen=True, slots=True)
class Result:
    """One failure: what was told, and whether it came out clean."""

    name: str
    told: str
    clean: bool


def workload(milliseconds: int = 0) -> tuple[list[assay.Candidate], list[assay.Check]]:
    """Sixty candidates, ten checks; distinct answers of 1 KB, so that a store grows."""
    candidates = [
        assay.Candidate(
            f"c{i}", "t", "import random, time\n\n\ndef f(x):\n"
            f"    time.sleep({milliseconds / 1000})\n    r = random.Random(x * 60 + {i})\n"
            f"    return [{i}, x, r.randbytes(500).hex()]\n",
        )
        for i in range(60)
    ]  # fmt: skip
    return candidates, [assay.Check(f"k{j}", "t", call=f"f({j})", expected=j) for j in range(10)]


def disk_full_in_scratch(directory: Path) -> Result:
    """A candidate fills its scratch; the next one has room again."""
    code = (
        "import itertools\n\n\ndef f(x):\n    for n in itertools.count():\n"
        "        open(f'/tmp/filler-{n}', 'wb').write(b'x' * (1 << 20))\n"
    )
    swallows = code.replace("def f(x):\n", "def f(x):\n  try:\n").replace("\n    ", "\n      ")
    swallows += "  except OSError:\n    return 7\n"
    fine = "def f(x):\n    open('/tmp/a', 'wb').write(b'x' * (8 << 20))\n    return 7\n"
    names = {"fills": code, "fills and goes on": swallows, "writes 8 MB": fine}
    matrix = assay.run(
        [assay.Candidate(name, "t", text) for name, text in names.items()],
        [assay.Check("k", "t", call="f(0)", expected=7)],
        store=directory / "s.sqlite", limits=assay.Limits(scratch_bytes=16 << 20), workers=1,
    )  # fmt: skip
    told = {name: matrix.verdict(name, "k") for name in names}
    clean = not told["fills"].passed and told["writes 8 MB"].passed and not matrix.harness
    evidence = told["fills"].evidence
    text = (
        f"{told['fills'].outcome.label}: {evidence.exception}: {evidence.message or evidence.note}"
    )
    return Result("disk full in scratch", text, clean)


def on_full_disk(what: str, directory: Path) -> Result:
    """The store, or the matrix, on a tmpfs of 256 KB; then with room, by the same command."""
    name = f"{what} on a full disk"
    script = (
        f"mount -t tmpfs -o size=256k,mode=755 full {directory} || exit 99; "
        f"{_PYTHON} {__file__} --child {what} {directory}; echo first=$?; "
        f"mount -o remount,size=64m {directory}; "
        f"{_PYTHON} {__file__} --child {what} {directory}; echo second=$?"
    )
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True)
    if done.returncode == 99 or "first=" not in done.stdout:
        return Result(
            name, f"not tried: {(done.stderr or 'no mount namespace').strip()[-80:]}", True
        )
    said = [line for line in done.stderr.splitlines() if line.strip()]
    clean = (
        "first=3" in done.stdout and "second=0" in done.stdout
        and "Traceback" not in done.stderr and "same True" in done.stdout
    )  # fmt: skip
    return Result(name, said[-1] if said else done.stdout.replace("\n", " "), clean)


def child(what: str, directory: Path) -> int:
    """Inside the namespace: the run, its error as the command line tells it, and a check of it."""
    candidates, checks = workload()
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as elsewhere:
        store = directory / "s.sqlite" if what == "store" else Path(elsewhere) / "s.sqlite"
        out = directory / "out" if what == "matrix" else None
        try:
            matrix = assay.run(candidates, checks, store=store, out=out, workers=2)
        except assay.AssayError as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            return 3
        expected = assay.run(candidates, checks, store=Path(elsewhere) / "other.sqlite", workers=2)
        intact = len(rows(store)) == 600 if has_tables(store) else False
        print("same", matrix == expected and intact)
    return 0


def killed(what: str, directory: Path) -> Result:
    """Warden or zygote of a running jail, killed twice."""
    candidates, checks = workload(milliseconds=3)
    undisturbed = assay.run(candidates, checks, store=directory / "whole.sqlite", workers=2)
    kills = []

    def kill() -> None:
        for _ in range(2):
            time.sleep(0.7)
            # The oldest of that name: its children bear the name too.
            found = [p for p in sorted(descendants(os.getpid())) if f"inside.{what}" in command(p)]
            for pid in found[:1]:
                os.kill(pid, signal.SIGKILL)
                kills.append(pid)

    thread = threading.Thread(target=kill)
    thread.start()
    matrix = assay.run(candidates, checks, store=directory / "s.sqlite", workers=2)
    thread.join()
    notes = matrix.extra["harness_notes"]
    clean = matrix == undisturbed and not matrix.harness and bool(notes) and bool(kills)
    text = f"{len(kills)} kills; {notes[0] if notes else 'no note'}"
    return Result(f"{what} killed", text, clean)


def interrupted_build(directory: Path) -> Result:
    """SIGKILL to a build once it has begun to install, then the same again."""
    blocks = _LOCK.read_text().replace("\\\n", " ").splitlines()
    wanted = [line for line in blocks if line.startswith("pygments==")]
    (directory / "small.txt").write_text("\n".join(wanted) + "\n")
    (directory / "small.toml").write_text('requirements = "small.txt"\nimports = ["pygments"]\n')
    build = [_PYTHON, "-m", "assay", "env", "build", str(directory / "small.toml")]
    variables = {**os.environ, "ASSAY_CACHE": str(directory / "cache")}
    process = subprocess.Popen(build, env=variables, stderr=subprocess.DEVNULL)
    places = directory / "cache" / "environments"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if list(places.glob("*.partial/requirements.txt")):
            break
        time.sleep(0.005)
    early = process.poll() is None
    process.kill()
    process.wait()
    halves = [path.name for path in places.glob("*") if path.name != "locks"]
    again = subprocess.run(build, env=variables, capture_output=True, text=True)
    left = [path.name for path in places.glob("*.partial")]
    whole = [path for path in places.glob("small-*") if path not in left]
    works = subprocess.run([str(whole[0] / "bin/python"), "-c", "import pygments"])
    clean = early and not again.returncode and not left and not works.returncode
    last = (again.stdout + again.stderr).strip().splitlines()[-1:]
    return Result("environment build killed", f"left {halves}; again: {' '.join(last)}", clean)


SCENARIOS: dict[str, Callable[[Path], Result]] = {
    "scratch": disk_full_in_scratch,
    "store": lambda directory: on_full_disk("store", directory),
    "matrix": lambda directory: on_full_disk("matrix", directory),
    "zygote": lambda directory: killed("zygote", directory),
    "warden": lambda directory: killed("warden", directory),
    "build": interrupted_build,
}


def tried(name: str) -> Result:
    """One of the failures, in a directory of its own."""
    directory = Path(tempfile.mkdtemp(prefix="assay-bench-"))
    try:
        return SCENARIOS[name](directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(options.child[0], Path(options.child[1]))
    environments.prepare(environments.PYTHON)
    found = [tried(name) for name in SCENARIOS]
    table = [[one.name, "yes" if one.clean else "NO", one.told] for one in found]
    show("When the machine fails", ["", "clean", "what is told"], table, [], options.json)
    return 0 if all(one.clean for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
