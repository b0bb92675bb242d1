import numpy as np


def _rng(seed):
    return np.random.default_rng(6000 + seed)


def extract_metric_and_params(seed):
    return (
        [
            "ndcg@10",
            "map",
            "rbp.95",
            "rbp@8",
            "precision@5-l2",
            "mrr-l3",
            "rbp",
            "recall@100",
            "rbp.8-l2",
            "f1@1",
            "hit_rate@20-l4",
            "bpref",
            "rbp.123",
            "rbp-l2",
        ][seed],
    )


def tukey_hsd_test(target, seed):
    rng = _rng(seed)
    k = 2 + seed % 3
    scores = [rng.random(6 + seed % 4) * 0.4 + 0.25 * j * (seed % 2) for j in range(k)]
    return [
        {key: (v if isinstance(v, str) else float(v)) for key, v in row.items()}
        for row in target([f"m{j}" for j in range(k)], scores, [0.01, 0.05, 0.3][seed % 3])
    ]


def compute_statistical_significance(target, seed):
    rng = _rng(seed)
    names = [f"m{j}" for j in range(2 + seed % 2)]
    scores = {
        name: {m: rng.random(8) * 0.5 + 0.2 * j for m in ["map", "mrr"][: 1 + seed % 2]}
        for j, name in enumerate(names)
    }
    out = (
        target(
            names,
            scores,
            stat_test=["student", "tukey"][seed % 2],
            max_p=[0.01, 0.1, 0.5][seed % 3],
        )
        if seed != 4
        else target(names, scores, "student")
    )
    pairs = getattr(out, "_map", out).items()
    return sorted(
        (
            [
                sorted(k),
                {m: {"p": float(v["p_value"]), "s": bool(v["significant"])} for m, v in d.items()},
            ]
            for k, d in pairs
        ),
        key=str,
    )


def weighted_condorcet_compare(target, seed):
    rng = _rng(seed)
    runs = [rng.permutation(5) if seed % 2 else rng.integers(0, 3, 5) for _ in range(3)]
    weights = [[1.0, 1.0, 2.0], [0.2, 0.5, 0.3], [1, 0, 1]][seed % 3]
    return [[target(x, y, runs, weights) for y in range(5)] for x in range(5)]


def report_metric_label(target, seed):
    return target(
        None,
        [
            "ndcg@10",
            "map",
            "mrr@5-l2",
            "precision-l3",
            "recall@100",
            "hit_rate@1",
            "f1-l2",
            "bpref",
            "unknown@3",
            "ndcg_burges@7",
            "r-precision",
            "hits@3-l10",
        ][seed],
    )
