"""Whether a variable may hold None where it is read."""

from __future__ import annotations

import libcst as cst

from assay.adapt.facts.flow import Definition, Flow
from assay.adapt.facts.source import Source

_LEAVES = (cst.Return, cst.Raise)


def may_be_none(source: Source, flow: Flow, name: str, statement: cst.BaseStatement) -> bool:
    """Whether the last statements that set a variable before the end of a statement may leave None
    in it. False where nothing before it in its function sets it."""
    function = source.function_of(statement)
    definitions = [d for d in flow.definitions(name, function) if d.function is function]
    here: cst.CSTNode = statement
    first = True
    while (block := source.block_of(here)) is not None:
        siblings = list(block.body)
        at = next(n for n, one in enumerate(siblings) if one is here)
        for one in reversed(siblings[: at + first]):
            inside = [d for d in definitions if source.contains(one, d.statement)]
            if any(_gives_none(source, flow, d) for d in inside):
                return True
            if any(_is_sure(source, one, d) for d in inside):
                return False
        if isinstance(block, cst.Module):
            break
        here, first = source.statement_of(source.parent(block) or block), False
        if isinstance(here, (cst.If, cst.IfExp)) and _asks(source, here, name):
            return False
        if here is statement or isinstance(here, cst.FunctionDef):
            break
    return False


def _asks(source: Source, node: cst.If | cst.IfExp, name: str) -> bool:
    """Whether a condition makes sure that there is a value."""
    return source.code(node.test) in (name, f"{name} is not None")


def _is_sure(source: Source, one: cst.CSTNode, definition: Definition) -> bool:
    if definition.how != "assign":
        return False
    around: cst.CSTNode | None = definition.statement
    while around is not None and around is not one:
        around = source.parent(around)
        if isinstance(around, (cst.If, cst.For, cst.While, cst.ExceptHandler)):
            return False
    return True


def _gives_none(source: Source, flow: Flow, definition: Definition) -> bool:
    value = definition.value
    if definition.how != "assign" or definition.index is not None:
        return False
    if isinstance(value, cst.IfExp):
        return any(source.code(side) == "None" for side in (value.body, value.orelse))
    if isinstance(value, cst.Name):
        return value.value == "None"
    own = flow.called(value) if isinstance(value, cst.Call) else []
    return any(_may_return_none(source, function) for function in own)


def _may_return_none(source: Source, function: cst.FunctionDef) -> bool:
    """Whether a function that returns values also returns None on some way."""
    returns = [one for one in source.within(function.body, cst.Return)
               if source.function_of(one) is function]  # fmt: skip
    nothing = [one.value is None or source.code(one.value) == "None" for one in returns]
    return any(nothing) or (bool(returns) and not _leaves(function.body))


def _leaves(body: cst.BaseSuite | cst.CSTNode | None) -> bool:
    """Whether a block never goes on behind its end."""
    statements = list(getattr(body, "body", ()))
    last = statements[-1] if statements else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    if isinstance(last, _LEAVES):
        return True
    if isinstance(last, cst.If):
        return last.orelse is not None and _leaves(last.body) and _leaves_else(last.orelse)
    if isinstance(last, (cst.With, cst.Try)):
        return _leaves(last.body)
    return isinstance(last, cst.While) and isinstance(last.test, cst.Name)


def _leaves_else(orelse: cst.If | cst.Else) -> bool:
    if isinstance(orelse, cst.If):
        return orelse.orelse is not None and _leaves(orelse.body) and _leaves_else(orelse.orelse)
    return _leaves(orelse.body)
