"""Calls that nobody wrote: with the arguments of others changed, or made from the signature.

Nobody says what they should give; programs that give the same agree on them.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from assay.core.words import Target
from assay.engine.sources import normal_digest, parse
from assay.models.extraction.frames import frame_of
from assay.solve.comparisons import is_literal_node

# So few calls tell most programs apart; each costs an execution of every program.
MOST_CALLS = 12
_LONGEST = 4000
_USUAL: dict[str, tuple[str, ...]] = {
    "int": ("3", "0", "-2", "7"),
    "float": ("0.5", "-1.5", "2.0"),
    "str": ("'abca'", "''", "'Hello World'"),
    "bool": ("True", "False"),
    "list": ("[3, 1, 2]", "[]", "[1, 1, 5, -4]"),
    "tuple": ("(1, 2)", "(0, 5)"),
    "dict": ("{'a': 1, 'b': 2}", "{}"),
    "set": ("{1, 2}", "set()"),
    "ndarray": ("__import__('numpy').arange(6.0).reshape(2, 3)", "__import__('numpy').arange(4.0)"),
    "Tensor": ("__import__('torch').arange(6.0).reshape(2, 3)", "__import__('torch').arange(4.0)"),
}
_KINDS = {"Sequence": "list", "Iterable": "list", "List": "list", "Mapping": "dict", "Dict": "dict",
          "Tuple": "tuple", "array": "ndarray", "Set": "set"}  # fmt: skip
# Where nothing says what an argument is, all are tried, each kind for all arguments at once first.
_GUESSED = ("list", "int", "str", "float", "dict")


def changed_calls(calls: Sequence[str], most: int = MOST_CALLS) -> list[str]:
    """Calls with one literal of their last line changed, taken evenly from all; always the same,
    and none that is among the given ones."""
    streams = [_changes(call) for call in calls]
    known = {normal_digest(call) for call in calls}
    found: list[str] = []
    for text in _in_turn(streams):
        if len(found) >= most:
            break
        name = normal_digest(text)
        if name not in known and len(text) < _LONGEST:
            known.add(name)
            found.append(text)
    return found


def _in_turn(streams: Sequence[Iterator[str]]) -> Iterator[str]:
    for row in itertools.zip_longest(*streams):
        yield from (text for text in row if text is not None)


def _changes(call: str) -> Iterator[str]:
    tree = parse(call)
    if tree is None or not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return
    places = [
        number for number, node in enumerate(ast.walk(tree))
        if isinstance(node, ast.Constant | ast.List | ast.Tuple) and is_literal_node(node)
        and not isinstance(getattr(node, "ctx", None), ast.Store)
    ]  # fmt: skip
    streams = [_changed(tree, place) for place in places]
    yield from _in_turn(streams)


def _changed(tree: ast.Module, place: int) -> Iterator[str]:
    node = next(itertools.islice(ast.walk(tree), place, None))
    value = ast.literal_eval(node)
    for other in _others(value):
        twin = copy.deepcopy(tree)
        _replace(twin, place, ast.parse(repr(other), mode="eval").body)
        yield ast.unparse(ast.fix_missing_locations(twin))


def _replace(tree: ast.Module, place: int, fresh: ast.expr) -> None:
    old = next(itertools.islice(ast.walk(tree), place, None))
    for node in ast.walk(tree):
        for name, field in ast.iter_fields(node):
            if field is old:
                setattr(node, name, fresh)
            elif isinstance(field, list):
                field[:] = [fresh if one is old else one for one in field]


def _others(value: Any) -> tuple[Any, ...]:
    """Values of the same type, the one that tells most first."""
    match value:
        case bool():
            return (not value,)
        case int():
            return (value + 1, 0, -value, 2 * value + 3)
        case float():
            return (value / 2 + 1, 0.0, -value)
        case str():
            return (value[::-1], value + value[:1], "")
        case list() | tuple():
            return (value[::-1], value[1:], value * 2, value[:0])
    return ()


def made_calls(target: Target, prompt: str = "", most: int = MOST_CALLS) -> list[str]:
    """Calls of a function with plain values, by its annotations where there are any; none for a
    method or a class, which would have to be made first."""
    arguments = frame_of(target, prompt).arguments
    if target.kind != "function" or arguments is None:
        return []
    needed = [*arguments.posonlyargs, *arguments.args]
    needed = needed[: len(needed) - len(arguments.defaults)]
    kinds = [_kind(one.annotation) for one in needed]
    found: dict[str, None] = {}
    for turn in range(most * (1 if all(kinds) else len(_GUESSED))):
        guess = _GUESSED[turn % len(_GUESSED)]
        step = turn if all(kinds) else turn // len(_GUESSED)
        values = [
            _USUAL[kind or guess][(step + place * (step > 2)) % len(_USUAL[kind or guess])]
            for place, kind in enumerate(kinds)
        ]
        found[f"{target.name}({', '.join(values)})"] = None
    return list(found)[:most]


def _kind(annotation: ast.expr | None) -> str | None:
    for node in ast.walk(annotation) if annotation else ():
        name = getattr(node, "attr", getattr(node, "id", ""))
        kind = _KINDS.get(name, name)
        if kind in _USUAL:
            return kind
    return None
