"""Runs one file of a library's tests with pytest, and tells what became of each test.

The library's tree is read-only and never worked in: its tests run in a tree of links in scratch,
whose folders are real, because tests like to write beside themselves.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import random
import sys
import tempfile
from typing import Any

import pytest

from .recorder import Recorder, Task

_MOST_ENTRIES = 8000
_OVERRIDES = ("addopts=", "filterwarnings=", "required_plugins=", "xfail_strict=false")


def main(argument: str) -> str:
    """Run what the JSON text asks for; what was seen, as JSON text."""
    task = Task(**json.loads(argument))
    tree = _scratch()
    lay_out(task.root, tree, task.file, task.tests, task.hidden)
    os.chdir(tree)
    _import_from(tree, task)
    random.seed(task.seed)
    recorder = Recorder(task, tree)
    options = [one for override in _OVERRIDES for one in ("-o", override)]
    told = sys.stdout = sys.stderr = _Told()
    code = pytest.main(
        [
            "-p", "no:cacheprovider", "-p", "no:faulthandler", "--capture=sys", "--tb=line", "-q",
            "--no-header", f"--rootdir={tree}", *options, *task.options, task.file,
        ],
        plugins=[recorder],
    )  # fmt: skip
    found = recorder.found()
    if int(code) in (2, 3, 4) and not found["file_error"]:
        found["file_error"] = told.last_error()
    return json.dumps(found)


def lay_out(root: str, tree: str, file: str, tests: list[str], hidden: list[str]) -> None:
    """Links to all that is in `root` but what is hidden; the folders above the file, and the folder
    of tests that it belongs to with all beneath, are real."""
    above = file.split("/")[:-1]
    real = {"/".join(above[: n + 1]) for n in range(len(above))}
    own = [one for one in tests if file.startswith(f"{one}/")]
    left = _MOST_ENTRIES

    def fill(relative: str) -> None:
        nonlocal left
        os.makedirs(os.path.join(tree, relative), exist_ok=True)
        for entry in os.scandir(os.path.join(root, relative)):
            inner = f"{relative}/{entry.name}" if relative else entry.name
            left -= 1
            is_real = inner in real or any(f"{inner}/".startswith(f"{one}/") for one in own)
            if entry.is_dir() and is_real and left > 0:
                fill(inner)
            elif entry.name != "__pycache__" and inner not in hidden:
                os.symlink(entry.path, os.path.join(tree, inner))

    fill("")


def _scratch() -> str:
    """An empty folder to work in. Where the tree itself lies beneath /tmp, /tmp is not scratch."""
    for place in ("/private/tmp", os.environ.get("TMPDIR", "/tmp")):
        if os.access(place, os.W_OK):
            os.environ.update(TMPDIR=place, HOME=place)
            tempfile.tempdir = place
            return os.path.join(place, "tree")
    raise OSError("there is no scratch to write to")


def _import_from(tree: str, task: Task) -> None:
    """Let the tests, and the processes that they start, import the library from the tree, or from
    the environment where the tree has parts that were not compiled."""
    if task.from_tree:
        place = os.path.join(tree, task.import_root).rstrip("/")
        sys.path.insert(0, place)
        os.environ["PYTHONPATH"] = place
        _describe(tree, *task.distribution)
    importlib.invalidate_caches()


def _describe(tree: str, name: str = "", version: str = "") -> None:
    """Metadata of an installed package, which many libraries read their version from. It comes
    last: where the library is installed, its own is found first."""
    if name:
        folder = os.path.join(tree, ".assay", f"{name}-{version}.dist-info")
        os.makedirs(folder)
        with open(os.path.join(folder, "METADATA"), "w") as file:
            file.write(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        sys.path.append(os.path.dirname(folder))


class _Told(io.TextIOBase):
    """What pytest prints; only its last lines are kept, for when it cannot even start."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self) -> None:
        self.kept = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.kept = (self.kept + text)[-8000:]
        return len(text)

    def fileno(self) -> int:
        return 1

    def isatty(self) -> bool:
        return False

    def last_error(self) -> dict[str, Any]:
        lines = [line.strip() for line in self.kept.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("E ") or "Error" in line]
        said = (errors or lines or ["pytest gave up without a word"])[-1].removeprefix("E").strip()
        kinds = [one for one in ("FileNotFoundError", "ModuleNotFoundError") if one in self.kept]
        return {"error": said[:300], "kinds": kinds, "network": False, "skipped": False}
