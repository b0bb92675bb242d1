"""Programs that are the same but for layout and the names of their locals."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass

from assay.engine.sources import parse

_BUILTINS = frozenset(dir(builtins))
# What looks names up by their text, or has scopes of its own: such functions stay as they are.
_READS_NAMES = frozenset(("locals", "vars", "dir", "eval", "exec", "globals"))
_SCOPES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Global, ast.Nonlocal,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folded:
    """The distinct programs, each as it was first written; how many of those handed in each
    stands for; and for each of those handed in its place among them, -1 for an empty one."""

    programs: tuple[str, ...]
    copies: tuple[int, ...]
    rows: tuple[int, ...]


def fold(programs: Sequence[str]) -> Folded:
    """Fold programs that must behave alike: of the 13,361 in CodeT's samples 9,941 are left."""
    places: dict[str, int] = {}
    known: dict[str, int] = {}
    first: list[str] = []
    copies: list[int] = []
    rows: list[int] = []
    for text in programs:
        if text not in known:
            known[text] = -1 if not text.strip() else places.setdefault(_form(text), len(first))
        row = known[text]
        if row == len(first):
            first.append(text)
            copies.append(0)
        if row >= 0:
            copies[row] += 1
        rows.append(row)
    return Folded(tuple(first), tuple(copies), tuple(rows))


def _form(text: str) -> str:
    """A text that programs share which differ in nothing that they do."""
    tree = parse(text)
    if tree is None:
        return text
    taken = _BUILTINS | _bound(tree.body)
    try:
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                _rename(node, taken)
        return ast.dump(tree)
    except RecursionError:
        return text


def _bound(body: list[ast.stmt]) -> frozenset[str]:
    """The names that a module may have of its own."""
    names: set[str] = set()
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                names.add(node.id)
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).partition(".")[0])
    return frozenset(names)


def _rename(function: ast.FunctionDef | ast.AsyncFunctionDef, taken: frozenset[str]) -> None:
    """Number the locals of a function in the order in which they appear. Arguments keep their
    names, for callers may use them."""
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    if any(isinstance(node, _SCOPES) for node in nodes):
        return
    names = [node for node in nodes if isinstance(node, ast.Name)]
    if any(node.id in _READS_NAMES for node in names):
        return
    arguments = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    stored = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    own = stored - arguments - taken - _bound_by_text(nodes)
    numbers: dict[str, str] = {}
    for node in names:
        if node.id in own:
            node.id = numbers.setdefault(node.id, f"local {len(numbers)}")


def _bound_by_text(nodes: list[ast.AST]) -> set[str]:
    """Names that some node holds as text, where renaming would not find them."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
    return found
