"""Sentences that begin with a verb and its object: "Return the mean of", "Raises ValueError if".

There is no parser here. A clause is recognised by a verb that the lexicon knows, followed by
something that begins a noun phrase; where its object ends is told by words that cannot be part of
it. In doubt there is no clause.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assay.solve.mutations.english import Token, is_form, lemma, takes, tokens, word_list

Form = Literal["VB", "VBZ"]

_DETERMINERS = word_list("determiners")
_NO_NOUN = word_list("no_noun")
_NOUNS_TOO = word_list("nouns_too")
_ENDS = word_list("ends")
# What they introduce belongs to the noun or to the verb: nobody can tell.
_DOUBTFUL = frozenset({"before", "after", "else"})
# "Return value: a list."
_NOT_RETURNED = frozenset({"value", "values", "type", "types", "code"})
# "Given a list of numbers, return …"
_LED = re.compile(r"(?:Given|For|From|Out of|With|In) [^,;:.]*, (?=(\w+) )")
_BY_DOING = frozenset({"by", "without", "with"})
_RELATIVE = frozenset(["that", "which", "who", "whose", "what", "how", "whether"])
_REQUESTS = frozenset(["write", "implement", "create", "build", "construct", "develop"])
_STOPS = re.compile(r"\s*(?:[,;:]|\s[—–-]\s|[.!?]?$)")
_JOINED = re.compile(r"(?:, and then|, then|, and| and then|; then| and|;|:|,) (?=(\w+) )")
_LONGEST_LIST_ITEM = 3
_MOST_COMMAS = 3


@dataclass(frozen=True, slots=True)
class Clause:
    """`verb` in its base form, its object, and what comes after, with the space before it."""

    verb: str
    form: Form
    object: str
    rest: str


def verb_form(word: str) -> Form | None:
    """Which form of a verb of the lexicon a word is, if it begins a sentence."""
    low = word.lower()
    if takes(low) is not None:
        return "VB"
    return "VBZ" if takes(lemma(low)) is not None and is_form(low, "VBZ") else None


def clause(text: str) -> Clause | None:
    """The clause that a text begins with, None where that is not clear."""
    said = list(tokens(text))
    if len(said) < 2 or said[0].kind != "word" or said[0].start:
        return None
    form = verb_form(said[0].text)
    if form is None or not _begins_object(said, text):
        return None
    verb = lemma(said[0].text.lower()) if form == "VBZ" else said[0].text.lower()
    end = _with_relative(verb, text) or _object_end(verb, said, text)
    if end is None or end <= said[1].start:
        return None
    found = text[said[1].start : end].rstrip()
    return Clause(verb, form, found, text[said[1].start + len(found) :])


def clauses(sentence: str) -> tuple[list[Clause], list[str]] | None:
    """All clauses of a sentence that have verbs of one form, and what joins them."""
    parts, joints, start = [], [], 0
    first = verb_form(sentence.split(" ", 1)[0])
    masked = _masked(sentence)
    if masked.count(",") > _MOST_COMMAS or _verb_after_else(masked):
        return None
    for joint in _JOINED.finditer(masked):
        if verb_form(joint[1]) != first:
            continue
        if clause(sentence[joint.end() :]):
            parts.append(sentence[start : joint.start()])
            joints.append(joint[0])
            start = joint.end()
        # A plural noun looks like a verb with -s: "values and counts".
        elif first == "VB" or joint[1].lower() not in _NOUNS_TOO:
            return None
    found = [clause(part) for part in (*parts, sentence[start:])]
    known = [one for one in found if one]
    return (known, joints) if len(known) == len(found) else None


def led(sentence: str) -> str:
    """What leads to a request: "Given a list, " of "Given a list, return its sum."; or nothing."""
    found = _LED.match(_masked(sentence))
    return sentence[: found.end()] if found and verb_form(found[1]) == "VB" else ""


def is_request(text: str) -> bool:
    """Whether a text begins with a plain verb that cannot be a noun there: "Check whether …"."""
    first, _, rest = text.partition(" ")
    low, follows = first.lower(), rest.partition(" ")[0].lower()
    if verb_form(first) is None or (low == "return" and follows in _NOT_RETURNED):
        return False
    return clause(text) is not None or (lemma(low) not in _NOUNS_TOO and follows != "of")


def _verb_after_else(masked: str) -> bool:
    """ "…; else return it": a second request, which would stay as it is."""
    found = re.findall(r"\b(?:else|otherwise),? (\w+)", masked)
    return any(verb_form(word) for word in found)


def _begins_object(said: Sequence[Token], text: str) -> bool:
    verb, first = said[0], said[1]
    if text[verb.end : first.start] != " ":
        return False
    word = first.text.lower()
    if first.kind == "number" and verb.text.lower() in _NOUNS_TOO:
        # "Score 0 for empty lists": a noun.
        return False
    if first.kind != "word":
        return first.kind in ("span", "number", "name") or first.text in "([{|-"
    if word in _DETERMINERS or first.text in ("True", "False", "None", "NaN"):
        return True
    if verb.text.lower() == "return" and word in _NOT_RETURNED:
        return False
    if word in _NO_NOUN or verb.text.lower() in _NOUNS_TOO or len(word) == 1:
        return False
    if lemma(verb.text.lower()) == "return":
        return True
    # Bare nouns begin an object if there is a plural among the next: "Convert boxes", but not
    # "Update rule of Adam".
    for token in said[1:4]:
        if token.text.lower() in _NO_NOUN:
            return False
        if token.kind == "word" and token.text.endswith("s") and is_form(token.text, "NNS"):
            return True
    return False


def _with_relative(verb: str, text: str) -> int | None:
    """The end of a request that goes on about its object alone: "Write the class `A`, which …"."""
    found = re.fullmatch(r"\w+ [^,;:]+, which [^,;:]+?(?=[.]?$)\.?", _masked(text))
    return len(text.rstrip(".")) if found and verb in _REQUESTS else None


def _object_end(verb: str, said: Sequence[Token], text: str) -> int | None:
    masked = _masked(text)
    own = set(takes(verb) or ())
    relative = said[1].text.lower() in _RELATIVE
    for before, token, after in zip(said[1:], said[2:], [*said[3:], None], strict=False):
        between = masked[before.end : token.start]
        stopped = _STOPS.match(between)
        word = masked[token.start : token.end].lower()
        if stopped and between.strip():
            return None if relative and "," in between else _at_comma(before.end, between, text)
        if word in _RELATIVE and verb in _REQUESTS and word in ("that", "which"):
            return before.end
        if word in _DOUBTFUL or (relative and word in _ENDS - {"for", "as"}):
            return None
        relative = relative or word in _RELATIVE
        follows = after.text if after is not None else ""
        doing = (
            (word == "to" and verb_form(follows) == "VB")
            or (word == "in" and follows == "case")
            or (word in _BY_DOING and follows.endswith("ing"))
        )
        if not relative and (word in _ENDS or word in own or doing):
            return before.end
    trailing = re.search(r"[\s.:;!?]*$", masked)
    return trailing.start() if trailing else len(text)


def _at_comma(end: int, between: str, text: str) -> int | None:
    """The object ends at a comma, unless it is a list of things: a, b and c."""
    if "," not in between:
        return end
    rest = _masked(text)[end:]
    items = re.split(r",|\b(?:and|or)\b", rest.split(".")[0])
    listed = re.search(r"\b(?:and|or)\b", rest)
    short = [item for item in items[1:3] if len(item.split()) <= _LONGEST_LIST_ITEM]
    return None if listed and short else end


def _masked(text: str) -> str:
    """The same length, with blanks for what spans and brackets hold."""
    hidden = list(re.sub(r"`[^`]+`|\"[^\"]*\"", lambda span: "`" * len(span[0]), text))
    depth = 0
    for at, character in enumerate(hidden):
        depth += character in "([{"
        if depth:
            hidden[at] = "("
        depth = max(0, depth - (character in ")]}"))
    return "".join(hidden)
