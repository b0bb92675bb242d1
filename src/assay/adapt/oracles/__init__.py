"""Oracles: questions to a rewrite, its run and the original's. They come in by a door.

evidence           what components themselves kept says so
non-interference   the script is what it was
semantics          what was kept is true
"""

from __future__ import annotations

from assay.adapt.oracles.base import Case, Judging, Oracle, Question, Watched

__all__ = ["Case", "Judging", "Oracle", "Question", "Watched", "oracles"]

DOOR = "assay.oracles"


def oracles() -> list[Oracle]:
    """All oracles, ours first. Raises InputError where one cannot be imported."""
    from assay.adapt.oracles import additions, pruning, registration, tracking, tuning, unchanged
    from assay.core import doors

    ours: list[Oracle] = [
        tracking.TRACKED, registration.REGISTERED, pruning.SPARSE,
        tuning.SEARCHED, unchanged.OUTPUT, unchanged.FILES, unchanged.WEIGHTS, unchanged.RANDOM,
        unchanged.VALUES, additions.ADDITIONS, tracking.METRICS, tracking.PARAMETERS,
        registration.TRAINED, pruning.MASKS, tuning.SPACE, tuning.HELD_OUT, tuning.BEST,
    ]  # fmt: skip
    known = {oracle.name for oracle in ours}
    return ours + [doors.find(DOOR, name) for name in doors.names(DOOR) if name not in known]
