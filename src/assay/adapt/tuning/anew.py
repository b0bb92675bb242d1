"""Where a round has to begin, so that nothing of one trial is left for the next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from assay.adapt.planning import Draft
from assay.adapt.tuning.spaces import Dial

if TYPE_CHECKING:
    from assay.adapt.tuning.rounds import Rounds

# What is changed by training with it.
_LEARNS = re.compile(
    r"(^|\.)(layers|models|applications|optimizers|optim|lr_scheduler|callbacks|loggers)\.(\w+\.)*"
    r"[A-Z]\w+$|(^|\.)(Model|Sequential|Input|Trainer|GradScaler)$|"
    r"(Stop|Stopp|Meter|Memory|Buffer|Average|EMA)\w*$"
)


def begin(draft: Draft, rounds: Rounds, found: list[Dial]) -> None:
    """Begin a round ahead of all that training changes, and of what goes by what is searched."""
    _remake(draft, rounds)
    _widen(draft, rounds, found)


def _remake(draft: Draft, rounds: Rounds) -> None:
    """Begin a round ahead of all that it uses and that would carry over what was learnt: layers,
    optimisers, callbacks, trainers."""
    source = draft.source
    places = {
        name: place
        for place, statement in enumerate(rounds.block)
        for name, every in draft.flow.named().items()
        for one in every
        if one.statement is statement and _LEARNS.search(_maker(draft, one.value))
    }
    while True:
        used = {one.value for statement in rounds.statements
                for one in source.within(statement, cst.Name)}  # fmt: skip
        first = min([rounds.first, *(places[name] for name in used & set(places))])
        if first == rounds.first:
            return
        rounds.first = first


def _maker(draft: Draft, value: cst.BaseExpression) -> str:
    """The full name of what an object is made by; for layers that are called at once, the layer."""
    while isinstance(value, cst.Call):
        if not isinstance(value.func, cst.Call):
            return draft.source.named(value.func)
        value = value.func
    return ""


def _widen(draft: Draft, rounds: Rounds, found: list[Dial]) -> None:
    """Begin a round where something first goes by what is searched, or counts what it does."""
    source = draft.source
    counted = _counted(draft, rounds)
    places = [re.compile(rf"(?<![\w.]){re.escape(one.place)}(?!\w)") for one in found]
    for place in range(rounds.first):
        statement = rounds.block[place]
        if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
            continue
        text = source.module.code_for_node(statement)
        if any(one.search(text) for one in places) and not _defines(draft, statement, found):
            rounds.first = place
            return
        names = {name for name, every in draft.flow.named().items()
                 for one in every if one.statement is statement}  # fmt: skip
        if names & counted:
            rounds.first = place
            return


def _defines(draft: Draft, statement: cst.BaseStatement, found: list[Dial]) -> bool:
    names = {name for name, every in draft.flow.named().items()
             for one in every if one.statement is statement}  # fmt: skip
    return bool(names & {re.split(r"[.\[]", one.place)[0] for one in found})


def _counted(draft: Draft, rounds: Rounds) -> set[str]:
    """Variables that the training adds to, appends to, or sets when something got better."""
    source = draft.source
    found: set[str] = set()
    for statement in rounds.statements:
        for one in source.within(statement, cst.AugAssign):
            found.add(source.code(one.target))
        for call in source.within(statement, cst.Call):
            func = call.func
            if isinstance(func, cst.Attribute) and func.attr.value in ("append", "extend"):
                found.add(source.code(func.value))
        for test in source.within(statement, cst.If):
            for target in source.within(test.body, cst.AssignTarget):
                found |= {source.code(name) for name in source.within(target, cst.Name)}
    return found
