"""What an assertion compares with what, so that the expected value can stay outside the jail."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from assay.core.words import Tolerance
from assay.engine.sources import parse

# What holds if two values are equal, and what if they are close, with the tolerance it has.
_EQUAL = frozenset({
    "array_equal", "equal", "assert_array_equal", "assert_equal", "assertEqual", "assertListEqual",
    "assertDictEqual", "assertTupleEqual", "assertSetEqual", "assertIs", "assertEquals",
})  # fmt: skip
_CLOSE = {
    "allclose": Tolerance(1e-5, 1e-8), "isclose": Tolerance(1e-5, 1e-8),
    "assert_allclose": Tolerance(1e-5, 1e-8), "assert_close": Tolerance(1e-5, 1e-8),
    "assert_almost_equal": Tolerance(0.0, 1.5e-7), "assertAlmostEqual": Tolerance(0.0, 5e-8),
    "assert_array_almost_equal": Tolerance(0.0, 1.5e-6),
}  # fmt: skip
_WRAPPERS = frozenset(
    {"array", "asarray", "tensor", "approx", "as_tensor", "Tensor", "FloatTensor"}
)
_FROM_UNITTEST = {
    "assertTrue": "{0}", "assertFalse": "not {0}", "assertIsNone": "({0}) is None",
    "assertIsNotNone": "({0}) is not None", "assertNotEqual": "({0}) != ({1})",
    "assertIn": "({0}) in ({1})", "assertIsInstance": "isinstance({0}, {1})",
    "assertGreater": "({0}) > ({1})", "assertLess": "({0}) < ({1})",
}  # fmt: skip
_RELATIVE = frozenset({"rtol", "rel", "rel_tol"})
_ABSOLUTE = frozenset({"atol", "abs", "abs_tol", "delta"})
# Fewer decimals are mostly exact (0.5, 0.25); more are what a machine wrote, not a model.
_FEWEST_DECIMALS, _MOST_DECIMALS = 3, 8


class Equality(NamedTuple):
    """A call, the literal value it is to give, and how close."""

    call: ast.expr
    expected: Any
    tolerance: Tolerance


def equality(test: ast.expr, asks: Callable[[ast.expr], bool]) -> Equality | None:
    """An assertion's condition as a call and a value; None for one of another shape. `asks` says
    which side is the question."""
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            return _told_apart(left, right, asks, Tolerance())
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant() as right]):
            return _told_apart(left, right, asks, Tolerance())
        case ast.Compare(
            left=ast.Call(
                func=ast.Name(id="abs"), args=[ast.BinOp(left=left, op=ast.Sub(), right=right)]
            ),
            ops=[ast.Lt() | ast.LtE()],
            comparators=[ast.Constant(value=float() as near)],
        ):
            return _told_apart(left, right, asks, Tolerance(0.0, near))
        case ast.UnaryOp(op=ast.Not(), operand=operand) if _is_call(operand, asks):
            return Equality(_as_bool(operand), False, Tolerance())
        case ast.Call(func=ast.Attribute(value=inner, attr="all" | "item"), args=[]):
            return equality(inner, asks)
        case ast.Call(func=function, args=[inner]) if _name(function) in ("all", "bool"):
            return equality(inner, asks)
        case ast.Call(func=function, args=[left, right, *_], keywords=keywords):
            found = _by_function(_name(function), left, right, keywords, asks)
            if found is not None:
                return found
    return Equality(_as_bool(test), True, Tolerance()) if _is_call(test, asks) else None


def _by_function(
    name: str, left: ast.expr, right: ast.expr, keywords: Sequence[ast.keyword],
    asks: Callable[[ast.expr], bool],
) -> Equality | None:  # fmt: skip
    if name in _EQUAL:
        return _told_apart(left, right, asks, Tolerance())
    if name in _CLOSE:
        return _told_apart(left, right, asks, _tolerance(keywords, _CLOSE[name]))
    return None


def _told_apart(
    left: ast.expr, right: ast.expr, asks: Callable[[ast.expr], bool], tolerance: Tolerance
) -> Equality | None:
    if asks(left) == asks(right):
        return None
    call, told = (left, right) if asks(left) else (right, left)
    try:
        value, tolerance = _value(told, tolerance)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return Equality(call, value, _as_rounded(value, tolerance))


def _value(node: ast.expr, tolerance: Tolerance) -> tuple[Any, Tolerance]:
    """A literal, be it wrapped into an array or an approximation; ValueError for anything else."""
    if isinstance(node, ast.Call) and node.args and _name(node.func) in _WRAPPERS:
        if _name(node.func) == "approx":
            tolerance = _tolerance(node.keywords, Tolerance(1e-6, 1e-12))
        return _value(node.args[0], tolerance)
    return ast.literal_eval(node), tolerance


def _tolerance(keywords: Sequence[ast.keyword], usual: Tolerance) -> Tolerance:
    found = usual
    for keyword in keywords:
        if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, int | float):
            if keyword.arg in _RELATIVE:
                found = replace(found, relative=float(keyword.value.value))
            if keyword.arg in _ABSOLUTE:
                found = replace(found, absolute=float(keyword.value.value))
    return found


def _as_rounded(value: Any, tolerance: Tolerance) -> Tolerance:
    """A model that writes 0.6667 has rounded 2/3: as many decimals as it wrote are expected."""
    decimals = max((_decimals(one) for one in _floats(value)), default=0)
    if tolerance != Tolerance() or not _FEWEST_DECIMALS <= decimals <= _MOST_DECIMALS:
        return tolerance
    return replace(tolerance, absolute=0.51 * 10.0**-decimals)


def _floats(value: Any) -> list[float]:
    if isinstance(value, float):
        return [value]
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list | tuple | set):
        return [number for one in value for number in _floats(one)]
    return []


def _decimals(number: float) -> int:
    text = repr(number)
    return 0 if "e" in text or "." not in text else len(text.partition(".")[2])


def _is_call(node: ast.expr, asks: Callable[[ast.expr], bool]) -> bool:
    return isinstance(node, ast.Call) and asks(node)


def _as_bool(node: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("bool", ast.Load()), [node], [])


def _name(node: ast.expr) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def condition(call: ast.Call) -> ast.expr | None:
    """The condition that `self.assertTrue(…)` or `np.testing.assert_allclose(…)` stands for."""
    if not isinstance(call.func, ast.Attribute) or not call.func.attr.startswith("assert"):
        return None
    form = _FROM_UNITTEST.get(call.func.attr)
    if form is None:
        return call
    try:
        text = form.format(*(ast.unparse(one) for one in call.args))
    except IndexError:
        return None
    tree = parse(text)
    return tree.body[0].value if tree and isinstance(tree.body[0], ast.Expr) else None


def waits_for(node: ast.With) -> str | None:
    """The exception that a `with pytest.raises(…)` or `self.assertRaises(…)` waits for."""
    match node.items[0].context_expr:
        case ast.Call(
            func=ast.Attribute(attr="raises" | "assertRaises" | "assertRaisesRegex"),
            args=[waited, *_],
        ):
            return getattr(waited, "attr", getattr(waited, "id", None))
    return None


def is_literal_node(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
