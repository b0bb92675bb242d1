"""Tasks that can be asked in several styles, compared in one run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assay import bench, suites
from assay.cli import main
from assay.core.errors import InputError
from assay.suites import Suite
from assay.testing import ScriptedModel
from tests.bench.conftest import PAIR, RIGHT, WRONG

ANSWERS = {"In the words of a model": RIGHT, "the function double": WRONG, "function pair": PAIR}


@pytest.fixture
def both(part: Suite) -> Suite:
    """`double` has a second prompt, `pair` has none."""
    double, pair = part.tasks
    prompts = {"own": double.prompt, "model": "In the words of a model: twice the number."}
    return replace(part, tasks=(replace(double, prompts=prompts), pair))


def test_styles_are_rows_of_one_table(both: Suite, out: Path) -> None:
    model = ScriptedModel(ANSWERS)
    solvers = bench.styled([bench.solver("plain")], ("own", "model"), both)
    run = bench.bench(bench.Contest(both, [model], solvers), out)
    assert {row["solver"]: row["outcome"] for row in run.rows if row["task"] == "double"} == {
        "plain:own": "failed", "plain:model": "passed"
    }  # fmt: skip
    assert [row["outcome"] for row in run.rows if row["task"] == "pair"] == ["passed"] * 2
    asked = [request.messages[-1].content for request, _ in model.asked]
    assert sum("In the words of a model" in one for one in asked) == 1


def test_examples_are_in_the_same_style(both: Suite, out: Path) -> None:
    model = ScriptedModel(lambda _request, _number: PAIR)
    (solver,) = bench.styled([bench.solver("few-shot")], ("model",), both)
    setting = bench.Setting(shots=1, shots_from="random", seed=0, pool=both.tasks)
    bench.bench(bench.Contest(both, [model], [solver], setting=setting), out)
    pair = next(request for request, _ in model.asked if request.task == "pair")
    assert "In the words of a model" in pair.messages[0].content


def test_a_suite_keeps_its_styles(both: Suite, tmp_path: Path) -> None:
    saved = suites.load(suites.save(both, tmp_path / "suite"))
    assert saved.tasks[0].prompts == both.tasks[0].prompts
    assert saved.tasks[1].prompts == {}
    assert saved.fingerprint == both.fingerprint
    changed = replace(both.tasks[0], prompts={"own": "other"})
    assert replace(both, tasks=(changed, both.tasks[1])).fingerprint != both.fingerprint


def test_the_verb(both: Suite, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = suites.save(both, out.parent / "suite")
    answers = out.parent / "answers.jsonl"
    answers.write_text("".join(json.dumps({"task": task, "completion": text}) + "\n"
                               for task, text in (("double", RIGHT), ("pair", PAIR))))  # fmt: skip
    words = ["bench", str(place), "--model", f"replay:{answers}", "--out", str(out)]
    assert main([*words, "--prompt-style", "own,model", "--json"]) == 0
    assert "plain:own" in capsys.readouterr().out
    assert main([*words, "--prompt-style", "sung"]) == 2
    assert "has a prompt of that style; there are model, own" in capsys.readouterr().err


def test_a_style_that_no_task_has(part: Suite) -> None:
    with pytest.raises(InputError, match="none beside the usual one"):
        bench.styled([bench.solver("plain")], ("own",), part)
