import torch.fx.experimental.symbolic_shapes  # torch imports it with the first broadcast: once here, not in every run


def gen(seed):
    return torch.Generator().manual_seed(seed * 7919 + 13)


def nor(g, *shape, dtype=torch.float64):
    return torch.randn(*shape, generator=g, dtype=dtype)


def ints(g, low, high, *shape):
    return torch.randint(low, high, shape, generator=g)


def toeplitz_matmul(seed):
    g = gen(seed)
    n, p = [(4, 2), (5, 1), (3, 3), (1, 2)][seed % 4]
    batch = (2,) if seed % 3 == 1 else ()
    column, row = nor(g, *batch, n), nor(g, *batch, n)
    row[..., 0] = column[..., 0]
    x = nor(g, *batch, n, p)
    if seed == 2:
        x = x[:, 0]
    if seed == 5:
        x = nor(g, 2, n, 2) if not batch else nor(g, 3, 2, n, p)
    if seed == 8:
        row = row[..., :-1]
    if seed == 9:
        row = row + 1.0
    return column, row, x


def psd_cholesky(target, seed):
    g = gen(seed)
    n = 3 + seed % 3
    batch = (2,) if seed % 3 == 1 else ()
    b = nor(g, *batch, n, n)
    a = b @ b.mT + 0.1 * torch.eye(n, dtype=b.dtype)
    kwargs = {}
    if seed in (3, 4, 5, 6):
        v = nor(g, *batch, n, 1)
        a = v @ v.mT - (1e-4 if seed % 2 else 1e-7) * torch.eye(n, dtype=b.dtype)
        if seed == 4:
            a[0] = b[0] @ b[0].mT + torch.eye(n, dtype=b.dtype)
        kwargs = {"jitter": 1e-6, "max_tries": 5}
    if seed == 7:
        a = -a
        kwargs = {"max_tries": 3}
    if seed == 8:
        a[..., 0, 0] = float("nan")
    if seed == 9:
        kwargs = {"out": torch.empty_like(a)}
    before = a.clone()
    out = target(a, **kwargs)
    return [out, torch.equal(torch.nan_to_num(a), torch.nan_to_num(before)), kwargs.get("out")]


def left_interp(seed):
    g = gen(seed)
    rows, k, n, c = 3 + seed % 2, 2 + seed % 3, 5, 2
    batch = (2,) if seed % 3 == 1 else ()
    indices, values = ints(g, 0, n, *batch, rows, k), nor(g, *batch, rows, k)
    rhs = nor(g, n) if seed % 4 == 0 and not batch else nor(g, *(batch if seed % 2 else ()), n, c)
    return indices, values, rhs


def left_t_interp(seed):
    g = gen(seed)
    rows, k, n, c = 3 + seed % 2, 2 + seed % 3, 5 + seed % 2, 2
    batch = (2,) if seed % 3 == 1 else ()
    indices, values = ints(g, 0, n, *batch, rows, k), nor(g, *batch, rows, k)
    rhs = (
        nor(g, rows)
        if seed % 4 == 0 and not batch
        else nor(g, *(batch or (3,) * (seed % 2)), rows, c)
    )
    return indices, values, rhs, n
