"""Records from files: JSON Lines, JSON or Parquet, the first two also zipped by gzip. A fault names
file, line and what is wrong."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from assay.core.errors import InputError

_MOST_FAULTS = 5
Made = TypeVar("Made")
Record = dict[str, Any]


def read_records(path: Path, take: Callable[[int, Record], None], what: str = "lines") -> None:
    """Hand every record of a file to `take`, with its line (in Parquet its row). InputError names
    each line for which it raised ValueError (at most five), or says that there was nothing to
    take."""
    faults: list[str] = []
    some = False
    for number, raw in _lines(path):
        some = True
        try:
            take(number, _object_of(raw) if isinstance(raw, str) else raw)
        except ValueError as fault:
            faults.append(f"{path}:{number}: {fault}")
    refuse(faults)
    if not some:
        raise InputError(f"{path}: no {what} in it")


def gather(
    path: Path, make: Callable[[Record], Made], identity: Callable[[Made], str | tuple[str, ...]]
) -> list[Made]:
    """What `make` makes of each record of a file, no identity twice; InputError as `read_records`
    has it, and then nothing is read."""
    found: list[Made] = []
    first: dict[str | tuple[str, ...], int] = {}

    def take(number: int, record: Record) -> None:
        made = make(record)
        name = identity(made)
        before = first.setdefault(name, number)
        if before != number:
            shown = name if isinstance(name, str) else " ".join(name)
            raise ValueError(f"id {shown!r} is taken by line {before}")
        found.append(made)

    read_records(path, take)
    return found


def refuse(faults: Sequence[str]) -> None:
    """Raise InputError with the first five of some faults, if there are any."""
    if faults:
        rest = len(faults) - _MOST_FAULTS
        more = f"\n… and {rest} more" if rest > 0 else ""
        raise InputError("\n".join(faults[:_MOST_FAULTS]) + more)


def text_in(record: Record, name: str) -> str:
    """A field that is a string; ValueError where it is none."""
    if name not in record:
        raise ValueError(f"{name!r} is missing")
    value = record[name]
    if not isinstance(value, str):
        raise ValueError(f"{name!r} must be a string, not {type(value).__name__}")
    return value


def name_in(record: Record, name: str) -> str:
    """A field that is a string with something in it."""
    value = text_in(record, name)
    if not value:
        raise ValueError(f"{name!r} is empty")
    return value


def pyarrow_parquet(path: Path) -> Any:
    """The library that reads and writes Parquet; InputError where it is missing."""
    try:
        import pyarrow.parquet
    except ImportError:
        raise InputError(f'{path}: Parquet needs `pip install "assay[parquet]"`') from None
    return pyarrow.parquet


def _object_of(line: str) -> Record:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("not JSON that can be read: nested too deep") from None
    if not isinstance(value, dict):
        raise ValueError(f"an object was expected, not {type(value).__name__}")
    return value


def _lines(path: Path) -> Iterator[tuple[int, str | Record]]:
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


def _listed(path: Path) -> list[Record]:
    try:
        value = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON: {error}") from None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(f"{path}: a list of objects was expected")
    return value


def _rows(path: Path) -> list[Record]:
    parquet = pyarrow_parquet(path)
    try:
        rows: list[Record] = parquet.read_table(path).to_pylist()
    # pyarrow's own errors are ValueErrors and OSErrors.
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {why}") from None
    return [{key: value for key, value in row.items() if value is not None} for row in rows]
