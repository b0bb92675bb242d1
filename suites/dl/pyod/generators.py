import numpy as np


def _rng(seed):
    return np.random.default_rng(17000 + seed)


def pearsonr_mat(seed):
    rng = _rng(seed)
    x = rng.normal(size=(int(rng.integers(1, 6)), 6))
    if seed == 9:
        x = x[0]
    return (x,) if seed % 2 else (x, list(rng.random(6)))


def column_ecdf(seed):
    rng = _rng(seed)
    x = np.round(rng.normal(size=(int(rng.integers(1, 8)), 1 + seed % 3)), 0 if seed % 2 else 2)
    if seed == 9:
        x = x[:, 0]
    return (x,)


def get_label_n(seed):
    rng = _rng(seed)
    n = int(rng.integers(4, 12))
    scores = np.round(rng.random(n), 1 if seed % 3 == 2 else 3)
    y = (rng.random(n) < 0.3).astype(int)
    y[0] = 1
    if seed == 9:
        y = y[:-1]
    return (list(y), list(scores)) if seed % 2 else (y, scores, 1 + seed % 3)


def argmaxn(seed):
    rng = _rng(seed)
    values = list(np.round(rng.random(int(rng.integers(4, 9))), 2))
    if seed == 9:
        return values, 0
    if seed == 10:
        return values, 20
    return (
        np.array(values) if seed % 3 == 0 else values,
        1 + seed % 3,
        *([["desc", "asc"][seed % 2]] if seed % 4 else []),
    )
