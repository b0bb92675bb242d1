"""Parts of a suite, and what is told about labels and values that are not there."""

from __future__ import annotations

from typing import Any

import pytest

from assay import InputError, Task, suites
from assay.suites import Suite

DATES = ["2022", "2023-02", "2023-11-30", "2024-05-17", None, "2024-05-18"]
STAGES = ["training", "training", "inference", "training", "data", "data"]
SUITE = Suite(
    "six",
    tuple(
        Task(f"t{n}", "", labels={"stage": stage, "task": "loss"}, date=date, tier=tier)
        for n, (date, stage, tier) in enumerate(zip(DATES, STAGES, "aabbab", strict=True))
    ),
)


@pytest.mark.parametrize(
    ("conditions", "kept"),
    [
        ({}, "012345"),
        ({"where": {"stage": "training"}}, "013"),
        ({"where": {"stage": ["data", "inference"]}}, "245"),
        ({"where": {"stage": "training", "tier": "a"}}, "01"),
        ({"ids": ["t4", "t0"]}, "04"),
        ({"limit": 2}, "01"),
        ({"limit": 99}, "012345"),
        ({"since": "2023-11"}, "235"),
        ({"since": "2024-05-18"}, "5"),
        ({"until": "2023"}, "012"),
        ({"until": "2024-05-17"}, "0123"),
        ({"since": "2023", "until": "2023"}, "12"),
        ({"where": {"stage": "training"}, "limit": 1}, "0"),
    ],
)
def test_tasks_that_fit_are_kept_in_order(conditions: dict[str, Any], kept: str) -> None:
    part = suites.select(SUITE, **conditions)
    assert [task.id for task in part.tasks] == [f"t{n}" for n in kept]
    assert (part.fingerprint == SUITE.fingerprint) == (len(kept) == 6)


def test_a_seed_draws_the_same_tasks_each_time() -> None:
    drawn = [suites.select(SUITE, limit=3, seed=seed).tasks for seed in (1, 1, 2, 3, 4)]
    assert drawn[0] == drawn[1]
    assert len(set(map(str, drawn))) > 1
    assert all(list(tasks) == sorted(tasks, key=lambda task: task.id) for tasks in drawn)


@pytest.mark.parametrize(
    ("conditions", "fault"),
    [
        ({"where": {"stgae": "x"}}, "no task has the label 'stgae'; did you mean 'stage'"),
        ({"where": {"colour": "x"}}, "there are environment, stage, task, tier"),
        ({"where": {"stage": "trainin"}}, "no task has stage 'trainin'; did you mean 'training'"),
        ({"where": {"stage": "xyz"}}, "there are data, inference, training"),
        ({"ids": ["t9"]}, "no task is called 't9'"),
        ({"limit": 0}, "a limit is a positive number, not 0"),
        ({"since": "May"}, "a date is 2024-05-17, 2024-05 or 2024, not 'May'"),
        ({"since": "2030"}, "no task fits"),
        ({"where": {"stage": "inference", "tier": "a"}}, "no task fits"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(conditions: dict[str, Any], fault: str) -> None:
    with pytest.raises(InputError) as told:
        suites.select(SUITE, **conditions)
    assert fault in str(told.value)


def test_a_suite_without_dates_says_so() -> None:
    with pytest.raises(InputError, match="none of its tasks has a date"):
        suites.select(Suite("bare", (Task("t", ""),)), since="2020")


def test_labels_are_counted() -> None:
    assert suites.labels(SUITE)["stage"] == {"training": 3, "inference": 1, "data": 2}
    assert suites.labels(SUITE)["tier"] == {"a": 3, "b": 3}
