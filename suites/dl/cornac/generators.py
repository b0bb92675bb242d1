from types import SimpleNamespace

import numpy as np
import scipy.sparse as sp


def _rng(seed):
    return np.random.default_rng(5000 + seed)


def _ranked(seed):
    """Positive items and a ranking of all items."""
    rng = _rng(seed)
    n = int(rng.integers(4, 15))
    positive = np.sort(rng.choice(n, size=int(rng.integers(1, min(n, 6))), replace=False))
    return positive, rng.permutation(n)


def ndcg(target, seed):
    positive, rank = _ranked(seed)
    metric = target() if seed % 4 == 0 else target(k=[1, 3, 5][seed % 3])
    return [
        float(metric.compute(gt_pos=positive, pd_rank=rank, item_indices=None)),
        float(metric.dcg_score(positive, rank)),
        float(target.dcg_score(positive, rank, 2)),
        metric.name,
        metric.k,
    ]


def ncrr(target, seed):
    positive, rank = _ranked(seed)
    metric = target() if seed % 4 == 0 else target(k=[1, 3, 5][seed % 3])
    if seed == 7:
        positive = np.array([100])
    return [float(metric.compute(gt_pos=positive, pd_rank=rank, other=1)), metric.name, metric.k]


def map_compute(target, seed):
    rng = _rng(seed)
    positive, rank = _ranked(seed)
    items = np.sort(rank) if seed % 2 else rank
    return float(
        target(
            None,
            items,
            np.round(rng.normal(size=len(items)), 1 if seed % 3 else 0),
            positive,
            extra=None,
        )
    )


def f_measure_compute(target, seed):
    positive, rank = _ranked(seed)
    return float(
        target(SimpleNamespace(k=[-1, 1, 3, 5][seed % 4]), positive, rank, item_indices=None)
    )


class _Model:
    """A recommender with fixed scores."""

    def __init__(self, scores):
        self.scores = scores

    def rate(self, user, item):
        return self.scores[user, item]

    def rank(self, user_idx, item_indices=None, k=-1):
        scores = self.scores[user_idx][item_indices]
        order = item_indices[np.argsort(-scores, kind="stable")]
        return (order[:k] if k > 0 else order), scores


def _set(rng, users, items, density, low=1):
    mask = rng.random((users, items)) < density
    mask[0, 1] = True
    u, i = np.nonzero(mask)
    r = rng.integers(low, 6, len(u)).astype(float)
    return SimpleNamespace(
        uir_tuple=(u, i, r),
        csr_matrix=sp.csr_matrix((r, (u, i)), shape=(users, items)),
        num_items=items,
        num_users=users,
    )


def rating_eval(target, seed):
    from cornac.metrics import MAE, MSE, RMSE

    rng = _rng(seed)
    users, items = int(rng.integers(2, 5)), int(rng.integers(3, 7))
    test = _set(rng, users, items, 0.6)
    model = _Model(np.round(rng.random((users, items)) * 5 + 0.1, 2))
    metrics = [[MAE(), RMSE()], [RMSE()], [], [MSE(), MAE(), RMSE()]][seed % 4 if seed else 3]
    averages, per_user = (
        target(model, metrics, test, user_based=seed % 3 != 0)
        if seed % 5
        else target(model, metrics, test)
    )
    return [
        list(map(float, averages)),
        [{int(u): float(v) for u, v in d.items()} for d in per_user],
    ]


def ranking_eval(target, seed):
    from cornac.metrics import AUC, MAP, NDCG, Precision, Recall

    rng = _rng(seed)
    items = int(rng.integers(5, 9))
    test = _set(rng, 4, items, 0.4)
    train = _set(rng, 3 + seed % 2, items - seed % 2, 0.3)
    options = {}
    if seed % 3 == 1:
        options["val_set"] = _set(rng, 4, items, 0.25)
    if seed % 2:
        options["rating_threshold"] = 3.0
    if seed % 4 in (1, 2):
        options["exclude_unknowns"] = False
    model = _Model(np.round(rng.random((4, items)), 2))
    test.uir_tuple[2][0] = test.csr_matrix.data[0] = 5.0
    metrics = [[Recall(k=3), NDCG(k=2)], [AUC(), MAP()], [Precision(k=2)], []][
        seed % 4 if seed != 3 else 0
    ]
    averages, per_user = target(model, metrics, train, test, **options)
    return [
        list(map(float, averages)),
        [{int(u): float(v) for u, v in d.items()} for d in per_user],
    ]


def scale(seed):
    rng = _rng(seed)
    values = rng.integers(1, 9, int(rng.integers(1, 7))).astype([float, int][seed % 2])
    options = {
        "values": values,
        "target_min": [0, -1, 2.0][seed % 3],
        "target_max": [1, 5.0, 4][seed % 3],
    }
    if seed % 4 == 1:
        options |= {"source_min": 1, "source_max": 10}
    if seed % 4 == 2:
        options["source_min"] = 0.5
    if seed == 4:
        options["values"] = np.full(3, 4.0)
    if seed == 7:
        options["source_max"] = 20
    return options


_WORDS = ["apple", "pear", "fig", "plum", "kiwi", "lime", "date"]


def _documents(seed, n=5):
    rng = _rng(seed)
    return [
        " ".join(
            rng.choice(_WORDS, int(rng.integers(2, 8)), p=[0.3, 0.2, 0.15, 0.12, 0.1, 0.08, 0.05])
        )
        for _ in range(n)
    ]


def vocabulary(target, seed):
    tokens = [word for doc in _documents(seed) for word in doc.split()]
    if seed % 3 == 0:
        v = target.from_tokens(
            tokens,
            **[{}, {"max_vocab": 3}, {"min_freq": 3}, {"use_special_tokens": True}][seed % 4],
        )
    elif seed % 3 == 1:
        v = target.from_sequences(
            [tokens[:4], tokens[4:]], max_vocab=4, min_freq=2, use_special_tokens=seed % 2 == 0
        )
    else:
        v = target(["<UNK>", "fig", "apple"], use_special_tokens=seed % 2 == 1)
    return [
        v.idx2tok,
        dict(v.tok2idx),
        v.size,
        v.to_idx(["apple", "nothing", "fig"]),
        v.to_text([0, 1]),
        v.to_text([1, 0], sep=None),
        v.use_special_tokens,
    ]


def base_tokenizer(target, seed):
    texts = [
        "The Cat -- sat <b>on</b> the mat 12!",
        "a,b,c",
        "",
        "Hello  World's end",
        "x_y 3.5% (so)",
    ]
    options = [
        {},
        {"sep": ","},
        {"stop_words": ["the", "cat", "a"]},
        {"pre_rules": []},
        {"pre_rules": [str.upper, lambda t: t.replace("A", "-")], "sep": "-"},
        {"stop_words": 5},
    ][seed % 6]
    if seed % 6 == 5 and seed != 5:
        options = {"stop_words": ["hello"], "pre_rules": [str.lower]}
    tokenizer = target(**options)
    return [tokenizer.batch_tokenize(texts[seed % 3 :]), tokenizer.tokenize(texts[seed % 5])]


def limit_features(target, seed):
    from cornac.data.text import Vocabulary

    rng = _rng(seed)
    x = sp.csr_matrix(rng.integers(0, 3, (5, 6)) * (rng.random((5, 6)) < 0.6))
    this = SimpleNamespace(
        max_features=[None, 3, None, 2][seed % 4], vocab=Vocabulary(list(_WORDS[:6]))
    )
    high, low = [(5, 1), (4, 1), (3, 2), (5, 2), (2, 1)][seed % 5]
    if seed == 7:
        high, low = 0, 1
    out = target(this, x, high, low)
    return [out.toarray(), this.vocab.idx2tok, dict(this.vocab.tok2idx)]


def _dataset(seed):
    rng = _rng(seed)
    mask = rng.random((4, 6)) < 0.4
    mask[0, 0] = True
    mask[:, 5] = False
    u, i = np.nonzero(mask)
    r = rng.integers(1, 6, len(u)).astype(float)
    return SimpleNamespace(
        rng=np.random.RandomState(seed),
        uir_tuple=(u, i, r),
        num_items=6,
        dok_matrix=sp.dok_matrix(sp.csr_matrix((r, (u, i)), shape=(4, 6))),
    )


def idx_iter(target, seed):
    this = SimpleNamespace(rng=np.random.RandomState(seed))
    n = [7, 6, 1, 10, 5][seed % 5]
    return list(
        target(this, n)
        if seed == 0
        else target(this, n, batch_size=[3, 2, 20][seed % 3], shuffle=seed % 2 == 1)
    )


def uij_iter(target, seed):
    this = _dataset(seed)
    order = np.random.RandomState(seed + 1)

    def idx_iter(n, batch_size, shuffle):
        indices = np.arange(n)
        if shuffle:
            order.shuffle(indices)
        return [indices[k : k + batch_size] for k in range(0, n, batch_size)]

    this.idx_iter = idx_iter
    if seed == 10:
        return [list(b) for b in target(this, 2, False, "hard")]
    if seed % 3 == 2:
        this.uir_tuple = (*this.uir_tuple[:2], this.uir_tuple[2] + 1.0)
        return [list(b) for b in target(this, 3, False, "Popularity")]
    return [
        list(b)
        for b in (
            target(this)
            if seed == 0
            else target(
                this, batch_size=1 + seed % 4, shuffle=seed % 2 == 1, neg_sampling="UNIFORM"
            )
        )
    ]


def _reader(**options):
    base = {
        "bin_threshold": None,
        "num_top_freq_user": 0,
        "num_top_freq_item": 0,
        "user_set": None,
        "item_set": None,
        "min_uf": 1,
        "min_if": 1,
        "min_basket_size": 1,
        "max_basket_size": -1,
        "min_basket_sequence": 1,
    }
    return SimpleNamespace(**{**base, **options})


def reader_filter(target, seed):
    rng = _rng(seed)
    data = [
        (f"u{rng.integers(5)}", f"i{rng.integers(6)}", int(rng.integers(1, 6))) for _ in range(16)
    ]
    options = [
        {},
        {"bin_threshold": 3},
        {"num_top_freq_user": 2},
        {"num_top_freq_item": 2},
        {"user_set": {"u1", "u2", "u4"}, "item_set": {"i0", "i3", "i5"}},
        {"min_uf": 3},
        {"min_if": 3},
    ][seed % 7]
    if seed >= 7:
        options |= {"min_uf": 3, "min_if": 3, "bin_threshold": 2.5 if seed % 2 else None}
    if seed == 8:
        return target(_reader(**options), [(b, a) for a, b, _ in data], fmt="IU")
    return (
        target(_reader(**options), data)
        if seed % 2
        else target(_reader(**options), [(r, *t[:2]) for t in data for r in [t[2]]], fmt="RUI")
    )


def reader_filter_basket(target, seed):
    rng = _rng(seed)
    data = []
    for b in range(8):
        user = f"u{rng.integers(3)}"
        data += [(user, f"b{b}", f"i{rng.integers(9)}") for _ in range(int(rng.integers(1, 6)))]
    options = [
        {"min_basket_size": 3},
        {"max_basket_size": 3},
        {"min_basket_sequence": 3},
        {"min_basket_size": 2, "max_basket_size": 4, "min_basket_sequence": 2},
        {},
    ][seed % 5]
    if seed % 2:
        return target(_reader(**options), [(i, b, u) for u, b, i in data], fmt="IBU")
    return target(_reader(**options), data)


def node_degree(target, seed):
    rng = _rng(seed)
    this = SimpleNamespace(map_rid=rng.integers(0, 5, 9), map_cid=rng.integers(0, 5, 9))
    options = [
        {},
        {"in_ids": [0, 1, 2]},
        {"out_ids": {1, 3}},
        {"in_ids": {0, 4}, "out_ids": [0, 1, 2, 3]},
    ][seed % 4]
    return {int(k): np.asarray(v) for k, v in target(this, **options).items()}


def build_sentiment(target, seed):
    rng = _rng(seed)
    raw = [
        (
            f"u{rng.integers(4)}",
            f"i{rng.integers(4)}",
            [
                (
                    str(rng.choice(["size", "price", "taste"])),
                    str(rng.choice(["good", "bad", "ok"])),
                    str(rng.choice([-1, 1])),
                )
                for _ in range(int(rng.integers(0, 4)))
            ],
        )
        for _ in range(8)
    ]
    this = SimpleNamespace(raw_data=raw)
    ratings = (rng.random((3, 4)) < 0.7).astype(float)
    target(this, {"u0": 0, "u1": 1, "u2": 2}, {"i0": 0, "i1": 1, "i3": 3}, sp.dok_matrix(ratings))
    return [
        {k: dict(v) for k, v in this.user_sentiment.items()},
        {k: dict(v) for k, v in this.item_sentiment.items()},
        dict(this.sentiment),
        dict(this.aspect_id_map),
        dict(this.opinion_id_map),
    ]


def validate_size(seed):
    return [
        (0.1, 0.2, 100),
        (None, 0.3, 11),
        (2, 3, 10),
        (0.15, None, 7),
        (None, None, 5),
        (5, 0.5, 21),
        (-1, 0.2, 10),
        (0.1, -0.2, 10),
        (10, 1, 10),
        (1, 12, 10),
        (0.5, 0.5, 10),
        (1, 1, 3),
        (0.01, 0.01, 10),
        (0, 0.9, 10),
        (0.4, 0.61, 10),
        (0.99, None, 50),
    ][seed]
