"""Runs one script as `__main__`, and remembers what became of it.

work/      the script's own directory; what it leaves here is reported
home/      HOME and the libraries' caches; not reported
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import io
import json
import linecache
import os
import sys
import threading
import traceback
import zipfile
from typing import Any

from . import ahead, clock, hooks, left, names, notes, state, tree

_MOST_STDOUT = 4 << 20
_MOST_MESSAGE = 2000
_JOIN_SECONDS = 20.0
# TorchScript keeps the line numbers of the script beside its code, and a sum over them.
_DEBUG = (".debug_pkl", "/.data/serialization_id")
_OWN = ("home", "stdout", "stderr")

report: dict[str, Any] = {}
before: dict[str, Any] = {"__name__": "before"}
_namespace: dict[str, Any] = {}


def go(config: dict[str, Any], namespace: dict[str, Any]) -> None:
    """Run the script in this namespace, which becomes that of `__main__`. Never raises."""
    started = _cpu()
    scratch = os.environ.get("TMPDIR") or os.getcwd()
    work = os.path.join(scratch, "work")
    os.makedirs(work)
    os.chdir(work)
    path = os.path.join(work, "script.py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(config["script"])
    linecache.cache[path] = (
        len(config["script"]), None, config["script"].splitlines(True), path
    )  # fmt: skip
    ahead.variables(scratch, config["variables"])
    names.limit(config["epochs"], config["steps"])
    namespace.clear()
    namespace.update(
        __name__="__main__", __file__=path, __doc__=None, __package__=None, __spec__=None,
        __loader__=None, __builtins__=__import__("builtins"),
    )  # fmt: skip
    sys.argv = [path, *config["arguments"]]
    sys.path.insert(0, work)
    streams = _Streams(scratch)
    outcome: dict[str, Any] = {}
    try:
        code = compile(tree.limited(config["script"], path), path, "exec", dont_inherit=True)
        clock.freeze()
        hooks.install(config)
        if not config["arguments"] and "argv" in config["script"]:
            sys.argv += sys.modules[f"{__package__}.arguments"].words(config["script"])
        if config["before"]:
            exec(compile(config["before"], "before.py", "exec"), before)
        ahead.reseed()
        exec(code, namespace)
        outcome = {"outcome": "finished", "message": "", "line": None}
    except BaseException as error:
        outcome = _told(error, path)
        if outcome["outcome"] != "finished" and not isinstance(error, SystemExit):
            traceback.print_exception(error)
    _namespace.update(namespace)
    report.update(outcome)
    report.update(weights=_safely(state.weights, namespace), random=_safely(state.generators))
    _finish()
    stdout, stderr = streams.close()
    if report["outcome"] == "raised" and report["message"].startswith("SystemExit"):
        report["message"] = f"{report['message']}: {_last_line(stderr)}"
    report.update(
        stdout=stdout, stderr=stderr[-_MOST_MESSAGE:], replaced=notes.taken(),
        files=_files(scratch, work, path), cpu=_cpu() - started,
    )  # fmt: skip


def answers(questions: list[str]) -> str:
    """The report, and the encoded answer to each question or why there is none, as JSON."""
    runner, encode = sys.modules["inside.runner"], sys.modules["inside.encode"]
    given = []
    for question in questions:
        scope = {**_namespace, "left": left.frames, "before": before}
        try:
            value = runner._evaluate(question, scope)
            given.append([json.loads(encode.to_text(encode.encode(value))), None])
        except BaseException as error:
            given.append([None, _one_line(error)])
    return json.dumps({"report": report, "answers": given})


def _told(error: BaseException, path: str) -> dict[str, Any]:
    line = None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == path:
            line = frame.lineno
    if isinstance(error, SyntaxError) and error.filename == path:
        line = error.lineno
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return {"outcome": "finished", "message": "", "line": None}
    kind = "memory" if isinstance(error, MemoryError) else "raised"
    return {"outcome": kind, "message": _one_line(error) + _hint(error), "line": line}


def _hint(error: BaseException) -> str:
    """What to do about it, where an option that has no value may be the cause."""
    arguments = sys.modules.get(f"{__package__}.arguments")
    missing = arguments.nothing_for if arguments and "NoneType" in str(error) else []
    return f" (no value was given for {', '.join(missing)}: choose with --args)" if missing else ""


def _one_line(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:
        text = "(its message cannot be shown)"
    return f"{type(error).__name__}: {text}"[:_MOST_MESSAGE]


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")


def _safely(read: Any, *arguments: Any) -> dict[str, str]:
    try:
        found: dict[str, str] = read(*arguments)
    except Exception as error:
        notes.note(f"{read.__name__} could not be read: {_one_line(error)}")
        return {}
    return found


def _finish() -> None:
    """What the interpreter does when a script ends: threads come home, exit handlers run."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(_JOIN_SECONDS)
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()


def _cpu() -> float:
    return sum(os.times()[:4])


class _Streams:
    """Standard output and error as files, so that what C code prints is in its place, too."""

    def __init__(self, scratch: str) -> None:
        self._places = [os.path.join(scratch, name) for name in ("stdout", "stderr")]
        for number, place in enumerate(self._places, 1):
            descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
            os.dup2(descriptor, number)
            os.close(descriptor)
        for number, name in ((1, "stdout"), (2, "stderr")):
            raw = io.FileIO(number, "wb", closefd=False)
            text = io.TextIOWrapper(raw, "utf-8", "replace", write_through=True)
            setattr(sys, name, text)
            setattr(sys, f"__{name}__", text)
        sys.stdin = io.StringIO()

    def close(self) -> tuple[str, str]:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        found = []
        for place in self._places:
            with open(place, "rb") as file:
                found.append(file.read(_MOST_STDOUT).decode("utf-8", "replace"))
        return found[0], found[1]


def _files(scratch: str, work: str, script: str) -> dict[str, str]:
    """Each file that the script left, by its path from its own directory, without what we laid."""
    found = {}
    for top, folders, files in os.walk(scratch):
        if top == scratch:
            folders[:] = [name for name in folders if name not in _OWN and name[:3] != "tmp"]
            files = [name for name in files if name not in _OWN and name[:3] != "tmp"]
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            path = os.path.join(top, name)
            if path != script and os.path.isfile(path) and not notes.is_laid(path):
                found[os.path.relpath(path, work)] = _sha256(path)
    return found


def _sha256(path: str) -> str:
    broken = (OSError, ValueError, KeyError, zipfile.BadZipFile)
    with contextlib.suppress(*broken), zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if any("/code/" in name and name.endswith(_DEBUG) for name in names):
            kept = sorted(name for name in names if not name.endswith(_DEBUG))
            parts = [(name, hashlib.sha256(archive.read(name)).hexdigest()) for name in kept]
            return hashlib.sha256(repr(parts).encode()).hexdigest()
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
