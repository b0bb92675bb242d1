"""Where in a script a value belongs: after which statement, how often, counted by which loop."""

from __future__ import annotations

import re
from dataclasses import dataclass

import libcst as cst

from assay.adapt.facts.flow import Flow
from assay.adapt.facts.loops import LoopNode, Loops
from assay.adapt.facts.source import Source
from assay.adapt.facts.words import Level

_COUNTED = re.compile(r"%|verbose|interval|freq|every|print|log|display|last", re.I)

_FITS = ("fit", "fit_predict")
_TRAINS = ("xgboost.train", "lightgbm.train", "sklearn.model_selection.cross_val_score",
           "sklearn.model_selection.cross_validate")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is known: after which statement, how often, counted by which loop."""

    statement: cst.BaseStatement
    level: Level
    loop: LoopNode | None
    phase: str = ""


class Places:
    """Finds the place of values in one script."""

    def __init__(self, source: Source, flow: Flow, loops: Loops) -> None:
        self.source, self.flow, self.loops = source, flow, loops
        self._fits = [
            call
            for call in source.all(cst.Call)
            if (isinstance(call.func, cst.Attribute) and call.func.attr.value in _FITS)
            or source.named(call.func) in _TRAINS
        ]

    def of(self, node: cst.CSTNode) -> Place | None:
        """Where a value that is known at a node belongs; None where it is one of many that no
        counter of training counts."""
        source = self.source
        statement = source.statement_of(node)
        phase = ""
        for loop in source.loops_of(node):
            kind = self.loops.kind(loop)
            if kind == "phase" and isinstance(loop, cst.For):
                phase = source.code(loop.target)
            elif kind == "epoch":
                return Place(statement, "epoch", loop, phase)
            elif kind == "batch":
                if not self.loops.trains(loop):
                    return None
                return Place(statement, "batch", loop, phase)
            elif self.loops.trains(loop):
                if self._is_outermost(loop):
                    return Place(statement, "final", loop, phase)
                return None
            elif any(source.contains(loop, call) for call in self._fits) or _is_named(loop):
                return Place(statement, "final", loop, phase)
            else:
                return None
        around = self._around(source.function_of(node))
        return Place(statement, around or "final", None, phase)

    def _is_outermost(self, loop: LoopNode) -> bool:
        """Whether a loop goes over whole trainings, rather than within an epoch."""
        source = self.source
        kinds = [self.loops.kind(outer) for outer in source.loops_of(loop)]
        around = self._around(source.function_of(loop))
        return around is None and "epoch" not in kinds and "batch" not in kinds

    def _around(self, function: cst.FunctionDef | None) -> Level | None:
        kind = self.loops.context(function)
        return kind if kind in ("epoch", "batch") else None

    def hoisted(self, place: Place, text: str) -> tuple[cst.BaseStatement, bool]:
        """The statement after which to log: where a report stands under a condition that only
        thins out the output, the value is known before the condition."""
        source = self.source
        statement = place.statement
        while isinstance(around := source.parent(source.parent(statement) or statement), cst.With):
            statement = around
        inner: cst.CSTNode = statement
        outermost: cst.If | None = None
        for around in source.ancestors(statement):
            if around is place.loop or isinstance(around, (cst.FunctionDef, *(cst.For, cst.While))):
                break
            if isinstance(around, cst.If) and around.body is inner and not self._is_guard(around):
                outermost = around
            inner = around
        if outermost is None:
            return statement, False
        if place.level != "epoch" or not _COUNTED.search(source.code(outermost.test)):
            return statement, True
        names = set(re.findall(r"[A-Za-z_]\w*", text))
        inside = any(
            source.contains(outermost, d.statement) for n in names for d in self.flow.everywhere(n)
        )
        block = source.block_of(outermost)
        siblings = list(block.body) if block is not None else []
        at = next((i for i, one in enumerate(siblings) if one is outermost), 0)
        if inside or at == 0 or any(self._is_rare(name, place.loop) for name in names):
            return statement, True
        before = siblings[at - 1]
        return (before, False) if isinstance(before, cst.BaseStatement) else (statement, True)

    def _is_rare(self, name: str, loop: LoopNode | None) -> bool:
        """Whether a loop computes a value under conditions only, and not in each turn."""
        source = self.source
        changes = [d.statement for d in self.flow.everywhere(name)]
        changes += [source.statement_of(call) for call in source.all(cst.Call)
                    if source.code(call.func) == f"{name}.append"]  # fmt: skip
        here = [one for one in changes if loop is not None and source.contains(loop, one)]
        return bool(here) and all(self._is_conditional(one, loop) for one in here)

    def _is_conditional(self, statement: cst.CSTNode, loop: LoopNode | None) -> bool:
        for around in self.source.ancestors(statement):
            if around is loop:
                return False
            if isinstance(around, cst.If) and not self._is_guard(around):
                return True
        return False

    def _is_guard(self, node: cst.If) -> bool:
        return "__name__" in self.source.code(node.test)


def _is_named(loop: LoopNode) -> bool:
    """Whether a loop goes over a few things with names: `for name, model in (("a", a), …)`."""
    if not isinstance(loop, cst.For) or not isinstance(loop.iter, (cst.Tuple, cst.List)):
        return False
    items = [element.value for element in loop.iter.elements]
    return bool(items) and all(
        isinstance(item, cst.Tuple) and item.elements
        and isinstance(item.elements[0].value, cst.SimpleString)
        for item in items
    )  # fmt: skip
