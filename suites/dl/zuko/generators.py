import torch.fx.experimental.symbolic_shapes  # torch imports it with the first broadcast: once here, not in every run


def gen(seed):
    return torch.Generator().manual_seed(seed * 7919 + 13)


def nor(g, *shape, dtype=torch.float32):
    return torch.randn(*shape, generator=g, dtype=dtype)


def uni(g, *shape):
    return torch.rand(*shape, generator=g)


def mixture(target, seed):
    g = gen(seed)
    k = 2 + seed % 3
    D = torch.distributions
    if seed % 2:
        base = D.Independent(D.Normal(nor(g, k, 2), uni(g, k, 2) + 0.3), 1)
        x = nor(g, 4, 2)
    else:
        base = D.Normal(nor(g, 3, k), uni(g, 3, k) + 0.3)
        x = nor(g, 4, 3)
    m = target(base, nor(g, k) if seed != 7 else nor(g, k + 1))
    torch.manual_seed(seed)
    return [
        m.log_prob(x),
        list(m.batch_shape),
        list(m.event_shape),
        m.sample((3,)),
        m.sample(),
        list(m.expand((2, *m.batch_shape)).batch_shape),
    ]


def truncated(target, seed):
    g = gen(seed)
    D = torch.distributions
    base = (
        D.Normal(nor(g, 3), uni(g, 3) + 0.3)
        if seed % 2
        else D.Normal(torch.tensor(0.5), torch.tensor(2.0))
    )
    low, high = [(-1.0, 1.0), (0.0, 2.0), (-0.5, 3.0)][seed % 3]
    if seed == 7:
        base = D.Independent(D.Normal(nor(g, 2), uni(g, 2) + 0.1), 1)
    t = target(base, torch.tensor(low), torch.tensor(high))
    x = low + (high - low) * (0.05 + 0.9 * uni(g, 4, 3 if seed % 2 else 1))
    torch.manual_seed(seed)
    return [
        t.log_prob(x),
        t.cdf(x),
        t.rsample((3,)),
        list(t.batch_shape),
        list(t.expand((2, *t.batch_shape)).batch_shape),
    ]


def diagonal_covariance(seed):
    g = gen(seed)
    n, d, k = 8, 1 + seed % 3, 2 + seed % 2
    match = (
        uni(g, n, k) if seed % 2 else torch.nn.functional.one_hot(torch.arange(n) % k, k).float()
    )
    return nor(g, n, d) * 2, match, bool(seed % 3 == 1)


def full_covariance(seed):
    g = gen(seed + 40)
    n, d, k = 12, 2 + seed % 2, 2 + seed % 2
    match = (
        uni(g, n, k) if seed % 2 else torch.nn.functional.one_hot(torch.arange(n) % k, k).float()
    )
    return nor(g, n, d) * 2, match, bool(seed % 3 == 1)
