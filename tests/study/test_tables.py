"""Samples to figures, tables and files."""

from __future__ import annotations

import csv
import io
import json
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assay.core.errors import InputError
from assay.study import (
    Sample,
    Study,
    axis,
    compare,
    cutoff_axis,
    mean_figure,
    pass_at_k,
    records,
    since_axis,
    tables,
    to_csv,
    to_json,
    to_markdown,
)
from assay.study.intervals import Settings

STAGES = ("data", "model", "training")
FAST = Settings(resamples=200)


def sampled(
    tasks: int = 24, per: int = 4, models: Sequence[str] = ("m",), sources: int = 8
) -> list[Sample]:
    rng = random.Random(5)
    return [
        Sample(
            f"t{task}", number, passed := rng.random() < 0.1 + task % 3 / 4, 8 if passed else 2, 8,
            labels={"stage": STAGES[task % 3], "tier": f"tier {task % 2 * 9 + 1}"},
            source=f"s{task % sources}", date=f"2024-{task % 12 + 1:02}-15", model=model,
            solver="plain", temperature=0.2,
        )
        for model in models for task in range(tasks) for number in range(per)
    ]  # fmt: skip


def changed(samples: list[Sample], at: int, **values: Any) -> list[Sample]:
    return [replace(one, **values) if place == at else one for place, one in enumerate(samples)]


def test_figures_are_means_over_tasks() -> None:
    samples = sampled()
    figures = Study(samples, (1, 3)).figures()
    assert list(figures) == [
        "pass@1", "pass@1 placed", "pass@3", "pass@3 placed", "checks passed", "placed", "harness",
    ]  # fmt: skip
    passed = np.array([sum(one.passed for one in samples[at : at + 4]) for at in range(0, 96, 4)])
    expected = mean_figure("pass@3", pass_at_k(4, passed, 3), np.arange(24) % 8)
    assert figures["pass@3"].value == pytest.approx(expected.value)
    assert figures["pass@3"].low == pytest.approx(expected.low)
    assert figures["pass@3"].method == "clustered bootstrap, 8 sources"
    assert figures["pass@1"].value == pytest.approx(sum(one.passed for one in samples) / 96)
    shares = np.mean([one.checks_passed / 8 for one in samples])
    assert figures["checks passed"].value == pytest.approx(shares)


def test_both_denominators_and_harness_apart() -> None:
    samples = [
        Sample("a", 0, True, 2, 2), Sample("a", 1, False, 0, 2, placed=False),
        Sample("a", 2, False, 1, 2), Sample("a", 3, False, harness=True, placed=False),
        Sample("b", 0, False, 0, 2, placed=False), Sample("b", 1, False, 0, 2, placed=False),
    ]  # fmt: skip
    study = Study(samples, (1, 2))
    figures = study.figures()
    assert figures["pass@1"].value == pytest.approx((1 / 3 + 0) / 2)
    assert figures["pass@1"].n == 2
    assert figures["pass@1 placed"].value == pytest.approx(1 / 2)
    assert figures["pass@1 placed"].n == 1
    assert figures["pass@2"].value == pytest.approx((2 / 3 + 0) / 2)
    assert figures["checks passed"].value == pytest.approx((1.5 / 3 + 0) / 2)
    assert figures["placed"].value == pytest.approx((2 / 3 + 0) / 2)
    assert figures["harness"].value == pytest.approx((1 / 4 + 0) / 2)
    assert study.table().groups[0].harness == 1


def test_harness_failures_never_count_against_the_model() -> None:
    samples = sampled()
    failed = [*samples, *(replace(one, sample=one.sample + 4, passed=False, checks_passed=0,
                                  placed=False, harness=True) for one in samples)]  # fmt: skip
    before, after = Study(samples).figures(), Study(failed).figures()
    for name in ("pass@1", "pass@1 placed", "checks passed", "placed"):
        assert before[name] == after[name]
    assert after["harness"].value == 0.5


def test_all_harness_has_no_figure_and_no_crash() -> None:
    lost = [Sample(f"t{at}", 0, False, harness=True, placed=False) for at in range(9)]
    study = Study(lost, (1, 5))
    figures = study.figures()
    assert [figures[name].n for name in ("pass@1", "pass@5", "checks passed")] == [0, 0, 0]
    assert figures["harness"].value == 1
    assert figures["harness"].n == 9
    assert not study.runs().mean.known
    json.dumps(to_json(study), allow_nan=False)


def test_no_sample_at_all_has_figures_of_nothing() -> None:
    study = Study([])
    assert [figure.n for figure in study.figures().values()] == [0] * 5
    assert to_json(study)["tables"] == {}


def test_one_sample_a_task_gets_wilsons() -> None:
    figure = Study([Sample(f"t{at}", 0, at < 3) for at in range(10)]).figures()["pass@1"]
    assert (figure.value, figure.method, figure.n) == (0.3, "Wilson", 10)


def test_tables_by_a_label_partition_the_tasks() -> None:
    table = Study(sampled()).table("stage")
    assert [group.label for group in table] == list(STAGES)
    assert [group.tasks for group in table] == [8, 8, 8]
    means = [group.figures["pass@1"].value for group in table]
    assert means == sorted(means)
    alone = Study([one for one in sampled() if one.labels["stage"] == "model"]).figures()
    assert table["model"].figures == alone
    with pytest.raises(InputError, match="no group 'inference'"):
        table["inference"]


def test_labels_with_numbers_are_in_their_order() -> None:
    assert [group.label for group in Study(sampled()).table("tier")] == ["tier 1", "tier 10"]
    samples = [replace(one, labels={"tier": f"tier {int(one.task[1:]) + 1}"}) for one in sampled()]
    assert [group.label for group in Study(samples, settings=FAST).table("tier")][:3] == [
        "tier 1", "tier 2", "tier 3",
    ]  # fmt: skip


def test_missing_labels_are_named_and_stand_last() -> None:
    samples = [replace(one, labels={}) if one.task == "t0" else one for one in sampled()]
    table = Study(samples).table("stage")
    assert [group.label for group in table] == [*STAGES, "(none)"]
    alone = table["(none)"]
    assert (alone.tasks, alone.samples) == (1, 4)
    figure = alone.figures["pass@1"]
    assert figure.n == 1
    assert figure.high - figure.low > 0.5


def test_empty_groups_that_were_asked_for_are_there() -> None:
    study = Study(sampled())
    table = study.table(axis(study.units, "stage", ("inference", *STAGES)))
    assert [group.label for group in table] == ["inference", *STAGES]
    empty = table["inference"]
    assert (empty.tasks, empty.samples, empty.figures["pass@1"].n) == (0, 0, 0)
    assert str(empty.figures["pass@1"]) == "– of 0"
    assert "– of 0" in to_markdown(table)


def test_an_unknown_label_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"no task has a label 'stge'; there are .*stage"):
        Study(sampled()).table("stge")


def test_axes_cross_and_models_stay_apart() -> None:
    samples = sampled(models=("m", "n"))
    study = Study(samples, settings=FAST)
    table = study.table("model", "stage")
    assert [group.label for group in table] == [
        f"{model} · {stage}" for model in "mn" for stage in STAGES
    ]
    only = Study([one for one in samples if one.model == "n"], settings=FAST).table("stage")
    assert [g.figures for g in table.groups[3:]] == [g.figures for g in only]
    assert study.table("model")["m"].tasks == 24
    assert study.table().groups[0].tasks == 24
    assert study.figures()["pass@1"].n == 48


def test_before_and_after_each_models_cutoff() -> None:
    samples = changed(sampled(models=("m", "n"), per=1), 3, date=None)
    samples = [replace(one, date=None) if one.task == "t3" else one for one in samples]
    study = Study(samples, settings=FAST)
    found = study.table(cutoff_axis(study.units, {"m": "2024-06"}))
    assert [(group.label, group.samples) for group in found] == [
        ("before the cutoff", 9), ("after the cutoff", 14), ("date unknown", 1),
        ("cutoff unknown", 24),
    ]  # fmt: skip
    same = study.table(cutoff_axis(study.units, "2030-01-01"))
    assert [(group.label, group.samples) for group in same] == [
        ("before the cutoff", 46), ("after the cutoff", 0), ("date unknown", 2),
    ]  # fmt: skip


def test_a_task_of_the_day_of_the_cutoff_is_after_it() -> None:
    study = Study([Sample("a", 0, True, date="2024-06-01"), Sample("b", 0, True, date="2024-05")])
    found = study.table(cutoff_axis(study.units, "2024-06-01"))
    assert [group.tasks for group in found] == [1, 1]


def test_windows_of_time_overlap() -> None:
    study = Study(sampled(per=1))
    table = study.table(since_axis(study.units, ["2024-11", "2024-07-16", "2025"]))
    assert [(group.label, group.tasks) for group in table] == [
        ("all", 24), ("since 2024-07-16", 10), ("since 2024-11-01", 4), ("since 2025-01-01", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("date", ["yesterday", "2024-13-01", "24", "2024/01/01"])
def test_a_date_that_is_none_is_refused(date: str) -> None:
    study = Study([Sample("a", 0, True, date=date)])
    with pytest.raises(InputError, match="task 'a' has the date"):
        study.table(cutoff_axis(study.units, "2024-01-01"))
    with pytest.raises(InputError, match="the cutoff"):
        cutoff_axis(Study([]).units, date)


def test_runs_are_the_samples_of_the_same_number() -> None:
    samples = sampled()
    spread = Study(samples).runs()
    by_run = [np.mean([one.passed for one in samples if one.sample == at]) for at in range(4)]
    assert [run.value for run in spread.runs] == pytest.approx(by_run)
    assert spread.variance.value == pytest.approx(np.var(by_run, ddof=1))


def test_temperatures_are_matched_by_task() -> None:
    samples = [
        Sample("a", 0, False, temperature=0.0), Sample("b", 0, True, temperature=0.0),
        *(Sample("b", at, False, temperature=1.0) for at in range(3)),
        *(Sample("a", at, at == 2, temperature=1.0) for at in range(3)),
        Sample("c", 0, False, temperature=0.0),
    ]  # fmt: skip
    found = Study(samples).temperatures()
    assert found.each[0.0].value == pytest.approx(1 / 3)
    assert (found.each[1.0].value, found.each[1.0].n) == (0.5, 2)
    assert (found.together.value, found.together.n) == (1.0, 2)
    with pytest.raises(InputError, match="one model"):
        Study(sampled(models=("m", "n"))).temperatures()


def test_comparison_pairs_tasks_by_name() -> None:
    samples = sampled(per=3)
    better = [replace(one, passed=one.passed or one.sample == 0, model="n")
              for one in reversed(samples) if one.task != "t5"]  # fmt: skip
    found = compare(Study(samples), Study(better))
    assert found.outcome == "better"
    assert (found.losses, found.left_out) == (0, 1)
    assert found.difference.n == 23
    assert found.test.endswith("8 sources")
    with pytest.raises(InputError, match="one model"):
        compare(Study(samples), Study([*samples, *better]))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sample": 1}, "sample 1 twice"),
        ({"placed": False, "passed": True}, "passed without a program"),
        ({"checks_passed": 9}, "passed more checks"),
        ({"source": "elsewhere"}, "two descriptions: source"),
        ({"labels": {"stage": "x"}}, "two descriptions: labels"),
    ],
)
def test_samples_that_contradict_each_other_are_refused(values: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Study(changed(sampled(), 0, **values))


def test_json_has_the_shape_of_the_report() -> None:
    found = to_json(Study(sampled(models=("m", "n")), settings=FAST))
    assert list(found) == ["figures", "tables"]
    assert list(found["tables"]) == ["model", "stage", "tier", "source"]
    cell = found["tables"]["stage"]["training"]["pass@1"]
    assert set(cell) >= {"value", "low", "high", "n"}
    assert cell["low"] <= cell["value"] <= cell["high"]
    json.dumps(found, allow_nan=False)


def test_csv_reads_back_and_runs_no_formula() -> None:
    samples = [replace(one, labels={"stage": '=cmd|"x"', "tier": "a,\nb"}) for one in sampled()]
    study = Study(samples, settings=FAST)
    rows = records([study.table(), *tables(study)])
    back = list(csv.DictReader(io.StringIO(to_csv(rows))))
    assert len(back) == len(rows) == 5 * (1 + 1 + 1 + 8)
    assert (back[0]["axis"], back[0]["label"], back[0]["figure"]) == ("all", "all", "pass@1")
    assert float(back[0]["value"]) == pytest.approx(study.figures()["pass@1"].value)
    assert {row["label"] for row in back} >= {'\'=cmd|"x"', "a,\nb"}
    empty = records([Study([]).table()])
    assert next(csv.DictReader(io.StringIO(to_csv(empty))))["value"] == ""


def test_markdown_keeps_its_columns_whatever_the_labels() -> None:
    samples = [replace(one, labels={"stage": "a|b\n<script>"}) for one in sampled()]
    text = to_markdown(Study(samples).table("stage"), ["pass@1"])
    head, rule, row = text.splitlines()
    assert head == "| stage | pass@1 | tasks | harness failures |"
    assert rule.count("|") == 5
    assert row.startswith(r"| a\|b &lt;script> | ")
    assert row.endswith(" of 24 | 24 | 0 |")


@pytest.mark.slow
def test_100_000_samples_are_tabulated_in_5_cpu_seconds() -> None:
    samples = sampled(tasks=1000, per=20, models=("a", "b", "c", "d", "e"), sources=40)
    start = time.process_time()
    found = to_json(Study(samples, (1, 5, 10)))
    assert time.process_time() - start < 5
    assert found["tables"]["model"]["a"]["pass@1"]["n"] == 1000
