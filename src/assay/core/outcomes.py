"""What can become of a check on a candidate: one table, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Fault = Literal["nobody", "candidate", "completion", "check", "harness"]


class Outcome(IntEnum):
    """The outcome of one check on one candidate. The numbers are stored: never renumber."""

    PASSED = 0
    FAILED = 1
    RAISED = 2
    TIMEOUT = 3
    MEMORY = 4
    CRASHED = 5
    FORBIDDEN = 6
    NO_CODE = 7
    WRONG_TARGET = 8
    FLAKY = 9
    HARNESS = 10

    @property
    def label(self) -> str:
        """The word that people and JSON read: `passed`, `no_code`, …"""
        return self.name.lower()

    @property
    def rule(self) -> Rule:
        return RULES[self]


@dataclass(frozen=True, slots=True)
class Rule:
    """How an outcome is treated: whose fault it is, whether it counts in figures, whether the
    engine tries again, and how bad it is (the worst outcome of a candidate has most severity)."""

    fault: Fault
    counts: bool
    retried: bool
    severity: int
    meaning: str


RULES: dict[Outcome, Rule] = {
    Outcome.PASSED: Rule("nobody", True, False, 0, "the check holds"),
    Outcome.FLAKY: Rule("check", False, False, 1, "the check does not agree with itself"),
    Outcome.FAILED: Rule("candidate", True, False, 2, "a wrong answer"),
    Outcome.RAISED: Rule("candidate", True, False, 3, "an exception"),
    Outcome.TIMEOUT: Rule("candidate", True, False, 4, "over its CPU or wall time"),
    Outcome.MEMORY: Rule("candidate", True, False, 5, "over its memory"),
    Outcome.CRASHED: Rule("candidate", True, False, 6, "the process ended before it answered"),
    Outcome.FORBIDDEN: Rule("candidate", True, False, 7, "it tried what the jail forbids"),
    Outcome.WRONG_TARGET: Rule("completion", True, False, 8, "code, but not what was asked for"),
    Outcome.NO_CODE: Rule("completion", True, False, 9, "no program in the completion"),
    Outcome.HARNESS: Rule("harness", False, True, 10, "our failure, never the candidate's"),
}
