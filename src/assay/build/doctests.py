"""Calls out of the examples in a docstring, each made anew for a seed."""

from __future__ import annotations

import ast
import builtins
import doctest
import random
from collections.abc import Iterator

from assay.build.definitions import Definition, parsed

_MOST = 4
_SEEDING = "import random\nrandom.seed({0})\n"
_NOT_RUN = ("doctest: +SKIP", "plt.", ".show(", ".cuda(", "download", "open(")


def calls(definition: Definition, seeds: int) -> Iterator[str]:
    """The examples that call what is defined, as programs whose last line is what they show. For
    the first seed as they stand; for others with other random numbers and other numbers in them."""
    examples = list(_programs(definition))
    for seed in range(seeds if examples else 0):
        tree = parsed(examples[seed % len(examples)])
        turn = seed // len(examples)
        if tree is None:
            continue
        if turn:
            tree = ast.fix_missing_locations(_Varied(random.Random(seed)).visit(tree))
        yield _seeding(tree, seed) + ast.unparse(tree)


def constructions(definition: Definition) -> list[str]:
    """How the examples of a class make one: the calls whose arguments need nothing that stands
    before them."""
    found: dict[str, None] = {}
    for program in _sources(definition.docstring):
        tree = parsed(program)
        for node in ast.walk(tree) if tree is not None else ():
            if _is_call_of(node, definition.qualname) and isinstance(node, ast.Call):
                inner = [*node.args, *(one.value for one in node.keywords)]
                names = {n.id for one in inner for n in ast.walk(one) if isinstance(n, ast.Name)}
                if names <= {"torch", "numpy"} | vars(builtins).keys():
                    node.func = ast.Name(definition.qualname, ast.Load())
                    found[ast.unparse(node)] = None
    return list(found)


def _sources(docstring: str) -> list[str]:
    try:
        parts = doctest.DocTestParser().parse(docstring)
    except ValueError:
        return []
    return [
        part.source
        for part in parts
        if not isinstance(part, str) and not any(word in part.source for word in _NOT_RUN)
    ]


def _programs(definition: Definition) -> Iterator[str]:
    """A block of examples up to each one that ends in a call of what is defined."""
    name = definition.qualname.rpartition(".")[2]
    before: list[str] = []
    made = 0
    for source in _sources(definition.docstring):
        tree = parsed(source)
        shown = None if tree is None else _shown(tree, name, definition.kind)
        if shown is not None and made < _MOST:
            made += 1
            yield "\n".join([*before, shown])
        before.append(source.rstrip("\n"))


def _shown(tree: ast.Module, name: str, kind: str) -> str | None:
    """A statement that calls the name, ending in an expression: what it shows or assigns."""
    if not tree.body or not any(_is_call_of(node, name) for node in ast.walk(tree)):
        return None
    last = tree.body[-1]
    if isinstance(last, ast.Assign) and len(last.targets) == 1 and kind != "class":
        return f"{ast.unparse(tree)}\n{ast.unparse(last.targets[0])}"
    return ast.unparse(tree) if isinstance(last, ast.Expr) else None


def _is_call_of(node: ast.AST, name: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    return (isinstance(called, ast.Name) and called.id == name) or (
        isinstance(called, ast.Attribute) and called.attr == name
    )


def unqualified(text: str, name: str) -> str:
    """A program in which the function or class of that name is the candidate's: neither imported
    nor looked up in the library."""
    tree = parsed(text)
    if tree is None:
        return text
    return ast.unparse(ast.fix_missing_locations(_Unqualified(name).visit(tree)))


class _Unqualified(ast.NodeTransformer):
    def __init__(self, name: str) -> None:
        self._name = name

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        node.names = [one for one in node.names if one.name not in (self._name, "*")]
        return node if node.names else ast.Pass()

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        root = node.func
        while isinstance(root, ast.Attribute):
            root = root.value
        is_named = isinstance(node.func, ast.Attribute) and node.func.attr == self._name
        if is_named and isinstance(root, ast.Name):
            node.func = ast.Name(self._name, ast.Load())
        return node


class _Varied(ast.NodeTransformer):
    """Other numbers: floats everywhere, integers where a list holds data."""

    def __init__(self, random_: random.Random) -> None:
        self._random = random_
        self._in_data = 0

    def visit_List(self, node: ast.List) -> ast.AST:
        self._in_data += 1
        self.generic_visit(node)
        self._in_data -= 1
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if type(node.value) is float:
            return ast.Constant(round(node.value * self._random.uniform(0.5, 1.5), 4))
        if type(node.value) is int and self._in_data and self._random.random() < 0.5:
            return ast.Constant(max(0, node.value + self._random.choice((-1, 1))))
        return node


def _seeding(tree: ast.Module, seed: int) -> str:
    """Seeds for what the example draws from; a seed of its own, which comes later, stays."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    text = ""
    if "torch" in names:
        text += f"import torch\ntorch.manual_seed({seed})\n"
    if names & {"np", "numpy"}:
        text += f"import numpy\nimport numpy as np\nnumpy.random.seed({seed})\n"
    return text + (_SEEDING.format(seed) if "random" in names else "")
