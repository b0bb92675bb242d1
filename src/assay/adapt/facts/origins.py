"""Of which part of the data a value is: what it was reckoned from, and how, followed back.

Names of loaders and arrays say it, nearest first; where none does, what is reckoned without
gradients is not of training, and what the training step is taken on is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

import libcst as cst

from assay.adapt.facts import naming
from assay.adapt.facts.flow import Definition, Flow, starts
from assay.adapt.facts.loops import Loops
from assay.adapt.facts.source import Source

# "held" is of data that is not trained on; "crossed" what a cross-validation gave, of parts that it
# made itself; "mixed" of several parts.
Origin = Literal["train", "val", "test", "held", "crossed", "mixed", ""]
Function = cst.FunctionDef | None

_DEEPEST = 7
_BLIND = re.compile(r"no_grad|inference_mode|set_grad_enabled\(False")
_CROSSED = re.compile(r"(^|\.)(cross_val\w*|cross_validate)$")


class Origins:
    """Answers for one script."""

    def __init__(self, source: Source, flow: Flow, loops: Loops) -> None:
        self.source, self.flow, self.loops = source, flow, loops
        self._known: dict[cst.CSTNode, set[str]] = {}
        self._modes = [
            (source.line(call), source.code(call.func).rsplit(".", 1)[-1], source.function_of(call))
            for call in source.all(cst.Call)
            if isinstance(call.func, cst.Attribute) and not call.args
            and call.func.attr.value in ("eval", "train")
        ]  # fmt: skip

    def of(self, node: cst.BaseExpression, function: Function) -> Origin:
        """The part that an expression is of, where it stands in a function."""
        return _one(self._of(node, function, 0))

    def of_definition(self, definition: Definition) -> Origin:
        """The part that what a definition gives is of."""
        return _one(self._of_definition(definition, 0))

    def _of(self, node: cst.CSTNode, function: Function, depth: int) -> set[str]:
        if depth > _DEEPEST or isinstance(node, (cst.Lambda, cst.BaseNumber, cst.BaseString)):
            return set()
        if isinstance(node, cst.Call):
            return self._of_call(node, function, depth)
        if isinstance(node, cst.Subscript):
            within = [piece.slice for piece in node.slice]
            if "crossed" in (whole := self._of(node.value, function, depth)):
                return whole
            return self._of_all(within, function, depth) or whole
        if isinstance(node, (cst.Name, cst.Attribute)):
            return self._of_name(node, function, depth)
        return self._of_all(node.children, function, depth)

    def _of_all(self, nodes: Iterable[cst.CSTNode], function: Function, depth: int) -> set[str]:
        return {one for node in nodes for one in self._of(node, function, depth)}

    def _of_call(self, node: cst.Call, function: Function, depth: int) -> set[str]:
        if _CROSSED.search(self.source.named(node.func)):
            return {"crossed"}
        found = self._of_all([arg.value for arg in node.args], function, depth)
        if found:
            return found
        for called in self.flow.called(node) if depth < _DEEPEST else ():
            for returned in self.flow.returned(called):
                found |= self._of(returned, called, depth + 1)
        if not found and isinstance(node.func, cst.Attribute):
            return self._of(node.func.value, function, depth)
        return found

    def _of_name(self, node: cst.CSTNode, function: Function, depth: int) -> set[str]:
        name = self.source.code(node)
        said = naming.phases(name)
        if said:
            return set(said)
        found: set[str] = set()
        for definition in self._reaching(name, node, function):
            found |= self._of_definition(definition, depth + 1)
        if not found and isinstance(node, cst.Attribute):
            return self._of(node.value, function, depth)
        return found

    def _reaching(self, name: str, node: cst.CSTNode, function: Function) -> list[Definition]:
        """The definitions that a name may have where it is read: the last one that is surely made
        before, and what may change it after; all where none is."""
        source = self.source
        every = [d for d in self.flow.definitions(name, function) if d.how != "with"]
        if not every or every[0].function is not function:
            return every
        line = source.line(node)
        around = set(source.ancestors(node))
        found: list[Definition] = []
        for definition in sorted(every, key=lambda d: source.line(d.statement)):
            at, loop = source.line(definition.statement), definition.statement
            if at > line or (at == line and definition.how not in ("for",)):
                break
            block = source.parent(definition.statement)
            sure = definition.how == "assign" and block in around
            sure |= definition.how == "for" and loop in around
            found = [definition] if sure else [*found, definition]
        return found or every

    def _of_definition(self, definition: Definition, depth: int) -> set[str]:
        if depth > _DEEPEST or (starts(definition.value) and definition.how == "assign"):
            return set()
        value, function = definition.value, definition.function
        if definition.how == "for":
            return self._of_iterated(definition.statement, function, depth)
        found: set[str] = set()
        if definition.index is not None and isinstance(value, cst.Call):
            found = self._of_item(value, definition.index, function, depth)
        found = found or self._of(value, function, depth)
        return found or self._of_place(definition.statement, depth)

    def _of_item(self, call: cst.Call, index: int, function: Function, depth: int) -> set[str]:
        """One of several values that a function of the script returns, or a split of the data."""
        if self.source.named(call.func).endswith("train_test_split"):
            return {"held" if index % 2 else "train"}
        found = self._of_all([arg.value for arg in call.args], function, depth)
        for called in self.flow.called(call) if not found else ():
            for returned in self.flow.returned(called):
                if isinstance(returned, cst.Tuple) and index < len(returned.elements):
                    found |= self._of(returned.elements[index].value, called, depth + 1)
        return found

    def _of_iterated(self, loop: cst.CSTNode, function: Function, depth: int) -> set[str]:
        iterated = self.loops.iterated(loop) if isinstance(loop, cst.For) else None
        return self._of(iterated.value, function, depth + 1) if iterated else set()

    def _of_place(self, statement: cst.BaseStatement, depth: int) -> set[str]:
        """What is said of a statement by the loops around it, and by how it is carried out."""
        source = self.source
        for loop in source.loops_of(statement):
            if self.loops.kind(loop) == "epoch":
                break
            found = self._of_iterated(loop, source.function_of(statement), depth)
            if found:
                return found
        if self.is_blind(statement):
            return {"held"}
        return {"train"} if self._is_learned(statement) else set()

    def is_blind(self, node: cst.CSTNode) -> bool:
        """Whether what is reckoned there is not learned from."""
        source = self.source
        for around in source.ancestors(node):
            texts: Iterator[str] = iter(())
            if isinstance(around, cst.With):
                texts = (source.code(item.item) for item in around.items)
            elif isinstance(around, cst.FunctionDef):
                texts = (source.code(one.decorator) for one in around.decorators)
            if any(_BLIND.search(text) for text in texts):
                return True
        function, line = source.function_of(node), source.line(node)
        before = [mode for at, mode, where in self._modes if where is function and at < line]
        return before[-1:] == ["eval"]

    def _is_learned(self, statement: cst.BaseStatement) -> bool:
        """Whether it comes before the training step of its loop, or of its function."""
        source = self.source
        function = source.function_of(statement)
        around: list[cst.CSTNode] = [*source.loops_of(statement)]
        if function is not None and self.loops.context(function) is not None:
            around.append(function)
        for outer in around:
            inside = [call for call in self.loops.steps if source.contains(outer, call)]
            if inside:
                return source.line(statement) <= max(source.end_line(call) for call in inside)
        return False


def _one(found: set[str]) -> Origin:
    if "crossed" in found:
        return "crossed"
    if found == {"held", "val"} or found == {"held", "test"}:
        found = found - {"held"}
    for origin in ("train", "val", "test", "held"):
        if found == {origin}:
            return origin
    if found and "train" not in found:
        return "held"
    return "mixed" if found else ""
