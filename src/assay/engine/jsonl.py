"""Candidates and checks as a file's records. A fault names file, line and what is wrong."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from assay.core.lines import gather, name_in, text_in
from assay.core.words import Candidate, Check

_CHECK_KEYS = {"id", "task", "code", "call", "expected", "raises"}


def read_candidates(path: Path) -> list[Candidate]:
    """The candidates of a file, ids unique in it; InputError names every line at fault (at most
    five), and then nothing is read."""
    return gather(path, _candidate, lambda candidate: candidate.id)


def read_checks(path: Path) -> list[Check]:
    """The checks of a file, ids unique within each task; InputError as with candidates."""
    return gather(path, check_of, lambda check: (check.task, check.id))


def _candidate(record: dict[str, Any]) -> Candidate:
    origin = record.get("origin", {})
    if not isinstance(origin, dict):
        raise ValueError("'origin' must be an object")
    argv = record.get("argv")
    if argv is not None and not (
        isinstance(argv, list) and all(isinstance(word, str) for word in argv)
    ):
        raise ValueError("'argv' must be a list of strings")
    return Candidate(
        name_in(record, "id"),
        name_in(record, "task"),
        text_in(record, "code"),
        origin,
        None if argv is None else tuple(argv),
    )


def check_of(record: dict[str, Any]) -> Check:
    unknown = sorted(record.keys() - _CHECK_KEYS)
    if unknown:
        raise ValueError(
            f"unknown key {unknown[0]!r}: a check has {', '.join(sorted(_CHECK_KEYS))}"
        )
    identity, task = name_in(record, "id"), name_in(record, "task")
    if ("call" in record) == ("code" in record):
        raise ValueError("a check has either 'code', or 'call' with 'expected' or 'raises'")
    if "code" in record:
        if "expected" in record or "raises" in record:
            raise ValueError("'expected' and 'raises' go with 'call', not with 'code'")
        return Check(identity, task, code=name_in(record, "code"))
    if ("expected" in record) == ("raises" in record):
        raise ValueError("a 'call' needs 'expected' or 'raises', one of them")
    call = name_in(record, "call")
    if "raises" in record:
        return Check(identity, task, call=call, raises=name_in(record, "raises"))
    expected, from_json = _expected(record["expected"])
    return Check(identity, task, call=call, expected=expected, from_json=from_json)


def _expected(value: Any) -> tuple[Any, bool]:
    """A value in JSON, or, in a string, in Python: then it may be a tuple, and a list is a list."""
    if not isinstance(value, str):
        return value, True
    try:
        return ast.literal_eval(value), False
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return value, True
