"""Changes to a script's text: lines added, blocks indented, small places replaced. Nothing else of
the text moves."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass, field

from assay.adapt import texts


@dataclass(frozen=True, slots=True)
class Insert:
    """Lines that come after line `after` (0: at the top), with `indent` before each. `outside`
    lines do not belong to a block that ends or begins there."""

    after: int
    lines: tuple[str, ...]
    indent: str = ""
    outside: bool = False
    order: int = 0


@dataclass(frozen=True, slots=True)
class Replace:
    """The text of one line from column `start` to `end` becomes `text`; an addition where both are
    the same."""

    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Indent:
    """Lines `first` to `last` go one step to the right, under a new head that is inserted apart."""

    first: int
    last: int


Edit = Insert | Replace | Indent


@dataclass(slots=True)
class _Lines:
    text: list[str]
    inserted: dict[int, list[Insert]] = field(default_factory=dict)
    indented: list[Indent] = field(default_factory=list)

    def depth(self, line: int) -> int:
        return sum(one.first <= line <= one.last for one in self.indented)


def apply(text: str, edits: Sequence[Edit], step: str = "    ") -> tuple[str, list[int]]:
    """The text with all edits in it, and for each of its lines the line of the original that it
    is, or comes after. Edits speak of the original's lines and do not overlap."""
    lines = _Lines(texts.lines(text))
    replaces = [edit for edit in edits if isinstance(edit, Replace)]
    for edit in sorted(replaces, key=lambda e: (e.line, e.start, e.end), reverse=True):
        old = lines.text[edit.line - 1]
        lines.text[edit.line - 1] = old[: edit.start] + edit.text + old[edit.end :]
    lines.indented = [edit for edit in edits if isinstance(edit, Indent)]
    inserts = [edit for edit in edits if isinstance(edit, Insert)]
    for insert in sorted(inserts, key=lambda e: (e.after, e.order)):
        lines.inserted.setdefault(insert.after, []).append(insert)
    kept = _within_strings(text) if lines.indented else frozenset()
    return _joined(lines, kept, step, text)


def _joined(lines: _Lines, kept: frozenset[int], step: str, text: str) -> tuple[str, list[int]]:
    out: list[str] = []
    origins: list[int] = []
    for number in range(len(lines.text) + 1):
        if number:
            line = lines.text[number - 1]
            shift = 0 if number in kept or not line.strip() else lines.depth(number)
            out.append(step * shift + line)
        for insert in lines.inserted.get(number, []):
            near = number if insert.after and not insert.outside else 0
            shift = lines.depth(near) if near else _shared(lines, number)
            out += [f"{step * shift}{insert.indent}{line}" if line else "" for line in insert.lines]
        origins += [number] * (len(out) - len(origins))
    end = "\n" if text.endswith("\n") or not text else ""
    return "\n".join(out) + end, origins


def _shared(lines: _Lines, number: int) -> int:
    """The depth of what encloses both the line before and the line after a gap."""
    return sum(one.first <= number and number + 1 <= one.last for one in lines.indented)


def _within_strings(text: str) -> frozenset[int]:
    """Lines that begin within a string of several lines: to indent them would change it."""
    found: set[int] = set()
    starts: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        name = tokenize.tok_name[token.type]
        if name == "FSTRING_START":
            starts.append(token.start[0])
        elif name == "FSTRING_END" and starts:
            found.update(range(starts.pop() + 1, token.end[0] + 1))
        elif token.type == tokenize.STRING:
            found.update(range(token.start[0] + 1, token.end[0] + 1))
    return frozenset(found)
