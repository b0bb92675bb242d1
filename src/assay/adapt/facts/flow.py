"""Where values come from: what is assigned to a name, which function is called where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import libcst as cst

from assay.adapt.facts.source import Source

How = Literal["assign", "add", "divide", "for", "with"]


@dataclass(frozen=True, slots=True)
class Definition:
    """One way in which a name gets a value. `value` is what it is taken from (for "for", what is
    iterated; for "add" and "divide", what is added, or divided by), `index` its place in a tuple
    on the left."""

    name: str
    how: How
    function: cst.FunctionDef | None
    statement: cst.BaseStatement
    value: cst.BaseExpression
    index: int | None = None
    of: int = 1


class Flow:
    """Definitions by name, functions by name, and calls of the script's own functions."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.functions: dict[str, list[cst.FunctionDef]] = {}
        self._definitions: dict[str, list[Definition]] = {}
        self._parameters: dict[cst.FunctionDef, list[str]] = {}
        for function in source.all(cst.FunctionDef):
            self.functions.setdefault(function.name.value, []).append(function)
        for statement in source.all(
            (cst.Assign, cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.For, cst.With)
        ):
            for definition in self._of(statement):
                self._definitions.setdefault(definition.name, []).append(definition)
        self.calls: dict[cst.FunctionDef, list[cst.Call]] = {}
        self.mentions: dict[cst.FunctionDef, list[cst.Name]] = {}
        self.commands = self._find_commands()
        for call in source.all(cst.Call):
            for function in self.called(call):
                self.calls.setdefault(function, []).append(call)
        self._find_mentions()

    def _of(self, node: cst.CSTNode) -> Iterator[Definition]:
        if isinstance(node, cst.Assign):
            for target in node.targets:
                yield from self._targets(target.target, "assign", node, node.value)
        elif isinstance(node, cst.AnnAssign) and node.value is not None:
            yield from self._targets(node.target, "assign", node, node.value)
        elif isinstance(node, cst.AugAssign):
            divides = isinstance(node.operator, cst.DivideAssign)
            yield from self._targets(node.target, "divide" if divides else "add", node, node.value)
        elif isinstance(node, cst.NamedExpr):
            yield from self._targets(node.target, "assign", node, node.value)
        elif isinstance(node, cst.For):
            yield from self._targets(node.target, "for", node, node.iter)
        elif isinstance(node, cst.With):
            for item in node.items:
                if item.asname is not None:
                    name = item.asname.name
                    if isinstance(name, (cst.Name, cst.Tuple)):
                        yield from self._targets(name, "with", node, item.item)

    def _targets(
        self,
        target: cst.BaseExpression,
        how: How,
        node: cst.CSTNode,
        value: cst.BaseExpression,
        index: int | None = None,
        of: int = 1,
    ) -> Iterator[Definition]:
        if isinstance(target, (cst.Tuple, cst.List)):
            elements = target.elements
            values: list[cst.BaseExpression] = [value] * len(elements)
            paired = (
                how == "assign" and isinstance(value, cst.Tuple)
                and len(value.elements) == len(elements)
            )  # fmt: skip
            if paired and isinstance(value, cst.Tuple):
                values = [element.value for element in value.elements]
            for at, element in enumerate(elements):
                place = None if paired else at
                yield from self._targets(element.value, how, node, values[at], place, len(elements))
            return
        source = self.source
        name = source.code(target)
        if isinstance(target, cst.Name) and self._in_class_body(node):
            return
        if isinstance(target, (cst.Name, cst.Attribute, cst.Subscript)):
            yield Definition(
                name, how, source.function_of(node), source.statement_of(node), value, index, of
            )

    def _in_class_body(self, node: cst.CSTNode) -> bool:
        for around in self.source.ancestors(node):
            if isinstance(around, cst.FunctionDef):
                return False
            if isinstance(around, cst.ClassDef):
                return True
        return False

    def parameters(self, function: cst.FunctionDef) -> list[str]:
        """The names of a function's parameters, in order."""
        if function not in self._parameters:
            params = function.params
            every = (*params.posonly_params, *params.params, *params.kwonly_params)
            self._parameters[function] = [param.name.value for param in every]
        return self._parameters[function]

    def definitions(self, name: str, function: cst.FunctionDef | None) -> list[Definition]:
        """What a name may hold where it is read in a function: its own definitions, else those of
        the functions around it and of the module; for `self.x` those in the whole class."""
        found = self._definitions.get(name, [])
        if name.startswith("self.") and function is not None:
            own = self.source.class_of(function)
            return [d for d in found if d.function and self.source.class_of(d.function) is own]
        at: cst.FunctionDef | None = function
        while at is not None:
            here = [definition for definition in found if definition.function is at]
            if here or name in self.parameters(at):
                return here
            at = self.source.function_of(at)
        return [definition for definition in found if definition.function is None]

    def everywhere(self, name: str) -> list[Definition]:
        """All definitions of a name."""
        return self._definitions.get(name, [])

    def named(self) -> dict[str, list[Definition]]:
        """All definitions, by name."""
        return self._definitions

    def called(self, call: cst.Call) -> list[cst.FunctionDef]:
        """The script's own functions that a call may reach."""
        func = call.func
        if isinstance(func, cst.Name):
            return [f for f in self.functions.get(func.value, []) if not self._is_method(f)]
        if isinstance(func, cst.Attribute):
            if func.attr.value in self.commands:
                return self.commands[func.attr.value]
            methods = [f for f in self.functions.get(func.attr.value, []) if self._is_method(f)]
            if isinstance(func.value, cst.Name) and func.value.value == "self":
                around = self.source.class_of(call)
                near = [f for f in methods if self.source.class_of(f) is around]
                return near or methods
            return methods
        return []

    def _is_method(self, function: cst.FunctionDef) -> bool:
        around = self.source.parent(self.source.parent(function) or function)
        return isinstance(around, cst.ClassDef)

    def _find_commands(self) -> dict[str, list[cst.FunctionDef]]:
        """The functions that subcommands choose from: `set_defaults(func=train)`, by `func`, which
        is called as `args.func(args)`."""
        found: dict[str, list[cst.FunctionDef]] = {}
        for call in self.source.all(cst.Call):
            if not self._sets_defaults(call):
                continue
            for arg in call.args:
                if arg.keyword is not None and isinstance(arg.value, cst.Name):
                    known = self.functions.get(arg.value.value, [])
                    found.setdefault(arg.keyword.value, []).extend(known)
        return {name: functions for name, functions in found.items() if functions}

    def _sets_defaults(self, call: cst.CSTNode | None) -> bool:
        func = call.func if isinstance(call, cst.Call) else None
        return isinstance(func, cst.Attribute) and func.attr.value == "set_defaults"

    def _find_mentions(self) -> None:
        """Functions that are handed on by name, as in `spawn(worker)`."""
        source = self.source
        for name in source.all(cst.Name):
            if name.value not in self.functions:
                continue
            around = source.parent(name)
            if self._sets_defaults(source.parent(around) if around else None):
                continue  # it is called where a subcommand is
            if isinstance(around, cst.Arg) and around.value is name:
                for function in self.functions[name.value]:
                    self.mentions.setdefault(function, []).append(name)

    def callers(self, function: cst.FunctionDef) -> list[cst.CSTNode]:
        """The calls of a function, and the places that hand it on. A class's `forward` and
        `__init__` have none here."""
        return [*self.calls.get(function, []), *self.mentions.get(function, [])]

    def argument(self, call: cst.Call, function: cst.FunctionDef, parameter: str) -> str | None:
        """What a call hands over as a parameter, as written; None where it does not."""
        given = self.given(call, function, parameter)
        return self.source.code(given) if given is not None else None

    def given(
        self, call: cst.Call, function: cst.FunctionDef, parameter: str
    ) -> cst.BaseExpression | None:
        """What a call hands over as a parameter; None where it does not."""
        names = self.parameters(function)
        if names and names[0] == "self" and isinstance(call.func, cst.Attribute):
            names = names[1:]
        for at, arg in enumerate(call.args):
            if arg.star:
                return None
            if arg.keyword is not None:
                if arg.keyword.value == parameter:
                    return arg.value
            elif at < len(names) and names[at] == parameter:
                return arg.value
        return None

    def returned(self, function: cst.FunctionDef) -> list[cst.BaseExpression]:
        """What a function returns, a value for each `return`."""
        return [
            node.value
            for node in self.source.within(function.body, cst.Return)
            if node.value is not None and self.source.function_of(node) is function
        ]


def starts(value: cst.BaseExpression) -> bool:
    """Whether a value only starts a sum: 0, 0.0, float("inf"), None."""
    if isinstance(value, cst.UnaryOperation):
        value = value.expression
    if isinstance(value, cst.Call) and isinstance(value.func, cst.Name):
        if value.func.value != "float":
            return False
        texts = [arg.value for arg in value.args]
        return any(isinstance(text, cst.SimpleString) for text in texts)
    return isinstance(value, (cst.Integer, cst.Float)) or (
        isinstance(value, cst.Name) and value.value == "None"
    )
