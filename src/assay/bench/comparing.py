"""Two runs on the same tasks: which of their contestants is better, or that one cannot tell."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.bench.fingerprints import differences
from assay.bench.run import Run, contestant_name
from assay.core.errors import InputError

if TYPE_CHECKING:
    from assay.study import Comparison, Sample, Study


class Pair(NamedTuple):
    """Two contestants, with how the second does against the first."""

    first: str
    second: str
    comparison: Comparison

    def to_json(self) -> dict[str, Any]:
        """Both figures, their difference, and what is to be made of it."""
        found = self.comparison
        figures = {
            name: getattr(found, name).to_json() for name in ("first", "second", "difference")
        }
        told = {
            name: getattr(found, name)
            for name in ("outcome", "wins", "losses", "ties", "left_out", "p", "test")
        }
        return {"first": self.first, "second": self.second, "figures": figures, **told}


def compare_runs(first: Run, second: Run, k: int = 1) -> list[Pair]:
    """Every contestant of the second run against every one of the first by pass@k; with a single
    run twice, each pair of its contestants. Where several are compared, Holm's correction keeps
    what only looks better by chance from being called so.

    Raises InputError where suite, environments, scorer or limits of the runs differ, and says in
    what.
    """
    found = differences(first.fingerprint, second.fingerprint)
    if found:
        older = any(line.startswith("scorer") for line in found)
        raise InputError(
            f"{first.path} and {second.path} cannot be compared, for they do not rest on the "
            "same:\n  "
            + "\n  ".join(found)
            + ("\n`assay extract` grades the older run anew" if older else "")
        )
    one, other = ([contestant_name(c) for c in run.contestants] for run in (first, second))
    if first.path.resolve() == second.path.resolve():
        wanted = [(a, b) for at, a in enumerate(one) for b in one[at + 1 :]]
        if not wanted:
            raise InputError(
                f"{first.path} has one contestant: name a second run to compare it with"
            )
        return compare_in(first, wanted, k)
    return _compared(
        _studies(first, k), _studies(second, k), list(itertools.product(one, other)), k
    )


def compare_in(run: Run, wanted: Sequence[tuple[str, str]], k: int = 1) -> list[Pair]:
    """These pairs of a run's contestants, each by its name, as `compare_runs` has them."""
    studies = _studies(run, k)
    return _compared(studies, studies, wanted, k)


def _compared(
    first: Mapping[str, Study], second: Mapping[str, Study], wanted: Sequence[tuple[str, str]],
    k: int,
) -> list[Pair]:  # fmt: skip
    from assay.study import compare, correct

    made = correct({
        str(at): compare(first[a], second[b], k) for at, (a, b) in enumerate(wanted)
    })  # fmt: skip
    return [Pair(a, b, made[str(at)]) for at, (a, b) in enumerate(wanted)]


def _studies(run: Run, k: int) -> dict[str, Study]:
    from assay.study import Study

    return {name: Study(samples, (k,)) for name, samples in _by_contestant(run)}


def _by_contestant(run: Run) -> list[tuple[str, list[Sample]]]:
    samples = run.samples()
    return [
        (contestant_name(one), [sample for sample in samples if _is(sample, one)])
        for one in run.contestants
    ]


def _is(sample: Sample, contestant: dict[str, Any]) -> bool:
    return all(getattr(sample, name) == value for name, value in contestant.items())
