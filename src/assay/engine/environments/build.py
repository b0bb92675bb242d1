"""Builds environments into the cache, once each, and says what a jail must map to run one.

    <cache>/environments/<name>-<key>           a whole environment: `assay.json` in it says so
    <cache>/environments/<name>-<key>.partial   one being built, or what an ended build left
    <cache>/environments/locks/<name>-<key>     held by whoever builds it, or removes it

An environment is built under its partial name and renamed when it is whole, so a build may be
killed at any moment; the next build of anything sweeps up what it left.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import platform
import re
import shutil
import stat
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from assay.core.digests import digest, short
from assay.core.errors import EnvironmentBuildError
from assay.core.places import cache_dir
from assay.core.words import Environment
from assay.engine.environments.installing import Installer, Progress

_MARKER = "assay.json"
_PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class Built:
    """An environment that can run: `python` is its interpreter, `prefix` its directory,
    `read_only` every real directory that the interpreter needs to see, beside the system's
    libraries, and `digest` names its content together with the interpreter's. `trees` are the
    places of the environment's source trees."""

    python: Path
    prefix: Path
    read_only: tuple[Path, ...]
    digest: bytes
    trees: tuple[Path, ...] = ()

    @property
    def site_packages(self) -> Path:
        """Where its packages are; its directory where it has none of its own."""
        return next(self.prefix.glob("lib/python3*/site-packages"), self.prefix)


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of an environment in the cache; `digest` names the packages in it."""

    name: str
    digest: str
    prefix: Path
    bytes: int
    python: str
    seconds: float


def prepare(environment: Environment, *, progress: Progress | None = None) -> Built:
    """The environment, ready to run; built first if the cache does not have it.

    Two processes may ask at once: one builds, the other waits and takes the result. `progress`
    is told, in short lines, what takes its time.
    Raises EnvironmentBuildError, whose first line is the cause, when it cannot be built.
    """
    if not environment.requirements:
        return _as_built(environment, _base_prefix(), _base_python())
    place = path(environment)
    if not _is_whole(place):
        try:
            _build_once(environment, place, progress or _silent)
        except OSError as error:
            raise EnvironmentBuildError(_why_not(environment, error)) from error
    return _as_built(environment, place, place / "bin" / "python")


def path(environment: Environment) -> Path:
    """Where the environment is, or will be once it is built."""
    if not environment.requirements:
        return _base_prefix()
    # The interpreter's path belongs to the name: a virtual environment is tied to its base.
    key = short(digest("place/2", _packages_digest(environment), str(_base_python())))
    return _root() / f"{re.sub(r'[^A-Za-z0-9._-]+', '_', environment.name)}-{key}"


def full_digest(environment: Environment) -> bytes:
    """Names all that a verdict may hang on: the packages, and the interpreter they run in."""
    return digest("built/2", environment.digest, _packages_digest(environment))


def _packages_digest(environment: Environment) -> bytes:
    """Names what is installed. What the zygote imports is left out: gigabytes need not be built
    again for another line of that."""
    return digest(
        "packages/1", environment.requirements, environment.torch_backend or "",
        sys.implementation.name, platform.python_version(), getattr(sys, "abiflags", ""),
        sysconfig.get_platform(),
    )  # fmt: skip


def built() -> list[Record]:
    """All environments in the cache, by name; never one that is only half there."""
    found = (_record(place) for place in sorted(_root().glob("*")) if place.suffix != _PARTIAL)
    return sorted(filter(None, found), key=lambda record: record.name)


def remove(name: str) -> list[Record]:
    """Take all builds of that name out of the cache; what was removed, which may be nothing.

    Waits for a build in progress. Whatever still runs in such an environment will break.
    """
    removed = [record for record in built() if record.name == name]
    for record in removed:
        with _locked(record.prefix, _silent):
            _discard(record.prefix)
    return removed


def _build_once(environment: Environment, place: Path, progress: Progress) -> None:
    with _locked(place, progress) as (lock, waited):
        _sweep(beside=place)
        if _is_whole(place):
            progress(f"environment {environment.name}: the other process has built it")
            return
        if waited:
            progress(f"environment {environment.name}: the other process did not finish it")
        _discard(place)  # one whose interpreter is gone
        progress(f"environment {environment.name}: building it, which is needed only once")
        partial = _partial(place)
        try:
            _fill(environment, partial, Installer(_base_python(), lock, progress))
            partial.rename(place)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _fill(environment: Environment, prefix: Path, installer: Installer) -> None:
    started = time.monotonic()
    installer.make_venv(prefix)
    requirements = prefix / "requirements.txt"
    requirements.write_text(environment.requirements, encoding="utf-8")
    try:
        installer.install(prefix, requirements, environment.torch_backend)
    except EnvironmentBuildError as error:
        raise EnvironmentBuildError(f"environment {environment.name}: {error}") from error
    marker = {
        "name": environment.name,
        "digest": _packages_digest(environment).hex(),
        "python": platform.python_version(),
        "bytes": _open_to_all(prefix),
        "seconds": round(time.monotonic() - started, 1),
    }
    (prefix / _MARKER).write_text(json.dumps(marker), encoding="utf-8")
    (prefix / _MARKER).chmod(0o644)


def _open_to_all(prefix: Path) -> int:
    """Make everything readable for a uid without rights (modes come from uv's cache, which may
    have been filled under any umask), and add up the sizes on disk."""
    total = 0
    for folder, _, names in os.walk(prefix):
        for place in (folder, *(os.path.join(folder, name) for name in names)):
            status = os.lstat(place)
            total += status.st_blocks * 512
            if stat.S_ISLNK(status.st_mode):
                continue
            runs = stat.S_ISDIR(status.st_mode) or status.st_mode & stat.S_IXUSR
            wanted = stat.S_IMODE(status.st_mode) | (0o555 if runs else 0o444)
            if wanted != stat.S_IMODE(status.st_mode):
                os.chmod(place, wanted)
    return total


@contextmanager
def _locked(place: Path, progress: Progress) -> Iterator[tuple[int, bool]]:
    """Hold the lock of a place: the descriptor, and whether somebody else had it before.

    flock, because such a lock belongs to the open file: a child that inherits it holds it too.
    """
    locks = _root() / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(locks / place.name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            waited = False
        except BlockingIOError:
            progress(f"{place.name}: another process is building it; waiting for that")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            waited = True
        yield descriptor, waited
    finally:
        os.close(descriptor)


def _sweep(beside: Path) -> None:
    """Remove what ended builds left: ours, whose lock we hold, and those nobody holds."""
    shutil.rmtree(_partial(beside), ignore_errors=True)
    for left in _root().glob(f"*{_PARTIAL}"):
        lock = _root() / "locks" / left.name.removesuffix(_PARTIAL)
        with suppress(OSError), open(lock, "a") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)


def _discard(place: Path) -> None:
    """Renamed first, so that nobody meets an environment that is half gone and looks whole."""
    if place.exists():
        place.rename(_partial(place))
        shutil.rmtree(_partial(place), ignore_errors=True)


def _is_whole(place: Path) -> bool:
    # `exists` follows the link: the base interpreter may have been taken away since.
    return (place / _MARKER).exists() and (place / "bin" / "python").exists()


def _record(place: Path) -> Record | None:
    try:
        marker = json.loads((place / _MARKER).read_text(encoding="utf-8"))
        return Record(prefix=place, **marker)
    except (OSError, ValueError, TypeError):
        return None


def _as_built(environment: Environment, prefix: Path, python: Path) -> Built:
    base = _base_python()
    needed = [prefix.resolve(), _base_prefix(), Path(sys.base_exec_prefix).resolve(), base.parent]
    needed += [
        Path(found).resolve()
        for name in ("LIBDIR", "LIBDEST", "DESTSHARED")
        if (found := sysconfig.get_config_var(name)) and Path(found).is_dir()
    ]
    trees = tuple(_tree(environment, name) for name in environment.trees)
    needed += trees
    outermost = [
        one for one in needed if not any(one.is_relative_to(o) for o in needed if o != one)
    ]
    shown = tuple(dict.fromkeys(outermost))
    return Built(python, prefix, shown, full_digest(environment), trees)


def _tree(environment: Environment, name: str) -> Path:
    place = tree(name).resolve()
    if not place.is_dir():
        raise EnvironmentBuildError(
            f"environment {environment.name}: the source tree {name} is not in the cache: make it "
            "again with `assay build`"
        )
    return place


def tree(name: str) -> Path:
    """Where the source tree of that name is, or will be."""
    return cache_dir() / "sources" / name


def _base_python() -> Path:
    """The interpreter behind ours: ours may belong to a virtual environment."""
    return Path(os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable))


def _base_prefix() -> Path:
    return Path(sys.base_prefix).resolve()


def _root() -> Path:
    return cache_dir() / "environments"


def _partial(place: Path) -> Path:
    return place.with_name(place.name + _PARTIAL)


def _why_not(environment: Environment, error: OSError) -> str:
    what = f"environment {environment.name}: "
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{what}the disk of {_root()} is full: free some space, or point ASSAY_CACHE at more"
    return f"{what}{error.strerror}: {error.filename or _root()}; ASSAY_CACHE names another place"


def _silent(_: str) -> None:
    pass
