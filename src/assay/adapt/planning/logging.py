"""Metrics into the script: each where it is known, under its name, at its step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import libcst as cst

from assay.adapt.dialects import Dialect
from assay.adapt.facts import Metric
from assay.adapt.planning.counting import Counters
from assay.adapt.planning.parameters import as_dict
from assay.adapt.planning.words import Draft, Refusal

_SIMPLE = re.compile(r"[\w.]+(\[[^\[\]]*\])?(\([\w., \"']*\))?")
# Under which name a step is logged where steps of a run cannot go back.
AXES = {"batch": "step", "epoch": "epoch", "final": "setting"}
_JUMPS = (cst.Break, cst.Continue, cst.Return, cst.Raise)


@dataclass(frozen=True, slots=True)
class Placed:
    """A metric with its step and with the statement after which it is logged; `variable` holds
    its value where it may not be computed twice."""

    metric: Metric
    step: str | None
    statement: cst.BaseStatement
    variable: str = ""


def number(metric: Metric, variable: str = "") -> str:
    """The metric's expression, or the variable that has its value, as a plain number; a graph is
    neither kept nor changed."""
    text = variable or metric.expression
    if metric.value == "number" or text.endswith(".item()"):
        return text
    if metric.value == "tensor":
        return f"{text}.item()" if _SIMPLE.fullmatch(text) else f"({text}).item()"
    return f"float({text})"


def place(draft: Draft, metrics: Sequence[Metric]) -> tuple[list[Placed], list[Refusal]]:
    """Each metric with a step; what cannot have one is refused."""
    counters = Counters(draft)
    found: list[Placed] = []
    refused: list[Refusal] = []
    for metric in metrics:
        marks = len(draft.edits), len(draft.steps)
        try:
            found.append(_placed(draft, counters, metric))
        except Refusal as refusal:
            del draft.edits[marks[0] :]
            del draft.steps[marks[1] :]
            refused.append(refusal)
    return found, refused


def _placed(draft: Draft, counters: Counters, metric: Metric) -> Placed:
    statement = draft.statement_at(metric.line, metric.end_line)
    if draft.source.block_of(statement) is None:
        raise Refusal(f"`{metric.expression}` is reported on the line of its condition: put the "
                      "report on a line of its own", metric.line)  # fmt: skip
    if metric.level == "final" and metric.loop is not None:
        metric, step = _of_turns(draft, counters, metric)
    else:
        metric = _of_calls(draft, metric) if metric.level == "final" else metric
        step = counters.step(metric)
    return Placed(metric, step, statement, "" if metric.pure else _once(draft, metric, statement))


def _once(draft: Draft, metric: Metric, statement: cst.BaseStatement) -> str:
    """A name for the value of an expression that may not be evaluated twice; the report uses it,
    too."""
    if metric.at is None:
        raise Refusal(f"`{metric.expression}` calls something that may not be called twice: give "
                      "its value a name", metric.line)  # fmt: skip
    base = re.sub(r"\W", "_", metric.name.rsplit("/", 1)[-1])
    name = draft.free(base, f"{base}_value")
    line, start, end = metric.at
    why = "computed once, for the report and for the tracker"
    before = draft.source.line(statement) - 1
    draft.insert(before, [f"{name} = {metric.expression}"], draft.indent_of(statement), why)
    draft.replace(line, start, end, name, why)
    return name


def _of_turns(draft: Draft, counters: Counters, metric: Metric) -> tuple[Metric, str | None]:
    """A figure that is computed in each turn of a loop over settings: named after the setting where
    that is a name, and with the turn as its step otherwise."""
    assert metric.loop is not None
    loop = draft.statement_at(metric.loop)
    source = draft.source
    outer = source.loops_of(loop)
    if not isinstance(loop, cst.For):
        raise Refusal("several trainings in a loop, and nothing gives them names", metric.loop)
    iterated = draft.loops.iterated(loop)
    assert iterated is not None
    target: cst.BaseExpression = loop.target
    if iterated.counted and isinstance(target, cst.Tuple):
        target = target.elements[-1].value
    first = target.elements[0].value if isinstance(target, cst.Tuple) else target
    name = source.code(first)
    texts = _texts(draft, iterated.value)
    if texts is not None and not outer and all(re.fullmatch(r"[\w .\-/]+", t) for t in texts):
        return replace(metric, name=f"{{{name}}}/{metric.name}", dynamic=True), None
    counter, _, _ = draft.loops.counter(loop)
    if counter is not None and not outer:
        return metric, counter
    return metric, counters.turn(loop)


def _texts(draft: Draft, value: cst.BaseExpression) -> list[str] | None:
    """The strings, or the first strings of the tuples, that a literal list has; the keys of a
    literal dict whose items are taken."""
    text = draft.source.code(value)
    if isinstance(value, cst.Call) and text.startswith("zip(") and value.args:
        return _texts(draft, value.args[0].value)
    known = draft.flow.definitions(text.removesuffix(".items()"), draft.source.function_of(value))
    if len(known) == 1 and known[0].how == "assign":
        value = known[0].value
    if isinstance(value, cst.Dict):
        keys = [e.key for e in value.elements if isinstance(e, cst.DictElement)]
        texts = [str(key.evaluated_value) for key in keys if isinstance(key, cst.SimpleString)]
        return texts if len(texts) == len(value.elements) else None
    if not isinstance(value, (cst.List, cst.Tuple)):
        return None
    items = [element.value for element in value.elements] or _appended(draft, text)
    firsts = [one.elements[0].value if isinstance(one, (cst.Tuple, cst.List)) and one.elements
              else one for one in items]  # fmt: skip
    found = [str(one.evaluated_value) for one in firsts if isinstance(one, cst.SimpleString)]
    return found if found and len(found) == len(items) else None


def _appended(draft: Draft, name: str) -> list[cst.BaseExpression]:
    """What is put into a list that begins empty, outside of loops."""
    source = draft.source
    calls = [call for call in source.all(cst.Call) if source.code(call.func) == f"{name}.append"]
    if any(source.loops_of(call) or len(call.args) != 1 for call in calls):
        return []
    return [call.args[0].value for call in calls]


def _of_calls(draft: Draft, metric: Metric) -> Metric:
    """A figure of a function that is called several times: named after the argument that tells the
    calls apart."""
    function = draft.function(metric.function)
    calls = draft.flow.calls.get(function, []) if function is not None else []
    if function is None or len(calls) < 2:
        return metric
    if (parameter := telling_apart(draft, function)) is not None:
        return replace(metric, name=f"{{{parameter}}}/{metric.name}", dynamic=True)
    raise Refusal(f"`{metric.function}` is called {len(calls)} times, and nothing tells its "
                  f"`{metric.name}` apart: give it a name as a parameter", metric.line)  # fmt: skip


def telling_apart(draft: Draft, function: cst.FunctionDef) -> str | None:
    """The parameter of a function that has another name in each of several calls."""
    calls = draft.flow.calls.get(function, [])
    for parameter in draft.flow.parameters(function):
        given = [draft.flow.argument(call, function, parameter) or "" for call in calls]
        named = [re.fullmatch(r"""(["'])([\w .\-/]+)\1""", text) for text in given]
        if len(calls) > 1 and all(named) and len(set(given)) == len(given):
            return parameter
    return None


def has_axes(placed: Sequence[Placed]) -> bool:
    """Whether metrics are counted by more than one thing: batches and epochs, or two loops."""
    counted = [one.metric for one in placed if one.step is not None]
    levels = {metric.level for metric in counted}
    loops = {(m.function, m.loop) for m in counted if m.loop is not None}
    return len(levels) > 1 or len(loops) > 1


def write(draft: Draft, dialect: Dialect, placed: Sequence[Placed], run: str) -> None:
    """Put the calls in, metrics that belong together in one."""
    apart = dialect.forward_only and has_axes(placed)
    for group in _grouped(draft, placed):
        first = group[-1]
        step = first.step
        entries = [(_key(one.metric), number(one.metric, one.variable)) for one in group]
        if apart and step:
            entries.append((f'"{AXES[first.metric.level]}"', step))
            step = None
        text = _call(dialect, entries, step, run)
        if first.metric.optional:
            indented = [f"    {line}" for line in text]
            text = [f"if {first.metric.expression} is not None:", *indented]
        source = draft.source
        statement = first.statement
        is_return = isinstance(statement, cst.SimpleStatementLine) and isinstance(
            statement.body[-1], cst.Return
        )
        after = source.line(statement) - 1 if is_return else source.end_line(statement)
        if source.function_of(statement) is not None:
            text = guarded(draft, text, run)
        draft.insert(after, text, draft.indent_of(statement), _why(group))
        for one in group:
            metric = one.metric
            draft.claim("metrics", {
                "name": metric.name, "expression": metric.expression, "line": metric.line,
                "step": one.step, "level": metric.level, "dynamic": metric.dynamic,
                "function": metric.function,
            })  # fmt: skip


def guarded(draft: Draft, lines: list[str], run: str) -> list[str]:
    """What a function logs through a run that whoever imports the script has not."""
    step = draft.source.module.default_indent
    return [f"if {run} is not None:", *(step + one for one in lines)] if draft.shared else lines


def _why(group: Sequence[Placed]) -> str:
    metric = group[0].metric
    what = ", ".join(one.metric.name for one in group)
    how = {"batch": "once a batch", "epoch": "once an epoch", "final": "once"}[metric.level]
    condition = ", where the script reports it" if metric.conditional else ""
    return f"{what}: computed {how}{condition}"


def _key(metric: Metric) -> str:
    return f'f"{metric.name}"' if metric.dynamic else f'"{metric.name}"'


def _call(
    dialect: Dialect, entries: list[tuple[str, str]], step: str | None, run: str
) -> list[str]:
    filled = {"run": run} if run else {}
    together = dialect.metrics_at if step else dialect.metrics
    alone = dialect.metric_at if step else dialect.metric
    at = {"step": step} if step else {}
    if alone is not None and (len(entries) == 1 or together is None):
        return [
            line
            for key, value in entries
            for line in alone.write(metric=key, value=value, **at, **filled).split("\n")
        ]
    assert together is not None
    return together.write(metrics=as_dict(entries), **at, **filled).split("\n")


def _grouped(draft: Draft, placed: Sequence[Placed]) -> list[list[Placed]]:
    """Metrics of one block and one step, in the order of the text. One joins the next where
    nothing between them jumps away or changes it."""
    source = draft.source
    groups: list[list[Placed]] = []
    for one in sorted(
        placed, key=lambda p: (source.end_line(p.statement), source.line(p.statement))
    ):
        block = source.block_of(one.statement)
        alike = [g for g in groups if g[-1].step == one.step
                 and _asked(g[-1].metric) == _asked(one.metric)
                 and g[-1].metric.level == one.metric.level
                 and source.block_of(g[-1].statement) is block]  # fmt: skip
        last = alike[-1] if alike else None
        if last is not None and _may_wait(draft, last, one):
            last.append(one)
        else:
            groups.append([one])
    return groups


def _asked(metric: Metric) -> str:
    """What has to have a value for a metric to have one."""
    return metric.expression if metric.optional else ""


def _may_wait(draft: Draft, group: list[Placed], one: Placed) -> bool:
    """Whether metrics known earlier may be logged together with a later one."""
    source = draft.source
    block = source.block_of(one.statement)
    assert block is not None
    start, end = source.end_line(group[-1].statement), source.line(one.statement)
    between = [s for s in block.body if start < source.line(s) <= end]
    names = {
        name for other in group for name in re.findall(r"[A-Za-z_]\w*", other.metric.expression)
    }
    for statement in between:
        jumps = source.within(statement, _JUMPS)
        if jumps and statement is not one.statement:
            return False
        for name in names:
            for definition in draft.flow.everywhere(name):
                if source.contains(statement, definition.statement):
                    return False
    return True
