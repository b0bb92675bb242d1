"""`assay suite`, as the command line calls it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from assay import InputError
from assay.cli import suite
from assay.cli.parser import Parser, add_verbs
from assay.suites import finding

from .conftest import DOUBLE, PAIR, Writer
from .test_importers import SANITIZED, written

Captured = pytest.CaptureFixture[str]


def call(*words: str) -> int:
    parser = Parser(prog="assay")
    suite.register(add_verbs(parser, dest="verb"))
    arguments: argparse.Namespace = parser.parse_args(["suite", *words])
    assert arguments.run is suite.run
    return suite.run(arguments)


def test_list_has_what_ships_and_what_is_wrong_with_it(
    write: Writer, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    folder = write(DOUBLE, PAIR)
    bad = folder.with_name("bad")
    bad.mkdir()
    (bad / "suite.toml").write_text('version = "1"')
    monkeypatch.setattr(finding, "_SHIPPED", (folder.parent,))
    assert call("list", "--json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["tiny"]["tasks"], rows["tiny"]["checks"], rows["tiny"]["version"]) == (2, 7, "3")
    assert "`name` is missing" in rows["bad"]["fault"]
    assert call("list") == 0
    assert "tiny" in capsys.readouterr().out


def test_show_tells_labels_and_one_task_whole(write: Writer, capsys: Captured) -> None:
    folder = str(write(DOUBLE, PAIR))
    assert call("show", folder, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["task_ids"] == ["double", "pair"]
    assert told["labels"]["stage"] == {"training": 1, "inference": 1}
    assert call("show", folder) == 0
    assert "training (1), inference (1)" in capsys.readouterr().out
    assert call("show", folder, "double", "--json") == 0
    assert json.loads(capsys.readouterr().out)["checks"] == DOUBLE["checks"]
    assert call("show", folder, "double") == 0
    assert "--- prompt\nWrite double(x), twice a number" in capsys.readouterr().out
    with pytest.raises(InputError, match="did you mean 'double'"):
        call("show", folder, "duble")


def test_verify_of_a_fair_suite_exits_0(write: Writer, capsys: Captured) -> None:
    assert call("verify", str(write(DOUBLE, PAIR)), "--json", "--workers", "1") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["tasks"], told["failed"], told["harness"]) == (2, [], 0)
    assert told["mutants"]["median"] == 1.0
    assert told["mutants"]["made"] == sum(task["mutants"] for task in told["by_task"])


def test_verify_of_an_unfair_suite_exits_1_with_reasons(write: Writer, capsys: Captured) -> None:
    wrong = {**PAIR, "reference": "def pair(x):\n    return x, True\n"}
    folder = str(write(DOUBLE, wrong))
    assert call("verify", folder, "--json", "--mutants", "2") == 1
    (failed,) = json.loads(capsys.readouterr().out)["failed"]
    assert failed["task"] == "pair"
    assert "fails check 'at'" in failed["reasons"][0]
    assert call("verify", folder, "--min-checks", "4") == 1
    told = capsys.readouterr().out
    assert "pair: has 3 checks; at least 4 are wanted" in told
    assert "tiny: 1 of 2 tasks are fair" in told


def test_verify_with_wrong_words_is_a_usage_error(write: Writer) -> None:
    with pytest.raises(SystemExit) as left:
        call("verify", str(write(DOUBLE)), "--min-killed", "85")
    assert left.value.code == 2


@pytest.mark.usefixtures("cache")
def test_import_makes_a_suite_that_verifies(tmp_path: Path, capsys: Captured) -> None:
    file = written(tmp_path / "sanitized-mbpp.json", SANITIZED)
    out = tmp_path / "mine"
    assert call("import", "mbpp", str(file), "--out", str(out), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["name"], told["tasks"], told["path"]) == ("mine", 1, str(out))
    assert call("verify", str(out), "--mutants", "0", "--json") == 0
    with pytest.raises(InputError, match="no format 'mbp'"):
        call("import", "mbp", str(file))
