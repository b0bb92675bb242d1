import numpy as np
import pandas as pd


def _rng(seed):
    return np.random.default_rng(3000 + seed)


def _ragged(seed, n=3, d=None):
    """Series of several lengths, padded with NaN at the end: (n, sz, d)."""
    rng = _rng(seed)
    d = d or 1 + seed % 2
    lengths = rng.integers(4, 9, n) if seed % 3 else np.full(n, 6)
    out = np.full((n, lengths.max(), d), np.nan)
    for row, size in zip(out, lengths):
        row[:size] = np.round(rng.normal(0, 2, (size, d)), 2)
    return out


def return_path_limited(target, seed):
    rng = _rng(seed)
    n, m = int(rng.integers(1, 6)), int(rng.integers(1, 6))
    costs = {}
    for i in range(n):
        for j in range(m):
            costs[i, j] = {
                s: float(np.round(rng.random(), 1))
                for s in range(max(i, j), i + j + 1)
                if rng.random() < 0.85
            }
    return [
        tuple(map(int, cell))
        for cell in target(costs, (n - 1, m - 1), n + m - 2 - seed % 2, be="numpy")
    ]


def mse(target, seed):
    rng = _rng(seed)
    shape = (int(rng.integers(2, 5)), int(rng.integers(2, 6)), 1 + seed % 3)
    true, pred = rng.normal(size=shape), rng.normal(size=shape)
    options = {}
    if seed % 2:
        options["ts_weights"] = rng.integers(1, 5, shape[0]).astype(float)
    if seed % 3 == 1:
        options["timestamps_weights"] = rng.integers(1, 5, shape[1]).astype(float)
    if seed % 4:
        options["multioutput"] = [
            "raw_values",
            list(map(float, range(1, shape[2] + 1))),
            "uniform_average",
        ][seed % 4 - 1]
    if seed == 10:
        pred = pred[:, 1:]
    if seed == 9:
        true, pred = true[..., 0], pred[..., 0]
        options.pop("multioutput", None)
    return target(true, pred, **options)


def from_sktime_dataset(target, seed):
    rng = _rng(seed)
    n, d = int(rng.integers(1, 4)), 1 + seed % 3
    frame = pd.DataFrame(
        {
            f"dim_{k}": [
                pd.Series(np.round(rng.normal(size=int(rng.integers(1, 6))), 2)) for _ in range(n)
            ]
            for k in range(d)
        }
    )
    if seed == 4:
        frame = frame[frame.columns[::-1]]
    if seed == 5:
        frame["label"] = 1
    if seed == 8:
        frame = frame.rename(columns={"dim_0": "dim_7"})
    if seed == 9:
        frame = frame.to_numpy()
    return target(frame)


def to_tsfresh_dataset(target, seed):
    x = _ragged(seed, n=1 + seed % 4, d=1 + seed % 3)
    if seed % 4 == 1:
        x[0, 1, 0] = np.nan
    return target(x)


def _paths(seed, size):
    rng = _rng(seed)
    paths = []
    for _ in range(3):
        i = j = 0
        length = int(rng.integers(2, 7))
        path = [(0, 0)]
        while (i, j) != (size - 1, length - 1):
            step = rng.integers(0, 3)
            if step != 1 and i < size - 1:
                i += 1
            if step != 0 and j < length - 1:
                j += 1
            if path[-1] != (i, j):
                path.append((i, j))
        paths.append(path)
    return paths


def subgradient_valence_warping(target, seed):
    size = 2 + seed % 5
    return target(_paths(seed, size), size, _rng(seed).integers(1, 6, 3) / 2)


def mm_update_barycenter(target, seed):
    rng = _rng(seed)
    x = _ragged(seed)
    size = 2 + seed % 4
    weights = [
        rng.integers(0, 3, (size, int((~np.isnan(row[:, 0])).sum()))).astype(float) for row in x
    ]
    return target(x, rng.integers(1, 6, size).astype(float), weights)


def paa_to_symbols(seed):
    rng = _rng(seed)
    x = np.round(rng.normal(size=[(5,), (2, 4), (2, 3, 2)][seed % 3]), 1)
    points = np.sort(np.round(rng.normal(size=1 + seed % 4), 1))
    x.flat[1] = points[0]
    if seed == 4:
        x.flat[0] = np.nan
    return x, points


def soft_dtw_grad(target, seed):
    rng = _rng(seed)
    m, n = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    gamma = [1.0, 0.5, 2.0][seed % 3]
    d = np.full((m + 1, n + 1), 9.0)
    d[:m, :n] = rng.random((m, n))
    r = np.full((m + 2, n + 2), 3.0)
    r[: m + 1, 0] = r[0, : n + 1] = 1e10
    r[0, 0] = 0.0
    for i in range(1, m + 1):
        for j in range(1, n + 1):
            r[i, j] = d[i - 1, j - 1] - gamma * np.log(
                sum(np.exp(-v / gamma) for v in (r[i - 1, j], r[i - 1, j - 1], r[i, j - 1]))
            )
    e = np.zeros((m + 2, n + 2))
    target(d, r, e, gamma, be="numpy")
    return [d, r, e]


def compute_var(target, seed):
    rng = _rng(seed)
    x = np.round(rng.normal(size=(int(rng.integers(14, 20)), 1 + seed % 2)), 2)
    p = 1 + seed % 3
    if seed == 9:
        x = x[:, 0]
    if seed == 10:
        x[0, 0] = np.nan
    if seed == 7:
        return target(0, x, with_constant=True)
    return target(p, x, True) if seed % 2 == 0 else target(p, x)


def reduce_to_point_forecast(target, seed):
    rng = _rng(seed)
    n, horizon = 2 + seed % 2, 4
    shape = [(n, 6), (n, 5, 4), (n, 4, 3), (n, 1, 4), (n, 2, 7, 3), (n, 4), (n, 9, 6)][seed % 7]
    forecast = np.round(rng.normal(size=shape), 2)
    if seed == 8:
        return target(forecast, n + 1, horizon, None, "auto")
    if seed == 7:
        return target(forecast, n, 7, None, "auto")
    axis = "auto" if seed % 4 else -1
    if len(shape) > 2 and axis == -1 and shape[-1] < horizon:
        axis = 1 if shape[1] >= horizon else 2
    return target(
        list(forecast) if seed == 5 else forecast, n, horizon, [None, 0.5, 0.9][seed % 3], axis
    )
