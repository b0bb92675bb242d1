"""What passing programs are like beside their references: complexity, size, CPU time."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assay.bench.directory import Directory, Key
from assay.bench.run import Run
from assay.models.extraction import extract
from assay.suites import Suite

if TYPE_CHECKING:
    from assay.study import Figure

_CPU = "CPU time, times the reference's"


def quality(run: Run, suite: Suite) -> dict[str, dict[str, Figure]]:
    """For each measure its figure over passing programs, over their references, and of the
    difference; for CPU time the ratio. Empty where nothing passed.

    Raises InputError where the tools that measure are not installed.
    """
    from assay.study import against_references, choose_clusters, measure, relative_cost

    tasks = {task.id: task for task in suite.tasks}
    programs = _programs(run, suite)
    rows = [row for row in run.rows if row["outcome"] == "passed" and row["task"] in tasks]
    rows = [row for row in rows if tasks[row["task"]].reference is not None]
    if not rows:
        return {}
    measured = lru_cache(maxsize=None)(measure)
    clusters = choose_clusters(
        [row["task"] for row in rows], [tasks[row["task"]].source for row in rows]
    )
    found = against_references(
        [measured(programs[_key(row)]) for row in rows],
        [measured(tasks[row["task"]].reference or "") for row in rows],
        clusters,
    )
    told = {
        name: {"programs": one.program, "references": one.reference, "difference": one.difference}
        for name, one in found.items()
    }
    spent = run.record["reference_cpu"]
    ratio = relative_cost(
        _CPU,
        [row["cpu_seconds"] for row in rows],
        [spent.get(row["task"], 0.0) for row in rows],
        clusters,
    )
    return {**told, _CPU: {"ratio": ratio}}


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["model"], row["solver"], row["temperature"], row["task"], row["sample"])


def _programs(run: Run, suite: Suite) -> dict[tuple[Any, ...], str]:
    """The program in each answer, as the run was graded."""
    tasks = {task.id: task for task in suite.tasks}
    found = {}
    for key, answer in Directory(run.path).answers():
        task = tasks.get(key.task)
        program = answer.program
        if program is None and task is not None:
            text = answer.completion.text
            program = extract(text, task.target, prompt=task.prompt).program
        if program is not None:
            found[_of(key)] = program
    return found


def _of(key: Key) -> tuple[Any, ...]:
    one = key.contestant
    return (one.model, one.solver, one.temperature, key.task, key.sample)
