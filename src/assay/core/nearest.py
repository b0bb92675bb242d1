"""What to tell somebody whose word is none of those that are known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHOWN = 20


def nearest(word: str, known: Iterable[str]) -> str:
    """The word that was meant, or which there are: "did you mean 'base'?", "there are a, b"."""
    words = list(known)
    near = difflib.get_close_matches(word, words, 1, 0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return f"there are {', '.join(words[:_SHOWN]) or 'none'}{more}"
