"""How a script wants to be smoke-run: `[tool.assay.smoke]` in a pyproject.toml beside it."""

from __future__ import annotations

import difflib
import shlex
import tomllib
from pathlib import Path
from typing import Any

from assay.adapt.words import Settings
from assay.core.errors import InputError

_KEYS: dict[str, Any] = {
    "arguments": (str, list), "variables": dict, "epochs": int, "steps": int, "fixtures": dict,
}  # fmt: skip
_SAID = {str: "a text", list: "a list", dict: "a table", int: "a whole number"}
_FIXTURE = ("kind", "shape", "classes", "rows", "columns", "text")
_COLUMNS = ("label", "text", "date", "int", "float")


def settings_beside(script: Path, **chosen: Any) -> Settings:
    """The settings of a script: what is chosen here, else what the pyproject.toml in its folder
    says, else the usual. A value of None counts as not chosen.

        [tool.assay.smoke]
        arguments = "--data faces.csv"
        epochs = 1
        steps = 4
        variables = { MODE = "fast" }
        fixtures."faces.csv" = { columns = { age = "int", smiles = "label" }, rows = 50 }

    Raises InputError for a table that cannot be understood.
    """
    place = script.parent / "pyproject.toml"
    table = _table(place) if place.is_file() else {}
    found = table | {name: value for name, value in chosen.items() if value is not None}
    if isinstance(found.get("arguments"), str):
        found["arguments"] = _split(found["arguments"])
    found["arguments"] = tuple(map(str, found.get("arguments", ())))
    for name in ("epochs", "steps"):
        if found.get(name, 1) < 1:
            raise InputError(f"{name} {found[name]}: a smoke run does at least 1")
    return Settings(**found)


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as fault:
        raise InputError(f"arguments {text!r}: {fault}") from None


def _table(place: Path) -> dict[str, Any]:
    try:
        whole = tomllib.loads(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise InputError(f"{place}: cannot be read: {fault}") from None
    table = whole.get("tool", {}).get("assay", {}).get("smoke", {})
    for key, value in table.items():
        kind = _KEYS.get(key)
        if kind is None or not isinstance(value, kind) or isinstance(value, bool):
            raise InputError(f"{place}, [tool.assay.smoke]: {key}: {_wrong(key, value)}")
    for name, fixture in table.get("fixtures", {}).items():
        where = f"{place}, [tool.assay.smoke]: fixtures.{name}"
        if not isinstance(fixture, dict) or set(fixture) - set(_FIXTURE):
            raise InputError(f"{where}: a table of {', '.join(_FIXTURE)}")
        _check_columns(f"{where}.columns", fixture.get("columns", {}))
    return dict(table)


def _wrong(key: str, value: Any) -> str:
    """What is wrong with a key or with its value."""
    if key not in _KEYS:
        close = difflib.get_close_matches(key, _KEYS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(_KEYS)}"
        return f"no such key; {hint}"
    kinds = _KEYS[key] if isinstance(_KEYS[key], tuple) else (_KEYS[key],)
    return f"{value!r} is not {' or '.join(_SAID[kind] for kind in kinds)}"


def _check_columns(where: str, columns: Any) -> None:
    if not isinstance(columns, dict):
        raise InputError(f"{where}: {columns!r} is not a table of columns and what they hold")
    for column, kind in columns.items():
        if kind not in _COLUMNS and not (isinstance(kind, list) and kind):
            raise InputError(
                f"{where}: {column}: {kind!r} is no kind of column; there are "
                f"{', '.join(_COLUMNS)}, and lists of values"
            )
