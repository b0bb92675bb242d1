"""A script's text with its tree: where each node stands, what is around it, what names mean."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import libcst as cst
from libcst import metadata

from assay.adapt import texts
from assay.core.errors import InputError

Node = TypeVar("Node", bound=cst.CSTNode)
Block = cst.IndentedBlock | cst.Module
LOOPS = (cst.For, cst.While)


@dataclass(slots=True)
class Source:
    """Read with `read`. Nodes are known by identity; lines count from 1."""

    text: str
    module: cst.Module
    lines: list[str]
    _positions: dict[cst.CSTNode, metadata.CodeRange]
    _scopes: dict[cst.CSTNode, metadata.Scope | None]
    _parents: dict[cst.CSTNode, cst.CSTNode]
    _order: list[cst.CSTNode]
    _spans: dict[cst.CSTNode, tuple[int, int]]
    _names: dict[cst.CSTNode, str] = field(default_factory=dict)

    def line(self, node: cst.CSTNode) -> int:
        """The line on which a node begins; a decorated function begins with its decorators."""
        return self._positions[node].start.line

    def end_line(self, node: cst.CSTNode) -> int:
        """The line on which a node's last character stands."""
        end = self._positions[node].end
        # A block ends at the beginning of the line after it.
        return end.line - 1 if end.column == 0 and end.line > self.line(node) else end.line

    def span(self, node: cst.CSTNode) -> metadata.CodeRange:
        """Where a node begins and ends, without the parentheses around it."""
        return self._positions[node]

    def code(self, node: cst.CSTNode) -> str:
        """The node's text on one line, without parentheses around it."""
        at = self._positions[node]
        if at.start.line == at.end.line:
            return self.lines[at.start.line - 1][at.start.column : at.end.column]
        first = self.lines[at.start.line - 1][at.start.column :]
        middle = self.lines[at.start.line : at.end.line - 1]
        last = self.lines[at.end.line - 1][: at.end.column]
        pieces = [part.split("  #")[0].strip() for part in (first, *middle, last)]
        text = " ".join(piece for piece in pieces if piece)
        return text.replace("( ", "(").replace(" )", ")").replace("[ ", "[").replace(" ]", "]")

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return self._parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """From the nearest outwards."""
        at = self._parents.get(node)
        while at is not None:
            yield at
            at = self._parents.get(at)

    def within(self, node: cst.CSTNode, kind: type[Node] | tuple[type[Node], ...]) -> list[Node]:
        """The nodes of a kind below a node, itself among them, in the order of the text."""
        first, last = self._spans[node]
        return [found for found in self._order[first:last] if isinstance(found, kind)]

    def loops_in(self, node: cst.CSTNode) -> list[cst.For | cst.While]:
        """The loops below a node, itself among them."""
        first, last = self._spans[node]
        return [found for found in self._order[first:last] if isinstance(found, LOOPS)]

    def all(self, kind: type[Node] | tuple[type[Node], ...]) -> list[Node]:
        """All nodes of a kind."""
        return self.within(self.module, kind)

    def contains(self, outer: cst.CSTNode, inner: cst.CSTNode) -> bool:
        first, last = self._spans[outer]
        return first <= self._spans[inner][0] < last

    def before(self, one: cst.CSTNode, other: cst.CSTNode) -> bool:
        """Whether one begins before the other in the text."""
        return self._spans[one][0] < self._spans[other][0]

    def function_of(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """The function around a node; of a function, the one around it."""
        for around in self.ancestors(node):
            if isinstance(around, cst.FunctionDef):
                return around
        return None

    def class_of(self, node: cst.CSTNode) -> cst.ClassDef | None:
        """The class whose body a function or statement stands in."""
        for around in self.ancestors(node):
            if isinstance(around, cst.ClassDef):
                return around
        return None

    def name_of(self, function: cst.FunctionDef | None) -> str:
        """`Trainer.fit`, `main`; empty for the module."""
        if function is None:
            return ""
        around = next(
            (a for a in self.ancestors(function) if isinstance(a, (cst.ClassDef, cst.FunctionDef))),
            None,
        )
        own = function.name.value
        return f"{around.name.value}.{own}" if isinstance(around, cst.ClassDef) else own

    def statement_of(self, node: cst.CSTNode) -> cst.BaseStatement:
        """The nearest whole statement that a node is part of."""
        for around in (node, *self.ancestors(node)):
            if isinstance(around, cst.BaseStatement):
                return around
        raise ValueError("no statement around the node")

    def block_of(self, statement: cst.CSTNode) -> Block | None:
        """The block a statement stands in; None where it shares a line with what heads it."""
        around = self._parents.get(statement)
        return around if isinstance(around, (cst.IndentedBlock, cst.Module)) else None

    def loops_of(self, node: cst.CSTNode) -> list[cst.For | cst.While]:
        """The loops around a node within its function, from the innermost."""
        found: list[cst.For | cst.While] = []
        inner = node
        for around in self.ancestors(node):
            if isinstance(around, (cst.FunctionDef, cst.Lambda)):
                break
            if isinstance(around, LOOPS) and around.body is inner:
                found.append(around)
            inner = around
        return found

    def named(self, node: cst.CSTNode) -> str:
        """The full dotted name of an expression: `torch.optim.Adam` for `optim.Adam`. What is not
        imported keeps the name it is written with."""
        if node not in self._names:
            self._names[node] = self._find_name(node)
        return self._names[node]

    def _find_name(self, node: cst.CSTNode) -> str:
        dotted = _dotted(node)
        if not dotted:
            return ""
        scope = next((s for a in (node, *self.ancestors(node)) if (s := self._scopes.get(a))), None)
        if scope is None:
            return dotted
        found = scope.get_qualified_names_for(dotted)
        imported = metadata.QualifiedNameSource.IMPORT
        for name in sorted(found, key=lambda name: name.name):
            if name.source is imported:
                return name.name
        return dotted


def _dotted(node: cst.CSTNode) -> str:
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        inner = _dotted(node.value)
        return f"{inner}.{node.attr.value}" if inner else ""
    return ""


class _Index(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.order: list[cst.CSTNode] = []
        self.spans: dict[cst.CSTNode, tuple[int, int]] = {}
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self._stack: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if self._stack:
            self.parents[node] = self._stack[-1]
        self._stack.append(node)
        self.spans[node] = (len(self.order), 0)
        self.order.append(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self._stack.pop()
        self.spans[original_node] = (self.spans[original_node][0], len(self.order))


def read(text: str) -> Source:
    """The tree of a script; InputError with the line where it is not Python."""
    try:
        module = cst.parse_module(text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<script>", "exec", dont_inherit=True)
    except cst.ParserSyntaxError as error:
        raise InputError(
            f"line {error.raw_line}: not Python: {error.message.splitlines()[0]}; adapt takes "
            "scripts for Python 3"
        ) from None
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise InputError(f"line {line}: not Python: {getattr(error, 'msg', error)}") from None
    wrapper = metadata.MetadataWrapper(module, unsafe_skip_copy=True)
    index = _Index()
    module.visit(index)
    return Source(
        text,
        module,
        texts.lines(text),
        dict(wrapper.resolve(metadata.PositionProvider)),
        dict(wrapper.resolve(metadata.ScopeProvider)),
        index.parents,
        index.order,
        index.spans,
    )
