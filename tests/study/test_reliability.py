"""Krippendorff's alpha, against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assay.core.errors import InputError
from assay.study.reliability import krippendorffs_alpha

pytest.importorskip("krippendorff", reason="needs the extra assay[label]")


def test_alpha_of_four_units_is_the_one_worked_out_by_hand() -> None:
    # aa, ab, bb, bb: of 8 values 3 are a and 5 are b. Seen disagreement: 2 of 8 ordered pairs.
    # By chance: 2 × 3 × 5 of 8 × 7. alpha = 1 - (2/8) / (30/56) = 8/15.
    figure = krippendorffs_alpha("alpha", [[2, 0], [1, 1], [0, 2], [0, 2]])
    assert figure.value == pytest.approx(8 / 15)
    assert figure.n == 4
    assert math.isnan(figure.low), "four units have no interval"


def test_alpha_takes_missing_labels_and_several_annotators() -> None:
    # Krippendorff's own example (2011): four observers, twelve units, nominal alpha 0.743.
    units = [
        "111",
        "2223",
        "3333",
        "3333",
        "2222",
        "1234",
        "4444",
        "1121",
        "2222",
        "555",
        "11",
        "3",
    ]
    counts = [[unit.count(value) for value in "12345"] for unit in units]
    figure = krippendorffs_alpha("alpha", counts)
    assert figure.value == pytest.approx(0.743, abs=5e-4)
    assert figure.low < figure.value < figure.high <= 1
    assert figure.n == 11, "a unit with one label has no pair"


def test_the_interval_is_the_same_each_time_and_narrows_with_more_units() -> None:
    few = krippendorffs_alpha("few", [[2, 0], [1, 1], [0, 2], [0, 2], [2, 0]] * 4)
    many = krippendorffs_alpha("many", [[2, 0], [1, 1], [0, 2], [0, 2], [2, 0]] * 40)
    assert many.high - many.low < (few.high - few.low) / 2
    assert krippendorffs_alpha("few", [[2, 0], [1, 1], [0, 2], [0, 2], [2, 0]] * 4) == few


def test_what_has_no_alpha_says_why() -> None:
    same = krippendorffs_alpha("same", [[3, 0]] * 10)
    assert (same.known, same.n, same.method) == (False, 10, "all labels are the same")
    assert not krippendorffs_alpha("single", np.eye(5, dtype=int)).known
    with pytest.raises(InputError, match="units × labels"):
        krippendorffs_alpha("wrong", [1, 2])
