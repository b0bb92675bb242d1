"""Test code made elsewhere as single assertions, each as it was written, so that each runs alone:
one bad line, or one import of everything, must not spoil the rest.

Nothing is judged and nothing folded: CodeT's figures count what is written. Read as `assertions`
reads tests that solve asked for, its samples give 8,494 tests instead of 9,421 (blanks to be filled
in are none), and pass@1 of 37.6, 41.5, 43.2 instead of 37.3, 42.4, 44.1 (codet, srank, b4+srank).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from assay.engine.sources import parse

_ASSERT = re.compile(r"^\s*assert\b", re.MULTILINE)
_TEST_NAME = re.compile(r"test|check", re.IGNORECASE)
# A function that takes nothing is a test; one with arguments is called by somebody.
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Split:
    """The assertions of a piece of code, each with what it needs to run, and how many others were
    dropped: they are not Python, or do not name what is to be tested."""

    assertions: tuple[str, ...]
    dropped: int


def split(code: str, names: Collection[str]) -> Split:
    """The assertions in test code that name one of `names`. Code that breaks off, as a model's
    does, gives those that are whole. Never raises."""
    tree = parse(code)
    texts = _pieces(code) if tree is None else list(_alone(tree.body, [], frozenset(names)))
    kept = tuple(text for text in texts if text is not None and _names(text, names))
    return Split(kept, len(texts) - len(kept))


def _alone(
    body: list[ast.stmt], before: list[ast.stmt], names: frozenset[str]
) -> Iterator[str | None]:
    """Each statement that asserts, behind those before it that do not."""
    before = list(before)
    for statement in body:
        if isinstance(statement, _Function) and _is_test(statement):
            yield from _alone(statement.body, before, names)
        elif isinstance(statement, _Function | ast.ClassDef) or not _asserts(statement):
            if not _is_beside(statement, names):
                before.append(statement)
        else:
            for node in ast.walk(statement):
                if isinstance(node, ast.Assert):
                    node.msg = None
            yield _text([*before, statement])


def _text(body: list[ast.stmt]) -> str | None:
    try:
        return ast.unparse(ast.Module(body, []))
    except (RecursionError, ValueError):
        return None


def _asserts(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(statement))


def _is_test(function: _Function) -> bool:
    arguments = function.args
    takes = arguments.posonlyargs or arguments.args or arguments.kwonlyargs
    return not takes and bool(_TEST_NAME.match(function.name)) and _asserts(function)


def _is_beside(statement: ast.stmt, names: frozenset[str]) -> bool:
    """Whether a statement is about where the tests lie: it imports what is tested from a module
    that is not there, or runs the tests."""
    if isinstance(statement, ast.ImportFrom):
        return any(alias.name == "*" or alias.name in names for alias in statement.names)
    if isinstance(statement, ast.If):
        return "__name__" in {n.id for n in ast.walk(statement.test) if isinstance(n, ast.Name)}
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        called = statement.value.func
        return isinstance(called, ast.Name) and bool(_TEST_NAME.match(called.id))
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _pieces(code: str) -> list[str | None]:
    """What begins with "assert" at the start of a line, as far as it is Python. What stands around
    it is left out."""
    starts = [found.end() for found in _ASSERT.finditer(code)]
    ends = [*(found.start() for found in _ASSERT.finditer(code)), len(code)][1:]
    return [_piece(code[start:end]) for start, end in zip(starts, ends, strict=True)]


def _piece(rest: str) -> str | None:
    text = f"assert {rest.strip()}"
    while text:
        tree = parse(text)
        if tree is not None and isinstance(tree.body[0], ast.Assert):
            tree.body[0].msg = None
            return _text(tree.body[:1])
        # What follows the assertion may be cut off in the middle: try without its last line.
        text = text.rpartition("\n")[0]
    return None


def _names(text: str, names: Collection[str]) -> bool:
    tree = parse(text)
    if tree is None:
        return False
    nodes = list(ast.walk(tree))
    said = {node.id for node in nodes if isinstance(node, ast.Name)}
    said |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return not said.isdisjoint(names)
