import numpy as np
import pandas as pd


def _rng(seed):
    return np.random.default_rng(18000 + seed)


def convex_hull(target, seed):
    rng = _rng(seed)
    n = int(rng.integers(1, 12))
    frame = (
        pd.DataFrame(
            {
                "x": np.round(rng.random(n), 1),
                "y": np.round(rng.random(n), 1),
                "operation": list(range(n)),
            }
        )
        .sort_values(["x", "y"])
        .reset_index(drop=True)
    )
    if seed == 4:
        frame["y"] = frame["x"]
    if seed == 5:
        frame["extra"] = 1
    return target(frame)


def _curve(seed):
    rng = _rng(seed)
    x = np.concatenate(
        [[0.0], np.sort(rng.choice(np.arange(1, 20), 3 + seed % 3, replace=False)) / 20, [1.0]]
    )
    return x, np.sqrt(x), [f"op{i}" for i in range(len(x))]


def interpolation_indices(seed):
    x, _, _ = _curve(seed)
    return np.linspace(0, 1, 4 + seed) if seed % 3 else np.sort(
        np.concatenate([x, [0.01, 0.99]])
    ), x


def labels_for_confusion(target, seed):
    labels, positive = [
        ([0, 1, 1], None),
        ([-1, 1], None),
        ([0, 0], None),
        ([1], None),
        ([-1], None),
        ([2, 3], 3),
        ([2, 3], 2),
        ([2, 3], 4),
        ([2, 3], None),
        ([1, 2, 3], 1),
        (["a", "b"], "a"),
        ([5], 7),
        ([0, 1], 0),
        ([7], 7),
    ][seed]
    return (
        [v if isinstance(v, str) else int(v) for v in target(np.array(labels), positive)]
        if not isinstance(labels[0], str)
        else [str(v) for v in target(np.array(labels), positive)]
    )


def correlation_remover(target, seed):
    rng = _rng(seed)
    x = rng.normal(size=(8, 4))
    x[:, 2] += x[:, 0]
    x[:, 3] -= 0.5 * x[:, 1]
    options = [
        {"sensitive_feature_ids": [0]},
        {"sensitive_feature_ids": [0, 1], "alpha": 0.5},
        {"sensitive_feature_ids": [], "alpha": 1},
        {"sensitive_feature_ids": [3], "alpha": 0},
    ][seed % 4]
    frame = pd.DataFrame(x, columns=list("abcd"))
    if seed % 3 == 1:
        options["sensitive_feature_ids"] = [
            list("abcd")[i] for i in options["sensitive_feature_ids"]
        ]
        model = target(**options).fit(frame)
        return [np.asarray(model.transform(frame.iloc[:5])), list(model.get_feature_names_out())]
    if seed == 8:
        options["sensitive_feature_ids"] = [9]
    model = target(**options).fit(x)
    if seed == 9:
        return model.transform(x[:, :3])
    return [np.asarray(model.transform(x[:5] + 1)), model.beta_, model.sensitive_mean_]
