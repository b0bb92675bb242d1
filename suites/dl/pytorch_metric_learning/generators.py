import torch.fx.experimental.symbolic_shapes  # torch imports it with the first broadcast: once here, not in every run


def gen(seed):
    return torch.Generator().manual_seed(seed * 7919 + 13)


def nor(g, *shape, dtype=torch.float32):
    return torch.randn(*shape, generator=g, dtype=dtype)


def uni(g, *shape):
    return torch.rand(*shape, generator=g)


def ints(g, low, high, *shape):
    return torch.randint(low, high, shape, generator=g)


def distance(seed):
    from pytorch_metric_learning import distances

    return [
        distances.CosineSimilarity(),
        distances.LpDistance(),
        distances.LpDistance(p=1, normalize_embeddings=False),
        distances.DotProductSimilarity(),
    ][seed % 4]


def match_finder(target, seed):
    g = gen(seed)
    d = distance(seed)
    finder = target(distance=d, threshold=[0.2, 1.0, 2.5, 0.5][seed % 4])
    q, r = nor(g, 4, 3), nor(g, 5, 3)
    pairs = finder.get_matching_pairs(
        q,
        None if seed % 3 == 0 else r,
        **({"threshold": 0.8} if seed % 2 else {}),
        return_tuples=bool(seed % 5 == 2),
    )
    pairs = [[int(a), int(b)] for a, b in pairs] if isinstance(pairs, list) else pairs
    return [
        pairs,
        finder.is_match(q, q.flip(0)),
        finder.is_match(q[:1], r[:1]),
        finder.is_match(q, q + 0.2, threshold=0.9),
    ]


def custom_knn(target, seed):
    g = gen(seed)
    reference = nor(g, 9, 3)
    own = bool(seed % 2)
    query = reference[:5] if own else nor(g, 4, 3)
    if seed == 7:
        reference[1] = reference[0]
        query = reference[:5]
    knn = target(distance(seed // 2), **({"batch_size": 2 + seed % 3} if seed % 3 == 1 else {}))
    return list(knn(query, 1 + seed % 4, reference, own))


def ranked_labels(seed):
    g = gen(seed)
    n, k, classes = [(5, 6, 3), (4, 3, 2), (7, 8, 4), (3, 5, 2)][seed % 4]
    gt, knn = ints(g, 0, classes, n, 1), ints(g, 0, classes, n, k)
    if seed % 2:
        knn = torch.where(uni(g, n, k) < 0.4, gt, knn)
    counts = (
        torch.arange(classes)[:, None],
        torch.tensor([2 + (seed + c) % 3 for c in range(classes)]),
    )
    return gt, knn, counts, bool(seed % 3 == 1), bool(seed % 3 == 2), torch.eq


def mean_ap(seed):
    gt, knn, counts, a, c, eq = ranked_labels(seed)
    return {
        "knn_labels": knn,
        "gt_labels": gt,
        "ref_includes_query": bool((seed // 2) % 2),
        "label_counts": counts,
        "avg_of_avgs": a,
        "return_per_class": c,
        "label_comparison_fn": eq,
        **({"at_r": True} if seed % 2 else {}),
    }


def r_precision(seed):
    gt, knn, counts, a, c, eq = ranked_labels(seed + 10)
    return knn, gt, bool((seed // 2) % 2), counts, a, c, eq


def mean_rr(seed):
    gt, knn, _, a, c, eq = ranked_labels(seed + 20)
    return knn, gt, a, c, eq


def relevance_mask(seed):
    gt, knn, counts, *_ = ranked_labels(seed + 30)
    return knn.shape[:2], gt, bool(seed % 2), counts


def lone_labels(seed):
    g = gen(seed)
    labels = ints(g, 0, 6, 6, 1)
    unique = labels.unique(dim=0)
    counts = ints(g, 0, 3, len(unique))
    if seed == 4:
        counts = counts + 2
    return labels, (unique, counts), bool(seed % 2), torch.eq


def mined(target, seed, **kwargs):
    g = gen(seed)
    n = 6 + seed % 3
    miner = target(**kwargs)
    emb, labels = nor(g, n, 4), ints(g, 0, 3, n)
    if seed % 7 == 5:
        labels = torch.arange(n)
    if seed % 3 == 2:
        ref, ref_labels = nor(g, 5, 4), ints(g, 0, 3, 5)
        return sorted_indices(miner(emb, labels, ref, ref_labels))
    return sorted_indices(miner(emb, labels))


def sorted_indices(result):
    """The mined pairs or triplets, in an order of their own."""
    if len(result) == 3:
        return sorted(map(list, zip(*(x.tolist() for x in result))))
    return [sorted(map(list, zip(*(x.tolist() for x in result[k : k + 2])))) for k in (0, 2)]


def multi_similarity_miner(target, seed):
    return mined(
        target,
        seed,
        **[
            {},
            {"epsilon": 0.3},
            {"distance": distance(1)},
            {"distance": distance(2), "epsilon": 0.5},
        ][(seed // 2) % 4],
    )


def triplet_miner(target, seed):
    kwargs = [
        {},
        {"margin": 0.5, "type_of_triplets": "hard"},
        {"type_of_triplets": "semihard", "margin": 0.8},
        {"type_of_triplets": "easy"},
        {"distance": distance(0), "margin": 0.1},
    ][seed % 5]
    g = gen(seed)
    miner = target(**kwargs, **({"collect_stats": True} if seed % 2 else {}))
    emb, labels = nor(g, 7, 3), ints(g, 0, 3, 7)
    if seed == 6:
        emb[1:3] = emb[0]
    out = sorted_indices(miner(emb, labels))
    return [
        out,
        miner.margin,
        [getattr(miner, k, None) for k in ("avg_triplet_margin", "pos_pair_dist", "neg_pair_dist")],
    ]


def easy_hard_miner(target, seed):
    kinds = [
        {},
        {"pos_strategy": "hard", "neg_strategy": "hard"},
        {"pos_strategy": "semihard", "neg_strategy": "easy"},
        {"pos_strategy": "all", "neg_strategy": "hard"},
        {"pos_strategy": "easy", "neg_strategy": "all"},
        {"pos_strategy": "hard", "neg_strategy": "semihard", "distance": distance(0)},
        {"pos_strategy": "all", "neg_strategy": "all"},
        {"pos_strategy": "easy", "neg_strategy": "easy", "allowed_neg_range": (0.5, 1.5)},
        {"pos_strategy": "semihard", "neg_strategy": "semihard"},
        {"pos_strategy": "any"},
        {"pos_strategy": "all", "neg_strategy": "semihard"},
        {"pos_strategy": "hard", "neg_strategy": "hard", "allowed_pos_range": (0.2, 1.2)},
    ]
    return mined(target, seed, **kinds[seed])


def pair_loss(target, seed, **kwargs):
    g = gen(seed)
    n = 5 + seed % 4
    loss = target(**kwargs)
    emb, labels = nor(g, n, 4), ints(g, 0, 3, n)
    if seed % 7 == 6:
        labels = torch.arange(n)
    emb.requires_grad_()
    if seed % 3 == 2:
        value = loss(emb, labels, ref_emb=nor(g, 4, 4), ref_labels=ints(g, 0, 3, 4))
    else:
        value = loss(emb, labels)
    value.backward()
    return [value.detach(), emb.grad]


def multi_similarity_loss(target, seed):
    return pair_loss(
        target,
        seed,
        **[
            {},
            {"alpha": 1.0, "beta": 20.0},
            {"base": 0.2, "alpha": 3.0},
            {"distance": distance(1), "base": 1.0, "beta": 5.0},
        ][seed % 4],
    )


def circle_loss(target, seed):
    return pair_loss(
        target, seed + 20, **[{}, {"m": 0.25}, {"gamma": 10}, {"m": 0.1, "gamma": 30}][seed % 4]
    )


def triplet_weights(seed):
    g = gen(seed)
    n = 6
    labels = ints(g, 0, 3, n)
    index = [
        None,
        (ints(g, 0, n, 4), ints(g, 0, n, 4), ints(g, 0, n, 4)),
        tuple(ints(g, 0, n, 3 + k) for k in range(4)),
        tuple(torch.tensor([], dtype=torch.long) for _ in range(3)),
    ][seed % 4]
    return index, labels, [torch.float32, torch.float64][seed % 2], *([True] if seed > 4 else [])
