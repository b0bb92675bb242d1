import torch.fx.experimental.symbolic_shapes  # torch imports it with the first broadcast: once here, not in every run


def gen(seed):
    return torch.Generator().manual_seed(seed * 7919 + 13)


def nor(g, *shape, dtype=torch.float32):
    return torch.randn(*shape, generator=g, dtype=dtype)


def uni(g, *shape):
    return torch.rand(*shape, generator=g)


def ints(g, low, high, *shape):
    return torch.randint(low, high, shape, generator=g)


def logits(seed, batch=3, vocabulary=8):
    g = gen(seed)
    return nor(g, batch - seed % 2, vocabulary + seed % 3) * (1 + seed % 3)


def nucleus(seed):
    return (logits(seed),) if seed == 0 else (logits(seed), [0.9, 0.5, 0.3, 0.99, 0.05][seed % 5])


def top_k(seed):
    x = logits(seed, vocabulary=20)
    return {
        "logits": x,
        **[{}, {"k": 3}, {"frac_num_tokens": 0.33}, {"k": 100}, {"frac_num_tokens": 0.5, "k": 1}][
            seed % 5
        ],
    }


def top_a(seed):
    return (
        (logits(seed),)
        if seed == 0
        else (logits(seed), [2.0, 1.0, 0.5][seed % 3], [0.02, 0.3, 0.8, 0.1][seed % 4])
    )


def contrastive(seed):
    x = logits(seed)
    return (
        (x, logits(seed + 6)[: len(x), : x.shape[1]])
        if seed == 0
        else (
            x,
            x + nor(gen(seed + 9), *x.shape),
            [0.1, 0.5, 0.9][seed % 3],
            [0.5, 0.0, 1.0, 0.25][seed % 4],
        )
    )


def align_right(seed):
    g = gen(seed)
    b, n = 3, 5 + seed % 2
    t = ints(g, 1, 20, b, n) if seed % 3 else nor(g, b, n, 2)
    lens = ints(g, 1, n + 1, b)
    if seed == 6:
        lens = torch.tensor([n, n, n])
    if seed == 7:
        lens = torch.tensor([n + 1, 1, 1])
    if seed == 8:
        lens = lens[:2]
    return (t, lens) if seed % 2 else (t, lens, -1)


def mask_subset(target, seed):
    g = gen(seed)
    mask = uni(g, 3, 8) < 0.75
    mask[0] = True
    if seed == 5:
        mask[1] = False
    prob = [0.5, 0.25, 1.0, 0.0][seed % 4] if seed < 6 else uni(g, 3, 1)
    return target(mask, prob, *([seed % 3] if seed % 2 else []))


def layer_order(seed):
    return [
        (((0, 1), 2), 3, 2),
        ((((0, 1), 2), ((3, 3), 3)), 5, 1),
        (((1, 3),), 3, 2),
        ((), 4, 2),
        (((2, 2), 1), 3, 3),
        (((1, 2), 0), 4, 1),
        (((0, 3), 2), 4, 2),
        (((2, 5), 2), 4, 1),
        (((2, 1), 2), 4, 1),
        (((0, 2), (2, 2)), 4, 2),
    ][seed]


def z_loss(seed):
    g = gen(seed)
    attns = [nor(g, 2, 3, 4, 5) for _ in range(1 + seed % 3)]
    kwargs = {}
    if seed % 2:
        kwargs["mask"] = uni(g, 2, 4) < 0.6
    if seed == 7:
        kwargs["mask"] = torch.zeros(2, 4, dtype=torch.bool)
    if seed % 3 == 1:
        kwargs["weight"] = 0.3
    return {"pre_softmax_attns": attns, **kwargs}


def schedule(seed):
    return [
        (0.0, 1.0, 5),
        (1.0, 0.1, 4, "linear"),
        (2.0, 8.0, 3, "cosine"),
        (0.5, 0.5, 2),
        (0.0, 1.0, 1),
        (0.0, 1.0, 4, "square"),
        (1.0, 2.0, 6, lambda a, b, t: a * b + t),
        (3.0, -1.0, 7),
        (-1.0, 1.0, 2, "linear"),
    ][seed]
