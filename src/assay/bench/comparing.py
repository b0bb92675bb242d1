"""Two runs on the same tasks: which of their contestants is better, or that one cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from assay.bench.fingerprints import differences
from assay.bench.report import contestant_name
from assay.bench.run import Run
from assay.core.errors import InputError

if TYPE_CHECKING:
    from assay.study import Comparison, Sample


class Pair(NamedTuple):
    """Two contestants, with how the second does against the first."""

    first: str
    second: str
    comparison: Comparison


def compare_runs(first: Run, second: Run, k: int = 1) -> list[Pair]:
    """Every contestant of the second run against every one of the first by pass@k; with a single
    run twice, each pair of its contestants. Where several are compared, Holm's correction keeps
    what only looks better by chance from being called so.

    Raises InputError where suite, environments, scorer or limits of the runs differ, and says in
    what.
    """
    from assay.study import Study, compare, correct

    found = differences(first.fingerprint, second.fingerprint)
    if found:
        older = any(line.startswith("scorer") for line in found)
        raise InputError(
            f"{first.path} and {second.path} cannot be compared, for they do not rest on the "
            "same:\n  "
            + "\n  ".join(found)
            + ("\n`assay extract` grades the older run anew" if older else "")
        )
    studies = [
        {name: Study(samples, (k,)) for name, samples in _by_contestant(run)}
        for run in (first, second)
    ]
    one_run = first.path.resolve() == second.path.resolve()
    names = list(studies[0])
    if one_run:
        wanted = [(a, b) for at, a in enumerate(names) for b in names[at + 1 :]]
    else:
        wanted = [(a, b) for a in names for b in studies[1]]
    if not wanted:
        raise InputError(f"{first.path} has one contestant: name a second run to compare it with")
    made = correct({str(at): compare(studies[0][a], studies[1][b], k)
                    for at, (a, b) in enumerate(wanted)})  # fmt: skip
    return [Pair(a, b, made[str(at)]) for at, (a, b) in enumerate(wanted)]


def _by_contestant(run: Run) -> list[tuple[str, list[Sample]]]:
    samples = run.samples()
    return [
        (contestant_name(one), [sample for sample in samples if _is(sample, one)])
        for one in run.contestants
    ]


def _is(sample: Sample, contestant: dict[str, Any]) -> bool:
    return all(getattr(sample, name) == value for name, value in contestant.items())
