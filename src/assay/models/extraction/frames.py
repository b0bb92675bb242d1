"""What stands around an answer: a module with a hole in it, and how the answer begins."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from assay.core.words import Target
from assay.models.extraction import layout
from assay.models.extraction.statements import (
    Definition,
    Function,
    first_line_of,
    leaves,
    parse,
    says_nothing,
    units,
)

_BEGINS = re.compile(r"(?:async\s|def\s|class\s|@)")


@dataclass(frozen=True, slots=True)
class Frame:
    """A program is above + (what the answer brings) + opening + answer + closing + below.

    `opening` and `closing` are the class around a method. `head` begins the answer at the margin
    (signature, docstring), empty when nobody said; `filled` is how many statements of the body it
    has; with `goes_on` the context breaks off right there, and an answer may go on from it.
    `names` and `lines` are what the context binds and says, `members` what the class has.
    """

    kind: str
    name: str
    owners: tuple[str, ...] = ()
    context: str = ""
    above: str = ""
    opening: str = ""
    closing: str = ""
    below: str = ""
    indent: str = ""
    head: str = ""
    filled: int = 0
    arguments: ast.arguments | None = None
    goes_on: bool = False
    names: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    has_class: bool = False

    @property
    def bases(self) -> tuple[str, str]:
        """What a diff may change: the context as it was given, and with the answer begun."""
        head = layout.moved(self.head, "", self.indent)
        parts = [self.above, self.opening, head, self.closing, self.below]
        return self.context, "\n".join(filter(None, parts))

    def says(self, text: str) -> bool:
        """Whether the context has all of these lines already."""
        return all(line.strip() in self.lines for line in text.split("\n") if line.strip())


# Hundreds of completions share a target.
@lru_cache(maxsize=256)
def frame_of(target: Target, prompt: str = "") -> Frame:
    """The frame of a target. A prompt that is a program and breaks off in the target takes the
    context's place, as the context of HumanEval's tasks is their prompt."""
    frame = _framed(target, layout.plain(target.context))
    if prompt and target.kind != "script" and not frame.goes_on:
        given, prompt = frame.context.strip(), layout.plain(prompt)
        context = prompt if given in prompt else f"{given}\n\n\n{prompt}"
        begun = _framed(replace(target, context=context), context)
        return begun if begun.goes_on else frame
    return frame


def _framed(target: Target, context: str) -> Frame:
    *owners, name = target.name.split(".")
    kind = "function" if target.kind == "method" and not owners else target.kind
    frame = Frame(
        kind, name, tuple(owners), context, context,
        names=frozenset[str]().union(*(unit.names.binds for unit in units(context))),
        lines=frozenset(line.strip() for line in context.split("\n") if line.strip()),
    )  # fmt: skip
    if target.kind == "script":
        return frame
    frame = _begun(frame, _signature(layout.plain(target.signature)))
    margins = ["    " * depth for depth in range(len(owners) + 1)]
    shell = [f"{margin}class {owner}:" for margin, owner in zip(margins, owners, strict=False)]
    text, tree = _completed(context)
    if tree is None:
        # A context that does not parse stands before the answer as it is.
        return replace(frame, opening="\n".join(shell), indent=margins[-1])
    path = _path(tree, owners)
    if len(path) == len(owners):
        return replace(_around(frame, text, tree, path), has_class=bool(path))
    text = "\n".join([text, "\n", *shell, f"{margins[-1]}pass"])
    tree = parse(text) or tree
    return _around(frame, text, tree, _path(tree, owners))


def _around(frame: Frame, text: str, tree: ast.Module, path: list[ast.ClassDef]) -> Frame:
    """The frame with a hole in the text: where the target's stub is, else at its class's end."""
    lines = text.split("\n")
    body = path[-1].body if path else tree.body
    cut = resume = (path[-1].end_lineno or 0) if path else len(lines)
    if found := [node for node in body if isinstance(node, Definition) and node.name == frame.name]:
        cut, resume = first_line_of(found[-1]) - 1, found[-1].end_lineno or cut
        last = not "\n".join(lines[resume:]).strip()
        goes_on = last and (text != frame.context or _breaks_off(found[-1]))
        own = "\n".join(frame.context.split("\n")[cut:]) if goes_on else _head(lines, found[-1])
        frame = replace(_begun(frame, layout.dedent(own)), goes_on=goes_on)
    if not path:
        return replace(frame, above="\n".join(lines[:cut]), below="\n".join(lines[resume:]))
    start, stop = first_line_of(path[0]) - 1, path[0].end_lineno or 0
    opening, line = "\n".join(lines[start:cut]), lines[first_line_of(body[0]) - 1]
    indent = layout.margin_of(line)
    if body[0].lineno == path[-1].lineno:
        # class A: pass
        indent += "    "
        opening = f"{_before(lines, start, body[0])}\n{indent}{line[body[0].col_offset :]}"
    return replace(
        frame, above="\n".join(lines[:start]), opening=opening, indent=indent,
        closing="\n".join(lines[resume:stop]), below="\n".join(lines[stop:]),
        members=frozenset({one.name for one in body if isinstance(one, Definition)} - {frame.name}),
    )  # fmt: skip


def _begun(frame: Frame, head: str) -> Frame:
    node = _definition(head.rstrip("\n")) if head.strip() else None
    if node is None:
        return frame
    filled = sum(not isinstance(inner, ast.Pass) for inner in node.body)
    arguments = node.args if isinstance(node, Function) else None
    return replace(frame, head=head, filled=filled, arguments=arguments)


def _completed(context: str) -> tuple[str, ast.Module | None]:
    """The context as something that parses: a `def` at its end may lack its body."""
    last = context.rstrip().rpartition("\n")[2]
    for body in ("", f"\n{layout.margin_of(last)}    pass"):
        if (tree := parse(context + body)) is not None:
            return context + body, tree
    return context, None


def _path(tree: ast.Module, owners: list[str]) -> list[ast.ClassDef]:
    """The classes that the target is in, outermost first, as far as they are there."""
    found: list[ast.ClassDef] = []
    body = tree.body
    for owner in owners:
        named = [node for node in body if isinstance(node, ast.ClassDef) and node.name == owner]
        if not named:
            break
        found.append(named[-1])
        body = named[-1].body
    return found


def _breaks_off(node: Definition) -> bool:
    """Whether a definition waits for the rest of its body: nothing in it stands for the rest.

    It may hold more than a docstring: HumanEval/115 has an import before its docstring.
    """
    rest = _after_docstring(node)
    return not leaves(rest) and not any(
        says_nothing(one) and ast.get_docstring(ast.Module([one], [])) is None for one in rest
    )


def _after_docstring(node: Definition) -> list[ast.stmt]:
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def _head(lines: list[str], node: Definition) -> str:
    """A definition's lines up to its body; all of a class, whose members may go on."""
    start, body = first_line_of(node) - 1, _after_docstring(node)
    goes_on = any(isinstance(inner, Function | ast.Assign) for inner in body)
    if not body or (isinstance(node, ast.ClassDef) and goes_on):
        return "\n".join(lines[start : node.end_lineno]) + "\n"
    return _before(lines, start, body[0]) + "\n"


def _before(lines: list[str], start: int, node: ast.stmt) -> str:
    """The text from a line up to a statement."""
    at = first_line_of(node) - 1
    column = 0 if isinstance(node, Definition) else node.col_offset
    own = "".join(lines[at : at + 1]).encode()[:column].decode("utf-8", "replace").rstrip()
    return "\n".join([*lines[start:at], own] if own else lines[start:at])


def _signature(signature: str) -> str:
    """A signature as the beginning of a definition, however it was written down."""
    text = layout.dedent(signature).strip("\n")
    if not text.strip():
        return ""
    text = text if _BEGINS.match(text) else f"def {text}"
    for begun in (text, f"{text}:"):
        if node := _definition(begun):
            return _head(begun.split("\n"), node)
    return ""


def _definition(text: str) -> Definition | None:
    for body in ("", "\n    pass", " pass"):
        tree = parse(text + body)
        if tree is not None and tree.body and isinstance(tree.body[-1], Definition):
            return tree.body[-1]
    return None
