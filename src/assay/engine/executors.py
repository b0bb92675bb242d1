"""Where jobs run: on this machine, or on a Ray cluster."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assay.core.errors import InputError
from assay.core.words import Environment, Limits
from assay.engine.environments import Built
from assay.engine.protection import open_pool

if TYPE_CHECKING:
    from assay.engine.run import Executor


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def open_executor(
    environment: Environment, built: Built, limits: Limits, workers: int | str | None
) -> Executor:
    """An executor for what `workers` says: a number, "ray", "ray:ADDRESS", or None for all cores.
    InputError for anything else."""
    text = str(workers if workers is not None else cores())
    if text.isdecimal() and int(text) > 0:
        return open_pool(environment, built, limits, int(text))
    if text == "ray" or text.startswith("ray:"):
        from assay.engine.rays import RayExecutor

        return RayExecutor(environment, limits, text.partition(":")[2] or None)
    raise InputError(f"workers: {text!r} is neither a positive number nor ray[:ADDRESS]")
