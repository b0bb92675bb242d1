"""Mean cosines are means over pairs of different texts, with intervals that hold them."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from assay.core.errors import InputError
from assay.study.intervals import Clusters
from assay.study.similarity import Vectors, between, closest, project, within


def vectors(count: int, seed: int, toward: float = 0.0) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, 16))
    rows[:, 0] += toward
    return Vectors.of(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def test_within_is_the_mean_over_pairs_of_different_texts() -> None:
    one = vectors(20, 1, 2.0)
    figure = within("within", one)
    pairs = [float(a @ b) for a, b in combinations(one.rows, 2)]
    assert figure.value == pytest.approx(np.mean(pairs))
    assert figure.low < figure.value < figure.high
    assert (figure.n, figure.kind) == (20, "number")
    # Pairs of a text with itself would draw the interval upwards.
    assert figure.high < figure.value + 0.25


def test_between_is_the_mean_over_pairs_of_both() -> None:
    one, other = vectors(20, 1, 2.0), vectors(30, 2, -2.0)
    figure = between("between", one, other)
    expected = np.mean([float(a @ b) for a, b in product(one.rows, other.rows)])
    assert figure.value == pytest.approx(expected)
    assert figure.low < expected < figure.high < 0
    assert figure.n == 50


def test_texts_of_one_source_are_drawn_together() -> None:
    one = vectors(60, 3, 1.0)
    alone = within("alone", one)
    groups = Clusters(np.repeat(np.arange(10), 6), "sources")
    # Six copies of each of ten texts are no sixty texts.
    copies = Vectors.of(np.repeat(one.rows[:10], 6, axis=0), groups)
    grouped = within("grouped", copies)
    assert grouped.high - grouped.low > 1.5 * (alone.high - alone.low)
    assert "10 sources" in grouped.method


def test_too_few_texts_have_no_interval() -> None:
    figure = within("few", vectors(3, 1))
    assert figure.known
    assert np.isnan([figure.low, figure.high]).all()
    assert not within("one", vectors(1, 1)).known
    with pytest.raises(InputError, match="texts × numbers"):
        Vectors.of([1.0, 2.0])


def test_closest_names_each_text_once() -> None:
    rows = np.eye(3)
    found = closest(Vectors.of(rows), Vectors.of(rows[[2, 2, 0]]))
    assert [(pair.first, pair.second) for pair in found[:2]] == [(0, 2), (2, 0)]
    assert [round(pair.cosine, 6) for pair in found] == [1, 1, 0]


def test_a_projection_keeps_what_is_apart_apart() -> None:
    both = np.concatenate([vectors(8, 1, 5.0).rows, vectors(8, 2, -5.0).rows])
    found = project(both)
    assert found.points.shape == (16, 2)
    assert found.method.startswith(("PCA", "t-SNE"))
    middles = [found.points[:8].mean(axis=0), found.points[8:].mean(axis=0)]
    assert np.linalg.norm(middles[0] - middles[1]) > found.points[:8].std()
    assert (project(both).points == found.points).all()
    assert project(both[:1]).points.tolist() == [[0.0, 0.0]]
