"""Files and folders that a script reads and nobody has are made up when they are asked for."""

from __future__ import annotations

import builtins
import io
import os
import re
import sys
from typing import Any

from . import contents, names, notes
from .hooks import after, around, settings

real_open = builtins.open
_TEXTS = (".txt", ".text", ".tokens", ".md", ".en", ".de", ".fr", ".src", ".tgt", ".raw", "")
_OTHERS = (".json", ".jsonl", ".npy", ".npz", ".wav", ".flac")
_DATA = (*contents.IMAGES, *contents.TABLES, *contents.ARCHIVES, *_TEXTS, *_OTHERS)
_SYSTEM = ("/proc", "/sys", "/dev", "/usr", "/etc", "/lib", sys.prefix)
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
    return os.path.splitext(text)[1].lower() in _DATA and not text.startswith(_SYSTEM)


def _inside(text: str) -> str:
    """The path itself where it is in scratch, else the like of it in there."""
    whole = os.path.abspath(os.path.expanduser(text))
    scratch = os.path.realpath(os.environ.get("TMPDIR", "/tmp"))
    if os.path.realpath(whole).startswith(scratch + os.sep):
        return whole
    return os.path.join(scratch, "home", "elsewhere", whole.lstrip("/"))


def provide_folder(path: Any) -> Any:
    """The same for a folder: with files in it, in two folders where the script goes deeper."""
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else "."
    if not isinstance(text, str) or os.path.isdir(text):
        return path
    place = _inside(text)
    if not os.path.isdir(place) and _FOLDERS.search(settings["script"]):
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


def have_folder(path: Any) -> None:
    """A folder for a file that is about to be written: repositories have theirs, empty ones, which
    do not come with the script."""
    if not isinstance(path, (str, os.PathLike)):
        return
    folder = os.path.dirname(os.path.abspath(os.fspath(path)))
    if isinstance(folder, str) and not os.path.exists(folder) and folder.startswith(os.getcwd()):
        notes.note(f"folder {os.path.relpath(folder)}: made, for what is written there")
        os.makedirs(folder)


def _by_script(depth: int = 2) -> bool:
    return sys._getframe(depth + 1).f_globals.get("__name__") == "__main__"


@after("builtins")
def opening(module: Any) -> None:
    def opened(file: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
        if "r" not in mode:
            have_folder(file)
        elif _by_script(1):
            file = provide(file)
        return real_open(file, mode, *given, **named)

    def refused(*_: Any) -> str:
        raise EOFError("the script asks for input, and nobody is there: give it arguments (--args)")

    module.open, module.input = opened, refused
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
        head = re.split(r"[*?\[]", str(pattern))[0]
        folder = provide_folder(os.path.dirname(head) or ".")
        tail = os.path.basename(str(pattern))
        return real(os.path.join(str(folder), tail), *given, **named)

    around(module, "glob", found)


@after("pandas")
def reading_tables(module: Any) -> None:
    def read(real: Any, path: Any, *given: Any, **named: Any) -> Any:
        if isinstance(path, str) and path.startswith(("http:", "https:", "s3:", "gs:")):
            from . import web

            path = web.fetch(path)
        contents.wanted.clear()
        contents.wanted.update(named)
        if real.__name__ == "read_table":
            contents.wanted.setdefault("sep", "\t")
        frame = real(provide(path), *given, **named)
        contents.wanted.clear()
        limit = names.ROWS
        return frame if not hasattr(frame, "iloc") or len(frame) <= limit else frame.iloc[:limit]

    for name in ("read_csv", "read_table", "read_json", "read_parquet", "read_excel"):
        around(module, name, read)


@after("pandas.io.common")
def writing_tables(module: Any) -> None:
    """It looks for the folder before it opens the file."""
    around(module, "check_parent_directory", lambda _real, path: have_folder(path))


@after("numpy")
def reading_arrays(module: Any) -> None:
    for name in ("load", "loadtxt", "genfromtxt"):
        around(
            module, name, lambda real, path, *given, **named: real(provide(path), *given, **named)
        )


@after("PIL.Image")
def reading_images(module: Any) -> None:
    around(module, "open", lambda real, path, *given, **named: real(provide(path), *given, **named))


@after("torchvision.io.image", "torchvision.io")
def reading_tensors(module: Any) -> None:
    for name in ("read_image", "read_file"):
        if hasattr(module, name):
            around(
                module,
                name,
                lambda real, path, *given, **named: real(provide(path), *given, **named),
            )


@after("cv2")
def reading_pictures(module: Any) -> None:
    around(module, "imread", lambda real, path, *given: real(provide(path), *given))


@after("torchaudio")
def reading_sounds(module: Any) -> None:
    def load(path: Any, *_: Any, **__: Any) -> Any:
        import wave

        import numpy
        import torch

        with wave.open(str(provide(path)), "rb") as file:
            raw, rate = file.readframes(file.getnframes()), file.getframerate()
        return torch.from_numpy(numpy.frombuffer(raw, "<i2").astype("float32") / 32768)[None], rate

    module.load = load


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
