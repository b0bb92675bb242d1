import torch.fx.experimental.symbolic_shapes  # torch imports it with the first broadcast: once here, not in every run


def gen(seed):
    return torch.Generator().manual_seed(seed * 7919 + 13)


def nor(g, *shape, dtype=torch.float32):
    return torch.randn(*shape, generator=g, dtype=dtype)


def uni(g, *shape):
    return torch.rand(*shape, generator=g)


def ints(g, low, high, *shape):
    return torch.randint(low, high, shape, generator=g)


def expand_target(target, seed):
    from captum._utils.common import ExpansionTypes

    value = [
        [1, 2, 3],
        torch.tensor([4, 5]),
        3,
        None,
        [(0, 1), (2, 3)],
        torch.tensor([7]),
        (1, 2),
        torch.tensor([[1, 2], [3, 4]]),
    ][seed % 8]
    args = [value, 2 + seed % 3]
    if seed % 2 or seed > 7:
        args.append(
            [ExpansionTypes.repeat, ExpansionTypes.repeat_interleave][
                1 if seed % 4 in (0, 1) else 0
            ]
        )
    return target(*args)


def riemann(target, seed):
    from captum.attr._utils.approximation_methods import Riemann

    kind = list(Riemann)[seed % 4]
    steps, alphas = target(kind) if seed != 4 else target()
    n = 2 + seed if seed != 8 else 1
    return [steps(n), alphas(n)]


def normalize_attr(seed):
    g = gen(seed)
    attr = nor(g, 4, 5).numpy() * (1 + seed)
    sign = ["all", "positive", "negative", "absolute_value"][seed % 4]
    return (attr, sign) if seed < 4 else (attr, sign, [10, 0, 25, 50.0][(seed // 2) % 4])


def scatter_by_mask(seed):
    g = gen(seed)
    f = 3 + seed % 2
    shape = [(1, 5), (1, 2, 4), (1, 2, 2, 3)][seed % 3]
    out = [(2,), (), (1,), (2, 2)][seed % 4] if seed % 3 == 0 else [(2,), (1,), (3,)][seed % 2]
    mask = ints(g, 0, f, 1, *shape[1:])
    if seed % 4 == 3:
        mask = mask.int()
    if out == ():
        out = (1,)
    return nor(g, *out, f), shape, mask


def from_interpretable(target, seed):
    g = gen(seed)
    sample = uni(g, 1, 4) < 0.5
    sample = sample.float() if seed % 2 else sample.long()
    x, m = nor(g, 2, 5), ints(g, 0, 4, 1, 5)
    base = [0.5, nor(g, 1, 5), nor(g, 2, 5)][seed % 3]
    if seed % 4 == 3:
        y, k = nor(g, 2, 2, 2).double(), ints(g, 0, 4, 1, 2, 2)
        return list(target(sample, (x, y), feature_mask=(m, k), baselines=(base, 1.0)))
    kwargs = {"feature_mask": m, "baselines": base}
    if seed == 8:
        del kwargs["baselines"]
    if seed == 9:
        del kwargs["feature_mask"]
    return target(sample, x, **kwargs)
