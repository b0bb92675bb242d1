"""Calls for differential checks of a function nobody wrote a generator for: out of its doctest
examples, annotations, defaults and documentation. What is no use shows when the reference is asked.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assay.build import doctests
from assay.build.definitions import Definition, Node, definitions
from assay.build.fetch import Source
from assay.build.inputs import Draw, Parameter, parameters

SEEDS = 32
_EXAMPLES = 10
_MODULES = ("torch", "numpy", "pandas", "math")
_SPECIAL = {"__call__", "__getitem__", "__len__", "__iter__"}


@dataclass(frozen=True)
class Surroundings:
    """The definitions of a library, by file and qualified name: methods need their class; and the
    array library that each file works with."""

    known: dict[tuple[str, str], tuple[Definition, Node]] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    classes: dict[str, tuple[Definition, ast.ClassDef]] = field(default_factory=dict)

    def bases(
        self, node: ast.ClassDef, depth: int = 0
    ) -> Iterator[tuple[Definition, ast.ClassDef]]:
        """The classes of the library that a class inherits from, nearest first, by their names."""
        for base in node.bases:
            found = self.classes.get(ast.unparse(base).rpartition(".")[2])
            if found and found[1] is not node and depth < 5:
                yield found
                yield from self.bases(found[1], depth + 1)

    @classmethod
    def of(cls, source: Source, locked: str) -> Surroundings:
        """Those of a library; `locked` are its requirements, which say what arrays there are."""
        known: dict[tuple[str, str], tuple[Definition, Node]] = {}
        imports: dict[str, str] = {}
        classes: dict[str, tuple[Definition, ast.ClassDef]] = {}
        there = [one for one in ("torch", "numpy") if re.search(rf"^{one}==", locked, re.M)]
        for definition, node in definitions(source):
            known.setdefault((definition.file, definition.qualname), (definition, node))
            if isinstance(node, ast.ClassDef):
                classes.setdefault(definition.qualname, (definition, node))
            if definition.file not in imports:
                text = (source.importable / definition.file).read_text("utf-8", "replace")
                named = [one for one in there if re.search(rf"\b{one}\b", text)]
                imports[definition.file] = (*named, *there[-1:], "none")[0]
        return cls(known, imports, classes)


def calls(definition: Definition, around: Surroundings) -> list[str]:
    """At most `SEEDS` calls, no two alike; the last line of each is what is compared. Empty for
    what cannot be called with anything that is known here."""
    found: dict[str, None] = {}
    name = definition.qualname.partition(".")[0]
    if definition.kind != "method":
        for text in doctests.calls(definition, _EXAMPLES):
            found[doctests.unqualified(text, name)] = None
    for seed in range(2 * SEEDS):
        if len(found) >= SEEDS:
            break
        try:
            text = _call(definition, around, seed)
        except LookupError:
            continue
        found[_with_imports(text)] = None
    return list(found)


def _call(definition: Definition, around: Surroundings, seed: int) -> str:
    favours = around.imports[definition.file]
    draw = Draw(definition.name, seed, favours)
    _, node = around.known[definition.file, definition.qualname]
    if isinstance(node, ast.ClassDef):
        made = _instance(definition, node, around, draw)
        return _used(made, definition, node, around, draw)
    given = _arguments(parameters(node, definition.docstring), draw)
    if definition.kind == "function":
        return f"{definition.qualname}({given})"
    owner, _, name = definition.qualname.rpartition(".")
    if {"staticmethod", "classmethod"} & set(definition.decorators):
        return f"{owner}.{name}({given})"
    outer, class_node = around.known[definition.file, owner]
    assert isinstance(class_node, ast.ClassDef)
    made = _instance(outer, class_node, around, draw)
    return _of_method(made, name, given, definition.decorators)


def _of_method(made: str, name: str, given: str, decorators: tuple[str, ...]) -> str:
    if any(
        one in ("property", "cached_property", "functools.cached_property") for one in decorators
    ):
        return f"{made}.{name}"
    if name == "__init__":
        raise LookupError("what a constructor does is for its class to show")
    if name in ("forward", "__call__"):
        return f"{made}({given})"
    return f"{made}.{name}({given})"


def _used(
    made: str, definition: Definition, node: ast.ClassDef, around: Surroundings, draw: Draw
) -> str:
    """An instance says little: one of its methods is called, in turn, inherited ones too."""
    public: dict[str, ast.FunctionDef] = {}
    for one in (node, *(base for _, base in around.bases(node))):
        for part in one.body:
            if not isinstance(part, ast.FunctionDef):
                continue
            if part.name[0] != "_" or part.name in _SPECIAL:
                public.setdefault(part.name, part)
    if not public:
        raise LookupError(f"{definition.qualname} has no method to call")
    # What a module computes is in `forward`: it comes each second time.
    main = [one for name, one in public.items() if name in ("forward", "__call__")]
    every = list(public.values())
    chosen = main[0] if main and draw.seed % 4 < 2 else every[draw.seed // 2 % len(every)]
    given = _arguments(parameters(chosen, ast.get_docstring(chosen) or definition.docstring), draw)
    decorators = tuple(ast.unparse(one) for one in chosen.decorator_list)
    return _of_method(made, chosen.name, given, decorators)


def _instance(definition: Definition, node: ast.ClassDef, around: Surroundings, draw: Draw) -> str:
    """An instance of a class: each second time as its examples make one, else by its parameters."""
    examples = doctests.constructions(definition)
    if examples and draw.seed % 2 == 0:
        return examples[draw.seed // 2 % len(examples)]
    try:
        return f"{definition.qualname}({_of_class(definition, node, around, draw)})"
    except LookupError:
        if examples:
            return examples[draw.seed % len(examples)]
        raise


def _of_class(definition: Definition, node: ast.ClassDef, around: Surroundings, draw: Draw) -> str:
    """The arguments of a class's constructor, its own or an inherited one."""
    for outer, one in ((definition, node), *around.bases(node)):
        for part in one.body:
            if isinstance(part, ast.FunctionDef) and part.name == "__init__":
                said = "\n".join([outer.docstring, ast.get_docstring(part) or ""])
                return _arguments(parameters(part, said), draw)
        if any("dataclass" in decorator for decorator in outer.decorators):
            fields = [field_ for field_ in one.body if isinstance(field_, ast.AnnAssign)]
            return _arguments([_field(field_) for field_ in fields], draw)
    return ""


def _field(node: ast.AnnAssign) -> Parameter:
    default = ast.unparse(node.value) if node.value else None
    return Parameter(ast.unparse(node.target), ast.unparse(node.annotation), default, "")


def _arguments(found: list[Parameter], draw: Draw) -> str:
    """Positional as long as none is left out: so people call."""
    parts: list[str] = []
    by_name = False
    for one in found:
        text = draw.given(one)
        by_name = by_name or one.keyword or text is None
        if text is not None:
            parts.append(f"{one.name}={text}" if by_name else text)
    return ", ".join(parts)


def _with_imports(text: str) -> str:
    used = [name for name in _MODULES if re.search(rf"\b{name}\.", text)]
    return "".join(f"import {name}\n" for name in used) + text
