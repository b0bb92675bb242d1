"""`assay solve` on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assay.cli import main
from tests.solve.answers import ALIKE, PROMPT, RIGHT, SQUARE, block

Captured = pytest.CaptureFixture[str]
THRICE = block("def double(x):\n    return 3 * x")
ASKED = "assert double(1) == 2\nassert double(3) == 6"


@pytest.fixture
def model(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: ARG001
    """Recorded answers to the prompt: each has a program, and tests below it."""
    monkeypatch.chdir(tmp_path)
    return recorded(*(f"{text}\n\n{block(ASKED)}" for text in (RIGHT, SQUARE, ALIKE)))


def recorded(*answers: str) -> str:
    record = {"task": "prompt", "samples": list(answers)}
    Path("answers.jsonl").write_text(json.dumps(record) + "\n")
    return "replay:answers.jsonl"


def solve(model: str, *more: str, samples: int = 3, tests: int = 2) -> list[str]:
    return ["solve", PROMPT, "--model", model, "--samples", str(samples), "--tests", str(tests),
            "--workers", "1", *more]  # fmt: skip


def told(capsys: Captured) -> Any:
    return json.loads(capsys.readouterr().out)


def test_the_program_is_shown_with_its_evidence(model: str, capsys: Captured) -> None:
    assert main(solve(model, "--out", "answer.py")) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("def double(x):\n    return 2 * x\n")
    for said in (
        "agreed: 2 of 3 programs behave like it",
        "cluster: 2 of 3 programs, written in 2 ways, by srank; confidence 50%",
        "checks: 2 passed, 0 failed",
        "runner-up: 1 programs; at double(1) they give 1, this gives 2; a test wants 2",
        "proposed: 3 programs (3 usable, 3 distinct), 4 tests (2 distinct) in 2 answers",
        "tokens",
    ):
        assert said in shown
    assert Path("answer.py").read_text() == "def double(x):\n    return 2 * x\n"


def test_json_is_one_object(model: str, capsys: Captured) -> None:
    assert main(solve(model, "--json", "--selector", "codet")) == 0
    found = told(capsys)
    assert found["agreed"] is True
    assert found["name"] == "double"
    assert found["selector"] == "codet"
    assert found["cluster"] == {"size": 2, "of": 3, "distinct": 2}
    assert found["runner_up"]["separation"]["call"] == "double(1)"
    assert set(found["cost"]) >= {"prompt_tokens", "completion_tokens", "dollars", "cpu_seconds"}


def test_without_agreement_the_exit_code_is_1_and_what_is_known_is_shown(
    model: str, capsys: Captured
) -> None:
    del model
    words = solve(recorded(RIGHT, THRICE), samples=2, tests=0)
    assert main(words) == 1
    shown = capsys.readouterr().out
    assert "not agreed: 2 behaviours tie" in shown
    assert "def double(x)" in shown
    assert "ties: 1 other behaviours stand as high" in shown
    assert main(solve(recorded("no", "no"), samples=2, tests=0)) == 1
    assert "not agreed: no program could be used" in capsys.readouterr().out


def test_a_tie_is_settled_by_who_is_asked(
    model: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    del model
    monkeypatch.setattr("sys.stdin", io.StringIO("which?\n2\n"))
    words = solve(recorded(RIGHT, THRICE), "--interactive", "--json", samples=2, tests=0)
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert "Two behaviours tie" in err
    assert "neither 1, 2 nor a value" in err
    found = json.loads(out)
    assert [check["trusted"] for check in found["checks"]] == [True]
    assert "3 * x" in found["program"]


def test_prompt_and_examples_come_from_files(model: str, capsys: Captured) -> None:
    Path("prompt.md").write_text("Give me the double of a number.")
    Path("examples.py").write_text("assert double(3) == 6\n")
    words = solve(model, "--json", "--examples", "examples.py", "--signature", "def double(x)")
    assert main([words[0], "--file", "prompt.md", *words[2:]]) == 0
    found = told(capsys)
    assert found["checks"][0] == {
        "check": "assert double(3) == 6", "passed": True, "trusted": True, "gave": "6",
        "origin": "example/0",
    }  # fmt: skip


def test_a_model_that_ends_early_leaves_what_came(model: str, capsys: Captured) -> None:
    assert main(solve(model, "--json", samples=5)) == 0
    found = told(capsys)
    assert found["counts"]["programs"]["proposed"] == 3
    assert "no sample 3" in found["notes"][0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["solve", "", "--model", "replay:answers.jsonl"], "the prompt is empty"),
        (["solve", "--model", "replay:answers.jsonl"], "give a PROMPT, or --file"),
        (["solve", "x", "--file", "y", "--model", "replay:answers.jsonl"], "give a PROMPT"),
        (["solve", "--file", "none.md", "--model", "replay:answers.jsonl"], "none.md: the prompt"),
        (["solve", "x", "--model", "replay:none.jsonl"], "none.jsonl: cannot be read"),
        (["solve", "x", "--model", "replay:answers.jsonl", "--examples", "no.py"], "no.py"),
        (["solve", "x", "--model", "replay:answers.jsonl", "--signature", "def ("], "--signature"),
        (["solve", "x", "--model", "replay:answers.jsonl", "--environment", "basis"], "base"),
        (["solve", "x"], "--model"),
    ],
)
def test_wrong_usage_is_one_line(model: str, words: list[str], said: str, capsys: Captured) -> None:
    del model
    assert main(words) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
