"""How much a program leans on: the modules and names from outside that it uses."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}


def coupling(tree: ast.AST) -> int:
    """The number of distinct `outside` names."""
    return len(outside(tree))


def outside(tree: ast.AST) -> frozenset[str]:
    """What a program uses and does not define: imported modules and objects by their full names
    (an import that nothing uses is none), and free names that are no builtins. `np.sum` and
    `np.mean` are one, numpy; annotations count as use."""
    imported = dict(_imports(tree))
    defined = set(_definitions(tree))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            if node.id in imported:
                found.add(imported[node.id])
            elif node.id not in defined and node.id not in _BUILTINS:
                found.add(node.id)
        elif isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            found.add(_module(node))
    return frozenset(found)


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Names that imports bind, and what they stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                yield bound, alias.name if alias.asname else bound
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{_module(node)}.{alias.name}"


def _module(node: ast.ImportFrom) -> str:
    return "." * node.level + (node.module or "")


def _definitions(tree: ast.AST) -> Iterator[str]:
    """Names that a program binds anywhere in it, other than by imports."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.ExceptHandler(name=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
