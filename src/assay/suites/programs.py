"""What an answer to a task is to the engine: a candidate; and what the task is without one."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from assay.core.words import Candidate, Target, Task
from assay.engine.sources import parse

_RAISE = "raise NotImplementedError"
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def as_candidate(
    task: Task, identity: str, program: str, origin: Mapping[str, Any] | None = None
) -> Candidate:
    """A program as a candidate for a task: a script is run as one, everything else is imported."""
    is_script = task.target.kind == "script" and not task.target.name
    argv = () if is_script else None
    return Candidate(identity, task.id, program, origin or {}, argv, task.hides)


def hold(name: str, text: str) -> str:
    """The program that hands `text` to its checks in the global `name` and runs nothing itself.
    So are tasks judged whose checks put the text into programs of their own (DS-1000)."""
    return f"{name} = {text!r}"


def held(program: str) -> tuple[str, str] | None:
    """The name and the text of a program that `hold` made; None for any other."""
    tree = parse(program)
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Assign):
        return None
    target, value = tree.body[0].targets[0], tree.body[0].value
    if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
        return (target.id, value.value) if isinstance(value.value, str) else None
    return None


def blank(task: Task) -> str | None:
    """The task's program with nothing in it: everything stands where it did, and what was to be
    written raises NotImplementedError; a script does nothing. None where the reference does not
    define what was to be written."""
    target = task.target
    if target.kind == "script":
        return hold(target.name, "pass") if target.name else "pass"
    tree = parse(task.reference or "")
    found = None if tree is None else definition(tree, target.name)
    if found is not None and tree is not None:
        _empty(found)
        return ast.unparse(ast.fix_missing_locations(tree))
    return _from_signature(target)


def definition(tree: ast.Module, name: str) -> Definition | None:
    """The function, class or Class.method of that name; the last one, as Python has it."""
    body: list[ast.stmt] = tree.body
    found: Definition | None = None
    for word in name.split("."):
        found = next(
            (node for node in reversed(body) if isinstance(node, Definition) and node.name == word),
            None,
        )
        if found is None:
            return None
        body = found.body
    return found


def _empty(found: Definition) -> None:
    if not isinstance(found, ast.ClassDef):
        found.body = list(ast.parse(_RAISE).body)
        return
    methods = [node for node in found.body if isinstance(node, Definition)]
    for method in methods:
        _empty(method)
    if not methods:
        found.body = [ast.Pass()]


def _from_signature(target: Target) -> str | None:
    if target.kind != "function" or not target.signature.strip():
        return None
    text = f"{target.context}\n{target.signature.rstrip()}\n    {_RAISE}\n"
    return text if parse(text) is not None else None
