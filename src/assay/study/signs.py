"""Exact tests of paired differences: were the two runs the same, each sign would be a coin."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from assay.core.errors import InputError
from assay.study.bootstrap import Floats

# Steps of the exact distribution: 500 tasks of 20 samples take 5e6, a tenth of a second.
_MOST_STEPS = 5e7
_FINEST_GRID = 5_000
_CHUNK = 1 << 20


def mcnemar_exact(wins: int, losses: int) -> float:
    """The two-sided p-value of `wins` against `losses`, ties left out: McNemar's exact test, which
    is the sign test. 1 where nothing differs."""
    if wins < 0 or losses < 0:
        raise InputError("wins and losses are counts, and cannot be negative")
    from scipy.special import bdtr

    if wins + losses == 0:
        return 1.0
    return min(1.0, 2 * float(bdtr(min(wins, losses), wins + losses, 0.5)))


def sign_flip_test(
    differences: ArrayLike, resamples: int = 10_000, seed: int = 0
) -> tuple[float, str]:
    """The two-sided p-value of a sum of paired differences, and how it was found.

    Exact where the differences lie on a grid, as shares of so many samples do; where they do not,
    from `resamples` random draws.
    """
    values = np.asarray(differences, dtype=np.float64)
    values = np.abs(values[np.isfinite(values) & (values != 0)])
    total = np.asarray(differences, dtype=np.float64)
    observed = abs(float(total[np.isfinite(total)].sum()))
    if not values.size:
        return 1.0, "sign-flip permutation, exact"
    weights = _on_grid(values)
    if weights is not None and len(weights) * int(weights.sum()) <= _MOST_STEPS:
        scale = float(weights[0]) / float(values[0])
        return _exact(weights, round(observed * scale)), "sign-flip permutation, exact"
    return _drawn(values, observed, resamples, seed), f"sign-flip permutation, {resamples:,} draws"


def _on_grid(values: Floats) -> np.ndarray | None:
    """The values as whole multiples of one step; None where no step of a fair size fits them."""
    step = 1
    for value in np.unique(values):
        fraction = Fraction(float(value)).limit_denominator(_FINEST_GRID)
        if abs(float(fraction) - value) > 1e-9:
            return None
        step = math.lcm(step, fraction.denominator)
        if step > _FINEST_GRID:
            return None
    whole = np.rint(values * step).astype(np.int64)
    return whole // max(1, int(np.gcd.reduce(whole)))


def _exact(weights: np.ndarray, observed: int) -> float:
    """P(|sum of signed weights| >= observed): all 2^n signs, by adding one weight at a time."""
    total = int(weights.sum())
    chance = np.zeros(total + 1)
    chance[0], reached = 1.0, 0
    for weight in weights.tolist():
        chance[weight : reached + weight + 1] += chance[: reached + 1].copy()
        reached += weight
        chance[: reached + 1] /= 2
    signed = np.abs(2 * np.arange(total + 1) - total)
    return min(1.0, float(chance[signed >= observed].sum()))


def _drawn(values: Floats, observed: float, resamples: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    step, hits = max(1, _CHUNK // len(values)), 0
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        signs = rng.integers(0, 2, (rows, len(values)), dtype=np.int8) * 2.0 - 1.0
        hits += int((np.abs(signs @ values) >= observed * (1 - 1e-12)).sum())
    # The observed signs are a draw too: no p-value of 0 comes out of chance.
    return (hits + 1) / (resamples + 1)
