from collections import defaultdict
from types import SimpleNamespace

import numpy as np
import torch


def _gen(seed):
    return torch.Generator().manual_seed(15000 + seed)


def _rng(seed):
    return np.random.default_rng(15000 + seed)


def _embeddings(seed, n, k=2):
    gen = _gen(seed)
    return [torch.randn(n, 4, generator=gen) for _ in range(k)]


def cosent(target, seed):
    from sentence_transformers.util import pairwise_cos_sim

    n = 1 + seed % 6
    labels = torch.tensor(_rng(seed).integers(0, 4, n) / 4.0)
    if seed % 4 == 1:
        labels = labels > 0.4
    if seed % 4 == 2:
        labels = labels.unsqueeze(1)
    if seed == 10:
        labels = torch.zeros(n + 1)
    this = SimpleNamespace(
        similarity_fct=pairwise_cos_sim if seed % 3 else lambda a, b: (a * b).sum(-1),
        scale=[20.0, 1.0, 5.0][seed % 3],
    )
    embeddings = _embeddings(seed, n)
    return target(this, embeddings, labels)


def online_contrastive(target, seed):
    n = 2 + seed % 6
    labels = torch.tensor(_rng(seed).integers(0, 2, n))
    if seed == 3:
        labels[:] = 1
    if seed == 4:
        labels[:] = 0
    if seed == 5:
        labels[0] = 2
    if seed == 6:
        labels = labels.unsqueeze(1)
    if seed == 10:
        labels = labels[:-1]
    this = SimpleNamespace(
        distance_metric=lambda a, b: 1 - torch.cosine_similarity(a, b),
        margin=[0.5, 1.5][seed % 2],
        _checked_labels=seed % 3 == 0,
    )
    return [target(this, _embeddings(seed, n), labels), this._checked_labels]


def batch_hard_soft_margin(target, seed):
    n = 2 + seed % 6
    labels = torch.tensor(_rng(seed).integers(0, 3, n))
    if seed == 4:
        labels[:] = 1
    if seed == 10:
        labels = labels[:-1]
    if seed == 6:
        labels = labels.unsqueeze(1)
    this = SimpleNamespace(distance_metric=lambda e: torch.cdist(e, e, p=1 + seed % 2))
    return target(this, labels, _embeddings(seed, n, 1)[0])


def whitespace_tokenize(target, seed):
    text = [
        "The cat sat, on the Mat!",
        "(Dog) DOG dog. 'the'",
        "",
        "... a A! --",
        "Cat's cat, Cat? CAT",
        "the THE, and And",
    ][seed % 6]
    this = SimpleNamespace(
        do_lower_case=seed % 2 == 1,
        stop_words=[{"the", "a"}, set(), {"The", "and"}][seed % 3],
        word2idx={
            w: i
            for i, w in enumerate(["cat", "mat", "dog", "the", "Dog", "Mat!", "and", "sat", "Cat?"])
        },
    )
    return target(this, text)


def add_transitive_closure(target, seed):
    rng = _rng(seed)
    graph = defaultdict(lambda: defaultdict(bool))
    for _ in range(5):
        a, b = (f"n{v}" for v in rng.choice(8, 2, replace=False))
        value = bool(rng.random() < 0.8)
        graph[a][b] = graph[b][a] = value
    out = target(graph)
    return {k: {m: bool(v) for m, v in d.items()} for k, d in out.items()}
