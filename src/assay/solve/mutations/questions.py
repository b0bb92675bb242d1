"""Declarative to interrogative: what is asked for is asked as a question.

Only requests become questions. Of the seven mutations of the thesis this one changed the sense most
often (one in five of its mutants), by asking whether a fact holds: "Does it take an axis?".
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from assay.models.base import Message
from assay.solve.mutations.asking import asked, told
from assay.solve.mutations.base import Freedom, Prompt, Rewritten
from assay.solve.mutations.clauses import is_request, led, verb_form
from assay.solve.mutations.english import lemma, signature_names, uncapitalised
from assay.solve.mutations.reading import Block, read, rendered

_OPENINGS = ("can you", "could you", "would you", "will you")
_MADE_BY_MODELS = (
    "please", "can you please", "could you please", "would you please", "will you please",
    "is it possible to", "would it be possible to", "are you able to", "would you be able to",
    "how can i", "how can you", "how can we", "how can one", "how could one", "how could you",
    "how do you", "how do i", "how would you", "how would one", "how should one", "how to",
    "may i ask you to", "can i ask you to", "would you be so kind as to",
)  # fmt: skip
_FIRST_PARAGRAPHS = 2
_MAKE_IT = " make it"
_INSTRUCTION = (
    "Turn every request into a question that asks for the same thing (\"Write a function\" becomes "
    "\"Can you write a function?\"). Leave sentences that state a fact or a rule as they are: "
    "never ask whether they hold."
)  # fmt: skip


class Question:
    """`d2i`."""

    name = "d2i"
    offline = True
    freedom = Freedom(
        openings=tuple(
            one + more
            for one in (*_OPENINGS, *_MADE_BY_MODELS)
            for more in ("", _MAKE_IT)
        )
    )  # fmt: skip

    def rewrite(self, prompt: Prompt, seed: int) -> Rewritten | None:
        opening = random.Random(f"{seed}/{prompt.target.name}").choice(_OPENINGS).capitalize()
        names = signature_names(prompt.target)
        # "Returns the mean" describes: it is made a request only where there is no other.
        for form in ("VB", "VBZ"):
            text = rendered(_asking(read(prompt.text), opening, form, names))
            if text != prompt.text:
                return Rewritten(text, prompt.target.name)
        return None

    def messages(self, prompt: Prompt) -> tuple[Message, ...]:
        return asked(prompt, _INSTRUCTION)

    def read(self, prompt: Prompt, answer: str) -> Rewritten | None:
        return told(prompt, answer)

    def applied(self, prompt: Prompt, rewritten: Rewritten) -> bool:
        return _questions(rewritten.text) > _questions(prompt.text)


def _questions(text: str) -> int:
    return sum(
        one.endswith("?") for block in read(text) if block.kind == "prose"
        for one in block.sentences
    )  # fmt: skip


def _asking(
    blocks: Iterable[Block], opening: str, form: str, names: frozenset[str]
) -> Iterator[Block]:
    """What is asked for and what it is about are put as questions, single steps are not: the first
    sentences of the first paragraphs."""
    paragraphs: Counter[int] = Counter()
    for block in blocks:
        paragraphs[block.region] += block.kind == "prose"
        if block.kind == "prose" and paragraphs[block.region] <= _FIRST_PARAGRAPHS:
            first, *others = block.sentences
            yield block.saying([_question(first, opening, form, names) or first, *others])
        else:
            yield block


def _question(sentence: str, opening: str, form: str, names: frozenset[str]) -> str | None:
    """A request as a question; None for what is no request, or goes on after a colon inside."""
    lead = led(sentence)
    if not is_request(sentence[len(lead) :]) or not re.search(r"[\w`)\]\"'][.:]?$", sentence):
        return None
    if ":" in sentence[:-1] or ";" in sentence:
        return None
    word = sentence[len(lead) :].split(" ", 1)[0]
    if verb_form(word) != form:
        return None
    end = re.sub(r"[.:]$", "", sentence)
    if word.lower() in names:
        # It would read as the name.
        return None
    if lead:
        return f"{opening}, {uncapitalised(end, names)}?"
    if form == "VB":
        return f"{opening} {uncapitalised(end, names)}?"
    rest = end.split(" ", 1)[1]
    return f"{opening}{_MAKE_IT} {lemma(word.lower())} {rest}?"
