"""Two runs on the same tasks: which is better, or whether one cannot tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from assay.core.errors import InputError
from assay.study.bootstrap import cluster_sums
from assay.study.figure import Figure
from assay.study.intervals import DEFAULTS, Clusters, Settings, mean_figure
from assay.study.signs import mcnemar_exact, sign_flip_test

Outcome = Literal["better", "worse", "tied"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second run against the first, task by task.

    `difference` is second minus first; `wins` are tasks on which the second does better. `tied`
    means that one cannot tell: the interval holds 0, or the test does not reject. `left_out`
    counts tasks that only one of the runs has a value for.
    """

    first: Figure
    second: Figure
    difference: Figure
    wins: int
    losses: int
    ties: int
    left_out: int
    p: float
    test: str
    alpha: float = 0.05
    comparisons: int = 1

    @property
    def outcome(self) -> Outcome:
        apart = self.difference.low > 0 or self.difference.high < 0
        if not apart or not self.p < self.alpha:
            return "tied"
        return "better" if self.difference.value > 0 else "worse"

    @property
    def tied(self) -> bool:
        return self.outcome == "tied"

    def __str__(self) -> str:
        holm = f", Holm over {self.comparisons}" if self.comparisons > 1 else ""
        return (
            f"{self.outcome}: {self.difference}; {self.wins:,} won, {self.losses:,} lost, "
            f"{self.ties:,} tied; p = {self.p:.3g} ({self.test}{holm})"
        )


def compare_values(
    first: ArrayLike,
    second: ArrayLike,
    clusters: ArrayLike | Clusters | None = None,
    *,
    name: str = "pass@1",
    settings: Settings = DEFAULTS,
) -> Comparison:
    """Compare two runs by a value for each task (a share between 0 and 1), tasks in the same order.

    The test flips the sign of whole clusters. Where each task is a yes or no and a cluster of its
    own, that is McNemar's exact test.
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != two.shape or one.ndim != 1:
        raise InputError(
            f"two runs need one value each for the same tasks: {one.shape}, {two.shape}"
        )
    both = np.isfinite(one) & np.isfinite(two)
    if not both.any():
        raise InputError("the two runs have no task in common that both have a value for")
    left_out = int(np.count_nonzero(np.isfinite(one) ^ np.isfinite(two)))
    groups = _groups(clusters, len(one), both)
    one, two = one[both], two[both]
    difference = two - one
    # Shares of equal value may differ in the last bit: 1 - 2/3 is not 1/3.
    difference = np.where(np.abs(difference) < 1e-12, 0.0, difference)
    wins, losses = int((difference > 0).sum()), int((difference < 0).sum())
    binary = bool(np.isin(np.concatenate([one, two]), (0.0, 1.0)).all())
    sums = cluster_sums(difference, groups.codes)
    if binary and sums.counts.max() == 1:
        p, test = mcnemar_exact(wins, losses), "McNemar, exact"
    else:
        p, test = sign_flip_test(sums.sums[:, 0], settings.resamples, settings.seed)
        test = f"{test}, {sums.clusters:,} {groups.word}"
    return Comparison(
        mean_figure(name, one, groups, settings=settings),
        mean_figure(name, two, groups, settings=settings),
        mean_figure(f"{name} difference", difference, groups, kind="points", settings=settings),
        wins, losses, len(difference) - wins - losses, left_out, p, test, 1 - settings.confidence,
    )  # fmt: skip


def _groups(clusters: ArrayLike | Clusters | None, n: int, kept: np.ndarray) -> Clusters:
    word = clusters.word if isinstance(clusters, Clusters) else "clusters"
    if clusters is None:
        codes, word = np.arange(n), "tasks"
    else:
        codes = np.asarray(clusters.codes if isinstance(clusters, Clusters) else clusters)
    if codes.shape != (n,):
        raise InputError(f"{n} tasks need one cluster each, not an array of {codes.shape}")
    return Clusters(np.unique(codes[kept], return_inverse=True)[1].astype(np.intp), word)


def holm(p: Sequence[float]) -> list[float]:
    """The p-values of several tests, made larger so that all of them together keep their level
    (Holm 1979). NaN, a test that was not made, stays NaN and is not counted."""
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values)
    order = order[np.isfinite(values[order])]
    adjusted = values.copy()
    steps = values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return [float(value) for value in adjusted]


def correct(comparisons: Mapping[str, Comparison]) -> dict[str, Comparison]:
    """Several comparisons with Holm's correction: what only looked better by chance is tied."""
    adjusted = holm([comparison.p for comparison in comparisons.values()])
    return {
        name: replace(comparison, p=p, comparisons=len(comparisons))
        for (name, comparison), p in zip(comparisons.items(), adjusted, strict=True)
    }
