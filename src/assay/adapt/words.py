"""What flows through adapt: a script, rewrites of it, runs of both, and what they prove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["tracking", "registration", "hpo", "pruning"]

# What can be added, and which of the four kinds of task it is.
TARGETS: Mapping[str, Kind] = {
    "mlflow": "tracking",
    "wandb": "tracking",
    "comet": "tracking",
    "trackio": "tracking",
    "tensorboard": "tracking",
    "mlflow-registry": "registration",
    "wandb-registry": "registration",
    "optuna": "hpo",
    "prune": "pruning",
    "nncf": "pruning",
    "nncf-2": "pruning",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One insertion or change of a plan: what, at which line of the original, and why."""

    what: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A script with targets put in. `by` is "codemod" or a model's name. `claims` is what the
    rewrite says of itself for the oracles to hold it to: metric names with the expression that
    each logs and its line in the original, parameters, the registered name, the objective, …

    Where a search or pruning comes beside something else, what is computed is no longer what the
    original computes: `stages` are the rewrites that led here, one target at a time, each of the
    one before it, and each is proven against that."""

    targets: tuple[str, ...]
    text: str
    by: str
    steps: tuple[Step, ...] = ()
    claims: Mapping[str, Any] = field(default_factory=dict)
    stages: tuple[Rewrite, ...] = ()


@dataclass(frozen=True, slots=True)
class Declined:
    """Why there is no rewrite: a fact that is missing or has two readings, where, and what the
    user can do about it."""

    targets: tuple[str, ...]
    reason: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How a script is run for a smoke test. `arguments` are its command line; `variables` are set
    in its environment; `epochs` and `steps` are the most of each that it shall do; `fixtures` adds
    to what is replaced by synthetic data; `before` is code of ours that runs ahead of the script
    in its process (a recorder)."""

    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    epochs: int = 2
    steps: int = 8
    fixtures: Mapping[str, Any] = field(default_factory=dict)
    before: str = ""


RunOutcome = Literal["finished", "raised", "timeout", "memory", "crashed", "forbidden", "harness"]


@dataclass(frozen=True, slots=True)
class Smoked:
    """One run of a script in the jail.

    `files` maps each file it left to the SHA-256 of its bytes; `weights` maps models and
    estimators that were alive at its end to the exact hash of their state; `random` maps each
    generator to the hash of its state; `answers` are the encoded values of the questions asked
    when it had ended, None where one could not be answered.
    """

    outcome: RunOutcome
    message: str = ""
    line: int | None = None
    stdout: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)
    random: Mapping[str, str] = field(default_factory=dict)
    replaced: tuple[str, ...] = ()
    answers: tuple[Any, ...] = ()
    cpu_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one oracle says of a rewrite: `holds` is None where there was nothing to look at, which
    proves nothing. `text` is for people: "`train/loss`: 20 steps, equal to what the script
    computed"."""

    oracle: str
    holds: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Proof:
    """All findings on one rewrite. It is proven when none fails and every kind of question that its
    targets raise (evidence, non-interference, semantics) has been answered by at least one."""

    rewrite: Rewrite
    findings: tuple[Finding, ...]
    proven: bool
    adapted: Smoked | None = None
