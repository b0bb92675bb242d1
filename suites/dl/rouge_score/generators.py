import collections

import numpy as np


def _rng(seed):
    return np.random.default_rng(14000 + seed)


_WORDS = ["the", "cat", "sat", "on", "mat", "a", "dog", "running"]


def _tokens(rng, low=0, high=9):
    return [str(w) for w in rng.choice(_WORDS, int(rng.integers(low, high)))]


def _plain(score):
    return [float(score.precision), float(score.recall), float(score.fmeasure)]


def score_ngrams(target, seed):
    rng = _rng(seed)
    n = 1 + seed % 2
    counts = []
    for _ in range(2):
        tokens = _tokens(rng, 2, 10)
        counts.append(
            collections.Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
        )
    if seed == 4:
        counts[0] = collections.Counter()
    if seed == 5:
        counts[1] = collections.Counter()
    return _plain(target(*counts))


def summary_level_lcs(target, seed):
    rng = _rng(seed)
    a, b = (
        [_tokens(rng, 1 if seed != 6 else 0, 6) for _ in range(1 + (seed + k) % 3)]
        for k in range(2)
    )
    if seed == 4:
        a = []
    if seed == 5:
        b = [[], []]
    return _plain(target(a, b))


def backtrack_norec(target, seed):
    rng = _rng(seed)
    a, b = _tokens(rng), _tokens(rng)
    t = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            t[i][j] = t[i - 1][j - 1] + 1 if a[i - 1] == b[j - 1] else max(t[i - 1][j], t[i][j - 1])
    return target(t, a, b)


def rouge_scorer_score(target, seed):
    from rouge_score.rouge_scorer import RougeScorer

    rng = _rng(seed)
    a, b = (
        "\n".join(" ".join(_tokens(rng, 1)) + "." for _ in range(1 + seed % 3)),
        "\n".join(" ".join(_tokens(rng, 1)) for _ in range(2)),
    )
    types = [
        ["rouge1", "rouge2", "rougeL"],
        ["rougeLsum"],
        ["rougeL", "rougeLsum", "rouge3"],
        ["rouge1"],
    ][seed % 4]
    if seed == 8:
        types = ["rouge0"]
    if seed == 9:
        types = ["rougeX"]
    if seed == 10:
        b = "\n\n"
    return {
        k: _plain(v) for k, v in target(RougeScorer(types, use_stemmer=seed % 2 == 1), a, b).items()
    }
