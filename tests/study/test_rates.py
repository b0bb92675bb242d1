"""Wilson's interval against scipy and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from assay.core.errors import InputError
from assay.study import wilson

COUNTS = st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
CONFIDENCE = st.sampled_from([0.8, 0.95, 0.99])


@settings(deadline=None)
@given(COUNTS, CONFIDENCE)
def test_wilson_is_scipys(counts: tuple[int, int], confidence: float) -> None:
    passed, n = counts
    theirs = binomtest(passed, n).proportion_ci(confidence, "wilson")
    assert wilson(passed, n, confidence) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_it_is_that_of_statsmodels() -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    passed, n = np.array([0, 3, 50, 164]), np.array([7, 10, 164, 164])
    theirs = proportion.proportion_confint(passed, n, method="wilson")
    np.testing.assert_allclose(wilson(passed, n), theirs, atol=1e-10)


def test_the_ends_hold_at_none_and_at_all() -> None:
    assert wilson(0, 10)[0] == 0
    assert 0.2 < wilson(0, 10)[1] < 0.4
    assert wilson(10, 10)[1] == 1


def test_nothing_of_nothing_is_not_known() -> None:
    assert np.isnan(wilson(0, 0)).all()


@pytest.mark.parametrize("p", [0.02, 0.3, 0.9])
def test_coverage(p: float) -> None:
    """Exact, by weighing every outcome: near 95 %."""
    n = 164
    passed = np.arange(n + 1)
    low, high = wilson(passed, n)
    covered = float(binom.pmf(passed, n, p)[(low <= p) & (p <= high)].sum())
    assert 0.92 < covered < 0.98


@pytest.mark.parametrize(("passed", "n"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(passed: int, n: int) -> None:
    with pytest.raises(InputError, match="passed <= n"):
        wilson(passed, n)


def test_an_impossible_confidence_is_refused() -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        wilson(1, 2, 95)
