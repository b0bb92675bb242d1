"""How far annotators agree beyond chance: Krippendorff's alpha, for labels without an order."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.core.errors import InputError
from assay.study.bootstrap import widened_tail
from assay.study.figure import Figure
from assay.study.intervals import DEFAULTS, FEWEST_RESAMPLED, Settings

_MISSING = 'Krippendorff\'s alpha needs krippendorff: pip install "assay[label]"'
# The package takes 0.5 ms for 923 units; 10,000 draws for each of three axes would take 14 s.
_MOST_DRAWS = 2_000


def krippendorffs_alpha(name: str, counts: ArrayLike, settings: Settings = DEFAULTS) -> Figure:
    """Alpha of nominal labels: 1 is full agreement, 0 what chance gives. `counts` says how many
    annotators gave each unit each label: units × labels. A unit with fewer than two labels says
    nothing about agreement; `n` counts the others.

    The interval is a bootstrap of the units, of 2,000 draws at the most. Where all say the same of
    everything, chance could have given nothing else, and alpha is unknown. InputError where the
    package is missing.
    """
    package = _package()
    table = np.asarray(counts)
    if table.ndim != 2 or (table < 0).any():
        raise InputError(f"labels are counted as units × labels, not as an array of {table.shape}")
    table = table[table.sum(axis=1) >= 2].astype(np.intp)
    units = len(table)
    if not units:
        return Figure.undefined(name, "no unit has two labels", "number")
    value = _alpha(package, table)
    if np.isnan(value):
        return Figure(name, nan, nan, nan, units, "all labels are the same", "number")
    if units < FEWEST_RESAMPLED:
        return Figure(name, value, nan, nan, units, "too few units for an interval", "number")
    rng = np.random.default_rng(settings.seed)
    draws = [
        _alpha(package, table[rng.integers(units, size=units)])
        for _ in range(min(settings.resamples, _MOST_DRAWS))
    ]
    tail = widened_tail((1 - settings.confidence) / 2, units)
    low, high = np.nanquantile(draws, [tail, 1 - tail])
    method = f"bootstrap, {units:,} units"
    return Figure(name, value, float(low), float(high), units, method, "number")


def _alpha(package: Any, table: NDArray[np.intp]) -> float:
    """NaN where all labels are the same."""
    if np.count_nonzero(table.sum(axis=0)) < 2:
        return nan
    return float(package.alpha(value_counts=table, level_of_measurement="nominal"))


def _package() -> Any:
    try:
        import krippendorff
    except ImportError:
        raise InputError(_MISSING) from None
    return krippendorff
