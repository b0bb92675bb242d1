"""A counter for a function in which nothing counts: its callers hand it theirs."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from assay.adapt.facts.loops import LoopNode
from assay.adapt.facts.words import Level
from assay.adapt.planning.arguments import add_argument
from assay.adapt.planning.words import Draft

_NAMES = {"batch": "step", "epoch": "epoch"}


class Handing:
    """Finds the parameters that say the epoch or the step, and adds them where there are none;
    `count` says what counts the turns of a loop where it calls a function."""

    def __init__(self, draft: Draft, count: Callable[[cst.Call, LoopNode, Level], str]) -> None:
        self.draft, self.count = draft, count
        self._known: dict[tuple[cst.FunctionDef, Level], str | None] = {}

    def given(self, function: cst.FunctionDef, level: Level) -> str | None:
        """The parameter that tells a function the epoch or step that its callers are at; None
        where that is no small change."""
        key = function, level
        if key not in self._known:
            self._known[key] = None  # a function that calls itself
            self._known[key] = self._find(function, level)
        return self._known[key]

    def _find(self, function: cst.FunctionDef, level: Level) -> str | None:
        flow = self.draft.flow
        if flow.mentions.get(function) or not self._takes_more(function):
            return None
        counted = [(call, self._counted(call, level)) for call in flow.calls.get(function, [])]
        handed = {counter for _, counter in counted if counter is not None}
        if not handed:
            return None
        for parameter in flow.parameters(function):
            if {flow.argument(call, function, parameter) for call, _ in counted} <= handed:
                return parameter
        name = handed.pop() if len(handed) == 1 else ""
        name = name if name.isidentifier() else _NAMES[level]
        own = [d for d in flow.everywhere(name) if d.function is function]
        if own or name in flow.parameters(function):
            return None
        self._hand(function, counted, name, level)
        return name

    def _counted(self, call: cst.Call, level: Level) -> str | None:
        """What says at a call which turn it is: the counter of the loop around it, or one that its
        own function is handed."""
        draft = self.draft
        for loop in draft.source.loops_of(call):
            if draft.loops.kind(loop) == level:
                return self.count(call, loop, level)
        function = draft.source.function_of(call)
        if function is None or draft.loops.context(function) != level:
            return None
        return self.given(function, level)

    def _takes_more(self, function: cst.FunctionDef) -> bool:
        """Whether a parameter at the end, and an argument for it, is a small change."""
        params = function.params
        calls = self.draft.flow.calls.get(function, [])
        return not (
            isinstance(params.star_arg, cst.Param) or params.star_kwarg or params.kwonly_params
            or any(arg.star for call in calls for arg in call.args)
        )  # fmt: skip

    def _hand(
        self, function: cst.FunctionDef, counted: list[tuple[cst.Call, str | None]], name: str,
        level: Level,
    ) -> None:  # fmt: skip
        """Add a parameter and the arguments for it."""
        draft, source = self.draft, self.draft.source
        every = (*function.params.posonly_params, *function.params.params)
        optional = any(p.default for p in every) or any(c is None for _, c in counted)
        text = f"{name}=None" if optional else name
        why = f"the {_NAMES[level]} is the step of what is logged there"
        if every:
            end = source.span(every[-1].default or every[-1].annotation or every[-1]).end
            draft.replace(end.line, end.column, end.column, f", {text}", why)
        else:
            at = source.span(function.name).end
            draft.replace(at.line, at.column + 1, at.column + 1, text, why)
        for call, counter in counted:
            if counter is not None:
                named = any(arg.keyword for arg in call.args)
                given = f"{name}={counter}" if named or optional else counter
                add_argument(draft, call, given, why)
