import numpy as np


def _rng(seed):
    return np.random.default_rng(16000 + seed)


def _noise(seed, k=None):
    rng = _rng(seed)
    k = k or 2 + seed % 3
    m = rng.random((k, k)) + 2 * np.eye(k)
    return m / m.sum(axis=0)


def _probs(seed, n=12, k=None):
    rng = _rng(seed)
    k = k or 2 + seed % 3
    labels = np.concatenate([np.arange(k), rng.integers(0, k, n - k)])
    p = rng.random((n, k)) + 0.8 * np.eye(k)[labels] * (rng.random((n, 1)) < 0.7)
    return labels, p / p.sum(axis=1, keepdims=True)


def clip_noise_rates(target, seed):
    m = _noise(seed) + _rng(seed).normal(0, 0.3, (2 + seed % 3,) * 2)
    if seed % 4 == 0:
        m[0, 1] = 1.7
    before = m.copy()
    return [target(m), np.array_equal(before, m)]


def compute_inv_noise_matrix(target, seed):
    m = _noise(seed)
    py = _rng(seed + 1).random(len(m)) + 0.1
    py /= py.sum()
    return target(py, m) if seed % 2 else target(py, m, ps=m @ py * [1.0, 1.1][seed % 4 == 0])


def compute_confident_joint(target, seed):
    labels, probs = _probs(seed, n=15)
    options = [
        {},
        {"calibrate": False},
        {"calibrate": False, "return_indices_of_off_diagonals": True},
        {"thresholds": [0.4] * probs.shape[1], "calibrate": False},
    ][seed % 4]
    if seed == 7:
        options["thresholds"] = [1.5] * probs.shape[1]
    if seed == 8:
        return target(labels, probs, multi_label=True)
    out = target(labels, probs, **options)
    return list(out) if isinstance(out, tuple) else out


def subtract_confident_thresholds(target, seed):
    labels, probs = _probs(seed)
    if seed == 9:
        return target(None, probs)
    if seed % 2:
        return target(
            None if seed % 4 == 1 else labels,
            probs,
            confident_thresholds=np.linspace(0.3, 0.7, probs.shape[1]),
        )
    return target(labels, probs)
