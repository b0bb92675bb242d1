"""Matrices are built cell by cell, and read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assay import Matrix
from assay.core.errors import InputError
from assay.core.matrix import Cluster, MatrixBuilder, TaskBlock
from assay.core.outcomes import Outcome
from assay.core.words import Evidence
from tests.core.matrices import block, build

GRIDS = {
    "double": ["..x", "...", "..x", "!T~"],
    "half": ["..", "N ", "xH"],
}


@pytest.fixture(params=["memory", "directory"])
def matrix(request: pytest.FixtureRequest, tmp_path: Path) -> Matrix:
    """The same readings, whether the columns are arrays or mapped files."""
    return build(GRIDS, tmp_path / "run" / "matrix" if request.param == "directory" else None)


def test_ids_are_in_the_order_of_the_tasks(matrix: Matrix) -> None:
    assert matrix.tasks == ("double", "half")
    assert matrix.candidates[3:5] == ("double/3", "half/0")
    assert matrix.checks("half") == ("check0", "check1")


def test_a_verdict_has_everything_that_was_set(matrix: Matrix) -> None:
    verdict = matrix.verdict("double/2", "check2")
    assert (verdict.candidate, verdict.check, verdict.task) == ("double/2", "check2", "double")
    assert verdict.outcome is Outcome.FAILED
    assert (verdict.trust, verdict.protection, verdict.cpu_seconds) == ("value", "namespaces", 0.5)
    assert verdict.evidence == Evidence(value="7", note="é\ud800")
    assert matrix.verdict("double/1", "check2").evidence == Evidence()


def test_a_cell_that_nobody_set_is_our_own_failure(matrix: Matrix) -> None:
    verdict = matrix.verdict("half/1", "check1")
    assert verdict.outcome is Outcome.HARNESS
    assert verdict.evidence == Evidence(note="never ran")
    assert verdict.protection == ""
    assert matrix.verdict("half/2", "check1").evidence == Evidence()
    assert matrix.harness == 2


def test_verdicts_come_row_by_row(matrix: Matrix) -> None:
    verdicts = list(matrix.verdicts())
    assert len(verdicts) == 18
    assert [verdict.check for verdict in verdicts[:4]] == ["check0", "check1", "check2", "check0"]
    assert verdicts[-1] == matrix.verdict("half/2", "check1")


def test_outcomes_are_counted_in_the_order_of_the_table(matrix: Matrix) -> None:
    assert list(matrix.outcomes().items()) == [
        ("passed", 9), ("failed", 3), ("raised", 1), ("timeout", 1), ("no_code", 1), ("flaky", 1),
        ("harness", 2),
    ]  # fmt: skip


def test_what_does_not_count_is_in_no_denominator(matrix: Matrix) -> None:
    assert matrix.passed_by_candidate() == {
        "double/0": (2, 3), "double/1": (3, 3), "double/2": (2, 3), "double/3": (0, 2),
        "half/0": (2, 2), "half/1": (0, 1), "half/2": (0, 1),
    }  # fmt: skip
    assert matrix.passed_by_check("double") == {
        "check0": (3, 4), "check1": (3, 4), "check2": (1, 3),
    }  # fmt: skip


def test_the_worst_outcome_is_by_severity_and_not_by_number(matrix: Matrix) -> None:
    assert matrix.outcome_of("double/0") is Outcome.FAILED
    assert matrix.outcome_of("double/1") is Outcome.PASSED
    assert matrix.outcome_of("double/3") is Outcome.TIMEOUT  # not flaky, which has a higher number
    assert matrix.outcome_of("half/1") is Outcome.HARNESS


def test_all_passed_takes_nothing_else_for_a_pass() -> None:
    matrix = build({"t": ["..", ".~", ".H", ".x"]})
    assert [matrix.all_passed(candidate) for candidate in matrix.candidates] == [
        True, False, False, False,
    ]  # fmt: skip
    without_checks = MatrixBuilder([TaskBlock("t", ("a",), (), ())]).finish()
    assert not without_checks.all_passed("a")
    assert without_checks.outcome_of("a") is Outcome.PASSED


def test_arrays_are_candidates_by_checks_and_cannot_be_written(matrix: Matrix) -> None:
    assert matrix.array("half").tolist() == [[0, 0], [7, 10], [1, 10]]
    assert matrix.behaviours("half")[1].tolist() == [ord("N"), 0]
    assert (matrix.array("half").dtype, matrix.behaviours("half").dtype) == (np.uint8, np.uint64)
    with pytest.raises(ValueError, match="read-only"):
        matrix.array("half")[0, 0] = 1


def test_a_task_is_a_matrix_of_its_own(matrix: Matrix) -> None:
    part = matrix.task("half")
    assert part.tasks == ("half",)
    assert part.candidates == ("half/0", "half/1", "half/2")
    assert part.outcomes() == {"passed": 2, "failed": 1, "no_code": 1, "harness": 2}
    assert part.verdict("half/2", "check0").evidence.value == "7"
    assert np.shares_memory(part.array(), matrix.array("half"))
    assert part == build({"half": GRIDS["half"]})


def test_clusters_are_of_equal_behaviour_and_outcome_the_biggest_first(matrix: Matrix) -> None:
    assert matrix.clusters("double") == [
        Cluster(("double/0", "double/2"), 2),
        Cluster(("double/1",), 3),
        Cluster(("double/3",), 0),
    ]
    assert [cluster.size for cluster in matrix.clusters("double")] == [2, 1, 1]


@pytest.mark.parametrize(("outcome", "behaviour"), [(Outcome.FAILED, 1), (Outcome.PASSED, 2)])
def test_clusters_differ_by_either(outcome: Outcome, behaviour: int) -> None:
    builder = MatrixBuilder([block("t", 2, 1)])
    builder.set(0, 0, 0, Outcome.PASSED, 1, 0)
    builder.set(0, 1, 0, outcome, behaviour, 0)
    assert len(builder.finish().clusters()) == 2


def test_json_has_these_fields_and_no_others(matrix: Matrix) -> None:
    form = matrix.to_json()
    assert list(form) == ["outcomes", "candidates", "protection", "harness", "cpu_seconds"]
    assert form["candidates"]["double/3"] == {
        "task": "double", "passed": 0, "failed": 2, "outcome": "timeout",
        "checks": {"check0": "raised", "check1": "timeout", "check2": "flaky"},
    }  # fmt: skip
    assert len(form["candidates"]) == 7
    assert form["outcomes"] == matrix.outcomes()
    assert (form["protection"], form["harness"]) == ("namespaces", 2)
    assert form["cpu_seconds"] == 17 * 0.5


def test_what_twins_share_is_paid_once() -> None:
    builder = MatrixBuilder(
        [block("t", 3, 2, twin_of=(-1, 0, -1), same_as=(-1, 0)), block("u", 1, 1)]
    )
    for row in range(3):
        for column in range(2):
            builder.set(0, row, column, Outcome.PASSED, 1, 1.0)
    builder.set(1, 0, 0, Outcome.PASSED, 1, 0.25)
    matrix = builder.finish()
    assert matrix.cpu_seconds == 2.25
    assert matrix.outcomes() == {"passed": 7}


def test_equal_is_by_ids_outcomes_and_behaviours_and_not_by_times() -> None:
    def one(outcome: int = 0, behaviour: int = 5, cpu: float = 1.0, task: str = "t") -> Matrix:
        builder = MatrixBuilder([block(task, 1, 1)])
        builder.set(0, 0, 0, outcome, behaviour, cpu)
        return builder.finish()

    assert one() == one(cpu=9.0)
    assert one() != one(outcome=1)
    assert one() != one(behaviour=6)
    assert one() != one(task="u")
    assert one() != "a matrix"


def test_equal_evidence_is_written_once() -> None:
    builder = MatrixBuilder([block("t", 1, 1)])
    first = builder.add_evidence(Evidence(note="a"))
    assert builder.add_evidence(Evidence(note="b")) != first
    assert builder.add_evidence(Evidence(note="a")) == first
    assert builder.add_evidence(Evidence()) == -1


def test_tens_of_thousands_of_records_stay_out_of_memory() -> None:
    import tracemalloc

    builder = MatrixBuilder([block("t", 1, 1)])
    tracemalloc.start()
    for number in range(60_000):
        last = builder.add_evidence(Evidence(output=f"{number:01000}"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6  # the records are 61 MB; the digests of 50,000 are remembered
    builder.set(0, 0, 0, Outcome.FAILED, 1, 0, last)
    assert builder.finish().verdict("t/0", "check0").evidence.output == f"{59_999:01000}"


@pytest.mark.parametrize(
    ("blocks", "complaint"),
    [
        ([block("t", 1, 1), block("t", 0, 1)], "two tasks are called 't'"),
        ([TaskBlock("t", ("a", "a"), (), ())], "two are called 'a'"),
        ([TaskBlock("t", ("a",), (), ()), TaskBlock("u", ("a",), (), ())], "two are called 'a'"),
        ([TaskBlock("t", (), ("c", "c"), ("value",) * 2)], "two checks are called 'c'"),
        ([TaskBlock("t", (), ("c",), ())], "trust"),
        ([block("t", 2, 1, twin_of=(-1, 2))], "twin_of"),
        ([block("t", 2, 1, twin_of=(1, 0))], "twin_of"),
        ([block("t", 2, 1, twin_of=(-1,))], "twin_of"),
        ([block("t", 1, 2, same_as=(0, -1))], "same_as"),
    ],
)
def test_ids_and_twins_are_verified(blocks: list[TaskBlock], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        MatrixBuilder(blocks)


@pytest.mark.parametrize(
    "cell",
    [(0, 2, 0), (0, 0, 2), (0, -1, 0), (0, 0, -1), (-1, 0, 0), (1, 0, 0)],
)
def test_a_cell_outside_is_refused_and_not_written_elsewhere(cell: tuple[int, int, int]) -> None:
    builder = MatrixBuilder([block("t", 2, 2)])
    with pytest.raises(IndexError):
        builder.set(*cell, Outcome.PASSED, 1, 0)
    assert builder.finish().outcomes() == {"harness": 4}


@pytest.mark.parametrize("values", [(11, 0, 0, -1, 0), (0, 0, 0, 9, 0), (0, 0, 0, -1, 3)])
def test_numbers_that_mean_nothing_are_refused(values: tuple[int, int, float, int, int]) -> None:
    builder = MatrixBuilder([block("t", 1, 1)])
    with pytest.raises(IndexError):
        builder.set(0, 0, 0, *values)


def test_a_builder_finishes_once() -> None:
    builder = MatrixBuilder([block("t", 1, 1)])
    builder.finish()
    with pytest.raises(RuntimeError):
        builder.finish()


def test_ids_that_are_not_there_are_named(matrix: Matrix) -> None:
    for read in (
        lambda: matrix.task("gone"),
        lambda: matrix.verdict("gone", "check0"),
        lambda: matrix.verdict("half/0", "gone"),
        lambda: matrix.outcome_of("gone"),
    ):
        with pytest.raises(InputError, match="gone"):
            read()
    with pytest.raises(InputError, match="which task"):
        matrix.array()


def test_parquet_has_a_row_per_verdict(matrix: Matrix, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    matrix.to_parquet(tmp_path / "m.parquet")
    rows = parquet.read_table(tmp_path / "m.parquet").to_pylist()
    assert len(rows) == 18
    assert rows[2] == {
        "task": "double", "candidate": "double/0", "check": "check2", "outcome": "failed",
        "behaviour": ord("x"), "cpu_seconds": 0.5, "trust": "value", "protection": "namespaces",
        "evidence": '{"value":"7","note":"\\u00e9\\ud800"}',
    }  # fmt: skip
    assert rows[0]["evidence"] is None
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["m.parquet"]


def test_parquet_without_pyarrow_says_what_to_install(
    matrix: Matrix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(InputError, match=r'pip install "assay\[parquet\]"'):
        matrix.to_parquet(tmp_path / "m.parquet")
