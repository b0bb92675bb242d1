"""BigCodeBench: functions that call many libraries, judged by test cases of unittest.

A record has `task_id`, `complete_prompt`, `instruct_prompt`, `code_prompt`, `canonical_solution`,
`test`, `entry_point` and `libs`. Every test method is one check, run with its class's and its
module's set-up. The format `bigcodebench` asks by the first prompt, `bigcodebench-instruct` by the
second.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

from assay.core.lines import gather
from assay.core.words import Check, Target, Task
from assay.suites.importers.fields import signature, text, tree_of
from assay.suites.suite import Suite

_DATE = "2024-06-18"
# Ends in an assertion, so that the engine makes it a twin that must fail.
_RUN = """
import io as _io
import unittest as _unittest
_suite = _unittest.TestSuite([{case}({method!r})])
_result = _unittest.TextTestRunner(stream=_io.StringIO()).run(_suite)
_told = [text for _, text in _result.failures + _result.errors]
assert _result.testsRun == 1 and _result.wasSuccessful(), "\\n".join(_told)
"""


def read(path: Path, name: str) -> Suite:
    """The suite in a file of JSON Lines or Parquet; its name says which prompt is asked."""
    key = "instruct_prompt" if name.endswith("-instruct") else "complete_prompt"
    tasks = gather(path, lambda record: _task(record, key), lambda task: task.id)
    return Suite(
        name,
        tuple(tasks),
        description="in BigCodeBench's format",
        licence="Apache-2.0",
        environment="base",
        path=path,
    )


def _task(record: dict[str, Any], key: str) -> Task:
    identity, entry_point = text(record, "task_id"), text(record, "entry_point")
    context = text(record, "complete_prompt")
    reference = context + text(record, "canonical_solution")
    return Task(
        id=identity,
        prompt=text(record, key),
        target=Target("function", entry_point, signature(reference, entry_point), context),
        checks=_checks(identity, text(record, "test")),
        environment=_environment(record.get("libs")),
        reference=reference,
        date=_DATE,
        source="bigcodebench",
    )


def _checks(task: str, test: str) -> tuple[Check, ...]:
    found = [
        (case.name, method.name)
        for case in tree_of(test, "'test'").body
        if isinstance(case, ast.ClassDef) and _is_case(case)
        for method in case.body
        if isinstance(method, ast.FunctionDef) and method.name.startswith("test")
    ]
    if not found:
        raise ValueError("'test' has no TestCase with a test method")
    several = len({case for case, _ in found}) > 1
    return tuple(
        Check(f"{case}.{method}" if several else method, task, code=test + _run(case, method))
        for case, method in dict.fromkeys(found)
    )


def _is_case(case: ast.ClassDef) -> bool:
    return any(ast.unparse(base).split(".")[-1].endswith("TestCase") for base in case.bases)


def _run(case: str, method: str) -> str:
    return "\n" + _RUN.format(case=case, method=method)


def _environment(libraries: Any) -> str:
    """The smallest shipped environment that may have them all."""
    try:
        listed = ast.literal_eval(libraries) if isinstance(libraries, str) else libraries or []
        names = {str(library).partition(".")[0] for library in listed}
    except (ValueError, SyntaxError, TypeError):
        raise ValueError("'libs' is no list of names") from None
    if names & {"torch", "torchvision"}:
        return "torch"
    return "python" if names <= sys.stdlib_module_names else "base"
