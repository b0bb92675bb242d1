"""May an added call be given None, in a turn that the smoke run did not come to?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

# Components whose calls raise where a metric is None.
RAISING = frozenset({"mlflow", "tensorboard"})
_CALLS = ("log_metric", "log_metrics", "add_scalar", "add_scalars")
_BLOCKS = ("body", "orelse", "finalbody")
Statements = Sequence[ast.stmt]


def faults(original: str, rewrite: str) -> Iterator[str]:
    """What is wrong with the calls that a rewrite adds."""
    known = {ast.unparse(one) for one in ast.walk(ast.parse(original)) if isinstance(one, ast.Call)}
    tree = ast.parse(rewrite)
    functions = {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    for call, path in _calls(tree.body, ()):
        if ast.unparse(call) in known:
            continue
        for name in dict.fromkeys(_given(call)):
            if _may_be_none(name, path, functions):
                yield f"line {call.lineno}: `{name}` may be None there, and the call would raise"


Path = tuple[tuple[ast.stmt | None, Statements, int], ...]


def _calls(block: Statements, path: Path, owner: ast.stmt | None = None) -> Iterator[
    tuple[ast.Call, Path]
]:  # fmt: skip
    """The calls that log metrics, each with the blocks that it stands in, outermost first."""
    for place, statement in enumerate(block):
        here = (*path, (owner, block, place))
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            func = statement.value.func
            if isinstance(func, ast.Attribute) and func.attr in _CALLS:
                yield statement.value, here
        inside = () if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) else here
        for field in _BLOCKS:
            body = getattr(statement, field, None)
            if isinstance(body, list):
                # What stands in the other branch of a condition is not asked for there.
                yield from _calls(body, inside, statement if field == "body" else None)
        for handler in getattr(statement, "handlers", ()):
            yield from _calls(handler.body, inside)


def _given(call: ast.Call) -> Iterator[str]:
    """The variables that are logged as they are, or through `float`."""
    values = [*call.args, *(one.value for one in call.keywords if one.arg != "step")]
    for one in list(values):
        values += one.values if isinstance(one, ast.Dict) else ()
    for value in values:
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.args:
            value = value.args[0] if value.func.id == "float" else value
        if isinstance(value, ast.Name):
            yield value.id


def _may_be_none(name: str, path: Path, functions: dict[str, ast.FunctionDef]) -> bool:
    for owner, block, place in reversed(path):
        for statement in reversed(block[:place]):
            values = list(_assigned(statement, name))
            if any(_is_none(value, functions) for value in values):
                return True
            if any(_assigned(one, name, deep=False) for one in _straight(statement)):
                return False
        if isinstance(owner, (ast.If, ast.While)) and _asks(owner.test, name):
            return False
    return False


def _asks(test: ast.expr, name: str) -> bool:
    """Whether a condition makes sure that a name holds a value."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(_asks(one, name) for one in test.values)
    return ast.unparse(test) in (name, f"{name} is not None", f"isinstance({name}, float)")


def _straight(statement: ast.stmt) -> Iterator[ast.stmt]:
    """A statement and those in it that are carried out whenever it is."""
    yield statement
    if isinstance(statement, (ast.With, ast.Try)):
        for one in statement.body:
            yield from _straight(one)


def _assigned(statement: ast.stmt, name: str, deep: bool = True) -> list[ast.expr]:
    nodes = ast.walk(statement) if deep else iter([statement])
    return [
        one.value
        for one in nodes
        if isinstance(one, ast.Assign)
        and any(name in (ast.unparse(part) for part in _targets(target)) for target in one.targets)
    ]


def _targets(target: ast.expr) -> Sequence[ast.expr]:
    return target.elts if isinstance(target, ast.Tuple) else [target]


def _is_none(value: ast.expr, functions: dict[str, ast.FunctionDef]) -> bool:
    if isinstance(value, ast.Constant):
        return value.value is None
    if isinstance(value, ast.IfExp):
        return _is_none(value.body, functions) or _is_none(value.orelse, functions)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in functions and _gives_none(functions[value.func.id])
    return False


def _gives_none(function: ast.FunctionDef) -> bool:
    """Whether a function that returns values returns None on some way."""
    returns = [one.value for one in _own(function.body) if isinstance(one, ast.Return)]
    nothing = [one is None or ast.unparse(one) == "None" for one in returns]
    return any(nothing) or (bool(returns) and not _leaves(function.body))


def _own(body: Statements) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            continue
        for field in _BLOCKS:
            yield from _own(getattr(statement, field, None) or ())
        for handler in getattr(statement, "handlers", ()):
            yield from _own(handler.body)


def _leaves(body: Statements) -> bool:
    """Whether a block never goes on behind its end."""
    last = body[-1] if body else None
    if isinstance(last, ast.If):
        return _leaves(last.body) and _leaves(last.orelse)
    if isinstance(last, (ast.With, ast.Try)):
        return _leaves(last.body)
    endless = isinstance(last, ast.While) and isinstance(last.test, ast.Constant)
    return endless or isinstance(last, (ast.Return, ast.Raise))
