"""Rank agreement and effect sizes against scipy, and against the thesis's own figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assay.core.errors import InputError
from assay.study import (
    cohens_d,
    fishers_ratio,
    rank_agreement,
    rank_agreement_of,
)

# Table 2.2 of the thesis: pass@1 of seven models.
DL = {"o3": 36.9, "deepseek": 31.4, "4o": 31.2, "claude": 30.3, "llama": 27.5, "mixtral": 26.1,
      "qwen": 23.4}  # fmt: skip
DS = {"qwen": 57.3, "o3": 61.0, "deepseek": 61.7, "4o": 51.1, "claude": 61.9, "llama": 40.9,
      "mixtral": 39.3, "another": 10.0}  # fmt: skip
SEVEN = [DS[name] for name in DL]


def test_the_thesis_figures_come_out_of_its_table() -> None:
    assert cohens_d(list(DL.values()), SEVEN).value == pytest.approx(3.13, abs=0.02)
    assert fishers_ratio(list(DL.values()), SEVEN).value == pytest.approx(4.9, abs=0.05)
    found = rank_agreement(DL, DS)
    assert found.spearman.value == pytest.approx(0.5)
    assert found.spearman.n == 7
    assert found.spearman_p == pytest.approx(0.25, abs=0.02)
    assert found.spearman.low < 0 < found.spearman.high


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=9, max_size=20))
def test_rank_agreement_is_scipys(scores: list[tuple[int, int]]) -> None:
    one, two = np.array(scores, dtype=float).T
    if np.ptp(one) == 0 or np.ptp(two) == 0:
        assert not rank_agreement_of(one, two).spearman.known
        return
    found = rank_agreement_of(one, two)
    spearman, kendall = stats.spearmanr(one, two), stats.kendalltau(one, two)
    assert found.spearman.value == pytest.approx(spearman.statistic)
    assert found.kendall.value == pytest.approx(kendall.statistic)
    assert found.kendall_p == pytest.approx(kendall.pvalue)
    assert found.spearman.low <= found.spearman.value + 1e-9
    assert found.spearman.value <= found.spearman.high + 1e-9


@pytest.mark.parametrize("models", [4, 6, 7])
def test_exact_p_values_are_scipys(models: int) -> None:
    rng = np.random.default_rng(models)
    one, two = rng.random(models), rng.random(models)
    found = rank_agreement_of(one, two)
    assert found.kendall_p == pytest.approx(stats.kendalltau(one, two, method="exact").pvalue)
    theirs = stats.permutation_test(
        (one,), lambda x: stats.spearmanr(x, two).statistic, permutation_type="pairings",
        n_resamples=np.inf,
    ).pvalue  # fmt: skip
    assert found.spearman_p == pytest.approx(theirs)


def test_perfect_agreement_of_few_models_is_no_certainty() -> None:
    found = rank_agreement_of(np.arange(7), np.arange(7) ** 2)
    assert found.spearman.value == pytest.approx(1)
    assert 0.5 < found.spearman.low < 1
    assert found.kendall.low < 0.95
    assert found.spearman.high == found.kendall.high == 1
    four = rank_agreement_of([1, 2, 3, 4], [1, 2, 4, 3]).spearman
    assert (four.low, four.high) == (-1, 1)
    with pytest.raises(InputError, match="three models"):
        rank_agreement({"a": 1.0}, {"a": 2.0, "b": 1.0})


def test_coverage_of_rank_agreement() -> None:
    """Bivariate normal models; what they agree by is known from the correlation."""
    rng, r, hits = np.random.default_rng(0), 0.6, np.zeros(2)
    truth = 6 / np.pi * np.arcsin(r / 2), 2 / np.pi * np.arcsin(r)
    for _ in range(500):
        found = rank_agreement_of(*rng.multivariate_normal([0, 0], [[1, r], [r, 1]], 25).T)
        figures = (found.spearman, found.kendall)
        hits += [f.low <= t <= f.high for f, t in zip(figures, truth, strict=True)]
    assert (hits / 500 > 0.92).all()
    assert (hits / 500 < 0.98).all()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 100), min_size=2, max_size=9, unique=True), st.integers(2, 9))
def test_cohens_d_is_the_two_sample_t_scaled(first: list[int], size: int) -> None:
    one, two = np.array(first), np.random.default_rng(size).normal(50, 10, size)
    t = stats.ttest_ind(two, one).statistic
    d = cohens_d(one, two)
    scale = np.sqrt(1 / len(one) + 1 / len(two))
    assert d.value == pytest.approx(t * scale, rel=1e-6)
    freedom = len(one) + len(two) - 2
    shares = [stats.nct.cdf(t, freedom, end / scale) for end in (d.low, d.high)]
    assert shares == pytest.approx([0.975, 0.025], abs=1e-4)


def test_groups_that_are_far_apart_have_an_interval_too() -> None:
    d = cohens_d([0, 1e-6, 0], [1, 1 + 1e-6, 1])
    assert 0 < d.low < d.value < d.high
    assert np.isfinite(d.high)


def test_coverage_of_cohens_d_and_fishers_ratio() -> None:
    rng, hits = np.random.default_rng(0), np.zeros(2)
    for _ in range(200):
        one, two = rng.normal(0, 2, 7), rng.normal(3, 2, 7)
        d, ratio = cohens_d(one, two), fishers_ratio(one, two)
        assert ratio.value == pytest.approx(d.value**2 / 2)
        hits += [d.low <= 1.5 <= d.high, ratio.low <= 1.125 <= ratio.high]
    assert (hits / 200 > 0.92).all()
    assert (hits / 200 < 0.985).all()


def test_scores_without_spread_have_no_effect_size() -> None:
    assert not cohens_d([1, 1], [2, 2]).known
    assert not fishers_ratio([1, 1], [2, 2]).known
    with pytest.raises(InputError, match="two scores"):
        cohens_d([1], [2, 3])
