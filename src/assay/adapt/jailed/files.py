"""Files and folders that a script reads and nobody has are made up when they are asked for."""

from __future__ import annotations

import ast
import builtins
import io
import os
import re
import sys
from typing import Any

from . import array_files, contents, notes, tables
from .hooks import after, around, settings

real_open = builtins.open
_TEXTS = (".txt", ".text", ".tokens", ".md", ".en", ".de", ".fr", ".src", ".tgt", ".raw", "")
_OTHERS = (".json", ".jsonl", ".wav", ".flac", *array_files.SUFFIXES)
_DATA = (*contents.IMAGES, *contents.TABLES, *contents.ARCHIVES, *_TEXTS, *_OTHERS)
_SYSTEM = ("/proc", "/sys", "/dev", "/usr", "/etc", "/lib", sys.prefix)
_LISTS = re.compile(r"listdir$|scandir$|iterdir$|glob$|walk$")
_FOLDERS = re.compile(r"ImageFolder|DatasetFolder|_from_directory")


def provide(path: Any) -> Any:
    """Where a file that is asked for lies: there if it exists, else made up, in a place of its own
    if its folder cannot be written."""
    if not isinstance(path, (str, os.PathLike)):
        return path
    text = os.fspath(path)
    if not isinstance(text, str) or os.path.exists(text) or not _is_data(text):
        return path
    place = _inside(text)
    if not os.path.exists(place):
        data = contents.content(text)
        if not data:
            return path  # weights of the script's own: it has none yet
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with real_open(place, "wb") as file:
            file.write(data)
        notes.laid(place)
        notes.note(f"file {text}: synthetic ({len(data):,} bytes)")
    return place


def _is_data(text: str) -> bool:
    told = tables.wanted or tables.fixture(text)
    known = told or os.path.splitext(text)[1].lower() in _DATA
    return bool(known) and not text.startswith(_SYSTEM)


def _inside(text: str) -> str:
    """The path itself where it is in scratch, else the like of it in there."""
    # Paths of Windows mean folders, too.
    whole = os.path.abspath(os.path.expanduser(re.sub(r"^[A-Za-z]:(?=\\)|\\+", "/", text)))
    scratch = os.path.realpath(os.environ.get("TMPDIR", "/tmp"))
    if os.path.realpath(whole).startswith(scratch + os.sep):
        return whole
    return os.path.join(scratch, "home", "elsewhere", whole.lstrip("/"))


def place_of(folder: Any) -> Any:
    """Where a folder lies, or would lie."""
    text = os.fspath(folder)
    return text if os.path.isdir(text) else _inside(text)


def provide_folder(path: Any) -> Any:
    """The same for a folder: with files in it, in two folders where the script goes deeper."""
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else "."
    if not isinstance(text, str) or os.path.isdir(text):
        return path
    place = _inside(text)
    deeper = _FOLDERS.search(settings["script"]) or _goes_deeper()
    if not os.path.isdir(place) and deeper:
        from . import vision

        os.makedirs(place)
        vision.lay_folders(place, os.path.basename(place))
    elif not os.path.isdir(place):
        notes.note(f"folder {text}: synthetic {contents.kind_of_files()} files")
        os.makedirs(place)
        for name, data in contents.many(os.path.basename(place), 16):
            with real_open(os.path.join(place, name), "wb") as file:
                file.write(data)
            notes.laid(os.path.join(place, name))
    return place


def _is_ours(folder: str) -> bool:
    scratch = os.path.realpath(os.environ.get("TMPDIR", "/tmp"))
    return os.path.realpath(folder).startswith((os.getcwd(), scratch + os.sep))


def _goes_deeper() -> bool:
    """Whether the script lists folders, and in a loop over them lists what is in each; or asks for
    files two folders deep."""

    def lists(node: ast.AST) -> bool:
        return any(isinstance(one, ast.Call) and _LISTS.search(ast.unparse(one.func))
                   for one in ast.walk(node))  # fmt: skip

    script = settings["script"]
    loops = (one for one in ast.walk(ast.parse(script)) if isinstance(one, ast.For))
    nested = any(lists(one.iter) and any(map(lists, one.body)) for one in loops)
    return nested or bool(re.search(r"glob\([^)\n]*\*[\"']?[/,]\s*[\"']?\*", script))


def have_folder(path: Any) -> None:
    """A folder for a file that is about to be written: repositories have theirs, empty ones, which
    do not come with the script."""
    if not isinstance(path, (str, os.PathLike)):
        return
    folder = os.path.dirname(os.path.abspath(os.fspath(path)))
    if isinstance(folder, str) and not os.path.exists(folder) and _is_ours(folder):
        notes.note(f"folder {os.path.relpath(folder)}: made, for what is written there")
        os.makedirs(folder)


def _by_script(depth: int = 2) -> bool:
    return sys._getframe(depth + 1).f_globals.get("__name__") == "__main__"


_BY_LINES = {"skipped": False, "numeric": True}


def _reads_lines() -> bool:
    """Whether the script cuts the lines of tables itself, and takes the first for data."""
    script = settings["script"]
    return bool(re.search(r"readlines\(\)|csv\.reader", script)) and not re.search(
        r"next\(|\[1:\]|readline\(\)|skip", script
    )


@after("builtins")
def opening(module: Any) -> None:
    def opened(file: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
        if "r" not in mode:
            have_folder(file)
        elif _by_script(1):
            with tables.asked(**_BY_LINES if _reads_lines() else {}):
                file = provide(file)
        return real_open(file, mode, *given, **named)

    module.open = opened
    io.open = opened


@after("os")
def listing(module: Any) -> None:
    def listed(real: Any, path: Any = ".", *given: Any, **named: Any) -> Any:
        return real(provide_folder(path) if _by_script() else path, *given, **named)

    for name in ("listdir", "scandir", "walk"):
        around(module, name, listed)


@after("pathlib")
def walking(module: Any) -> None:
    def found(real: Any, path: Any, *given: Any) -> Any:
        return real(type(path)(provide_folder(path)) if _by_script() else path, *given)

    for name in ("iterdir", "glob", "rglob"):
        around(module.Path, name, found)

    def opened(real: Any, path: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
        if "r" in mode and _by_script():
            path = type(path)(provide(path))
        return real(path, mode, *given, **named)

    def read(real: Any, path: Any, *given: Any, **named: Any) -> Any:
        return real(type(path)(provide(path)) if _by_script() else path, *given, **named)

    around(module.Path, "open", opened)
    for name in ("read_text", "read_bytes"):
        around(module.Path, name, read)


@after("gzip")
def unpacking(module: Any) -> None:
    around(module, "open", lambda real, path, *given, **named: real(provide(path), *given, **named))


@after("glob")
def globbing(module: Any) -> None:
    def found(real: Any, pattern: Any, *given: Any, **named: Any) -> Any:
        got = real(pattern, *given, **named)
        if got or not _by_script():
            return got
        head = os.path.dirname(re.split(r"[*?\[]", str(pattern))[0])
        folder = provide_folder(head or ".")
        tail = str(pattern)[len(head) :].lstrip("/")
        return real(os.path.join(str(folder), tail), *given, **named)

    around(module, "glob", found)


@after("matplotlib.pyplot")
def showing(module: Any) -> None:
    def show(*_: Any, **__: Any) -> None:
        notes.note("plt.show: not shown")
        module.close("all")

    module.show, module.pause = show, lambda *_: None


@after("matplotlib.axes._base")
def plotting(module: Any) -> None:
    """A curve of fewer turns than the script takes of its own accord."""

    def plots(real: Any, one: Any, axes: Any, data: Any, *given: Any, **named: Any) -> Any:
        sized = [hasattr(one, "__len__") and not isinstance(one, str) for one in data[:2]]
        if sized == [True, True]:
            shortest = min(map(len, data[:2]))
            data = (*(values[:shortest] for values in data[:2]), *data[2:])
        return real(one, axes, data, *given, **named)

    around(module._process_plot_var_args, "_plot_args", plots)
