"""Doors: where parts come in by entry point, our own as well as yours."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from assay.core.errors import InputError
from assay.core.nearest import nearest


def names(door: str) -> list[str]:
    """What has come in by a door."""
    return sorted({point.name for point in entry_points(group=door)})


def find(door: str, name: str) -> Any:
    """The part of that name; InputError where there is none, or where it cannot be imported."""
    points = [point for point in entry_points(group=door) if point.name == name]
    if not points:
        raise InputError(f"{door} has no {name!r}: {nearest(name, names(door))}")
    try:
        return points[0].load()
    except ImportError as error:
        raise InputError(
            f"{door}: {name!r} ({points[0].value}) cannot be imported: {error}"
        ) from None
