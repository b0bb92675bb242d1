"""What a solve is told to do: checked before anything is asked, for answers may cost money."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assay.core.errors import InputError
from assay.core.words import Environment, Limits
from assay.engine import environments
from assay.engine.grading import Tally
from assay.engine.levels import DEFAULT_FLOOR, check_floor
from assay.engine.session import Session
from assay.solve import mutations as mutating
from assay.solve import selectors

# For one check, and for all of a program's: what never ends is given up soon.
LIMITS = Limits(check_cpu_seconds=2.0, candidate_cpu_seconds=8.0, check_wall_seconds=10.0)

Mutations = Sequence[str] | Literal["all"]


@dataclass(frozen=True, slots=True)
class Jail:
    """How the engine is to run. Without an `environment` it is the smallest that has what the
    programs import."""

    environment: str | Environment | None = None
    limits: Limits = LIMITS
    workers: int | str | None = None
    store: Path | str | None = None
    min_protection: str = DEFAULT_FLOOR

    def open(self, environment: str | Environment, listen: Callable[[Tally], None]) -> Session:
        return Session(
            environment, limits=self.limits, workers=self.workers,
            store=self.store, min_protection=self.min_protection, progress=listen,
        )  # fmt: skip


def check(
    *,
    samples: int,
    tests: int,
    mutations: Mutations,
    selector: str,
    temperature: float | None,
    max_tokens: int | None,
    budget: float | None,
    jail: Jail,
    repair: int = 0,
) -> None:
    """Raises InputError for what no solve can do."""
    if samples < 1 or tests < 0 or repair < 0:
        raise InputError("at least one sample is needed, and no number may be negative")
    if temperature is not None and not 0 <= temperature < math.inf:
        raise InputError(f"--temperature {temperature:g}: a number from 0 on is needed")
    if max_tokens is not None and max_tokens < 1:
        raise InputError(f"--max-tokens {max_tokens}: at least one is needed")
    if budget is not None and not budget >= 0:
        raise InputError(f"--budget {budget:g}: dollars from 0 on are needed")
    selectors.load(selector)
    for name in chosen(mutations):
        mutating.load(name)
    check_floor(jail.min_protection)
    if isinstance(jail.environment, str):
        environments.load(jail.environment)


def chosen(mutations: Mutations) -> tuple[str, ...]:
    """The names of mutations, "all" of them if that is what is said."""
    return tuple(mutating.names()) if mutations == "all" else tuple(mutations)
