"""What Keras evaluates: the loss, and behind it the metrics that a model was compiled with."""

from __future__ import annotations

import re

import libcst as cst

from assay.adapt.facts.flow import Flow
from assay.adapt.facts.source import Source

_EVALUATES = ("evaluate", "train_on_batch", "test_on_batch")
_DEEPEST = 3


def is_evaluation(
    source: Source, flow: Flow, node: cst.BaseExpression, function: cst.FunctionDef | None,
    depth: int = 0,
) -> bool:  # fmt: skip
    """Whether something holds what Keras evaluates, also where it is the mean of two batches."""
    if isinstance(node, cst.Name):
        return depth < _DEEPEST and any(
            one.how == "assign" and is_evaluation(source, flow, one.value, function, depth + 1)
            for one in flow.definitions(node.value, function)
        )
    sides: list[cst.BaseExpression] = []
    if isinstance(node, cst.BinaryOperation):
        sides = [node.left, node.right]
    elif isinstance(node, cst.Call):
        if source.code(node.func).rpartition(".")[2] in _EVALUATES and not flow.called(node):
            return True
        sides = [arg.value for arg in node.args] if source.named(node.func) == "numpy.add" else []
    return any(is_evaluation(source, flow, side, function, depth) for side in sides)


def is_loss(source: Source, flow: Flow, call: cst.Call) -> bool:
    """Whether a call evaluates the loss alone: no model is compiled with metrics."""
    evaluates = is_evaluation(source, flow, call, None)
    return evaluates and ".compile(" in source.text and not _lists(source)


def _lists(source: Source) -> list[cst.BaseExpression]:
    """The metrics that models are compiled with, as written."""
    return [
        arg.value
        for call in source.all(cst.Call)
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "compile"
        for arg in call.args
        if arg.keyword is not None and arg.keyword.value == "metrics"
    ]


def metric(
    source: Source, flow: Flow, node: cst.BaseExpression, function: cst.FunctionDef | None
) -> str:
    """What Keras calls a metric that an expression takes by its number, `scores[1]`; empty where it
    takes none, or the script's models are not compiled alike."""
    taken = source.within(node, cst.Subscript)
    number = re.fullmatch(r"\w+\[([1-9])\]", source.code(taken[0])) if len(taken) == 1 else None
    if number is None or not is_evaluation(source, flow, taken[0].value, function):
        return ""
    lists = _lists(source)
    alike = len({source.code(one) for one in lists}) == 1
    known = lists[0].elements if alike and isinstance(lists[0], (cst.List, cst.Tuple)) else ()
    place = int(number[1])
    one = known[place - 1].value if place <= len(known) else None
    return str(one.evaluated_value) if isinstance(one, cst.SimpleString) else ""
