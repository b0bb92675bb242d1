"""Records from files: JSON Lines, JSON or Parquet, the first two also zipped by gzip."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from assay.core.errors import InputError
from assay.engine.jsonl import object_of

_MOST_FAULTS = 5
Made = TypeVar("Made")


def gather(
    path: Path, make: Callable[[dict[str, Any]], Made], identity: Callable[[Made], str]
) -> list[Made]:
    """What `make` makes of each record of a file. `make` raises ValueError for one that is wrong;
    InputError names every line at fault (at most five; rows, in Parquet), and then nothing is
    read. An identity occurs once in a file."""
    found: list[Made] = []
    faults: list[str] = []
    first: dict[str, int] = {}
    for number, raw in _lines(path):
        try:
            made = make(object_of(raw) if isinstance(raw, str) else raw)
            before = first.setdefault(identity(made), number)
            if before != number:
                raise ValueError(f"id {identity(made)!r} is taken by line {before}")
            found.append(made)
        except ValueError as fault:
            faults.append(f"{path}:{number}: {fault}")
    refuse(faults)
    if not found:
        raise InputError(f"{path}: no lines in it")
    return found


def refuse(faults: Sequence[str]) -> None:
    """Raise InputError with the first five of some faults, if there are any."""
    if faults:
        rest = len(faults) - _MOST_FAULTS
        more = f"\n… and {rest} more" if rest > 0 else ""
        raise InputError("\n".join(faults[:_MOST_FAULTS]) + more)


def pyarrow_parquet(path: Path) -> Any:
    """The library that reads and writes Parquet; InputError where it is missing."""
    try:
        import pyarrow.parquet
    except ImportError:
        raise InputError(f'{path}: Parquet needs `pip install "assay[parquet]"`') from None
    return pyarrow.parquet


def _lines(path: Path) -> Iterator[tuple[int, str | dict[str, Any]]]:
    plain = path.name.removesuffix(".gz")
    if plain.endswith(".parquet"):
        yield from enumerate(_rows(path), 1)
    elif plain.endswith(".json"):
        yield from enumerate(_listed(path), 1)
    else:
        for number, line in enumerate(io.StringIO(_text(path), newline="\n"), 1):
            if line.strip():
                yield number, line


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        if path.suffix == ".gz":
            raw = gzip.decompress(raw)
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start})") from None
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {why}") from None


def _listed(path: Path) -> list[dict[str, Any]]:
    try:
        value = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON: {error}") from None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(f"{path}: a list of objects was expected")
    return value


def _rows(path: Path) -> list[dict[str, Any]]:
    parquet = pyarrow_parquet(path)
    try:
        rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    # pyarrow's own errors are ValueErrors and OSErrors.
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {why}") from None
    return [{key: value for key, value in row.items() if value is not None} for row in rows]
