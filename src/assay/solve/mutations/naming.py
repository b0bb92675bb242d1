"""Other names for the target: one that misleads, one that says what the task is."""

from __future__ import annotations

import random
import re

from assay.models.base import Message
from assay.solve.mutations.base import Freedom, Prompt, Rewritten
from assay.solve.mutations.clauses import verb_form
from assay.solve.mutations.english import is_protected, lemma, tokens, word_list
from assay.solve.mutations.reading import read
from assay.solve.mutations.renaming import renamed

# Plausible names of tasks that nobody asks a function for who means another one.
_MISLEADING = (
    "parse_invoice_date", "rotate_log_files", "format_phone_number", "estimate_shipping_cost",
    "send_reminder_email", "validate_password", "schedule_backup_job", "compress_audio_track",
    "render_sidebar_menu", "convert_currency", "build_sitemap", "resolve_postal_address",
    "download_weather_report", "encrypt_message", "play_chess_opening", "translate_greeting",
    "count_open_tickets", "draw_family_tree", "deduplicate_contacts", "archive_old_orders",
)  # fmt: skip
_LINKS = word_list("links")
_BREAKS = word_list("breaks")
_DROPPED = frozenset(["a", "an", "the", "return", "compute", "its", "their", "two", "new"])
_MOST_WORDS = 4
_SYSTEM = "You name Python functions, methods and classes. Answer with one name and nothing else."
_ASKED = {
    "adversarial-name": (
        "Give the {kind} that this task asks for a misleading name: one that sounds like a quite "
        "different task. {style}"
    ),
    "task-name": (
        "Give the {kind} that this task asks for a descriptive name that says what the task is, "
        "other than `{old}`. {style}"
    ),
}
_STYLE = {True: "Write it in CamelCase.", False: "Write it in snake_case."}
_NAME = re.compile(r"[A-Za-z_]\w+")


class Naming:
    """`adversarial-name` and `task-name`: the rest of the prompt stays to the letter."""

    offline = True
    freedom = Freedom(renames=True)

    def __init__(self, name: str) -> None:
        self.name = name

    def rewrite(self, prompt: Prompt, seed: int) -> Rewritten | None:
        own = _misleading(prompt, seed) if self.name == "adversarial-name" else _telling(prompt)
        return _called(prompt, own) if own and own not in prompt.text else None

    def messages(self, prompt: Prompt) -> tuple[Message, ...]:
        asked = _ASKED[self.name].format(
            kind=prompt.target.kind,
            old=prompt.target.name.split(".")[-1],
            style=_STYLE[prompt.target.kind == "class"],
        )
        return (Message("system", _SYSTEM), Message("user", f"{asked}\n\n{prompt.text}"))

    def read(self, prompt: Prompt, answer: str) -> Rewritten | None:
        # A model that explains itself puts the name last or in backticks.
        quoted = re.findall(r"`([A-Za-z_]\w+)(?:\(\))?`", answer)
        found = quoted or _NAME.findall(answer)
        if not quoted and len(found) != 1:
            return None
        return _called(prompt, found[0])

    def applied(self, prompt: Prompt, rewritten: Rewritten) -> bool:
        own = rewritten.name.split(".")[-1]
        return rewritten.name != prompt.target.name and own in rewritten.text


def adversarial_name() -> Naming:
    return Naming("adversarial-name")


def task_name() -> Naming:
    return Naming("task-name")


def _called(prompt: Prompt, own: str) -> Rewritten | None:
    owner, dot, old = prompt.target.name.rpartition(".")
    own = "_" * (len(old) - len(old.lstrip("_"))) + own.lstrip("_")
    text = renamed(prompt, own) if own != old else None
    return Rewritten(text, owner + dot + own) if text is not None else None


def _misleading(prompt: Prompt, seed: int) -> str | None:
    """A name that shares no word with the prompt."""
    known = {lemma(word) for word in re.findall(r"[a-z]+", prompt.text.lower())}
    strange = [
        name for name in _MISLEADING if not known & {lemma(word) for word in name.split("_")}
    ]
    return (
        _styled(random.Random(f"{seed}/{prompt.target.name}").choice(strange), prompt)
        if strange
        else None
    )


def _telling(prompt: Prompt) -> str | None:
    """The first words that say what is to be done: of the docstring, or else of the text."""
    own = prompt.target.name.split(".")[-1]
    said = [one for one in read(prompt.text) if one.kind == "prose"]
    first = [one for one in (*(b for b in said if b.region), *said) if own not in one.sentences[0]]
    for block in first[:1]:
        words = _first_words(block.sentences[0])
        if len(words) >= 2:
            return _styled("_".join(words), prompt)
    return None


def _first_words(sentence: str) -> list[str]:
    found: list[str] = []
    end = 0
    for token in tokens(sentence):
        broken = bool(re.search(r"[,;:.]", sentence[end : token.start])) and bool(end)
        end = token.end
        word = token.text.lower()
        if broken or word in _BREAKS or is_protected(token, frozenset()) or not word.isascii():
            break
        if word not in _DROPPED and lemma(word) not in _DROPPED:
            verb = lemma(word) if not found and verb_form(word) == "VBZ" else word
            found += re.findall(r"[a-z]+", re.sub(r"['’]s?$", "", verb))
    found = found[:_MOST_WORDS]
    while found and found[-1] in _LINKS:
        found.pop()
    while found and found[0] in _LINKS:
        found.pop(0)
    return found


def _styled(name: str, prompt: Prompt) -> str:
    if prompt.target.kind != "class":
        return name
    return "".join(word.capitalize() for word in name.split("_") if word not in _LINKS)
