"""Finds suites: by the path of a directory, by a shipped name, or by the door `assay.suites`."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assay.core import doors
from assay.core.errors import InputError
from assay.core.nearest import nearest
from assay.suites.directory import MANIFEST, read
from assay.suites.suite import Suite

DOOR = "assay.suites"
Progress = Callable[[str], None]
_PACKAGE = Path(__file__).resolve().parent.parent
# In a wheel suites are data of the package; in a checkout they lie beside `src`.
_SHIPPED = (_PACKAGE / "_suites", _PACKAGE.parent.parent / "suites")


def names() -> list[str]:
    """The names that `load` knows without a path."""
    return sorted({*_shipped(), *doors.names(DOOR)})


def load(name_or_path: str | os.PathLike[str], progress: Progress | None = None) -> Suite:
    """The suite of that name, or the one in that directory. `progress` is told in short lines what
    takes its time, where a suite is made first.

    Raises InputError where there is none, or a faulty one: file, line and what is wrong."""
    wanted = os.fspath(name_or_path)
    if isinstance(name_or_path, os.PathLike) or _looks_like_a_path(wanted):
        return read(_directory(Path(wanted).expanduser()))
    shipped = _shipped()
    if wanted in shipped:
        return read(shipped[wanted])
    if wanted in doors.names(DOOR):
        return _through_the_door(wanted, progress)
    raise InputError(_unknown(wanted))


def about(name: str) -> dict[str, Any]:
    """Name, version, description, licence, number of tasks (and of checks, unless they are yet to
    be made), without making the suite. Raises what `load` raises."""
    if name not in _shipped() and name in doors.names(DOOR):
        found: Any = doors.find(DOOR, name)
        if hasattr(found, "about"):
            told: dict[str, Any] = found.about()
            return told
    suite = load(name)
    keys = ("name", "version", "description", "licence")
    counts = {"tasks": len(suite.tasks), "checks": sum(len(task.checks) for task in suite.tasks)}
    return {**{key: getattr(suite, key) for key in keys}, **counts}


def fetch(name: str, source_root: Path | None = None, progress: Progress | None = None) -> Path:
    """Get the files of a suite that does not ship them, from the network or local checkouts; where
    they lie then. Raises InputError."""
    found: Any = doors.find(DOOR, name)
    if not hasattr(found, "fetch"):
        raise InputError(f"suite {name}: there is nothing to fetch, it is here already")
    place: Path = found.fetch(source_root, progress)
    return place


def shipped_folder(name: str) -> Path:
    """Where the files of a suite that ships with assay are."""
    for place in _SHIPPED:
        if (place / name).is_dir():
            return place / name
    raise InputError(f"the files of suite {name} are missing: install assay again")


def _shipped() -> dict[str, Path]:
    return {
        manifest.parent.name: manifest.parent
        for place in reversed(_SHIPPED)
        for manifest in sorted(place.glob(f"*/{MANIFEST}"))
    }


def _looks_like_a_path(wanted: str) -> bool:
    return os.sep in wanted or wanted.startswith((".", "~"))


def _directory(path: Path) -> Path:
    if path.name == MANIFEST:
        path = path.parent
    if not path.is_dir():
        raise InputError(f"no suite at {path}: there is no such directory")
    if not (path / MANIFEST).is_file():
        raise InputError(f"no suite in {path}: it has no {MANIFEST}")
    return path


def _through_the_door(name: str, progress: Progress | None) -> Suite:
    """A suite, the path of one, or a callable that returns either; one that takes long to make it
    takes `progress`."""
    found: Any = doors.find(DOOR, name)
    if callable(found):
        takes = "progress" in inspect.signature(found).parameters
        found = found(progress=progress) if takes else found()
    if isinstance(found, str | os.PathLike):
        return read(_directory(Path(found)))
    if not isinstance(found, Suite):
        raise InputError(
            f"{DOOR}: {name!r} gave a {type(found).__name__}; a Suite or the path of one was due"
        )
    return found


def _unknown(wanted: str) -> str:
    if (Path(wanted) / MANIFEST).is_file():
        return f"no suite is named {wanted!r}; for the one that is here, write ./{wanted}"
    return (
        f"no suite is named {wanted!r}: {nearest(wanted, names())}; for your own, give the path of "
        "its directory"
    )
