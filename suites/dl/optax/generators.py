import jax
import jax.numpy as jnp
import numpy as np


def _rng(seed):
    return np.random.default_rng(30000 + seed)


def _plain(tree):
    return jax.tree.map(np.asarray, tree)


def cosine_similarity(target, seed):
    a, b = _rng(seed).normal(size=(2, 3, 4)).astype(np.float32)
    if seed == 4:
        a[0] = 0
    options = [
        {"epsilon": 1e-3},
        {},
        {"axis": 0},
        {"axis": None, "epsilon": 50.0},
        {"where": np.arange(4)[None] < 2},
    ][seed % 5]
    if seed == 4:
        options["epsilon"] = 1e-6
    return np.asarray(target(jnp.asarray(a), jnp.asarray(b), **options))


_STEPS = np.arange(0, 25)


def cosine_onecycle(target, seed):
    schedule = target(
        [20, 10, 24, 0][seed % 4 if seed == 7 else seed % 3],
        0.1 + 0.1 * seed,
        **[{}, {"pct_start": 0.5}, {"div_factor": 5.0, "final_div_factor": 10.0}][seed % 3],
    )
    return [float(schedule(int(s))) for s in _STEPS[::3]]


def _run(transform, seed, steps=3):
    """Three updates of a gradient transformation over a small tree."""
    rng = _rng(seed)
    params = {
        "w": jnp.asarray(rng.normal(size=(2, 3)).astype(np.float32)),
        "b": jnp.asarray(rng.normal(size=3).astype(np.float32)),
    }
    state = transform.init(params)
    out = []
    for _ in range(steps):
        grads = jax.tree.map(
            lambda p: jnp.asarray(rng.normal(0, 2, p.shape).astype(np.float32)), params
        )
        updates, state = transform.update(grads, state, params)
        out.append(_plain(updates))
    return [out, [np.asarray(leaf) for leaf in jax.tree.leaves(state)]]


def adaptive_clip(target, seed):
    transform = target([0.1, 0.5, 1.0, 5.0][seed % 4], **[{}, {"eps": 2.0}, {"axis": 0}][seed % 3])
    if seed == 7:
        transform.update({"w": jnp.ones(2)}, transform.init({"w": jnp.ones(2)}), None)
    return _run(transform, seed)


def nnls(target, seed):
    rng = _rng(seed)
    a = np.vstack([np.eye(3), 0.3 * rng.normal(size=(2, 3))]).astype(np.float32)
    x = np.maximum(rng.normal(size=3), 0).astype(np.float32)
    return np.asarray(
        target(
            jnp.asarray(a), jnp.asarray(a @ x + 0.05 * rng.normal(size=5).astype(np.float32)), 300
        )
    )
