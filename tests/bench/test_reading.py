"""Runs read again: compared, regraded, listed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assay import bench
from assay.core.errors import InputError
from assay.core.outcomes import Outcome
from assay.models.extraction import Extraction
from assay.suites import Suite
from assay.testing import ScriptedModel
from tests.bench.conftest import PAIR, PROMPTS, RIGHT, SUITE, WRONG, contest

GOOD = {PROMPTS["double"]: RIGHT, PROMPTS["pair"]: PAIR}
BAD = {PROMPTS["double"]: WRONG, PROMPTS["pair"]: PAIR}


def run_of(suite: Suite, folder: Path, answers: dict[str, str], name: str) -> bench.Run:
    made = contest(suite, ScriptedModel(answers, name=name), samples=2)
    return bench.bench(made, folder / name)


def test_two_runs_are_compared_task_by_task(part: Suite, tmp_path: Path, cache: Path) -> None:
    del cache
    good, bad = (run_of(part, tmp_path, a, n) for a, n in ((GOOD, "good"), (BAD, "bad")))
    (pair,) = bench.compare_runs(bad, good)
    assert (pair.comparison.wins, pair.comparison.losses, pair.comparison.ties) == (1, 0, 1)
    assert pair.comparison.difference.value == pytest.approx(0.5)
    assert pair.comparison.outcome == "tied"  # of two tasks one cannot tell
    assert pair.first.startswith("bad")


def test_runs_that_do_not_rest_on_the_same_are_not_compared(
    part: Suite, tmp_path: Path, cache: Path
) -> None:
    del cache
    one = run_of(part, tmp_path, GOOD, "one")
    wider = run_of(SUITE, tmp_path, {**GOOD, "": RIGHT}, "wider")
    with pytest.raises(InputError, match=r"do not rest on the same:\n  suite: "):
        bench.compare_runs(one, wider)
    limited = run_of(replace(part, check_cpu_seconds=0.5), tmp_path, GOOD, "limited")
    with pytest.raises(InputError, match=r"\n  limits: "):
        bench.compare_runs(one, limited)


def test_the_contestants_of_one_run_are_compared(part: Suite, out: Path) -> None:
    models = [ScriptedModel(GOOD, name="good"), ScriptedModel(BAD, name="bad")]
    run = bench.bench(contest(part, *models), out)
    (pair,) = bench.compare_runs(run, run)
    assert (pair.first.split(",")[0], pair.second.split(",")[0]) == ("good", "bad")
    assert pair.comparison.losses == 1


def test_one_contestant_alone_cannot_be_compared(part: Suite, tmp_path: Path, cache: Path) -> None:
    del cache
    run = run_of(part, tmp_path, GOOD, "only")
    with pytest.raises(InputError, match="one contestant"):
        bench.compare_runs(run, run)


def test_a_better_extraction_regrades_what_was_answered(
    part: Suite, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del cache
    blind = Extraction(None, Outcome.NO_CODE, "blind")
    with monkeypatch.context() as patch:
        patch.setattr("assay.bench.scoring.extract", lambda *_, **__: blind)
        run = run_of(part, tmp_path, GOOD, "one")
    assert run.outcomes == {"no_code": 4}
    raw = (run.path / "completions.jsonl").read_text()
    again, moved = bench.regrade(part, run.path)
    assert again.outcomes == {"passed": 4}
    assert moved == {"no_code → passed": 4}
    assert (run.path / "completions.jsonl").read_text() == raw
    assert bench.regrade(part, run.path)[1] == {}


def test_a_run_is_not_regraded_on_other_tasks(part: Suite, tmp_path: Path, cache: Path) -> None:
    del cache
    run = run_of(part, tmp_path, GOOD, "one")
    other = replace(part, tasks=(replace(part.tasks[0], prompt="else"), part.tasks[1]))
    with pytest.raises(InputError, match="no longer what it was"):
        bench.regrade(other, run.path)


def test_an_unfinished_run_is_listed_but_not_read(part: Suite, tmp_path: Path, cache: Path) -> None:
    del cache
    run = run_of(part, tmp_path, GOOD, "one")
    record = json.loads((run.path / "run.json").read_text())
    del record["finished"]
    (run.path / "run.json").write_text(json.dumps(record))
    (run.path / "samples.jsonl").unlink()
    with pytest.raises(InputError, match="not finished"):
        bench.Run.load(run.path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{")
    listed = {
        path.name: (record is not None, fault) for path, record, fault in bench.runs(tmp_path)
    }
    assert listed["one"] == (True, "")
    assert "cannot be read" in listed["broken"][1]


def test_tables_by_date(part: Suite, tmp_path: Path, cache: Path) -> None:
    del cache
    run = run_of(part, tmp_path, BAD, "bad")
    told = bench.Report(run, cutoffs={"bad": "2024-01-01"}, since=["2025-01-01"]).to_json()
    assert told["tables"]["cutoff"]["before the cutoff"]["pass@1"]["value"] == 0
    assert told["tables"]["cutoff"]["after the cutoff"]["pass@1"]["value"] == 1
    assert told["tables"]["since"]["since 2025-01-01"]["pass@1"]["n"] == 1


def test_more_samples_than_there_are_cannot_be_asked_for(
    part: Suite, tmp_path: Path, cache: Path
) -> None:
    del cache
    with pytest.raises(InputError, match="pass@5 needs 5 samples"):
        bench.Report(run_of(part, tmp_path, GOOD, "one"), ks=[1, 5])


def test_the_quality_of_what_passes_stands_beside_the_references(
    part: Suite, tmp_path: Path, cache: Path
) -> None:
    del cache
    from assay.bench.quality import quality

    longer = "```python\ndef double(x):\n    if x:\n        return x + x\n    return 0\n```"
    run = run_of(part, tmp_path, {**GOOD, PROMPTS["double"]: longer}, "one")
    found = quality(run, part)
    assert found["lines"]["programs"].value == pytest.approx((4 + 2) / 2)
    assert found["lines"]["references"].value == pytest.approx((1 + 1) / 2)
    assert found["cyclomatic"]["difference"].value == pytest.approx(0.5)
    assert next(iter(found["CPU time, times the reference's"].values())).value > 0
    assert quality(run_of(part, tmp_path, {"": "no"}, "none"), part) == {}
