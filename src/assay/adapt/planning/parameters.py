"""Which hyper-parameters are logged, and where they are all known."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from assay.adapt.dialects import Dialect
from assay.adapt.facts import Arguments, Configuration, Constant, Optimiser
from assay.adapt.planning.regions import Region
from assay.adapt.planning.words import Draft

_WIDTH = 88
_MOST = 40


@dataclass(frozen=True, slots=True)
class Parameters:
    """`expression` is a dict of them all; `after` the line after which they are known, where that
    is within a function, with the indentation there; None where it is before the run is opened."""

    expression: str
    names: tuple[str, ...]
    after: int | None
    indent: str
    line: int


def find(draft: Draft, region: Region) -> list[Parameters]:
    """What to log: the namespace of argparse; else a configuration; else the constants; else what
    the optimisers were given."""
    facts = draft.facts
    found: list[Parameters] = []
    for arguments in facts.arguments:
        placed = _of_namespace(draft, region, arguments)
        if placed is not None:
            found.append(placed)
            break
    if not found:
        for configuration in facts.configurations:
            placed = _of_configuration(draft, region, configuration)
            if placed is not None:
                found.append(placed)
                break
    if not found:
        found += _of_constants(draft, region)
    if not found:
        found += _of_optimisers(draft, region)
    return found


def _of_namespace(draft: Draft, region: Region, arguments: Arguments) -> Parameters | None:
    expression = f"vars({arguments.namespace})"
    names = tuple(option.name for option in arguments.options)
    return _placed(draft, region, expression, names, arguments.namespace, arguments.function,
                   arguments.line, arguments.end_line)  # fmt: skip


def _of_configuration(draft: Draft, region: Region, one: Configuration) -> Parameters | None:
    return _placed(draft, region, one.expression, (one.name,), one.name, one.function, one.line,
                   one.end_line)  # fmt: skip


def _placed(
    draft: Draft, region: Region, expression: str, names: tuple[str, ...], holder: str,
    function: str, line: int, end_line: int,
) -> Parameters | None:  # fmt: skip
    """After the last statement that still sets something in the holder before training begins."""
    node = draft.function(function)
    if node is None:
        last = max([end_line, *_changes(draft, holder, None, end_line, region.first - 1)])
        if last < region.first:
            return Parameters(expression, names, None, region.indent, line)
        if last > region.last:
            return None
        statement = _top_statement(region.block, draft, last)
        if statement is None:
            return None
        at = draft.source.end_line(statement)
        return Parameters(expression, names, at, region.indent, line)
    if not _reached(draft, region, node):
        return None
    body = node.body.body if isinstance(node.body, cst.IndentedBlock) else ()
    limit = _training_line(draft, node)
    last = max([end_line, *_changes(draft, holder, node, end_line, limit)])
    if last == draft.source.line(node) or line == draft.source.line(node):
        # It is a parameter of the function: known from its first line on.
        first = body[1] if len(body) > 1 and _is_docstring(body[0]) else body[0]
        after = max(draft.source.line(first) - 1, last if last > draft.source.line(first) else 0)
        statement = _top_statement(tuple(body), draft, after) if last > line else None
        at = draft.source.end_line(statement) if statement else draft.source.line(first) - 1
        return Parameters(expression, names, at, draft.indent_of(first), line)
    statement = _top_statement(tuple(body), draft, last)
    if statement is None:
        return None
    at = draft.source.end_line(statement)
    return Parameters(expression, names, at, draft.indent_of(statement), line)


def _is_docstring(statement: cst.CSTNode) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, cst.BaseString)
    )


def _top_statement(block: tuple[cst.CSTNode, ...], draft: Draft, line: int) -> cst.CSTNode | None:
    source = draft.source
    return next((s for s in block if source.line(s) <= line <= source.end_line(s)), None)


def _changes(
    draft: Draft, holder: str, function: cst.FunctionDef | None, after: int, before: int
) -> list[int]:
    """Lines that set an attribute or item of the holder between two lines."""
    found = []
    for name, definitions in draft.flow.named().items():
        if name.startswith((f"{holder}.", f"{holder}[")):
            for definition in definitions:
                line = draft.source.end_line(definition.statement)
                if definition.function is function and after < line <= before:
                    found.append(line)
    return found


def _training_line(draft: Draft, function: cst.FunctionDef) -> int:
    """The line of a function at which training begins, as far as it does there."""
    source = draft.source
    lines = [source.line(node) for node in source.loops_in(function) if draft.loops.trains(node)]
    lines += [
        source.line(call)
        for call in source.within(function, cst.Call)
        if any(called in draft.loops.training for called in draft.flow.called(call))
    ]
    return min(lines, default=source.end_line(function))


def _reached(draft: Draft, region: Region, function: cst.FunctionDef) -> bool:
    """Whether a function runs while the run is open."""
    seen: set[cst.FunctionDef] = set()
    fresh = [function]
    while fresh:
        one = fresh.pop()
        seen.add(one)
        for caller in draft.flow.callers(one):
            around = draft.source.function_of(caller)
            if around is None:
                if region.first <= draft.source.line(caller) <= region.last:
                    return True
            elif around not in seen:
                fresh.append(around)
    return False


def _of_constants(draft: Draft, region: Region) -> list[Parameters]:
    """Constants of the module before the run, or those of the function that trains."""
    constants = draft.facts.constants
    here = [c for c in constants if not c.function and c.line < region.first][:_MOST]
    found: list[Parameters] = []
    rate = _rate(draft, region, here)
    if here or rate:
        entries = [(c.name, c.name) for c in here] + rate
        expression = as_dict([(f'"{name}"', value) for name, value in dict(entries).items()])
        names = tuple(name for name, _ in entries)
        line = here[0].line if here else region.first
        found.append(Parameters(expression, names, None, region.indent, line))
    inner = [c for c in constants if c.function]
    for function in dict.fromkeys(c.function for c in inner):
        node = draft.function(function)
        if node is None or not _reached(draft, region, node):
            continue
        own = [c for c in inner if c.function == function and c.line < _training_line(draft, node)]
        found += _of_function(draft, node, own)
    return found


def _of_function(draft: Draft, node: cst.FunctionDef, own: list[Constant]) -> list[Parameters]:
    block = tuple(node.body.body)
    if not own:
        return []
    statement = _top_statement(block, draft, own[-1].line)
    direct = all(_top_statement(block, draft, c.line) is not None
                 and draft.source.line(_top_statement(block, draft, c.line) or node) == c.line
                 for c in own)  # fmt: skip
    if statement is None or not direct:
        return []
    expression = as_dict([(f'"{c.name}"', c.name) for c in own])
    at = draft.source.end_line(statement)
    names = tuple(c.name for c in own)
    return [Parameters(expression, names, at, draft.indent_of(statement), own[0].line)]


def _rate(draft: Draft, region: Region, known: list[Constant]) -> list[tuple[str, str]]:
    """The learning rates that only the optimiser's call says."""
    ready = [o for o in _once(draft.facts.optimisers) if not o.function and o.line < region.first]
    named = {constant.name for constant in known}
    alone = len(ready) == 1
    return [
        ("lr" if alone else f"{one.name}_lr", f'{one.name}.defaults["lr"]')
        for one in ready
        if one.rate is None or not any(name in one.rate for name in named)
    ]


def _once(optimisers: tuple[Optimiser, ...]) -> list[Optimiser]:
    """The optimisers that have a name, each name once."""
    return list({one.name: one for one in optimisers if one.name}.values())


def _of_optimisers(draft: Draft, region: Region) -> list[Parameters]:
    """What an optimiser in a function was given."""
    by_place: dict[str, list[Optimiser]] = {}
    for one in _once(draft.facts.optimisers):
        by_place.setdefault(one.function, []).append(one)
    for function, ones in by_place.items():
        node = draft.function(function)
        if node is None or (not _reached(draft, region, node) and node.name.value != "__init__"):
            continue
        if any(c for c in [draft.source.class_of(node)] if c and _is_module(draft, c)):
            continue
        alone = len(ones) == 1
        last = draft.statement_at(ones[-1].line)
        if draft.source.block_of(last) is None or draft.source.block_of(last) is not node.body:
            continue
        expression = f"{ones[0].name}.defaults" if alone else as_dict(
            [(f'"{one.name}_lr"', f'{one.name}.defaults["lr"]') for one in ones]
        )  # fmt: skip
        at = draft.source.end_line(last)
        return [Parameters(expression, ("lr",), at, draft.indent_of(last), ones[0].line)]
    return []


def _is_module(draft: Draft, node: cst.ClassDef) -> bool:
    return any("Module" in draft.source.code(base.value) for base in node.bases)


def as_dict(entries: list[tuple[str, str]]) -> str:
    """A dict display: on one line where it is short, else an entry to a line."""
    flat = ", ".join(f"{key}: {value}" for key, value in entries)
    if len(flat) <= _WIDTH - 30:
        return "{" + flat + "}"
    return "{\n" + "".join(f"    {key}: {value},\n" for key, value in entries) + "}"


def lines(dialect: Dialect, parameters: Parameters, run: str) -> list[str]:
    """The statement that logs them; a component without dicts gets a loop."""
    filled = {"run": run} if run else {}
    if dialect.parameters is not None:
        text = dialect.parameters.write(parameters=parameters.expression, **filled)
        return text.split("\n")
    assert dialect.parameter is not None
    call = dialect.parameter.write(parameter='f"parameters/{key}"', value="value", **filled)
    return [*f"for key, value in {parameters.expression}.items():".split("\n"), f"    {call}"]
