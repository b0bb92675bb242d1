"""Where jobs run: on this machine, or wherever a part that came in by the door takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.core import doors
from assay.core.errors import InputError
from assay.core.processors import cores
from assay.core.words import Environment, Limits
from assay.engine.environments import Built
from assay.engine.protection import open_pool

if TYPE_CHECKING:
    from assay.engine.run import Executor


DOOR = "assay.executors"


def open_executor(
    environment: Environment, built: Built, limits: Limits, workers: int | str | None
) -> Executor:
    """An executor for what `workers` says: a number, None for all cores, or the NAME[:ADDRESS] of
    one that came in by the door, such as ray. InputError for anything else."""
    text = str(workers if workers is not None else cores())
    if text.isdecimal() and int(text) > 0:
        return open_pool(environment, built, limits, int(text))
    name, _, address = text.partition(":")
    if name not in doors.names(DOOR):
        known = " or ".join(f"{known}[:ADDRESS]" for known in doors.names(DOOR))
        raise InputError(f"workers: {text!r} is neither a positive number nor {known}")
    executor: Executor = doors.find(DOOR, name)(environment, limits, address or None)
    return executor
