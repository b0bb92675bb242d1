"""Trainings that a script does several times over: each gets a run within the script's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import libcst as cst

from assay.adapt.dialects import Dialect
from assay.adapt.editing import Indent
from assay.adapt.facts import Metric
from assay.adapt.planning import logging, regions
from assay.adapt.planning.words import Draft, Refusal

Statement = cst.BaseStatement
# What calls a function that it is given many times over.
_SEARCHES = re.compile(
    r"optimi[sz]e|minimi[sz]e|maximi[sz]e|^fmin|search|^tune|sweep|agent|^map$", re.I
)
_WHY = "a run for each of several trainings: their steps begin anew"


def training(metric: Metric) -> tuple[str, int | None] | None:
    """Which of several trainings computes a metric, as far as its place says; None at the end."""
    return (metric.function, metric.loop) if metric.level != "final" else None


def several(metrics: Sequence[Metric]) -> list[Metric]:
    """A metric of each training, where two loops or functions compute metrics of one name: their
    series would be mixed."""
    found: dict[tuple[str, int | None], Metric] = {}
    for metric in metrics:
        own = training(metric)
        alike = [one for one in metrics if one.name == metric.name]
        if own is not None and {training(one) for one in alike} - {own, None}:
            found.setdefault(own, metric)
    return list(found.values())


def each_of(draft: Draft, metrics: Sequence[Metric]) -> list[Statement]:
    """The statements that do each of several trainings: the calls of its function, or its loop
    where functions do not tell them apart."""
    found: list[Statement] = []
    for metric in metrics:
        statement = draft.statement_at(metric.line, metric.end_line)
        alone = metric.function and not any(
            one.function == metric.function for one in metrics if one is not metric
        )
        calls = repeats(draft, statement, once=True) if alone else []
        loops = [one for one in draft.source.loops_of(statement)
                 if draft.loops.kind(one) in ("epoch", "batch")]  # fmt: skip
        found += calls or loops[-1:]
    return found


def repeats(
    draft: Draft, node: cst.CSTNode, counted: bool = False, once: bool = False
) -> list[Statement]:
    """The statements each of which does the whole training that a node is part of; none where the
    script trains once, but for the one that does if `once` is set. `counted` says that the node is
    the whole training itself."""
    source, loops = draft.source, draft.loops
    for _ in range(8):
        around = [loops.kind(loop) for loop in source.loops_of(node)]
        function = source.function_of(node)
        if function is None:
            return []
        counted = counted or "epoch" in around
        counted = counted or ("batch" in around and loops.context(function) is None)
        calls = [call for call in draft.flow.calls.get(function, [])
                 if regions.is_reached(draft, call)]  # fmt: skip
        in_loops = [loop for call in calls for loop in source.loops_of(call)]
        if any(loops.kind(loop) in ("epoch", "batch") for loop in in_loops) and counted:
            return []
        if counted and (len(calls) > 1 or in_loops or once):
            return [source.statement_of(call) for call in calls]
        if len(calls) != 1:
            return []
        node = calls[0]
    return []


def handed(draft: Draft, node: cst.CSTNode) -> cst.FunctionDef | None:
    """The function around a training that others call as often as they like: what searches is
    given it (`study.optimize(objective)`), or a comprehension calls it."""
    source = draft.source
    for _ in range(8):
        function = source.function_of(node)
        if function is None:
            return None
        calls = [call for call in draft.flow.calls.get(function, [])
                 if regions.is_reached(draft, call)]  # fmt: skip
        if any(isinstance(one, (cst.BaseComp, cst.Lambda))
               for call in calls for one in source.ancestors(call)):  # fmt: skip
            return function
        if not calls:
            name = function.name.value
            searches = [
                call for call in source.all(cst.Call)
                if _SEARCHES.search(source.code(call.func).rpartition(".")[2])
                and any(source.code(arg.value) == name for arg in call.args)
            ]  # fmt: skip
            return function if searches else None
        if len(calls) > 1:
            return None
        node = calls[0]
    return None


def open_handed(draft: Draft, dialect: Dialect, sites: Iterable[cst.CSTNode]) -> None:
    """A run around all that a function does which trains and is handed on, where there is one and
    the component has runs within runs. To be called last."""
    function = next(filter(None, (handed(draft, site) for site in sites)), None)
    if function is None or dialect.nested is None:
        return
    body = [one for one in function.body.body if isinstance(one, cst.BaseStatement)]
    if body and function.get_docstring() is not None:
        body = body[1:]
    if body:
        _open(draft, dialect, f'"{function.name.value}"', body[0], body[-1])


def open_runs(
    draft: Draft, dialect: Dialect, region: regions.Region, statements: Iterable[Statement],
    inside: Sequence[str] = (),
) -> None:  # fmt: skip
    """A run around each statement, within the region's, which begins with the lines `inside`.
    To be called last: nothing may come between. Refusal where a statement shares its line."""
    every = list({id(one): one for one in statements}.values())
    if not every:
        return
    assert dialect.nested is not None
    source, step = draft.source, draft.source.module.default_indent
    for number, statement in enumerate(every, 1):
        line = source.line(statement)
        if source.block_of(statement) is None:
            raise Refusal("trains on the line of a condition: give it a line of its own", line)
        head = dialect.nested.write(name=_name(draft, every, number))
        # The first line of the region is indented, the gap before it is not.
        is_first = line == region.first and not draft.notebook
        indent = draft.indent_of(statement) + (step if is_first else "")
        lines = [f"with {head}:", *(f"{step}{one}" for one in inside)]
        draft.insert(line - 1, lines, indent, _WHY, outside=True)
        draft.edits.append(Indent(line, source.end_line(statement)))


def open_turn(draft: Draft, dialect: Dialect, first: Statement, last: Statement) -> None:
    """A run around some statements of a loop's turn, which train anew in each."""
    _open(draft, dialect, _name(draft, [first], 1), first, last)


def _open(
    draft: Draft, dialect: Dialect, name: str, first: Statement, last: Statement
) -> None:  # fmt: skip
    assert dialect.nested is not None
    line = draft.source.line(first)
    lines = [f"with {dialect.nested.write(name=name)}:"]
    draft.insert(line - 1, lines, draft.indent_of(first), _WHY, outside=True)
    draft.edits.append(Indent(line, draft.source.end_line(last)))


def _name(draft: Draft, every: Sequence[Statement], number: int) -> str:
    """What tells one training from the others: the loop's variable, what is trained, a number."""
    source = draft.source
    statement = every[number - 1]
    for loop in source.loops_of(statement):
        target = loop.target if isinstance(loop, cst.For) else None
        first = target.elements[0].value if isinstance(target, cst.Tuple) else target
        if isinstance(first, cst.Name) and isinstance(loop, cst.For) and _is_plain(draft, loop):
            return f'f"{first.value}={{{first.value}}}"'
    function = source.function_of(statement)
    if function is not None and (parameter := logging.telling_apart(draft, function)):
        return parameter
    if isinstance(statement, (cst.For, cst.While)):
        return f'"training_{number}"'
    calls = [source.within(one, cst.Call)[0] for one in every]
    call = calls[number - 1]
    called = source.code(call.func).rsplit(".", 1)[-1]
    calls = [one for one in calls if source.code(one.func) == source.code(call.func)]
    number = calls.index(call) + 1
    if len(calls) == 1:
        return f'"{called}"'
    for place in range(min(len(call.args) for call in calls)):
        texts = [source.code(call.args[place].value) for call in calls]
        if len(set(texts)) == len(texts) and all(re.fullmatch(r"[A-Za-z_]\w*", t) for t in texts):
            return f'"{texts[number - 1]}"'
    return f'"{called}_{number}"'


def _is_plain(draft: Draft, loop: cst.For) -> bool:
    """Whether a loop goes over numbers or texts."""
    value = loop.iter
    if isinstance(value, cst.Call):
        return draft.source.code(value.func) in ("range", "enumerate")
    known = draft.flow.definitions(draft.source.code(value), draft.source.function_of(loop))
    value = known[0].value if len(known) == 1 and known[0].how == "assign" else value
    kinds = (cst.SimpleString, cst.BaseNumber)
    return isinstance(value, (cst.List, cst.Tuple)) and all(
        isinstance(one.value, kinds) for one in value.elements
    )
