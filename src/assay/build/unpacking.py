"""Archives from strangers, unpacked so that nothing leaves the folder and nothing is a link."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from assay.build.faults import BuildFault

MOST_BYTES = 1 << 30
MOST_FILES = 60_000
# Of a working copy: what a build or a tool left there, and history.
_NOT_SOURCE = {
    ".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".eggs",
}  # fmt: skip

Member = tuple[str, Callable[[], IO[bytes] | None]]


def unpack(archive: Path, place: Path, only: str = "") -> None:
    """The regular files of a tar or zip archive, under `place`; with `only`, those whose names
    end like that.

    A link becomes a copy of what it leads to inside the archive, or is left out; owners and modes
    are dropped. BuildFault for a name that leads outside, for more than a gigabyte, and for what
    is no archive.
    """
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                _write(archive, _of_zip(opened), place, only)
        else:
            with tarfile.open(archive) as tar:
                _write(archive, _of_tar(tar), place, only)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, RuntimeError) as error:
        raise BuildFault(
            "fetch", "archive", f"{archive.name} cannot be unpacked: {error}"
        ) from None


def copy_tree(folder: Path, place: Path) -> None:
    """The regular files of a folder, without version control, caches and links."""
    _write(folder, _of_folder(folder), place, "")


def _of_zip(archive: zipfile.ZipFile) -> Iterator[Member]:
    for info in archive.infolist():
        is_link = info.external_attr >> 28 == 0o12
        if not info.is_dir() and not is_link:
            yield info.filename, lambda info=info: archive.open(info)  # type: ignore[misc]


def _of_tar(archive: tarfile.TarFile) -> Iterator[Member]:
    for member in archive:
        if member.isreg() or member.islnk() or member.issym():
            yield member.name, lambda member=member: _extracted(archive, member)  # type: ignore[misc]


def _extracted(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes] | None:
    try:
        return archive.extractfile(member)
    except KeyError:  # a link to something that is not in the archive
        return None


def _of_folder(folder: Path) -> Iterator[Member]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - _NOT_SOURCE)
        for name in sorted(names):
            path = Path(here, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), lambda path=path: path.open("rb")  # type: ignore[misc]


def _write(source: Path, members: Iterator[Member], place: Path, only: str) -> None:
    left, files = MOST_BYTES, 0
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o755)
    for name, opened in members:
        target = place / _inside(source, name)
        if not name.endswith(only):
            continue
        reading = opened()
        if reading is None:
            continue
        files += 1
        _make_folder(target.parent, place)
        with reading, target.open("wb") as writing:
            shutil.copyfileobj(_Capped(reading, left), writing)
            left -= writing.tell()
        # What runs in the jail has a uid without rights.
        target.chmod(0o644)
        if left <= 0 or files > MOST_FILES:
            what = f"{MOST_BYTES >> 20} MiB" if left <= 0 else f"{MOST_FILES} files"
            raise BuildFault("fetch", "size", f"{source.name} unpacks to more than {what}")


class _Capped:
    """A file that ends after so many bytes: a few kilobytes can claim to be terabytes."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file, self._left = file, most

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size if size >= 0 else self._left, self._left))
        self._left -= len(data)
        return data


def _inside(source: Path, name: str) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in path.parts[0]:
        raise BuildFault("fetch", "archive", f"{source.name} has a file that leads outside: {name}")
    return path


def _make_folder(folder: Path, place: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    while folder != place:
        folder.chmod(0o755)
        folder = folder.parent
