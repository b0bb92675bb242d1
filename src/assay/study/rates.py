"""Wilson's interval of a simple rate, so many of so many."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.core.errors import InputError

Floats = NDArray[np.float64]


def wilson(passed: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Any, Any]:
    """Wilson's score interval of `passed` out of `n`: two numbers, or two arrays.

    It stays inside [0, 1] and is never empty, even at 0 and at n of n. `passed` may be a
    fraction. Where `n` is 0 both ends are NaN.
    """
    passes, total = _counts(passed, n)
    z = NormalDist().inv_cdf(_half(confidence))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = passes / total
        centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
        spread = np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
        reach = z * spread / (1 + z**2 / total)
    # At the ends the two terms cancel, but for the last bit.
    low = np.where(passes == 0, np.where(total > 0, 0.0, np.nan), centre - reach)
    high = np.where(passes == total, np.where(total > 0, 1.0, np.nan), centre + reach)
    return low[()], high[()]


def _counts(passed: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    passes, total = np.broadcast_arrays(
        np.asarray(passed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    )
    if np.any((passes < 0) | (total < 0) | (passes > total)):
        raise InputError("a rate needs 0 <= passed <= n")
    return passes, total


def _half(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise InputError(f"confidence {confidence} is not between 0 and 1; 0.95 is usual")
    return (1 + confidence) / 2
