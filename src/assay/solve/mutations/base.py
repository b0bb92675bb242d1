"""What a mutation of a prompt is: the same task, said in another way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from assay.core import doors
from assay.core.errors import InputError
from assay.core.words import Target
from assay.models.base import Message

DOOR = "assay.mutations"
By = Literal["rules", "model"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked, and where the answer goes."""

    text: str
    target: Target


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a mutation made of a prompt, unchecked; `name` is what the target is called in it."""

    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A prompt in other words, which passed the checks. `name` is what it calls the function,
    class or method ("Class.method") that the prompt asks for."""

    mutation: str
    text: str
    name: str
    by: By


@dataclass(frozen=True, slots=True)
class Dropped:
    """A mutant that there is none of, and why: the mutation `declined` the prompt, what it made was
    `faulty`, or the model's request `failed`, which is nobody's fault of these two."""

    mutation: str
    by: By
    reason: str
    kind: Literal["declined", "faulty", "failed"]


@dataclass(frozen=True, slots=True)
class Freedom:
    """What a mutation may change of the content words; everything else has to stay.

    `order`: they stand as they stood ("kept"), whole sentences may move ("sentences"), verbs may
    move by becoming participles ("verbs"), or any may move ("free"). With `synonyms` a verb may be
    replaced by one of its class. `adds` are words that may come and go, `openings` phrases that
    may begin a sentence. With `renames` the target has another name.
    """

    order: Literal["kept", "sentences", "verbs", "free"] = "kept"
    synonyms: bool = False
    renames: bool = False
    adds: frozenset[str] = frozenset()
    openings: tuple[str, ...] = ()


class Mutation(Protocol):
    """A way to say a task differently. `rewrite` and `read` need not be careful: what they give is
    checked against `freedom`, and dropped where it says something else."""

    @property
    def name(self) -> str: ...

    @property
    def offline(self) -> bool:
        """Whether it has a form by rules."""
        ...

    @property
    def freedom(self) -> Freedom: ...

    def rewrite(self, prompt: Prompt, seed: int) -> Rewritten | None:
        """By rules: the same for a seed on every machine, None where no rule is safe."""
        ...

    def messages(self, prompt: Prompt) -> tuple[Message, ...]:
        """How a model is asked; empty where there is only the form by rules."""
        ...

    def read(self, prompt: Prompt, answer: str) -> Rewritten | None:
        """A model's answer to `messages`, None where it is none."""
        ...

    def applied(self, prompt: Prompt, rewritten: Rewritten) -> bool:
        """Whether the text shows what the mutation is for."""
        ...


class OnlyByRules:
    """What mutations have in common that no model is asked for."""

    offline = True

    def messages(self, prompt: Prompt) -> tuple[Message, ...]:  # noqa: ARG002
        return ()

    def read(self, prompt: Prompt, answer: str) -> Rewritten | None:  # noqa: ARG002
        return None

    def applied(self, prompt: Prompt, rewritten: Rewritten) -> bool:
        return rewritten.text.split() != prompt.text.split()


def names() -> list[str]:
    """The mutations that there are."""
    return doors.names(DOOR)


def load(name: str) -> Mutation:
    """The mutation of that name. Raises InputError where there is none."""
    mutation: Mutation = doors.find(DOOR, name)()
    if mutation.name != name:
        raise InputError(
            f"{DOOR}: {name!r} leads to a mutation that calls itself {mutation.name!r}"
        )
    return mutation
