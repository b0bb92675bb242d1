"""From what the user writes after --model to a model."""

from __future__ import annotations

import inspect
import re
from typing import Any

from assay.core import doors
from assay.core.errors import InputError
from assay.models.base import DOOR, Model


def load(spec: str, **options: Any) -> Model:
    """The model that `spec` names: openai/gpt-x, embedded, gguf:FILE, replay:FILE, or NAME,
    NAME:ARGUMENT or NAME/ARGUMENT of one that came in by the door.

    Options that are None are left out. Raises InputError for a name that is unknown, and for an
    option or an argument that this model does not take.
    """
    name, sign, argument = re.fullmatch(r"([^:/]*)([:/]?)(.*)", spec, re.S).groups()  # type: ignore[union-attr]
    given = {option: value for option, value in options.items() if value is not None}
    if not name or (sign and not argument):
        raise InputError(
            f"--model {spec!r} is no model: write NAME, NAME/MODEL or NAME:FILE, with a NAME of "
            + ", ".join(doors.names(DOOR))
        )
    open_model = doors.find(DOOR, name)
    arguments = (argument,) if sign else ()
    try:
        inspect.signature(open_model).bind(*arguments, **given)
    except TypeError as error:
        raise InputError(f"--model {spec}: {_told(name, str(error))}") from None
    model: Model = open_model(*arguments, **given)
    return model


def _told(name: str, fault: str) -> str:
    if unknown := re.search(r"unexpected keyword argument '(\w+)'", fault):
        return f"{name} takes no --{unknown[1].replace('_', '-')}"
    if "missing a required" in fault:
        return f"{name} needs to know which: {name}/MODEL or {name}:FILE"
    return f"{name} takes nothing after its name"
