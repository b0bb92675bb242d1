"""Text that nobody vouches for, as top-level statements: what parses is kept, the rest is not."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from assay.engine import sources

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef
Import = ast.Import | ast.ImportFrom
BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "__annotations__"}

_RULES = re.compile(r"-{3,}|~{2,}")
_CODE_LIKE = re.compile(
    r"@|(?:async|def|class|import|from|if|for|while|with|try|return|raise|assert|del|global|pass"
    r"|yield|match|not|lambda|await|break|continue)\b"
    r"|[A-Za-z_]\w*+(?:\.\w++)*+(?:[(\[]|[ \t]*+[=:,+\-*/|&%\[])"
    r"|[\"'(\[{]"
)
_CONTINUES = re.compile(r"[)\]}#]|(?:else|elif|except|finally)\b")
_DEFINES = re.compile(r"(?:async[ \t]+def|def|class)\b")
_BLANK = re.compile(r"\A(?:[ \t]*+\n)++")
_MEMBER = re.compile(r"[ \t]++(?:async|def|class|@)")
# What does not parse is tried again without its last lines; more tries find no more. No honest
# answer has as many statements, and hostile ones shall not take seconds.
_TRIES, _STATEMENTS, _LONGEST_CUT = 14, 2000, 1 << 16


class Names(NamedTuple):
    """`binds` at module level; `reads` from there at any time, `eager` already while loading;
    `touches`: names whose object is changed in place (an item set, a method called)."""

    binds: frozenset[str]
    reads: frozenset[str]
    eager: frozenset[str]
    touches: frozenset[str]


@dataclass(frozen=True, eq=False)
class Unit:
    """Statements that share lines (nearly always one), with the lines they stand on."""

    text: str
    nodes: tuple[ast.stmt, ...]
    cut: bool = False

    @property
    def node(self) -> ast.stmt:
        return self.nodes[0]

    @cached_property
    def names(self) -> Names:
        touches = frozenset(name for node in self.nodes for name in _touched(node))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                table = symtable.symtable(self.text, "<answer>", "exec")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # What Python will not compile binds nothing that could be read.
            return Names(frozenset(), frozenset(), frozenset(), touches)
        binds, reads, eager = _scoped(table)
        stars = any(isinstance(n, ast.ImportFrom) and n.names[0].name == "*" for n in self.nodes)
        return Names(binds | {"*"} if stars else binds, reads, eager, touches)


def _scoped(table: symtable.SymbolTable) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """What a module binds, reads, and reads while it loads, by Python's own scoping rules."""
    binds, reads, eager = set[str](), set[str](), set[str]()
    waiting = [(table, True)]
    while waiting:
        scope, loading = waiting.pop()
        waiting += [(one, loading and one.get_type() != "function") for one in scope.get_children()]
        for symbol in scope.get_symbols():
            name, outer = symbol.get_name(), scope is table
            bound = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
            if bound and (outer or symbol.is_declared_global()):
                binds.add(name)
            if symbol.is_referenced() and (outer or symbol.is_global()):
                reads.add(name)
                if loading:
                    eager.add(name)
    return frozenset(binds), frozenset(reads), frozenset(eager)


def _touched(statement: ast.stmt) -> Iterator[str]:
    """`a` of `a.b[c] = d` and of `a.b(c)`; not of `f(a)`, which need not change `a`."""
    if isinstance(statement, Definition):
        return
    for node in ast.walk(statement):
        inner: ast.AST | None = None
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            inner = node.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            inner = node.value.func
            inner = inner.value if isinstance(inner, ast.Attribute) else None
        while isinstance(inner, ast.Attribute | ast.Subscript):
            inner = inner.value
        if isinstance(inner, ast.Name):
            yield inner.id


def parse(source: str) -> ast.Module | None:
    """The tree of untrusted text. Rules of dashes in comments and docstrings are no nesting."""
    return sources.parse(_RULES.sub(lambda rule: rule[0][0], source))


def units(code: str) -> list[Unit]:
    """The top-level statements in a text; lines that are no code fall out."""
    tree = parse(code)
    if tree is not None:
        return _by_lines(code, tree)
    found: list[Unit] = []
    for chunk in _chunks(code.split("\n")):
        found += _salvaged(chunk)
        if len(found) > _STATEMENTS:
            break
    return found


def _by_lines(code: str, tree: ast.Module, cut: bool = False) -> list[Unit]:
    lines = code.split("\n")
    groups: list[tuple[int, list[ast.stmt]]] = []
    for node in tree.body:
        end = node.end_lineno or node.lineno
        if groups and first_line_of(node) <= groups[-1][0]:
            _, nodes = groups.pop()
            groups.append((max(end, nodes[-1].end_lineno or 0), nodes))
            nodes.append(node)
        else:
            groups.append((end, [node]))
    starts = [0, *(end for end, _ in groups)]
    return [
        Unit("\n".join(lines[start:end]), tuple(nodes), cut)
        for start, (end, nodes) in zip(starts, groups[:_STATEMENTS], strict=False)
    ]


def first_line_of(node: ast.stmt) -> int:
    """The line a statement begins on, its decorators included."""
    decorators = node.decorator_list if isinstance(node, Definition) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _chunks(lines: list[str]) -> Iterator[list[str]]:
    """Lines that may be one statement: from one that begins at the margin up to the next."""
    chunk: list[str] = []
    quote, decorated = "", False
    for line in lines:
        begins = line[:1].strip() and not _CONTINUES.match(line)
        if begins and not quote and not decorated and chunk:
            yield chunk
            chunk = []
        chunk.append(line)
        quote = _open_quote(line, quote)
        decorated = (decorated or line.startswith("@")) and not _DEFINES.match(line)
    yield chunk


def _open_quote(line: str, quote: str) -> str:
    """The triple quote that is still open at the end of a line, if any."""
    for mark in re.findall("\"\"\"|'''", line):
        quote = mark if not quote else "" if mark == quote else quote
    return quote


def _salvaged(chunk: list[str]) -> list[Unit]:
    code = _BLANK.sub("", "\n".join(chunk).rstrip())
    if not _CODE_LIKE.match(code):
        return []
    tree = parse(code)
    if tree is not None:
        return [unit for unit in _by_lines(code, tree) if is_code(unit)]
    return _cut_back(code.split("\n")) if _DEFINES.match(code) or code[0] == "@" else []


def _cut_back(chunk: list[str]) -> list[Unit]:
    """A definition without the last lines, which do not parse: cut off, or prose."""
    if sum(map(len, chunk)) > _LONGEST_CUT:
        return []
    ends = list(range(len(chunk) - 1, 0, -1))
    blank = [end for end in ends if not chunk[end].strip()]
    members = [end for end in ends if _MEMBER.match(chunk[end])]
    for end in sorted({*ends[:_TRIES], *blank[:_TRIES], *members[:_TRIES]}, reverse=True):
        code = "\n".join(chunk[:end])
        if (tree := parse(code)) is not None:
            return [unit for unit in _by_lines(code, tree, cut=True) if _may_be_whole(unit.node)]
    return []


def _may_be_whole(node: ast.stmt) -> bool:
    """Whether a cut definition may be whole: a function is when no path falls off its end."""
    return leaves(node.body) if isinstance(node, Function) else isinstance(node, ast.ClassDef)


def leaves(body: list[ast.stmt]) -> bool:
    """Whether every path through these statements leaves the function."""
    match body[-1] if body else None:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(body=then, orelse=otherwise):
            return leaves(then) and leaves(otherwise)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return leaves(inner)
        case ast.Try(body=tried, handlers=handlers, orelse=otherwise, finalbody=final):
            caught = all(leaves(handler.body) for handler in handlers)
            return leaves(final) or (leaves(otherwise or tried) and caught)
        case ast.While(test=ast.Constant(value=value)):
            return bool(value)
    return False


def says_nothing(node: ast.stmt) -> bool:
    """Whether a statement only holds the place of others."""
    match node:
        case (
            ast.Pass()
            | ast.Expr(value=ast.Constant())
            | ast.Raise(exc=ast.Name(id="NotImplementedError"))
            | ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError")))
        ):
            return True
    return False


def is_stub(node: ast.AST) -> bool:
    """Whether a definition has no body to speak of."""
    return isinstance(node, Definition) and all(says_nothing(inner) for inner in node.body)


def is_code(unit: Unit) -> bool:
    """Whether statements do anything; words of prose may well parse."""
    return any(acts(node) for node in unit.nodes)


def acts(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call | ast.Await | ast.Yield)
    return not (isinstance(node, ast.AnnAssign) and node.value is None)


def strays(unit: Unit) -> bool:
    """Whether a statement belongs into a function: it returns or yields."""
    waiting: list[ast.AST] = list(unit.nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom | ast.Await):
            return True
        if not isinstance(node, Definition | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
    return False
