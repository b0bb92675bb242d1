"""`assay matrix` as a user meets it: real processes, real files, good and bad input."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = [
    {"id": "good", "task": "double", "code": "def double(x): return 2 * x"},
    {"id": "pair", "task": "double", "code": "def double(x): return (x, 2)"},
    {"id": "exits", "task": "double", "code": "import os\nos._exit(0)"},
]
CHECKS = [
    {"id": "two", "task": "double", "call": "double(1)", "expected": 2},
    {"id": "none", "task": "double", "call": "double(None)", "raises": "TypeError"},
    {"id": "even", "task": "double", "code": "assert double(3) % 2 == 0"},
    {"id": "literal", "task": "double", "call": "double(1)", "expected": "(1, 2)"},
    {"id": "json", "task": "double", "call": "double(1)", "expected": [1, 2]},
    {"id": "elsewhere", "task": "another", "call": "f()", "expected": 1},
]


@pytest.fixture
def folder(tmp_path: Path, cache: Path) -> Path:  # noqa: ARG001
    write(tmp_path / "candidates.jsonl", PROGRAMS)
    write(tmp_path / "checks.jsonl", CHECKS)
    return tmp_path


def write(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def assay(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assay", *words],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_json_is_one_object_with_everything(folder: Path) -> None:
    done = assay(folder, "matrix", "candidates.jsonl", "checks.jsonl", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["outcomes"] == {"passed": 5, "failed": 4, "raised": 1, "crashed": 5}
    assert told["candidates"]["good"] == {
        "task": "double", "passed": 3, "failed": 2, "outcome": "failed",
        "checks": {
            "two": "passed", "none": "passed", "even": "passed", "literal": "failed",
            "json": "failed",
        },
    }  # fmt: skip
    assert told["candidates"]["pair"]["checks"]["literal"] == "passed"
    assert told["candidates"]["pair"]["checks"]["json"] == "passed"
    assert told["harness"] == 0
    assert told["protection"] in ("restricted", "strong", "full")
    assert told["cpu_seconds"] > 0


def test_a_finished_matrix_is_shown_again(folder: Path) -> None:
    first = assay(folder, "matrix", "candidates.jsonl", "checks.jsonl", "--out", "kept")
    shown = assay(folder, "matrix", "--show", "kept")
    assert first.returncode == shown.returncode == 0
    assert first.stdout == shown.stdout
    assert "good" in shown.stdout
    again = assay(folder, "matrix", "--show", "kept", "--json")
    assert json.loads(again.stdout)["candidates"]["exits"]["outcome"] == "crashed"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "not JSON"),
        ("[1]", "an object was expected, not list"),
        ('{"id": "a", "task": "t"}', "'code' is missing"),
        ('{"id": "a", "task": "t", "code": 1}', "'code' must be a string, not int"),
        ('{"id": "", "task": "t", "code": ""}', "'id' is empty"),
        ('{"id": "good", "task": "t", "code": ""}', "id 'good' is taken by line 1"),
        ('{"id": "a", "task": "t", "code": "", "argv": "x"}', "'argv' must be a list"),
    ],
)
def test_a_malformed_candidate_names_file_line_and_fault(
    folder: Path, line: str, fault: str
) -> None:
    path = folder / "candidates.jsonl"
    path.write_text(path.read_text() + "\n" + line + "\n")
    done = assay(folder, "matrix", "candidates.jsonl", "checks.jsonl")
    assert done.returncode == 2
    assert f"candidates.jsonl:5: {fault}" in done.stderr
    assert done.stdout == ""
    assert not (folder / "cache" / "verdicts.sqlite").exists()


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ({"call": "f()"}, "needs 'expected' or 'raises'"),
        ({"call": "f()", "expected": 1, "raises": "E"}, "needs 'expected' or 'raises'"),
        ({"call": "f()", "code": "x", "expected": 1}, "either 'code', or 'call'"),
        ({"code": "x", "expected": 1}, "go with 'call'"),
        ({"call": "f()", "expcted": 1}, "unknown key 'expcted'"),
        ({}, "either 'code', or 'call'"),
    ],
)
def test_a_malformed_check_names_file_line_and_fault(
    folder: Path, record: dict[str, Any], fault: str
) -> None:
    write(folder / "checks.jsonl", [{"id": "c", "task": "double", **record}])
    done = assay(folder, "matrix", "candidates.jsonl", "checks.jsonl")
    assert done.returncode == 2
    assert "checks.jsonl:1: " in done.stderr
    assert fault in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["candidates.jsonl"], "needs two files"),
        (["missing.jsonl", "checks.jsonl"], "missing.jsonl: cannot be read"),
        (["candidates.jsonl", "checks.jsonl", "--env", "nowhere"], "'nowhere'"),
        (["candidates.jsonl", "checks.jsonl", "--workers", "many"], "'many'"),
        (["candidates.jsonl", "checks.jsonl", "--min-protection", "high"], "'high'"),
        (["--show", "."], "manifest.json"),
        (["candidates.jsonl", "checks.jsonl", "--cpu", "0"], "--cpu"),
    ],
)
def test_bad_usage_is_one_line(folder: Path, words: list[str], told: str) -> None:
    done = assay(folder, "matrix", *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_out_does_not_overwrite_what_is_no_matrix(folder: Path) -> None:
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").write_text("keep")
    done = assay(folder, "matrix", "candidates.jsonl", "checks.jsonl", "--out", "notes")
    assert done.returncode == 2
    assert (folder / "notes" / "mine.txt").read_text() == "keep"


def _stored(folder: Path) -> set[tuple[int, float]]:
    """Programs and CPU times of what is in the store."""
    path = folder / "cache" / "verdicts.sqlite"
    if not path.exists():
        return set()
    with contextlib.closing(sqlite3.connect(path)) as base, contextlib.suppress(sqlite3.Error):
        return set(base.execute("select program, cpu from observations"))
    return set()


def test_ctrl_c_leaves_a_run_that_goes_on(folder: Path) -> None:
    slow = "import time\ndef f(n):\n    time.sleep(0.4)\n    return n"
    programs = [{"id": f"p{n}", "task": "t", "code": f"{slow}\nn = {n}"} for n in range(30)]
    write(folder / "candidates.jsonl", programs)
    write(folder / "checks.jsonl", [{"id": "c", "task": "t", "call": "f(1)", "expected": 1}])
    words = [sys.executable, "-m", "assay", "matrix", "candidates.jsonl", "checks.jsonl", "--json"]
    process = subprocess.Popen(
        words, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ},
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while len(_stored(folder)) < 4 and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (4, "")
    assert "the same command goes on from here" in err
    kept = _stored(folder)
    assert 4 <= len(kept) < 30
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert json.loads(done.stdout)["outcomes"] == {"passed": 30}
    # What was kept was not run again: each run leaves CPU times of its own.
    after = _stored(folder)
    assert len(after) == 30
    assert kept <= after


def test_doctor_tells_the_level(folder: Path) -> None:
    done = assay(folder, "doctor", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == (0 if told["level"] in ("restricted", "strong", "full") else 3)
    assert set(told["missing"]) == {name for name, holds in told["layers"].items() if not holds}
    assert all(entry["advice"] for entry in told["missing"].values())
    assert "level:" in assay(folder, "doctor").stdout
