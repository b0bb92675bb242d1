"""What a solver is to the rest of the house: a task and a model go in, answers come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from assay.core import doors
from assay.core.errors import InputError
from assay.core.words import Task
from assay.engine.session import Session
from assay.models.base import Completion, Message, Model, Request

DOOR = "assay.solvers"
USUAL_TOKENS = 1024
# A script comes back whole: 800 lines are about 8,000 tokens.
TOKENS_OF_A_SCRIPT = 8192


@dataclass(frozen=True, slots=True)
class Setting:
    """How a solver is asked to work. `pool` holds the tasks that examples may be taken from.
    Without `max_tokens`, an answer may be as long as is usual for the model.

    A solver that chooses among programs asks for `programs` of them and for `tests`, an answer
    each, and runs them in what `open_session` opens for an environment's name.
    """

    temperature: float | None = 0.0
    top_p: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    shots: int = 3
    shots_from: str = "stage"
    pool: tuple[Task, ...] = ()
    programs: int = 16
    tests: int = 8
    open_session: Callable[[str], Session] = field(default=Session, compare=False)

    def request(self, messages: Iterable[Message], task: Task) -> Request:
        """A request for an answer to `task` with these parameters."""
        usual = TOKENS_OF_A_SCRIPT if task.target.kind == "script" else USUAL_TOKENS
        return Request(
            tuple(messages),
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens or usual,
            stop=self.stop,
            seed=self.seed,
            task=task.id,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a solver offers. Without a `program`, one is looked for in the completion's text.
    `notes` go into the run's record as they are, so they are what JSON can hold."""

    completion: Completion
    program: str | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)


TakeAnswer = Callable[[int, Answer], None]


class Solver(Protocol):
    """Turns a task and a model into answers. A solver never looks at a task's checks or reference:
    it is handed them only because tasks travel whole."""

    @property
    def name(self) -> str: ...

    @property
    def needs_model(self) -> bool:
        """Whether it asks a model at all; a codemod does not."""
        ...

    def requests(self, task: Task, setting: Setting, samples: int) -> Iterable[tuple[Request, int]]:
        """What it would ask for so many samples, at the most: for a price before the run."""
        ...

    async def solve(
        self, task: Task, model: Model, setting: Setting, samples: Sequence[int], take: TakeAnswer
    ) -> None:
        """Find answers with these sample numbers. `take` is called the moment one is there. Raises
        ModelFailure, after all have ended, when one of them could not be had."""
        ...


def load(name: str) -> Solver:
    """The solver of that name. Raises InputError where there is none."""
    make = doors.find(DOOR, name)
    solver: Solver = make()
    if solver.name != name:
        raise InputError(f"{DOOR}: {name!r} leads to a solver that calls itself {solver.name!r}")
    return solver
