"""Comparisons of two runs: exact tests by enumeration, Holm, and what tied means."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assay.core.errors import InputError
from assay.study import Settings, compare_values, correct, holm, mcnemar_exact, sign_flip_test


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_is_scipys_sign_test(wins: int, losses: int) -> None:
    theirs = stats.binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
    assert mcnemar_exact(wins, losses) == pytest.approx(theirs)


def test_mcnemar_is_statsmodels() -> None:
    tables = pytest.importorskip("statsmodels.stats.contingency_tables")
    assert mcnemar_exact(12, 4) == pytest.approx(
        tables.mcnemar([[80, 4], [12, 30]], exact=True).pvalue
    )


@settings(deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=10), st.sampled_from([1, 3, 5, 7]))
def test_sign_flips_by_enumerating_all_of_them(counts: list[int], samples: int) -> None:
    values = np.array(counts) / samples
    flipped = np.array(list(product([1, -1], repeat=len(values)))) @ values
    expected = np.mean(np.abs(flipped) >= abs(values.sum()) - 1e-9)
    p, method = sign_flip_test(values)
    assert p == pytest.approx(expected)
    assert method == "sign-flip permutation, exact"


def test_sign_flips_are_scipys_permutation_test() -> None:
    values = np.random.default_rng(0).normal(0.3, 1, 11)
    theirs = stats.permutation_test(
        (values,), np.sum, permutation_type="samples", n_resamples=np.inf
    ).pvalue
    p, method = sign_flip_test(values, resamples=50_000)
    assert method == "sign-flip permutation, 50,000 draws"
    assert p == pytest.approx(theirs, abs=0.01)


def test_500_tasks_of_20_samples_are_tested_exactly() -> None:
    values = np.random.default_rng(1).integers(-20, 21, 500) / 20
    p, method = sign_flip_test(values)
    assert method.endswith("exact")
    normal = 2 * stats.norm.sf(abs(values.sum()) / np.sqrt((values**2).sum()))
    assert p == pytest.approx(normal, abs=0.02)


def test_a_test_of_nothing_rejects_nothing() -> None:
    assert sign_flip_test([0.0, 0.0, np.nan])[0] == 1.0
    assert sign_flip_test([])[0] == 1.0


def test_under_the_null_5_percent_are_called_different() -> None:
    """Two runs of one model on 60 tasks in 12 sources, three samples each, 400 times."""
    rng, found = np.random.default_rng(0), 0
    sources = np.arange(60) % 12
    for _ in range(400):
        p = rng.beta(1, 2, 60)
        one, two = rng.binomial(3, p) / 3, rng.binomial(3, p) / 3
        found += not compare_values(one, two, sources, settings=Settings(resamples=1000)).tied
    assert found / 400 < 0.075


def test_a_real_difference_is_found_and_has_a_sign() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(2, 4, 200)
    one, two = rng.binomial(5, p) / 5, rng.binomial(5, np.minimum(p + 0.15, 1)) / 5
    better = compare_values(one, two, np.arange(200) % 40)
    assert better.outcome == "better"
    assert better.difference.low > 0.05
    assert better.difference.high < 0.25
    assert better.difference.value == pytest.approx(better.second.value - better.first.value)
    worse = compare_values(two, one, np.arange(200) % 40)
    assert worse.outcome == "worse"
    assert worse.p == pytest.approx(better.p)
    assert (worse.wins, worse.losses, worse.ties) == (better.losses, better.wins, better.ties)


def test_interval_and_test_must_both_tell_the_runs_apart() -> None:
    found = compare_values(np.zeros(12), np.ones(12))
    assert found.outcome == "better"
    assert replace(found, p=0.06).outcome == "tied"
    reaching = replace(found.difference, low=-0.01)
    assert replace(found, difference=reaching).outcome == "tied"
    unknown = replace(found.difference, low=float("nan"), high=float("nan"))
    assert replace(found, difference=unknown).outcome == "tied"


def test_wins_losses_and_ties_are_counted_on_tasks_of_both() -> None:
    found = compare_values([1, 0, 0, 1, np.nan], [1, 1, 0, 0, 1])
    assert (found.wins, found.losses, found.ties, found.left_out) == (1, 1, 2, 1)
    assert found.difference.n == 4
    assert (found.test, found.p, found.outcome) == ("McNemar, exact", 1.0, "tied")


def test_shares_that_differ_in_the_last_bit_are_ties() -> None:
    assert compare_values([1 / 3], [1 - 2 / 3]).ties == 1


def test_shared_sources_rule_out_mcnemar() -> None:
    """Twenty tasks that all go the same way are no evidence where they come from two sources."""
    one, two = np.zeros(20), np.ones(20)
    assert compare_values(one, two).outcome == "better"
    found = compare_values(one, two, np.arange(20) % 2)
    assert found.test == "sign-flip permutation, exact, 2 clusters"
    assert found.p == 0.5
    assert found.tied


def test_a_run_against_itself_is_tied_with_an_interval() -> None:
    values = np.random.default_rng(0).integers(0, 4, 50) / 3
    found = compare_values(values, values)
    assert found.tied
    assert found.difference.value == 0
    assert found.difference.low < 0 < found.difference.high
    assert "tied" in str(found)
    assert "50 tied" in str(found)


def test_runs_without_a_common_task_are_refused() -> None:
    with pytest.raises(InputError, match="no task in common"):
        compare_values([1, np.nan], [np.nan, 1])
    with pytest.raises(InputError, match="same tasks"):
        compare_values([1, 0], [1])


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_by_its_definition(p: list[float]) -> None:
    """Rejecting at a level is stepping up from the smallest until one fails."""
    adjusted = holm(p)
    for level in (0.01, 0.05, 0.2):
        rejected = set()
        for step, at in enumerate(sorted(range(len(p)), key=lambda at: p[at])):
            if p[at] * (len(p) - step) > level:
                break
            rejected.add(at)
        assert {at for at, value in enumerate(adjusted) if value <= level} == rejected


def test_holm_is_statsmodels() -> None:
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    p = np.random.default_rng(0).random(12) ** 3
    np.testing.assert_allclose(holm(list(p)), multitest.multipletests(p, method="holm")[1])


def test_correction_ties_what_was_luck() -> None:
    rng = np.random.default_rng(6)
    lucky = compare_values(np.zeros(6), np.ones(6))
    assert lucky.outcome == "better"
    others = {f"m{at}": compare_values(*rng.integers(0, 2, (2, 50))) for at in range(9)}
    corrected = correct({"lucky": lucky, **others})
    assert corrected["lucky"].tied
    assert corrected["lucky"].p == pytest.approx(10 * lucky.p)
    assert "Holm over 10" in str(corrected["lucky"])
