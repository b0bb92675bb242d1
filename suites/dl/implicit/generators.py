import numpy as np
import scipy.sparse as sp


def _rng(seed):
    return np.random.default_rng(7000 + seed)


def _counts(seed, density=0.5):
    rng = _rng(seed)
    n, m = int(rng.integers(3, 7)), int(rng.integers(3, 7))
    x = rng.integers(1, 9, (n, m)) * (rng.random((n, m)) < density)
    x[0, 0] = 3
    x[-1, -1] = 2
    return x.astype(float)


def bm25_weight(target, seed):
    x = [sp.csr_matrix, sp.coo_matrix][seed % 2](_counts(seed))
    out = (
        target(x)
        if seed % 4 == 0
        else target(x, K1=[100, 1.2, 20][seed % 3], B=[0.8, 0.0, 1.0, 0.5][seed % 4])
    )
    return [out.toarray(), out.format]


def filter_items_from_results(seed):
    rng = _rng(seed)
    banned = rng.choice(9, 2 + seed % 2, replace=False)
    if seed % 2:
        return 3, rng.permutation(9), rng.random(9), list(map(int, banned)), [2, 5, 20][seed % 3]
    return (
        np.arange(3),
        np.array([rng.permutation(9) for _ in range(3)]).astype(np.int32),
        rng.random((3, 9)).astype(np.float32),
        banned,
        [2, 5, 6][seed % 3],
    )


def batch_call(target, seed):
    rng = _rng(seed)

    def func(key, *args, N=10, user_items=None, item_users=None, shift=0):
        length = (key * 3 + 1) % 6
        base = 0 if user_items is None else user_items * 10
        base += 0 if item_users is None else item_users * 100
        return np.arange(length) + key + sum(args) + shift, np.linspace(1, 2, length) + base + N

    ids = rng.integers(0, 9, int(rng.integers(1, 5)))
    options = [
        {},
        {"N": 3},
        {"N": 2, "shift": 5},
        {"user_items": [1, 2, 3, 4, 5]},
        {"item_users": np.arange(5)},
        {"N": 4, "score_dtype": np.float64, "id_dtype": np.int64},
    ][seed % 6]
    if seed == 9:
        options["item_users"] = [3] * 5
    return target(func, ids, *([7] if seed % 2 else []), **options)


def user_linear_equation(target, seed):
    rng = _rng(seed)
    c = _counts(seed) * (1 if seed % 3 else rng.choice([-1, 1]))
    c[0] *= rng.choice([-1, 1], c.shape[1])
    k = 1 + seed % 3
    y = np.round(rng.normal(size=(c.shape[1], k)), 2)
    gram = y.T @ y
    return [
        *target(y, gram, sp.csr_matrix(c), seed % c.shape[0], [0.01, 1.0, 0.0][seed % 3], k),
        gram,
    ]


def least_squares_cg(target, seed):
    rng = _rng(seed)
    c = _counts(seed)
    c[0] *= rng.choice([-1, 1], c.shape[1])
    k = 1 + seed % 4
    x, y = rng.normal(size=(c.shape[0], k)), rng.normal(size=(c.shape[1], k))
    out = target(
        sp.csr_matrix(c),
        x,
        y,
        [0.01, 1.0][seed % 2],
        **({} if seed % 3 == 0 else {"cg_steps": seed % 4}),
    )
    return [out, x, y]


def filter_items_from_sparse_matrix(target, seed):
    rng = _rng(seed)
    x = sp.csr_matrix(_counts(seed, 0.6))
    items = np.sort(rng.choice(x.shape[1], int(rng.integers(1, x.shape[1])), replace=False))
    if seed == 6:
        items = np.array([0])
    out = target(items, x)
    return [out.toarray(), out.format, out.nnz]
