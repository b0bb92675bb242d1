"""What it costs to grade a sample for each task of `dl`, whether verdicts stay what they are, and
whether a cold pytest process says the same.

    .venv/bin/python benchmarks/build_grading.py [--suite dl] [--repeats 5]
    .venv/bin/python benchmarks/build_grading.py --cold 60 --mutants 3 [--seed 1 --kept FILE]

The first takes each task's reference as a model's answer, grades the file by `assay grade` with a
verdict store of its own each time, and compares all verdicts. Asked: at most 10 minutes on the
wall, no verdict that differs. Tasks have to be made before (`assay suite show dl`), and their
environments built.

The second draws tasks, and grades reference, blank and mutants of each: once by `assay grade`, once
with a fresh pytest process for each program, in which the installed function is replaced, and the
task's checks are tests. Asked: the same verdicts, and warm at most 40 % of the cold CPU time. Cold
runs have no network, a read-only file system and no privileges (`unshare`, as root).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay import suites
from assay.build.shipped import Shipped
from assay.core.matrix import Matrix
from assay.core.words import Encoded, Task
from assay.engine import environments
from assay.suites import Suite
from assay.suites.programs import blank
from measure import HERE, Meter, Usage, show

_COLD_CPU, _COLD_WALL = 90, 600
_CONTAINED = """\
mount --make-rprivate / && mount --bind "$1" /mnt && mount -t tmpfs none /tmp &&
mount -t tmpfs none /dev/shm && mount -t tmpfs none /sys && mount -o bind,remount,ro / &&
cd /mnt && shift && exec prlimit --cpu="$1" --data=4294967296 -- setpriv --no-new-privs \\
--bounding-set=-all --inh-caps=-all --ambient-caps=-all "${@:2}"
"""


@dataclass(frozen=True, slots=True)
class Cold:
    """What a cold process said of a program: how many checks passed of how many, and its cost."""

    passed: int
    checks: int
    cpu: float

    @property
    def verdict(self) -> str:
        return "passed" if self.passed == self.checks else "not passed"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--suite", default="dl", help="`dl`, or the path of a made one")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--cold", type=int, default=0, metavar="N", help="compare N tasks instead")
    parser.add_argument("--mutants", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kept", type=Path, metavar="FILE", help="of cold runs, to go on from")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    suite = suites.load(Path(options.suite) if os.sep in options.suite else options.suite)
    with tempfile.TemporaryDirectory() as temporary:
        if options.cold:
            compare(suite, options, Path(temporary))
        else:
            repeat(suite, options, Path(temporary))


def repeat(suite: Suite, options: argparse.Namespace, folder: Path) -> None:
    """Grade the references so many times, each from nothing."""
    programs = {task.id: [task.reference or ""] for task in suite.tasks}
    meter, rows, differing = Meter(), [], 0
    first: dict[tuple[str, str], str] = {}
    for number in range(options.repeats):
        load = os.getloadavg()[0]
        used, place = graded(options.suite, programs, folder / str(number), meter, options.workers)
        seen = verdicts(place)
        first = first or seen
        differing += sum(first.get(key) != seen.get(key) for key in first | seen)
        passed = sum(one == "passed" for one in seen.values())
        rows.append([f"run {number + 1}", used.wall, used.cpu, used.cpu / len(programs), load,
                     passed, len(seen)])  # fmt: skip
        print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    show(
        f"Grading a sample for each of {len(programs)} tasks",
        ["", "wall s", "CPU s", "CPU s a task", "load before", "checks passed", "checks"], rows,
        [f"{differing} verdicts differ between {options.repeats} runs", meter.method], options.json,
    )  # fmt: skip


def graded(
    suite: str, programs: dict[str, list[str]], folder: Path, meter: Meter, workers: int
) -> tuple[Usage, Path]:
    """Programs by task, graded as a model's answers are."""
    folder.mkdir()
    with (folder / "answers.jsonl").open("w") as file:
        for task, samples in programs.items():
            said = [f"```python\n{text.strip()}\n```" for text in samples]
            file.write(json.dumps({"task": task, "samples": said}) + "\n")
    used = meter.run(
        [sys.executable, "-m", "assay", "grade", suite, str(folder / "answers.jsonl"), "--store",
         str(folder / "store.sqlite"), "--out", str(folder / "run"), "--workers", str(workers),
         "--json"], check=False,
    )  # fmt: skip
    return used, folder / "run"


def verdicts(run: Path) -> dict[tuple[str, str], str]:
    """The outcome of each check on each candidate of a run."""
    found = {}
    for matrix in sorted(run.glob("matrix/*")):
        for one in Matrix.load(matrix).verdicts():
            found[one.candidate, f"{one.task} {one.check}"] = one.outcome.label
    return found


def compare(suite: Suite, options: argparse.Namespace, folder: Path) -> None:
    """Some tasks' programs, graded warm and cold."""
    drawn = random.Random(options.seed).sample(suite.tasks, options.cold)
    programs = {task.id: variants(task, options.mutants) for task in drawn}
    meter = Meter()
    all_warm, run = graded(options.suite, programs, folder / "all", meter, options.workers)
    warm = {(row["task"], row["sample"]): row for row in map(json.loads, _lines(run))}
    alone, _ = graded(
        options.suite, {name: found[:1] for name, found in programs.items()}, folder / "alone",
        meter, options.workers,
    )  # fmt: skip
    jobs = [(task, number, program) for task in drawn
            for number, program in enumerate(programs[task.id])]  # fmt: skip
    prepared = {one: e.prepare for one, e in Shipped("dl").manifest().environments.items()}

    kept = dict(_kept(options.kept)) if options.kept and options.kept.exists() else {}

    def one(job: tuple[Task, int, str]) -> Cold:
        task, number, program = job
        if (task.id, number) in kept:
            return kept[task.id, number]
        environment = suite.environment_of(task.environment)
        python = environments.prepare(environment).python
        place = folder / f"{abs(hash((task.id, number)))}"
        found = cold(task, program, place, str(python), prepared[task.environment.split("-")[0]])
        if options.kept:
            with options.kept.open("a") as file:
                told = [task.id, number, found.passed, found.checks, found.cpu]
                file.write(json.dumps(told) + "\n")
        return found

    with ThreadPoolExecutor(options.workers) as pool:
        seen = dict(zip(((task.id, n) for task, n, _ in jobs), pool.map(one, jobs), strict=True))
    report(seen, warm, (all_warm, alone), options, meter.method)


def report(
    seen: dict[tuple[str, int], Cold], warm: dict[Any, Any], used: tuple[Usage, Usage],
    options: argparse.Namespace, method: str,
) -> None:  # fmt: skip
    def row(what: str, numbers: range) -> list[Any]:
        keys = [key for key in seen if key[1] in numbers]
        verdict = sum(_verdict(warm[key]) == seen[key].verdict for key in keys)
        checks = sum(warm[key]["checks_passed"] == seen[key].passed for key in keys)
        return [what, len(keys), sum(_verdict(warm[key]) == "passed" for key in keys), verdict,
                checks, sum(seen[key].cpu for key in keys)]  # fmt: skip

    last = 2 + options.mutants
    rows = [row("reference", range(1)), row("blank", range(1, 2)), row("mutants", range(2, last)),
            row("all", range(last))]  # fmt: skip
    cold_one = rows[0][-1] / rows[0][1]
    notes = [
        f"warm: {used[0].cpu:.0f} CPU s for all, {used[1].cpu:.0f} for the references alone: "
        f"{100 * used[0].cpu / rows[3][-1]:.0f} % and {100 * used[1].cpu / rows[0][-1]:.0f} % of "
        "cold, with the start of a zygote for each library and the control",
        f"a cold process: {cold_one:.2f} CPU s for a reference",
        f"warm: {method}; cold: rusage of what was waited for, so rather too little",
    ]
    show("Warm against cold", ["", "programs", "passed", "same verdict", "same number of checks",
                               "cold CPU s"], rows, notes, options.json)  # fmt: skip


def _verdict(row: dict[str, Any]) -> str:
    return "passed" if row["outcome"] == "passed" else "not passed"


def _kept(file: Path) -> Iterator[tuple[tuple[str, int], Cold]]:
    for task, number, *found in map(json.loads, file.read_text().splitlines()):
        yield (task, number), Cold(*found)


def _lines(run: Path) -> list[str]:
    return (run / "samples.jsonl").read_text().splitlines()


def variants(task: Task, mutants: int) -> list[str]:
    """Reference, blank, and so many mutants."""
    reference = task.reference or ""
    made = suites.mutate(reference, mutants, task.target.context)
    return [reference, blank(task) or "pass", *(one.code for one in made)]


def cold(task: Task, program: str, place: Path, python: str, prepare: str) -> Cold:
    """The task's checks as tests, run by a pytest of its own."""
    place.mkdir()
    (place / "test_task.py").write_text((HERE / "build_cold.py").read_text())
    checks = [
        [one.id, one.call, one.expected.payload if isinstance(one.expected, Encoded) else None,
         one.raises, [one.tolerance.relative, one.tolerance.absolute, one.tolerance.strict]]
        for one in task.checks
    ]  # fmt: skip
    (place / "task.json").write_text(json.dumps({
        "program": program, "prepare": prepare, "hides": list(task.hides), "checks": checks,
        "source": str(HERE.parent / "src"),
    }))  # fmt: skip
    pytest = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=found.xml",
              "--rootdir=.", "test_task.py"]  # fmt: skip
    process = subprocess.Popen(
        ["unshare", "--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc",
         "bash", "-c", _CONTAINED, "bash", str(place), str(_COLD_CPU), *pytest],
        env={"PATH": os.environ["PATH"], "HOME": "/mnt", "OMP_NUM_THREADS": "1",
             "PYTHONDONTWRITEBYTECODE": "1", "JAX_PLATFORMS": "cpu"},
        stdout=(place / "said.txt").open("w"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    until = time.monotonic() + _COLD_WALL
    while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
        if time.monotonic() > until:
            process.kill()
        time.sleep(0.05)
    process.returncode = os.waitstatus_to_exitcode(ended[1])
    cpu = ended[2].ru_utime + ended[2].ru_stime
    if not (place / "found.xml").exists():
        return Cold(0, len(checks), cpu)
    cases = list(ET.parse(place / "found.xml").iter("testcase"))
    passed = sum(not list(case) for case in cases if case.get("name", "").startswith("test_"))
    return Cold(passed, len(checks), cpu)


if __name__ == "__main__":
    main()
