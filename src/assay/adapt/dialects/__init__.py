"""Dialects: how each tracking component is spoken. They come in by the door `assay.dialects`."""

from __future__ import annotations

from assay.adapt.dialects.words import Dialect, Pattern, Recipe
from assay.core import doors
from assay.core.errors import InputError

DOOR = "assay.dialects"

__all__ = ["DOOR", "Dialect", "Pattern", "Recipe", "load"]


def load(name: str) -> Dialect:
    """The dialect of that name; InputError where there is none, or where it is no Dialect."""
    dialect = doors.find(DOOR, name)
    if not isinstance(dialect, Dialect):
        raise InputError(f"{DOOR}: {name!r} is a {type(dialect).__name__}, not a Dialect")
    return dialect
