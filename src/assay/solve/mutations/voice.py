"""Active to passive: what was to be done becomes what should be done to something."""

from __future__ import annotations

from assay.models.base import Message
from assay.solve.mutations.asking import asked, told
from assay.solve.mutations.base import Freedom, Prompt, Rewritten
from assay.solve.mutations.clauses import Clause, clauses, led
from assay.solve.mutations.english import (
    capitalised,
    inflected,
    is_form,
    signature_names,
    tokens,
    uncapitalised,
)
from assay.solve.mutations.reading import each_sentence

# A list of steps, of which some may begin with verbs that nobody knows here.
_MOST_COMMAS = 2
_SUBJECTS = {"them": "they", "him": "he"}
_BE = frozenset(["be", "is", "are", "was", "were", "been"])
_INSTRUCTION = (
    "Put each sentence into the passive voice (\"Return the sum\" becomes \"The sum should be "
    "returned\"). Leave a sentence that has no passive as it is. Do not turn the sense of any "
    "condition, and keep the order of what is named."
)  # fmt: skip


class Passive:
    """`a2p`."""

    name = "a2p"
    offline = True
    freedom = Freedom("verbs", adds=frozenset({"should", "to", "it", "they", "them"}))

    def rewrite(self, prompt: Prompt, seed: int) -> Rewritten | None:  # noqa: ARG002
        names = signature_names(prompt.target)
        text = each_sentence(prompt.text, lambda one: passive(one, names) or one)
        return Rewritten(text, prompt.target.name) if text != prompt.text else None

    def messages(self, prompt: Prompt) -> tuple[Message, ...]:
        return asked(prompt, _INSTRUCTION)

    def read(self, prompt: Prompt, answer: str) -> Rewritten | None:
        return told(prompt, answer)

    def applied(self, prompt: Prompt, rewritten: Rewritten) -> bool:
        return passives(rewritten.text) > passives(prompt.text)


def passives(text: str) -> int:
    """How many participles follow a form of "to be"."""
    words = [token.text.lower() for token in tokens(text) if token.kind == "word"]
    return sum(
        is_form(word, "VBN") and any(one in _BE for one in words[max(0, at - 2) : at])
        for at, word in enumerate(words)
    )


def passive(sentence: str, names: frozenset[str]) -> str | None:
    """The sentence in the passive voice, None where it is not clear how."""
    lead = led(sentence)
    if lead and sentence.count(",") > _MOST_COMMAS:
        return None
    found = clauses(sentence[len(lead) :])
    if found is None:
        return None
    parts, joints = found
    if names & {part.verb for part in parts}:
        return None
    said = [_turned(part) for part in parts]
    text = "".join(part + joint for part, joint in zip(said, [*joints, ""], strict=True))
    return lead + uncapitalised(text, names) if lead else capitalised(text, names)


def _turned(part: Clause) -> str:
    subject = _SUBJECTS.get(part.object.lower(), part.object)
    comma = "," if ", which " in subject else ""
    return f"{subject}{comma} should be {inflected(part.verb, 'VBN')}{part.rest}"
