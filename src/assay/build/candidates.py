"""Which definitions of a library could be tasks, and why the others could not."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.build import records
from assay.build.definitions import Definition, Node, body_of, definitions
from assay.build.fetch import Source
from assay.build.relevance import relevance
from assay.build.tracing import MOST_TESTS, Reach, Trace, Traced

_VERSION = "candidates/2"
_MIN_STATEMENTS, _MOST_LINES, _MIN_TESTS = 3, 200, 3
# The share of DL/ML words, found on four libraries: below it lie mostly argument checks, strings
# and bookkeeping.
_MIN_RELEVANCE = 0.08
# Names that are help for tests rather than something to be tested.
_HELPER = re.compile(
    r"(^|[._])(assert_?\w*|testing|test_?utils?|_?tests?|fixtures?|mock\w*|conftest|check_random_state)"
    r"([._]|$)|^test_", re.I
)  # fmt: skip
_VENDORED = re.compile(
    r"(^|\.)(_?vendor(ed)?|_?extern(als?)?|third_?party|_compat|compat|cli|__main__)(\.|$)"
)
_DUNDERS = {"__init__", "__call__", "__getitem__", "__iter__", "__next__", "__len__"}
_NO_BODY = {"abstractmethod", "overload", "abc.abstractmethod", "typing.overload"}
_COMPILED = re.compile(r"jit|njit|numba|triton|compile\b|custom_op|vectorize")


@dataclass(frozen=True, slots=True)
class Considered:
    """A definition, the tests that reach it, and why it was refused: empty when it was not."""

    definition: Definition
    relevance: float
    tests: tuple[Reach, ...]
    direct: int
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """All definitions that were considered; what could be tasks comes first, direct callers
    first."""

    considered: tuple[Considered, ...]

    @property
    def chosen(self) -> list[Considered]:
        return [one for one in self.considered if not one.refused]

    def lines(self) -> Iterator[str]:
        """What to tell: how many, and the most frequent reasons of the others."""
        total, chosen = len(self.considered), len(self.chosen)
        yield f"candidates: {chosen} of {total} definitions could be tasks"
        first = Counter(_kind_of(one.refused[0]) for one in self.considered if one.refused)
        yield from (f"candidates: {n} refused: {why}" for why, n in first.most_common())


def candidates(source: Source, trace: Trace | None, work: Path) -> Selection:
    """Consider every function, method and class of a library. Without a trace (a library that
    ships no tests) nothing is asked of tests: for differential checks."""
    key = records.key_of(_VERSION, source, trace)
    return records.resumed(Selection, work, "candidates", key, lambda: _select(source, trace))


def _select(source: Source, trace: Trace | None) -> Selection:
    reached = {(one.file, one.line): one for one in trace.functions} if trace else {}
    methods = _by_class(trace)
    found = []
    seen: set[str] = set()
    for definition, node in definitions(source):
        if definition.kind == "class":
            tests = methods.get((definition.file, definition.qualname), ())
        else:
            traced = reached.get((definition.file, definition.first_line))
            tests = traced.tests if traced else ()
        reasons = [*_reasons(definition, node)]
        if definition.name in seen:
            reasons.append("defined a second time under that name")
        seen.add(definition.name)
        ratio = round(relevance(definition.source), 4)
        if ratio < _MIN_RELEVANCE:
            reasons.append(f"little DL/ML content: relevance {ratio:.2f}")
        if trace is not None and len(tests) < _MIN_TESTS:
            reasons.append(f"{len(tests)} stable tests reach it")
        direct = sum(one.direct for one in tests)
        found.append(Considered(definition, ratio, tests, direct, tuple(reasons)))
    found.sort(key=lambda one: (bool(one.refused), -min(one.direct, 3), one.definition.name))
    return Selection(tuple(found))


def _by_class(trace: Trace | None) -> dict[tuple[str, str], tuple[Reach, ...]]:
    """The tests that reach any method of a class, by the class."""
    groups: dict[tuple[str, str], list[Traced]] = {}
    for one in trace.functions if trace else ():
        owner, _, name = one.qualname.rpartition(".")
        if owner and name and "<locals>" not in owner:
            groups.setdefault((one.file, owner), []).append(one)
    return {name: _merged(group) for name, group in groups.items()}


def _merged(group: list[Traced]) -> tuple[Reach, ...]:
    best: dict[str, Reach] = {}
    for reach in (reach for one in group for reach in one.tests):
        known = best.get(reach.test)
        if known is None or (reach.direct, -reach.depth) > (known.direct, -known.depth):
            best[reach.test] = reach
    order = sorted(best.values(), key=lambda r: (not r.direct, r.breadth, r.depth, r.test))
    return tuple(order[:MOST_TESTS])


def _reasons(definition: Definition, node: Node) -> Iterator[str]:
    """What speaks against a definition as such."""
    name = definition.qualname.rpartition(".")[2]
    lines = definition.last_line - definition.first_line + 1
    if _HELPER.search(definition.name):
        yield "a test helper by its name"
    if _VENDORED.search(definition.module):
        yield "of somebody else's, or of no interest: by its module"
    if name.startswith("__") and name.endswith("__") and name not in _DUNDERS:
        yield f"a special method: {name}"
    if _NO_BODY & set(definition.decorators):
        yield "abstract, or a declaration only"
    if any(map(_COMPILED.search, definition.decorators)):
        yield "compiled by its decorator"
    if any(one.endswith((".setter", ".deleter")) for one in definition.decorators):
        yield "part of a property"
    if definition.statements < _MIN_STATEMENTS:
        yield f"its body has {definition.statements} statements"
    elif _only_delegates(node):
        yield f"only hands on to {_callee(node)}"
    if lines > _MOST_LINES:
        yield f"too long for one task: {lines} lines"


def _only_delegates(node: Node) -> bool:
    """Whether all that a function does beside looking at its arguments is one call of another."""
    if isinstance(node, ast.ClassDef):
        methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
        return bool(methods) and all(len(body_of(one)) <= 1 for one in methods)
    working = [one for one in body_of(node) if not _is_preamble(one)]
    return len(working) == 1 and _call_in(working[0]) is not None


def _is_preamble(node: ast.stmt) -> bool:
    """Warnings, imports, checks that raise, and plain renaming."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Assert | ast.Pass | ast.Global):
        return True
    if isinstance(node, ast.If):
        return all(isinstance(one, ast.Raise) for one in (*node.body, *node.orelse))
    if isinstance(node, ast.Assign):
        return isinstance(node.value, ast.Name | ast.Constant | ast.Attribute)
    return isinstance(node, ast.Expr) and "warn" in ast.unparse(node.value)[:40]


def _call_in(node: ast.stmt) -> ast.Call | None:
    """The call that is all of a statement, its arguments being plain names and constants."""
    value = getattr(node, "value", None)
    if not (isinstance(node, ast.Return | ast.Expr) and isinstance(value, ast.Call)):
        return None
    given = [*value.args, *(one.value for one in value.keywords)]
    plain = (ast.Name, ast.Constant, ast.Attribute, ast.Starred)
    return value if all(isinstance(one, plain) for one in given) else None


def _callee(node: Node) -> str:
    if isinstance(node, ast.ClassDef):
        return "what it inherits"
    working = [one for one in body_of(node) if not _is_preamble(one)]
    call = _call_in(working[0])
    assert call is not None
    return ast.unparse(call.func)[:60]


def _kind_of(reason: str) -> str:
    """A reason without the numbers and names in it, to be counted."""
    few = re.sub(r"\b\d+ (?=stable|statements)", "few ", reason)
    return re.sub(r": .*$", "", re.sub(r"(?<=hands on to ).*$", "another", few))
