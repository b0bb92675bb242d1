"""Which interval a mean gets."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assay.core.errors import InputError
from assay.study import choose_clusters, mean_figure, mean_figures, wilson
from assay.study.intervals import MOST_RESAMPLED


def test_a_simple_rate_gets_wilsons() -> None:
    figure = mean_figure("pass@1", [1, 0, 0, 1, 1, 0, 0, 0])
    assert (figure.value, figure.n, figure.method) == (0.375, 8, "Wilson")
    assert (figure.low, figure.high) == pytest.approx(wilson(3, 8))


def test_several_samples_or_shared_sources_get_the_bootstrap() -> None:
    rng = np.random.default_rng(0)
    shares = mean_figure("", rng.integers(0, 6, 40) / 5)
    assert shares.method == "clustered bootstrap, 40 values"
    shared = mean_figure("", rng.integers(0, 2, 40), np.arange(40) % 10)
    assert shared.method == "clustered bootstrap, 10 clusters"


def test_clusters_that_agree_make_a_wider_interval_than_tasks_alone() -> None:
    values = np.repeat(np.random.default_rng(2).integers(0, 2, 12), 10).astype(float)
    alone = mean_figure("", values)
    together = mean_figure("", values, np.repeat(np.arange(12), 10))
    assert together.high - together.low > 2.5 * (alone.high - alone.low)


def test_very_many_clusters_get_the_standard_error_and_it_agrees_with_the_bootstrap() -> None:
    values = np.random.default_rng(0).integers(0, 6, MOST_RESAMPLED + 1) / 5
    normal = mean_figure("", values)
    assert normal.method == f"clustered standard error, {MOST_RESAMPLED + 1:,} values"
    bootstrap = mean_figure("", values[:-1])
    assert bootstrap.method.startswith("clustered bootstrap")
    assert (normal.low, normal.high) == pytest.approx((bootstrap.low, bootstrap.high), abs=2e-3)


@pytest.mark.parametrize("share", [0.0, 1.0, 0.4])
def test_no_spread_is_no_certainty(share: float) -> None:
    figure = mean_figure("", np.full(40, share), np.arange(40) % 20)
    assert figure.value == pytest.approx(share)
    assert figure.low <= share <= figure.high
    assert figure.high - figure.low > 0.08
    assert figure.method.endswith("20 clusters without spread")


def test_few_clusters_are_not_resampled() -> None:
    figure = mean_figure("", [0.2, 0.4, 0.6], ["a", "b", "c"])
    assert figure.method == "Wilson over clusters, 3 clusters"
    assert figure.high - figure.low > 0.6
    lines = mean_figure("", [10, 12, 17], ["a", "b", "c"], kind="number")
    assert lines.method == "Student's t, 3 clusters"
    assert lines.value - lines.low == pytest.approx(
        4.302653 * np.std([10, 12, 17], ddof=1) / 3**0.5
    )


def test_one_value_says_little() -> None:
    figure = mean_figure("", [0.6])
    assert figure.value == 0.6
    assert figure.low < 0.2
    assert figure.high > 0.9
    number = mean_figure("", [14.8], kind="number")
    assert number.value == 14.8
    assert math.isnan(number.low)
    assert math.isnan(number.high)


def test_missing_values_are_left_out_of_the_mean_and_of_n() -> None:
    figure = mean_figure("", [1.0, np.nan, 0.0, np.nan])
    assert (figure.value, figure.n) == (0.5, 2)
    nothing = mean_figure("", [np.nan, np.nan])
    assert (nothing.known, nothing.n, nothing.method) == (False, 0, "no value")
    assert mean_figure("", []).n == 0


def test_figures_together_are_those_alone() -> None:
    table = np.random.default_rng(4).integers(0, 6, (60, 3)) / 5
    codes = np.arange(60) % 15
    together = mean_figures(["a", "b", "c"], table, codes)
    for at, figure in enumerate(together):
        alone = mean_figure(figure.name, table[:, at], codes)
        assert (figure.name, figure.n, figure.method) == (alone.name, alone.n, alone.method)
        ours, theirs = ((f.value, f.low, f.high) for f in (figure, alone))
        assert ours == pytest.approx(theirs)


def test_six_sources_are_clusters_and_five_are_strata() -> None:
    tasks = [f"t{at}" for at in range(12)]
    six = choose_clusters(tasks, [f"s{at % 6}" for at in range(12)])
    assert (six.word, len(set(six.codes.tolist()))) == ("sources", 6)
    assert six.codes[0] == six.codes[6]
    five = choose_clusters(tasks, [f"s{at % 5}" for at in range(12)])
    assert (five.word, len(set(five.codes.tolist()))) == ("tasks", 12)


def test_a_task_without_a_source_is_a_source_of_its_own() -> None:
    tasks = [f"t{at}" for at in range(14)]
    clusters = choose_clusters(tasks, [f"s{at % 6}" if at < 12 else "" for at in range(14)])
    assert (clusters.word, len(set(clusters.codes.tolist()))) == ("sources", 8)


def test_clusters_of_another_length_are_refused() -> None:
    with pytest.raises(InputError, match="3 values need one cluster each"):
        mean_figure("", [1, 0, 1], ["a", "b"])
