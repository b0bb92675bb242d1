"""Small faults that people and models make, one function for each kind.

Each is handed a node of a syntax tree with where it hangs, and yields what may stand in its place.
What it yields is new; the tree that it is handed stays as it is.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)

# Below this a number keeps something from being zero: doubled it changes nothing that a test sees.
_SMALL = 1e-3

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
_SYMMETRIC = {"max", "min", "maximum", "minimum", "gcd", "lcm", "logaddexp", "isclose", "allclose"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node hangs, and which names are modules there."""

    parent: ast.AST
    field: str
    modules: frozenset[str]


Mutation = Callable[[ast.AST, Place], Iterator[ast.AST]]


def comparison(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`<` becomes `<=`, `==` becomes `!=`, …"""
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            changed = _copy(node)
            changed.ops[index] = _COMPARISONS[type(operator)]()
            yield changed


def arithmetic(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`+` becomes `-`, `*` becomes `/`, a minus sign goes, …"""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        if is_small(node.right if isinstance(node, ast.BinOp) else node.value):
            return
        changed = _copy(node)
        changed.op = _ARITHMETIC[type(node.op)]()
        yield changed
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand


def condition(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """A condition is negated; `and` becomes `or`."""
    if isinstance(node, ast.BoolOp):
        changed = _copy(node)
        changed.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield changed
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.expr) and place.field in ("test", "ifs"):
        yield _negated(node)


def constant(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """A number is one off, 0 and 1 change places, a fraction is doubled."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        if value == 1:
            yield ast.Constant(0)
    elif isinstance(value, float) and (value == 0 or abs(value) >= _SMALL):
        yield ast.Constant(value * 2 if value else 1.0)


def statement(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """A statement is left out. Not one that gives a name its first value: every program that uses
    the name would raise, which any test sees."""
    leaving_out_says_something = (
        isinstance(node, ast.Expr | ast.AugAssign | ast.Raise | ast.Break | ast.Continue)
        or (isinstance(node, ast.Assign) and _changes_what_is_there(node))
        or (isinstance(node, ast.If) and not node.orelse)
    )
    if leaving_out_says_something:
        yield ast.Pass()


def arguments(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """The first two arguments of a call change places."""
    if isinstance(node, ast.Call) and len(node.args) > 1 and name_of(node) not in _SYMMETRIC:
        if any(isinstance(argument, ast.Starred) for argument in node.args[:2]):
            return
        changed = _copy(node)
        changed.args[:2] = changed.args[1::-1]
        yield changed


def bounds(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """A range or a slice begins one later, or ends one earlier."""
    if isinstance(node, ast.Call) and name_of(node) == "range" and node.args:
        last = 0 if len(node.args) == 1 else 1
        for index in range(last + 1):
            changed = _copy(node)
            changed.args[index] = _moved(changed.args[index], -1 if index == last else 1)
            yield changed
    elif isinstance(node, ast.Slice):
        later = _copy(node)
        later.lower = _moved(later.lower or ast.Constant(0), 1)
        yield later
        if node.upper is not None:
            earlier = _copy(node)
            assert earlier.upper is not None
            earlier.upper = _moved(earlier.upper, -1)
            yield earlier


def returned(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """What is returned is negated, reordered or withheld."""
    if not isinstance(node, ast.Return) or node.value is None:
        return
    value = node.value
    if isinstance(value, ast.Tuple) and len(value.elts) > 1:
        parts = [value.elts[1], value.elts[0], *value.elts[2:]]
        yield ast.Return(ast.Tuple(parts, ast.Load()))
    elif isinstance(value, ast.Compare | ast.BoolOp):
        yield ast.Return(_negated(value))
    elif not isinstance(value, ast.Constant):
        yield ast.Return(ast.Constant(None))


def name_of(call: ast.Call) -> str:
    """The last word of what is called: `mean` in `x.mean(0)` and in `np.mean(x)`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def is_small(node: ast.expr) -> bool:
    """Whether this is a number that keeps something else from being zero."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float) and 0 < node.value < _SMALL
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return isinstance(name, str) and name.lower().startswith("eps")


def _copy(node: Node) -> Node:
    return copy.deepcopy(node)


def _negated(test: ast.expr) -> ast.expr:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.UnaryOp(ast.Not(), test)


def _moved(bound: ast.expr, by: int) -> ast.expr:
    if isinstance(bound, ast.Constant) and type(bound.value) is int:
        return ast.Constant(bound.value + by)
    return ast.BinOp(bound, ast.Add() if by > 0 else ast.Sub(), ast.Constant(abs(by)))


def _changes_what_is_there(node: ast.Assign) -> bool:
    """Whether it assigns to a part of something, or to a name from its own old value."""
    target = node.targets[0]
    if not isinstance(target, ast.Name):
        return not isinstance(target, ast.Tuple)
    return any(isinstance(part, ast.Name) and part.id == target.id for part in ast.walk(node.value))
