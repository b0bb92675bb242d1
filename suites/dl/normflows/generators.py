import torch.fx.experimental.symbolic_shapes  # torch imports it with the first broadcast: once here, not in every run


def gen(seed):
    return torch.Generator().manual_seed(seed * 7919 + 13)


def nor(g, *shape, dtype=torch.float32):
    return torch.randn(*shape, generator=g, dtype=dtype)


def uni(g, *shape):
    return torch.rand(*shape, generator=g)


def ints(g, low, high, *shape):
    return torch.randint(low, high, shape, generator=g)


def act_norm(target, seed):
    g = gen(seed)
    shape = [(3,), (2, 1, 1), (4,)][seed % 3]
    flow = target(shape)
    full = [n if n > 1 else 4 for n in shape]
    z, y = nor(g, 6, *full) * 3 + 1, nor(g, 5, *full)
    with torch.no_grad():
        first, second = (flow, flow.inverse) if seed % 2 else (flow.inverse, flow)
        return [*first(z), *second(y), *flow(y), flow.s.detach(), flow.t.detach()]


def split(target, seed):
    g = gen(seed)
    mode = ["channel", "channel_inv", "checkerboard", "checkerboard_inv"][seed % 4]
    z = nor(g, 2, *[(4,), (2, 4), (2, 3, 4), (4, 2, 2)][(seed // 2) % 4])
    flow = target(mode) if seed else target()
    (a, b), det = flow(z)
    back, det2 = flow.inverse([a, b])
    return [a, b, det, back, det2]


def diag_gaussian(target, seed):
    g = gen(seed)
    shape = [3, (2, 2), [4], (1,)][seed % 4]
    base = target(shape, trainable=bool(seed % 3))
    with torch.no_grad():
        base.loc.copy_(nor(g, *base.loc.shape))
        base.log_scale.copy_(nor(g, *base.loc.shape) * 0.3)
        if seed % 2:
            base.temperature = 0.7
        torch.manual_seed(seed)
        z, logp = base(4) if seed % 4 else base()
        return [
            z,
            logp,
            base.log_prob(nor(g, 5, *base.loc.shape[1:])),
            len(list(base.parameters())),
        ]


def gaussian_mixture(target, seed):
    g = gen(seed)
    k, d = 2 + seed % 3, 1 + seed % 2
    loc, scale = nor(g, k, d).tolist(), (uni(g, k, d) + 0.2).tolist()
    kwargs = {"loc": loc}
    if seed % 3:
        kwargs["scale"] = scale
    if seed % 2:
        kwargs["weights"] = (uni(g, k) + 0.1).tolist()
    if seed % 4 == 3:
        kwargs["trainable"] = False
    base = target(k, d, **kwargs)
    with torch.no_grad():
        torch.manual_seed(seed)
        return [
            *base(5),
            base.log_prob(nor(g, 4, d, dtype=torch.float64)),
            len(list(base.parameters())),
            base.weight_scores.detach(),
        ]


def bits_per_dim(target, seed):
    g = gen(seed)

    class Model:
        def log_prob(self, x, y=None):
            out = -0.5 * x.flatten(1).pow(2).sum(1) - 1.0
            return out if y is None else out + y

    x = nor(g, *[(3, 1, 4, 4), (2, 3, 2, 2), (4, 5)][seed % 3])
    kwargs = {"trans_param": [0.01 * (1 + seed)]} if seed % 2 else {}
    if seed % 4 > 1:
        kwargs["y"] = ints(g, 0, 3, len(x))
    return target(Model(), x, **kwargs)


def spline(target, seed):
    g = gen(seed)
    n, k = 6, 3 + seed % 3
    x = uni(g, n)
    w, h, d = nor(g, n, k), nor(g, n, k), nor(g, n, k + 1)
    kwargs = {}
    if seed % 3 == 1:
        kwargs.update(left=-2.0, right=2.0, bottom=-1.0, top=3.0)
        x = x * 4 - 2 if seed % 2 else x * 4 - 1
    if seed % 4 == 2:
        kwargs.update(min_bin_width=0.01, min_bin_height=0.02, min_derivative=0.1)
    if seed == 8:
        kwargs["min_bin_width"] = 0.5
    if seed == 9:
        x = x + 3
    return target(x, w, h, d, inverse=bool(seed % 2 == 0), **kwargs)
