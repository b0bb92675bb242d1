"""A matrix lies in a directory whole or not at all, and a damaged one is named as such."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay.core.errors import InputError, StoreError
from assay.core.matrix import Matrix, MatrixBuilder, TaskBlock
from assay.core.outcomes import Outcome
from assay.core.words import Evidence
from tests.core.matrices import block, build

GRIDS = {"double": ["..x", "...", "..x", "!T~"], "half": ["..", "N ", "xH"]}
HOSTILE = ("[red]x[/]", "<b>&\"'", "a\nb", "\x1b[2J", "\ud800", "../../etc", "", "é‮")


def change(path: Path, **entries: Any) -> None:
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps(manifest | entries))


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    matrix = build(GRIDS)
    matrix.save(tmp_path / "new" / "m")
    loaded = Matrix.load(tmp_path / "new" / "m")
    assert loaded == matrix
    assert list(loaded.verdicts()) == list(matrix.verdicts())
    assert loaded.to_json() == matrix.to_json()
    assert (loaded.extra, loaded.created) == ({"job": "test"}, matrix.created)


def test_the_directory_holds_these_files_and_its_parent_no_others(tmp_path: Path) -> None:
    build(GRIDS, tmp_path / "m")
    assert [path.name for path in tmp_path.iterdir()] == ["m"]
    assert sorted(path.name for path in (tmp_path / "m").iterdir()) == [
        "behaviour.npy", "cpu.npy", "evidence.jsonl", "evidence.npy", "evidence_offsets.npy",
        "manifest.json", "outcome.npy", "protection.npy",
    ]  # fmt: skip
    manifest = json.loads((tmp_path / "m" / "manifest.json").read_text())
    assert manifest["counts"]["cells"] == 18
    assert manifest["counts"]["outcomes"]["passed"] == 9
    assert manifest["protections"] == ["", "namespaces"]


def test_trust_twins_and_environment_are_kept(tmp_path: Path) -> None:
    rows = TaskBlock("t", ("a", "b"), ("c", "d"), ("value", "assertion"), (-1, 0), (-1, 0), "e1")
    loaded = MatrixBuilder([rows, block("u", 2, 0)], tmp_path / "m").finish()
    assert loaded.blocks[0] == rows
    assert loaded.verdict("a", "d").trust == "assertion"


def test_hostile_ids_survive(tmp_path: Path) -> None:
    rows = TaskBlock("\ud800\n", HOSTILE, HOSTILE, ("value",) * len(HOSTILE))
    matrix = MatrixBuilder([rows], tmp_path / "m").finish()
    assert matrix.candidates == HOSTILE
    assert matrix.verdict("a\nb", "").outcome is Outcome.HARNESS
    pytest.importorskip("pyarrow")
    matrix.to_parquet(tmp_path / "m.parquet")


@pytest.mark.parametrize("blocks", [[], [block("t", 0, 3)], [block("t", 3, 0)]])
def test_matrices_without_cells_are_matrices(blocks: list[TaskBlock], tmp_path: Path) -> None:
    matrix = MatrixBuilder(blocks, tmp_path / "m").finish()
    assert matrix.outcomes() == {}
    assert matrix.cpu_seconds == 0
    assert matrix.to_json()["harness"] == 0


def test_a_slice_takes_only_its_own_evidence_along(tmp_path: Path) -> None:
    builder = MatrixBuilder([block("t", 2, 2), block("u", 2, 2)])
    for task in range(2):
        for cell in range(4):
            evidence = builder.add_evidence(Evidence(note=f"{task} {cell}"))
            builder.set(task, cell // 2, cell % 2, Outcome.FAILED, 1, 0, evidence)
    builder.finish().task("u").save(tmp_path / "m")
    assert len((tmp_path / "m" / "evidence.jsonl").read_text().splitlines()) == 4
    notes = [verdict.evidence.note for verdict in Matrix.load(tmp_path / "m").verdicts()]
    assert notes == ["1 0", "1 1", "1 2", "1 3"]


def test_a_finished_matrix_is_replaced_while_it_is_read(tmp_path: Path) -> None:
    old = build(GRIDS, tmp_path / "m")
    new = build({"other": ["x"]}, tmp_path / "m")
    assert Matrix.load(tmp_path / "m") == new
    assert old == build(GRIDS)
    old.save(tmp_path / "m")
    assert Matrix.load(tmp_path / "m") == old
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_an_empty_directory_is_free(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    assert build(GRIDS, tmp_path / "m").harness == 2


@pytest.mark.parametrize("other", ["thesis.txt", "manifest.json"])
def test_something_else_is_refused_before_the_run_and_left_alone(
    other: str, tmp_path: Path
) -> None:
    (tmp_path / other).write_text("{}")
    with pytest.raises(InputError, match="something else"):
        MatrixBuilder([block("t", 1, 1)], tmp_path)
    with pytest.raises(InputError, match="something else"):
        build(GRIDS).save(tmp_path)
    assert (tmp_path / other).read_text() == "{}"


def test_a_matrix_with_a_note_beside_it_is_not_deleted(tmp_path: Path) -> None:
    matrix = build(GRIDS, tmp_path / "m")
    (tmp_path / "m" / "note.txt").write_text("mine")
    with pytest.raises(InputError, match="something else"):
        matrix.save(tmp_path / "m")
    assert (tmp_path / "m" / "note.txt").read_text() == "mine"


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m").write_text("mine")
    with pytest.raises(InputError, match="is a file"):
        build(GRIDS, tmp_path / "m")
    with pytest.raises(InputError):
        build(GRIDS, tmp_path / "m" / "below")


def test_a_write_that_fails_leaves_the_old_matrix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = build(GRIDS, tmp_path / "m")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(StoreError, match="No space left"):
        build({"other": ["x"]}, tmp_path / "m")
    assert Matrix.load(tmp_path / "m") == old
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_builder_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    builder = MatrixBuilder([block("t", 1, 1)], tmp_path / "m")
    builder.add_evidence(Evidence(note="x"))
    del builder
    assert list(tmp_path.iterdir()) == []


def truncate(name: str) -> Callable[[Path], None]:
    def fault(path: Path) -> None:
        raw = (path / name).read_bytes()
        (path / name).write_bytes(raw[: len(raw) * 2 // 3])

    return fault


def replace(name: str, array: Any) -> Callable[[Path], None]:
    return lambda path: np.save(path / name, np.asarray(array))


def pickled(path: Path) -> None:
    np.save(path / "cpu.npy", np.array([{}] * 18, dtype=object), allow_pickle=True)


FAULTS: dict[str, Callable[[Path], Any]] = {
    **{
        f"truncated {name}": truncate(name)
        for name in (
            "manifest.json", "outcome.npy", "behaviour.npy", "cpu.npy", "evidence.npy",
            "protection.npy", "evidence.jsonl", "evidence_offsets.npy",
        )
    },
    **{
        f"no {name}": lambda path, name=name: (path / name).unlink()  # type: ignore[misc]
        for name in ("manifest.json", "outcome.npy", "evidence.jsonl", "evidence_offsets.npy")
    },
    "empty column": lambda path: (path / "cpu.npy").write_bytes(b""),
    "zip for a column": lambda path: np.savez(path / "cpu.npz", cpu=np.zeros(18))
    or (path / "cpu.npz").replace(path / "cpu.npy"),
    "pickle for a column": pickled,
    "other type": replace("cpu.npy", np.zeros(18)),
    "other shape": replace("outcome.npy", np.zeros((9, 2), np.uint8)),
    "too few cells": replace("outcome.npy", np.zeros(17, np.uint8)),
    "no such outcome": replace("outcome.npy", np.full(18, 11, np.uint8)),
    "no such protection": replace("protection.npy", np.full(18, 2, np.uint8)),
    "no such evidence": replace("evidence.npy", np.full(18, 99, np.int64)),
    "evidence below": replace("evidence.npy", np.full(18, -2, np.int64)),
    "not a time": replace("cpu.npy", np.full(18, np.nan, np.float32)),
    "offsets descend": replace("evidence_offsets.npy", np.array([0, 50, 3])),
    "no offsets": replace("evidence_offsets.npy", np.array([], np.int64)),
    "manifest is a list": lambda path: (path / "manifest.json").write_text("[]"),
    "manifest is binary": lambda path: (path / "manifest.json").write_bytes(b"\xff\x00"),
    "manifest is deep": lambda path: (path / "manifest.json").write_text("[" * 100_000),
    "foreign manifest": lambda path: change(path, format="web-app"),
    "newer version": lambda path: change(path, version=2),
    "odd version": lambda path: change(path, version="1"),
    "tasks are a word": lambda path: change(path, tasks="abc"),
    "tasks are numbers": lambda path: change(path, tasks=[1, 2]),
    "no tasks": lambda path: change(path, tasks=[]),
    "a field less": lambda path: change(path, tasks=[{"id": "t"}]),
    "protections are numbers": lambda path: change(path, protections=[0, 1]),
    "no protections": lambda path: change(path, protections=None),
    "extra is a number": lambda path: change(path, extra=5),
    "id is a number": lambda path: change(path, tasks=[
        {"id": 5, "candidates": [], "checks": [], "trust": [], "environment": ""}]),
    "candidates are a word": lambda path: change(path, tasks=[
        {"id": "t", "candidates": "abc", "checks": ["c"] * 6, "trust": "value",
         "environment": ""}]),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_line_that_names_the_directory(fault: str, tmp_path: Path) -> None:
    build(GRIDS, tmp_path / "m")
    FAULTS[fault](tmp_path / "m")
    with pytest.raises(InputError) as caught:
        Matrix.load(tmp_path / "m")
    message = str(caught.value)
    assert str(tmp_path / "m") in message
    assert "\n" not in message
    assert len(message) < 600


def test_a_newer_format_says_what_to_do(tmp_path: Path) -> None:
    build(GRIDS, tmp_path / "m")
    change(tmp_path / "m", version=2, assay="9.1")
    with pytest.raises(InputError, match=r"newer assay \('9\.1'.*update assay"):
        Matrix.load(tmp_path / "m")


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        Matrix.load(tmp_path / "gone")


def test_a_damaged_record_is_found_when_it_is_read(tmp_path: Path) -> None:
    build(GRIDS, tmp_path / "m")
    raw = (tmp_path / "m" / "evidence.jsonl").read_bytes()
    (tmp_path / "m" / "evidence.jsonl").write_bytes(b"#" * len(raw))
    matrix = Matrix.load(tmp_path / "m")
    with pytest.raises(InputError, match="damaged"):
        matrix.verdict("double/0", "check2")


def test_a_million_cells_are_mapped_and_not_read(tmp_path: Path) -> None:
    blocks = [block(f"t{task}", 20, 50) for task in range(1000)]
    MatrixBuilder(blocks, tmp_path / "m").finish()
    tracemalloc.start()
    loaded = Matrix.load(tmp_path / "m")
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # 70,000 ids are 7 MB; the cells would be 22 MB as arrays and over 100 MB as objects.
    assert held < 15e6
    assert peak < 25e6
    assert type(loaded.array("t999")) is np.ndarray
    assert loaded.harness == 1_000_000
