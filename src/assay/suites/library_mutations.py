"""Faults in calls of array and tensor libraries: the wrong reduction, axis, type, a lost guard."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from assay.suites.mutations import Place, is_small, name_of

_PAIRS = [
    ("mean", "sum"), ("max", "min"), ("argmax", "argmin"), ("any", "all"), ("floor", "ceil"),
    ("maximum", "minimum"), ("std", "var"), ("zeros", "ones"), ("zeros_like", "ones_like"),
    ("cumsum", "cumprod"), ("amax", "amin"), ("nanmean", "nansum"), ("head", "tail"),
    ("ffill", "bfill"), ("upper", "lower"), ("startswith", "endswith"), ("sin", "cos"),
    ("lstrip", "rstrip"), ("union", "intersection"), ("train", "eval"), ("median", "mean"),
    ("prod", "sum"), ("relu", "sigmoid"), ("log1p", "log"),
    ("softmax", "log_softmax"), ("expm1", "exp"), ("fit_transform", "transform"),
]  # fmt: skip
# The first of two entries counts: `mean` becomes `sum`, and `sum` becomes `mean`.
_OTHER = {b: a for a, b in reversed(_PAIRS)} | dict(reversed(_PAIRS))
_BUILTIN = {"max", "min", "any", "all"}
_LEFT_OUT = {
    "clip", "clamp", "clamp_min", "clamp_max", "abs", "sorted", "round", "copy", "clone", "exp",
    "log", "sqrt", "sigmoid", "relu", "softmax", "log_softmax", "tanh", "astype", "to", "float",
    "squeeze", "unsqueeze", "flatten", "transpose", "lower", "upper", "strip", "dropna", "fillna",
    "sort_values", "reset_index", "unique", "nan_to_num", "ravel", "normalize", "deepcopy",
    "contiguous", "square", "reversed",
}  # fmt: skip
_AXES = {"axis", "dim"}
_KEEPS = {"keepdims", "keepdim"}
_TYPES = {
    "float32": "float64", "float64": "float32", "int64": "int32", "int32": "int64",
    "float16": "float32", "bool": "int64", "uint8": "int64", "float": "float64", "long": "int32",
}  # fmt: skip
_WORDS = {"mean": "sum", "sum": "mean", "none": "mean", "left": "right", "right": "left"}


def call(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """Another reduction is called, a guard or a transformation is left out."""
    if isinstance(node, ast.Call):
        other = _OTHER.get(name_of(node))
        if other is not None and (isinstance(node.func, ast.Attribute) or other in _BUILTIN):
            yield _renamed(node, other)
        bare = _argument_of(node, place.modules) if name_of(node) in _LEFT_OUT else None
        if bare is not None:
            yield bare
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and is_small(node.right):
        yield node.left


def keyword(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """A keyword argument is changed, or left out."""
    if isinstance(node, ast.Constant) and isinstance(place.parent, ast.keyword):
        word = node.value if isinstance(node.value, str) else ""
        if word in _WORDS:
            yield ast.Constant(_WORDS[word])
    elif isinstance(node, ast.Call):
        for index, argument in enumerate(node.keywords):
            if argument.arg is None:
                continue
            value = _other_value(argument)
            if value is not None:
                changed = copy.deepcopy(node)
                changed.keywords[index].value = value
                yield changed
            if argument.arg not in _KEEPS:
                less = copy.deepcopy(node)
                del less.keywords[index]
                yield less


def _other_value(argument: ast.keyword) -> ast.expr | None:
    value = argument.value
    if argument.arg in _AXES:
        return _other_axis(value)
    if argument.arg in _KEEPS and isinstance(value, ast.Constant):
        return ast.Constant(not value.value)
    if argument.arg == "dtype" and isinstance(value, ast.Attribute) and value.attr in _TYPES:
        return ast.Attribute(value.value, _TYPES[value.attr], ast.Load())
    return None


def _other_axis(value: ast.expr) -> ast.expr | None:
    try:
        axis = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError):
        return None
    return ast.Constant(1 if axis == 0 else 0) if isinstance(axis, int) else None


def _renamed(node: ast.Call, name: str) -> ast.Call:
    changed = copy.deepcopy(node)
    if isinstance(changed.func, ast.Attribute):
        changed.func.attr = name
    elif isinstance(changed.func, ast.Name):
        changed.func.id = name
    return changed


def _argument_of(node: ast.Call, modules: frozenset[str]) -> ast.expr | None:
    """What a call works on: `x` in `x.clip(0)`, `np.clip(x, 0)` and `sorted(x)`."""
    if isinstance(node.func, ast.Attribute):
        root: ast.expr = node.func.value
        while isinstance(root, ast.Attribute):
            root = root.value
        if not (isinstance(root, ast.Name) and root.id in modules):
            return node.func.value
    if node.args and not isinstance(node.args[0], ast.Starred):
        return node.args[0]
    return None
