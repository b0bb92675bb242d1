"""Files and folders that are there whole or not at all."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from assay.core.errors import InputError


@contextmanager
def written(place: Path) -> Iterator[Path]:
    """A name beside `place` for a file, renamed when the block ends well and gone when it does
    not. A file that was there keeps its mode; a link to one stays a link. OSError where it cannot
    be written."""
    place, fresh = _beside(place)
    try:
        yield fresh
        if place.exists():
            fresh.chmod(place.stat().st_mode & 0o777)
        fresh.replace(place)
    finally:
        fresh.unlink(missing_ok=True)


def write_whole(place: Path, text: str) -> None:
    """Put text into a file, in place of what is there; InputError where it cannot be written."""
    try:
        with written(place) as fresh, fresh.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"{place}: cannot be written: {error.strerror}") from None


@contextmanager
def filled(place: Path) -> Iterator[Path]:
    """A new folder beside `place`, put in place of the one that is there when the block ends well
    and gone when it does not. Whoever reads at the same time sees the old one or the new one, or
    for an instant none. OSError where it cannot be written."""
    place, fresh = _beside(place)
    fresh.mkdir()
    try:
        yield fresh
        _swap(fresh, place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _beside(place: Path) -> tuple[Path, Path]:
    place = place.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    return place, place.with_name(f".assay-{uuid4().hex[:12]}{place.suffix}")


def _swap(fresh: Path, place: Path) -> None:
    """Two renames: a folder that is not empty cannot be replaced in one."""
    old = fresh.with_name(f"{fresh.name}.old")
    with contextlib.suppress(FileNotFoundError):
        place.rename(old)
    try:
        fresh.rename(place)
    except BaseException:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)
