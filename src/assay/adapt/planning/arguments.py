"""Arguments into calls of the script: one more, another value, one more of a list."""

from __future__ import annotations

import re

import libcst as cst

from assay.adapt.planning.words import Draft, Refusal

_LONGEST = 98


def set_keyword(draft: Draft, call: cst.Call, name: str, value: str, why: str) -> None:
    """A keyword's value; one more argument where the call does not have it. Refusal where the
    value is written over several lines."""
    source = draft.source
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == name:
            at = source.span(arg.value)
            if at.start.line != at.end.line:
                raise Refusal(f"`{name}` is written over several lines", at.start.line)
            draft.replace(at.start.line, at.start.column, at.end.column, value, why)
            return
    add_argument(draft, call, f"{name}={value}", why)


def add_argument(draft: Draft, call: cst.Call, text: str, why: str) -> None:
    """One more argument at the end of a call: on a line of its own where the others are."""
    source = draft.source
    if not call.args:
        end = source.span(call).end
        draft.replace(end.line, end.column - 1, end.column - 1, text, why)
        return
    last = call.args[-1]
    end = source.span(last.value).end
    starts = [source.span(arg).start.line for arg in call.args]
    line = source.lines[end.line - 1]
    column = end.column
    close = source.span(call).end
    while line[column : column + 1] == ")" and (end.line, column + 1) < (close.line, close.column):
        column += 1
    if close.line > end.line and len(set(starts)) > 1 and line[column:].lstrip().startswith(","):
        first = source.span(last).start
        indent = source.lines[first.line - 1][: first.column]
        indent = indent if not indent.strip() else re.match(r"\s*", indent).group()  # type: ignore[union-attr]
        draft.insert(end.line, [f"{text},"], indent, why)
    elif len(line) + len(text) > _LONGEST and close.line == end.line and not line[close.column :]:
        # A line of its own, below the first argument or the one that ends the call.
        first = source.span(call.args[0]).start
        column_of = first.column if first.line == end.line else len(line) - len(line.lstrip())
        draft.replace(end.line, column, close.column, ",", why)
        draft.insert(end.line, [f"{text}{line[column : close.column]}"], " " * column_of, why)
    else:
        draft.replace(end.line, column, column, f", {text}", why)


def extend(draft: Draft, value: cst.BaseExpression, text: str, why: str) -> None:
    """One more callback in a list."""
    source = draft.source
    if isinstance(value, cst.List) and value.elements:
        last = value.elements[-1].value
        end = source.span(last).end
        line = source.lines[end.line - 1]
        close = source.span(value).end
        if close.line > end.line and line[end.column :].lstrip().startswith(","):
            start = source.span(last).start
            indent = source.lines[start.line - 1][: start.column]
            draft.insert(end.line, [f"{text},"], indent, why)
        else:
            draft.replace(end.line, end.column, end.column, f", {text}", why)
        return
    at = source.span(value)
    if isinstance(value, cst.List):
        draft.replace(at.start.line, at.start.column, at.end.column, f"[{text}]", why)
    elif isinstance(value, cst.Name):
        draft.replace(at.start.line, at.start.column, at.end.column,
                      f"[*{source.code(value)}, {text}]", why)  # fmt: skip
    else:
        raise Refusal("the callbacks of fit() are no plain list", at.start.line)
