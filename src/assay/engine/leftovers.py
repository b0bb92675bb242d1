"""What a killed controller leaves behind, named so that a later one can tell and remove it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from assay.engine.inside import scratch

_PREFIX = "assay"
_NAME = re.compile(rf"{_PREFIX}-(\d+)-.")


def name(what: str) -> str:
    """A name that says whose it is."""
    return f"{_PREFIX}-{os.getpid()}-{what}"


def sweep_directories() -> None:
    """Remove the scratch directories of controllers that are no more."""
    _sweep(Path(tempfile.gettempdir()), _remove_unless_held)


def sweep_cgroups(parent: Path) -> None:
    """Remove the cgroups of controllers that are no more."""
    _sweep(parent, os.rmdir)


def hold(directory: str) -> int:
    """A descriptor that keeps others from sweeping a directory away while it is open. A process
    number alone does not: containers that share a temporary directory do not share those."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _remove_unless_held(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        scratch.remove(str(path))
    finally:
        os.close(descriptor)


def _sweep(parent: Path, remove: Callable[[Path], object]) -> None:
    with contextlib.suppress(OSError):
        for path in parent.iterdir():
            match = _NAME.match(path.name)
            if match and not _alive(int(match[1])):
                with contextlib.suppress(OSError):
                    if path.stat().st_uid == os.geteuid():
                        remove(path)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
