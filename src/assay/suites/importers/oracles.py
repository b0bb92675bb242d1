"""Where EvalPlus does not ask for one certain value: what it asks for instead."""

from __future__ import annotations

import math
from typing import Any

from assay.suites.literals import literal

# Any order will do.
_AS_SETS = {
    "similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly", "larg_nnum",
    "intersection_array", "find_dissimilar", "Diff",
}  # fmt: skip
# True, and anything but None, is yes.
_YES_OR_NO = {"check_str", "text_match_three", "text_starta_endb"}
# The specification is too vague to say more than that it answers.
_ANYTHING = {"are_equivalent"}
# It may also have taken "no divisors" for the sum of none.
_OR_ZERO = {"sum_div"}
_ROOT = {"find_zero"}


def question(name: str, arguments: str) -> str:
    """The expression whose value is compared."""
    call = f"{name}({arguments})"
    if name in _AS_SETS:
        return f"set({call})"
    if name in _YES_OR_NO:
        return f"{call} not in (None, False)"
    return call


def assertion(name: str, arguments: str, expected: Any, atol: float) -> str | None:
    """An assertion in place of a comparison with one value, where the task needs one."""
    call = f"{name}({arguments})"
    if name in _ANYTHING:
        return f"assert [{call}]"
    if name in _OR_ZERO:
        return f"assert {call} in ({literal(expected)}, 0)"
    if name in _ROOT:
        powers = f"sum(c * {call} ** n for n, c in enumerate({arguments}))"
        return f"assert abs({powers}) <= {atol or 1e-4!r}"
    return None


def expression(value: Any) -> str:
    """An expression for an argument: a literal where there is one."""
    try:
        return literal(value)
    except ValueError:
        if isinstance(value, float) and math.isnan(value):
            return "float('nan')"
        if isinstance(value, list | tuple):
            inner = ", ".join(map(expression, value))
            if isinstance(value, list):
                return f"[{inner}]"
            return f"({inner}{',' if len(value) == 1 else ''})"
        raise
