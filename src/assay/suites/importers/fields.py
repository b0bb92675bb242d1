"""What the formats have in common: fields that are text, and signatures."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from assay.engine.sources import parse
from assay.suites.programs import definition


def text(record: Mapping[str, Any], key: str, default: str | None = None) -> str:
    """A field that is text; ValueError where it is missing (and has no default), or no text."""
    value = record.get(key, default)
    if value is None:
        raise ValueError(f"{key!r} is missing")
    if not isinstance(value, str):
        raise ValueError(f"{key!r} must be a string, not {type(value).__name__}")
    return value.replace("\r\n", "\n")


def texts(record: Mapping[str, Any], key: str) -> list[str]:
    """A field that is a list of texts; empty where it is missing."""
    value = record.get(key) or []
    if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise ValueError(f"{key!r} must be a list of strings")
    return [item.replace("\r\n", "\n") for item in value]


def tree_of(source: str, what: str) -> ast.Module:
    """The syntax tree of a field; ValueError where it is not Python."""
    tree = parse(source)
    if tree is None:
        raise ValueError(f"{what} is not Python")
    return tree


def signature(program: str, name: str) -> str:
    """The lines from `def` to the colon of a function in a program."""
    tree = parse(program)
    found = definition(tree, name) if tree is not None else None
    if found is None:
        raise ValueError(f"the solution does not define {name!r}")
    lines = program.splitlines()
    first = found.body[0]
    if first.lineno == found.lineno:
        return lines[found.lineno - 1].encode()[: first.col_offset].decode().rstrip()
    return "\n".join(lines[found.lineno - 1 : first.lineno - 1])
