"""How alike texts are, by the angle of their embeddings: within a set, and between two.

Rows are vectors of length one, so that a product of two is the cosine of their angle. Pairs share
texts and are no independent values: intervals come from drawing texts (or their sources), and a
text that is drawn twice makes no pair with itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from assay.core.errors import InputError
from assay.study.bootstrap import Floats, ratio, widened_tail
from assay.study.figure import Figure
from assay.study.intervals import DEFAULTS, FEWEST_RESAMPLED, Clusters, Settings

# Draws × texts, at most: 8 MB of weights at a time.
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Vectors:
    """Embeddings of one set of texts, and what they are clustered by (default: each by itself)."""

    rows: Floats
    clusters: Clusters

    @classmethod
    def of(cls, rows: ArrayLike, clusters: Clusters | None = None) -> Vectors:
        table = np.asarray(rows, dtype=np.float64)
        if table.ndim != 2:
            raise InputError(f"embeddings are texts × numbers, not an array of {table.shape}")
        if clusters is None:
            clusters = Clusters(np.arange(len(table), dtype=np.intp), "texts")
        return cls(table, clusters)

    @property
    def count(self) -> int:
        return int(self.clusters.codes.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True)
class Pair:
    """A text of one set and the one of the other that is most like it, by their numbers."""

    first: int
    second: int
    cosine: float


def within(name: str, texts: Vectors, settings: Settings = DEFAULTS) -> Figure:
    """The mean cosine over all pairs of different texts of a set; `n` counts the texts."""
    if len(texts.rows) < 2:
        return Figure.undefined(name, "fewer than two texts", "number")

    def cosine(weights: Floats) -> Floats:
        squares = (weights**2).sum(axis=1)
        sums = ((weights @ texts.rows) ** 2).sum(axis=1)
        pairs = weights.sum(axis=1) ** 2 - squares
        return ratio(sums - squares, pairs)

    value = float(cosine(np.ones((1, len(texts.rows))))[0])
    return _figure(name, value, [texts], lambda drawn: cosine(drawn[0]), settings)


def between(name: str, first: Vectors, second: Vectors, settings: Settings = DEFAULTS) -> Figure:
    """The mean cosine over all pairs of a text of one set and one of the other; `n` counts the
    texts of both."""
    if not len(first.rows) or not len(second.rows):
        return Figure.undefined(name, "a set without texts", "number")

    def cosine(drawn: list[Floats]) -> Floats:
        means = [
            ratio(weights @ one.rows, weights.sum(axis=1)[:, None])
            for weights, one in zip(drawn, (first, second), strict=True)
        ]
        found: Floats = (means[0] * means[1]).sum(axis=1)
        return found

    value = float(first.rows.mean(axis=0) @ second.rows.mean(axis=0))
    return _figure(name, value, [first, second], cosine, settings)


def closest(first: Vectors, second: Vectors, most: int = 3) -> list[Pair]:
    """The pairs that are most alike, no text in two of them, the most alike first."""
    cosines = first.rows @ second.rows.T
    found: list[Pair] = []
    while cosines.size and len(found) < min(most, *cosines.shape):
        one, other = np.unravel_index(int(cosines.argmax()), cosines.shape)
        found.append(Pair(int(one), int(other), float(cosines[one, other])))
        cosines[one, :] = cosines[:, other] = -np.inf
    return found


@dataclass(frozen=True, slots=True)
class Projection:
    """Points on a plane for rows of vectors, and by which method they came there."""

    points: Floats
    method: str


def project(rows: ArrayLike, seed: int = 0) -> Projection:
    """Two numbers for each row. By t-SNE where scikit-learn is installed and there are rows enough,
    which shows what is near to what; else by the two directions of largest spread (PCA), where
    distances keep their meaning."""
    table = np.asarray(rows, dtype=np.float64)
    perplexity = min(30.0, (len(table) - 1) / 3)
    if perplexity >= 5:
        try:
            from sklearn.manifold import TSNE
        except ImportError:
            pass
        else:
            found = TSNE(
                perplexity=perplexity, metric="cosine", init="random", random_state=seed
            ).fit_transform(table)
            return Projection(np.asarray(found, dtype=np.float64), "t-SNE")
    return _principal(table)


def _principal(table: Floats) -> Projection:
    if len(table) < 2:
        return Projection(np.zeros((len(table), 2)), "PCA")
    centred = table - table.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    points = np.zeros((len(table), 2))
    kept = min(2, len(sizes))
    points[:, :kept] = left[:, :kept] * sizes[:kept]
    # A direction has no sign of its own: the same picture each time.
    signs = np.sign(points[np.abs(points).argmax(axis=0), [0, 1]])
    share = float((sizes[:2] ** 2).sum() / max(float((sizes**2).sum()), 1e-30))
    return Projection(points * np.where(signs == 0, 1, signs), f"PCA ({share:.0%} of the spread)")


def _figure(
    name: str,
    value: float,
    sets: list[Vectors],
    statistic: Callable[[list[Floats]], Floats],
    settings: Settings,
) -> Figure:
    n, fewest = sum(len(one.rows) for one in sets), min(one.count for one in sets)
    if fewest < FEWEST_RESAMPLED:
        return Figure(name, value, np.nan, np.nan, n, "too few texts for an interval", "number")
    rng = np.random.default_rng(settings.seed)
    step = max(1, _CHUNK // n)
    draws = [
        statistic([_weights(one, min(step, settings.resamples - start), rng) for one in sets])
        for start in range(0, settings.resamples, step)
    ]
    tail = widened_tail((1 - settings.confidence) / 2, fewest)
    low, high = np.nanquantile(np.concatenate(draws), [tail, 1 - tail])
    words = " and ".join(f"{one.count:,} {one.clusters.word}" for one in sets)
    method = f"clustered bootstrap of texts, {words}"
    return Figure(name, value, float(low), float(high), n, method, "number")


def _weights(texts: Vectors, draws: int, rng: np.random.Generator) -> Floats:
    """How often each text is in each draw: draws × texts."""
    shares = np.full(texts.count, 1 / texts.count)
    drawn = rng.multinomial(texts.count, shares, size=draws)
    found: Floats = drawn[:, texts.clusters.codes].astype(np.float64)
    return found
