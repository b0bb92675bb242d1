import jax.numpy as jnp
import numpy as np


def _rng(seed):
    return np.random.default_rng(34000 + seed)


def _array(seed, *shape):
    return jnp.asarray(_rng(seed).normal(size=shape).astype(np.float32))


def attention_weights(target, seed):
    q, k = _array(seed, 3, 4), _array(seed + 9, 5, 4)
    mask = None if seed % 2 else jnp.asarray(_rng(seed).random((3, 5)) < 0.6)
    if seed == 6:
        mask = jnp.ones((3, 4), bool)
    if seed == 3:
        q, k = q.astype(jnp.float16), k.astype(jnp.float16)
    return np.asarray(target(q, k, mask))


def rotary(target, seed):
    from equinox.nn import _embedding

    # Tables are kept by size and dtype, whatever theta is: one seed's must not serve the next.
    _embedding.internal_rope_embedding_cache.clear()
    size = [4, 6, 8][seed % 3]
    if seed == 7:
        return target(5)
    layer = (
        target(size)
        if seed % 2
        else target(embedding_size=size, theta=[100.0, 10_000.0][seed % 4 == 0])
    )
    return np.asarray(layer(_array(seed, 4, size)))


def adaptive_pool(target, seed):
    return np.asarray(
        target(
            _array(seed, [6, 7, 9][seed % 3]), [3, 2, 4, 1][seed % 4], [jnp.max, jnp.mean][seed % 2]
        )
    )


def tree_equal(target, seed):
    a = {"x": jnp.arange(3.0), "y": [1, "s"], "z": np.ones(2)}
    b = {"x": jnp.arange(3.0), "y": [1, "s"], "z": np.ones(2)}
    if seed == 1:
        b["x"] = b["x"] + 1e-7
        return [bool(target(a, b)), bool(target(a, b, rtol=1e-3, atol=1e-3))]
    if seed == 2:
        b["y"][1] = "t"
    if seed == 3:
        b["z"] = np.ones(3)
    if seed == 4:
        b["x"] = b["x"].astype(jnp.int32)
    if seed == 5:
        b.pop("z")
    if seed == 6:
        return [bool(target(a)), bool(target(a, b, a)), 6]
    if seed == 7:
        b["z"] = jnp.ones(2)
        return [bool(target(a, b)), bool(target(a, b, typematch=True)), 7]
    if seed == 8:
        b["y"][0] = 1.0
        return [bool(target(a, b)), bool(target(a, b, typematch=True)), 8]
    if seed == 9:
        a["x"] = b["x"] = jnp.array([jnp.nan, 1.0])
        return [bool(target(a, b)), 9]
    return [bool(target(a, b)), seed % 2]
