import jax.numpy as jnp
import numpy as np


def _rng(seed):
    return np.random.default_rng(31000 + seed)


def _probs(rng, shape):
    p = rng.random(shape).astype(np.float32) + 0.05
    return jnp.asarray(p / p.sum(-1, keepdims=True))


def kl_categorical(target, seed):
    import distrax

    rng = _rng(seed)
    a = np.array(_probs(rng, (2, 4)))
    if seed % 2:
        a[0] = [0, 0.5, 0.5, 0]
    return np.asarray(
        target(
            distrax.Categorical(probs=jnp.asarray(a)),
            distrax.Categorical(
                logits=jnp.asarray(rng.normal(size=(2, 4 + (seed == 7))).astype(np.float32))
            ),
        )
    )


def kl_beta(target, seed):
    import distrax

    rng = _rng(seed)
    a, b, c, d = (jnp.asarray((rng.random(3) * 4 + 0.2).astype(np.float32)) for _ in range(4))
    return np.asarray(target(distrax.Beta(a, b), distrax.Beta(c, d)))


def normalize_bin_sizes(target, seed):
    x = jnp.asarray(_rng(seed).normal(size=(2, 4)).astype(np.float32))
    return np.asarray(
        target(x, [1.0, 2.0, 0.5][seed % 3], [0.0, 0.1, 0.05, 0.2][seed % 4] if seed != 7 else 0.9)
    )
