"""What a prompt says, as a sequence of keys: equal for two texts that say it in the same words.

Left out is what says nothing here: articles, forms of "to be", punctuation, fences and quotes,
capitals of plain words. Code, names, numbers and quoted text are kept to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from assay.core.words import Target
from assay.solve.mutations.base import Freedom
from assay.solve.mutations.english import (
    Token,
    class_of,
    is_form,
    is_protected,
    lemma,
    phrasal,
    signature_names,
    tokens,
)
from assay.solve.mutations.reading import Block, read

KeyKind = Literal["code", "span", "number", "name", "word", "mark"]

_BE = frozenset(["be", "is", "are", "was", "were", "been", "being", "am"])
_SILENT = frozenset({"a", "an", "the", "please"}) | _BE
_MARKER = re.compile(r"^[-*•+] ", re.M)
_FENCE = re.compile(r"^(?:`{3,}|~{3,}).*$", re.M)
_STOOD_FOR = re.compile(r"^\s*\.\.\.\s*$", re.M)
_QUOTES = re.compile(r"[rRuU]?(?:\"\"\"|''')")
_COMMENT = re.compile(r"#[ \t]*$", re.M)
_CODE = re.compile(r"\w+|[^\w\s]")
_NOT = re.compile(r"n['’]t$|^cannot$")


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that is said. `passive`: a participle after a form of "to be"."""

    kind: KeyKind
    text: str
    passive: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads texts about one target; `name` is what the target is called in them."""

    target: Target
    name: str
    freedom: Freedom

    def sentences(self, text: str) -> list[tuple[Key, ...]]:
        """The keys of each sentence, each list and each piece of code, in order."""
        found = (tuple(keys) for block in read(text) for keys in self._block(block))
        return [keys for keys in found if keys]

    def _block(self, block: Block) -> Iterator[Iterator[Key]]:
        if block.kind in ("code", "example"):
            yield self._code(block.text)
        elif block.kind == "verbatim":
            yield self._prose(_MARKER.sub("", block.text))
        elif block.kind == "prose":
            for sentence in block.sentences:
                yield self._prose(self._opened(sentence))

    def _opened(self, sentence: str) -> str:
        """Without the phrase that makes a question of it."""
        low = sentence.lower()
        fitting = [one for one in self.freedom.openings if low.startswith((one + " ", one + ","))]
        return sentence[len(max(fitting, key=len)) :] if fitting else sentence

    def _code(self, text: str) -> Iterator[Key]:
        for pattern in (_FENCE, _STOOD_FOR, _QUOTES, _COMMENT):
            text = pattern.sub("", text)
        for word in _CODE.findall(text):
            yield Key("code", self._given(word))

    def _prose(self, text: str) -> Iterator[Key]:
        names = signature_names(self.target)
        spoken = [key for token in tokens(text) for key in self._keys(token, names)]
        spoken = [replace(key, passive=_is_passive(spoken, at)) for at, key in enumerate(spoken)]
        spoken = _one_word(spoken) if self.freedom.synonyms else spoken
        for key in spoken:
            if key.kind != "word":
                yield key
            elif key.text not in _SILENT and key.text not in self.freedom.adds:
                word = lemma(key.text)
                yield replace(key, text=class_of(word) if self.freedom.synonyms else word)

    def _keys(self, token: Token, names: frozenset[str]) -> Iterator[Key]:
        if is_protected(token, names):
            kind: KeyKind = "name" if token.kind == "word" else token.kind
            yield Key(kind, self._given(" ".join(token.text.split())))
            return
        word = token.text.lower()
        if len(word) > 1 and word in names and not token.text.islower():
            # A parameter in plain words that begins a sentence, or is in capitals.
            yield Key("name", word)
            return
        if _NOT.search(word):
            yield from (Key("word", _NOT.sub("", word) or "can"), Key("word", "not"))
        else:
            yield Key("word", re.sub(r"['’](s|re|ll|ve|d)?$", "", word))

    def _given(self, text: str) -> str:
        """With the name that the prompt has for the target."""
        if not self.freedom.renames or self.name == self.target.name:
            return text
        own, given = self.name.split(".")[-1], self.target.name.split(".")[-1]
        return re.sub(rf"(?<!\w){re.escape(own)}(?!\w)", lambda _: given, text)


def _is_passive(spoken: list[Key], at: int) -> bool:
    if spoken[at].kind != "word" or not is_form(spoken[at].text, "VBN"):
        return False
    return any(key.text in _BE for key in spoken[max(0, at - 2) : at])


def _one_word(spoken: list[Key]) -> list[Key]:
    """With "give back" as one word."""
    found: list[Key] = []
    for key in spoken:
        before = found[-1] if found else key
        verb = phrasal().get((lemma(before.text), key.text))
        if verb and before is not key and before.kind == "word":
            found[-1] = replace(before, text=verb)
        else:
            found.append(key)
    return found
