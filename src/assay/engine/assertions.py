"""Assertions: lifted into value mode where they can be, paired with must-fail twins where not."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import Any

from assay.engine.sources import parse

_MOST_TWINS = 2


@dataclass(frozen=True, slots=True)
class Lifted:
    """An assertion that says `call == literal`, as the call and the literal's value."""

    call: str
    expected: Any


def lift(code: str) -> Lifted | None:
    """Code whose one and last assertion is `assert CALL == LITERAL`, as a question of value mode:
    the literal then never enters the jail. None where it is of another shape."""
    tree = parse(code)
    if tree is None or not tree.body or not isinstance(tree.body[-1], ast.Assert):
        return None
    if any(isinstance(node, ast.Assert) for node in ast.walk(ast.Module(tree.body[:-1], []))):
        return None
    sides = _sides(tree.body[-1].test)
    if sides is None:
        return None
    call, expected = sides
    body = [*tree.body[:-1], ast.Expr(call)]
    return Lifted(ast.unparse(ast.fix_missing_locations(ast.Module(body, []))), expected)


def _sides(test: ast.expr) -> tuple[ast.expr, Any] | None:
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1):
        return None
    operator, left, right = test.ops[0], test.left, test.comparators[0]
    if isinstance(operator, ast.Is):
        # Identity is a question of value only for the three names that are one object each.
        if not (isinstance(right, ast.Constant) and right.value in (None, True, False)):
            return None
    elif not isinstance(operator, ast.Eq):
        return None
    for call, literal in ((left, right), (right, left)):
        if _has_call(call):
            try:
                return call, ast.literal_eval(literal)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
    return None


def _has_call(node: ast.expr) -> bool:
    return any(isinstance(part, ast.Call) for part in ast.walk(node))


def twins(code: str) -> tuple[str, ...]:
    """Versions of an assertion that must fail wherever the original holds: its last condition
    negated, and a literal that a call is compared with changed. A candidate that passes both an
    assertion and its twin has not answered it."""
    tree = parse(code)
    if tree is None:
        return ()
    places = [index for index, node in enumerate(tree.body) if isinstance(node, ast.Assert)]
    if not places:
        return ()
    made = [_negated(tree, places[-1])]
    changed = (_changed(tree, place) for place in places)
    made += [text for text in changed if text is not None]
    return tuple(made[:_MOST_TWINS])


def _negated(tree: ast.Module, place: int) -> str:
    twin = copy.deepcopy(tree)
    node = twin.body[place]
    assert isinstance(node, ast.Assert)
    node.test = ast.UnaryOp(ast.Not(), node.test)
    twin.body = twin.body[: place + 1]
    return ast.unparse(ast.fix_missing_locations(twin))


def _changed(tree: ast.Module, place: int) -> str | None:
    twin = copy.deepcopy(tree)
    assertion = twin.body[place]
    assert isinstance(assertion, ast.Assert)
    comparison = _demanded(assertion.test)
    if comparison is None:
        return None
    if _is_literal(comparison.left):
        comparison.left = _other(comparison.left)
    else:
        comparison.comparators = [_other(comparison.comparators[0])]
    comparison.ops = [ast.Eq()]
    twin.body = twin.body[: place + 1]
    return ast.unparse(ast.fix_missing_locations(twin))


def _demanded(test: ast.expr) -> ast.Compare | None:
    """The first comparison with a literal without which the assertion cannot hold."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return next(filter(None, map(_demanded, test.values)), None)
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1):
        return None
    left, right = test.left, test.comparators[0]
    named = isinstance(right, ast.Constant) and any(right.value is n for n in (None, True, False))
    wanted = (ast.Eq, ast.Is) if named else (ast.Eq,)
    if not isinstance(test.ops[0], wanted) or _is_literal(left) == _is_literal(right):
        return None
    return test


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _other(literal: ast.expr) -> ast.expr:
    """A literal that is not equal to the given one, of the same type where there is one."""
    value = ast.literal_eval(literal)
    if isinstance(value, bool):
        return ast.Constant(not value)
    if isinstance(value, int | float | complex):
        return ast.Constant(value + 1 + abs(value))
    if isinstance(value, str):
        return ast.Constant(value + "~")
    if isinstance(value, list | tuple):
        return ast.parse(repr(type(value)([*value, "~"])), mode="eval").body
    return ast.Constant("~")
