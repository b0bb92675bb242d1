from types import SimpleNamespace

import numpy as np
import pandas as pd


def _rng(seed):
    return np.random.default_rng(1000 + seed)


def _forecast(seed, n=None, outputs=None):
    """A truth and a forecast: 1-d, 2-d, series or frame by seed."""
    rng = _rng(seed)
    n = n or int(rng.integers(3, 9))
    outputs = outputs if outputs is not None else (0, 2, 3)[seed % 3]
    shape = (n, outputs) if outputs else (n,)
    true = np.round(rng.normal(0, 3, shape), 2)
    pred = np.round(true + rng.normal(0, 1.5, shape), 2)
    if seed % 4 == 1:
        pred[0] = true[0]
    return true, pred


def _weights(seed, n):
    return _rng(seed + 50).integers(1, 6, n).astype(float)


def _multi(seed, outputs):
    if not outputs:
        return [{}, {"multioutput": "raw_values"}, {"multioutput": "uniform_average"}][seed % 3]
    return [
        {"multioutput": list(np.arange(1.0, outputs + 1))},
        {"multioutput": "raw_values"},
        {},
        {"multioutput": "uniform_average"},
    ][seed % 4]


def _outputs(true):
    return true.shape[1] if true.ndim == 2 else 0


def mean_squared_scaled_error(target, seed):
    true, pred = _forecast(seed)
    options = _multi(seed, _outputs(true))
    rng = _rng(seed + 7)
    train = np.round(rng.normal(0, 2, (12 + seed % 4, *true.shape[1:])), 2)
    if seed % 2:
        options["sp"] = 2 + seed % 3
    if seed % 3 == 0:
        options["square_root"] = True
    if seed in (4, 5, 8):
        options["horizon_weight"] = _weights(seed, len(true))
    if seed == 9:
        train = np.ones((6, *true.shape[1:]))
        options.pop("sp", None)
    if seed == 10:
        return target(true, pred, **options)
    if seed == 11:
        train = np.ones((6, 5))
    if seed == 12:
        options["horizon_weight"] = np.ones(len(true) + 2)
    return target(true, pred, y_train=train, **options)


def geometric_mean_absolute_error(target, seed):
    true, pred = _forecast(seed)
    options = _multi(seed, _outputs(true))
    if seed in (0, 2, 4, 5, 7, 8):
        options["horizon_weight"] = (
            _rng(seed).integers(1, 6, (len(true), _outputs(true) or 1)).astype(float)
        )
    if seed == 10:
        options["horizon_weight"] = np.ones((len(true) + 1, 1))
    if seed == 11:
        true, pred = pd.Series([1.0, 2.0, 4.0]), pd.Series([1.5, 2.0, 1.0])
    return target(true, pred, **options)


def median_relative_absolute_error(target, seed):
    true, pred = _forecast(seed)
    options = _multi(seed, _outputs(true))
    bench = np.round(true + _rng(seed + 9).normal(0, 2, true.shape), 2)
    if seed % 4 == 2:
        bench[1] = true[1]
    if seed in (2, 4, 5, 8, 9):
        options["horizon_weight"] = _weights(seed, len(true))
    if seed == 10:
        return target(true, pred, **options)
    if seed == 11:
        options["horizon_weight"] = np.ones(len(true) + 1)
    return target(true, pred, y_pred_benchmark=bench, **options)


def mean_arctangent_absolute_percentage_error(target, seed):
    true, pred = _forecast(seed)
    options = _multi(seed, _outputs(true))
    if seed % 3 == 1:
        true[-1] = 0
    if seed % 3 == 0:
        options["relative_to"] = "y_pred"
    if seed in (1, 3, 7):
        options["eps"] = 0.8
    if seed in (2, 4, 6, 9):
        options["horizon_weight"] = _weights(seed, len(true))
    if seed in (4, 5, 8):
        options["sample_weight"] = _weights(seed + 1, len(true))
    return target(true, pred, **options)


def padded_f1(seed):
    rng = _rng(seed)
    true = np.sort(rng.choice(40, size=int(rng.integers(1, 6)), replace=False))
    pred = np.sort(rng.choice(40, size=int(rng.integers(1, 7)), replace=False))
    pad = [1, 2, 3, 0.5, 5][seed % 5]
    if seed == 3:
        pred = pred[:0]
    if seed == 5:
        true, pred, pad = [5, 10], [3, 8, 12, 7], 2
    if seed == 6:
        true, pred, pad = [5, 7, 20], [6, 6, 19, 30], 2
    if seed == 8:
        start = pd.Timestamp("2024-01-01")
        days = pd.Timedelta(days=1)
        return (
            pd.Series([start + days * int(i) for i in true]),
            pd.Series([start + days * int(i) for i in pred]),
            pd.Timedelta(days=2),
        )
    if seed == 9:
        return pd.Series([], dtype=float), pd.Series([], dtype=float), 1
    if seed % 2:
        return list(map(int, true)), list(map(int, pred)), pad
    return pd.Series(true, dtype=float), pd.Series(pred, dtype=float), pad


def ts_precision_and_recall(target, seed):
    rng = _rng(seed)
    n = int(rng.integers(10, 30))
    truth = (rng.random(n) < 0.5).astype(int)
    guess = (rng.random(n) < 0.4).astype(int)
    options = {}
    if seed % 3 == 1:
        options["alpha"] = 0.3
    if seed % 4 == 2:
        options["weighted_precision"] = True
    if seed % 4 == 3:
        options["precision_bias_fn"] = lambda inside: float(np.mean(inside)) ** 2
        options["recall_cardinality_fn"] = lambda count, length: 1.0 / count
    if seed % 5 == 3:
        options["recall_bias_fn"] = lambda inside: float(inside[0])
        options["precision_cardinality_fn"] = lambda count, length: 0.5 if count > 1 else 1.0
    if seed == 5:
        guess[:] = 0
    if seed == 6:
        truth[:] = 0
        guess[:] = 0
    if seed == 7:
        truth[:] = 0
        guess[2] = 1
    if seed == 9:
        options["anomaly_ranges"] = [(0, 4), (6, 9)]
        options["prediction_ranges"] = [(2, 5), (8, 9)]
        options["weighted_precision"] = True
    return target(truth, guess, **options)


def compute_overlap(target, seed):
    rng = _rng(seed)
    n = 40

    def windows(density):
        bits = np.repeat((rng.random(n // 2) < density).astype(int), 2)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], bits, [0]])))
        return bits, [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2])]

    bits, pred = windows(0.45)
    _, true = windows(0.4 + 0.1 * (seed % 3))
    if not true:
        true = [(3, 9)]
    if seed == 4:
        pred = [(2, 4), (5, 7), (9, 30)]
        true = [(3, 10), (12, 15), (29, 33)]
        bits = np.zeros(n, int)
        for a, b in pred:
            bits[a:b] = 1
    bias = [lambda inside: float(np.mean(inside)), lambda inside: float(np.sum(inside) * 0.1)][
        seed % 2
    ]
    cardinality = [lambda count, length: 1 / count, lambda count, length: count / length][
        seed % 3 == 1
    ]
    return target(
        bits, pred, true, [0.0, 0.25, 0.6][seed % 3], bias, cardinality, seed % 4 in (1, 2)
    )


def weighted_percentile(target, seed):
    rng = _rng(seed)
    n = int(rng.integers(1, 9))
    array = np.round(rng.normal(0, 5, (n, 3) if seed % 2 else n), 1)
    weight = rng.integers(0 if seed % 3 == 0 else 1, 5, array.shape if seed % 4 == 1 else n).astype(
        float
    )
    weight[..., -1] += 1
    if seed == 4:
        return target(np.array(3.5), np.array(1.0))
    if seed == 6:
        return target(np.array([3.0, 1.0, 2.0, 5.0]), np.array([0.0, 0.0, 2.0, 1.0]), 0)
    if seed == 8:
        return target(
            np.array([[4.0, 1.0], [4.0, 2.0], [1.0, 0.0]]), np.array([1.0, 1.0, 2.0]), 100
        )
    if seed == 10:
        return target(np.array([4.0, 3.0, 2.0, 1.0]), np.ones(4), 25)
    return (
        target(array, weight)
        if seed % 5 == 0
        else target(array, weight, [50, 10, 75, 33.3][seed % 4])
    )


def stratified_resample(target, seed):
    rng = _rng(seed)
    classes = np.arange(2 + seed % 2)
    if seed % 3 == 0:
        classes = np.array(["b", "a", "c"])[: len(classes)]
    train = np.concatenate([classes, rng.choice(classes, 5)])
    test = np.concatenate([rng.choice(classes, 4), classes])
    if seed == 7:
        test = np.array([classes[0]] * 4)
    first = pd.DataFrame({"u": rng.normal(size=len(train)), "v": np.arange(len(train))})
    second = pd.DataFrame({"u": rng.normal(size=len(test)), "v": 100 + np.arange(len(test))})
    return list(
        target(first, train, second, test, np.random.RandomState(seed) if seed == 4 else seed)
    )


def make_seeded_intervals(seed):
    n = [10, 20, 33, 50, 7, 12, 100, 25, 5, 64, 40, 17, 30, 21][seed]
    low = [2, 3, 2, 5, 2, 12, 10, 4, 6, 8, 3, 5, 7, 2][seed]
    high = [10, 20, 15, 30, 50, 12, 60, 3, 10, 64, 17, 17, 22, 9][seed]
    if seed % 3 == 0:
        return n, low, high
    return n, low, high, [1.5, 2.0, 1.2, 1.7][seed % 4]


def _scored(seed):
    rng = _rng(seed)
    k = int(rng.integers(4, 14))
    starts = rng.integers(0, 30, k)
    ends = starts + rng.integers(2, 12, k)
    scores = np.round(rng.normal(0.5, 1, k), 2)
    best = starts + rng.integers(0, 100, k) % (ends - starts)
    return scores, best, starts, ends


def narrowest_selection(seed):
    scores, best, starts, ends = _scored(seed)
    if seed == 5:
        scores = -np.abs(scores)
    if seed == 6:
        scores[:] = 0.0
        scores[0] = 1.0
    if seed == 7:
        ends = starts + 5
        best = starts + np.arange(len(starts)) % 5
    return scores, best, starts, ends


def make_nonlinear_chi2_penalty(seed):
    return [
        (1, 100, 5),
        (2, 50, 3),
        (1, 10, 1),
        (3, 1000, 10),
        (1, 1, 4),
        (2, 20, 2),
        (1, 7, 6),
        (0, 10, 3),
        (1, 0, 3),
        (1, 10, 0),
        (4, 30, 1),
        (1, 500, 2),
    ][seed]


def _points(out):
    if isinstance(out.index, pd.IntervalIndex):
        return [[(int(i.left), int(i.right), i.closed) for i in out.index], [int(v) for v in out]]
    return [list(map(int, out.index)), list(map(int, out))]


def dense_to_sparse(target, seed):
    rng = _rng(seed)
    if seed % 2:
        dense = pd.Series((rng.random(12) < 0.3).astype(int))
        dense[0] = 0
        if seed == 3:
            dense = dense * 2
        if seed == 5:
            dense = pd.DataFrame({"labels": dense})
        if seed == 7:
            dense = [0, 1, 0, 0, -1]
    else:
        labels = rng.choice([-1, 1, 2, 3], 5)
        dense = pd.Series(np.repeat(labels, rng.integers(1, 4, 5) + 1))
        if seed == 4:
            dense = pd.DataFrame({"labels": dense})
    return _points(target(dense))


def select_by_bottom_up(seed):
    rng = _rng(seed)
    bandwidths = [[3, 5], [10, 4, 6], [2, 8, 4], [5]][seed % 4]
    scores = rng.normal(0, 1, (40, len(bandwidths)))
    if seed == 5:
        scores = -np.abs(scores)
    if seed % 3 == 0:
        scores = np.maximum(scores, 0)
    return scores, bandwidths, [0.5, 1.0, 0.2][seed % 3]


def select_by_local_optimum(seed):
    rng = _rng(seed)
    scores = np.round(rng.normal(-0.2 if seed % 2 else 0.1, 1, int(rng.integers(10, 40))), 1)
    if seed == 5:
        scores = -np.abs(scores)
    return scores, seed % 6


def igts(target, seed):
    rng = _rng(seed)
    n = int(rng.integers(15, 30))
    x = rng.random((n, 2 + seed % 2)) + 0.1
    x[n // 2 :, 0] += 3
    x[: n // 3, 1] += 2
    model = target(k_max=1 + seed % 3, step=[1, 3, 4][seed % 3]) if seed % 4 else target(k_max=2)
    if seed == 9:
        x = x[:, :1]
    points = model.find_change_points(x)
    steps = [
        (r.k, float(r.score), list(map(int, r.change_points))) for r in model.intermediate_results_
    ]
    gain = target.information_gain_score(x, [0, n // 2, n])
    return [
        list(map(int, points)),
        steps,
        float(gain),
        model.get_candidates(n, points),
        model.identity(x),
    ]


def _folds(iterator):
    return [(np.asarray(a), np.asarray(b)) for a, b in iterator]


def sliding_greedy_split(target, seed):
    y = pd.RangeIndex([10, 12, 15, 7][seed % 4])
    if seed % 3 == 2:
        y = pd.MultiIndex.from_tuples(
            [(g, t) for g, k in (("a", 6), ("b", 4 + seed % 2)) for t in range(k)], names=["g", "t"]
        )
    this = SimpleNamespace(
        train_size=[3, 4, 0.25, 2, 0.4][seed % 5],
        test_size=[1, 2, 0.15][seed % 3 if seed % 2 else 1],
        folds=1 + seed % 4,
        step_length=[None, 1, 3][seed % 3],
    )
    folds = _folds(target(this, y))
    return [folds, getattr(this, "fh", None)]


def temporal_split(target, seed):
    y = pd.RangeIndex([10, 13, 4, 21][seed % 4])
    train = [None, 0.5, None, 4, 0.33, None, 0.6, 100, 3, 0.7, 2, None, 5, 0.25][seed]
    test = [None, None, 3, 3, 0.4, 0.31, 0.2, 2, None, 0.55, 1, 50, 100, 4][seed]
    this = SimpleNamespace(
        train_size=train, test_size=test, anchor="end" if seed in (3, 4, 6, 9, 10, 12) else "start"
    )
    return _folds(target(this, y))


def get_n_from_n_timepoints(target, seed):
    cases = [
        (10,),
        (50, "log"),
        (9, 9),
        (20, 0.33),
        (12, lambda k: k / 5),
        (1, "log"),
        (30, 0.01),
        (7, 1.0),
        (5, 6),
        (5, 0),
        (5, "cube"),
        (5, 1.5),
        (0, 1),
        (17, 4),
        (5.5, 2),
        (40, None),
    ]
    return int(target(*cases[seed]))


def kinematic_features(target, seed):
    rng = _rng(seed)
    frame = pd.DataFrame(
        np.round(rng.normal(size=(int(rng.integers(4, 9)), 1 + seed % 3)), 2),
        columns=list("xyz")[: 1 + seed % 3],
    )
    features = [
        ["v_abs", "a_abs", "curv"],
        ["v"],
        ["a", "v"],
        ["curv"],
        ["a_abs"],
        ["v_abs", "v"],
        ["a", "curv"],
    ][seed % 7]
    return target(SimpleNamespace(_features=features), frame)


def adi_cv(target, seed):
    rng = _rng(seed)
    values = rng.integers(1, 20 if seed % 2 else 4, 14) * (
        rng.random(14) < [0.9, 0.5, 0.3][seed % 3]
    )
    values[2], values[9] = 5, 6
    features = [["adi", "cv2", "class"], ["class", "adi"], ["cv2"], ["class"]][seed % 4]
    this = SimpleNamespace(
        features_internal=features,
        adi_trim_handling=["trim", "pool", "ignore"][seed % 3],
        adi_threshold=[1.32, 2.0][seed % 2],
        cv_threshold=[0.49, 0.2][(seed // 2) % 2],
    )
    if seed == 8:
        this.adi_trim_handling, this.adi_threshold = "pool", 2.0
        values = np.array([3, 0, 4, 0, 5, 0])
        this.features_internal = ["class", "adi", "cv2"]
    return target(this, pd.Series(values.astype(float)))


def hog1d(target, seed):
    rng = _rng(seed)
    x = np.round(rng.normal(0, 2, int(rng.integers(1, 12))), 1)
    this = SimpleNamespace(
        num_bins=[8, 4, 1, 5][seed % 4], scaling_factor=[0.1, 1.0, 2.0][seed % 3]
    )
    if seed == 5:
        x = np.ones(6)
    if seed == 6:
        x, this = (
            np.array([0.0, 1.0, 2.0, 3.0, 1.0, -1.0]),
            SimpleNamespace(num_bins=4, scaling_factor=1.0),
        )
    return target(this, x)


def slope_gradient(target, seed):
    rng = _rng(seed)
    y = list(np.round(rng.normal(0, 2, int(rng.integers(1, 9))) + [0, 1, -1][seed % 3] * 0.5, 2))
    if seed == 4:
        y = [2.0, 2.0, 2.0]
    if seed == 5:
        y = [1, 2, 3, 4]
    if seed == 6:
        y = np.array([5.0, 3.0, 1.0])
    return float(target(None, y))
