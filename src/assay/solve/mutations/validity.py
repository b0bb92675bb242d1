"""Whether a mutant asks for the same thing: what it lost, gained or put in another place.

A mutant is compared with its prompt key by key (content.py): all that a mutation is not free to
change has to be there, in its order. So a check needs no list of what may go wrong; the lists
below only name it, and guard where words may stand in any order.
"""

from __future__ import annotations

import builtins
import keyword
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from assay.core.errors import InputError
from assay.models.base import ModelFailure
from assay.solve.mutations.base import Freedom, Mutant, Prompt, Rewritten, load
from assay.solve.mutations.content import Key, Reader
from assay.solve.mutations.english import lemma, word_list

Keys = Sequence[Key]

_NEGATIONS = word_list("negations")
_SIDED = word_list("sided")
_LEAST_COSINE = 0.5
_MOST_TOLD = 4
# Of the words of a prompt that is rephrased, so many may come on top.
_FEW, _MOST_GAINED = 2, 0.25


def faults(prompt: Prompt, mutant: Mutant) -> list[str]:
    """What is wrong with a mutant, in words; empty for one that says what the prompt says."""
    mutation = load(mutant.mutation)
    freedom = mutation.freedom
    found = [*_name_faults(prompt, mutant, freedom)]
    if not mutation.applied(prompt, Rewritten(mutant.text, mutant.name)):
        found.append("the mutation was not applied")
    given = Reader(prompt.target, prompt.target.name, freedom).sentences(prompt.text)
    told = Reader(prompt.target, mutant.name, freedom).sentences(mutant.text)
    found += _COMPARED[freedom.order](given, told)
    if not found and freedom.order == "free":
        found += _gross(prompt.text, mutant.text)
    return found


def _name_faults(prompt: Prompt, mutant: Mutant, freedom: Freedom) -> Iterator[str]:
    given, told = prompt.target.name, mutant.name
    if not freedom.renames:
        if told != given:
            yield f"the name became {told}, which this mutation does not do"
        return
    *owner, own = told.split(".")
    if owner != given.split(".")[:-1]:
        yield f"the class of {given} was renamed, too"
    if own == given.split(".")[-1]:
        yield "the name is the same"
    if not own.isidentifier() or keyword.iskeyword(own) or own in dir(builtins):
        yield f"{own!r} cannot be a name here"
    elif own in {key.text for key in _flat(_read(prompt, prompt.target.name, prompt.text))}:
        yield f"the prompt knows another {own!r}"
    old = given.split(".")[-1]
    left = [key for key in _flat(_read(prompt, given, mutant.text)) if key.kind != "word"]
    if any(old == key.text.strip("`") for key in left if key.kind in ("code", "span")):
        yield f"the text still says {old}"


def _read(prompt: Prompt, name: str, text: str) -> list[tuple[Key, ...]]:
    return Reader(prompt.target, name, Freedom()).sentences(text)


def _flat(sentences: Iterable[Keys]) -> list[Key]:
    return [*chain.from_iterable(sentences)]


def _told(keys: Iterable[Key]) -> list[tuple[str, str]]:
    return [(key.kind, key.text) for key in keys]


def _kept(given: list[tuple[Key, ...]], told: list[tuple[Key, ...]]) -> list[str]:
    return _ordered(_told(_flat(given)), _told(_flat(told)))


def _ordered(given: list[tuple[str, str]], told: list[tuple[str, str]]) -> list[str]:
    """The same keys in the same order."""
    found = _changed(given, told)
    if not found and given != told:
        at = next(n for n, (one, two) in enumerate(zip(given, told, strict=True)) if one != two)
        found.append(f"order: {told[at][1]!r} stands where {given[at][1]!r} stood")
    return found


def _by_sentence(given: list[tuple[Key, ...]], told: list[tuple[Key, ...]]) -> list[str]:
    """Whole sentences, in whatever order; code stays in its own."""
    found = _changed(_told(_flat(given)), _told(_flat(told)))
    if not found and Counter(map(_whole, given)) != Counter(map(_whole, told)):
        found.append("order: words stand in other sentences, or in other places of them")
    code = [[_whole(one) for one in text if one[0].kind == "code"] for text in (given, told)]
    # Examples are code, too, and may come first.
    if not found and sorted(code[0]) != sorted(code[1]):
        found.append("order: pieces of code are not what they were")
    return found


def _whole(keys: Keys) -> tuple[tuple[str, str], ...]:
    return tuple(_told(keys))


def _but_for_verbs(given: list[tuple[Key, ...]], told: list[tuple[Key, ...]]) -> list[str]:
    """The same order, but for verbs that have become participles of a passive, whose order among
    themselves stays."""
    found = _changed(_told(_flat(given)), _told(_flat(told)))
    if not found and len(given) != len(told):
        found.append(f"order: {len(given)} sentences became {len(told)}")
    for before, after in zip(given, told, strict=False):
        passives = [Counter(key.text for key in keys if key.passive) for keys in (before, after)]
        moved = set(passives[1] - passives[0])
        # Of a verb that stood in the passive before, too, only the count is compared.
        once = moved - set(passives[0])
        for chosen, rest in ((once, False), (moved, True)):
            if not found:
                found = _ordered(
                    _told(key for key in before if (key.text in chosen) is not rest),
                    _told(key for key in after if (key.text in chosen) is not rest),
                )
    return found


def _anyhow(given: list[tuple[Key, ...]], told: list[tuple[Key, ...]]) -> list[str]:
    """Nothing lost, and nothing gained that could turn the sense; what stands on two sides of a
    word that orders them (a from b) does not change sides."""
    before, after = _flat(given), _flat(told)
    kept, new = Counter(_told(before)), Counter(_told(after))
    found = [*_named("lost", kept - new)]
    gained = {one: n for one, n in (new - kept).items() if _turns(*one) and one not in kept}
    found += _named("gained", Counter(gained))
    words = [
        sum(n for (kind, _), n in keys.items() if kind == "word") for keys in (kept, new - kept)
    ]
    if words[1] > max(_FEW, words[0] * _MOST_GAINED):
        found.append(f"{words[1]} words gained")
    code = [[key.text for key in keys if key.kind == "code"] for keys in (before, after)]
    if code[0] != code[1]:
        found.append("code was changed")
    for left, word, right in sorted(_sides(given) - _sides(told)):
        if (right, word, left) in _sides(told):
            found.append(f"order: {left} {word} {right} became {right} {word} {left}")
    return found


@cache
def _opposites() -> frozenset[frozenset[str]]:
    pairs = (pair.split("/") for pair in word_list("opposites"))
    return frozenset(frozenset(lemma(word) for word in pair) for pair in pairs)


def _turns(kind: str, text: str) -> bool:
    return kind != "word" or text in _NEGATIONS or any(text in pair for pair in _opposites())


def _sides(sentences: Iterable[Keys]) -> set[tuple[str, str, str]]:
    return {
        (sentence[at - 1].text, key.text, sentence[at + 1].text)
        for sentence in sentences
        for at, key in enumerate(sentence)
        if 0 < at < len(sentence) - 1 and key.kind == "word" and key.text in _SIDED
    }


_COMPARED = {
    "kept": _kept, "sentences": _by_sentence, "verbs": _but_for_verbs, "free": _anyhow,
}  # fmt: skip


def _changed(given: list[tuple[str, str]], told: list[tuple[str, str]]) -> list[str]:
    """What was lost and what was gained, by kind."""
    before, after = Counter(given), Counter(told)
    lost, gained = before - after, after - before
    turned = [
        (one, two)
        for (_, one), (_, two) in ((a, b) for a in lost for b in gained)
        if frozenset({one, two}) in _opposites()
    ]
    said = [f"polarity: {one!r} became {two!r}" for one, two in turned]
    return [*said, *_named("lost", lost), *_named("gained", gained)]


def _named(what: str, keys: Counter[tuple[str, str]]) -> Iterator[str]:
    for number, (kind, text) in enumerate(keys):
        if number == _MOST_TOLD:
            yield f"and {len(keys) - number} more were {what}"
            return
        kind = "negation" if kind == "word" and text in _NEGATIONS else kind
        yield f"{kind} {what}: {text}"


def _gross(given: str, told: str) -> list[str]:
    """Only against gross errors: antonyms are near each other. Without the sentence model (extra
    `similarity`) it is left out."""
    from assay.models.sentences import embed

    try:
        one, two = embed([given, told])
    except (InputError, ModelFailure):
        return []
    cosine = float(one @ two)
    return [f"cosine {cosine:.2f} to the prompt"] if cosine < _LEAST_COSINE else []
