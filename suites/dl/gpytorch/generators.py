import torch.fx.experimental.symbolic_shapes  # torch imports it with the first broadcast: once here, not in every run


def gen(seed):
    return torch.Generator().manual_seed(seed * 7919 + 13)


def nor(g, *shape, dtype=torch.float32):
    return torch.randn(*shape, generator=g, dtype=dtype)


def uni(g, *shape):
    return torch.rand(*shape, generator=g)


def distribution(g, n, batch=(), tasks=0):
    import gpytorch

    size = n * max(1, tasks)
    b = nor(g, *batch, size, size) * 0.5
    covariance = b @ b.mT + 0.5 * torch.eye(size)
    if tasks:
        return gpytorch.distributions.MultitaskMultivariateNormal(
            nor(g, *batch, n, tasks), covariance
        )
    return gpytorch.distributions.MultivariateNormal(nor(g, *batch, n), covariance)


def standardized_log_loss(seed):
    g = gen(seed)
    n = [4, 7, 10][seed % 3]
    batch = (2,) if seed % 4 == 3 else ()
    tasks = 2 if seed % 4 == 2 else 0
    dist = distribution(g, n, batch, tasks)
    y = dist.mean + nor(g, *dist.mean.shape)
    if seed % 2:
        return dist, y
    return dist, y, nor(g, 12, tasks) * 2 + 1 if tasks else nor(g, 12) * 2 + 1


def quantile_coverage(seed):
    g = gen(seed)
    n = [8, 15, 20][seed % 3]
    tasks = 2 if seed % 4 == 2 else 0
    dist = distribution(g, n, (2,) if seed % 4 == 3 else (), tasks)
    y = dist.mean + 1.5 * nor(g, *dist.mean.shape)
    return (dist, y) if seed % 3 == 0 else (dist, y, [50.0, 80.0, 30, 99.0][seed % 4])


def points(seed, d=2):
    g = gen(seed)
    batch = (2,) if seed % 4 == 3 else ()
    return uni(g, *batch, 4, d) * 2, uni(g, *batch, 3, d) * 2


def rbf_grad(target, seed):
    x1, x2 = points(seed, 1 + seed % 3)
    kernel = target(ard_num_dims=x1.shape[-1]) if seed % 2 else target()
    kernel.lengthscale = (
        (torch.arange(x1.shape[-1]) * 0.5 + 0.7)
        if seed % 2
        else [1.0, 2.0, 0.6, 1.5][seed // 2 % 4]
    )
    with torch.no_grad():
        out = [
            kernel.forward(x1, x2),
            kernel.forward(x1, x1),
            kernel.forward(x1, x1, diag=True),
            kernel.num_outputs_per_input(x1, x2),
        ]
        if seed == 7:
            kernel.forward(x1[..., :3, :], x2, diag=True)
    return out


def beta(target, seed):
    g = gen(seed)
    likelihood = target(batch_shape=torch.Size([2]) if seed % 3 == 2 else torch.Size([]))
    if seed % 2:
        likelihood.scale = 0.5 + seed
    f = nor(g, 2, 5) * 2
    with torch.no_grad():
        out = likelihood.forward(f)
    return [
        out.concentration1,
        out.concentration0,
        out.mean,
        likelihood.scale.detach(),
        likelihood.raw_scale.detach(),
    ]


def interval(target, seed):
    g = gen(seed)
    low, high = [
        (0.0, 1.0),
        (-2.0, 3.0),
        (torch.tensor([0.0, 1.0]), torch.tensor([2.0, 5.0])),
        (0.1, 0.2),
    ][seed % 4]
    if seed == 8:
        low, high = 2.0, 1.0
    if seed == 9:
        high = float("inf")
    kwargs = {}
    if seed % 3 == 1:
        kwargs["initial_value"] = (low + high) / 2 if seed != 10 else (low * 3 + high) / 4
    if seed == 5:
        kwargs["transform"] = None
    if seed == 4:
        kwargs.update(transform=torch.tanh, inv_transform=torch.atanh)
    c = target(low, high, **kwargs)
    x = nor(g, 3, 2)
    y = c.transform(x)
    both = (
        c.intersect(
            target(low + 0.05, high + 1.0, **{k: v for k, v in kwargs.items() if k == "transform"})
        )
        if seed in (2, 5) and seed == 5
        else None
    )
    return [
        y,
        c.inverse_transform(y),
        c.check(y),
        c.check(y + 10),
        c.check_raw(x),
        c.enforced,
        c.initial_value,
        list(c),
        repr(c)[:60] if seed % 4 != 2 else None,
        [list(both)] if both is not None else None,
    ]


def grid(seed):
    sizes = [[5], [4, 6], [8, 5, 3], [10]][seed % 4]
    bounds = [
        [(0.0, 1.0)],
        [(-1.0, 1.0), (0.0, 2.0)],
        [(0.0, 3.0), (1.0, 2.0), (-2.0, 2.0)],
        [(2.0, 4.0)],
    ][seed % 4]
    kwargs = {"grid_sizes": sizes, "grid_bounds": bounds}
    if seed > 3:
        kwargs["extend"] = bool(seed % 3 == 0)
    if seed % 2:
        kwargs["dtype"] = torch.float64
    return kwargs
