"""Formats that carry a program: transcripts, JSON, tags, diffs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_PROMPT = re.compile(r"[ \t]*+(?:>>>|In[ \t]?\[[ \d]{0,5}+\]:)(?: |$)(.*+)")
_MORE = re.compile(r"[ \t]*+(?:\.\.\.:?|\.\.\.\.+:)(?: |$)(.*+)")

_NAMES = "code|answer|python|solution|program|completion|response|output|function|pre|script|result"
_TAG = re.compile(
    rf"<({_NAMES})(?=[\s>])[^>\n]{{0,80}}>|\[(PYTHON|CODE|ANSWER|SOLUTION)\]"
    r"|\\begin\{(code|lstlisting|minted|verbatim)\}(?:\{\w{1,20}\}|\[[^\]\n]{0,80}\])?"
    r"|^(BEGIN SOLUTION)$",
    re.IGNORECASE | re.MULTILINE,
)
_END_TAG = re.compile(
    rf"</(?:{_NAMES})>|\[/(?:PYTHON|CODE|ANSWER|SOLUTION)\]|^END SOLUTION$", re.I | re.M
)
_KEYS = ("code", "solution", "answer", "program", "python", "completion", "content", "source")
_VALUE = re.compile(rf'"(?:{"|".join(_KEYS)})"\s{{0,8}}:\s{{0,8}}"((?:[^"\\]|\\.)*+)', re.DOTALL)
_TAGS, _OBJECTS, _DEEPEST, _VALUES = 12, 4, 8, 24

_HEADER = re.compile(r"(?:diff --git |index [0-9a-f]|--- |\+\+\+ |\\ No newline)")
_HUNK = re.compile(r"@@(?:[^@\n]*+@@)?")


def transcript(text: str) -> str:
    """What was typed in an interpreter's or a notebook's transcript; empty when it is none."""
    typed: list[str] = []
    inside = False
    for line in text.split("\n"):
        match = _PROMPT.match(line) or (_MORE.match(line) if inside else None)
        inside = match is not None
        if match:
            typed.append(match[1])
    return "\n".join(typed)


def tagged(text: str) -> Iterator[tuple[str, int]]:
    """What stands between tags that mean code, with where it begins."""
    opened = list(_TAG.finditer(text))
    lowered = text.lower()
    for mark in opened if len(opened) <= _TAGS else [*opened[: _TAGS // 2], *opened[-_TAGS // 2 :]]:
        end = lowered.find(_closing(mark), mark.end())
        yield text[mark.end() : end if end >= 0 else len(text)], mark.end()
    if not opened and (lone := _END_TAG.search(text)):
        yield text[: lone.start()], 0


def _closing(mark: re.Match[str]) -> str:
    html, bracket, latex = mark[1], mark[2], mark[3]
    if html or bracket:
        return f"</{html}>".lower() if html else f"[/{bracket}]".lower()
    return f"\\end{{{latex}}}".lower() if latex else "end solution"


def in_json(text: str) -> list[str]:
    """The strings of a JSON answer that may be programs, the likeliest keys first."""
    values: list[str] = []
    # JSON may stand in a program, too; then only a key that means code counts.
    whole = text.lstrip()[:1] in ("{", "[")
    starts = [match.start() for match in re.finditer(r'\{\s{0,40}+"', text)]
    for start in starts[:_OBJECTS]:
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        values += _strings(value, whole)
    return values[:_VALUES] or _cut_json(text)


def _strings(value: Any, all_keys: bool, depth: int = 0) -> list[str]:
    if isinstance(value, str):
        return [value] if "\n" in value or "(" in value or "=" in value else []
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            return [("" if value[0].endswith("\n") else "\n").join(value)]
        cells = [text for item in value for text in _strings(item, all_keys, depth + 1)]
        # A notebook's cells are one program.
        return ["\n\n".join(cells), *cells] if len(cells) > 1 else cells
    if isinstance(value, dict):
        known = [value[key] for key in _KEYS if key in value]
        others = [
            item for key, item in value.items()
            if (all_keys and key not in _KEYS) or isinstance(item, dict | list)
        ]  # fmt: skip
        return [text for item in known + others for text in _strings(item, all_keys, depth + 1)]
    return []


def _cut_json(text: str) -> list[str]:
    """A string under one of the keys in what is not quite JSON, or was cut off."""
    match = _VALUE.search(text)
    for literal in (match[1], match[1].rpartition("\\")[0]) if match else ():
        try:
            return [str(json.loads(f'"{literal}"', strict=False))]
        except ValueError:
            continue
    return []


class Hunk(NamedTuple):
    """What stood there, and what stands there afterwards."""

    old: list[str]
    new: list[str]


def hunks(text: str, said: bool = False) -> list[Hunk]:
    """The changes that a text asks for; empty when it is not a diff, and not `said` to be one."""
    lines = text.split("\n")
    return _replacements(lines) or (list(_unified(lines)) if _is_diff(lines, said) else [])


def _replacements(lines: list[str]) -> list[Hunk]:
    """Blocks of `<<<<<<< SEARCH`, `=======`, `>>>>>>> REPLACE`."""
    found: list[Hunk] = []
    hunk, side = Hunk([], []), 0
    for line in lines:
        if line.startswith("<<<<<"):
            hunk, side = Hunk([], []), 1
        elif line.startswith("=====") and side == 1:
            side = 2
        elif line.startswith(">>>>>") and side == 2:
            found.append(hunk)
            side = 0
        elif side:
            hunk[side - 1].append(line)
    return found


def _is_diff(lines: list[str], said: bool) -> bool:
    lines = [line for line in lines if line.strip()]
    changed = sum(line[0] in "+-" and line[:3] not in ("---", "+++") for line in lines)
    if said or any(_HUNK.match(line) for line in lines):
        return changed > 0
    return changed > 1 and any(line[0] == "+" for line in lines) and 2 * changed >= len(lines)


def _unified(lines: list[str]) -> Iterator[Hunk]:
    hunk = Hunk([], [])
    for line in [*lines, "@@"]:
        if _HEADER.match(line) or _HUNK.match(line):
            if hunk.old or hunk.new:
                yield hunk
            hunk = Hunk([], [])
            continue
        bare = line[1:] if line[:1] in ("+", "-", " ") else line
        if line[:1] != "-":
            hunk.new.append(bare)
        if line[:1] != "+":
            hunk.old.append(bare)


def applied(changes: tuple[Hunk, ...], base: str) -> str | None:
    """The base with the changes made, None where what they replace is not in it."""
    lines = base.split("\n")
    at = 0
    for hunk in changes:
        old, new = list(hunk.old), list(hunk.new)
        for end in (0, -1):  # blank lines that fences and prose put there
            while old and new and not old[end].strip() and not new[end].strip():
                old.pop(end)
                new.pop(end)
        where = _find(old, lines, at)
        if where is None:
            return None
        lines[where : where + len(old)] = new
        at = where + len(new)
    return "\n".join(lines)


def _find(old: list[str], lines: list[str], start: int) -> int | None:
    if not old:
        return len(lines)
    wanted, there = [line.rstrip() for line in old], [line.rstrip() for line in lines]
    ends = range(start, len(lines) - len(old) + 1)
    return next((at for at in ends if there[at : at + len(old)] == wanted), None)
