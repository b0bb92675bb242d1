"""Which hyper-parameters are logged, and where they are all known."""

from __future__ import annotations

import re
from dataclasses import dataclass

import libcst as cst

from assay.adapt.dialects import Dialect
from assay.adapt.facts import Arguments, Configuration, Constant, Optimiser
from assay.adapt.planning.regions import Region
from assay.adapt.planning.words import Draft

_WIDTH = 88
_MOST = 40
_PLAIN = re.compile(r"""-?[\d.]+(e-?\d+)?|True|False|(["'])\w{1,30}\2""", re.I)


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
    """What to log: the options of a command, the namespace of argparse; else a configuration;
    else the constants; else what the optimisers were given, or the function that trains."""
    facts = draft.facts
    found = _of_command(draft, region)
    for arguments in () if found else facts.arguments:
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
    return found or _of_call(draft, region)


def _of_command(draft: Draft, region: Region) -> list[Parameters]:
    """What click or typer call a function with, as far as it makes use of that."""
    function = region.function
    if function is None or not (function.decorators or draft.flow.mentions.get(function)):
        return []
    read = {name.value for name in draft.source.within(function.body, cst.Name)}
    names = [name for name in draft.flow.parameters(function)
             if name in read and name not in ("ctx", "context", "argv")]  # fmt: skip
    if not names:
        return []
    expression = as_dict([(f'"{name}"', name) for name in names])
    line = draft.source.line(function)
    return [Parameters(expression, tuple(names), None, region.indent, line)]


def _of_namespace(draft: Draft, region: Region, arguments: Arguments) -> Parameters | None:
    expression = f"vars({arguments.namespace})"
    for command in draft.flow.commands:
        each = f"for key, value in {expression}.items()"
        expression = f'{{key: value {each} if key != "{command}"}}'
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
    if region.function is function:
        return True
    seen: set[cst.FunctionDef] = set()
    fresh = [function]
    while fresh:
        one = fresh.pop()
        seen.add(one)
        for caller in draft.flow.callers(one):
            around = draft.source.function_of(caller)
            if around is region.function:
                if region.first <= draft.source.line(caller) <= region.last:
                    return True
            elif around is not None and around not in seen:
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
        holder = _maker(draft, region, node) if node is not None else None
        if node is None or (not _reached(draft, region, node) and holder is None):
            continue
        if any(c for c in [draft.source.class_of(node)] if c and _is_module(draft, c)):
            continue
        alone = len(ones) == 1
        last = draft.statement_at(ones[-1].line)
        if draft.source.block_of(last) is None or draft.source.block_of(last) is not node.body:
            continue
        names = [re.sub(r"^self\b", holder or "self", one.name) for one in ones]
        expression = f"{names[0]}.defaults" if alone else as_dict(
            [(f'"{one.name}_lr"', f'{name}.defaults["lr"]')
             for one, name in zip(ones, names, strict=True)]
        )  # fmt: skip
        if holder and holder != "self":
            line = ones[0].line
            return [Parameters(expression, ("lr",), None, region.indent, line)]
        at = draft.source.end_line(last)
        return [Parameters(expression, ("lr",), at, draft.indent_of(last), ones[0].line)]
    return []


def _of_call(draft: Draft, region: Region) -> list[Parameters]:
    """What the function that trains is called with, where its one call, or its head, writes it as
    a number, a word or a flag."""
    source = draft.source
    fitting = {call.function for call in draft.facts.calls if call.trains}
    for function in draft.loops.functions():
        trains = function in draft.loops.training or source.name_of(function) in fitting
        calls = draft.flow.calls.get(function, [])
        if not trains or len(calls) != 1 or not _reached(draft, region, function):
            continue
        read = {name.value for name in source.within(function.body, cst.Name)}
        given = _defaults(draft, function) | {
            name: text for name in draft.flow.parameters(function)
            if (text := draft.flow.argument(calls[0], function, name)) is not None
        }  # fmt: skip
        names = [
            name
            for name, text in given.items()
            if name in read
            and _PLAIN.fullmatch(text)
            and not any(one.function is function for one in draft.flow.everywhere(name))
        ]
        if names and isinstance(function.body, cst.IndentedBlock):
            body = function.body.body
            first = body[1] if len(body) > 1 and _is_docstring(body[0]) else body[0]
            expression = as_dict([(f'"{name}"', name) for name in names])
            at = source.line(first) - 1
            return [Parameters(expression, tuple(names), at, draft.indent_of(first), at)]
    return []


def _defaults(draft: Draft, function: cst.FunctionDef) -> dict[str, str]:
    params = function.params
    return {
        param.name.value: draft.source.code(param.default)
        for param in (*params.posonly_params, *params.params, *params.kwonly_params)
        if param.default is not None
    }


def _maker(draft: Draft, region: Region, function: cst.FunctionDef) -> str | None:
    """By what name the object is known to the run that a class's `__init__` makes: `self` where it
    is made while the run is open, its variable where that was before; None where it has none."""
    source = draft.source
    around = source.class_of(function)
    if function.name.value != "__init__" or around is None:
        return None
    made = [call for call in source.all(cst.Call) if source.code(call.func) == around.name.value]
    within = [call for call in made if _is_within(draft, region, call)]
    if len(within) == len(made):
        return "self"
    parents = [source.parent(call) for call in made]
    names = [source.code(parent.targets[0].target)
             for parent, call in zip(parents, made, strict=True)
             if isinstance(parent, cst.Assign) and source.function_of(call) is region.function
             and source.line(call) < region.first]  # fmt: skip
    return names[0] if len(names) == len(made) == 1 and names[0].isidentifier() else None


def _is_within(draft: Draft, region: Region, node: cst.CSTNode) -> bool:
    """Whether a place is only come to while the run is open."""
    function = draft.source.function_of(node)
    if function is region.function:
        return region.first <= draft.source.line(node) <= region.last
    return function is not None and _reached(draft, region, function)


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
