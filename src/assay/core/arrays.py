"""Encoded arrays: checked before numpy sees them, compared a block at a time."""

from __future__ import annotations

import binascii
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assay.core.closeness import allowance
from assay.core.words import Tolerance

MOST_DIMENSIONS = 32
LONGEST_SIDE = 2**48
# Elements compared at once: enough to hide numpy's own cost, small enough to stay under 64 MB.
BLOCK = 1 << 18

# How the bytes of a dtype are stored, and what kind of thing they say.
_STORED: dict[str, tuple[str, str]] = {
    "bool": ("|u1", "integer"),
    "bfloat16": ("<u2", "float"),
    "float128": ("<f16", "float"),
    "complex256": ("<c32", "complex"),
    "complex32": ("<c8", "complex"),
    "complex64": ("<c8", "complex"),
    "complex128": ("<c16", "complex"),
    **{f"int{8 * size}": (f"<i{size}", "integer") for size in (1, 2, 4, 8)},
    **{f"uint{8 * size}": (f"<u{size}", "integer") for size in (1, 2, 4, 8)},
    **{f"float{8 * size}": (f"<f{size}", "float") for size in (2, 4, 8)},
    **{
        f"float8_{kind}": ("<f4", "float")
        for kind in ("e4m3fn", "e5m2", "e4m3fnuz", "e5m2fnuz", "e8m0fnu")
    },
}
_TIMES = re.compile(r"(datetime64|timedelta64)(\[\d{0,6}(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?")
# Their elements are encoded one by one.
_LISTED = {"object": "object", "str": "object", "bytes": "object", "category": "category"}


class MalformedError(ValueError):
    """What came is not the encoding of any value."""


@dataclass(frozen=True, slots=True)
class Array:
    """An array whose shape has been checked against what came. `kind` is integer (bool too),
    float, complex, datetime64, timedelta64, object or category."""

    lib: str
    dtype: str
    kind: str
    shape: tuple[int, ...]
    stored: str
    content: Any
    zone: str | None = None

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def is_numeric(self) -> bool:
        return self.kind in ("integer", "float", "complex")

    @property
    def is_listed(self) -> bool:
        return self.kind in ("object", "category")

    def block(self, start: int, stop: int) -> Any:
        """Some elements, in C order, as a numpy array to compute with."""
        import numpy as np

        stored = np.dtype(self.stored)
        raw = np.frombuffer(self.content, stored, stop - start, start * stored.itemsize)
        if self.dtype == "bool":
            return (raw != 0).astype(np.uint8)
        if self.dtype == "bfloat16":
            return (raw.astype(np.uint32) << 16).view(np.float32)
        if not self.is_numeric:
            return raw.view(self.dtype)
        return raw

    def row(self, start: int, stop: int) -> list[Any]:
        """Some elements, in C order, as Python's numbers (or as they were encoded)."""
        if self.is_listed:
            return list(self.content[start:stop])
        block = self.block(start, stop)
        if self.stored in ("<f16", "<c32"):
            block = block.astype("complex128" if self.kind == "complex" else "float64")
        items: list[Any] = block.tolist()
        return items


def read_array(encoded: dict[str, Any]) -> Array:
    """The array that a tag describes; raises `MalformedError` before anything large is made."""
    lib, dtype, zone = encoded.get("lib"), encoded.get("dtype"), encoded.get("tz")
    if not (type(lib) is str and type(dtype) is str and (zone is None or type(zone) is str)):
        raise MalformedError("array without a dtype")
    shape = _shape(encoded.get("shape"))
    size, content = math.prod(shape), encoded.get("v")
    if dtype in _LISTED:
        if type(content) is not list or len(content) != size:
            raise MalformedError(f"array whose shape {shape} does not match its elements")
        return Array(lib, dtype, _LISTED[dtype], shape, "", content, zone)
    times = _TIMES.fullmatch(dtype)
    stored, kind = _STORED.get(dtype, ("", "")) if times is None else ("<i8", times[1])
    if not stored:
        raise MalformedError("array of no known dtype")
    expected = size * int(stored[2:])
    if type(content) is not str or len(content) != 4 * -(-expected // 3):
        raise MalformedError(f"array whose shape {shape} does not match its bytes")
    raw = binascii.a2b_base64(content, strict_mode=True)
    if len(raw) != expected:
        raise MalformedError(f"array whose shape {shape} does not match its bytes")
    return Array(lib, dtype, kind, shape, stored, raw, zone)


def _shape(sides: object) -> tuple[int, ...]:
    if type(sides) is not list or len(sides) > MOST_DIMENSIONS:
        raise MalformedError("array without a shape")
    if any(type(side) is not int or not 0 <= side <= LONGEST_SIDE for side in sides):
        raise MalformedError("array with an impossible shape")
    return tuple(sides)


def mismatch(expected: Array, observed: Array, strict: bool) -> str | None:
    """Why two arrays cannot even be compared element by element."""
    if strict and (expected.lib, expected.dtype) != (observed.lib, observed.dtype):
        return _versus(f"{expected.lib} {expected.dtype}", f"{observed.lib} {observed.dtype}")
    if expected.kind != observed.kind:
        return _versus(f"an array of {expected.dtype}", f"one of {observed.dtype}")
    zones = (expected.zone, observed.zone)
    if (None in zones or strict) and zones[0] != zones[1]:
        return _versus(f"time zone {zones[0]}", str(zones[1]))
    if expected.shape != observed.shape:
        return _versus(f"shape {expected.shape}", f"shape {observed.shape}")
    return None


def _versus(expected: str, observed: str) -> str:
    return f"expected {expected}, got {observed}"


def element_difference(
    expected: Array, observed: Array, tolerance: Tolerance
) -> tuple[tuple[int, ...], str] | None:
    """The first place where two arrays of one shape and kind differ, and how they differ."""
    if expected.dtype == observed.dtype and expected.content == observed.content:
        return None
    relative, absolute = allowance(tolerance, expected.dtype, observed.dtype)
    first, count, furthest = -1, 0, 0.0
    for start, ours, theirs in _blocks(expected, observed):
        wrong, off = _wrong(expected.kind, ours, theirs, relative, absolute)
        found = int(wrong.sum())
        if found and first < 0:
            first = start + int(wrong.argmax())
        count, furthest = count + found, max(furthest, off)
    if not count:
        return None
    wanted, got = expected.row(first, first + 1)[0], observed.row(first, first + 1)[0]
    extent = f", by up to {furthest:.6g}" if furthest else ""
    allowed = f"; tolerance {spell(relative, absolute)}" if relative or absolute else ""
    text = f"expected {wanted}, got {got} ({count} of {expected.size} elements differ"
    return place_of(first, expected.shape), f"{text}{extent}{allowed})"


def spell(relative: float, absolute: float) -> str:
    if relative == absolute:
        return f"{relative:g}"
    return f"{relative:g} relative, {absolute:g} absolute"


def place_of(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The indices of an element, from its number in C order."""
    place: list[int] = []
    for side in reversed(shape):
        flat, index = divmod(flat, side)
        place.append(index)
    return tuple(reversed(place))


def _blocks(expected: Array, observed: Array) -> Iterator[tuple[int, Any, Any]]:
    for start in range(0, expected.size, BLOCK):
        stop = min(start + BLOCK, expected.size)
        yield start, expected.block(start, stop), observed.block(start, stop)


def _wrong(
    kind: str, ours: Any, theirs: Any, relative: float, absolute: float
) -> tuple[Any, float]:
    """Which elements differ, and the largest finite distance among them."""
    import numpy as np

    if kind == "integer":
        return ~_same_integers(ours, theirs), 0.0
    if kind not in ("float", "complex"):
        return ~((ours == theirs) | (np.isnat(ours) & np.isnat(theirs))), 0.0
    wide = np.result_type(ours, theirs, np.complex128 if kind == "complex" else np.float64)
    ours, theirs = ours.astype(wide), theirs.astype(wide)
    with np.errstate(all="ignore"):
        off = np.abs(ours - theirs)
        near = (off <= absolute + relative * np.abs(ours)) & np.isfinite(ours) & np.isfinite(theirs)
        fine = (ours == theirs) | near
        if kind == "float":
            fine |= np.isnan(ours) & np.isnan(theirs)
        else:
            fine |= _same_parts(ours, theirs, relative, absolute)
    measured = off[~fine & np.isfinite(off)]
    return ~fine, float(measured.max()) if measured.size else 0.0


def _same_integers(ours: Any, theirs: Any) -> Any:
    import numpy as np

    if ours.dtype.kind == theirs.dtype.kind:
        return ours == theirs
    # numpy before 2 compares int64 with uint64 as floats, which loses the last digits.
    signed, unsigned = (ours, theirs) if ours.dtype.kind == "i" else (theirs, ours)
    return (signed >= 0) & (signed.astype(np.uint64) == unsigned.astype(np.uint64))


def _same_parts(ours: Any, theirs: Any, relative: float, absolute: float) -> Any:
    """Complex numbers with an infinite or missing part, by their parts."""
    import numpy as np

    odd = ~(np.isfinite(ours) & np.isfinite(theirs))
    real, _ = _wrong("float", ours.real, theirs.real, relative, absolute)
    imaginary, _ = _wrong("float", ours.imag, theirs.imag, relative, absolute)
    return odd & ~real & ~imaginary
