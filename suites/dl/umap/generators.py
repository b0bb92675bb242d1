import numpy as np
import scipy.sparse as sp


def _rng(seed):
    return np.random.default_rng(20000 + seed)


def _graph(seed):
    rng = _rng(seed)
    n = int(rng.integers(3, 8))
    m = rng.random((n, n)) * (rng.random((n, n)) < 0.5)
    m = np.triu(m, 1)
    return m + m.T


def disconnected_vertices(target, seed):
    from umap import UMAP

    model = UMAP()
    m = _graph(seed)
    if seed % 3:
        m[seed % len(m)] = 0
        m[:, seed % len(m)] = 0
    model.graph_ = sp.csr_matrix(m)
    model.unique = seed % 4 == 1
    model._unique_inverse_ = _rng(seed).integers(0, len(m), len(m) + 2)
    return np.asarray(target(model if seed != 9 else m))


def find_ab_params(target, seed):
    a, b = target([1.0, 0.5, 2.0, 1.5][seed % 4], [0.1, 0.0, 0.5, 0.25, 0.9][seed % 5])
    return [float(a), float(b)]


def simplicial_set_union(target, seed):
    m = _graph(seed if seed != 9 else 21)
    out = target(sp.csr_matrix(m), sp.coo_matrix(m[::-1].copy()))
    return [out.toarray(), out.format]
