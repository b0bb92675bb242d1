"""Steps that can be resumed: what a step found, as JSON beside a key that says from what.

A record is written under a temporary name and renamed, so that one which is there is whole. It is
taken for the step's result as long as the key is the same: the step's inputs and its version.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from assay.core.digests import digest
from assay.core.files import write_whole

Made = TypeVar("Made")


def resumed(kind: type[Made], work: Path, name: str, key: str, make: Callable[[], Made]) -> Made:
    """What `make` makes, kept as `work/NAME.json`; not made again where that has the same key."""
    place = work / f"{name}.json"
    found = read(kind, place, key)
    if found is None:
        found = make()
        write(place, key, found)
    return found


def read(kind: type[Made], place: Path, key: str) -> Made | None:
    """The record at a place; None where there is none, or one of another key or form."""
    try:
        table = json.loads(place.read_text(encoding="utf-8"))
        if table["key"] != key:
            return None
        made: Made = _built(kind, table["found"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return made


def write(place: Path, key: str, found: Any) -> None:
    """Keep a record: a dataclass of dataclasses, tuples, dicts, paths and plain values."""
    text = json.dumps({"key": key, "found": _plain(found)}, indent=1, ensure_ascii=False)
    write_whole(place, text + "\n")


def key_of(*parts: object) -> str:
    """A key over what a step starts from; dataclasses count by what is in them."""
    return digest(*(json.dumps(_plain(part), sort_keys=True) for part in parts)).hex()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in dataclasses.fields(value))
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset):
        return [_plain(item) for item in value]
    return value


def _built(kind: Any, value: Any) -> Any:
    """A value of the type that a dataclass says, from what `_plain` made of it."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = next(one for one in arguments if one is not type(None))
        return None if value is None else _built(inner, value)
    if origin is tuple and arguments[-1] is Ellipsis:
        return tuple(_built(arguments[0], item) for item in value)
    if origin is tuple:
        return tuple(_built(one, item) for one, item in zip(arguments, value, strict=True))
    if origin is dict:
        return {key: _built(arguments[1], item) for key, item in value.items()}
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        made: Any = kind
        return made(**{name: _built(hints[name], item) for name, item in value.items()})
    return Path(value) if kind is Path else value
