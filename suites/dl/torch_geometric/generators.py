import torch.fx.experimental.symbolic_shapes  # torch imports it with the first broadcast: once here, not in every run


def gen(seed):
    return torch.Generator().manual_seed(seed * 7919 + 13)


def uni(g, *shape):
    return torch.rand(*shape, generator=g)


def ints(g, low, high, *shape):
    return torch.randint(low, high, shape, generator=g)


def scored(metric, seed, weighted=False):
    """The metric's value after each of two batches of recommendations."""
    g = gen(seed)
    out = []
    for _ in range(2):
        users, items = 4, 9
        ranking = torch.stack([torch.randperm(items, generator=g)[:6] for _ in range(users)])
        pairs = torch.nonzero(uni(g, users, items) < 0.3).T
        pairs = pairs[:, pairs[0] != 2][:, torch.randperm(int((pairs[0] != 2).sum()), generator=g)]
        if seed == 5:
            pairs = pairs[:, :0]
        weight = uni(g, pairs.shape[1]) * 3 if weighted or seed % 4 == 1 else None
        if weight is not None and seed % 2 and len(weight):
            weight[0] = 0.0
        metric.update(
            ranking,
            pairs if seed % 3 else (pairs[0], pairs[1]),
            **({"edge_label_weight": weight} if weight is not None else {}),
        )
        out.append(metric.compute())
    metric.reset()
    return [*out, metric.compute()]


def link_recall(target, seed):
    weighted = seed % 3 == 2
    metric = target(k=[3, 1, 6, 10][seed % 4], **({"weighted": True} if weighted else {}))
    if seed == 8:
        return metric.update(torch.tensor([[0, 1]]), torch.tensor([[0], [1]]))
    return scored(metric, seed, weighted)


def link_f1(target, seed):
    return scored(target(k=[3, 1, 6, 2][seed % 4]), seed)


def link_map(target, seed):
    return scored(target(k=[3, 1, 6, 2][seed % 4]), seed)


def link_ndcg(target, seed):
    weighted = seed % 3 == 2
    metric = target(k=[3, 1, 6, 2][seed % 4], **({"weighted": True} if weighted else {}))
    if seed == 8:
        return metric.update(torch.tensor([[0, 1]]), torch.tensor([[0], [1]]))
    return scored(metric, seed, weighted)


def link_diversity(target, seed):
    return scored(target(k=[3, 2, 6, 4][seed % 4], category=ints(gen(seed + 7), 0, 3, 9)), seed)
