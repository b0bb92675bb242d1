"""The functions, methods and classes of a library's source, as its syntax tree has them."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.build import layout
from assay.build.fetch import Source
from assay.build.tracing import module_of

Node = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition: where it is, and the parts of it that people and rules look at.

    `file` is relative to the folder that packages are imported from. `signature` is the line (or
    lines) that begin it, without decorators; `source` is its text, dedented as a whole.
    """

    name: str
    module: str
    qualname: str
    kind: str
    file: str
    first_line: int
    last_line: int
    signature: str
    docstring: str
    statements: int
    decorators: tuple[str, ...]
    source: str


def definitions(source: Source) -> Iterator[tuple[Definition, Node]]:
    """All functions, methods and classes of the library's packages, without its tests."""
    for package in source.packages:
        for path in layout.python_files(source.importable, package):
            file = path.relative_to(source.importable).as_posix()
            if not layout.is_test_path(file):
                yield from in_file(path, file)


def in_file(path: Path, file: str) -> Iterator[tuple[Definition, Node]]:
    """The definitions of one file; none where it cannot be read as Python."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    tree = parsed(text)
    if tree is not None:
        lines = text.splitlines()
        for qualname, kind, node in _walk(tree.body, "", "function"):
            yield _definition(file, qualname, kind, node, lines), node


def parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes, which are none of ours
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def body_of(node: Node) -> list[ast.stmt]:
    """The statements of a definition without its docstring."""
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return node.body[1:]
    return node.body


def parsed_definition(definition: Definition) -> ast.stmt | None:
    """A definition's own text, parsed."""
    tree = parsed(definition.source)
    return tree.body[0] if tree is not None and tree.body else None


def raised_in(definition: Definition) -> set[str]:
    """The exceptions that a body raises by name, without where they come from."""
    tree = parsed(definition.source)
    found = set()
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Raise) and node.exc is not None:
            called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            found.add(ast.unparse(called).rpartition(".")[2])
    return found


def count_statements(node: ast.AST) -> int:
    """All statements beneath a definition, nested ones too, docstrings not."""
    total = 0
    for child in ast.iter_child_nodes(node):
        is_text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        total += (isinstance(child, ast.stmt) and not is_text) + count_statements(child)
    return total


def first_line(node: Node) -> int:
    """Where a definition begins, decorators included: so code objects have it."""
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


def _walk(body: list[ast.stmt], above: str, kind: str) -> Iterator[tuple[str, str, Node]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{above}{node.name}", kind, node
        elif isinstance(node, ast.ClassDef):
            yield f"{above}{node.name}", "class", node
            yield from _walk(node.body, f"{above}{node.name}.", "method")
        elif isinstance(node, ast.If | ast.Try):
            # What is defined under a condition: the branch of a modern installation comes first.
            yield from _walk(node.body, above, kind)
            yield from _walk(node.orelse, above, kind)


def _definition(file: str, qualname: str, kind: str, node: Node, lines: list[str]) -> Definition:
    module = module_of(file)
    start = first_line(node)
    return Definition(
        name=f"{module}.{qualname}",
        module=module,
        qualname=qualname,
        kind=kind,
        file=file,
        first_line=start,
        last_line=node.end_lineno or node.lineno,
        signature=_signature(node),
        docstring=ast.get_docstring(node) or "",
        statements=count_statements(node),
        decorators=tuple(ast.unparse(one) for one in node.decorator_list),
        source=_dedented(lines[start - 1 : node.end_lineno]),
    )


def _signature(node: Node) -> str:
    if isinstance(node, ast.ClassDef):
        bases = [ast.unparse(one) for one in (*node.bases, *node.keywords)]
        head = f"class {node.name}({', '.join(bases)}):" if bases else f"class {node.name}:"
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
                return f"{head}\n    {_signature(inner)}"
        return head
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    return f"{word} {node.name}({ast.unparse(node.args)}){returns}:"


def _dedented(lines: list[str]) -> str:
    margin = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
    return "\n".join(line[margin:] if not line[:margin].strip() else line for line in lines)
