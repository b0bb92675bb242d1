"""Selectors on tables that are small enough to be worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from assay.core.errors import HarnessError, InputError
from assay.solve import selectors
from assay.solve.table import Scores, Table
from assay.testing.selectors import check_selector

SHIPPED = (
    "srank", "codet", "codet_nosqrt", "b4", "b4+srank", "pagerank", "majority", "medoid",
    "most_passed", "random",
)  # fmt: skip


def table(
    passed: Sequence[str],
    outputs: Sequence[Sequence[int]] = (),
    copies: Sequence[int] = (),
    test_copies: Sequence[int] = (),
    trusted: Sequence[int] = (),
    programs: Sequence[str] = (),
) -> Table:
    """A table of tests as people draw it: "x" passed, "." not."""
    rows, width = len(passed), len(passed[0])
    return Table(
        np.array([[sign == "x" for sign in row] for row in passed], dtype=bool),
        np.array(outputs, dtype=np.int32).reshape(rows, -1),
        np.array(copies or [1] * rows, dtype=np.int64),
        np.array(test_copies or [1] * width, dtype=np.int64),
        np.isin(np.arange(width), trusted),
        tuple(programs or [f"def f(x):\n    return {row}" for row in range(rows)]),
    )


def best(name: str, one: Table) -> list[int]:
    scores = selectors.load(name).scores(one)
    return np.flatnonzero(scores == scores.max()).tolist()


# Four programs agree on little; two that agree pass the test that most tests are.
SPLIT = table(["xx..", "xx..", "..x.", "..xx"], copies=[1, 1, 4, 1], test_copies=[1, 1, 3, 1])


def test_all_that_ship_are_there() -> None:
    assert selectors.DEFAULT == "srank"
    assert set(SHIPPED) <= set(selectors.names())
    assert [selectors.load(name).name for name in SHIPPED] == list(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_conforms(name: str) -> None:
    check_selector(lambda **constants: selectors.load(name, **constants))


def test_codet_weighs_tests_more_than_programs() -> None:
    # √2 × 2 = 2.83 for the first two, √4 × 3 = 6 for the third, √1 × 4 = 4 for the last.
    assert best("codet", SPLIT) == [2]
    # √1 × 3 = 3 beats √2 × 2 = 2.83; with plain sizes 2 × 2 = 4 beats 3.
    close = table(["xxx", "xx.", "xx."])
    assert best("codet", close) == [0]
    assert best("codet_nosqrt", close) == [1, 2]


def test_most_passed_counts_a_test_as_often_as_it_was_proposed() -> None:
    assert best("most_passed", SPLIT) == [3]
    assert best("most_passed", table(["xx.", "..x"], test_copies=[1, 1, 3])) == [1]


def test_majority_reads_answers_and_no_tests() -> None:
    one = table(["x", ".", "."], outputs=[[0, 0], [1, 1], [1, 1]])
    assert best("majority", one) == [1, 2]
    crashed = table(["x", ".", "."], outputs=[[0, 0], [-1, -1], [-1, -1]])
    assert best("majority", crashed) == [0]


def test_srank_favours_what_overlaps_with_others() -> None:
    # The last two are wrong in one call each and share the others with the first; the second is
    # alone in all calls.
    outputs = [[0, 0, 0], [9, 9, 9], [0, 0, 1], [1, 0, 0]]
    one = table(["x", "x", ".", "."], outputs=outputs, copies=[1, 1, 2, 2])
    # Weights 1·(1+0.3), 1.3, 2·0.3, 0.6: the first has 1.3 + 0.6·⅔ + 0.6·⅔ = 2.1, the second 1.3.
    assert best("srank", one) == [0]
    assert best("codet", one) == [0, 1]
    alone = table([".", ".", "."], outputs=[[0, 0], [0, 1], [2, 2]])
    assert best("srank", alone) == [0, 1]  # no test is passed: overlap decides


def test_srank_without_calls_reads_passes() -> None:
    assert best("srank", table(["xx.", "xx.", "..x"])) == [0, 1]


def test_pagerank_walks_to_what_others_share() -> None:
    outputs = [[0, 0, 0], [9, 9, 9], [0, 0, 1], [1, 0, 0]]
    assert best("pagerank", table(["x", "x", ".", "."], outputs=outputs)) == [0]


def test_b4_prefers_the_set_that_explains_the_failures() -> None:
    # Both sets are two programs and two tests. What the first two pass, nobody else passes; of
    # what the last two pass, the second test is passed by others too, who are then half right.
    one = table(["xx..", "xx..", "..xx", "..xx", "...x"])
    assert best("b4", one) in ([0, 1], [2, 3])
    assert best("b4", table(["....", "....", "....", "x..."])) == [3]
    many = table(["xxx.", "xxx.", "xxx.", "...x"])
    assert best("b4", many) == [0, 1, 2]


def test_b4_with_srank_is_a_mean_of_places() -> None:
    one = table(["xx", "xx", ".x", "x."], outputs=[[0, 0], [0, 0], [1, 0], [0, 1]])
    assert best("b4+srank", one) == [0, 1]
    alone = selectors.load("b4+srank", weight=1.0, power=1.0).scores(SPLIT)
    assert np.array_equal(alone, selectors.load("srank").scores(SPLIT))


def test_medoid_reads_programs() -> None:
    texts = ["def f(x):\n    return x + 1", "def f(x):\n    return x + 2", "import os\nos.getcwd()"]
    assert best("medoid", table(["x", "x", "x"], copies=[1, 2, 1], programs=texts)) == [1]
    with pytest.raises(InputError, match="reads programs"):
        selectors.load("medoid").scores(
            Table(*(getattr(SPLIT, name) for name in Table.__slots__[:5]))
        )


def test_random_prefers_nothing() -> None:
    assert best("random", SPLIT) == [0, 1, 2, 3]


@pytest.mark.parametrize("name", SHIPPED)
def test_who_fails_a_trusted_test_never_wins(name: str) -> None:
    passed = ["xxxx.", "xxxx.", "xxxx.", "....x"]
    outputs = [[0, 0], [0, 0], [0, 0], [1, 1]]
    one = table(passed, outputs, copies=[9, 9, 9, 1], trusted=[4])
    assert best(name, one) == [3]


@pytest.mark.parametrize("name", SHIPPED)
def test_who_did_nothing_never_wins_over_one_who_did(name: str) -> None:
    one = table(["..", "..", ".x"], [[-1, -1], [-1, -1], [0, -1]], copies=[50, 50, 1])
    scores = selectors.load(name).scores(one)
    assert scores[2] >= scores[:2].max()
    assert name == "random" or scores[2] > scores[:2].max()


def test_ties_survive_rounding() -> None:
    one = table(["x..", ".x.", "..x"], outputs=[[0, 0, 1], [0, 1, 0], [1, 0, 0]])
    assert best("srank", one) == [0, 1, 2]


@dataclass(frozen=True, slots=True)
class Broken:
    """Gives a score too few, or one that is no number."""

    given: tuple[float, ...]
    name: str = "broken"

    def scores(self, table: Table) -> Scores:
        del table
        return np.array(self.given)


def test_the_conformance_test_tells_what_is_wrong() -> None:
    with pytest.raises(AssertionError, match="scores"):
        check_selector(lambda **_: Broken((1.0,)))
    with pytest.raises(AssertionError, match="a name has no space"):
        check_selector(lambda **_: Broken((), " x"))


def test_an_unknown_selector_is_named() -> None:
    with pytest.raises(InputError, match="no 'srnak'"):
        selectors.load("srnak")


def test_a_selector_that_gives_no_numbers_is_our_failure() -> None:
    ruled = selectors._Ruled(Broken((1.0, float("nan"))))
    with pytest.raises(HarnessError, match="a finite score each"):
        ruled.scores(table(["x", "."]))
