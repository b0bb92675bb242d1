"""Values as Python literals, which say what JSON cannot: tuples, sets, complex numbers."""

from __future__ import annotations

import ast
import math
from typing import Any

_AS_REPR = (bool, int, str, bytes, complex, type(None))


def literal(value: Any) -> str:
    """A text of which `ast.literal_eval` makes the value again; ValueError where there is none."""
    kind = type(value)
    if kind is float:
        return _float(value)
    if kind is list:
        return f"[{', '.join(map(literal, value))}]"
    if kind is tuple:
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if kind is set:
        # Sorted, because the order of a set differs from one process to the next.
        return f"{{{', '.join(sorted(map(literal, value)))}}}" if value else "set()"
    if kind is dict:
        return f"{{{', '.join(f'{literal(k)}: {literal(v)}' for k, v in value.items())}}}"
    if kind in _AS_REPR:
        text = repr(value)
        if kind is not complex or is_literal(text):
            return text
    raise ValueError(f"a {kind.__name__} cannot be written as a literal: {str(value)[:60]}")


def is_literal(text: str) -> bool:
    """Whether text reads as a literal of Python."""
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _float(value: float) -> str:
    if math.isnan(value):
        raise ValueError("nan cannot be written as a literal")
    # `inf` is a name to Python; a number that is too large is a literal of the same value.
    return f"{'-' if value < 0 else ''}1e999" if math.isinf(value) else repr(value)
