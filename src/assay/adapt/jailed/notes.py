"""What was replaced on a script's way, for people to read; and the files that we laid ahead."""

from __future__ import annotations

import os

_notes: dict[str, None] = {}
_laid: dict[str, tuple[int, int]] = {}


def note(text: str) -> None:
    """Say once that something was replaced."""
    _notes.setdefault(text)


def taken() -> list[str]:
    return list(_notes)


def laid(path: str) -> None:
    """Remember a file of ours: what the script did not change is not what it left."""
    status = os.stat(path)
    _laid[os.path.realpath(path)] = (status.st_size, status.st_mtime_ns)


def is_laid(path: str) -> bool:
    status = os.stat(path)
    return _laid.get(os.path.realpath(path)) == (status.st_size, status.st_mtime_ns)
