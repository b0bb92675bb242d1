"""Other words: a verb for a verb, by rules or by a model; a whole sentence, by a model."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from assay.models.base import Message
from assay.solve.mutations.asking import asked, told
from assay.solve.mutations.base import Freedom, Prompt, Rewritten
from assay.solve.mutations.clauses import clause, led, verb_form
from assay.solve.mutations.content import Reader
from assay.solve.mutations.english import (
    Token,
    inflected,
    is_form,
    lemma,
    same_verbs,
    signature_names,
    takes,
    tokens,
    word_list,
)
from assay.solve.mutations.reading import each_sentence

_BE = frozenset(["be", "is", "are", "was", "were", "been"])
# "Raise every entry to at least 1" throws nothing, "write it to disk" implements nothing, and what
# "cannot be found" can be determined.
_ONLY_WITH = {
    "raise": re.compile(r"\w*(?:Error|Exception|Warning)\b"),
    "write": re.compile(r"(?:a|an|the|one) (?:\w+ )?(?:function|method|class|program)\b", re.I),
}
# "used/range" is a formula.
_ALONE = re.compile(r"[\s.,;:()\"]*")
_ONLY_ACTIVE = frozenset({"raise", "write", "find", "throw", "put"})
_VERB_INSTRUCTION = (
    "Replace the verbs of each sentence by verbs that mean the same. Change no other word, and "
    "leave a verb that is a term of the field (normalise, transpose, …) as it is."
)
_REPHRASE_INSTRUCTION = "Say each sentence in other words, with the same terms and the same sense."
_FUNCTION_WORDS = word_list("rephrasable")


class SimilarVerb:
    """`verb`."""

    name = "verb"
    offline = True
    freedom = Freedom(synonyms=True)

    def rewrite(self, prompt: Prompt, seed: int) -> Rewritten | None:
        names = signature_names(prompt.target)
        text = each_sentence(prompt.text, lambda one: _replaced(one, seed, names))
        return Rewritten(text, prompt.target.name) if text != prompt.text else None

    def messages(self, prompt: Prompt) -> tuple[Message, ...]:
        return asked(prompt, _VERB_INSTRUCTION)

    def read(self, prompt: Prompt, answer: str) -> Rewritten | None:
        return told(prompt, answer)

    def applied(self, prompt: Prompt, rewritten: Rewritten) -> bool:
        return _said(prompt, rewritten.text) != _said(prompt, prompt.text)


class Rephrase:
    """`rephrase`: there is no form by rules."""

    name = "rephrase"
    offline = False
    freedom = Freedom("free", synonyms=True, adds=_FUNCTION_WORDS)

    def rewrite(self, prompt: Prompt, seed: int) -> Rewritten | None:  # noqa: ARG002
        return None

    def messages(self, prompt: Prompt) -> tuple[Message, ...]:
        return asked(prompt, _REPHRASE_INSTRUCTION)

    def read(self, prompt: Prompt, answer: str) -> Rewritten | None:
        return told(prompt, answer)

    def applied(self, prompt: Prompt, rewritten: Rewritten) -> bool:
        return _said(prompt, rewritten.text) != _said(prompt, prompt.text)


def _said(prompt: Prompt, text: str) -> list[tuple[object, ...]]:
    """The words, without what only punctuates."""
    return [*Reader(prompt.target, prompt.target.name, Freedom()).sentences(text)]


def _replaced(sentence: str, seed: int, names: frozenset[str]) -> str:
    found, end = "", 0
    for token, tag in _verbs(sentence):
        verb = lemma(token.text.lower())
        others = same_verbs(verb)
        beside = sentence[max(0, token.start - 1) : token.start] + sentence[token.end :][:1]
        if not others or token.text in names or not _ALONE.fullmatch(beside):
            continue
        other = random.Random(f"{seed}/{verb}").choice(others)
        if " " in other and sentence[token.end :].startswith((" it", " them")):
            # "give back it"
            continue
        new = inflected(other, tag)
        new = new[:1].upper() + new[1:] if token.text[:1].isupper() else new
        if new.lower() not in names:
            found += sentence[end : token.start] + new
            end = token.end
    return found + sentence[end:]


def _verbs(sentence: str) -> Iterator[tuple[Token, str]]:
    """The verbs that are clearly verbs, each with its form."""
    said = list(tokens(sentence))
    lead = len(led(sentence))
    for at, token in enumerate(said):
        if token.kind != "word":
            continue
        before = [one.text.lower() for one in said[max(0, at - 2) : at]]
        word = token.text.lower()
        verb = lemma(word)
        if any(one in _BE for one in before) and is_form(word, "VBN"):
            if takes(verb) is not None and verb not in _ONLY_ACTIVE and before[-1] != "a":
                yield token, "VBN"
        elif token.start == lead or {*before[-1:]} & {"that", "which", "and", "then"}:
            found = clause(sentence[token.start :])
            form = verb_form(word)
            if found is None or form is None or _means_else(verb, found.object):
                continue
            if token.start == lead or _fits(form, before[-1]):
                yield token, form


def _fits(form: str, before: str) -> bool:
    """ "that returns a list", "and return a list"; but "and counts the words" may be a noun."""
    return form == ("VBZ" if before in ("that", "which") else "VB")


def _means_else(verb: str, object_: str) -> bool:
    only = _ONLY_WITH.get(verb)
    return only is not None and not only.match(object_)
