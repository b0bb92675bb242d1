"""What has been proposed for one task: programs, tests, and what it took to get them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assay.core.words import Check, Task
from assay.engine.grading import Tally
from assay.models.base import Completion, ModelFailure
from assay.solve.mutations import Dropped, Mutant


@dataclass(frozen=True, slots=True)
class Program:
    """A program with where it came from: "original 3", "a2p 0", "repair 1"; and the answer that
    it stood in."""

    code: str
    origin: str
    answer: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What the answers cost when they were first given; dollars are None where no price is known.
    `estimated` says that not every token was counted by the server."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    dollars: float | None = 0.0
    answers: int = 0
    from_cache: int = 0
    estimated: bool = False

    def plus(self, one: Completion) -> Cost:
        known = self.dollars is not None and one.cost is not None
        return Cost(
            self.prompt_tokens + one.prompt_tokens,
            self.completion_tokens + one.completion_tokens,
            (self.dollars or 0.0) + (one.cost or 0.0) if known else None,
            self.answers + 1,
            self.from_cache + one.cached,
            self.estimated or one.estimated,
        )


@dataclass(slots=True)
class Pool:
    """Grows as answers come. `unusable` counts answers without a program, and `dropped` what was
    no test, by reason; `faults` says which requests got no answer."""

    task: Task
    programs: list[Program] = field(default_factory=list)
    tests: list[Check] = field(default_factory=list)
    trusted: list[Check] = field(default_factory=list)
    unusable: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    mutants: list[Mutant] = field(default_factory=list)
    dropped_mutants: list[Dropped] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)
    cost: Cost = Cost()
    asked_programs: int = 0
    asked_tests: int = 0
    test_answers: int = 0

    def add_program(self, found: str | None, why: str, origin: str, answer: str) -> None:
        if found is None:
            self.unusable[why] += 1
        else:
            self.programs.append(Program(found, origin, answer))

    @property
    def fault(self) -> BaseException | None:
        """Why answers are missing: a budget that is spent, before a request that failed."""
        return min(self.faults, key=lambda one: isinstance(one, ModelFailure), default=None)

    @property
    def answers(self) -> int:
        """The programs that came, usable or not."""
        return len(self.programs) + self.unusable.total()

    def to_json(self) -> dict[str, Any]:
        """The counts."""
        return {
            "programs": {
                "proposed": self.answers,
                "usable": len(self.programs),
                "unusable": dict(self.unusable),
            },
            "tests": {
                "answers": self.test_answers,
                "usable": len(self.tests),
                "trusted": len(self.trusted),
                "dropped": dict(self.dropped),
            },
            "mutants": {
                "kept": [
                    {"mutation": one.mutation, "by": one.by, "prompt": one.text}
                    for one in self.mutants
                ],
                "dropped": [
                    {"mutation": one.mutation, "by": one.by, "kind": one.kind, "why": one.reason}
                    for one in self.dropped_mutants
                ],
            },
            "failures": [str(fault) for fault in self.faults],
        }


@dataclass
class Progress:
    """How far it has come. `tally` is the engine's own, of the verdicts."""

    pool: Pool | None = None
    stage: str = "asking"
    tally: Tally = field(default_factory=Tally)


Listener = Callable[[Progress], None]
