"""One metric out of several readings of it: each name once at each level, where it is kept."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from assay.adapt.facts.flow import Flow
from assay.adapt.facts.places import Places
from assay.adapt.facts.words import Level, Metric


class Folding:
    """Folds the metrics of one script."""

    def __init__(self, places: Places, flow: Flow) -> None:
        self.places, self.flow = places, flow
        self.source, self.loops = places.source, places.loops

    def unfolded(self, found: list[Metric]) -> list[Metric]:
        """Drop what a function computes where its caller gets it and keeps it, and what a function
        computes of several parts of the data."""
        kept = []
        for metric in found:
            function = next((f for f in self.loops.functions() if self.source.name_of(f) ==
                             metric.function), None)  # fmt: skip
            in_own_loop = metric.loop is not None
            if function is None or in_own_loop:
                kept.append(metric)
                continue
            calls = self.flow.calls.get(function, [])
            counted = [call for call in calls if self._place_level(call) == metric.level]
            if len(counted) > 1 and metric.level != "final":
                continue
            if not self._is_handed_back(metric, function, calls):
                kept.append(metric)
        return kept

    def _place_level(self, call: cst.Call) -> Level | None:
        place = self.places.of(call)
        return place.level if place is not None else None

    def _is_handed_back(
        self, metric: Metric, function: cst.FunctionDef, calls: list[cst.Call]
    ) -> bool:
        texts: set[str] = set()
        for returned in self.flow.returned(function):
            if isinstance(returned, cst.Dict):
                continue
            for node in self.source.within(returned, cst.BaseExpression):
                texts.add(self.source.code(node))
        if metric.expression not in texts:
            return False
        kept = [isinstance(self.source.parent(call), (cst.Assign, cst.AnnAssign)) for call in calls]
        # Of several calls those in the loop of epochs are the ones that are counted.
        return any(kept) if metric.level == "epoch" else bool(kept) and all(kept)


def told_apart(found: list[Metric]) -> list[Metric]:
    """One name at two levels becomes two: `_step` marks the batches', `final_` the last."""
    epochs = {metric.name for metric in found if metric.level == "epoch"}
    counted = {metric.name for metric in found if metric.level != "final"}
    apart = []
    for metric in found:
        if metric.level == "batch" and metric.name in epochs:
            metric = replace(metric, name=f"{metric.name}_step")
        elif metric.level == "final" and metric.name in counted:
            metric = replace(metric, name=f"final_{metric.name}")
        apart.append(metric)
    return apart


def deduplicated(found: list[Metric]) -> list[Metric]:
    """Each name once per level, function and loop, and each expression once."""
    kept: dict[tuple[str, ...], Metric] = {}
    expressions: set[tuple[str, ...]] = set()
    order = sorted(found, key=lambda m: (m.conditional, not m.pure, m.why == "computed"))
    for metric in order:
        key = (metric.name, metric.level, metric.function, str(metric.loop))
        bare = metric.expression.removesuffix(".item()")
        expression = (bare, *key[1:])
        if key not in kept and expression not in expressions:
            kept[key] = metric
            expressions.add(expression)
    return list(kept.values())
