"""Layout that carries code without being part of it: margins, escapes, look-alikes, numbers."""

from __future__ import annotations

import ast
import html
import re
import textwrap

_LOOK_ALIKES = str.maketrans({
    **dict.fromkeys("\u00a0\u202f\u2007\u3000\u2002\u2003\u2009", " "),
    **dict.fromkeys("\u200b\u200c\u200d\ufeff\u2060", ""),
    **dict.fromkeys("“”„", '"'), **dict.fromkeys("‘’‚", "'"), **dict.fromkeys("−–—", "-"),
    "，": ",", "（": "(", "）": ")", "：": ":", "…": "...",
})  # fmt: skip
_NUMBERED = re.compile(r"[ \t]*+\d{1,5}+[ \t]?[|:.]?(?: |\t|$)(.*+)")
_ENTITY = re.compile(r"&(?:lt|gt|quot|amp|apos|nbsp|#\d{1,5}|#x[0-9a-fA-F]{1,4});")


def plain(text: str) -> str:
    """One kind of line end, no byte order mark, no null bytes, nothing that UTF-8 cannot say."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")


def margin_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def first_line(code: str) -> str:
    """The first line that is not blank; empty when there is none."""
    return next((line for line in code.split("\n") if line.strip()), "")


def dedent(code: str) -> str:
    """The code with its first line at the margin."""
    margin = margin_of(first_line(code))
    return moved(code, margin, "") if margin else code


def moved(code: str, old: str, new: str, kept: frozenset[int] = frozenset()) -> str:
    """The code with another margin; lines that are `kept` (from 1) and blank ones stay."""
    return "\n".join(
        line if number in kept or not line.strip() else new + line.removeprefix(old)
        for number, line in enumerate(code.split("\n"), 1)
    )


def strings(tree: ast.AST | None, before: int = 0) -> frozenset[int]:
    """The lines that begin inside a string, counted from the line after `before`: their margin is
    part of its value."""
    inside: set[int] = set()
    for node in ast.walk(tree) if tree else ():
        text = isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        )
        if text and isinstance(node, ast.expr):
            inside.update(range(node.lineno + 1 - before, (node.end_lineno or 0) + 1 - before))
    return frozenset(inside)


def repaired(code: str) -> list[str]:
    """Other readings of code whose characters, margins or line ends a transport has changed."""
    found = [code.translate(_LOOK_ALIKES)]
    if _ENTITY.search(code):
        found.append(html.unescape(code).replace("\u00a0", " "))
    if "\t" in code:
        found += [code.expandtabs(4), code.expandtabs(8)]
    if "\\_" in code:
        found.append(code.replace("\\_", "_").replace("\\*", "*"))
    found += [*_unescaped(code), *_unnumbered(code), textwrap.dedent(code)]
    return [text for text in dict.fromkeys(found) if text not in (code, dedent(code))]


def _unescaped(code: str) -> list[str]:
    """A program as a string literal, or with its line ends spelt out."""
    body = code.strip()
    if body[:1] in ('"', "'") and body[-1:] == body[:1] and len(body) < 1 << 16:
        try:
            value = ast.literal_eval(body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            value = None
        if isinstance(value, str):
            return [value]
    if body.count("\\n") > body.count("\n"):
        spelt = body.replace("\\n", "\n").replace("\\t", "\t")
        return [spelt.replace('\\"', '"').replace("\\'", "'")]
    return []


def _unnumbered(code: str) -> list[str]:
    """A listing without its line numbers."""
    lines = [line for line in code.split("\n") if line.strip()]
    found = [match[1] for line in lines if (match := _NUMBERED.match(line))]
    return ["\n".join(found)] if 1 < len(lines) == len(found) else []
