"""The engine's one public door: candidates × checks → a matrix of verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assay.core.matrix import Matrix
from assay.core.words import Candidate, Check, Environment, Limits
from assay.engine.grading import Tally
from assay.engine.levels import DEFAULT_FLOOR
from assay.engine.session import Executor, Listener, Session

__all__ = ["Executor", "Session", "Tally", "run"]


def run(
    candidates: Sequence[Candidate],
    checks: Sequence[Check],
    environment: str | Environment = "python",
    *,
    limits: Limits | None = None,
    workers: int | str | None = None,
    out: Path | str | None = None,
    store: Path | str | None = None,
    min_protection: str = DEFAULT_FLOOR,
    progress: Listener | None = None,
) -> Matrix:
    """Put every check of a task to every candidate of that task, and return the verdicts.

    What the verdict store (`store`, by default in the cache) holds is not run again, so a run
    that was killed goes on where it was. `workers` is a number of processes (default: one per
    core that this process may use), or "ray[:address]". With `out` the matrix lies in that
    directory.

    Raises InputError for candidates and checks that do not fit together, ProtectionError where
    the jail is weaker than `min_protection`, EnvironmentBuildError, StoreError, and Interrupted
    on Ctrl-C. Failures of ours on single candidates do not raise: they are `harness` verdicts.
    """
    with Session(
        environment, limits=limits, workers=workers, store=store,
        min_protection=min_protection, progress=progress,
    ) as session:  # fmt: skip
        return session.run(candidates, checks, out=out)
