"""How much passes: pass@k, pass@1 over repeated runs, checks passed, passes at temperatures.

Plain arrays in, a value per task or a figure out. What is NaN is missing: it is left out of the
mean and of the figure's `n`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.core.errors import InputError
from assay.study.bootstrap import Floats, ratio
from assay.study.figure import Figure
from assay.study.intervals import DEFAULTS, Clusters, Settings, mean_figure

# exp(-40) is less than half of the last bit of 1.
_CERTAIN = -40.0


def pass_at_k(n: ArrayLike, passed: ArrayLike, k: int) -> Floats:
    """For each task the chance that at least one of `k` samples, drawn from its `n` without
    putting back, is among the `passed` (Chen et al. 2021): 1 - C(n - passed, k) / C(n, k).

    A task with fewer than `k` samples, or with a NaN, gives NaN: it says nothing about `k` draws,
    and every mean leaves it out. Exact to about 1e-12 for `n` up to 100,000.
    """
    total, passes = np.broadcast_arrays(
        np.asarray(n, dtype=np.float64), np.asarray(passed, dtype=np.float64)
    )
    _check(total, passes, k)
    shape = total.shape
    pairs, back = np.unique(
        np.stack([total.ravel(), passes.ravel()], axis=1), axis=0, return_inverse=True
    )
    known = np.isfinite(pairs).all(axis=1) & (pairs[:, 0] >= k)
    out = np.full(len(pairs), np.nan)
    out[known] = _chance(pairs[known, 0], pairs[known, 1], k)
    return out[back.ravel()].reshape(shape)


def _check(total: Floats, passes: Floats, k: int) -> None:
    if k < 1:
        raise InputError(f"pass@{k} has no meaning; k starts at 1")
    if np.any((passes < 0) | (passes > total)):
        raise InputError("pass@k needs 0 <= passed <= n for every task")


def _chance(total: Floats, passes: Floats, k: int) -> Floats:
    # C(n - c, k) / C(n, k) is symmetrical in c and k: the product over the smaller has fewest
    # terms, and adding logarithms loses nothing where binomials would overflow.
    few, many = np.minimum(passes, k), np.maximum(passes, k)
    none = np.where(passes + k > total, -np.inf, 0.0)
    term = 0
    while np.any(open_ := (term < few) & (none > _CERTAIN)):
        none[open_] += np.log1p(-many[open_] / (total[open_] - term))
        term += 1
    return -np.expm1(none)


def share_of_checks(checks_passed: ArrayLike, checks: ArrayLike, placed: ArrayLike) -> Floats:
    """For each sample the share of its checks that passed: 0 where no program could be placed, NaN
    where there is a program and no check that counts."""
    passes, total = np.asarray(checks_passed, np.float64), np.asarray(checks, np.float64)
    if np.any((passes < 0) | (passes > total)):
        raise InputError("a sample needs 0 <= checks_passed <= checks")
    return np.where(np.asarray(placed, dtype=bool), ratio(passes, total), 0.0)


@dataclass(frozen=True, slots=True)
class RunSpread:
    """pass@1 over repeated runs: `mean` says how good (its interval is over tasks), `variance` and
    `deviation` how steady (theirs are over runs), `runs` is each run by itself."""

    mean: Figure
    variance: Figure
    deviation: Figure
    runs: tuple[Figure, ...]

    @property
    def figures(self) -> dict[str, Figure]:
        return {figure.name: figure for figure in (self.mean, self.variance, self.deviation)}


def over_runs(
    passed: ArrayLike,
    clusters: ArrayLike | Clusters | None = None,
    settings: Settings = DEFAULTS,
) -> RunSpread:
    """`passed` is runs × tasks, of 0 and 1, with NaN where a run has no verdict on a task.

    The variance is that of the runs' pass rates, with runs - 1 below the line, as the thesis has
    it; its interval takes the rates to be normal. One run gives a mean alone.
    """
    grid = np.asarray(passed, dtype=np.float64)
    if grid.ndim != 2:
        raise InputError(f"repeated runs need an array runs × tasks, not {grid.ndim} dimensions")
    runs = tuple(
        mean_figure(f"run {at + 1}", row, clusters, settings=settings)
        for at, row in enumerate(grid)
    )
    rates = np.array([figure.value for figure in runs if figure.known])
    variance = variance_figure("pass@1 variance", rates, settings.confidence)
    deviation = Figure(
        "pass@1 standard deviation",
        math.sqrt(variance.value),
        math.sqrt(variance.low),
        math.sqrt(variance.high),
        variance.n,
        variance.method,
        "points",
    )
    mean = mean_figure("pass@1 mean", task_means(grid), clusters, settings=settings)
    return RunSpread(mean, variance, deviation, runs)


def task_means(grid: Floats) -> Floats:
    """The mean of each column; NaN for a column without a value."""
    known = np.isfinite(grid)
    held = known.sum(axis=0)
    total = np.where(known, grid, 0.0).sum(axis=0)
    return ratio(total, held)


def variance_figure(name: str, rates: Floats, confidence: float = 0.95) -> Figure:
    """The variance of some rates, n - 1 below the line, with its interval from chi-square."""
    from scipy.special import chdtri

    freedom = len(rates) - 1
    if freedom < 1:
        return Figure.undefined(name, "fewer than two runs", "points²")
    value = float(np.var(rates, ddof=1))
    tail = (1 - confidence) / 2
    low, high = (freedom * value / float(chdtri(freedom, at)) for at in (tail, 1 - tail))
    return Figure(
        name, value, low, high, len(rates), f"chi-square over {len(rates)} runs", "points²"
    )


@dataclass(frozen=True, slots=True)
class AtTemperatures:
    """pass@`k` at each temperature, and with all temperatures together, over the same tasks."""

    each: Mapping[float, Figure]
    together: Figure


def at_temperatures(
    counts: Mapping[float, tuple[ArrayLike, ArrayLike]],
    k: int = 3,
    clusters: ArrayLike | Clusters | None = None,
    settings: Settings = DEFAULTS,
) -> AtTemperatures:
    """`counts` has for each temperature `n` and `passed` by task, tasks in the same order.

    A task is solved at a temperature if any of `k` generations passes; at temperature 0, where
    generations do not differ, one is asked for. `together` is whether any of them all passes, as
    with three generations at each of three temperatures; a task counts there if no temperature
    lacks samples. More samples than needed make the figures steadier, not higher.
    """
    if not counts:
        raise InputError("no temperature to tabulate: no sample says at which it was drawn")
    solved = {
        temperature: pass_at_k(n, passed, k if temperature > 0 else 1)
        for temperature, (n, passed) in sorted(counts.items())
    }
    each = {
        temperature: mean_figure(
            f"pass@{k if temperature > 0 else 1} at {temperature:g}", values, clusters,
            settings=settings,
        )
        for temperature, values in solved.items()
    }  # fmt: skip
    missed: NDArray[np.float64] = np.prod([1 - values for values in solved.values()], axis=0)
    name = f"any of {sum(k if temperature > 0 else 1 for temperature in solved)}"
    return AtTemperatures(each, mean_figure(name, 1 - missed, clusters, settings=settings))
