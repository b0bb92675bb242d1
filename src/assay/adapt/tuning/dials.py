"""Which settings of a script a search can turn, and where."""

from __future__ import annotations

import re

import libcst as cst

from assay.adapt.planning import Draft
from assay.adapt.pruning.reaching import name_in
from assay.adapt.tuning import literals, spaces
from assay.adapt.tuning.spaces import Dial


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
    return literals.put_in(draft, statements, named)


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
