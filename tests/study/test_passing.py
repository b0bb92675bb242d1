"""pass@k by enumeration, runs against the thesis's own table, checks and temperatures."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assay.core.errors import InputError
from assay.study import at_temperatures, over_runs, pass_at_k, share_of_checks

# Table 2.3 of the thesis: five runs of four models, in percent, and what it prints below them.
RUNS = {
    "O3-Mini": ([36.9, 35.6, 34.6, 34.6, 33.7], 35.1, 1.49, 1.22),
    "DeepSeek V3": ([31.4, 30.6, 28.5, 32.1, 30.2], 30.5, 1.86, 1.36),
    "Claude 3.5 Sonnet": ([30.3, 29.8, 29.9, 31.2, 31.4], 30.5, 0.55, 0.74),
    "Qwen Coder": ([23.4, 21.7, 22.7, 23.8, 22.5], 22.8, 0.67, 0.82),
}


@settings(deadline=None)
@given(st.integers(1, 9).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))  # fmt: skip
def test_pass_at_k_is_the_share_of_all_draws_with_a_pass(counts: tuple[int, int, int]) -> None:
    n, passed, k = counts
    draws = list(combinations([True] * passed + [False] * (n - passed), k))
    assert pass_at_k(n, passed, k) == pytest.approx(sum(map(any, draws)) / len(draws), abs=1e-14)


@settings(deadline=None)
@given(st.integers(1, 100_000).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))  # fmt: skip
def test_pass_at_k_of_many_is_exact(counts: tuple[int, int, int]) -> None:
    n, passed, k = counts
    few, many = sorted((passed, k))
    # Numbers of thousands of digits tell nothing more where the chance is 1 to the last bit.
    if few * many < 60 * n:
        none = Fraction(comb(n - many, few), comb(n, few))
        assert pass_at_k(n, passed, k) == pytest.approx(float(1 - none), rel=1e-10, abs=1e-300)
    else:
        assert pass_at_k(n, passed, k) == 1.0


def test_pass_at_k_is_that_of_the_published_harness() -> None:
    """Chen et al.'s product, 1 - prod(1 - k / arange(n - c + 1, n + 1))."""
    rng = np.random.default_rng(0)
    n = rng.integers(10, 200, 300)
    passed = rng.integers(0, n + 1)
    for k in (1, 5, 10):
        theirs = [
            1.0 if a - c < k else 1 - np.prod(1 - k / np.arange(a - c + 1, a + 1))
            for a, c in zip(n, passed, strict=True)
        ]
        np.testing.assert_allclose(pass_at_k(n, passed, k), theirs, atol=1e-12)


def test_pass_at_1_is_the_share_that_passed() -> None:
    np.testing.assert_allclose(pass_at_k([4, 5, 7], [1, 0, 7], 1), [0.25, 0, 1])


def test_tasks_with_too_few_samples_are_left_out() -> None:
    values = pass_at_k([5, 2, 0, np.nan], [1, 1, 0, 1], 3)
    assert np.isnan(values).tolist() == [False, True, True, True]
    assert values[0] == pytest.approx(0.6)


@pytest.mark.parametrize(("n", "passed", "k"), [(5, 6, 1), (5, -1, 1), (5, 1, 0)])
def test_impossible_counts_are_refused(n: int, passed: int, k: int) -> None:
    with pytest.raises(InputError):
        pass_at_k(n, passed, k)


@pytest.mark.parametrize("model", RUNS)
def test_runs_have_the_mean_variance_and_deviation_of_the_thesis(model: str) -> None:
    rates, mean, variance, deviation = RUNS[model]
    grid = np.zeros((5, 1000))
    for row, rate in zip(grid, rates, strict=True):
        row[: round(rate * 10)] = 1
    spread = over_runs(grid)
    assert [100 * run.value for run in spread.runs] == pytest.approx(rates)
    # The thesis cuts 30.56 to 30.5.
    assert 100 * spread.mean.value == pytest.approx(mean, abs=0.061)
    assert 10_000 * spread.variance.value == pytest.approx(variance, abs=0.0051)
    assert 100 * spread.deviation.value == pytest.approx(deviation, abs=0.0051)
    assert (spread.mean.n, spread.variance.n, spread.deviation.n) == (1000, 5, 5)
    assert str(spread.variance).startswith(f"{variance:.2f} points² [")


def test_the_interval_of_a_variance_covers() -> None:
    """Normal rates, 4,000 times five runs."""
    rng = np.random.default_rng(0)
    factors = [4 / stats.chi2.ppf(at, 4) for at in (0.975, 0.025)]
    grid = (rng.random((5, 400)) < 0.3).astype(float)
    spread = over_runs(grid)
    assert spread.variance.low == pytest.approx(spread.variance.value * factors[0])
    assert spread.variance.high == pytest.approx(spread.variance.value * factors[1])
    drawn = rng.normal(0.3, 0.01, (4000, 5)).var(axis=1, ddof=1)
    held = (drawn * factors[0] <= 1e-4) & (drawn * factors[1] >= 1e-4)
    assert 0.94 < held.mean() < 0.96


def test_one_run_has_a_mean_and_no_spread() -> None:
    spread = over_runs([[1, 0, 1, 1]])
    assert spread.mean.value == 0.75
    assert not spread.variance.known
    assert not spread.deviation.known
    assert set(spread.figures) == {
        "pass@1 mean", "pass@1 variance", "pass@1 standard deviation",
    }  # fmt: skip


def test_a_run_without_a_verdict_on_a_task_leaves_it_out() -> None:
    spread = over_runs([[1, np.nan, 0], [1, np.nan, 1]])
    assert [run.n for run in spread.runs] == [2, 2]
    assert spread.mean.n == 2
    assert spread.mean.value == pytest.approx(0.75)


def test_checks_without_a_program_are_not_passed() -> None:
    shares = share_of_checks([3, 0, 0, 0], [4, 4, 0, 0], [True, False, False, True])
    np.testing.assert_array_equal(shares, [0.75, 0, 0, np.nan])


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.lists(st.booleans(), min_size=3, max_size=4)] * 2), min_size=1,
                max_size=3))  # fmt: skip
def test_temperatures_by_enumeration(tasks: list[tuple[list[bool], list[bool]]]) -> None:
    """Any of three at each of two temperatures, over all ways to choose the three."""
    counts = {
        at: ([len(task[place]) for task in tasks], [sum(task[place]) for task in tasks])
        for place, at in enumerate((0.2, 1.0))
    }
    found = at_temperatures(counts)
    expected = []
    for cold, warm in tasks:
        draws = list(product(combinations(cold, 3), combinations(warm, 3)))
        expected.append(sum(any(one) or any(two) for one, two in draws) / len(draws))
    assert found.together.value == pytest.approx(np.mean(expected))
    assert found.together.name == "any of 6"
    assert found.together.n == len(tasks)


def test_one_generation_is_enough_at_temperature_0() -> None:
    found = at_temperatures({1.0: ([3, 3], [0, 1]), 0.0: ([1, 1], [1, 0])})
    assert {at: (f.name, f.value) for at, f in found.each.items()} == {
        0.0: ("pass@1 at 0", 0.5), 1.0: ("pass@3 at 1", 0.5),
    }  # fmt: skip
    assert (found.together.name, found.together.value) == ("any of 4", 1.0)


def test_a_temperature_without_samples_leaves_the_task_out_of_all_together() -> None:
    found = at_temperatures({0.2: ([3, 0], [3, 0]), 1.0: ([3, 3], [0, 3])})
    assert (found.together.value, found.together.n) == (1.0, 1)
    assert found.each[1.0].n == 2
    with pytest.raises(InputError, match="no temperature"):
        at_temperatures({})
