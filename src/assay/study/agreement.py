"""Do two suites rank models alike, and how far apart are their scores?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from math import atanh, nan, sqrt, tanh
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from assay.core.errors import InputError
from assay.study.bootstrap import Floats
from assay.study.figure import Figure

# 8! = 40,320 orders are enumerated in 0.1 s; 9! would take a second.
_MOST_ENUMERATED = 8


@dataclass(frozen=True, slots=True)
class RankAgreement:
    """Spearman's rho and Kendall's tau-b over models, with the chance of so much by luck."""

    spearman: Figure
    kendall: Figure
    spearman_p: float
    kendall_p: float


def rank_agreement(
    first: Mapping[str, float], second: Mapping[str, float], confidence: float = 0.95
) -> RankAgreement:
    """Whether two suites rank the models alike that both have a value for."""
    models = [name for name in first if name in second]
    models = [name for name in models if np.isfinite(first[name]) and np.isfinite(second[name])]
    return rank_agreement_of(
        [first[name] for name in models], [second[name] for name in models], confidence
    )


def rank_agreement_of(
    first: ArrayLike, second: ArrayLike, confidence: float = 0.95
) -> RankAgreement:
    """The same for two arrays, models in the same order.

    Intervals are Fisher's z with the errors of Bonett and Wright (2000); p-values are exact up to
    eight models. Fewer than five models leave both ends open, and a suite on which all models are
    equal ranks nothing: NaN.
    """
    from scipy import stats

    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != two.shape or one.ndim != 1 or len(one) < 3:
        raise InputError(f"ranks agree over three models or more; both suites have {len(one)}")
    if np.ptp(one) == 0 or np.ptp(two) == 0:
        none = Figure.undefined("", "all models are equal on a suite", "number")
        return RankAgreement(none, none, nan, nan)
    n = len(one)
    ranks = stats.rankdata(one), stats.rankdata(two)
    rho, rho_p = stats.pearsonr(*ranks)[0], stats.spearmanr(one, two).pvalue
    tau, tau_p = stats.kendalltau(one, two)
    if n <= _MOST_ENUMERATED:
        rho_p, tau_p = _exact(ranks[0], ranks[1])
    return RankAgreement(
        _correlation("spearman", float(rho), n, 12 / (n**3 - n), confidence),
        _correlation("kendall", float(tau), n, 4 / (n**2 - n), confidence),
        float(rho_p),
        float(tau_p),
    )


def _correlation(name: str, value: float, n: int, step: float, confidence: float) -> Figure:
    """`step` is the least by which the measure can fall short of 1, where z is infinite."""
    if n < 5:
        return Figure(name, value, -1.0, 1.0, n, "too few models for an interval", "number")
    # Without this 0.9999999999999999 would be short of 1, and above the end of its own interval.
    value = round(value, 12)
    inside = min(max(value, step - 1), 1 - step)
    error = sqrt((1 + inside**2 / 2) / (n - 3)) if name == "spearman" else sqrt(0.437 / (n - 4))
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * error
    low, high = tanh(atanh(inside) - reach), tanh(atanh(inside) + reach)
    low, high = (low if value > -1 else -1.0), (high if value < 1 else 1.0)
    return Figure(name, value, low, high, n, "Fisher's z, Bonett and Wright", "number")


def _exact(one: Floats, two: Floats) -> tuple[float, float]:
    """The share of all orders of `two` that agree with `one`, or disagree, as much or more."""
    orders = np.array(list(permutations(range(len(one)))))
    shuffled = two[orders]
    rho = np.abs((shuffled - two.mean()) @ (one - one.mean()))
    left, right = np.triu_indices(len(one), 1)
    tau = np.abs(np.sign(shuffled[:, left] - shuffled[:, right]) @ np.sign(one[left] - one[right]))
    # The first order is the one that was seen.
    return tuple(float(np.mean(score >= score[0] - 1e-9)) for score in (rho, tau))  # type: ignore[return-value]


def cohens_d(first: ArrayLike, second: ArrayLike, confidence: float = 0.95) -> Figure:
    """The difference of two means (second minus first) in pooled standard deviations; 2 is huge.
    The interval is the exact one, from the noncentral t distribution."""
    one, two = _scores(first), _scores(second)
    n, freedom = len(one) + len(two), len(one) + len(two) - 2
    pooled = _pooled(one, two)
    if pooled == 0:
        return Figure("cohen's d", nan, nan, nan, n, "scores without spread", "number")
    value = float(two.mean() - one.mean()) / pooled
    scale = sqrt(1 / len(one) + 1 / len(two))
    tail = (1 - confidence) / 2
    ends = [_noncentrality(value / scale, freedom, at) * scale for at in (1 - tail, tail)]
    return Figure("cohen's d", value, ends[0], ends[1], n, "noncentral t", "number")


def fishers_ratio(first: ArrayLike, second: ArrayLike, confidence: float = 0.95) -> Figure:
    """Fisher's discriminant ratio, (difference of means)² / (sum of variances); above 1 is large.

    For groups of equal size it is d²/2, so its interval is that of Cohen's d, squared; for others
    it is scaled by the pooled variance and near.
    """
    one, two = _scores(first), _scores(second)
    d = cohens_d(one, two, confidence)
    if not d.known:
        return Figure("fisher's ratio", nan, nan, nan, d.n, d.method, "number")
    scale = _pooled(one, two) ** 2 / float(one.var(ddof=1) + two.var(ddof=1))
    near, far = sorted((abs(d.low), abs(d.high)))
    low = 0.0 if d.low <= 0 <= d.high else near**2 * scale
    return Figure(
        "fisher's ratio", d.value**2 * scale, low, far**2 * scale, d.n, d.method, "number"
    )


def _scores(values: ArrayLike) -> Floats:
    scores = np.asarray(values, dtype=np.float64)
    scores = scores[np.isfinite(scores)]
    if len(scores) < 2:
        raise InputError(
            f"an effect size needs two scores or more in each group, not {len(scores)}"
        )
    return scores


def _pooled(one: Floats, two: Floats) -> float:
    squares = one.var() * len(one) + two.var() * len(two)
    return sqrt(float(squares) / (len(one) + len(two) - 2))


def _noncentrality(t: float, freedom: int, share: float) -> float:
    """The noncentrality under which `share` of the noncentral t lies below `t`."""
    from scipy.optimize import brentq

    reach = 10 + abs(t)
    while (
        noncentral_t_below(t, freedom, t + reach) > share
        or noncentral_t_below(t, freedom, t - reach) < share
    ):
        reach *= 2
    return float(
        brentq(
            lambda at: noncentral_t_below(t, freedom, at) - share, t - reach, t + reach, xtol=1e-6
        )
    )


def noncentral_t_below(t: float, freedom: int, shift: float) -> float:
    """P(T <= t). scipy's own (1.17) gives NaN for some noncentralities far from t, on which the
    search for the interval then stops.

    T is (Z + shift) / W with Z normal and W² chi-square over its freedom; of the two ways to
    integrate, the one whose integrand is smooth.
    """
    from scipy.special import chdtrc, chdtri, ndtr

    if t < 0:
        return 1 - noncentral_t_below(-t, freedom, -shift)
    if t < 1:
        nodes, weights = _legendre()
        spread = np.sqrt(chdtri(freedom, (nodes + 1) / 2) / freedom)
        return float(weights @ ndtr(t * spread - shift)) / 2
    normal = np.linspace(-9, 9, 1001)
    density = np.exp(-(normal**2) / 2)
    above = chdtrc(freedom, freedom * (np.maximum(normal + shift, 0) / t) ** 2)
    return float(density @ above / density.sum())


@cache
def _legendre() -> tuple[Floats, Floats]:
    return np.polynomial.legendre.leggauss(400)
