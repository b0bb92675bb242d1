"""As much of Markdown as the documentation checks need: fences, links, headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_FENCE = re.compile(r"^( *)(`{3,}|~{3,})\s*([^`]*)$")
_CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_INLINE_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_LINK_DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:\s+<?(\S+?)>?(?:\s|$)")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_ANCHOR = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")


class Fence(NamedTuple):
    """A fenced block: the line its content starts on, its info words, its content."""

    line: int
    info: list[str]
    content: str


def fences(text: str) -> Iterator[Fence]:
    opened: tuple[int, str, str, list[str]] | None = None
    content: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        found = _FENCE.match(line)
        if opened is None:
            if found:
                opened = (number + 1, found[1], found[2], found[3].split())
                content = []
        elif found and found[2].startswith(opened[2]) and not found[3]:
            yield Fence(opened[0], opened[3], "".join(content))
            opened = None
        else:
            content.append(line.removeprefix(opened[1]) + "\n")


def prose(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines outside of fences."""
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        found = _FENCE.match(line)
        if closing:
            if found and found[2].startswith(closing) and not found[3]:
                closing = ""
        elif found:
            closing = found[2]
        else:
            yield number, line


def links(text: str) -> Iterator[tuple[int, str]]:
    """Numbered targets of links and images."""
    for number, line in prose(text):
        bare = _CODE_SPAN.sub("", line)
        for pattern in (_INLINE_LINK, _LINK_DEFINITION):
            for found in pattern.finditer(bare):
                yield number, found[1]


def anchors(text: str) -> set[str]:
    """What a link can point at: headings as GitHub names them, and explicit anchors."""
    found: set[str] = set()
    for _, line in prose(text):
        found.update(_ANCHOR.findall(line))
        if heading := _HEADING.match(line):
            name = base = _slug(heading[1])
            repeated = 0
            while name in found:
                repeated += 1
                name = f"{base}-{repeated}"
            found.add(name)
    return found


def _slug(heading: str) -> str:
    linked = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", linked.lower()).replace(" ", "-")
