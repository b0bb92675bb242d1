import jax.numpy as jnp
import numpy as np


def _rng(seed):
    return np.random.default_rng(33000 + seed)


def calculate_bias_shape(target, seed):
    shape = [(2, 3, 4), (8, 5), (2, 3, 4, 5), (7, 2)][seed % 4]
    dims = [None, [-1], [1], [], [0], [1, 2], [-2]][seed % 7]
    if seed == 5:
        shape = (2, 3, 4)
    return [int(v) for v in target(shape, dims)]


def compute_fans(target, seed):
    shape, axes = [
        ((), None),
        ((5,), None),
        ((3, 4), None),
        ((2, 3, 4, 5), None),
        ((2, 3, 4), [0, 1]),
        ((2, 3, 4, 5), [0, 2]),
        ((7, 2), [1]),
        ((3, 3, 6, 8), None),
        ((4, 5, 6), None),
        ((2, 3, 4, 5), [3]),
    ][seed]
    return [float(v) for v in (target(shape) if axes is None else target(shape, axes))]


def avg_pool(target, seed):
    x = jnp.asarray(_rng(seed).normal(size=(2, 5, 4, 3)).astype(np.float32))
    window, strides = [(2, 2), ((1, 2, 2, 1), 1), (3, 2), ((2, 3, 1), (1, 2, 1))][seed % 4]
    if seed == 7:
        return np.asarray(target(x, 2, 1, "FULL"))
    return np.asarray(target(x, window, strides, ["SAME", "VALID"][(seed // 2) % 2]))
