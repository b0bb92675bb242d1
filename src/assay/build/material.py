"""What a task is made of, out of an installed library's source: the target, the prompt, the
reference as a program of its own. All of it stays on the machine that it was made on."""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assay.build.definitions import Definition, Node, in_file, parsed
from assay.build.faults import BuildFault
from assay.core.words import Target

Kind = Literal["function", "class", "method"]
DOCSTRING, OWN = "docstring", "own"


@dataclass(frozen=True, slots=True)
class Material:
    """`installed` is a program that has the reference as it is installed, `reference` one that has
    a copy of its text and needs only its neighbours; `called` is what both call it. `by_docstring`
    is the prompt that it has without own words, else the same."""

    definition: Definition
    target: Target
    prompt: str
    by_docstring: str
    reference: str
    installed: str

    @property
    def prompts(self) -> dict[str, str]:
        """Both prompts by style."""
        return {DOCSTRING: self.by_docstring, OWN: self.prompt}

    @property
    def called(self) -> str:
        return self.target.name


def material(site: Path, function: str, words: str | None) -> Material:
    """Of the function, class or method of that qualified name in the packages under `site`, with a
    prompt in own `words`, or else by its docstring. BuildFault where it is not there."""
    path, file, qualname = _locate(site, function)
    # The last of that name: those before it may be stubs for type checkers.
    found = [(one, node) for one, node in in_file(path, file) if one.qualname == qualname]
    tree = parsed(path.read_text(encoding="utf-8", errors="replace"))
    if not found or tree is None:
        raise BuildFault("material", "renamed", f"{function} is not in {file} of this version")
    definition, node = found[-1]
    kind: Kind = definition.kind  # type: ignore[assignment]
    names = _Names(tree, definition.module)
    context = _context(definition, node, names, kind)
    above = context if kind != "method" else ""
    by_docstring = _prompt(definition, None, above, _shown(definition, node, kind, own_words=False))
    own = _prompt(definition, words, above, _shown(definition, node, kind, own_words=True))
    return Material(
        definition,
        Target(kind, qualname, definition.signature.splitlines()[0], context),
        by_docstring if words is None else own,
        by_docstring,
        _program(definition, node, names, kind),
        f"from {definition.module} import {qualname.partition('.')[0]}\n",
    )


def _locate(site: Path, function: str) -> tuple[Path, str, str]:
    parts = function.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        base = site.joinpath(*parts[:cut])
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if path.is_file():
                return path, path.relative_to(site).as_posix(), ".".join(parts[cut:])
    raise BuildFault("material", "missing", f"{function}: no module of that name is installed")


class _Names:
    """The names at the top of a module, and the line that brings each to another one."""

    def __init__(self, tree: ast.Module, module: str) -> None:
        self._module = module
        self._lines: dict[str, str] = {}
        self.has_star = False
        self.future = False
        for node, always in _top(tree.body):
            self._add(node, always)

    def _add(self, node: ast.stmt, always: bool) -> None:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            self.future = True
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                self.has_star |= alias.name == "*"
                name = alias.asname or alias.name.partition(".")[0]
                line = self._import(node, alias) if always else self._from_module(name)
                self._lines[name] = line
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self._lines[node.name] = self._from_module(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for part in (part for target in targets for part in ast.walk(target)):
                if isinstance(part, ast.Name):
                    self._lines[part.id] = self._from_module(part.id)

    def _import(self, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
        if isinstance(node, ast.ImportFrom) and node.level:
            return self._from_module(alias.asname or alias.name)
        return ast.unparse(
            ast.Import([alias]) if isinstance(node, ast.Import)
            else ast.ImportFrom(node.module, [alias], 0)
        )  # fmt: skip

    def _from_module(self, name: str) -> str:
        return f"from {self._module} import {name}"

    def lines(self, used: Iterable[str], but: str, bound: Iterable[str] = ()) -> list[str]:
        """The lines that bring the used names, sorted as people do; `but` is what is defined, and
        `bound` what it binds itself: no name to look for in what `import *` brought."""
        found = {self._lines[name] for name in used if name in self._lines and name != but}
        if self.has_star:
            known = {*self._lines, *vars(builtins), but, *bound}
            found |= {self._from_module(name) for name in used if name not in known}
        return sorted(found, key=lambda line: (line.startswith("from"), line))


def _top(body: list[ast.stmt], always: bool = True) -> Iterator[tuple[ast.stmt, bool]]:
    """The statements that run when a module is imported, with whether they always do; what only
    type checkers see is none of them."""
    for node in body:
        if isinstance(node, ast.If):
            if "TYPE_CHECKING" not in ast.unparse(node.test):
                yield from _top([*node.body, *node.orelse], False)
        elif isinstance(node, ast.Try):
            handlers = [part for handler in node.handlers for part in handler.body]
            yield from _top([*handlers, *node.body, *node.orelse], False)
        else:
            yield node, always


def _used(node: ast.AST) -> set[str]:
    """The names that a definition reads and does not bind itself."""
    read: set[str] = set()
    bound: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            (read if isinstance(part.ctx, ast.Load) else bound).add(part.id)
        elif isinstance(part, ast.arg):
            bound.add(part.arg)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            read |= _quoted(part.value)
    return read if isinstance(node, ast.ClassDef) else read - (bound - read)


def _bound_in(node: ast.AST) -> set[str]:
    """The names that a definition binds anywhere inside: arguments, variables, definitions."""
    found: set[str] = {"__class__", "super"}
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            found.add(part.id)
        elif isinstance(part, ast.arg):
            found.add(part.arg)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(part.name)
        elif isinstance(part, ast.alias):
            found.add(part.asname or part.name.partition(".")[0])
        elif isinstance(part, ast.ExceptHandler) and part.name:
            found.add(part.name)
    return found


def _quoted(text: str) -> set[str]:
    """The names in an annotation that is written as a string."""
    if len(text) > 200 or "\n" in text:
        return set()
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return set()
    allowed = (ast.Expression, ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.BinOp,
               ast.BitOr, ast.Load, ast.Constant)  # fmt: skip
    parts = list(ast.walk(tree))
    if not all(isinstance(part, allowed) for part in parts):
        return set()
    return {part.id for part in parts if isinstance(part, ast.Name)}


def _head(node: Node) -> list[ast.AST]:
    """What of a definition has to be known before its body: arguments, bases, annotations."""
    if isinstance(node, ast.ClassDef):
        inner = [one for one in node.body if isinstance(one, ast.FunctionDef)]
        return [*node.bases, *(keyword.value for keyword in node.keywords),
                *(part for method in inner for part in _head(method))]  # fmt: skip
    return [node.args, *([node.returns] if node.returns else [])]


def _context(definition: Definition, node: Node, names: _Names, kind: Kind) -> str:
    used = {name for part in _head(node) for name in _used(part)}
    lines = names.lines(used, definition.qualname.partition(".")[0])
    text = "from __future__ import annotations\n\n" + "\n".join(lines)
    if kind == "method":
        owner = definition.qualname.partition(".")[0]
        text += (
            f"\nfrom {definition.module} import {owner} as _{owner}\n\n\n"
            f"class {owner}(_{owner}):\n    pass\n"
        )
    return text.rstrip("\n") + "\n"


def _program(definition: Definition, node: Node, names: _Names, kind: Kind) -> str:
    owner = definition.qualname.partition(".")[0]
    lines = names.lines(_used(node), "" if kind == "method" else owner, _bound_in(node))
    head = ["from __future__ import annotations", ""] if names.future else []
    source = _absolute(definition, node)
    if kind == "method":
        lines = [line for line in lines if line != f"from {definition.module} import {owner}"]
        lines.append(f"from {definition.module} import {owner} as _{owner}")
        source = f"class {owner}(_{owner}):\n{textwrap.indent(source, '    ')}"
    return "\n".join([*head, *lines, "", "", source]) + "\n"


def _absolute(definition: Definition, node: Node) -> str:
    """The definition's text; where it imports from its neighbours, it says of which package."""
    inner = [part for part in ast.walk(node) if isinstance(part, ast.ImportFrom) and part.level]
    if not inner:
        return definition.source
    parts = definition.module.split(".")
    if not definition.file.endswith("__init__.py"):
        parts = parts[:-1]
    for part in inner:
        above = parts[: len(parts) - part.level + 1]
        part.module, part.level = ".".join(filter(None, [*above, part.module])), 0
    return ast.unparse(node)


def _shown(definition: Definition, node: Node, kind: Kind, own_words: bool) -> str:
    """The definition without its body, as a prompt shows it."""
    text = _skeleton(node, own_words)
    if kind != "method":
        return text
    owner = definition.qualname.partition(".")[0]
    return f"class {owner}:\n{textwrap.indent(text, '    ')}"


def _skeleton(node: Node, own_words: bool) -> str:
    docstring = "" if own_words else ast.get_docstring(node) or ""
    said: list[ast.stmt] = [ast.Expr(ast.Constant(docstring))] if docstring else []
    shell = ast.parse("def shell():\n    ...\n" if not isinstance(node, ast.ClassDef) else
                      "class Shell:\n    ...\n").body[0]  # fmt: skip
    assert isinstance(shell, Node)
    shell.name = node.name
    if isinstance(node, ast.ClassDef):
        assert isinstance(shell, ast.ClassDef)
        shell.bases, shell.keywords = node.bases, node.keywords
        inner = [part for part in node.body
                 if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]  # fmt: skip
        shell.body = said or shell.body
        head = ast.unparse(shell)
        head = head if said or not inner else head.removesuffix("    ...").rstrip("\n")
        parts = [textwrap.indent(_skeleton(part, own_words), "    ") for part in inner]
        return "\n\n".join([head, *parts]) if said else "\n".join([head, *parts])
    assert isinstance(shell, ast.FunctionDef)
    shell.args, shell.returns, shell.decorator_list = node.args, node.returns, node.decorator_list
    shell.body = [*said, *shell.body]
    return ast.unparse(shell)


def _prompt(definition: Definition, words: str | None, context: str, shown: str) -> str:
    what = {
        "function": f"the function `{definition.qualname}`",
        "class": f"the class `{definition.qualname}`",
        "method": f"the method `{definition.qualname}`",
    }[definition.kind]
    library = definition.module.partition(".")[0]
    begins = f"Write {what}, which belongs to the library {library} but is missing from it."
    said = f"\n\n{textwrap.dedent(words).strip()}" if words else ""
    code = "\n\n\n".join(filter(None, (context.strip(), shown)))
    return f"{begins}{said}\n\n```python\n{code}\n```\n"
