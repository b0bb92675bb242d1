"""Candidates and checks from JSON Lines. A fault names file, line and what is wrong."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from assay.core.errors import InputError
from assay.core.words import Candidate, Check

_MOST_FAULTS = 5
_CHECK_KEYS = {"id", "task", "code", "call", "expected", "raises"}

Word = TypeVar("Word", Candidate, Check)


def read_candidates(path: Path) -> list[Candidate]:
    """The candidates of a file, ids unique in it; InputError names every line at fault (at most
    five), and then nothing is read."""
    return _read(path, _candidate, lambda candidate: candidate.id)


def read_checks(path: Path) -> list[Check]:
    """The checks of a file, ids unique within each task; InputError as with candidates."""
    return _read(path, check_of, lambda check: (check.task, check.id))


def _read(
    path: Path, make: Callable[[dict[str, Any]], Word], key: Callable[[Word], Any]
) -> list[Word]:
    found: list[Word] = []
    first: dict[Any, int] = {}

    def take(number: int, line: str) -> None:
        word = make(object_of(line))
        before = first.setdefault(key(word), number)
        if before != number:
            raise ValueError(f"id {word.id!r} is taken by line {before}")
        found.append(word)

    read_lines(path, take)
    return found


def read_lines(path: Path, take: Callable[[int, str], None], what: str = "lines") -> None:
    """Hand every line that is not blank to `take`, with its number. InputError names each line for
    which it raised ValueError (at most five), or says that there was nothing to take."""
    faults: list[str] = []
    some = False
    for number, line in _lines(path):
        some = True
        try:
            take(number, line)
        except ValueError as fault:
            faults.append(f"{path}:{number}: {fault}")
    if faults:
        more = len(faults) - _MOST_FAULTS
        told = faults[:_MOST_FAULTS] + ([f"… and {more} more lines"] if more > 0 else [])
        raise InputError("\n".join(told))
    if not some:
        raise InputError(f"{path}: no {what} in it")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start})") from None


def object_of(line: str, what: str = "an object") -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("not JSON that can be read: nested too deep") from None
    if not isinstance(value, dict):
        raise ValueError(f"{what} was expected, not {type(value).__name__}")
    return value


def text_in(record: dict[str, Any], name: str) -> str:
    if name not in record:
        raise ValueError(f"{name!r} is missing")
    value = record[name]
    if not isinstance(value, str):
        raise ValueError(f"{name!r} must be a string, not {type(value).__name__}")
    return value


def name_in(record: dict[str, Any], name: str) -> str:
    value = text_in(record, name)
    if not value:
        raise ValueError(f"{name!r} is empty")
    return value


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
