"""Which interval a mean over tasks gets, and the figure that comes of it.

* Each value a yes or no, each in a cluster of its own: a simple rate, **Wilson**.
* Otherwise **clustered bootstrap** (10,000 resamples, widened BCa ends).
* Above 1,000 clusters the bootstrap has nothing left to say that the **clustered standard error**
  does not, and would cost seconds.
* Fewer than eight clusters (a bootstrap of three covers 70 % where it says 95 %): **Wilson with
  the clusters as n** for shares, Student's t for other means.
* Clusters without spread, as at 0 or 100 % (no width at all would be a lie): **Wilson with the
  values as n** for shares and their differences, unknown ends for other means.

Clusters are the sources when there are at least six of them. Fewer are strata rather than a sample
of sources (with five, no exact test could ever reach 5 %), so that tasks are then the clusters;
the method says which it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.study.bootstrap import (
    ClusterSums,
    Floats,
    bootstrap_ends,
    cluster_codes,
    cluster_sums,
    standard_errors,
)
from assay.study.figure import Figure, Kind
from assay.study.rates import wilson

FEWEST_SOURCES = 6
FEWEST_RESAMPLED = 8
MOST_RESAMPLED = 1_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How intervals are made: alike for all figures of a report."""

    confidence: float = 0.95
    resamples: int = 10_000
    seed: int = 0


DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Clusters:
    """What is taken for one draw: a code for each value, and what a cluster is, for the method."""

    codes: NDArray[np.intp]
    word: str


@dataclass(frozen=True, slots=True)
class Origins:
    """Task and source of each value, as codes; -1 is a source that is not known."""

    tasks: NDArray[np.intp]
    sources: NDArray[np.intp]

    def clusters(self, members: NDArray[np.intp] | None = None) -> Clusters:
        """What the values (or some of them) are clustered by: sources where there are enough of
        them, else tasks. A task whose source is not known is a source of its own."""
        tasks, sources = self.tasks, self.sources
        if members is not None:
            tasks, sources = tasks[members], sources[members]
        known = np.unique(sources[sources >= 0])
        if len(known) < FEWEST_SOURCES:
            return Clusters(_dense(tasks), "tasks")
        return Clusters(_dense(np.where(sources >= 0, sources, -1 - tasks)), "sources")


def origins(tasks: Sequence[str], sources: Sequence[str]) -> Origins:
    """The codes of tasks and sources; the source "" is not known."""
    seen: dict[str, int] = {"": -1}
    return Origins(
        np.unique(np.array(tasks, dtype=object), return_inverse=True)[1].astype(np.intp),
        np.array([seen.setdefault(source, len(seen)) for source in sources], dtype=np.intp),
    )


def choose_clusters(tasks: Sequence[str], sources: Sequence[str]) -> Clusters:
    """What values are clustered by that come from these tasks and sources."""
    return origins(tasks, sources).clusters()


def _dense(codes: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.unique(codes, return_inverse=True)[1].astype(np.intp)


def mean_figure(
    name: str,
    values: ArrayLike,
    clusters: ArrayLike | Clusters | None = None,
    *,
    kind: Kind = "share",
    settings: Settings = DEFAULTS,
) -> Figure:
    """The mean of `values` with the interval that suits them; NaN is a value that is missing."""
    table = np.asarray(values, dtype=np.float64).reshape(-1, 1)
    return mean_figures([name], table, clusters, kind=kind, settings=settings)[0]


def mean_figures(
    names: Sequence[str],
    table: Floats,
    clusters: ArrayLike | Clusters | None = None,
    *,
    kind: Kind = "share",
    settings: Settings = DEFAULTS,
) -> list[Figure]:
    """A figure for each column of `table`, values × names, from the same draws of clusters."""
    if clusters is None:
        clusters = Clusters(np.arange(len(table), dtype=np.intp), "values")
    elif not isinstance(clusters, Clusters):
        clusters = Clusters(cluster_codes(clusters, len(table)), "clusters")
    data = cluster_sums(table, clusters.codes)
    means = data.means
    ways = [_way(table[:, at], data, at, kind) for at in range(len(names))]
    resampled = [at for at, way in enumerate(ways) if way == "bootstrap"]
    ends = _resampled(data, resampled, settings)
    return [
        _figure(name, float(means[at]), ways[at], data, at, ends.get(at), clusters, kind, settings)
        for at, name in enumerate(names)
    ]


def _way(values: Floats, data: ClusterSums, at: int, kind: Kind) -> str:
    held = data.counts[:, at] > 0
    if not held.any():
        return "nothing"
    known = values[np.isfinite(values)]
    if kind == "share" and data.counts[:, at].max() == 1 and np.isin(known, (0.0, 1.0)).all():
        return "wilson"
    if np.ptp(data.sums[held, at] / data.counts[held, at]) < 1e-12:
        return "no spread"
    if held.sum() < FEWEST_RESAMPLED:
        return "few"
    return "normal" if held.sum() > MOST_RESAMPLED else "bootstrap"


def _resampled(
    data: ClusterSums, columns: list[int], settings: Settings
) -> dict[int, tuple[float, float]]:
    if not columns:
        return {}
    low, high = bootstrap_ends(
        ClusterSums(data.sums[:, columns], data.counts[:, columns]),
        confidence=settings.confidence, resamples=settings.resamples, seed=settings.seed,
    )  # fmt: skip
    return dict(zip(columns, zip(low.tolist(), high.tolist(), strict=True), strict=True))


def _figure(
    name: str, mean: float, way: str, data: ClusterSums, at: int,
    ends: tuple[float, float] | None, clusters: Clusters, kind: Kind, settings: Settings,
) -> Figure:  # fmt: skip
    n, held = int(data.counts[:, at].sum()), int((data.counts[:, at] > 0).sum())
    over = f"{held:,} {clusters.word if held != 1 else clusters.word.removesuffix('s')}"
    if way == "nothing":
        return Figure.undefined(name, "no value", kind)
    if ends is not None:
        method = f"clustered bootstrap, {over}"
    elif way == "wilson":
        ends, method = wilson(round(mean * n), n, settings.confidence), "Wilson"
    elif way == "normal":
        ends = _error_ends(mean, data, at, held, kind, settings)
        method = f"clustered standard error, {over}"
    else:
        ends, method = _sparse(mean, way, data, at, held, kind, settings)
        method = f"{method}, {over}{' without spread' if way == 'no spread' else ''}"
    return Figure(name, mean, float(ends[0]), float(ends[1]), n, method, kind)


def _sparse(
    mean: float, way: str, data: ClusterSums, at: int, held: int, kind: Kind, settings: Settings
) -> tuple[tuple[float, float], str]:
    """The ends where there is too little to resample."""
    n = held if way == "few" else int(data.counts[:, at].sum())
    word = "Wilson over clusters" if way == "few" else "Wilson over values"
    if kind == "share":
        inside = min(max(mean, 0.0), 1.0)
        return wilson(inside * n, n, settings.confidence), word
    if way == "few":
        return _error_ends(mean, data, at, held, kind, settings), "Student's t"
    if kind == "points":
        # No value differs from the others: no more of them do than Wilson allows for none.
        reach = float(wilson(0, n, settings.confidence)[1])
        return (max(mean - reach, -1.0), min(mean + reach, 1.0)), word
    return (np.nan, np.nan), "unknown"


def _error_ends(
    mean: float, data: ClusterSums, at: int, held: int, kind: Kind, settings: Settings
) -> tuple[float, float]:
    from scipy.special import stdtrit

    times = float(stdtrit(held - 1, (1 + settings.confidence) / 2))
    reach = times * float(standard_errors(data)[at])
    low, high = mean - reach, mean + reach
    return (max(low, 0.0), min(high, 1.0)) if kind == "share" else (low, high)
