"""What has to be written: as the signature says, as the prompt says, as most answers take it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from assay.core.errors import InputError
from assay.core.words import Target
from assay.models.extraction.blocks import regions
from assay.models.extraction.layout import dedent, plain
from assay.models.extraction.statements import (
    BUILTINS,
    Definition,
    first_line_of,
    is_stub,
    parse,
    units,
)
from assay.models.extraction.thinking import split_thinking

_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?"
_HEAD = re.compile(
    rf"(?:(?P<kind>class|(?:async\s+)?def)\s+)?(?P<name>{_NAME})\s*(?P<rest>.*)", re.S
)
_IN_PROSE = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"`(?:async )?(?:(?P<kind>def|class) )?(?P<name>{_NAME})(?P<rest>\([^`]*)`",
        rf"(?P<kind>function|method|class)[ ,]+(?:called |named )?`(?P<name>{_NAME})`",
        rf"`(?P<name>{_NAME})` (?P<kind>function|method|class)\b",
        rf"(?P<kind>function|method|class)[ ,]+(?:called|named)[ :]+[\"'`]?(?P<name>{_NAME})",
        rf"^[ \t]*(?:async )?(?P<kind>def|class) (?P<name>{_NAME})(?P<rest>[^\n]*)",
        r"(?<![\w.])(?P<name>[a-z_]\w*)(?P<rest>\((?:[a-z_]\w*(?:, ?[a-z_]\w*)*)?\))",
    )
)  # fmt: skip
_NO_TARGETS = re.compile(r"(?:test_.*|main)\Z")


def from_signature(text: str) -> Target:
    """The target of a signature as a person writes it: `def area(box)`, `area(box)`, `area`,
    `class Stack`, `Stack.push(self, item)`. Raises InputError for anything else."""
    head = _HEAD.fullmatch(text.strip().rstrip(":").strip())
    target = _target(head["kind"] or "", head["name"], head["rest"] or "") if head else None
    if target is None:
        raise InputError(
            f'--signature {text!r}: write it as Python does, such as "def area(box)", '
            '"class Stack" or "Stack.push(self, item)"'
        )
    return target


def _target(kind: str, name: str, rest: str) -> Target | None:
    """None where the rest of the signature is not one."""
    rest = rest.strip().rstrip(":").strip()
    owner, _, own = name.rpartition(".")
    if kind.lower() == "class":
        return Target("class", name, f"class {name}{rest}:" if rest else "")
    if rest and parse(f"def {own}{rest}:\n    pass") is None:
        return None
    signature = f"def {own}{rest}:" if rest else ""
    return Target("method" if owner else "function", name, signature)


def in_prompt(prompt: str) -> Target | None:
    """The target of a prompt: the last stub in its code, else the first name that its prose asks
    for. What stands around a stub becomes the context."""
    text = plain(prompt)
    for region in reversed([one for one in regions(text) if not one.parts]):
        found = (
            _stub(dedent(region.code)) if "def " in region.code or "class " in region.code else None
        )
        if found is not None:
            return found
    for pattern in _IN_PROSE:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            target = _target(parts.get("kind") or "", parts["name"], parts.get("rest") or "")
            if target is not None and target.name not in BUILTINS:
                return target
    return None


def _stub(code: str) -> Target | None:
    """The last definition in a text that has no body to speak of."""
    tree = parse(code)
    lines = code.split("\n")
    for node in reversed(tree.body if tree else []):
        if not isinstance(node, Definition):
            continue
        inner = node.body if isinstance(node, ast.ClassDef) else []
        stubs = [one for one in inner if isinstance(one, Definition) and is_stub(one)]
        open_ = is_stub(node) or (bool(stubs) and len(stubs) == len(_members(inner)))
        if isinstance(node, ast.ClassDef) and stubs and not open_:
            context = "\n".join(lines[: node.end_lineno])
            return Target("method", f"{node.name}.{stubs[-1].name}", "", context)
        if open_:
            kind, start = _kind(node), first_line_of(node) - 1
            head = "" if kind == "class" else _heading(lines, node)
            return Target(kind, node.name, head, "\n".join(lines[:start]).strip("\n"))
    return None


def _members(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    return [node for node in body if isinstance(node, Definition)]


def _kind(node: ast.AST) -> Literal["function", "class"]:
    return "class" if isinstance(node, ast.ClassDef) else "function"


def _heading(lines: list[str], node: ast.stmt) -> str:
    """The lines of a definition up to its body."""
    assert isinstance(node, Definition)
    end = max(first_line_of(node), first_line_of(node.body[0]) - 1)
    return "\n".join(lines[first_line_of(node) - 1 : end])


def most_defined(completions: Sequence[str]) -> Target | None:
    """The function or class that most answers define; helpers of theirs are left out."""
    counts: Counter[tuple[str, str]] = Counter()
    for text in completions:
        counts.update(set(_defined(text)))
    if not counts:
        return None
    (kind, name), _ = counts.most_common(1)[0]
    return Target("class" if kind == "class" else "function", name)


def _defined(completion: str) -> Iterator[tuple[str, str]]:
    """What an answer defines and does not itself call, in the order of the text."""
    answer = split_thinking(plain(completion)).answer
    found: list[tuple[str, str]] = []
    called: set[str] = set()
    for region in regions(answer):
        if region.parts or region.is_diff:
            continue
        for unit in units(dedent(region.code)):
            for node in unit.nodes:
                if isinstance(node, Definition) and not _NO_TARGETS.match(node.name):
                    found.append((_kind(node), node.name))
                    called |= _read_in(node)
    yield from dict.fromkeys(one for one in found if one[1] not in called)


def _read_in(node: ast.stmt) -> set[str]:
    """The names that a definition reads, its own aside."""
    assert isinstance(node, Definition)
    read = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return read - {node.name}
