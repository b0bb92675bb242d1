import numpy as np


def _rng(seed):
    return np.random.default_rng(19000 + seed)


def macro_averaged_mae(target, seed):
    rng = _rng(seed)
    n = int(rng.integers(6, 14))
    truth = np.concatenate([np.arange(3), rng.integers(0, 3, n)])
    guess = np.concatenate([np.arange(3)[::-1], rng.integers(0, 3, n)])
    options = {"sample_weight": rng.random(n + 3) + 0.1} if seed % 2 else {}
    if seed == 8:
        guess = guess[:-1]
    return float(target(list(truth) if seed % 3 else truth, guess, **options))


def in_danger_noise(target, seed):
    rng = _rng(seed)
    k = 3 + seed % 3
    neighbours = rng.integers(0, 9, (6, k))

    class Finder:
        n_neighbors = k

        def kneighbors(self, samples, return_distance=True):
            return neighbours if not return_distance else (neighbours * 0.1, neighbours)

    y = rng.integers(0, 2, 9)
    options = [{}, {"kind": "noise"}, {"kind": "danger"}][seed % 3]
    if seed in (1, 4):
        y[neighbours[0]] = 1
    return target(None, Finder(), np.zeros((6, 2)), 0, y, **options)


def sampling_strategy_dict(seed):
    y = np.array([0] * 5 + [1] * 3 + [2] * 8)
    cases = [
        ({0: 7, 1: 3}, "over-sampling"),
        ({0: 5, 1: 9, 2: 8}, "over-sampling"),
        ({2: 4}, "under-sampling"),
        ({0: 5, 1: 0}, "under-sampling"),
        ({}, "over-sampling"),
        ({1: 2}, "under-sampling"),
        ({5: 2}, "over-sampling"),
        ({0: -1}, "under-sampling"),
        ({0: 4}, "over-sampling"),
        ({0: 6}, "under-sampling"),
        ({0: 3}, "clean-sampling"),
        ({1: 30, 0: 6}, "over-sampling"),
    ]
    return cases[seed][0], y, cases[seed][1]


def sampling_strategy_float(seed):
    y = np.array([0] * 12 + [1] * 5)
    cases = [
        (0.8, "over-sampling"),
        (1.0, "over-sampling"),
        (0.5, "under-sampling"),
        (0.9, "under-sampling"),
        (0.3, "over-sampling"),
        (0.2, "under-sampling"),
        (0.5, "clean-sampling"),
        (0.7, "over-sampling"),
        (0.6, "under-sampling"),
        (0.5, "over-sampling"),
        (0.66, "over-sampling"),
        (0.5, "over-sampling"),
    ]
    ratio, kind = cases[seed]
    if seed == 9:
        y = np.append(y, 2)
    return ratio, (np.array(["b", "a"])[y] if seed == 7 else y), kind
