"""Calls uv, and says in one line why it failed and what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assay.core.errors import EnvironmentBuildError
from assay.engine.environments.indexes import Handover, handover

Progress = Callable[[str], None]

_LAST_LINES = 12
_NOTHING_FITS = "no index offers what is locked, for this Python and this platform"

# The first cause whose words uv uses is the one that is told.
_CAUSES = (
    (("no space left on device", "os error 28", "disk quota exceeded"),
     "the disk is full: free some space, or point ASSAY_CACHE (and UV_CACHE_DIR) at a larger one"),
    (("hash mismatch",),
     "a package is not the one that was locked: the index serves something else, or the "
     "requirements file is wrong; lock it anew only if you trust the index"),
    (("must have a hash", "hash-checking is required", "must be pinned"),
     "the requirements are not fully locked: write them with `uv pip compile --generate-hashes`"),
    (("no solution found", "no matching distribution", "no compatible wheel", "doesn't have a"),
     f"{_NOTHING_FITS}: if your index has it, name the index in pip's or uv's configuration"),
    (("dns error", "connect", "timed out", "error sending request", "network"),
     "the package index cannot be reached: check the network, or name an index that can be, in "
     "pip's configuration or with UV_DEFAULT_INDEX"),
    (("permission denied", "os error 13", "read-only file system"),
     "a directory cannot be written: point ASSAY_CACHE (and UV_CACHE_DIR) at one that can"),
)  # fmt: skip

# Settings of the user's uv, or of an active environment, that would change what is installed or
# where: an environment is what its digest says, on every machine.
_NOT_PASSED_ON = {
    "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_SYSTEM_PYTHON",
    "UV_PROJECT", "UV_WORKING_DIR", "UV_BREAK_SYSTEM_PACKAGES", "UV_NO_VERIFY_HASHES",
    "UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE", "UV_VENV_SEED", "UV_VENV_CLEAR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Installer:
    """uv, called for one build: with the user's indexes, under the build's lock."""

    base: Path
    lock: int
    progress: Progress
    given: Handover = field(default_factory=handover)

    def make_venv(self, prefix: Path) -> None:
        """An empty virtual environment.

        It is relocatable, because it is renamed when it is finished: `bin/python` finds its
        prefix by where it lies anyway, and with this the scripts in `bin` do too.
        """
        arguments = ["venv", "--relocatable", "--no-project", "--no-python-downloads"]
        self._uv([*arguments, "--python", str(self.base), str(prefix)])

    def install(self, prefix: Path, requirements: Path, torch_backend: str | None) -> None:
        """The locked packages into the virtual environment, byte-compiled; and copied, so that
        nothing outside of it is needed and nothing inside is shared with uv's cache.

        Raises EnvironmentBuildError: a line with the cause, and uv's last lines below it.
        """
        command = [
            "pip", "install", "--python", str(prefix / "bin" / "python"), "--require-hashes",
            "--link-mode", "copy", "--compile-bytecode", *self.given.arguments,
            "-r", str(requirements),
        ]  # fmt: skip
        if not torch_backend or os.environ.get("UV_TORCH_BACKEND"):
            return self._uv(command)
        with_backend = [*command, "--torch-backend", torch_backend]
        if not self.given.own_sources:
            return self._uv(with_backend)
        # With --torch-backend uv looks for torch at PyTorch's own index and nowhere else, so the
        # user's own wheels and mirrors come first.
        try:
            return self._uv(command)
        except EnvironmentBuildError as error:
            if _NOTHING_FITS not in str(error):
                raise
        self.progress(f"your indexes lack the {torch_backend} build of torch: asking PyTorch's own")
        return self._uv(with_backend)

    def _uv(self, arguments: Sequence[str]) -> None:
        variables = {k: v for k, v in os.environ.items() if k not in _NOT_PASSED_ON}
        variables |= {**self.given.variables, "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}
        last: deque[str] = deque(maxlen=_LAST_LINES)
        # uv holds the lock too: should we be killed, whoever builds next waits until uv has ended.
        # The umask makes what it writes readable for the uid without rights that candidates have.
        with subprocess.Popen(
            [find_uv(), *arguments], env=variables, pass_fds=(self.lock,), umask=0o022,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            encoding="utf-8", errors="replace",
        ) as process:  # fmt: skip
            try:
                for line in process.stderr or ():
                    if line.strip():
                        last.append(self.given.redact(line.rstrip()))
                        _tell(last[-1], self.progress)
            except BaseException:
                # Not SIGKILL, so that uv takes its own temporary files away.
                process.terminate()
                raise
        if process.returncode:
            raise EnvironmentBuildError("\n".join([_cause(last, process.returncode), *last]))


def _tell(line: str, progress: Progress) -> None:
    if line.lstrip().startswith(("Downloading", "Building", "Prepared", "Installed", "Bytecode")):
        progress(line.strip())


def _cause(lines: Sequence[str], code: int) -> str:
    said = "\n".join(lines).lower()
    for words, cause in _CAUSES:
        if any(word in said for word in words):
            return cause
    return f"uv failed with exit code {code}" if code > 0 else f"uv was ended by signal {-code}"


def find_uv() -> str:
    """Where uv is; EnvironmentBuildError where it is not to be found."""
    try:
        import uv

        return os.fspath(uv.find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
    if found is None:
        raise EnvironmentBuildError("uv is not to be found: install it with `pip install uv`")
    return found
