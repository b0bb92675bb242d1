"""How much of a function's body stands in another version of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import SequenceMatcher

from assay.build.definitions import Node, body_of

SAME = 0.8


def statements(node: Node) -> tuple[str, ...]:
    """The body's statements in their order, as text without layout, comments, docstrings and
    annotations; of a compound statement its head, then what is in it. Names are kept."""
    return tuple(_flat(body_of(node)))


def similarity(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """The share of statements that two bodies have in common, in their order: 1 for equal ones."""
    if one == other:
        return 1.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < SAME or matcher.quick_ratio() < SAME:
        return min(matcher.real_quick_ratio(), matcher.quick_ratio())
    return matcher.ratio()


def _flat(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield _head(node)
            yield from _flat(body_of(node))
            continue
        parts = [
            part for name in ("body", "orelse", "finalbody") for part in getattr(node, name, [])
        ]
        if not parts:
            yield ast.unparse(node)
            continue
        yield _head(node)
        yield from _flat([part for part in parts if isinstance(part, ast.stmt)])
        for handler in getattr(node, "handlers", []):
            yield f"except {ast.unparse(handler.type) if handler.type else ''}"
            yield from _flat(handler.body)


def _head(node: ast.stmt) -> str:
    """What a compound statement says before its colon."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        names = [
            one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        ]
        return f"def {node.name}({', '.join(names)})"
    if isinstance(node, ast.ClassDef):
        return f"class {node.name}({', '.join(map(ast.unparse, node.bases))})"
    parts = [getattr(node, name, None) for name in ("test", "target", "iter", "subject")]
    told = " ".join(ast.unparse(part) for part in parts if isinstance(part, ast.AST))
    items = " ".join(ast.unparse(one) for one in getattr(node, "items", []))
    return f"{type(node).__name__} {told}{items}"
