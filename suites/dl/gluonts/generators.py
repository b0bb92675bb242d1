from types import SimpleNamespace

import numpy as np


def _rng(seed):
    return np.random.default_rng(8000 + seed)


def calculate_seasonal_error(target, seed):
    rng = _rng(seed)
    past = np.round(rng.normal(0, 3, int(rng.integers(3, 30))), 2)
    options = [
        {"seasonality": 1},
        {"seasonality": 3},
        {"freq": "h"},
        {"freq": "D"},
        {"seasonality": 100},
        {"freq": "ME", "seasonality": 2},
        {"freq": "W"},
    ][seed % 7]
    if seed == 9:
        options = {"seasonality": len(past)}
    if seed == 10:
        options = {}
    return float(target(past, **options))


def seasonal_error(seed):
    rng = _rng(seed)
    shape = [(9,), (3, 7), (2, 3, 6)][seed % 3]
    return np.round(rng.normal(0, 2, shape), 2), [1, 2, 4, 20, 3][seed % 5], [0, -1][seed % 2]


def last_value_imputation(target, seed):
    return target(None, _holes(seed))


def _holes(seed):
    rng = _rng(seed)
    values = np.round(rng.normal(0, 3, int(rng.integers(2, 10))), 1)
    values[rng.random(len(values)) < 0.4] = np.nan
    if seed == 3:
        values = np.array([np.nan, np.nan, np.nan])
    if seed == 4:
        values = np.array([np.nan])
    if seed == 5:
        values = np.array([np.nan, np.nan, 2.0, np.nan, 5.0])
    if seed == 6:
        values = np.array([1.5])
    return values


def causal_mean_imputation(target, seed):
    values = _holes(seed + 20 if seed > 6 else seed)
    with np.errstate(all="ignore"):
        return [target(None, values), values]


def rolling_mean_imputation(target, seed):
    values = _holes(seed + 40 if seed > 6 else seed)
    return [target(SimpleNamespace(window_size=[1, 2, 3, 10][seed % 4]), values), values]


def count_trailing_zeros(target, seed):
    rng = _rng(seed)
    series = rng.integers(0, 2, int(rng.integers(1, 9))).astype(float)
    series[len(series) - int(rng.integers(0, len(series) + 1)) :] = 0
    if seed == 6:
        series = series[:0]
    this = SimpleNamespace(
        target_field="target", new_field=["tz", "zeros"][seed % 2], axis=-1, as_array=seed % 3 == 0
    )
    return target(this, {"target": series, "other": seed})


def get_seasonality(target, seed):
    freq = [
        "h",
        "2h",
        "D",
        "B",
        "W",
        "ME",
        "QE",
        "3ME",
        "5h",
        "12h",
        "24h",
        "7D",
        "YE",
        "15min",
        "D",
        "2W",
    ][seed]
    return target(freq, {"D": 7, "h": 24, "min": 60}) if seed in (14, 3, 13) else target(freq)


def linear_interpolation(seed):
    rng = _rng(seed)
    n = int(rng.integers(2, 6))
    xs = list(map(float, np.sort(rng.choice(np.arange(1, 20), n, replace=False)) / 20))
    ys = [np.round(rng.normal(size=3), 2) for _ in range(n)]
    x = [0.01, 0.99, xs[1], xs[-1], float(rng.random()), (xs[0] + xs[1]) / 2][seed % 6]
    if seed == 10:
        xs = xs[::-1]
    if seed == 11:
        ys = ys[:-1]
    return xs, ys, x


def split_array(target, seed):
    rng = _rng(seed)
    x = rng.integers(1, 99, [(10,), (2, 8), (2, 3, 9)][seed % 3]).astype(float)
    this = SimpleNamespace(
        past_length=[3, 5, 1][seed % 3],
        future_length=[2, 4, 1, 0][seed % 4],
        lead_time=[0, 1, 2][seed % 3 if seed % 2 else 0],
        dummy_value=[0.0, -1.0][seed % 2],
    )
    return list(target(this, x, [0, 1, 4, 6, 8, 3, 5][seed % 7]))
