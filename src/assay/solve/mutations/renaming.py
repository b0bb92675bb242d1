"""Another name for what a prompt asks for, in the prompt; and the old one back, in a program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from assay.core.words import Target
from assay.engine.sources import parse
from assay.solve.mutations.base import Mutant, Prompt
from assay.solve.mutations.reading import Block, read, rendered

_SPAN = re.compile(r"``.+?``|`[^`]+`")
_DEFINED = re.compile(r"(?:async\s+def|def|class)\s+(\w+)")


def renamed(prompt: Prompt, own: str) -> str | None:
    """The prompt with another name for its target; None where the old one means other things,
    too, or does not occur."""
    owner, old = _parts(prompt.target.name)
    if not old or old.startswith("__") or _mentions(old, prompt.target.signature) > 1:
        return None
    text = rendered([_renamed(block, owner, old, own) for block in read(prompt.text)])
    return text if text != prompt.text else None


def target_of(mutant: Mutant, prompt: Prompt) -> Target:
    """The target as the mutant calls it, for reading an answer to the mutant as a program."""
    target = prompt.target
    owner, old = _parts(target.name)
    own = _parts(mutant.name)[1]
    if mutant.name == target.name:
        return target
    block = Block("code", target.context)
    return replace(
        target,
        name=mutant.name,
        signature=_renamed(Block("code", target.signature), owner, old, own).text,
        context=rendered([_renamed(block, owner, old, own)]),
    )


def mapped_back(program: str, mutant: Mutant, prompt: Prompt) -> str:
    """An answer to a mutant as an answer to the prompt: what the mutant named otherwise has its
    name again, wherever the program uses it. A program that does not parse stays as it is, and so
    does one that does not define the mutant's name."""
    owner, old = _parts(prompt.target.name)
    own = _parts(mutant.name)[1]
    tree = parse(program) if own != old else None
    if tree is None:
        return program
    if owner:
        return _put(program, dict.fromkeys(_method_places(tree, program, owner, own), old))
    if not _defines(tree, own):
        return program
    new = dict.fromkeys(_Uses(program, own).found(tree), old)
    # What has the name already, an import or a helper, makes way.
    other = _free_name(old, program)
    new |= dict.fromkeys(_Uses(program, old).found(tree), other)
    return _put(program, new)


def _parts(name: str) -> tuple[str, str]:
    owner, _, own = name.rpartition(".")
    return owner, own


def _mentions(name: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def _renamed(block: Block, owner: str, old: str, own: str) -> Block:
    before = rf"(?:(?<![\w.])|(?<=self\.)|(?<=cls\.)|(?<=\b{re.escape(owner)}\.))" if owner else (
        r"(?<![\w.])"
    )  # fmt: skip
    name = re.compile(rf"{before}{re.escape(old)}(?!\w)")
    if block.kind in ("code", "example"):
        return replace(block, text=name.sub(own, block.text))
    if block.kind == "gap":
        return block
    text = _SPAN.sub(lambda span: name.sub(own, span[0]), block.text)
    # A plain word is a name only where it is called: "accuracy" is English, too.
    plain = old if re.search(r"[_\d]|[a-z][A-Z]", old) else rf"{re.escape(old)}(?=\()"
    return replace(block, text=re.sub(rf"{before}{plain}(?!\w)", own, text))


_Place = tuple[int, int, int]  # line from 0, and the characters in it


def _defines(tree: ast.Module, name: str) -> bool:
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.name == name
        for node in tree.body
    ) or any(
        isinstance(target, ast.Name) and target.id == name
        for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
    )  # fmt: skip


def _free_name(name: str, program: str) -> str:
    free = f"other_{name.strip('_')}"
    while _mentions(free, program):
        free += "_"
    return free


@dataclass(slots=True)
class _Uses(ast.NodeVisitor):
    """Where a name of the module's own scope stands: its definition and its uses, but not where a
    function has a parameter or variable of that name."""

    program: str
    name: str
    places: list[_Place] = field(default_factory=list)

    def found(self, tree: ast.Module) -> list[_Place]:
        self.visit(tree)
        return self.places

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._defined(node)
        outside = [*node.decorator_list, *node.args.defaults, *node.args.kw_defaults]
        outside += [one.annotation for one in _arguments(node.args)] + [node.returns]
        for one in outside:
            if one is not None:
                self.visit(one)
        if not _is_local(node, self.name):
            for statement in node.body:
                self.visit(statement)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        if all(one.arg != self.name for one in _arguments(node.args)):
            self.visit(node.body)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._defined(node)
        for one in (*node.decorator_list, *node.bases, *(word.value for word in node.keywords)):
            self.visit(one)
        for statement in node.body:
            # A method of that name is another thing.
            if isinstance(statement, ast.FunctionDef) and statement.name == self.name:
                for inner in statement.body:
                    self.visit(inner)
            else:
                self.visit(statement)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id == self.name:
            self.places.append(_place(self.program, node.lineno, node.col_offset, self.name))

    def visit_Constant(self, node: ast.Constant) -> None:
        # An annotation in quotes, an entry of __all__.
        if node.value == self.name and node.lineno == node.end_lineno:
            line, start, end = _place(self.program, node.lineno, node.col_offset, self.name)
            written = self.program.split("\n")[line][start:]
            if re.match(rf"[\"']{re.escape(self.name)}[\"']", written):
                self.places.append((line, start + 1, end + 1))

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            line, _start, end = _place(self.program, alias.lineno, alias.col_offset, alias.name)
            if alias.asname == self.name:
                written = self.program.split("\n")[line]
                at = re.compile(rf"\s+as\s+{re.escape(self.name)}").match(written, end)
                if at:
                    self.places.append((line, at.end() - len(self.name), at.end()))
            elif alias.asname is None and alias.name == self.name:
                # Of no width: " as other" goes in after it.
                self.places.append((line, end, end))

    visit_ImportFrom = visit_Import  # noqa: N815

    def _defined(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        if node.name == self.name:
            self.places.append(_definition(self.program, node))


def _arguments(given: ast.arguments) -> Iterator[ast.arg]:
    yield from (*given.posonlyargs, *given.args, *given.kwonlyargs)
    yield from (one for one in (given.vararg, given.kwarg) if one is not None)


def _is_local(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether a function binds the name for itself."""
    if any(one.arg == name for one in _arguments(node.args)):
        return True
    inner = list(_own_statements(node))
    if any(isinstance(one, ast.Global) and name in one.names for one in inner):
        return False
    return any(
        (isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Store))
        or (isinstance(one, ast.FunctionDef | ast.ClassDef) and one.name == name)
        or (isinstance(one, ast.alias) and (one.asname or one.name) == name)
        for one in inner
    )


def _own_statements(node: ast.AST) -> Iterator[ast.AST]:
    """What is in a function, but not in those inside of it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(
            child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        ):
            yield from _own_statements(child)


def _method_places(tree: ast.Module, program: str, owner: str, own: str) -> Iterator[_Place]:
    """Where a method of a class is defined, and where it is called by self, cls or the class. An
    answer that is the bare function is known, too."""
    classes = [one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == owner]
    holders: list[ast.Module | ast.ClassDef] = [tree, *classes]
    for holder in holders:
        for node in holder.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == own:
                yield _definition(program, node)
    for use in ast.walk(tree):
        if isinstance(use, ast.Attribute) and use.attr == own and _is_own(use.value, owner):
            line, end = (use.end_lineno or 1) - 1, use.end_col_offset or 0
            stop = _characters(program, line, end)
            yield line, stop - len(own), stop


def _is_own(value: ast.expr, owner: str) -> bool:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in ("super", "type", owner)
    return isinstance(value, ast.Name) and value.id in ("self", "cls", owner)


def _definition(
    program: str, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
) -> _Place:
    line = node.lineno - 1
    start = _characters(program, line, node.col_offset)
    found = _DEFINED.match(program.split("\n")[line], start)
    # A name on the line after `def \`: nobody writes so.
    return (line, *found.span(1)) if found else (line, start, start)


def _place(program: str, line: int, column: int, name: str) -> _Place:
    start = _characters(program, line - 1, column)
    return line - 1, start, start + len(name)


def _characters(program: str, line: int, column: int) -> int:
    """The tree counts bytes."""
    return len(program.split("\n")[line].encode()[:column].decode())


def _put(program: str, new: dict[_Place, str]) -> str:
    lines = program.split("\n")
    for (line, start, end), name in sorted(new.items(), reverse=True):
        put = name if end > start else f" as {name}"
        lines[line] = lines[line][:start] + put + lines[line][end:]
    return "\n".join(lines)
