"""Mutants of a program: the same program with one small fault each. Checks ought to see them."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from assay.engine.sources import normal_digest, parse
from assay.suites import library_mutations as library
from assay.suites import mutations
from assay.suites.mutations import Mutation, Place
from assay.suites.programs import held, hold

MOST = 12

KINDS: dict[str, Mutation] = {
    "comparison": mutations.comparison,
    "arithmetic": mutations.arithmetic,
    "condition": mutations.condition,
    "constant": mutations.constant,
    "statement": mutations.statement,
    "arguments": mutations.arguments,
    "bounds": mutations.bounds,
    "call": library.call,
    "keyword": library.keyword,
    "returned": mutations.returned,
}
# Annotations are not run, decorators and what an exception says are seldom what a check asks for.
_LEFT_ALONE = {"annotation", "returns", "decorator_list", "type_comment", "type_params", "msg"}
_SKIPPED = (ast.Raise, ast.Import, ast.ImportFrom, ast.JoinedStr, ast.Global, ast.Nonlocal)
_LONGEST_CHANGE = 60


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with one fault: of which kind, in which line, what was changed into what."""

    kind: str
    line: int
    change: str
    code: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.kind}: {self.change}"


@dataclass(frozen=True, slots=True)
class _Site:
    node: ast.AST
    place: Place
    index: int | None

    def put(self, node: ast.AST) -> None:
        """Let `node` stand here."""
        if self.index is None:
            setattr(self.place.parent, self.place.field, node)
        else:
            getattr(self.place.parent, self.place.field)[self.index] = node


def mutate(program: str, most: int = MOST, context: str = "") -> list[Mutant]:
    """At most so many mutants, always the same ones, taken evenly from all kinds and places.

    What `context` has too is not mutated: it is given, and no answer to the task. No two mutants
    have one syntax tree, and none has the program's. Empty for a program that does not parse.
    """
    text = held(program)
    if text is not None:
        name, inner = text
        return [Mutant(m.kind, m.line, m.change, hold(name, m.code)) for m in mutate(inner, most)]
    tree = parse(program)
    if tree is None:
        return []
    by_kind: dict[str, list[Mutant]] = {kind: [] for kind in KINDS}
    seen = {normal_digest(program), normal_digest(ast.unparse(tree))}
    for mutant in _all(tree, _given(context)):
        name_ = normal_digest(mutant.code)
        if name_ not in seen:
            seen.add(name_)
            by_kind[mutant.kind].append(mutant)
    return _sample(list(by_kind.values()), most)


def _all(tree: ast.Module, given: frozenset[str]) -> Iterator[Mutant]:
    modules = frozenset(_modules(tree))
    for site in list(_sites(tree, modules, given)):
        for kind, mutation in KINDS.items():
            for node in mutation(site.node, site.place):
                yield _mutant(tree, site, kind, node)


def _mutant(tree: ast.Module, site: _Site, kind: str, node: ast.AST) -> Mutant:
    # Put in for as long as it takes to write the text: a copy of the tree each would cost most.
    site.put(node)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = ast.unparse(tree)
    finally:
        site.put(site.node)
    line = getattr(site.node, "lineno", getattr(site.place.parent, "lineno", 0))
    return Mutant(kind, line, f"`{_told(site.node)}` → `{_told(node)}`", code)


def _told(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _LONGEST_CHANGE else text[: _LONGEST_CHANGE - 1] + "…"


def _sites(node: ast.AST, modules: frozenset[str], given: frozenset[str]) -> Iterator[_Site]:
    """The places below a node, in the order of the text."""
    if isinstance(node, _SKIPPED):
        return
    for field, value in ast.iter_fields(node):
        if field in _LEFT_ALONE:
            continue
        place = Place(node, field, modules)
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(child, ast.AST) or _is_fixed(child, given):
                continue
            yield _Site(child, place, index if isinstance(value, list) else None)
            yield from _sites(child, modules, given)


def _is_fixed(node: ast.AST, given: frozenset[str]) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return bool(given) and isinstance(node, ast.stmt) and ast.dump(node) in given


def _given(context: str) -> frozenset[str]:
    """The statements of a module and of its classes, each in one text."""
    tree = parse(context) if context else None
    if tree is None:
        return frozenset()
    classes = [node.body for node in tree.body if isinstance(node, ast.ClassDef)]
    return frozenset(ast.dump(node) for body in (tree.body, *classes) for node in body)


def _modules(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield (alias.asname or alias.name).partition(".")[0]


def _sample(by_kind: list[list[Mutant]], most: int) -> list[Mutant]:
    """Evenly from all kinds, and of each kind evenly from all its places."""
    shares = [0] * len(by_kind)
    while sum(shares) < most:
        open_ = [n for n, found in enumerate(by_kind) if shares[n] < len(found)]
        if not open_:
            break
        for number in open_[: most - sum(shares)]:
            shares[number] += 1
    return [
        found[(2 * place + 1) * len(found) // (2 * share)]
        for found, share in zip(by_kind, shares, strict=True)
        for place in range(share)
    ]
