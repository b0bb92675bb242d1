"""Recorded completions, and what is wrong with a file of them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from assay import InputError
from assay.models.base import ModelFailure, complete
from assay.models.replay import ReplayModel
from assay.testing import check_model
from tests.models.conftest import ask

LINES = [
    {"task": "a", "sample": 1, "completion": "a1"},
    {"task": "a", "sample": 0, "completion": "a0"},
    {"task": "b", "samples": ["b0", "b1"]},
    {"task": "c", "completion": "c0"},
    {"task": "c", "completion": ""},
    {"task": "b", "completion": "b2"},
]


def recorded(tmp_path: Path, *lines: object) -> str:
    file = tmp_path / "recorded.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return str(file)


def test_all_three_shapes_are_read(tmp_path: Path) -> None:
    model = ReplayModel(recorded(tmp_path, *LINES))
    assert model.tasks == {"a": (0, 1), "b": (0, 1, 2), "c": (0, 1)}
    for task, texts in {"a": ["a0", "a1"], "b": ["b0", "b1", "b2"], "c": ["c0", ""]}.items():
        found = asyncio.run(complete(model, ask(task=task), range(len(texts))))
        assert [answer.text for answer in found] == texts


def test_it_conforms(tmp_path: Path) -> None:
    check_model(lambda: ReplayModel(recorded(tmp_path, *LINES)), ask(task="b"))


def test_what_was_not_recorded_is_a_failure(tmp_path: Path) -> None:
    model = ReplayModel(recorded(tmp_path, *LINES))
    for task, sample in (("a", 2), ("z", 0)):
        with pytest.raises(ModelFailure, match=f"no sample {sample} of task '{task}'"):
            asyncio.run(complete(model, ask(task=task), (sample,)))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not JSON"), ("[" * 100_000, "nested too deep"), ("[]", "an object"),
        ('{"task": 3, "completion": ""}', "'task'"), ('{"task": "a"}', "one of them"),
        ('{"task": "a", "completion": "", "samples": []}', "one of them"),
        ('{"task": "a", "completion": 3}', "string"), ('{"task": "a", "samples": "x"}', "list"),
        ('{"task": "a", "sample": -1, "completion": ""}', "whole number"),
        ('{"task": "a", "sample": "1", "completion": ""}', "whole number"),
        ('{"task": "a", "sample": 1, "samples": [""]}', "goes with"),
        ('{"task": "ok", "sample": 0, "completion": ""}', "was there before"),
    ],
)  # fmt: skip
def test_a_fault_names_file_and_line(tmp_path: Path, line: str, words: str) -> None:
    file = tmp_path / "r.jsonl"
    file.write_text('{"task": "ok", "completion": "x"}\n\n' + line + "\n")
    with pytest.raises(InputError, match=words) as fault:
        ReplayModel(str(file))
    assert str(fault.value).startswith(f"{file}:3: ")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        ReplayModel(str(tmp_path / "none.jsonl"))
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(InputError, match="no completions"):
        ReplayModel(str(tmp_path / "empty.jsonl"))
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        ReplayModel(str(tmp_path / "latin.jsonl"))
