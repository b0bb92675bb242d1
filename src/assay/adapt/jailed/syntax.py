"""Small questions to a syntax tree."""

from __future__ import annotations

import ast
from typing import Any


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func) or ""


def dotted(node: ast.AST | None) -> str | None:
    """How a name or an attribute of one reads."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (inner := dotted(node.value)):
        return f"{inner}.{node.attr}"
    return None


def text_of(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def constants(node: ast.AST) -> list[Any]:
    """The literals that a column is held against; of a dictionary its keys."""
    if isinstance(node, ast.Dict):
        return [one.value for one in node.keys if isinstance(one, ast.Constant)]
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return [one.value for one in node.elts if isinstance(one, ast.Constant)]
    return [node.value] if isinstance(node, ast.Constant) else []


def reach(node: ast.AST) -> int:
    """How many columns or rows an index asks for at least."""
    numbers = [
        one.value + (0 if isinstance(node, ast.Slice) and one is node.upper else 1)
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and type(one.value) is int
    ]
    from_the_end = any(isinstance(one, ast.UnaryOp) for one in ast.walk(node))
    return 0 if from_the_end else max(numbers, default=0)
