"""How close two numbers must be to count as equal."""

from __future__ import annotations

import cmath
import math
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from assay.core.words import Tolerance

Number = int | float | complex | Decimal | Fraction

# (relative, absolute) as torch.testing.assert_close has them, where it has them; integers are
# exact, and an eight-bit float is allowed one step.
DEFAULTS: dict[str, tuple[float, float]] = {
    "float128": (1e-7, 1e-7),
    "float64": (1e-7, 1e-7),
    "float32": (1.3e-6, 1e-5),
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "complex256": (1e-7, 1e-7),
    "complex128": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
    "complex32": (1e-3, 1e-5),
}
EIGHT_BIT = (0.25, 1e-5)
SINGLE = DEFAULTS["float32"]
LONGEST_BITS = 40_000


def _default(dtype: str) -> tuple[float, float]:
    return EIGHT_BIT if dtype.startswith("float8") else DEFAULTS.get(dtype, (0.0, 0.0))


@lru_cache(maxsize=1024)
def allowance(tolerance: Tolerance, expected: str, observed: str) -> tuple[float, float]:
    """(relative, absolute) for two dtypes: what is given, or the wider of the two defaults.

    The observed dtype is the candidate's word, so it is granted no more than 32 bits' tolerance:
    half precision is good enough only where the expected value has it too.
    """
    ours, theirs = _default(expected), _default(observed)
    if theirs > SINGLE:
        theirs = max(ours, SINGLE)
    relative, absolute = max(ours[0], theirs[0]), max(ours[1], theirs[1])
    return (
        relative if tolerance.relative is None else tolerance.relative,
        absolute if tolerance.absolute is None else tolerance.absolute,
    )


def close(expected: Number, observed: Number, relative: float, absolute: float) -> bool:
    """As Python's `==`, but NaN equals NaN, and where a float is involved both may differ by
    `absolute + relative * abs(expected)`. Infinities are equal to themselves alone."""
    if not _reasonable(expected, observed):
        return False
    if expected == observed:
        return True
    if isinstance(expected, int) and isinstance(observed, int):
        return False
    if isinstance(expected, complex) or isinstance(observed, complex):
        return _close_complex(expected, observed, relative, absolute)
    if _is_nan(expected) or _is_nan(observed):
        return _is_nan(expected) and _is_nan(observed)
    off = distance(expected, observed)
    return off is not None and off <= absolute + relative * abs(float(expected))


def _close_complex(expected: Number, observed: Number, relative: float, absolute: float) -> bool:
    try:
        one, other = complex(expected), complex(observed)
    except OverflowError:
        return False
    if cmath.isfinite(one) and cmath.isfinite(other):
        return abs(one - other) <= absolute + relative * abs(one)
    pairs = ((one.real, other.real), (one.imag, other.imag))
    return all(close(*pair, relative, absolute) for pair in pairs)


def _reasonable(one: Number, other: Number) -> bool:
    """Python turns an int into a Decimal in quadratic time: 2 s for a million digits."""
    if not (isinstance(one, Decimal) or isinstance(other, Decimal)):
        return True
    return all(not isinstance(n, int) or n.bit_length() <= LONGEST_BITS for n in (one, other))


def _is_nan(number: Number) -> bool:
    if isinstance(number, Decimal):
        return number.is_nan()
    return isinstance(number, float) and math.isnan(number)


def distance(expected: Number, observed: Number) -> float | None:
    """How far apart two numbers are; None where it has no meaning (infinite, NaN, no floats)."""
    kinds = (int, float, complex)
    if not (isinstance(expected, kinds) and isinstance(observed, kinds)):
        return None
    try:
        off = abs(complex(expected) - complex(observed))
    except OverflowError:
        return None
    return off if math.isfinite(off) else None
