"""What a value amounts to: one hashable form for values that are equal, and a short digest."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assay.core.arrays import BLOCK, Array, MalformedError
from assay.core.encoded import Record, Value, read

DEEPEST = 150
DIGITS = 6
# Below the default absolute tolerance nothing is told apart from zero.
SMALLEST = 1e-7
_EXACT_FLOAT = 2**53


def behaviour(encoded: object) -> bytes:
    """8 bytes that values which are equal under loose tolerance mostly share.

    Floats are rounded to 6 digits (two close ones may still fall on both sides of an edge), types
    that compare equal are one, dicts and sets have no order. Never raises.
    """
    try:
        text = repr(canonical(encoded, rounded=True))
    except Exception:
        text = "malformed"
    return hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=8).digest()


def canonical(encoded: object, *, rounded: bool = False, depth: int = 0) -> Any:
    """A hashable form of a value. Exact, it is the same for values that Python holds equal; with
    `rounded`, mostly for those that are close as well. Raises `MalformedError`."""
    if type(encoded) is str:
        return ("str", encoded)
    if type(encoded) is int:
        return hex(encoded)
    if depth > DEEPEST:
        raise MalformedError("a value that is nested too deep")
    value = read(encoded)
    if value.kind in ("list", "tuple", "deque"):
        items = [canonical(item, rounded=rounded, depth=depth + 1) for item in value.content]
        return (value.kind, *items)
    if value.kind in ("set", "dict", "record"):
        return _unordered(value, rounded, depth + 1)
    if value.kind == "array":
        return _array(value.content, rounded, depth + 1)
    if value.kind == "number":
        return _number(value.content, rounded)
    if value.kind == "atom" and isinstance(value.content[1], datetime):
        return ("datetime", value.content[1].isoformat(), repr(value.content[2]))
    return (value.kind, value.content)


def _unordered(value: Value, rounded: bool, depth: int) -> Any:
    def inner(encoded: Any) -> str:
        # Digests, or sorting would write out what is deepest once for every level above it.
        text = repr(canonical(encoded, rounded=rounded, depth=depth))
        raw = text.encode("utf-8", "backslashreplace")
        return hashlib.blake2b(raw, digest_size=16).hexdigest()

    items: list[Any]
    if value.kind == "set":
        items = [inner(item) for item in value.content]
    elif value.kind == "dict":
        items = [(inner(key), inner(item)) for key, item in value.content]
    else:
        record: Record = value.content
        parts = ((name, inner(part)) for name, part in record.parts.items())
        return (record.tag, record.name, *sorted(parts))
    return (value.kind, *sorted(items))


def _number(number: Any, rounded: bool) -> Any:
    if isinstance(number, complex):
        if number.imag != 0:
            return ("complex", _number(number.real, rounded), _number(number.imag, rounded))
        number = number.real
    if isinstance(number, Decimal):
        # Never as an int: 1E+999999999 is a short text.
        return ("decimal", str(number.normalize() if number.is_finite() else number))
    if isinstance(number, Fraction):
        if number.denominator != 1:
            return ("fraction", hex(number.numerator), hex(number.denominator))
        number = number.numerator
    if isinstance(number, float):
        number = _float(number, rounded)
    return hex(number) if isinstance(number, int) else repr(number)


def _float(number: float, rounded: bool) -> int | float:
    if not math.isfinite(number):
        return number
    if number.is_integer():
        return int(number)
    if not rounded:
        return number
    whole = round(number)
    # A sum that should be 1234567 and is 1234566.9999 must not lose its last digit by rounding.
    if abs(number - whole) <= SMALLEST * max(1.0, abs(whole)) and abs(whole) < _EXACT_FLOAT:
        return whole
    return float(f"{number:.{DIGITS - 1}e}")


def _array(array: Array, rounded: bool, depth: int) -> Any:
    if array.is_listed:
        items = [canonical(item, rounded=rounded, depth=depth) for item in array.content]
        return ("array", array.kind, array.shape, *items)
    if array.is_numeric and array.shape == ():
        return _number(array.row(0, 1)[0], rounded)
    hasher = hashlib.blake2b(digest_size=16)
    for start in range(0, array.size, BLOCK):
        block = array.block(start, min(start + BLOCK, array.size))
        hasher.update(_settled(block, array.kind, rounded))
    return ("array", array.kind, array.shape, array.zone is None, hasher.hexdigest())


def _settled(block: Any, kind: str, rounded: bool) -> bytes:
    """The bytes of a block with one width for each kind, and rounded if asked for."""
    import numpy as np

    if kind == "integer":
        big = block.dtype == np.uint64 and bool((block > np.iinfo(np.int64).max).any())
        return bytes((block if big else block.astype(np.int64)).tobytes())
    if kind not in ("float", "complex"):
        return str(block.dtype).encode() + bytes(block.tobytes())
    wide = block.astype(np.complex128 if kind == "complex" else np.float64).view(np.float64)
    with np.errstate(all="ignore"):
        if rounded:
            wide = _rounded(wide)
        settled = np.where(np.isnan(wide), np.nan, wide + 0.0)
    return bytes(settled.tobytes())


def _rounded(numbers: Any) -> Any:
    import numpy as np

    small = np.abs(numbers) < SMALLEST
    exponent = np.floor(np.log10(np.where(small, 1.0, np.abs(numbers))))
    scale = 10.0 ** (DIGITS - 1 - exponent)
    result = np.round(numbers * scale) / scale
    return np.where(small, 0.0, np.where(np.isfinite(result), result, numbers))
