"""Runs: what comes out of them, what they hold, and how they go on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assay import bench
from assay.core.errors import InputError
from assay.core.words import Task
from assay.models.base import Completion, Model, ModelFailure, Request
from assay.models.costs import BudgetSpent
from assay.models.solvers import Answer, Setting
from assay.suites import Suite
from assay.testing import ScriptedModel
from tests.bench.conftest import NOTHING, PAIR, PROMPTS, RIGHT, SUITE, WRONG, contest

ANSWERS = {PROMPTS["double"]: [RIGHT, WRONG, RIGHT, WRONG], PROMPTS["pair"]: PAIR}


def test_figures_follow_from_the_answers(part: Suite, out: Path) -> None:
    run = bench.bench(contest(part, ScriptedModel(ANSWERS), samples=4), out)
    figures = run.study((1, 2, 4)).figures()
    # double passes 2 of 4, pair 4 of 4; of two draws from double one is right in 5 of 6 cases.
    assert figures["pass@1"].value == pytest.approx(0.75)
    assert figures["pass@2"].value == pytest.approx((5 / 6 + 1) / 2)
    assert figures["pass@4"].value == 1
    assert figures["pass@1"].n == 2
    assert run.outcomes == {"passed": 6, "failed": 2}
    assert run.harness == 0


def test_denominators_stand_side_by_side(part: Suite, out: Path) -> None:
    answers = {PROMPTS["double"]: [RIGHT, NOTHING], PROMPTS["pair"]: PAIR}
    run = bench.bench(contest(part, ScriptedModel(answers), samples=2), out)
    figures = run.study().figures()
    assert figures["pass@1"].value == pytest.approx(0.75)
    assert figures["pass@1 placed"].value == pytest.approx(1.0)
    assert figures["placed"].value == pytest.approx(0.75)
    assert run.outcomes == {"passed": 3, "no_code": 1}


def test_the_directory_holds_everything(part: Suite, out: Path) -> None:
    bench.bench(contest(part, ScriptedModel(ANSWERS), samples=2), out)
    held = {path.name for path in out.iterdir()}
    assert {"run.json", "completions.jsonl", "samples.jsonl", "matrix", "control"} <= held
    lines = [json.loads(line) for line in (out / "completions.jsonl").read_text().splitlines()]
    assert {(line["task"], line["sample"]) for line in lines} == {
        ("double", 0), ("double", 1), ("pair", 0), ("pair", 1)
    }  # fmt: skip
    assert PAIR in {line["completion"] for line in lines}
    record = json.loads((out / "run.json").read_text())
    assert set(record["fingerprint"]) == {"suite", "environments", "scorer", "limits", "models"}
    assert record["fingerprint"]["suite"] == part.fingerprint
    from assay import Matrix

    matrix = Matrix.load(out / "matrix" / "python")
    assert matrix.outcomes() == {"passed": 6, "failed": 2}


def test_a_finished_run_asks_nothing_more(part: Suite, out: Path) -> None:
    first = bench.bench(contest(part, ScriptedModel(ANSWERS), samples=2), out)
    model = ScriptedModel(ANSWERS)
    again = bench.bench(contest(part, model, samples=2), out)
    assert model.asked == []
    assert again.rows == first.rows


def test_a_killed_run_asks_only_what_is_missing(part: Suite, out: Path) -> None:
    whole = bench.bench(contest(part, ScriptedModel(ANSWERS), samples=4), out)
    lines = (out / "completions.jsonl").read_text().splitlines(keepends=True)
    # As a kill leaves it: three answers, half of a fourth, and nothing graded.
    (out / "completions.jsonl").write_text("".join(lines[:3]) + lines[3][:20])
    (out / "samples.jsonl").unlink()
    kept = {(line["task"], line["sample"]) for line in map(json.loads, lines[:3])}
    model = ScriptedModel(ANSWERS)
    again = bench.bench(contest(part, model, samples=4), out)
    asked = {(request.task, number) for request, number in model.asked}
    assert asked == {(t.id, n) for t in part.tasks for n in range(4)} - kept
    assert [_timeless(row) for row in again.rows] == [_timeless(row) for row in whole.rows]


def _timeless(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "cpu_seconds"}


def test_failures_of_ours_count_against_no_model_and_are_tried_again(
    part: Suite, out: Path
) -> None:
    broken = ScriptedModel(ANSWERS, failures={PROMPTS["double"]: 1})
    run = bench.bench(contest(part, broken, samples=2), out)
    assert run.harness == 1
    assert run.outcomes["harness"] == 1
    figures = run.study().figures()
    assert figures["pass@1"].value == pytest.approx(0.5)  # double: 0 of 1, pair: 2 of 2
    assert figures["harness"].value == pytest.approx(0.25)
    (note,) = bench.Report(run).failures()
    assert note.startswith("server: scripted was told to fail")
    mended = ScriptedModel(ANSWERS)
    run = bench.bench(contest(part, mended, samples=2), out)
    assert [(request.task, number) for request, number in mended.asked] == [("double", 0)]
    assert run.harness == 0


class Refusing(ScriptedModel):
    """Answers the first task, then has the wrong key."""

    def _text(self, request: Request, number: int) -> str:
        if PROMPTS["pair"] in request.messages[-1].content:
            raise ModelFailure("the key is not valid: set OPENAI_API_KEY", "key")
        return super()._text(request, number)


def test_what_no_request_can_mend_ends_the_run_at_once(part: Suite, out: Path) -> None:
    with pytest.raises(ModelFailure, match="the key is not valid"):
        bench.bench(contest(part, Refusing(ANSWERS), samples=2), out)
    model = ScriptedModel(ANSWERS)
    bench.bench(contest(part, model, samples=2), out)
    assert {request.task for request, _ in model.asked} == {"pair"}


class Spending(ScriptedModel):
    def _text(self, request: Request, number: int) -> str:
        if PROMPTS["pair"] in request.messages[-1].content:
            raise BudgetSpent("stopped at $1 of --max-cost 1")
        return super()._text(request, number)


def test_a_spent_budget_stops_resumably(part: Suite, out: Path) -> None:
    with pytest.raises(BudgetSpent):
        bench.bench(contest(part, Spending(ANSWERS)), out)
    model = ScriptedModel(ANSWERS)
    run = bench.bench(contest(part, model), out)
    assert [request.task for request, _ in model.asked] == ["pair"]
    assert run.outcomes == {"passed": 2}


def test_a_task_whose_reference_fails_here_is_our_failure(out: Path) -> None:
    unfair = replace(SUITE.tasks[0], reference="def double(x): return 0")
    suite = replace(SUITE, tasks=(unfair, SUITE.tasks[1]))
    run = bench.bench(contest(suite, ScriptedModel(ANSWERS)), out)
    assert run.outcomes == {"harness": 1, "passed": 1}
    assert run.study().figures()["pass@1"].n == 1
    assert "reference does not pass" in next(iter(bench.Report(run).failures()))


def test_several_contestants_make_one_table(part: Suite, out: Path) -> None:
    good = ScriptedModel({PROMPTS["double"]: RIGHT, PROMPTS["pair"]: PAIR}, name="good")
    bad = ScriptedModel({PROMPTS["double"]: WRONG, PROMPTS["pair"]: PAIR}, name="bad")
    run = bench.bench(contest(part, good, bad, samples=3, temperatures=(0.0, 0.7)), out)
    report = bench.Report(run)
    assert report.differing() == ("model", "temperature")
    told = report.to_json()
    assert told["tables"]["model"]["good"]["pass@1"]["value"] == 1
    assert told["tables"]["model"]["bad"]["pass@1"]["value"] == 0.5
    assert told["tables"]["contestant"]["bad · 0.7"]["pass@1"]["value"] == 0.5
    assert set(told["temperatures"]["good plain"]) == {"0", "0.7", "together"}
    assert told["temperatures"]["bad plain"]["together"]["value"] == 0.5
    assert len(run.rows) == 2 * 2 * 2 * 3


def test_few_shot_shows_references_of_the_same_stage_and_never_its_own(out: Path) -> None:
    model = ScriptedModel(lambda *_: NOTHING)
    setting = Setting(shots=1, shots_from="stage", seed=0, pool=SUITE.tasks)
    bench.bench(contest(SUITE, model, solver="few-shot", setting=setting), out)
    said = {request.task: [m.content for m in request.messages] for request, _ in model.asked}
    assert all(len(messages) == 3 for messages in said.values())
    assert "return 3 * x" in said["double"][1]  # triple is the other task of its stage
    assert "return 2 * x" in said["triple"][1]
    for task in SUITE.tasks:
        assert str(task.reference).strip() not in said[task.id][1]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        (Setting(shots=9, pool=SUITE.tasks), "only 2 other tasks"),
        (Setting(shots=1, shots_from="stge", pool=SUITE.tasks), "no task has that label"),
    ],
)
def test_shots_that_cannot_be_had_are_refused(out: Path, setting: Setting, told: str) -> None:
    with pytest.raises(InputError, match=told):
        bench.bench(contest(SUITE, ScriptedModel(), solver="few-shot", setting=setting), out)


class Modelless:
    """A solver that asks nobody, and knows one answer."""

    name = "modelless"
    needs_model = False

    def requests(self, task: Task, setting: Setting, samples: int) -> list[Any]:  # noqa: ARG002
        return []

    async def solve(
        self, task: Task, model: Model, setting: Setting, samples: Any, take: Any  # noqa: ARG002
    ) -> None:  # fmt: skip
        for number in samples:
            take(number, Answer(Completion(""), program=f"def {task.id}(x): return 2 * x"))


def test_a_solver_may_need_no_model(part: Suite, out: Path) -> None:
    run = bench.bench(bench.Contest(part, [], [Modelless()]), out)
    assert run.contestants == [{"model": "", "solver": "modelless", "temperature": None}]
    assert run.outcomes == {"passed": 1, "failed": 1}


def test_a_directory_goes_on_only_with_the_run_that_it_holds(part: Suite, out: Path) -> None:
    bench.bench(contest(part, ScriptedModel(ANSWERS), samples=2), out)
    with pytest.raises(InputError, match="holds a run with samples 2, and this one has 3"):
        bench.bench(contest(part, ScriptedModel(ANSWERS), samples=3), out)
    with pytest.raises(InputError, match="holds a run with suite"):
        bench.bench(contest(SUITE, ScriptedModel(ANSWERS), samples=2), out)


def test_a_directory_with_something_else_is_left_alone(part: Suite, out: Path) -> None:
    out.mkdir()
    (out / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="something else than a run"):
        bench.bench(contest(part, ScriptedModel(ANSWERS)), out)
    assert (out / "thesis.tex").read_text() == "years of work"


def test_samples_are_the_same_in_whatever_order_they_come(part: Suite, tmp_path: Path,
                                                          cache: Path) -> None:  # fmt: skip
    del cache
    runs = [
        bench.bench(contest(one, ScriptedModel(ANSWERS), samples=2), tmp_path / name)
        for name, one in (("a", part), ("b", replace(part, tasks=part.tasks)))
    ]
    assert [_timeless(row) for row in runs[0].rows] == [_timeless(row) for row in runs[1].rows]


def test_the_price_is_known_before_anything_is_asked(part: Suite, out: Path) -> None:
    model = ScriptedModel(ANSWERS)
    found = bench.price(contest(part, model, samples=5), out)
    assert found["scripted"].requests == 10
    assert model.asked == []
    bench.bench(contest(part, model, samples=5), out)
    assert bench.price(contest(part, model, samples=5), out)["scripted"].requests == 0
