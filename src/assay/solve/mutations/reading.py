"""A prompt taken apart: code, which nobody touches, and prose, in paragraphs and sentences.

Prose is what stands outside of fenced blocks, and inside of code what docstrings and whole-line
comments say. Put together again, the blocks are the text, to the letter.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from assay.engine.sources import parse

Kind = Literal["code", "gap", "prose", "verbatim", "example"]

_FENCE = re.compile(r"^(`{3,}|~{3,})[^\n]*\n(.*?)^\1[ \t]*$", re.M | re.S)
_QUOTES = re.compile(r'[rRuU]?("""|\'\'\'|"|\')')
# Lines with a form of their own: lists, headings, fields, tables, arrows of examples.
_FORMED = re.compile(
    r"[-*•+] |\(?\d+[.)] |(?:\w+ ){0,2}\w+:$|:\w+|\|.*\|$|-{3}|={3}|\.\. |#|\w+ : "
    r"|.*(?:=>|➞|\$\$)|\w+\(.*\)\s*(?:==|-+>|=|#|returns\b)|(?:for )?(?:examples?|notes?)[ \d]*:?$",
    re.I,
)
_SPANS = re.compile(r"``.+?``|`[^`]+`|\"[^\"\n]*\"|(?<!\w)'[^'\n]{1,40}'(?!\w)")
_END = re.compile(r"[.!?][\"')\]]*\s+(?=\S)")
_ABBREVIATED = re.compile(
    r"(?:(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|resp|approx|w\.r\.t|fig|eq|no|\.\.)|^\d+)\.$", re.I
)
_LEAST_WIDTH = 72


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a prompt. `text` is without the indent that its lines but the first have; blocks
    of one `region` (a docstring, the text around the code) can change places."""

    kind: Kind
    text: str
    indent: str = ""
    region: int = -1

    def render(self) -> str:
        return self.text.replace("\n", "\n" + self.indent)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Of prose, on one line each."""
        return _sentences(re.sub(r"[ \t]*\n[ \t]*", " ", self.text).strip())

    def saying(self, sentences: Sequence[str]) -> Block:
        """The same block with other sentences, broken into lines if it was."""
        if tuple(sentences) == self.sentences:
            return self
        text = " ".join(sentences)
        if "\n" in self.text:
            width = max(_LEAST_WIDTH, *map(len, self.text.split("\n")))
            text = _filled(text, width)
        return replace(self, text=text)


def _filled(text: str, width: int) -> str:
    """In lines, none of which begins as if it were a point of a list or the like."""
    for narrower in range(width // 4):
        lines = textwrap.wrap(
            text, width - narrower, break_long_words=False, break_on_hyphens=False
        )
        if not any(_FORMED.match(line) or line.startswith(">>>") for line in lines[1:]):
            return "\n".join(lines)
    return text


def rendered(blocks: Iterable[Block]) -> str:
    return "".join(block.render() for block in blocks)


def each_sentence(text: str, change: Callable[[str], str]) -> str:
    """A prompt with every sentence of its prose changed."""
    return rendered(
        block.saying(list(map(change, block.sentences))) if block.kind == "prose" else block
        for block in read(text)
    )


@lru_cache(maxsize=512)
def read(text: str) -> tuple[Block, ...]:
    """The blocks of a prompt."""
    tree = parse(text)
    # A sentence or a name can be an expression, too.
    if tree is not None and any(not isinstance(node, ast.Expr) for node in tree.body):
        return tuple(_renumbered(_code(text)))
    found: list[Block] = []
    end = 0
    for fence in _FENCE.finditer(text):
        found += _lines(text[end : fence.start()], "", 0)
        found.append(Block("code", text[fence.start() : fence.start(2)]))
        found += _code(fence[2])
        found.append(Block("code", text[fence.end(2) : fence.end()]))
        end = fence.end()
    found += _lines(text[end:], "", 0)
    return tuple(_renumbered(found))


def _renumbered(blocks: list[Block]) -> Iterator[Block]:
    """Regions by number: what is between two pieces of code, or between their quotes, is one."""
    region = 0
    for block in blocks:
        if block.kind == "code":
            region += 1
        yield replace(block, region=-1 if block.kind == "code" else region)


def _code(text: str) -> list[Block]:
    """Code, with the prose of its docstrings and of its whole-line comments."""
    tree = parse(text)
    # By character, as offsets of the tree count bytes.
    if tree is None:
        return [Block("code", text)]
    starts = _line_starts(text)
    places = [*_docstrings(tree, text, starts), *_comments(text, starts)]
    found: list[Block] = []
    end = 0
    for start, stop, indent in sorted(places):
        found.append(Block("code", text[end:start]))
        found += _lines(text[start:stop], indent, 0)
        end = stop
    found.append(Block("code", text[end:]))
    return [block for block in found if block.text or block.kind == "code"]


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


_Place = tuple[int, int, str]


def _docstrings(tree: ast.Module, text: str, starts: list[int]) -> Iterator[_Place]:
    lines = text.split("\n")
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            continue
        first = node.body[0] if node.body else None
        if not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)):
            continue
        if not isinstance(first.value.value, str) or first.end_lineno is None:
            continue
        column = len(lines[first.lineno - 1].encode()[: first.col_offset].decode())
        last = lines[first.end_lineno - 1].encode()[: first.end_col_offset].decode()
        start, stop = starts[first.lineno - 1] + column, starts[first.end_lineno - 1] + len(last)
        quotes = _QUOTES.match(text, start)
        if quotes:
            inner = text[quotes.end() : stop - len(quotes[1])]
            yield quotes.end(), stop - len(quotes[1]), _common_indent(inner, column)


def _common_indent(inner: str, column: int) -> str:
    """What the lines of a docstring begin with; of one line, what others would begin with."""
    lines = [line for line in inner.split("\n")[1:] if line.strip()]
    indents = [line[: len(line) - len(line.lstrip())] for line in lines]
    return min(indents, key=len, default=" " * column)


def _comments(text: str, starts: list[int]) -> Iterator[_Place]:
    """Runs of lines that are comments as a whole."""
    run: list[tokenize.TokenInfo] = []
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return
    whole = [
        token for token in tokens
        if token.type == tokenize.COMMENT and token.line.lstrip().startswith("#")
    ]  # fmt: skip
    for token in [*whole, None]:
        if run and (token is None or token.start != (run[-1].start[0] + 1, run[-1].start[1])):
            (line, column), indent = run[0].start, run[0].line[: run[0].start[1]] + "# "
            skip = 2 if run[0].string.startswith("# ") else 1
            yield (
                starts[line - 1] + column + skip,
                starts[run[-1].start[0] - 1] + column + len(run[-1].string),
                indent,
            )
            run = []
        if token is not None:
            run.append(token)


def _lines(text: str, indent: str, region: int) -> Iterator[Block]:
    """Prose in blocks: a paragraph each, or lines of one form; the first line has no indent."""
    held: list[str] = []
    kind: Kind = "gap"
    gap, example = "", False
    for number, raw in enumerate(text.split("\n")):
        known = number == 0 or raw.startswith(indent)
        line = raw if number == 0 or not known else raw[len(indent) :]
        blank = not line.strip() or (not known and raw.strip() == indent.strip())
        example = not blank and known and (example or line.lstrip().startswith(">>>"))
        now = _kind(line, example, known, number == 0) if not blank else "gap"
        if held and now == kind and now not in ("gap",) and known:
            held.append(line)
            continue
        if held:
            yield Block(kind, "\n".join(held), indent, region)
            held = []
        gap += "\n" if number else ""
        if blank:
            gap += raw
            kind = "gap"
            continue
        lead = "" if number == 0 else (indent if known else "")
        if number == 0:
            lead, line = raw[: len(raw) - len(raw.lstrip())], raw.lstrip()
        if gap + lead:
            yield Block("gap", gap + lead, "", region)
        gap, held, kind = "", [line], now
    if held:
        yield Block(kind, "\n".join(held), indent, region)
    if gap:
        yield Block("gap", gap, "", region)


def _kind(line: str, example: bool, known: bool, first: bool) -> Kind:
    if example:
        return "example"
    if not known or _FORMED.match(line.lstrip() if first else line):
        return "verbatim"
    return "verbatim" if line[0].isspace() and not first else "prose"


def _sentences(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    masked = _masked(text)
    found, start = [], 0
    for end in _END.finditer(masked):
        if not _ABBREVIATED.search(masked[start : end.start() + 1]):
            found.append(text[start : end.end()].strip())
            start = end.end()
    return (*found, text[start:].strip())


def _masked(text: str) -> str:
    """The same length, with nothing in spans of code, quotes and brackets that ends a sentence."""
    hidden = list(_SPANS.sub(lambda span: "x" * len(span[0]), text))
    depth = 0
    for place, character in enumerate(hidden):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth = max(0, depth - 1)
        elif depth and character in ".!?":
            hidden[place] = "x"
    return "".join(hidden)
