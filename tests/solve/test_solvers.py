"""Agreement as bench's solvers, which never see what a task is graded with."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assay import bench
from assay.core.errors import InputError
from assay.core.words import Check, Target, Task
from assay.engine.session import Session
from assay.models.base import ModelFailure
from assay.models.solvers import Answer, Setting, Solver
from assay.solve import mutations, solvers
from assay.suites import Suite
from assay.testing import ScriptedModel
from tests.solve.answers import (
    ALIKE,
    ASKED_PROGRAM,
    ASKED_TESTS,
    PROMPT,
    RIGHT,
    SQUARE,
    TESTS,
    block,
    scripted,
)

THRICE = block("def double(x):\n    return 3 * x")
TASK = Task(
    "double", PROMPT, Target(name="double", signature="def double(x):"),
    (Check("0", "double", call="double(5)", expected=10),),
    reference="def double(x):\n    return 2 * x\n",
)  # fmt: skip
ALL = {
    "ask-8": solvers.ask_8, "agree": solvers.agree, "a2p": solvers.a2p, "d2i": solvers.d2i,
    "caps": solvers.caps, "adversarial-name": solvers.adversarial_name,
    "task-name": solvers.task_name, "rephrase": solvers.rephrase, "verb": solvers.verb,
    "all": solvers.every,
}  # fmt: skip


def answered(
    folder: Path, solver: Solver, model: Any = None, task: Any = TASK, samples: int = 1,
    **setting: Any,
) -> list[Answer]:  # fmt: skip
    opening = partial(Session, store=folder / "verdicts.sqlite", workers=1)
    given = Setting(**{"programs": 6, "tests": 2, "open_session": opening} | setting)
    found: dict[int, Answer] = {}
    asked = solver.solve(task, model or scripted(), given, range(samples), found.__setitem__)
    asyncio.run(asked)
    return [found[number] for number in range(samples)]


class Sealed:
    """A task that tells who looks at what it is graded with."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def __getattr__(self, name: str) -> Any:
        assert name not in ("checks", "reference"), f"the solver looked at the task's {name}"
        return getattr(self._task, name)


@pytest.mark.parametrize("name", ["agree", "ask-8", "all"])
def test_what_a_task_is_graded_with_is_never_looked_at(tmp_path: Path, name: str) -> None:
    other = replace(TASK, checks=(Check("0", "double", call="double(5)", expected=25),))
    seen = [
        json.dumps([one.program, one.completion.text, one.notes])
        for task in (TASK, other, replace(TASK, checks=(), reference=None), Sealed(TASK))
        for one in answered(tmp_path, ALL[name](), task=task, samples=2)
    ]
    assert seen[0::2] == [seen[0]] * 4
    assert seen[1::2] == [seen[1]] * 4


def test_the_answer_is_the_program_that_agreement_picks(tmp_path: Path) -> None:
    first, second = answered(tmp_path, solvers.agree(), samples=2)
    assert first.program == second.program
    assert "2 * x" in str(first.program)
    assert first.notes["agreed"]
    assert first.notes["size"] == 4
    assert first.completion.text == RIGHT
    assert first.completion.completion_tokens > 0
    assert second.completion.completion_tokens == 0


def test_samples_take_turns_among_programs_that_tie(tmp_path: Path) -> None:
    model = scripted(RIGHT, THRICE, tests="none")
    found = answered(tmp_path, solvers.agree(), model, samples=4, programs=4)
    programs = [one.program for one in found]
    assert programs[0] != programs[1]
    assert programs[:2] == programs[2:]
    assert found[0].notes["ties"] == 1


def test_each_mutation_has_a_solver_that_shares_the_programs_out(tmp_path: Path) -> None:
    for name, make in ALL.items():
        assert make().name == name
    assert set(mutations.THESIS) <= set(ALL)
    model = scripted(RIGHT, ALIKE)
    (found,) = answered(tmp_path, solvers.caps(), model, temperature=0.0)
    assert found.notes["mutants"]["kept"] == ["caps"]
    assert {request.temperature for request, _ in model.asked} == {0.8}
    asked = [request for request, _ in model.asked if ASKED_PROGRAM in str(request.messages)]
    assert len(asked) == 6
    assert sum("WRITE THE FUNCTION" in str(request.messages) for request in asked) == 3
    (every,) = answered(tmp_path, solvers.every(), ScriptedModel(lambda *_: RIGHT), programs=14)
    told = every.notes["mutants"]
    named = set(told["kept"]) | {one["mutation"] for one in told["dropped"]}
    assert named == {*mutations.THESIS, "rephrase@model"} - {"rephrase"}


def test_a_price_counts_programs_and_tests() -> None:
    setting = Setting(programs=16, tests=8)
    assert [count for _, count in solvers.agree().requests(TASK, setting, 3)] == [16, 8]
    (wide, count), _ = solvers.ask_8().requests(TASK, setting, 3)
    assert (count, wide.max_tokens) == (2, 8 * 1024)
    assert [count for _, count in solvers.rephrase().requests(TASK, setting, 3)] == [16, 8, 1]
    assert [count for _, count in solvers.verb().requests(TASK, setting, 3)] == [16, 8]


def test_an_incomplete_pool_gives_no_answer(tmp_path: Path) -> None:
    with pytest.raises(ModelFailure, match="told to fail"):
        answered(tmp_path, solvers.agree(), scripted(failures={ASKED_PROGRAM: 1}))
    (found,) = answered(tmp_path, solvers.agree(), scripted("no", tests="no"))
    assert found.program is None


def test_bench_sets_them_beside_plain_sampling(tmp_path: Path) -> None:
    suite = Suite("tiny", (TASK,), version="1")
    contest = bench.Contest(
        suite,
        [scripted(RIGHT, SQUARE, ALIKE)],
        [bench.solver("plain"), solvers.ask_8(), solvers.agree(), solvers.verb()],
        samples=3,
        setting=Setting(programs=6, tests=2),
    )
    run = bench.bench(contest, tmp_path / "run", engine=bench.Engine(1, tmp_path / "v.sqlite"))
    table = {
        group.labels["solver"]: group.figures["pass@1"].value
        for group in bench.Report(run).contestants()
    }
    assert table == {"plain": pytest.approx(2 / 3), "agree": 1.0, "ask-8": 1.0, "verb": 1.0}
    pairs = {(pair.first, pair.second) for pair in bench.compare_runs(run, run)}
    assert any("plain" in one and "agree" in other for one, other in pairs)
    again = bench.bench(contest, tmp_path / "run", engine=bench.Engine(1, tmp_path / "v.sqlite"))
    assert again.rows == run.rows
    lines = (tmp_path / "run" / "completions.jsonl").read_text().splitlines()
    noted = [json.loads(line) for line in lines if '"agree"' in line]
    assert all(one["notes"]["mutants"] == {"kept": [], "dropped": []} for one in noted)
    report = bench.Report(run)
    (counted,) = report.to_json()["mutations"].items()
    assert counted[0] == "verb"
    assert (counted[1]["kept"], counted[1]["rate"]["value"]) == (1, 1.0)


def test_what_was_chosen_stands_beside_the_original_and_the_best_choice(tmp_path: Path) -> None:
    """One of three programs is right, and the tests speak for another."""
    suite = Suite("tiny", (TASK,), version="1")
    wrong = block("def double(x):\n    return 2 * x * x")
    contest = bench.Contest(
        suite,
        [scripted(SQUARE, RIGHT, wrong, SQUARE, tests=block("assert double(3) == 9"))],
        [solvers.agree(), bench.solver("plain"), bench.solver("caps@model")],
        setting=Setting(programs=4, tests=1),
    )
    run = bench.bench(contest, tmp_path / "run", engine=bench.Engine(1, tmp_path / "v.sqlite"))
    told = bench.Report(run).to_json()
    assert [(one["first"], one["second"]) for one in told["against_original"]] == [
        ("scripted, plain, temperature 0", f"scripted, {name}, temperature 0")
        for name in ("agree", "caps@model")
    ]
    assert {name: figure["value"] for name, figure in told["oracles"].items()} == {
        "scripted, agree, temperature 0": 1.0, "scripted, caps@model, temperature 0": 1.0,
    }  # fmt: skip
    assert [row["outcome"] for row in run.rows] == ["failed"] * 3
    assert [row.get("proposed") for row in run.rows] == [3, None, 3]
    against, words = bench.Report(run).beside()
    assert against.rows[0][2:5] == ("0", "0", "tied")
    assert [row[5][:5] for row in against.rows] == ["100.0", "", "100.0"]
    assert words.rows[0][0] == "caps@model"
    assert "## Prompts in other words" in bench.Report(run).markdown()


def test_a_model_may_find_the_words_that_rules_find_otherwise(tmp_path: Path) -> None:
    by_model = bench.solver("caps@model")
    assert by_model.name == "caps@model"
    loud = "1. WRITE THE FUNCTION `double(x)`, WHICH RETURNS TWICE ITS ARGUMENT."
    model = ScriptedModel({"numbered sentences": loud, ASKED_TESTS: TESTS, ASKED_PROGRAM: RIGHT})
    (found,) = answered(tmp_path, by_model, model)
    assert found.notes["mutants"]["kept"] == ["caps@model"]
    counts = [count for _, count in by_model.requests(TASK, Setting(), 1)]
    assert counts == [16, 8, 1]
    for name in ("plain@model", "agree@model", "rephrase@model", "caps@rules"):
        with pytest.raises(InputError, match="^.*" + name.partition("@")[0]):
            bench.solver(name)
