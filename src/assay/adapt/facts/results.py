"""What calls give: functions of the libraries by their names, the script's own by what they
return."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from assay.adapt.facts import compiled, naming
from assay.adapt.facts.flow import Flow
from assay.adapt.facts.naming import What
from assay.adapt.facts.source import Source
from assay.adapt.facts.vocabulary import (
    CRITERION,
    MAKES_ARRAYS,
    MAKES_CRITERION,
    NAMED,
    NOTHING,
    NUMBERS,
    OF_ESTIMATOR,
    REDUCES,
    THROUGH,
    TO_NUMBER,
    Meaning,
    Value,
)
from assay.adapt.facts.words import Role

Function = cst.FunctionDef | None
Reading = Callable[[cst.BaseExpression, Function, int], Meaning]
Holding = Callable[[cst.BaseExpression, Function, int], Value]

_SPREADS = ("std", "nanstd", "stdev", "pstdev", "var")


def last_name(source: Source, node: cst.BaseExpression) -> str:
    """The last name of what is called; empty where nothing is."""
    if isinstance(node, cst.Call):
        func = node.func
        if isinstance(func, cst.Attribute):
            return func.attr.value
        return source.named(func).rsplit(".", 1)[-1]
    return ""


class Results:
    """Answers for one script; `of` says what an expression is, `held` what is kept in a list."""

    def __init__(self, source: Source, flow: Flow, of: Reading, held: Holding) -> None:
        self.source, self.flow, self._of, self._held = source, flow, of, held

    def phase(self, call: cst.Call) -> Role:
        """The part of the data that a call's arguments or name speak of."""
        for arg in call.args:
            text = self.source.code(arg.value)
            found = naming.phase(text) if re.fullmatch(r"[\w.\[\]'\"]+", text) else ""
            if found:
                return found
        return naming.phase(self.source.code(call.func).rsplit(".", 1)[-1])

    def of(self, node: cst.Call, function: Function, depth: int) -> Meaning:
        """What a call gives where it stands in a function."""
        source = self.source
        full = source.named(node.func)
        last = last_name(source, node)
        known = self._of_known(node, full, last) or self._of_comparison(node, last)
        if known is not None:
            return known
        called = self.flow.called(node)
        if called:
            return self._of_own(node, called[0], depth)
        if compiled.is_loss(source, self.flow, node):
            return Meaning("loss", "loss", "scalar")
        if full.startswith("tensorflow.") and last in ("reduce_mean", "reduce_sum") and node.args:
            inner = self._of(node.args[0].value, function, depth + 1)
            return replace(inner, value="scalar" if len(node.args) == 1 else "unknown")
        if isinstance(node.func, cst.Attribute) and not full.startswith(
            ("torch.", "numpy.", "math.")
        ):
            if last in TO_NUMBER:
                return replace(self._of(node.func.value, function, depth + 1), value="number")
            if last in THROUGH or last in _SPREADS:
                return self._of_method(node, node.func, function, depth)
        if self._is_criterion(node, function):
            return self._of_criterion(node)
        if not node.args or (full.startswith("numpy.") and MAKES_ARRAYS.fullmatch(last)):
            return NOTHING
        if full in NUMBERS or full.startswith(("math.", "numpy.")) or last in ("sum", "mean"):
            return self._of_number(node, full, last, function, depth)
        if full.startswith("torch.") and last in ("mean", "sum", "sqrt"):
            inner = self._of(node.args[0].value, function, depth + 1)
            return replace(inner, value="tensor" if len(node.args) == 1 else "unknown")
        return NOTHING

    def _of_known(self, node: cst.Call, full: str, last: str) -> Meaning | None:
        """Functions whose name says what they give."""
        if last in NAMED:
            kind: Value = "tensor" if last.endswith("_") else "number"
            kind = "unknown" if last == "cross_val_score" else kind
            return Meaning(NAMED[last], "score", kind, self.phase(node))
        if full.startswith("time.") or last in ("perf_counter", "time", "default_timer"):
            return Meaning(what="time", value="number")
        if last in ("len", "size", "numel", "nelement"):
            return Meaning(what="count", value="number")
        is_method = isinstance(node.func, cst.Attribute)
        if is_method and last in OF_ESTIMATOR and not self.flow.called(node):
            return Meaning(last, "score", "number", self.phase(node))
        return None

    def _of_comparison(self, node: cst.Call, last: str) -> Meaning | None:
        """`(pred == y).sum()` counts hits, `(pred == y).float().mean()` is an accuracy."""
        text = self.source.code(node)
        if last not in ("sum", "mean") or not re.search(r"[=!]=|\.eq\(|\.ne\(|isclose", text):
            return None
        plain = self.source.named(node.func).startswith("numpy.") or text.startswith("sum(")
        kind: Value = "number" if plain else "tensor"
        wrong = re.search(r"!=|\.ne\(", text)
        if last == "mean":
            return Meaning("error", "loss", kind) if wrong else Meaning("accuracy", "score", kind)
        return Meaning("wrong" if wrong else "correct", "count", kind)

    def _of_method(
        self, node: cst.Call, func: cst.Attribute, function: Function, depth: int
    ) -> Meaning:
        inner = self._of(func.value, function, depth + 1)
        if func.attr.value in _SPREADS:
            inner = replace(inner, name=_spread(inner.name))
        reduces = func.attr.value in ("mean", "sum", "max", "min", *_SPREADS)
        if reduces and node.args:
            return replace(inner, value="unknown")
        if reduces and self.is_crossed(func.value, function):
            return replace(inner, value="number")
        one = reduces and inner.value == "unknown" and inner.what in ("loss", "score")
        return replace(inner, value="scalar") if one else inner

    def is_crossed(self, name: cst.BaseExpression, function: Function) -> bool:
        """Whether a variable holds the scores of a cross-validation, one of each fold."""
        return isinstance(name, cst.Name) and any(
            last_name(self.source, one.value) == "cross_val_score" and one.index is None
            for one in self.flow.definitions(name.value, function)
        )

    def _of_number(
        self, node: cst.Call, full: str, last: str, function: Function, depth: int
    ) -> Meaning:
        inner = self._of(node.args[0].value, function, depth + 1)
        axis = len(node.args) > 1 and full.startswith("numpy.")
        if last in ("exp", "sqrt", "log", "log10", "log2", "pow", "power"):
            kind: Value = "number" if full.startswith("math.") else inner.value
            what: What = inner.what if inner.what in ("loss", "score") else ""
            return Meaning("", what, kind, inner.phase)
        if full == "sum":
            held = self._held(node.args[0].value, function, depth)
            return replace(inner, name=naming.over_all(inner.name), value=held)
        reduces = last in REDUCES
        value: Value = "number" if reduces and not axis else inner.value
        along = any(arg.keyword is not None and arg.keyword.value == "axis" for arg in node.args)
        if full.startswith("numpy.") and along:
            value = "unknown"
        if last in _SPREADS:
            return replace(inner, name=_spread(inner.name), value=value)
        plain = naming.over_all if last == "sum" else naming.ungathered
        return replace(inner, name=plain(inner.name), value=value)

    def _of_own(self, node: cst.Call, called: cst.FunctionDef, depth: int) -> Meaning:
        name = called.name.value
        inner = NOTHING
        for returned in self.flow.returned(called):
            found = self._of(returned, called, depth + 1)
            if found.name or found.value != "unknown":
                inner = found
        said = naming.what(name)
        phase = self.phase(node) or inner.phase
        if said in ("loss", "score") and not naming.phase(name):
            stripped = re.sub(r"^(get|compute|calc|calculate|eval|evaluate|cal)_", "", name)
            return Meaning(stripped, said, inner.value, phase, inner.percent)
        return replace(inner, phase=phase)

    def _is_criterion(self, node: cst.Call, function: Function) -> bool:
        source = self.source
        full = source.named(node.func)
        if re.match(r"torch\.nn\.functional\.\w*(loss|entropy\w*)$", full) or full.startswith(
            "torch.nn.functional.binary_cross_entropy"
        ):
            return True
        name = source.code(node.func)
        makers = [d.value for d in self.flow.definitions(name, function)]
        for maker in (node.func, *makers):
            if isinstance(maker, cst.Call) and MAKES_CRITERION.search(source.named(maker.func)):
                return True
        if full.rsplit(".", 1)[-1][:1].isupper():
            return False  # `VAELoss()` makes one
        is_method = isinstance(node.func, cst.Attribute) and not name.startswith("self.")
        return bool(CRITERION.search(name)) and not is_method

    def _of_criterion(self, node: cst.Call) -> Meaning:
        reduced = not any(
            arg.keyword
            and arg.keyword.value == "reduction"
            and "none" in self.source.code(arg.value)
            for arg in node.args
        )
        return Meaning("loss", "loss", "tensor" if reduced else "unknown")


def _spread(name: str) -> str:
    return f"{naming.singular(naming.ungathered(name))}_std" if name else ""
