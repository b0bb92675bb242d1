"""Settings that have no name yet: literals that optimisers are given, or leave to their defaults,
and defaults of the script's own models and functions. The calls take them from variables then."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from assay.adapt.planning import Draft
from assay.adapt.tuning import spaces
from assay.adapt.tuning.spaces import Dial

_OPTIMISERS = re.compile(r"(^|\.)(optim|optimizers)(\.\w+)*\.[A-Z]\w+$")
# Learning rates where the script says none; Keras's by the names that compile() takes as well.
_RATES = {
    "Adam": "0.001", "AdamW": "0.001", "NAdam": "0.002", "RAdam": "0.001", "SGD": "0.001",
    "RMSprop": "0.01", "Adagrad": "0.01", "Adamax": "0.002",
}  # fmt: skip
_KERAS_RATES = {
    "Adam": "0.001", "AdamW": "0.004", "Nadam": "0.001", "SGD": "0.01", "RMSprop": "0.001",
    "Adagrad": "0.001", "Adamax": "0.001", "Adadelta": "0.001",
}  # fmt: skip
_WHY = "the search sets it"
# How many functions deep optimisers are looked for.
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a setting stands, or could: `text` takes the place of what is there, with the setting's
    variable for "{}"."""

    dial: Dial
    line: int
    start: int
    end: int
    text: str


def put_in(draft: Draft, statements: list[cst.BaseStatement], named: list[Dial]) -> list[Dial]:
    """The settings that are searched, of those that have a name and those that the calls in a round
    are given; the latter get one."""
    places: list[_Place] = []
    for statement in statements:
        for call in draft.source.within(statement, cst.Call):
            places += _of_optimisers(draft, call, deep=False)
            places += _defaults(draft, call)
    for function in _reached(draft, statements):
        for call in draft.source.within(function.body, cst.Call):
            places += _of_optimisers(draft, call, deep=True)
    known = {one.name for one in named}
    places = [one for one in places if one.dial.name not in known]
    chosen = spaces.chosen([*named, *(one.dial for one in places)])
    added: dict[tuple[int, int], list[str]] = defaultdict(list)
    for one in places:
        if one.dial not in chosen:
            continue
        if one.start == one.end:
            added[one.line, one.end].append(one.text)
        else:
            draft.replace(one.line, one.start, one.end, one.text, _WHY)
    for (line, column), texts in added.items():
        text = ", ".join(dict.fromkeys(texts))
        before = "" if draft.source.lines[line - 1][:column].rstrip().endswith("(") else ", "
        draft.replace(line, column, column, before + text, _WHY)
    return chosen


def _reached(draft: Draft, statements: list[cst.BaseStatement]) -> list[cst.FunctionDef]:
    """The script's own functions that are called in a round."""
    found: dict[cst.FunctionDef, None] = {}
    bodies: list[cst.CSTNode] = list(statements)
    for _ in range(_DEEPEST):
        fresh = [
            function
            for body in bodies
            for call in draft.source.within(body, cst.Call)
            for function in draft.flow.called(call)
            if function not in found
        ]
        found.update(dict.fromkeys(fresh))
        bodies = [function.body for function in fresh]
    return list(found)


def _of_optimisers(draft: Draft, call: cst.Call, *, deep: bool) -> Iterator[_Place]:
    """Learning rates and the like that an optimiser is given as literals, or not at all."""
    source = draft.source
    if isinstance(call.func, cst.Attribute) and call.func.attr.value == "compile":
        yield from _by_name(draft, call, deep)
    full = source.named(call.func)
    if not _OPTIMISERS.search(full) or any(arg.star for arg in call.args):
        return
    is_torch = ".optim." in f".{full}"
    rate, first = ("lr", 1) if is_torch else ("learning_rate", 0)
    given: set[str] = set()
    for at, arg in enumerate(call.args):
        name = arg.keyword.value if arg.keyword else rate if at == first else ""
        given.add(name)
        dial = _dial(draft, name, source.code(arg.value), deep)
        if dial is not None:
            span = source.span(arg.value)
            yield _Place(dial, span.start.line, span.start.column, span.end.column, dial.place)
    usual = (_RATES if is_torch else _KERAS_RATES).get(full.rsplit(".", 1)[-1])
    dial = _dial(draft, rate, usual, deep) if rate not in given else None
    if dial is not None:
        end = source.span(call).end
        yield _Place(dial, end.line, end.column - 1, end.column - 1, f"{rate}={dial.place}")


def _by_name(draft: Draft, call: cst.Call, deep: bool) -> Iterator[_Place]:
    """`compile(optimizer="adam")` of Keras: the optimiser itself takes its name's place."""
    for at, arg in enumerate(call.args):
        named = arg.keyword.value if arg.keyword else "optimizer" if at == 0 else ""
        if named != "optimizer" or not isinstance(arg.value, cst.SimpleString):
            continue
        word = str(arg.value.evaluated_value).lower()
        cls = next((one for one in _KERAS_RATES if one.lower() == word), None)
        dial = _dial(draft, "learning_rate", _KERAS_RATES[cls], deep) if cls else None
        module = _optimizers(draft)
        if dial is not None and module:
            span = draft.source.span(arg.value)
            yield _Place(dial, span.start.line, span.start.column, span.end.column,
                         f"{module}.{cls}(learning_rate={dial.place})")  # fmt: skip


def _optimizers(draft: Draft) -> str | None:
    """What the script calls Keras's module of optimisers."""
    text = draft.source.text
    tensorflow = re.search(r"^import tensorflow(?: as (\w+))?$", text, re.M)
    if re.search(r"^(import keras|from tensorflow import keras)$", text, re.M):
        return "keras.optimizers"
    if tensorflow:
        return f"{tensorflow.group(1) or 'tensorflow'}.keras.optimizers"
    if re.search(r"^from (tensorflow\.)?keras\b", text, re.M):
        old = re.search(r"^from tensorflow\.keras\b", text, re.M)
        draft.need("from tensorflow import keras" if old else "import keras")
        return "keras.optimizers"
    return None


def _dial(draft: Draft, name: str, value: str | None, deep: bool) -> Dial | None:
    """A variable for a literal; one of the module where a function of the script has the call."""
    one = spaces.dial(name.upper() if deep else name, value)
    taken = one is not None and draft.flow.everywhere(one.place)
    return None if taken else one


def _defaults(draft: Draft, call: cst.Call) -> Iterator[_Place]:
    """Defaults of the script's own models, and of functions that build them, that a call does
    without."""
    source = draft.source
    name = source.code(call.func)
    makers = [
        one
        for one in draft.flow.functions.get("__init__", [])
        if (around := source.class_of(one)) is not None and around.name.value == name
    ]
    makers += draft.flow.called(call) if isinstance(call.func, cst.Name) else []
    if len(makers) != 1 or any(arg.star for arg in call.args):
        return
    params = [one for one in makers[0].params.params if one.name.value != "self"]
    given = {arg.keyword.value for arg in call.args if arg.keyword}
    given |= {one.name.value for one in params[: sum(arg.keyword is None for arg in call.args)]}
    end = source.span(call).end
    for one in params:
        if one.default is None or one.name.value in given:
            continue
        dial = spaces.dial(one.name.value, source.code(one.default))
        if dial is not None and not draft.flow.everywhere(dial.name):
            yield _Place(dial, end.line, end.column - 1, end.column - 1,
                         f"{one.name.value}={dial.name}")  # fmt: skip
