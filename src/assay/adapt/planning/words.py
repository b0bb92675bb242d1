"""What planning puts together: edits with their reasons and claims, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from assay.adapt.editing import Edit, Insert, Replace
from assay.adapt.facts import Facts
from assay.adapt.facts.flow import Flow
from assay.adapt.facts.loops import Loops
from assay.adapt.facts.source import Source
from assay.adapt.words import Step

# How long lines get where they are written, and what they may have at most (a run around them
# indents them once more).
_LONGEST_LINE, _LONGEST = 88, 95


def wrapped(line: str, indent: int, longest: int = _LONGEST_LINE) -> list[str]:
    """A line of code; where it would be too long and ends with a bracket, with what stands in the
    bracket on lines of its own."""
    start = _last_bracket(line) if indent + len(line) > longest else None
    if start is None:
        return [line]
    parts = _split(line[start + 1 : -1])
    lead = line[: len(line) - len(line.lstrip())]
    lines = [whole for part in parts for whole in wrapped(f"{lead}    {part}", indent, longest)]
    return [line[: start + 1], *lines, f"{lead}{line[-1]}"]


def _last_bracket(line: str) -> int | None:
    """Where the bracket opens with which a line ends; None where it is not whole, or empty."""
    opened: list[int] = []
    start = None
    for place, sign in _signs(line):
        if sign in "([{":
            opened.append(place)
        elif sign in ")]}":
            if not opened:
                return None
            start = opened.pop()
    whole = start is not None and not opened and line[-1:] in list(")]}") and line[start + 1 : -1]
    return start if whole else None


def _split(text: str) -> list[str]:
    """What stands in a bracket, cut at its own commas; a comprehension ahead of its `for`."""
    depth, cuts, comprehends = 0, [], None
    for place, sign in _signs(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0 and sign == ",":
            cuts.append(place)
        if depth == 0 and comprehends is None and text.startswith(" for ", place):
            comprehends = place
    if comprehends is not None:
        return [text[:comprehends], text[comprehends + 1 :]]
    ends = [*cuts, len(text)]
    parts = [text[begin:end].strip(", ") for begin, end in zip([0, *cuts], ends, strict=True)]
    return [f"{part}," for part in parts if part]


def _signs(text: str) -> Iterator[tuple[int, str]]:
    """The characters of a line of code that are not in its strings."""
    for found in re.finditer(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|.", text):
        if len(found[0]) == 1:
            yield found.start(), found[0]


class Refusal(Exception):
    """There is no plan: why, at which line of the original, and what the user can do."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


@dataclass(slots=True)
class Draft:
    """A plan in the making: what to insert and change, why, and what will be claimed of it."""

    facts: Facts
    flow: Flow
    loops: Loops
    project: str
    notebook: bool = False
    edits: list[Edit] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    imports: list[tuple[str, bool]] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    order: int = 0
    # Functions log through a run that they may not have: see regions.share.
    shared: bool = False

    @classmethod
    def of(cls, facts: Facts, project: str, *, notebook: bool = False) -> Draft:
        """An empty plan for a script; Refusal for one that does not train when it runs."""
        if facts.entry is None:
            raise Refusal("nothing in the script runs: it only defines functions and classes; "
                          "adapt the script that calls them")  # fmt: skip
        if not facts.trains:
            raise Refusal("no training found: no backward pass, no fit() of a model; say what the "
                          "script trains, or adapt it by hand")  # fmt: skip
        flow = Flow(facts.source)
        return cls(facts, flow, Loops(facts.source, flow), project, notebook)

    @property
    def source(self) -> Source:
        return self.facts.source

    @property
    def quoted(self) -> str:
        """The project's name as a string literal."""
        return f'"{self.project}"'

    def claim(self, kind: str, *items: Any) -> None:
        """Add to one list of the claims."""
        self.claims.setdefault(kind, []).extend(items)

    def need(self, *imports: str, first: bool = False) -> None:
        """Have these imports in the script."""
        for one in imports:
            if (one, first) not in self.imports:
                self.imports.append((one, first))

    def insert(
        self, after: int, lines: list[str] | tuple[str, ...], indent: str, why: str,
        *, outside: bool = False,
    ) -> None:  # fmt: skip
        """Add lines after a line of the original."""
        self.order += 1
        lines = [part for line in lines for part in wrapped(line, len(indent), _LONGEST)]
        self.edits.append(Insert(after, tuple(lines), indent, outside, self.order))
        self.steps.append(Step("\n".join(lines), max(after, 1), why))

    def replace(self, line: int, start: int, end: int, text: str, why: str) -> None:
        """Change one place of a line of the original; the same change counts once."""
        edit = Replace(line, start, end, text)
        if edit not in self.edits:
            self.edits.append(edit)
            old = self.source.lines[line - 1]
            self.steps.append(Step(old[:start] + text + old[end:], line, why))

    def free(self, *names: str) -> str:
        """The first of some names that the script does not use."""
        used = set(re.findall(r"\b[A-Za-z_]\w*\b", self.source.text))
        for name in names:
            if name not in used:
                return name
        return next(f"{names[0]}_{n}" for n in range(2, 99) if f"{names[0]}_{n}" not in used)

    def indent_of(self, statement: cst.CSTNode) -> str:
        """The indentation of a statement's first line."""
        line = self.source.lines[self.source.line(statement) - 1]
        return line[: len(line) - len(line.lstrip())]

    def function(self, name: str) -> cst.FunctionDef | None:
        """The function of that name, as facts give it ("" is the module)."""
        for function in self.loops.functions():
            if self.source.name_of(function) == name:
                return function
        return None

    def statement_at(self, line: int, end_line: int | None = None) -> cst.BaseStatement:
        """The statement that begins at a line (the outermost one, of those that end where said)."""
        found = [
            node
            for node in self.source.all(cst.BaseStatement)
            if self.source.line(node) == line
            and (end_line is None or self.source.end_line(node) == end_line)
        ]
        return found[0]
