"""Judges: what answers the checks of suites whose checks are no code that could be run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from assay.core import doors
from assay.core.matrix import Matrix
from assay.core.words import Candidate, Check, Environment

DOOR = "assay.judges"


class Judge(Protocol):
    """Fills matrices as a `Session` does. The same candidate may be brought again and again: what
    was found out is kept."""

    def run(
        self,
        candidates: Sequence[Candidate],
        checks: Sequence[Check],
        *,
        out: Path | str | None = None,
    ) -> Matrix: ...

    def close(self) -> None: ...


class MakeJudge(Protocol):
    """What an entry point of the door leads to."""

    def __call__(
        self, environment: Environment, *, workers: int | str | None, min_protection: str
    ) -> Judge: ...


def judge(
    name: str, environment: Environment, *, workers: int | str | None, min_protection: str
) -> Judge:
    """The judge of that name, at work in an environment. Raises InputError where there is none."""
    make: MakeJudge = doors.find(DOOR, name)
    return make(environment, workers=workers, min_protection=min_protection)
