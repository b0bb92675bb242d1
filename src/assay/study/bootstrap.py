"""Resampling whole clusters: how far a mean could have been off had other sources been drawn.

Tasks of one repository resemble each other, so a suite is a sample of repositories rather than of
tasks. What is resampled is the cluster, with all its tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.core.errors import InputError

Floats = NDArray[np.float64]
Ends = Literal["percentile", "bca"]

# 500 clusters × 10,000 resamples take 0.04 CPU s this way, 0.10 s by fancy indexing, and 0.34 s
# with rng.multinomial. The chunk (4 MB of counts) stays in the cache.
_CHUNK = 1 << 19


@dataclass(frozen=True, slots=True)
class ClusterSums:
    """Values added up by cluster: `sums` and `counts` are clusters × columns."""

    sums: Floats
    counts: Floats

    @property
    def clusters(self) -> int:
        return len(self.sums)

    @property
    def means(self) -> Floats:
        """The mean of each column over all values; NaN for a column without any."""
        return ratio(self.sums.sum(axis=0), self.counts.sum(axis=0))


def cluster_sums(values: ArrayLike, clusters: ArrayLike | None = None) -> ClusterSums:
    """Add up `values` (one column, or rows × columns) by cluster; NaN is a value that is missing.
    Without `clusters` every row is a cluster of its own."""
    table = np.asarray(values, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    known = np.isfinite(table)
    filled = np.where(known, table, 0.0)
    if clusters is None:
        return ClusterSums(filled, known.astype(np.float64))
    codes = cluster_codes(clusters, len(table))
    size = int(codes.max(initial=-1)) + 1
    sums = np.zeros((size, table.shape[1]))
    counts = np.zeros_like(sums)
    for column in range(table.shape[1]):
        sums[:, column] = np.bincount(codes, weights=filled[:, column], minlength=size)
        counts[:, column] = np.bincount(codes, weights=known[:, column], minlength=size)
    return ClusterSums(sums, counts)


def cluster_codes(clusters: ArrayLike, n: int) -> NDArray[np.intp]:
    """A number from 0 for each cluster, whatever clusters are named by."""
    names = np.asarray(clusters)
    if names.shape != (n,):
        raise InputError(f"{n} values need one cluster each, not an array of {names.shape}")
    return np.unique(names, return_inverse=True)[1].astype(np.intp)


def resample(data: ClusterSums, resamples: int = 10_000, seed: int = 0) -> Floats:
    """The means of `resamples` draws of as many clusters as there are: resamples × columns.
    A draw that holds no value of a column gives NaN there."""
    both = np.concatenate([data.sums, data.counts], axis=1)
    drawn = np.empty((resamples, both.shape[1]))
    rng = np.random.default_rng(seed)
    step = max(1, _CHUNK // max(1, data.clusters))
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        drawn[start : start + rows] = _counted(rng, rows, data.clusters) @ both
    columns = data.sums.shape[1]
    return ratio(drawn[:, :columns], drawn[:, columns:])


def _counted(rng: np.random.Generator, rows: int, clusters: int) -> Floats:
    """How often each cluster is in each draw: rows × clusters."""
    picks = rng.integers(0, clusters, (rows, clusters), dtype=np.uint32).astype(np.intp)
    picks += (np.arange(rows) * clusters)[:, None]
    counts = np.bincount(picks.ravel(), minlength=rows * clusters)
    return counts.reshape(rows, clusters).astype(np.float64)


def bootstrap_ends(
    data: ClusterSums,
    *,
    ends: Ends = "bca",
    widen: bool = True,
    confidence: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> tuple[Floats, Floats]:
    """Lower and upper end for each column's mean.

    `percentile` takes the quantiles as they are; `bca` corrects their bias and skew (Efron 1987).
    Few clusters give ends too close together: `widen` takes quantiles further out, as Student's t
    has them (Hesterberg 2015). Simulated on clusters of tasks that pass 30 % or 10 % of the time,
    where 95 % was asked for: 12 clusters cover 91-95 % (88-92 % without `widen`), 30 clusters
    93-95 %.
    """
    if not 0 < confidence < 1:
        raise InputError(f"confidence {confidence} is not between 0 and 1; 0.95 is usual")
    if data.clusters < 2:
        raise InputError("a bootstrap needs at least two clusters")
    draws = resample(data, resamples, seed)
    tail = (1 - confidence) / 2
    tail = widened_tail(tail, data.clusters) if widen else tail
    tails = (
        [_bca_tails(data, draws, column, tail) for column in range(draws.shape[1])]
        if ends == "bca"
        else [(tail, 1 - tail)] * draws.shape[1]
    )
    low, high = np.empty(draws.shape[1]), np.empty(draws.shape[1])
    for column, (left, right) in enumerate(tails):
        known = draws[:, column]
        known = known[np.isfinite(known)]
        low[column], high[column] = (
            np.quantile(known, [left, right]) if known.size else (np.nan, np.nan)
        )
    return low, high


def widened_tail(tail: float, clusters: int) -> float:
    """The share to cut off each side, where `clusters` were drawn and `tail` is wanted."""
    from scipy.special import stdtrit

    reach = float(stdtrit(clusters - 1, tail)) * (clusters / (clusters - 1)) ** 0.5
    return NormalDist().cdf(reach)


def _bca_tails(data: ClusterSums, draws: Floats, column: int, tail: float) -> tuple[float, float]:
    normal = NormalDist()
    mean, drawn = data.means[column], draws[:, column]
    # Half of the ties: with few clusters many draws are equal to the mean itself.
    below = (np.mean(drawn < mean) + np.mean(drawn <= mean)) / 2
    if not 0 < below < 1:
        return tail, 1 - tail
    bias, bend = normal.inv_cdf(float(below)), acceleration(data)[column]
    left, right = (
        bias + (bias + z) / (1 - bend * (bias + z))
        for z in (normal.inv_cdf(tail), normal.inv_cdf(1 - tail))
    )
    return normal.cdf(left), normal.cdf(right)


def acceleration(data: ClusterSums) -> Floats:
    """How fast the standard error changes with the mean, from leaving out each cluster in turn."""
    sums, counts = data.sums.sum(axis=0), data.counts.sum(axis=0)
    without = ratio(sums - data.sums, counts - data.counts)
    off = np.nanmean(without, axis=0) - without
    return ratio(np.nansum(off**3, axis=0), 6 * np.nansum(off**2, axis=0) ** 1.5, empty=0.0)


def standard_errors(data: ClusterSums) -> Floats:
    """The standard error of each column's mean, as if clusters had been drawn, not values; with the
    usual correction for C clusters, C / (C - 1). NaN where there are fewer than two."""
    held = np.count_nonzero(data.counts, axis=0).astype(np.float64)
    off = data.sums - data.counts * np.where(np.isfinite(data.means), data.means, 0.0)
    variance = ratio(held, held - 1) * (off**2).sum(axis=0)
    error = ratio(np.sqrt(variance), data.counts.sum(axis=0))
    return np.where(held > 1, error, np.nan)


def ratio(above: NDArray[Any], below: NDArray[Any], empty: float = np.nan) -> Floats:
    """One through the other, and `empty` where that would be through nothing."""
    out = np.full(np.broadcast_shapes(np.shape(above), np.shape(below)), empty)
    found: Floats = np.divide(above, below, out=out, where=np.asarray(below) != 0)
    return found
