import contextlib
import io
import warnings

import numpy as np


def silent(call):
    """The result, and whether nothing was printed."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        result = call()
    return result, not said.getvalue()


def rng(seed):
    return np.random.default_rng(seed + 500)


def robust_pca(target, seed):
    r = rng(seed)
    x = (
        np.einsum("ir,jr,kr->ijk", *[r.normal(size=(n, 2)) for n in (4, 3, 5)])
        if seed % 2
        else r.normal(size=(5, 2)) @ r.normal(size=(2, 4))
    )
    x = x + (r.random(x.shape) < 0.1) * 3
    kwargs = {"n_iter_max": [5, 12, 30][seed % 3], "verbose": 0}
    if seed % 3 == 1:
        kwargs["mask"] = (r.random(x.shape) < 0.8).astype(float)
    if seed % 4 == 2:
        kwargs.update(reg_E=0.3, reg_J=2.0, mu_init=0.01)
    if seed % 4 == 3:
        kwargs.update(learning_rate=1.5, mu_max=10.0)
    if seed == 7:
        kwargs.update(n_iter_max=200, tol=1e-2)
    if seed % 2:
        kwargs["return_errors"] = True
    out, quiet = silent(lambda: target(x, **kwargs))
    return [quiet, out[0], out[1], list(out[2]) if len(out) == 3 else None]


def cp_regressor(target, seed):
    r = rng(seed)
    x = r.normal(size=[(12, 3, 2), (15, 4, 2), (10, 2, 2, 2)][seed % 3])
    y = x.reshape(len(x), -1) @ r.normal(size=(x[0].size, 2)) + 0.1 * r.normal(size=(len(x), 2))
    if seed % 2:
        y = y[:, 0]
    kwargs = {
        "weight_rank": 1 + seed % 2,
        "random_state": seed,
        "verbose": 0,
        "n_iter_max": [20, 5, 60][seed % 3],
    }
    if seed % 4 == 3:
        kwargs["reg_W"] = 10
    if seed % 4 == 1:
        kwargs["tol"] = 1e-2
    model = target(**kwargs)
    _, quiet = silent(lambda: model.fit(x, y))
    return [
        quiet,
        model.predict(x[:4]),
        list(model.norm_W_),
        model.weight_tensor_,
        model.n_iterations_,
        model.vec_W_,
        sorted(model.get_params()),
        model.set_params(reg_W=3).reg_W,
    ]


def random_tt(target, seed):
    shape = [(3, 4, 2), (2, 2, 3, 2), (5, 3)][seed % 3]
    rank = [(1, 2, 3, 1), (1, 2, 2, 2, 1), (1, 4, 1)][seed % 3]
    if seed == 7:
        rank = (2, 2, 2, 2, 1)
    if seed == 8:
        rank = (1, 2, 3)
    if seed == 6:
        rank = 2
    out = target(shape, rank, random_state=seed, full=bool(seed % 2))
    return out if seed % 2 else list(out)


def random_tucker(target, seed):
    shape = [(3, 4, 2), (2, 2, 3, 2), (5, 3)][seed % 3]
    rank = [(2, 3, 2), (1, 2, 2, 1), 2][seed % 3]
    kwargs = {"full": bool(seed % 2)}
    if seed % 4 > 1:
        kwargs["orthogonal"] = True
    if seed % 3 == 1:
        kwargs["non_negative"] = True
    if seed in (2, 3):
        rank = tuple(n + 2 for n in shape)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        out = target(shape, rank, random_state=seed, **kwargs)
    warned = any(w.category is UserWarning for w in caught)
    return [warned, out if seed % 2 else [out[0], list(out[1])]]
