"""DS-1000: a thousand questions about data science libraries, in the simplified format.

A line has `prompt`, `reference_code`, `code_context` and `metadata`. The context is a module with
`test_execution(solution)` and sometimes `test_string(solution)`, which put the answer's text into
programs of their own. So the answer is handed over as text: the program is `code = '…'`, and the
target a script with the name `code` (see `assay.suites.programs.hold`).

Where the library needs more than the environment `base` has (TensorFlow), the suite's environment
has to be one of your own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assay.core.lines import gather
from assay.core.words import Check, Target, Task
from assay.suites.importers.fields import text, tree_of
from assay.suites.programs import hold
from assay.suites.suite import Suite

_NAME = "code"
_DATE = "2022-11-18"
_ENVIRONMENTS = {"Pytorch": "torch"}
_FUNCTIONS = ("test_execution", "test_string")


def read(path: Path, name: str) -> Suite:
    """The suite in a ds1000.jsonl or ds1000.jsonl.gz."""
    tasks = gather(path, _task, lambda task: task.id)
    return Suite(
        name,
        tuple(tasks),
        description="in DS-1000's format",
        licence="CC-BY-SA-4.0",
        environment="base",
        path=path,
    )


def _task(record: dict[str, Any]) -> Task:
    about = record.get("metadata")
    if not isinstance(about, dict) or "problem_id" not in about:
        raise ValueError("'metadata' is missing or has no 'problem_id'")
    identity = f"DS-1000/{about['problem_id']}"
    context = text(record, "code_context")
    tree_of(context, "'code_context'")
    asked = [function for function in _FUNCTIONS if f"def {function}(" in context]
    if not asked:
        raise ValueError(f"'code_context' has none of {', '.join(_FUNCTIONS)}")
    # One check: what the second function forbids is left undone by a program that does nothing.
    calls = "".join(f"{function}({_NAME})\n" for function in asked)
    library = str(about.get("library", ""))
    return Task(
        id=identity,
        prompt=text(record, "prompt"),
        target=Target("script", _NAME),
        checks=(Check("test", identity, code=f"{context}\n{calls}"),),
        environment=_ENVIRONMENTS.get(library, "base"),
        reference=hold(_NAME, text(record, "reference_code")),
        labels={
            label: str(about[key])
            for label, key in (("library", "library"), ("perturbation", "perturbation_type"))
            if about.get(key)
        },
        date=_DATE,
        source=f"ds-1000/{library}" if library else "ds-1000",
    )
