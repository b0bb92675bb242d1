"""MBPP: mostly basic Python problems, in the full version (JSON Lines) and the sanitized (JSON).

A record has `task_id`, `code`, `test_list` (assertions) and either `text` with `test_setup_code`
or, sanitized, `prompt` with `test_imports`. As in the paper, the prompt shows the assertions: the
function's name stands nowhere else.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from assay.core.lines import gather
from assay.core.words import Check, Target, Task
from assay.engine.sources import parse
from assay.suites.importers.fields import signature, text, texts, tree_of
from assay.suites.suite import Suite

_DATE = "2021-08-16"


def read(path: Path, name: str) -> Suite:
    """The suite in an mbpp.jsonl or a sanitized-mbpp.json."""
    tasks = gather(path, _task, lambda task: task.id)
    about = "in MBPP's format"
    return Suite(name, tuple(tasks), description=about, licence="CC-BY-4.0", path=path)


def _task(record: dict[str, Any]) -> Task:
    number = record.get("task_id")
    if not isinstance(number, int | str) or isinstance(number, bool):
        raise ValueError("'task_id' is missing or no number")
    identity = f"MBPP/{number}"
    asked = text(record, "prompt" if "prompt" in record else "text")
    tests, code = texts(record, "test_list"), text(record, "code")
    if not tests:
        raise ValueError("'test_list' is missing or empty")
    name = _entry_point(code, tests)
    # The published harness runs all in one module, and solutions rely on what tests import.
    imports = "".join(f"{line}\n" for line in texts(record, "test_imports") if line.strip())
    setup = text(record, "test_setup_code", "").strip()
    before = imports + (f"{setup}\n" if setup else "")
    shown = "\n".join(tests)
    return Task(
        id=identity,
        prompt=f"{asked}\nYour code should pass these tests:\n\n{shown}\n",
        target=Target("function", name, signature(code, name), imports),
        checks=tuple(
            Check(f"test-{number}", identity, code=before + test)
            for number, test in enumerate(tests)
        ),
        reference=imports + code,
        date=_DATE,
        source="mbpp",
    )


def _entry_point(code: str, tests: list[str]) -> str:
    """The function that the first test calls: of those that the code defines, the outermost."""
    tree = tree_of(code, "'code'")
    defined = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    for test in tests:
        for node in ast.walk(parse(test) or ast.Module([], [])):
            if isinstance(node, ast.Name) and node.id in defined:
                return node.id
    raise ValueError("no test calls a function that 'code' defines")
