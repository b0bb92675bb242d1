"""Imports into the script, where the style guide wants them."""

from __future__ import annotations

import re
import sys

import libcst as cst

from assay.adapt.editing import Insert
from assay.adapt.planning.words import Draft

# What a component that hooks into frameworks has to be imported before.
_HOOKED = ("torch", "torchvision", "tensorflow", "keras", "sklearn", "lightning",
           "pytorch_lightning", "xgboost", "lightgbm", "transformers", "fastai")  # fmt: skip

_LONGEST = 88


def place(draft: Draft) -> None:
    """Insert all imports that the plan needs and the script lacks."""
    source = draft.source
    block = _imports(draft)
    have = {
        " ".join(source.code(node).split()) for node in source.all((cst.Import, cst.ImportFrom))
    }
    opened: dict[tuple[int, int], list[str]] = {}
    for text, first in sorted(draft.imports, key=lambda one: (one[0].startswith("from"), one)):
        if text in have or _merged(draft, block, text):
            continue
        after, group = _after(draft, block, text, first), _group(_package(text))
        if block and group not in {_group(_package(source.code(s.body[0]))) for s in block}:
            opened.setdefault((group, after), []).append(text)
        else:
            draft.insert(after, [text], "", "the component", outside=True)
    for (_, after), texts in opened.items():
        # A group of its own stands apart from the others.
        lines = [*texts, ""] if after < source.line(block[0]) else ["", *texts]
        draft.insert(after, lines, "", "the component", outside=True)


def _merged(draft: Draft, block: list[cst.SimpleStatementLine], text: str) -> bool:
    """Whether `from a import b` went into a line of the script that imports from there, too."""
    source = draft.source
    wanted = re.fullmatch(r"from ([\w.]+) import (\w+(?:, \w+)*)", text)
    if wanted is None:
        return False
    for statement in block:
        node = statement.body[0]
        plain = isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar)
        if not plain or source.line(statement) != source.end_line(statement):
            continue
        head, bracket, names = source.code(node).partition(" import ")
        if head != f"from {wanted[1]}" or not bracket or "(" in names:
            continue
        have = [name.strip() for name in names.split(",")]
        new = [name for name in wanted[2].split(", ") if name not in have]
        every = sorted(have + new) if have == sorted(have) else have + new
        at = source.span(node)
        line = f"{head} import {', '.join(every)}"
        if new and len(line) > _LONGEST:
            return False
        if new:
            draft.replace(at.start.line, at.start.column, at.end.column, line, "the component")
        return True
    return False


def _imports(draft: Draft) -> list[cst.SimpleStatementLine]:
    """The import statements of the module's own level, as far as they stand before what the plan
    puts in: scripts out of notebooks import where they go."""
    first = min((edit.after for edit in draft.edits if isinstance(edit, Insert)), default=0)
    return [
        statement
        for statement in draft.source.module.body
        if isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], (cst.Import, cst.ImportFrom))
        and (not first or draft.source.end_line(statement) <= first)
    ]


def _package(text: str) -> str:
    match = re.match(r"(?:from|import)\s+([\w.]+)", text)
    return match.group(1) if match else ""


def _group(name: str) -> int:
    """0 for __future__, 1 for the standard library, 2 for everybody else's."""
    top = name.split(".")[0]
    return 0 if top == "__future__" else 1 if top in sys.stdlib_module_names else 2


def _after(draft: Draft, block: list[cst.SimpleStatementLine], text: str, first: bool) -> int:
    """The line after which an import goes: in order within its group, as far as the script keeps
    one."""
    source = draft.source
    if not block:
        return _head(draft)
    name, group = _package(text), _group(_package(text))
    lines = [(source.line(s), source.end_line(s), _package(source.code(s.body[0])),
              source.code(s.body[0]).startswith("import")) for s in block]  # fmt: skip
    plain = text.startswith("import")
    own = [one for one in lines if _group(one[2]) == group]
    if first:
        hooked = [one for one in own if one[2].split(".")[0] in _HOOKED]
        if hooked:
            return min(hooked)[0] - 1
    same = [one for one in own if one[3] == plain] or own
    earlier = [one for one in same if one[2].lower() <= name.lower()]
    if earlier:
        return max(earlier)[1]
    if same:
        return same[0][0] - 1
    before = [one for one in lines if _group(one[2]) < group]
    return max(before)[1] if before else lines[0][0] - 1


def _head(draft: Draft) -> int:
    """After the docstring and the comments that begin a script without imports."""
    body = draft.source.module.body
    if body and isinstance(body[0], cst.SimpleStatementLine):
        small = body[0].body[0]
        if isinstance(small, cst.Expr) and isinstance(small.value, cst.BaseString):
            return draft.source.end_line(body[0])
    lines = draft.source.lines
    at = 0
    while at < len(lines) and lines[at].startswith("#"):
        at += 1
    return at
