"""What both views of a matrix show, terminal and notebook: figures, symbols and clean ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.core.outcomes import Outcome

if TYPE_CHECKING:
    from assay.core.matrix.reading import Matrix

MOST_ROWS = 40
# Ids are cut before they are measured: a million combining marks are one column wide.
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Look:
    """How an outcome is shown. The symbols differ, so that colour is never all there is."""

    symbol: str
    ascii: str
    style: str
    colour: str


LOOKS: dict[Outcome, Look] = {
    Outcome.PASSED: Look("✓", ".", "green", "#1a7f37"),
    Outcome.FAILED: Look("✗", "x", "red", "#cf222e"),
    Outcome.RAISED: Look("!", "!", "dark_orange", "#bc4c00"),
    Outcome.TIMEOUT: Look("T", "T", "yellow", "#9a6700"),
    Outcome.MEMORY: Look("M", "M", "magenta", "#bf3989"),
    Outcome.CRASHED: Look("C", "C", "bold magenta", "#8250df"),
    Outcome.FORBIDDEN: Look("F", "F", "bold red", "#a40e26"),
    Outcome.NO_CODE: Look("N", "N", "blue", "#0969da"),
    Outcome.WRONG_TARGET: Look("W", "W", "cyan", "#1b7c83"),
    Outcome.FLAKY: Look("~", "~", "bright_black", "#6e7781"),
    Outcome.HARNESS: Look("H", "H", "reverse red", "#a40e26"),
}


@dataclass(frozen=True, slots=True)
class TaskFigures:
    """One task's row in the overview."""

    task: str
    candidates: int
    checks: int
    passed: int
    counted: int
    best: str | None
    best_passed: int
    best_counted: int
    clusters: int
    outcomes: dict[Outcome, int]


def figures(part: Matrix) -> TaskFigures:
    """The figures of a matrix of one task."""
    by_candidate = part.passed_by_candidate()
    best = max(by_candidate, key=lambda name: by_candidate[name][0], default=None)
    best_passed, best_counted = by_candidate[best] if best is not None else (0, 0)
    return TaskFigures(
        task=part.tasks[0],
        candidates=len(part.candidates),
        checks=len(part.checks()),
        passed=sum(passed for passed, _ in by_candidate.values()),
        counted=sum(counted for _, counted in by_candidate.values()),
        best=best if best_passed else None,
        best_passed=best_passed,
        best_counted=best_counted,
        clusters=len(part.clusters()),
        outcomes=by_outcome(part),
    )


def by_outcome(matrix: Matrix) -> dict[Outcome, int]:
    return {Outcome[label.upper()]: count for label, count in matrix.outcomes().items()}


def headline(matrix: Matrix) -> list[str]:
    """A few words each about the whole matrix; no id is among them."""
    outcomes = by_outcome(matrix)
    counted = sum(count for outcome, count in outcomes.items() if outcome.rule.counts)
    words = [
        plural(len(matrix.tasks), "task"),
        plural(len(matrix.candidates), "candidate"),
        plural(sum(outcomes.values()), "verdict"),
        f"{share(outcomes.get(Outcome.PASSED, 0), counted)} passed",
        f"{matrix.cpu_seconds:,.1f} CPU s",
    ]
    return words + ([f"protection {clean(matrix.protection)}"] if matrix.protection else [])


def cluster_numbers(part: Matrix) -> dict[str, int]:
    """For each candidate of a task the place of its cluster, from 1 for the biggest."""
    return {
        candidate: place
        for place, cluster in enumerate(part.clusters(), 1)
        for candidate in cluster.candidates
    }


def plural(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def share(passed: int, counted: int) -> str:
    """A percentage that says 100 or 0 only where it is true."""
    if not counted:
        return "–"
    percent = 100 * passed / counted
    if 0 < passed < counted:
        percent = min(max(percent, 0.1), 99.9)
    return f"{percent:.1f} %"


def clean(text: str) -> str:
    """An id that shows what is in it: escapes, new lines, bidirectional marks and lone surrogates
    come out as their code, so that no id can move the cursor or pose as another."""
    half = _LONGEST_ID // 2
    cut = text if len(text) <= _LONGEST_ID else f"{text[:half]}…{text[-half:]}"
    return "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in cut
    )
