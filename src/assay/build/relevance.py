"""The DL-relevance ratio of a text: the share of its tokens that contain a word of the field."""

from __future__ import annotations

import functools
import re
from pathlib import Path

_LIST = Path(__file__).with_name("keywords.txt")
_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[a-z0-9]+")
# Shorter ones occur in too many other words: "gan" in "began".
_ANYWHERE = 5
# They are in every function, and say nothing of what it is about.
_GRAMMAR = frozenset(
    """def return if else elif for while in is not and or none true false self cls import from as
    with try except raise pass lambda yield class the a an of to be by on it this that which
    optional list tuple dict str int float bool any union type""".split()  # noqa: SIM905
)


@functools.cache
def keywords() -> frozenset[str]:
    """Our list of words of deep and machine learning."""
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def relevance(text: str) -> float:
    """|tokens that contain a keyword| / |tokens|, over the text's set of tokens (the paper's
    section 2.3.1), without words of grammar; 0 for a text without tokens."""
    tokens = {token.strip("_") for token in _TOKEN.findall(text)}
    tokens = {token for token in tokens if token and token.lower() not in _GRAMMAR}
    return sum(map(has_keyword, tokens)) / len(tokens) if tokens else 0.0


@functools.cache
def has_keyword(token: str) -> bool:
    """Whether a token contains one of `keywords`."""
    low = token.lower()
    parts = {part.lower() for part in _PART.findall(token)}
    short, long = _split()
    return low in short or not parts.isdisjoint(short) or any(word in low for word in long)


@functools.cache
def _split() -> tuple[frozenset[str], tuple[str, ...]]:
    known = keywords()
    long = tuple(sorted(word for word in known if len(word) >= _ANYWHERE))
    return known, long
