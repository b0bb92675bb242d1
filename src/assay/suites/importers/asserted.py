"""Published test functions as checks: each assertion that stands alone is one of its own."""

from __future__ import annotations

import ast

from assay.core.words import Check
from assay.suites.importers.fields import tree_of


def checks_of(task: str, test: str, entry_point: str) -> tuple[Check, ...]:
    """The checks in a test module's function `check(candidate)`.

    Every assertion in it is one check, with the statements before it that assert nothing and with
    what stands around the function. So is a loop that asserts, when it comes last. Where state
    could go from one assertion to the next in some other way, the whole function is one check.
    Assertions that ask nothing of the candidate are left out."""
    tree = tree_of(test, "'test'")
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "check"]
    if not found or len(found[-1].args.args) != 1:
        raise ValueError("'test' has no function check(candidate)")
    function = found[-1]
    candidate = function.args.args[0].arg
    parts = _apart(function, candidate)
    if not parts:
        return (Check("check", task, code=f"{test.strip()}\n\ncheck({entry_point})\n"),)
    around = [n for n in tree.body if n is not function and not _is_idle(n)]
    rename = _Rename(candidate, entry_point)
    bodies = [ast.Module([*around, *map(rename.visit, part)], []) for part in parts]
    return tuple(
        Check(f"check-{number}", task, code=ast.unparse(ast.fix_missing_locations(body)))
        for number, body in enumerate(bodies)
    )


def _apart(function: ast.FunctionDef, candidate: str) -> list[list[ast.stmt]]:
    """The body in parts that can be run each alone; none where it cannot be taken apart."""
    body = [node for node in function.body if not _is_idle(node)]
    if any(_asserts(node) and not isinstance(node, ast.Assert) for node in body[:-1]):
        return []
    if any(isinstance(node, ast.Return | ast.Yield) for node in ast.walk(function)):
        return []
    before: list[ast.stmt] = []
    parts = []
    for node in body:
        if not _asserts(node):
            before.append(node)
        elif any(_uses(one, candidate) for one in (*before, node)):
            parts.append([*before, node])
    return parts


def _asserts(node: ast.stmt) -> bool:
    return any(isinstance(part, ast.Assert) for part in ast.walk(node))


def _uses(node: ast.stmt, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def _is_idle(node: ast.stmt) -> bool:
    """Prose, `pass`, and the METADATA that says who wrote the test."""
    if isinstance(node, ast.Assign):
        return any(isinstance(name, ast.Name) and name.id == "METADATA" for name in node.targets)
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.Pass)


class _Rename(ast.NodeTransformer):
    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._new, node.ctx) if node.id == self._old else node
