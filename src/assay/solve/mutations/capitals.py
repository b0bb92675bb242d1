"""All capitals, but for what has a meaning to the letter: names, literals, formulas, code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assay.models.base import Message
from assay.solve.mutations.asking import asked, told
from assay.solve.mutations.base import Freedom, Prompt, Rewritten
from assay.solve.mutations.english import Token, is_protected, signature_names, tokens
from assay.solve.mutations.reading import Block, each_sentence, read

# A word beside one of these is part of a formula: "sum(teacher * (log teacher - log student))".
_OPERATORS = frozenset("+*/=<>≤≥^|×·√²∑Σ−")
_INSTRUCTION = (
    "Write each sentence in capital letters. Names, formulas and what stands in backticks or "
    "quotes keep their letters as they are."
)
_ENOUGH = 0.9


class Capitals:
    """`caps`."""

    name = "caps"
    offline = True
    freedom = Freedom()

    def rewrite(self, prompt: Prompt, seed: int) -> Rewritten | None:  # noqa: ARG002
        names = signature_names(prompt.target)
        text = each_sentence(prompt.text, lambda one: _raised(one, names))
        return Rewritten(text, prompt.target.name) if text != prompt.text else None

    def messages(self, prompt: Prompt) -> tuple[Message, ...]:
        return asked(prompt, _INSTRUCTION)

    def read(self, prompt: Prompt, answer: str) -> Rewritten | None:
        return told(prompt, answer)

    def applied(self, prompt: Prompt, rewritten: Rewritten) -> bool:
        names = signature_names(prompt.target)
        free = [word for block in read(rewritten.text) for word in _free(block, names)]
        raised = sum(word.isupper() for word in free)
        return bool(free) and raised >= _ENOUGH * len(free)


def _free(block: Block, names: frozenset[str]) -> Iterator[str]:
    """The words of prose that could be raised."""
    if block.kind == "prose":
        for sentence in block.sentences:
            yield from (token.text for token in _words(sentence, names))


def _raised(sentence: str, names: frozenset[str]) -> str:
    found, end = "", 0
    for token in _words(sentence, names):
        found += sentence[end : token.start] + token.text.upper()
        end = token.end
    return found + sentence[end:]


def _words(sentence: str, names: frozenset[str]) -> Iterator[Token]:
    for token in tokens(sentence):
        before = re.search(r"(\S) ?$", sentence[: token.start])
        after = re.match(r" ?(\S)", sentence[token.end :])
        beside = {found[1] for found in (before, after) if found}
        # "ß".upper() is longer: only letters that come back.
        plain = token.text.upper().lower() == token.text.lower()
        # A parameter called a is written like the article.
        kept = is_protected(token, names) or token.text in names
        if not kept and plain and not beside & _OPERATORS:
            yield token
