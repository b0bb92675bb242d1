"""What a model that one function holds is called in another."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from assay.adapt.facts.flow import Flow
from assay.adapt.planning import Draft

# A variable, and the function that has it; None is the module.
Held = tuple[str, cst.FunctionDef | None]


def name_in(draft: Draft, held: Held, target: cst.FunctionDef | None) -> str | None:
    """The expression that gives the same object in `target`; None where no call hands it over."""
    return next(names_in(draft, held, target), None)


def names_in(draft: Draft, held: Held, target: cst.FunctionDef | None) -> Iterator[str]:
    """All expressions that give the same object in `target`, its own ahead of the module's."""
    seen: set[Held] = set()
    fresh = [held]
    others: list[str] = []
    while fresh:
        one = fresh.pop(0)
        if one in seen:
            continue
        seen.add(one)
        if one[1] is target:
            yield one[0]
        elif _is_visible(draft, one, target):
            others.append(one[0])
        fresh += _neighbours(draft, one)
    yield from others


def _is_visible(draft: Draft, held: Held, target: cst.FunctionDef | None) -> bool:
    name, function = held
    if function is target:
        return True
    source, flow = draft.source, draft.flow
    if name.startswith("self."):
        if target is None or function is None:
            return False
        around = source.class_of(function)
        return around is not None and source.class_of(target) is around
    return function is None and target is not None and not _hides(flow, name, target)


def _hides(flow: Flow, name: str, target: cst.FunctionDef) -> bool:
    top = name.split(".")[0]
    return top in flow.parameters(target) or any(
        one.function is target for one in flow.everywhere(top)
    )


def _neighbours(draft: Draft, held: Held) -> Iterator[Held]:
    name, function = held
    yield from _handed_in(draft, name, function)
    yield from _handed_on(draft, name, function)
    yield from _kept(draft, name, function)
    yield from _given_back(draft, name, function)


def _handed_in(draft: Draft, name: str, function: cst.FunctionDef | None) -> Iterator[Held]:
    """The arguments that a parameter stands for."""
    if function is None or name not in draft.flow.parameters(function):
        return
    for call in _calls_of(draft, function):
        given = draft.flow.argument(_as_method(call, function), function, name)
        if given and re.fullmatch(r"[\w.]+", given):
            yield given, draft.source.function_of(call)


def _handed_on(draft: Draft, name: str, function: cst.FunctionDef | None) -> Iterator[Held]:
    """The parameters that are given the object."""
    source, flow = draft.source, draft.flow
    for call in source.all(cst.Call):
        if source.function_of(call) is not function:
            continue
        for called in (*flow.called(call), *_makers(draft, call)):
            for parameter in flow.parameters(called):
                given = flow.argument(_as_method(call, called), called, parameter)
                if given is not None and _bare(given) == name:
                    yield parameter, called


def _kept(draft: Draft, name: str, function: cst.FunctionDef | None) -> Iterator[Held]:
    """`self.model = model.to(device)`."""
    for other, definitions in draft.flow.named().items():
        for one in definitions:
            plain = one.how == "assign" and one.function is function and one.index is None
            if plain and other != name and _bare(draft.source.code(one.value)) == name:
                yield other, function


def _given_back(draft: Draft, name: str, function: cst.FunctionDef | None) -> Iterator[Held]:
    """`model = build()`, where `build` returns the object; also as one of several."""
    if function is None:
        return
    source, flow = draft.source, draft.flow
    for returned in flow.returned(function):
        parts = returned.elements if isinstance(returned, cst.Tuple) else ()
        values = [part.value for part in parts] or [returned]
        for place, value in enumerate(values):
            if _bare(source.code(value)) != name:
                continue
            for other, definitions in flow.named().items():
                for one in definitions:
                    inner = one.value
                    made = isinstance(inner, cst.Call) and function in flow.called(inner)
                    if made and (one.index == place or (one.index is None and not parts)):
                        yield other, one.function


def _bare(text: str) -> str:
    """An expression without what moves it to a device."""
    return re.sub(r"(\.(to|cuda|cpu|train|eval)\([^()]*\))+$", "", text)


def _calls_of(draft: Draft, function: cst.FunctionDef) -> list[cst.Call]:
    calls = [one for one in draft.flow.callers(function) if isinstance(one, cst.Call)]
    around = draft.source.class_of(function)
    if function.name.value == "__init__" and around is not None:
        calls += [
            one
            for one in draft.source.all(cst.Call)
            if draft.source.code(one.func) == around.name.value
        ]
    return calls


def _makers(draft: Draft, call: cst.Call) -> list[cst.FunctionDef]:
    """The `__init__` that a call of one of the script's classes reaches."""
    name = draft.source.code(call.func)
    return [
        function
        for function in draft.flow.functions.get("__init__", [])
        if (around := draft.source.class_of(function)) is not None and around.name.value == name
    ]


def _as_method(call: cst.Call, function: cst.FunctionDef) -> cst.Call:
    """A call of a class as one of its `__init__`, whose first parameter is not given."""
    if function.name.value == "__init__" and isinstance(call.func, cst.Name):
        return call.with_changes(func=cst.Attribute(call.func, cst.Name("__init__")))
    return call
