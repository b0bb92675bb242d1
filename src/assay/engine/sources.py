"""Programs and questions by what they say: two that differ in layout alone have one digest."""

from __future__ import annotations

import ast
import warnings

from assay.core.digests import digest

# Parsing is C code that recurses: very long or very deep text stays as it is.
_LONGEST, _DEEPEST = 1 << 20, 150


def text_digest(source: str) -> bytes:
    return digest("text/1", source)


def normal_digest(source: str) -> bytes:
    """The digest of the syntax tree, or of the text where it does not parse."""
    tree = parse(source)
    if tree is None:
        return digest("unparsed/1", source)
    try:
        return digest("tree/1", ast.dump(tree))
    except (RecursionError, MemoryError, ValueError):
        return digest("unparsed/1", source)


def parse(source: str) -> ast.Module | None:
    """The syntax tree of text that nobody vouches for, None where there is none to be had."""
    if len(source) > _LONGEST or _depth(source) > _DEEPEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _depth(source: str) -> int:
    """How deep brackets and prefix operators nest at most (strings counted too: an upper bound)."""
    opened = source.count("(") + source.count("[") + source.count("{")
    prefixes = source.count("~") + source.count("--") + source.count("not not")
    if opened + prefixes <= _DEEPEST:
        return opened + prefixes
    depth = deepest = 0
    for character in source:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth = max(0, depth - 1)
    return max(deepest, prefixes)
