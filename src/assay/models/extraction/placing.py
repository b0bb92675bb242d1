"""Statements of an answer, put where the target wants them, and what speaks for the result."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from assay.models.extraction import layout
from assay.models.extraction.frames import Frame
from assay.models.extraction.statements import (
    BUILTINS,
    Definition,
    Function,
    Unit,
    first_line_of,
    is_code,
    is_stub,
    parse,
    strays,
    units,
)
from assay.models.extraction.trimming import trimmed

_ELIDED = re.compile(
    r"#\s{0,4}(?:\.\.\.|…|rest of|existing|same as|unchanged|remaining|your code|implementation"
    r"|TODO|as before)",
    re.IGNORECASE,
)


class Worth(NamedTuple):
    """What speaks for a placed program, the weightiest first; more is better.

    A body that is there beats a stub, an uncut text one that was cut off, the right name in the
    right place one that is nearly right, the asked signature another one; statements that only
    make sense inside a function say that the text is a body and not a module.
    """

    whole: bool
    uncut: bool
    named: int
    signature: int
    tidy: bool


class Placed(NamedTuple):
    """A module, what speaks for it, and how many names it reads that nothing binds."""

    program: str
    worth: Worth
    unresolved: int = 0

    @property
    def faultless(self) -> bool:
        worth = self.worth
        sound = worth.whole and worth.uncut and worth.tidy
        return sound and worth.named == 2 and not self.unresolved


class _Found(NamedTuple):
    """A definition of the target in the unit numbered `at`; `named` as `_alike` has it."""

    at: int
    node: ast.stmt
    named: int
    owner: ast.ClassDef | None = None


def place(code: str, frame: Frame, is_module: bool = False) -> list[Placed]:
    """The programs that a text makes, none when it does not define the target. What `is_module`
    has the context in it and stays as it is."""
    if frame.kind == "script":
        return _script(code, frame, is_module)
    said = units(layout.dedent(code))
    found = [one for at, unit in enumerate(said) for one in _definitions(unit, at, frame)]
    if not found:
        return []
    # Of several definitions the last one counts, as it does for Python, unless it is less whole.
    best = max(found, key=lambda one: (one.named, _whole(one, said), not said[one.at].cut, one.at))
    worth = Worth(
        _whole(best, said), not said[best.at].cut, best.named, _fits(best, frame),
        not any(strays(unit) for unit in said),
    )  # fmt: skip
    if is_module:
        return [Placed(code, worth)]
    if frame.kind != "method" or (best.owner and not frame.has_class):
        made = [_at_top(said, best, frame)]
    elif best.owner is None:
        made = [_with_members(*_loose_members(said, best.at, frame), frame)]
    else:
        members = _own_members(said[best.at], best.owner, frame)
        made = [_with_members(members, said, best.at, frame)]
        if best.owner.name == frame.owners[0]:
            made.append(_own_class(said, best, best.owner, frame))
    return [Placed(program, worth, unresolved) for program, unresolved in made]


def _script(code: str, frame: Frame, is_module: bool) -> list[Placed]:
    text = layout.dedent(code)
    said = units(text)
    if not any(is_code(unit) for unit in said):
        return []
    worth = Worth(True, not any(unit.cut for unit in said), 2, 2, True)
    if parse(text) is None:
        text = "\n".join(unit.text for unit in said)
    elif frame.name:
        # Handed over as text, into a program around it: its margin belongs to it.
        text = code.strip("\n")
    if not is_module and not _repeats(text, frame):
        text = _module([frame.above, text])
    program = f"{frame.name} = {text!r}\n" if frame.name else text
    return [Placed(program, worth, _unresolved(said, frame))]


def _repeats(text: str, frame: Frame) -> bool:
    """Whether a script is the given one, rewritten, and not what comes after it."""
    there = {line.strip() for line in text.split("\n")}
    given = [line for line in frame.lines if not line.startswith(("import ", "from "))]
    return 2 * len(there.intersection(given)) > len(given) if given else frame.lines <= there


def _definitions(unit: Unit, at: int, frame: Frame) -> Iterator[_Found]:
    for node in _top_level(unit.nodes):
        if frame.kind == "method":
            yield from _methods(node, at, frame)
        elif isinstance(node, Definition):
            wanted = ast.ClassDef if frame.kind == "class" else Function
            named = _alike(node.name, frame.name)
            if named and isinstance(node, wanted):
                yield _Found(at, node, named)
        elif isinstance(node, ast.Assign) and frame.name in unit.names.binds:
            # `f = lambda x: …`; less surely `f = jit(g)`, which may be any value; not `f = f(3)`.
            loaded = {inner.id for inner in ast.walk(node.value) if isinstance(inner, ast.Name)}
            if isinstance(node.value, ast.Lambda):
                yield _Found(at, node, 2)
            made = isinstance(node.value, ast.Call | ast.Name | ast.Attribute)
            if made and frame.name not in loaded:
                yield _Found(at, node, 1)


def _methods(node: ast.stmt, at: int, frame: Frame) -> Iterator[_Found]:
    if isinstance(node, Function) and node.name == frame.name:
        yield _Found(at, node, 2)
    if isinstance(node, ast.ClassDef):
        for owner in (inner for inner in ast.walk(node) if isinstance(inner, ast.ClassDef)):
            for member in owner.body:
                if isinstance(member, Definition) and member.name == frame.name:
                    yield _Found(at, member, 2 if owner.name == frame.owners[-1] else 1, owner)


def _top_level(nodes: tuple[ast.stmt, ...]) -> Iterator[ast.stmt]:
    """The statements of a module, those under its `if` and `try` among them."""
    waiting = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            inner = [*node.body, *getattr(node, "orelse", [])]
            for handler in getattr(node, "handlers", []):
                inner += handler.body
            waiting += reversed(inner)


def _alike(name: str, wanted: str) -> int:
    """2 for the name itself, 1 for another spelling of it (`isPrime`, `is_prime`), else 0."""
    return 2 if name == wanted else int(folded(name) == folded(wanted))


def folded(name: str) -> str:
    return name.replace("_", "").casefold()


def _whole(found: _Found, said: list[Unit]) -> bool:
    """Whether the definition has a body, with nothing left out for the reader to fill in."""
    if is_stub(found.node):
        return False
    if not isinstance(found.node, Function):
        return True
    gaps = any(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.value is ...
        for node in ast.walk(found.node)
    )
    return not gaps and not (found.owner is None and _ELIDED.search(said[found.at].text))


def _fits(found: _Found, frame: Frame) -> int:
    """2 when the arguments are named as asked, 1 when as many can be given, else 0."""
    if frame.arguments is None or not isinstance(found.node, Function):
        return 1
    asked, given = argument_names(frame.arguments), argument_names(found.node.args)
    if asked == given:
        return 2
    required = len(given) - len(found.node.args.defaults)
    variable = found.node.args.vararg is not None
    return int(required <= len(asked) and (len(asked) <= len(given) or variable))


def argument_names(arguments: ast.arguments) -> list[str]:
    return [argument.arg for argument in [*arguments.posonlyargs, *arguments.args]]


def _at_top(said: list[Unit], found: _Found, frame: Frame) -> tuple[str, int]:
    """The answer as it stands, after the context; a function, under the name that was asked."""
    answer = said[found.at].text
    if isinstance(found.node, Definition) and found.owner is None and found.node.name != frame.name:
        answer += f"\n\n\n{frame.name} = {found.node.name}"
    return _assembled(said, found.at, answer, frame)


def _assembled(said: list[Unit], at: int, answer: str, frame: Frame) -> tuple[str, int]:
    before, after = trimmed(said, at, frame)
    texts = [unit.text for unit in before], [unit.text for unit in after]
    program = _module([frame.above, *texts[0], answer, *texts[1], frame.below])
    return program, _unresolved([*before, said[at], *after], frame)


def _with_members(members: list[str], said: list[Unit], at: int, frame: Frame) -> tuple[str, int]:
    """The context's class with these members in it, and the rest of the answer around it."""
    shell = [part.strip("\n") for part in (frame.opening, *members, frame.closing)]
    program, unresolved = _assembled(said, at, "\n\n".join(filter(None, shell)), frame)
    return program, unresolved + _unknown_attributes(program, frame)


def _own_class(
    said: list[Unit], found: _Found, owner: ast.ClassDef, frame: Frame
) -> tuple[str, int]:
    """The answer's own class in place of the context's; what it leaves out speaks against it."""
    program, unresolved = _assembled(said, found.at, said[found.at].text, frame)
    own = {node.name for node in owner.body if isinstance(node, Definition)}
    lost = 2 * len(frame.members - own)
    return program, unresolved + lost + _unknown_attributes(program, frame)


def _loose_members(said: list[Unit], at: int, frame: Frame) -> tuple[list[str], list[Unit], int]:
    """A method without its class, and the functions beside it that it calls as methods; with the
    other statements and the method's number among them."""
    method = said[at]
    called = {node.attr for node in ast.walk(method.node) if isinstance(node, ast.Attribute)}
    beside = [
        unit for unit in said
        if isinstance(unit.node, Function) and unit.node.name in called - {frame.name}
        and not is_stub(unit.node) and not frame.says(unit.text)
    ]  # fmt: skip
    others = [unit for unit in said if unit not in beside]
    members = [
        layout.moved(unit.text.strip("\n"), "", frame.indent,
                     layout.strings(parse(unit.text.strip("\n"))))
        for unit in [*beside, method]
    ]  # fmt: skip
    return members, others, others.index(method)


def _own_members(unit: Unit, owner: ast.ClassDef, frame: Frame) -> list[str]:
    """The method out of the answer's class, with the members that the context's class lacks."""
    tree, lines = parse(unit.text), unit.text.split("\n")
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)] if tree else []
    members: list[str] = []
    for node in next((one.body for one in classes if one.name == owner.name), []):
        name, start = getattr(node, "name", ""), first_line_of(node) - 1
        text = "\n".join(lines[start : node.end_lineno])
        known = name in frame.members or is_stub(node) or isinstance(node, ast.Expr)
        if name == frame.name or not (known or frame.says(text)):
            kept = layout.strings(node, before=start)
            members.append(layout.moved(text, layout.margin_of(text), frame.indent, kept))
    return members


def _unresolved(said: list[Unit], frame: Frame) -> int:
    """How many names are read and bound nowhere: a sign that a part is missing."""
    binds = frame.names.union(*(unit.names.binds for unit in said))
    reads = frozenset[str]().union(*(unit.names.reads for unit in said))
    return 0 if "*" in binds else len(reads - binds - BUILTINS)


def _unknown_attributes(program: str, frame: Frame) -> int:
    """How many attributes of `self` the method's class reads and nowhere sets."""
    tree = parse(program)
    owners = [
        node for node in (tree.body if tree else [])
        if isinstance(node, ast.ClassDef) and node.name == frame.owners[0]
    ]  # fmt: skip
    nodes = list(ast.walk(owners[-1])) if owners else []
    added = {id(node.target) for node in nodes if isinstance(node, ast.AugAssign)}
    read, known = set[str](), set[str]()
    for node in nodes:
        if isinstance(node, Definition):
            known.add(node.name)
        elif isinstance(node, ast.Name):
            known.add(node.id)
        elif isinstance(node, ast.Attribute):
            if isinstance(node.ctx, ast.Store) and id(node) not in added:
                known.add(node.attr)
            if isinstance(node.value, ast.Name) and node.value.id == "self":
                read.add(node.attr)
    return len(read - known)


def _module(parts: list[str]) -> str:
    """One module of several parts; what comes from the future comes first."""
    text = "\n\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"
    tree = parse(text) if "__future__" in text else None
    future = [
        node for node in (tree.body if tree else [])
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]  # fmt: skip
    lines = text.split("\n")
    for node in reversed(future):
        del lines[node.lineno - 1 : node.end_lineno]
    names = dict.fromkeys(alias.name for node in future for alias in node.names)
    return "\n".join([*(f"from __future__ import {name}" for name in names), *lines])
