"""The clustered bootstrap and standard error against scipy and statsmodels, and in simulation."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import stats

from assay.core.errors import InputError
from assay.study import bootstrap_ends, cluster_sums, mean_figure
from assay.study.bootstrap import Ends, resample, standard_errors
from assay.study.intervals import Settings


def clustered(
    rng: np.random.Generator, clusters: int, mean: float, size: int = 5
) -> tuple[np.ndarray, np.ndarray]:
    """Shares of five samples; the tasks of a cluster are alike (intra-cluster correlation 0.2)."""
    by_cluster = np.clip(rng.beta(4 * mean, 4 * (1 - mean), clusters), 1e-3, 1 - 1e-3)
    codes = np.repeat(np.arange(clusters), rng.integers(1, 2 * size, clusters))
    by_task = rng.beta(5 * by_cluster[codes], 5 * (1 - by_cluster[codes]))
    return rng.binomial(5, by_task) / 5, codes


@pytest.mark.parametrize(("ends", "theirs"), [("percentile", "percentile"), ("bca", "BCa")])
def test_ends_are_scipys_where_every_value_is_a_cluster(ends: Ends, theirs: str) -> None:
    values = np.random.default_rng(3).gamma(1.0, size=40)
    low, high = bootstrap_ends(cluster_sums(values), ends=ends, widen=False, resamples=40_000)
    other = stats.bootstrap(
        (values,), np.mean, n_resamples=40_000, method=theirs, rng=np.random.default_rng(1)
    ).confidence_interval
    assert (low[0], high[0]) == pytest.approx((other.low, other.high), abs=0.012)


def test_few_clusters_get_ends_as_far_out_as_students_t() -> None:
    """Of symmetric values, whose bootstrap is nearly normal: t(7) is 2.36 where z is 1.96, and
    eight clusters understate the spread by the root of 8/7."""
    data = cluster_sums(np.array([-4.0, -3, -2, -1, 1, 2, 3, 4]) + 10)
    near, far = (
        bootstrap_ends(data, ends="percentile", widen=widen, resamples=40_000)
        for widen in (False, True)
    )
    ratio = float((far[1] - far[0])[0] / (near[1] - near[0])[0])
    assert ratio == pytest.approx(2.365 / 1.960 * (8 / 7) ** 0.5, rel=0.05)


def test_clusters_are_drawn_whole() -> None:
    """Against scipy's bootstrap of the clusters' sums and counts, as a ratio."""
    values, codes = clustered(np.random.default_rng(5), 25, 0.4)
    sums, counts = np.bincount(codes, values), np.bincount(codes)
    other = stats.bootstrap(
        (sums, counts),
        lambda s, n, axis=-1: s.sum(axis=axis) / n.sum(axis=axis),
        paired=True, n_resamples=40_000, method="percentile", rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    low, high = bootstrap_ends(
        cluster_sums(values, codes), ends="percentile", widen=False, resamples=40_000
    )
    assert (low[0], high[0]) == pytest.approx((other.low, other.high), abs=0.004)


def test_tasks_that_only_repeat_each_other_do_not_make_the_interval_narrower() -> None:
    values = np.random.default_rng(0).random(30)
    once = bootstrap_ends(cluster_sums(values))
    tenfold = bootstrap_ends(cluster_sums(np.repeat(values, 10), np.repeat(np.arange(30), 10)))
    np.testing.assert_allclose(once, tenfold)


def test_columns_are_resampled_together_and_missing_values_left_out() -> None:
    table = np.random.default_rng(0).random((50, 2))
    table[:7, 1] = np.nan
    low, high = bootstrap_ends(cluster_sums(table))
    assert low.shape == high.shape == (2,)
    alone = bootstrap_ends(cluster_sums(table[:, 0]))
    assert (low[0], high[0]) == pytest.approx((alone[0][0], alone[1][0]))
    assert low[1] < np.nanmean(table[:, 1]) < high[1]


def test_the_seed_decides() -> None:
    data = cluster_sums(np.random.default_rng(0).random(30))
    np.testing.assert_array_equal(resample(data, 100, seed=1), resample(data, 100, seed=1))
    assert not np.array_equal(resample(data, 100, seed=1), resample(data, 100, seed=2))


def test_standard_error_is_statsmodels() -> None:
    linear = pytest.importorskip("statsmodels.regression.linear_model")
    values, codes = clustered(np.random.default_rng(7), 30, 0.3)
    fit = linear.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": codes}
    )
    assert standard_errors(cluster_sums(values, codes))[0] == pytest.approx(fit.bse[0])


def test_standard_error_of_single_values_is_the_usual_one() -> None:
    values = np.random.default_rng(0).random(50)
    assert standard_errors(cluster_sums(values))[0] == pytest.approx(stats.sem(values))


def test_one_cluster_has_no_standard_error_and_no_bootstrap() -> None:
    assert np.isnan(standard_errors(cluster_sums([0.1, 0.9], ["a", "a"]))[0])
    with pytest.raises(InputError, match="two clusters"):
        bootstrap_ends(cluster_sums([0.1, 0.9], ["a", "a"]))


@pytest.mark.parametrize(("clusters", "mean"), [(12, 0.3), (30, 0.3), (30, 0.1), (100, 0.4)])
def test_coverage(clusters: int, mean: float) -> None:
    """What says 95 % holds the truth 92-97 % of the time (give or take the simulation's own error
    of a point); ignoring the clusters it would be 80 %."""
    rng, hits, reps = np.random.default_rng(11), 0, 600
    for seed in range(reps):
        values, codes = clustered(rng, clusters, mean)
        figure = mean_figure("", values, codes, settings=Settings(resamples=800, seed=seed))
        hits += figure.low <= mean <= figure.high
    assert 0.915 <= hits / reps <= 0.975


def test_ten_thousand_resamples_of_500_tasks_take_less_than_a_cpu_second() -> None:
    data = cluster_sums(np.random.default_rng(0).random(500))
    start = time.process_time()
    bootstrap_ends(data)
    assert time.process_time() - start < 1
