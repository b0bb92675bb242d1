"""A part of a suite: by labels, by ids, by date, by number."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from assay.core.errors import InputError
from assay.core.nearest import nearest
from assay.core.words import Task
from assay.suites.records import is_date
from assay.suites.suite import Suite

# What a task has beside its labels that one can ask for by name.
_FIELDS = ("tier", "source", "environment")


def select(
    suite: Suite,
    where: Mapping[str, str | Collection[str]] | None = None,
    *,
    ids: Iterable[str] | None = None,
    limit: int | None = None,
    since: str | None = None,
    until: str | None = None,
    seed: int | None = None,
) -> Suite:
    """The suite with those of its tasks that fit every condition.

    `where` says which values of a label (or of tier, source, environment) are wanted, in large or
    small letters. `since` and `until` are dates, both inclusive, and as coarse as one likes: until
    2024 is until its end; tasks without a date fit neither. `limit` takes the first so many; with
    `seed`, so many drawn by it, the same ones each time. The tasks keep their order.

    Raises InputError for a label, value or id that no task of the suite has, and where nothing is
    left.
    """
    tasks = list(suite.tasks)
    for label, wanted in (where or {}).items():
        tasks = _labelled(suite, tasks, label, [wanted] if isinstance(wanted, str) else wanted)
    if ids is not None:
        tasks = _named(suite, tasks, list(ids))
    if since is not None or until is not None:
        tasks = _dated(suite, tasks, since, until)
    if limit is not None:
        tasks = _some(tasks, limit, seed)
    if not tasks:
        raise InputError(f"suite {suite.name}: no task fits all of what was asked for together")
    return replace(suite, tasks=tuple(tasks))


def labels(suite: Suite) -> dict[str, dict[str, int]]:
    """For each label (and tier, source, environment) its values and how many tasks have them."""
    found: dict[str, dict[str, int]] = {}
    for task in suite.tasks:
        for label, value in _values(task).items():
            counts = found.setdefault(label, {})
            counts[value] = counts.get(value, 0) + 1
    return found


def _values(task: Task) -> dict[str, str]:
    fields = {name: getattr(task, name) for name in _FIELDS}
    return {**task.labels, **{name: value for name, value in fields.items() if value}}


def _labelled(suite: Suite, tasks: list[Task], label: str, wanted: Collection[str]) -> list[Task]:
    known = labels(suite)
    if label not in known:
        raise InputError(
            f"suite {suite.name}: no task has the label {label!r}; {nearest(label, sorted(known))}"
        )
    by_folded = {value.casefold(): value for value in known[label]}
    for value in wanted:
        if value.casefold() not in by_folded:
            raise InputError(
                f"suite {suite.name}: no task has {label} {value!r}; "
                f"{nearest(value, sorted(known[label]))}"
            )
    chosen = {by_folded[value.casefold()] for value in wanted}
    return [task for task in tasks if _values(task).get(label) in chosen]


def _named(suite: Suite, tasks: list[Task], ids: list[str]) -> list[Task]:
    known = [task.id for task in suite.tasks]
    for wanted in ids:
        if wanted not in known:
            raise InputError(
                f"suite {suite.name}: no task is called {wanted!r}; {nearest(wanted, known)}"
            )
    return [task for task in tasks if task.id in ids]


def _dated(suite: Suite, tasks: list[Task], since: str | None, until: str | None) -> list[Task]:
    try:
        since, until = is_date(since or "0000"), is_date(until or "9999")
    except ValueError as fault:
        raise InputError(str(fault)) from None
    if not any(task.date for task in suite.tasks):
        raise InputError(f"suite {suite.name}: none of its tasks has a date")
    # As text, and both cut to what was asked for: so "until 2024" takes in all of 2024.
    return [
        task
        for task in tasks
        if task.date is not None
        and task.date[: len(since)] >= since
        and task.date[: len(until)] <= until
    ]


def _some(tasks: list[Task], limit: int, seed: int | None) -> list[Task]:
    if limit < 1:
        raise InputError(f"a limit is a positive number, not {limit}")
    if seed is None or limit >= len(tasks):
        return tasks[:limit]
    drawn = random.Random(seed).sample(range(len(tasks)), limit)
    return [tasks[place] for place in sorted(drawn)]
