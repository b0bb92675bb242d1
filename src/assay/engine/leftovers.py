"""What a killed controller leaves behind, named so that a later one can tell and remove it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

_PREFIX = "assay"
_NAME = re.compile(rf"{_PREFIX}-(\d+)-.")


def name(what: str) -> str:
    """A name that says whose it is."""
    return f"{_PREFIX}-{os.getpid()}-{what}"


def sweep_directories() -> None:
    """Remove the scratch directories of controllers that are no more."""
    _sweep(Path(tempfile.gettempdir()), lambda path: shutil.rmtree(path, ignore_errors=True))


def sweep_cgroups(parent: Path) -> None:
    """Remove the cgroups of controllers that are no more."""
    _sweep(parent, os.rmdir)


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
