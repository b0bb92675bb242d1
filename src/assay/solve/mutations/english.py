"""The little grammar that the rules need: words, base forms, the verbs that may be touched."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from assay.core.errors import InputError
from assay.core.words import Target

TokenKind = Literal["span", "number", "name", "word", "mark"]

_TOKEN = re.compile(
    r"""
    (?P<span>``.+?``|`[^`]+`|"[^"\n]*"|(?<!\w)'[^'\n]{1,40}'(?!\w))
  | (?P<number>\d+(?:[.,]\d+)*(?:e[+-]?\d+)?(?:%|[A-Za-z]\w*)?)
  | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+
      | [A-Za-z]*_\w*
      | [A-Za-z]+\d\w*
      | [a-z]+[A-Z]\w*
      | [A-Z][a-z]+[A-Z]\w*
      | [A-Z]{2,}[a-z]\w*
      | [A-Za-z]+(?=\())
  | (?P<word>[^\W\d_]+(?:-[^\W\d_]+)*(?:['’][A-Za-z]+)?)
  | (?P<mark>[^\s.,;:?!"'`’])
    """,
    re.X,
)
_MISSING = 'mutations need lemminflect: pip install "assay[solve]"'
# What a program is called by in prose without being quoted: True, None, NaN.
_CONSTANTS = frozenset({"True", "False", "None", "NaN", "Inf"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number, a sign; what only punctuates is none."""

    kind: TokenKind
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        kind: Any = found.lastgroup
        yield Token(kind, found[0], found.start())


@lru_cache(maxsize=256)
def signature_names(target: Target) -> frozenset[str]:
    """The names of the signature, which are names in prose, too, if they are written the same."""
    return frozenset(re.findall(r"[^\W\d]\w*", target.signature)) | {target.name.split(".")[-1]}


def is_protected(token: Token, names: frozenset[str]) -> bool:
    """Whether the token is to be kept to the letter: a name, a number, quoted code, a sign."""
    if token.kind != "word":
        return True
    word = token.text
    if word in ("a", "A", "I"):
        return False
    return word in names or len(word) == 1 or word in _CONSTANTS


@cache
def _forms() -> tuple[Any, Any]:
    try:
        from lemminflect import getAllLemmas, getInflection
    except ImportError:
        raise InputError(_MISSING) from None
    return getAllLemmas, getInflection


@lru_cache(maxsize=1 << 15)
def lemma(word: str) -> str:
    """The base form of a verb or noun; comparatives stay what they are: smaller is not small."""
    found: dict[str, tuple[str, ...]] = _forms()[0](word)
    for kind in ("AUX", "VERB", "NOUN"):
        if kind in found:
            return found[kind][0]
    return _own_forms().get(word, word)


@cache
def _own_forms() -> Mapping[str, str]:
    """Forms of the lexicon's verbs; some ("tokenized") are in no dictionary."""
    return {
        form: verb
        for verb in _verbs()["takes"]
        for tag in ("VBZ", "VBD", "VBN", "VBG")
        for form in _forms()[1](verb, tag)
    }


@lru_cache(maxsize=1 << 12)
def is_form(word: str, tag: str) -> bool:
    """Whether a word can be that form (VBN, VBZ, …) of its verb."""
    return word in _forms()[1](lemma(word), tag)


@lru_cache(maxsize=1 << 12)
def inflected(verb: str, tag: str) -> str:
    """A verb, or a verb with its particle ("give back"), in a form: VB, VBZ, VBN, VBG."""
    head, space, particle = verb.partition(" ")
    if tag == "VB":
        return verb
    found: tuple[str, ...] = _forms()[1](head, tag)
    return found[0] + space + particle


def word_list(name: str) -> frozenset[str]:
    """One of the lists of words in words.toml."""
    return frozenset(_words()[name].split())


@cache
def _words() -> Mapping[str, str]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))


@cache
def _verbs() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "verbs.toml").read_text("utf-8"))


def takes(verb: str) -> Sequence[str] | None:
    """The prepositions at which the verb's object ends; None for a verb that no rule touches."""
    found: Mapping[str, Sequence[str]] = _verbs()["takes"]
    return found.get(verb)


def same_verbs(verb: str) -> tuple[str, ...]:
    """Other verbs that say the same."""
    return tuple(one for one in _classes().get(verb, ()) if one != verb)


def class_of(verb: str) -> str:
    """The verb that stands for all that say the same, itself where there is no other."""
    known = _classes().get(verb)
    return known[0] if known else verb


@cache
def phrasal() -> Mapping[tuple[str, str], str]:
    """Verbs with a particle: (give, back) → give back."""
    found = {}
    for verb in _classes():
        head, _, particle = verb.partition(" ")
        if particle:
            found[head, particle] = verb
    return found


@cache
def _classes() -> dict[str, tuple[str, ...]]:
    return {verb: tuple(same) for same in _verbs()["classes"] for verb in same}


def capitalised(sentence: str, names: frozenset[str]) -> str:
    """With a capital, where it begins with a word that is no name."""
    first = next(tokens(sentence), None)
    if first is None or first.start or is_protected(first, names):
        return sentence
    # "true" and a name List in the signature: another word with a capital.
    word = first.text[:1].upper() + first.text[1:]
    return sentence if word in names or word in _CONSTANTS else word + sentence[first.end :]


def uncapitalised(text: str, names: frozenset[str]) -> str:
    """Without the capital of a sentence's first word; acronyms and names keep theirs."""
    first = next(tokens(text), None)
    if first is None or first.start or first.kind != "word" or first.text in _CONSTANTS:
        return text
    if first.text in names or not first.text[1:].islower():
        return "a" + text[1:] if first.text == "A" else text
    return text[:1].lower() + text[1:]
