"""bench, grade, extract, runs and compare on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from assay.cli import main
from assay.suites import save
from tests.bench.conftest import NOTHING, PAIR, RIGHT, SUITE, WRONG

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def tiny(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001
    """A suite on disk, and a folder of its own to work in."""
    monkeypatch.chdir(tmp_path)
    return save(SUITE, tmp_path / "tiny")


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """Recorded answers to two of the three tasks."""
    return write(
        tmp_path / "answers.jsonl",
        {"task": "double", "samples": [RIGHT, WRONG]},
        {"task": "pair", "completion": PAIR},
        {"task": "pair", "completion": NOTHING},
    )


def write(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def told(capsys: Captured) -> Any:
    return json.loads(capsys.readouterr().out)


def test_grade_prints_figures_tables_outcomes_fingerprint_and_cost(
    tiny: Path, answers: Path, capsys: Captured
) -> None:
    assert main(["grade", str(tiny), str(answers), "--json", "--out", "run"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["figures"]["pass@1"]["value"] == 0.5
    assert set(found["figures"]["pass@1"]) >= {"value", "low", "high", "n"}
    assert found["figures"]["pass@2"]["value"] == 1
    assert found["tables"]["stage"]["Training"]["pass@1"]["value"] == 0.5
    assert found["tables"]["data_type"]["Text"]["pass@1"]["n"] == 2
    assert found["outcomes"] == {"passed": 2, "failed": 1, "no_code": 1}
    assert found["fingerprint"]["suite"] != SUITE.fingerprint  # of the two tasks, not of three
    assert found["cost"]["dollars"] == 0
    assert "1 of 3 tasks" in err


def test_figures_are_written_where_one_asks(tiny: Path, answers: Path, capsys: Captured) -> None:
    words = ["--csv", "a.csv", "--parquet", "a.parquet", "--markdown", "a.md",
             "--plots", "charts", "--by", "stage"]  # fmt: skip
    assert main(["grade", str(tiny), str(answers), "--out", "run", *words]) == 0
    shown = capsys.readouterr().out
    assert "pass@1" in shown
    assert "stage" in shown
    assert "data type" not in shown
    rows = list(csv.DictReader(Path("a.csv").read_text().splitlines()))
    assert {row["axis"] for row in rows} == {"all", "stage"}
    from pyarrow import parquet

    assert len(parquet.read_table("a.parquet")) == len(rows)
    assert "## By stage" in Path("a.md").read_text()
    assert {one.name for one in Path("charts").iterdir()} == {"contestants.svg", "stage.svg"}
    assert ">Training</text>" in Path("charts/stage.svg").read_text()


def test_bench_answers_from_a_recording_and_shows_it_again(
    tiny: Path, answers: Path, capsys: Captured
) -> None:
    words = ["bench", str(tiny), "--model", f"replay:{answers}", "--samples", "2", "--select",
             "data_type=text", "--json"]  # fmt: skip
    assert main(words) == 0
    first = told(capsys)
    assert first["figures"]["pass@1"]["value"] == 0.5
    assert Path(first["run"]).parent == Path("runs")
    assert main(["runs", first["run"], "--json"]) == 0
    assert told(capsys) == first
    assert main(["runs", "--json"]) == 0
    (listed,) = told(capsys)
    assert (listed["run"], listed["tasks"], listed["samples"]) == (first["run"], 2, 2)


def test_a_recording_that_lacks_samples_is_named(
    tiny: Path, answers: Path, capsys: Captured
) -> None:
    words = ["bench", str(tiny), "--model", f"replay:{answers}", "--samples", "3", "--json"]
    assert main(words) == 3
    found = told(capsys)
    assert found["outcomes"]["harness"] == 2 + 3  # the third of two tasks, all of the other
    assert found["figures"]["pass@1"]["value"] == 0.5
    assert any("no sample 2 of task 'double'" in note for note in found["failures"])


def test_compare_says_what_one_can_tell(tiny: Path, answers: Path, capsys: Captured) -> None:
    other = write(answers.with_name("other.jsonl"), {"task": "double", "samples": [RIGHT, RIGHT]},
                  {"task": "pair", "samples": [PAIR, PAIR]})  # fmt: skip
    for file, name in ((answers, "one"), (other, "two")):
        assert main(["grade", str(tiny), str(file), "--out", name]) == 0
    capsys.readouterr()
    assert main(["compare", "one", "two"]) == 0
    assert "tied: one cannot tell" in capsys.readouterr().out
    assert main(["compare", "one", "two", "--json"]) == 0
    (pair,) = told(capsys)["pairs"]
    assert (pair["wins"], pair["losses"], pair["outcome"]) == (2, 0, "tied")


def test_extract_says_what_changed(tiny: Path, answers: Path, capsys: Captured) -> None:
    assert main(["grade", str(tiny), str(answers), "--out", "run"]) == 0
    rows = [json.loads(line) for line in Path("run/samples.jsonl").read_text().splitlines()]
    rows[0]["outcome"] = "no_code"  # as an older extraction would have had it
    Path("run/samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    capsys.readouterr()
    assert main(["extract", "run"]) == 0
    assert "1 answers: no_code → passed" in capsys.readouterr().err


def test_a_dry_run_asks_nothing(
    tiny: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    words = ["bench", str(tiny), "--model", "openai/gpt-x", "--base-url", "http://127.0.0.1:9/v1",
             "--samples", "4", "--dry-run"]  # fmt: skip
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "12 answers to ask for" in shown
    assert "price unknown" in shown
    assert "Write the function double(x)" in shown
    words += ["--solver", "agree", "--programs", "5", "--tests", "2"]
    assert main(words) == 0
    assert "21 answers to ask for" in capsys.readouterr().out
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bench", "nosuch", "--model", "embedded"], "no suite is named 'nosuch'"),
        (["bench", "tiny/", "--model", "gpt"], "assay.models has no 'gpt'"),
        (["bench", "tiny/"], "solver plain asks a model: name one with --model"),
        (["bench", "tiny/", "--model", "replay:missing.jsonl"], "missing.jsonl: cannot be read"),
        (["bench", "tiny/", "--model", "replay:answers.jsonl", "--solver", "plane"],
         "did you mean 'plain'?"),
        (["bench", "tiny/", "--model", "replay:answers.jsonl", "--solver", "agree@model"],
         "agree has no words by rules"),
        (["bench", "tiny/", "--model", "replay:answers.jsonl", "--solver", "plain@model"],
         "plain asks in no other words"),
        (["bench", "tiny/", "--model", "replay:answers.jsonl", "--programs", "0"],
         "--programs: at least one"),
        (["bench", "tiny/", "--model", "replay:answers.jsonl", "--select", "stge=training"],
         "did you mean 'stage'?"),
        (["bench", "tiny/", "--model", "replay:answers.jsonl", "--select", "stage=trainning"],
         "did you mean 'Training'?"),
        (["bench", "tiny/", "--model", "replay:answers.jsonl", "--select", "stage"],
         "write LABEL=VALUE"),
        (["bench", "tiny/", "--model", "replay:answers.jsonl", "--samples", "0"],
         "at least one sample"),
        (["bench", "tiny/", "--model", "replay:answers.jsonl", "--temperature", "-1"],
         "a number from 0 on"),
        (["grade", "tiny/", "missing.jsonl"], "missing.jsonl: cannot be read"),
        (["grade", "tiny/", "odd.jsonl"], "odd.jsonl:1: "),
        (["grade", "tiny/", "unknown.jsonl"], "suite tiny has no task 'quadruple'"),
        (["runs", "nowhere"], "nowhere: no run is there"),
        (["runs", "--in", "nowhere"], "nowhere: no such folder"),
        (["compare", "a", "b"], "a: no run is there"),
        (["extract", "nowhere"], "nowhere: no run is there"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_line(
    tiny: Path, answers: Path, capsys: Captured, words: list[str], said: str
) -> None:
    write(answers.with_name("odd.jsonl"), {"task": "double"})
    write(answers.with_name("unknown.jsonl"), {"task": "quadruple", "completion": ""})
    words = [str(tiny) if word == "tiny/" else word for word in words]
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert (out, err.count("\n")) == ("", 1)


def test_tables_by_what_no_task_has_are_refused(
    tiny: Path, answers: Path, capsys: Captured
) -> None:
    assert main(["grade", str(tiny), str(answers), "--out", "run", "--by", "stge"]) == 2
    assert "no task has a label 'stge'" in capsys.readouterr().err
    assert main(["runs", "run", "--cutoff", "gpt=2024-01-01"]) == 2
    assert "no model 'gpt' in this run" in capsys.readouterr().err
    assert main(["runs", "run", "--k", "7"]) == 2
    assert "pass@7 needs 7 samples" in capsys.readouterr().err
