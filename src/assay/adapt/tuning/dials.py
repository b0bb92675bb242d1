"""Which settings of a script a search can turn, and where."""

from __future__ import annotations

import re

import libcst as cst

from assay.adapt.planning import Draft
from assay.adapt.pruning.reaching import name_in
from assay.adapt.tuning import spaces
from assay.adapt.tuning.spaces import Dial

_OPTIMISERS = re.compile(r"(^|\.)(optim|optimizers)\.[A-Z]\w+$")


def find(
    draft: Draft, statements: list[cst.BaseStatement], function: cst.FunctionDef | None
) -> list[Dial]:
    """Options of the command line, entries of a table of settings, constants, and else what calls
    in the rounds are given, or leave to defaults of the script's own."""
    named = spaces.chosen(
        _options(draft, function)
        + _entries(draft)
        + _fields(draft, function)
        + _constants(draft, function)
    )
    if any(one.rank == 0 for one in named):
        return named
    return spaces.chosen(named + _given(draft, statements))


def _options(draft: Draft, function: cst.FunctionDef | None) -> list[Dial]:
    found = []
    for one in draft.facts.arguments:
        space = name_in(draft, (one.namespace, draft.function(one.function)), function)
        if space is None:
            continue
        for option in one.options:
            if re.search(rf"\.{option.name}\b", draft.source.text):
                found.append(spaces.dial(f"{space}.{option.name}", option.default))
    return [one for one in found if one is not None]


def _entries(draft: Draft) -> list[Dial]:
    source, found = draft.source, []
    for one in draft.facts.configurations:
        for definition in draft.flow.everywhere(one.name):
            if not isinstance(definition.value, cst.Dict) or definition.function is not None:
                continue
            for pair in definition.value.elements:
                if isinstance(pair, cst.DictElement):
                    key, value = source.code(pair.key), source.code(pair.value)
                    found.append(spaces.dial(f"{one.name}[{key}]", value))
    return [one for one in found if one is not None]


def _fields(draft: Draft, function: cst.FunctionDef | None) -> list[Dial]:
    """Fields of a plain class of settings, or of the one object of it."""
    source, found = draft.source, []
    if "frozen=True" in source.text:
        return []
    for node in source.all(cst.ClassDef):
        if node.bases or not isinstance(node.body, cst.IndentedBlock):
            continue
        space = _settings(draft, node.name.value, function)
        for statement in node.body.body if space else ():
            small = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
            value = small.value if isinstance(small, (cst.Assign, cst.AnnAssign)) else None
            if value is not None and isinstance(small, (cst.Assign, cst.AnnAssign)):
                target = (
                    small.target if isinstance(small, cst.AnnAssign) else small.targets[0].target
                )
                found.append(spaces.dial(f"{space}.{source.code(target)}", source.code(value)))
    return [one for one in found if one is not None]


def _settings(draft: Draft, cls: str, function: cst.FunctionDef | None) -> str | None:
    """The variable that holds the object of a class of settings; the class where it is never
    made."""
    made = [
        (name, one)
        for name, every in draft.flow.named().items()
        for one in every
        if isinstance(one.value, cst.Call) and draft.source.code(one.value.func) == cls
    ]
    if not made:
        return cls
    name, one = made[0]
    given = isinstance(one.value, cst.Call) and one.value.args
    return name_in(draft, (name, one.function), function) if len(made) == 1 and not given else None


def _constants(draft: Draft, function: cst.FunctionDef | None) -> list[Dial]:
    """Of the module, and of the function that has the rounds."""
    found = []
    own = draft.source.name_of(function)
    parameters = draft.flow.parameters(function) if function is not None else []
    for one in draft.facts.constants:
        if one.function in ("", own) and one.name not in parameters:
            found.append(spaces.dial(one.name, one.value))
    return [one for one in found if one is not None]


def _given(draft: Draft, statements: list[cst.BaseStatement]) -> list[Dial]:
    """Literals that optimisers are given, and defaults of the script's own models and of functions
    that build them: the calls take them from variables then."""
    found: list[Dial] = []
    for statement in statements:
        for call in draft.source.within(statement, cst.Call):
            found += _literals(draft, call)
            found += _defaults(draft, call)
    chosen = {one.name for one in spaces.chosen(found)}
    return [one for one in found if one.name in chosen]


def _literals(draft: Draft, call: cst.Call) -> list[Dial]:
    source = draft.source
    if not _OPTIMISERS.search(source.named(call.func)):
        return []
    found = []
    for arg in call.args:
        one = spaces.dial(arg.keyword.value, source.code(arg.value)) if arg.keyword else None
        if one is not None and not draft.flow.everywhere(one.name):
            at = source.span(arg.value)
            draft.replace(at.start.line, at.start.column, at.end.column, one.name,
                          "the search sets it")  # fmt: skip
            found.append(one)
    return found


def _defaults(draft: Draft, call: cst.Call) -> list[Dial]:
    source = draft.source
    name = source.code(call.func)
    makers = [
        one
        for one in draft.flow.functions.get("__init__", [])
        if (around := source.class_of(one)) is not None and around.name.value == name
    ]
    makers += draft.flow.called(call) if isinstance(call.func, cst.Name) else []
    if len(makers) != 1 or any(arg.star for arg in call.args):
        return []
    params = [one for one in makers[0].params.params if one.name.value != "self"]
    given = {arg.keyword.value for arg in call.args if arg.keyword}
    given |= {one.name.value for one in params[: sum(arg.keyword is None for arg in call.args)]}
    found = []
    for one in params:
        if one.default is None or one.name.value in given:
            continue
        dial = spaces.dial(one.name.value, source.code(one.default))
        if dial is not None and not draft.flow.everywhere(dial.name):
            found.append(dial)
    if found:
        end = source.span(call).end
        before = ", " if call.args else ""
        text = before + ", ".join(f"{one.place}={one.name}" for one in found)
        draft.replace(end.line, end.column - 1, end.column - 1, text, "the search sets them")
    return found
