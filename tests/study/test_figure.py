"""A figure carries its interval and its denominator, and says so."""

from __future__ import annotations

import json
import math

import pytest

from assay.study import Figure


def test_a_share_prints_as_a_percentage_with_its_interval_and_denominator() -> None:
    assert str(Figure("pass@1", 0.221, 0.209, 0.234, 164, "")) == "22.1 % [20.9, 23.4] of 164"


def test_other_kinds_print_in_their_own_units() -> None:
    assert str(Figure("", -0.032, -0.07, 0.004, 9, "", "points")) == (
        "-3.20 points [-7.00, 0.40] of 9"
    )
    assert str(Figure("", 0.000149, 0.0001, 0.0002, 5, "", "points²")) == (
        "1.49 points² [1.00, 2.00] of 5"
    )
    assert str(Figure("", 3.13, 1.4, 4.8, 14, "", "number")) == "3.13 [1.40, 4.80] of 14"


@pytest.mark.parametrize(
    ("value", "text"), [(0.99999, "99.9 %"), (1.0, "100.0 %"), (0.00001, "0.1 %"), (0.0, "0.0 %")]
)
def test_all_and_none_are_said_only_where_they_are_true(value: float, text: str) -> None:
    assert Figure("", value, 0, 1, 10**6, "").value_text() == text


def test_a_figure_of_nothing_has_no_value_and_says_why() -> None:
    figure = Figure.undefined("pass@5", "fewer than 5 samples")
    assert not figure.known
    assert str(figure) == "– of 0"
    assert figure.to_json() == {
        "value": None, "low": None, "high": None, "n": 0, "method": "fewer than 5 samples",
    }  # fmt: skip


def test_json_holds_no_nan_and_no_infinity() -> None:
    figure = Figure("d", 2.0, math.nan, math.inf, 3, "few", "number")
    assert json.loads(json.dumps(figure.to_json(), allow_nan=False)) == {
        "value": 2.0, "low": None, "high": None, "n": 3, "method": "few",
    }  # fmt: skip
    assert str(figure) == "2.00 [?, inf] of 3"
