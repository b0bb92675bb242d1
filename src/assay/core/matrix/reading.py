"""`Matrix`: everything that is read off the verdicts of candidates × checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assay.core.errors import InputError
from assay.core.matrix import directory
from assay.core.matrix.blocks import TaskBlock
from assay.core.matrix.columns import BY_SEVERITY, COUNTS, LABELS, SEVERITY, tally
from assay.core.matrix.parts import Parts
from assay.core.outcomes import Outcome
from assay.core.words import Verdict

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


@dataclass(frozen=True, slots=True)
class Cluster:
    """Candidates that no check of their task tells apart, and how many checks they passed."""

    candidates: tuple[str, ...]
    passed: int

    @property
    def size(self) -> int:
        return len(self.candidates)


class Matrix:
    """Verdicts of candidates × checks, task by task. It never changes.

    Readings of one task take its id; it may be left out where the matrix has only one, as in
    `matrix.task("double").clusters()`. An id that is not there raises `InputError`.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._columns = parts.columns
        self._starts = list(accumulate((block.cells for block in parts.blocks), initial=0))

    @classmethod
    def load(cls, path: Path | str) -> Matrix:
        """Open a matrix that was saved; `InputError` where there is none, or a damaged one."""
        return cls(directory.read(Path(path)))

    def save(self, path: Path | str) -> None:
        """Write it as a directory, in place of a matrix that may be there, and of nothing else."""
        directory.write(Path(path), self._parts)

    def to_parquet(self, path: Path | str) -> None:
        """Write one row per verdict; needs `pip install "assay[parquet]"`."""
        from assay.core.matrix.parquet import write

        write(Path(path), self)

    # ---- what it is about

    @cached_property
    def tasks(self) -> tuple[str, ...]:
        """The ids of the tasks."""
        return tuple(block.id for block in self.blocks)

    @cached_property
    def candidates(self) -> tuple[str, ...]:
        """The ids of the candidates of all tasks."""
        return tuple(candidate for block in self.blocks for candidate in block.candidates)

    @property
    def blocks(self) -> tuple[TaskBlock, ...]:
        """Rows and columns of each task, with trust, twins and environment."""
        return self._parts.blocks

    @property
    def extra(self) -> Mapping[str, Any]:
        """What the job wrote into the manifest: its configuration, its limits."""
        return self._parts.extra

    @property
    def protections(self) -> tuple[str, ...]:
        """The table that the protection column points into."""
        return self._parts.protections

    @property
    def created(self) -> str:
        """When it was made, in UTC."""
        return self._parts.created

    def checks(self, task: str | None = None) -> tuple[str, ...]:
        """The ids of a task's checks."""
        return self.blocks[self._place(task)].checks

    def task(self, task: str) -> Matrix:
        """The part of one task, sharing the data."""
        place = self._place(task)
        cells = self._columns.part(self._starts[place], self._starts[place + 1])
        return Matrix(replace(self._parts, blocks=(self.blocks[place],), columns=cells))

    # ---- single verdicts

    def verdict(self, candidate: str, check: str) -> Verdict:
        """One verdict, with its evidence."""
        place, row = self._row(candidate)
        column = self._checks_of(place).get(check)
        if column is None:
            task = self.tasks[place]
            raise InputError(f"task {task!r} has no check {check!r}; Matrix.checks lists them")
        return self._verdict(place, row, column)

    def verdicts(self) -> Iterator[Verdict]:
        """All verdicts, row by row, made as they are asked for."""
        for place, block in enumerate(self.blocks):
            for row in range(len(block.candidates)):
                for column in range(len(block.checks)):
                    yield self._verdict(place, row, column)

    def _verdict(self, place: int, row: int, column: int) -> Verdict:
        block, columns = self.blocks[place], self._columns
        cell = self._starts[place] + row * len(block.checks) + column
        return Verdict(
            candidate=block.candidates[row],
            check=block.checks[column],
            task=block.id,
            outcome=Outcome(int(columns.outcome[cell])),
            trust=block.trust[column],
            protection=self._parts.protections[columns.protection[cell]],
            cpu_seconds=float(columns.cpu[cell]),
            evidence=self._parts.evidence.record(int(columns.evidence[cell])),
        )

    def evidence_json(self, index: int) -> str | None:
        """An evidence record as JSON; None for the index -1."""
        return self._parts.evidence.line(index) if index >= 0 else None

    # ---- arrays, read-only, candidates × checks

    def array(self, task: str | None = None) -> NDArray[np.uint8]:
        """A task's outcomes, as the numbers of `Outcome`."""
        return self._grid(self._columns.outcome, self._place(task))

    def behaviours(self, task: str | None = None) -> NDArray[np.uint64]:
        """Hashes of what was answered: equal answers have equal hashes, and 0 is none."""
        return self._grid(self._columns.behaviour, self._place(task))

    def column(self, name: str, task: str | None = None) -> NDArray[Any]:
        """Any stored column of a task: outcome, behaviour, cpu, evidence or protection."""
        return self._grid(getattr(self._columns, name), self._place(task))

    def _grid(self, column: NDArray[Any], place: int) -> NDArray[Any]:
        block = self.blocks[place]
        part = column[self._starts[place] : self._starts[place + 1]]
        return part.reshape(len(block.candidates), len(block.checks))

    # ---- counting

    def outcomes(self) -> dict[str, int]:
        """How often each outcome occurs."""
        return tally(self._columns.outcome)

    @property
    def harness(self) -> int:
        """How many verdicts are our own failures; shown beside every figure."""
        return int(np.count_nonzero(self._columns.outcome == Outcome.HARNESS))

    @property
    def protection(self) -> str:
        """The weakest level under which any verdict was made, "" where nothing ran. The table of
        levels stands from the weakest to the strongest."""
        used = self._columns.protection[self._columns.protection > 0]
        return self._parts.protections[int(used.min())] if used.size else ""

    @property
    def cpu_seconds(self) -> float:
        """What the verdicts cost. What twins share was run once, and is counted once."""
        total = self._columns.cpu.sum(dtype=np.float64)
        for place, block in enumerate(self.blocks):
            if block.twin_of or block.same_as:
                times = self._grid(self._columns.cpu, place)
                total -= times.sum(dtype=np.float64) - times[_run(block)].sum(dtype=np.float64)
        return float(total)

    def passed_by_candidate(self) -> dict[str, tuple[int, int]]:
        """For each candidate the checks that it passed, and those that count."""
        return self._passed(axis=1, places=range(len(self.blocks)))

    def passed_by_check(self, task: str | None = None) -> dict[str, tuple[int, int]]:
        """For each check of a task the candidates that passed it, and those that count."""
        return self._passed(axis=0, places=range(self._place(task), self._place(task) + 1))

    def _passed(self, axis: int, places: range) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for place in places:
            outcome = self._grid(self._columns.outcome, place)
            passed = np.count_nonzero(outcome == Outcome.PASSED, axis=axis).tolist()
            counted = np.count_nonzero(COUNTS[outcome], axis=axis).tolist()
            block = self.blocks[place]
            ids = block.candidates if axis == 1 else block.checks
            found.update(zip(ids, zip(passed, counted, strict=True), strict=True))
        return found

    def outcome_of(self, candidate: str) -> Outcome:
        """The worst outcome of a candidate; `PASSED` where its task has no check."""
        place, row = self._row(candidate)
        severity = SEVERITY[self._grid(self._columns.outcome, place)[row]]
        return BY_SEVERITY[int(severity.max(initial=0))]

    def all_passed(self, candidate: str) -> bool:
        """Whether every check passed. `flaky` and `harness` are no pass, nor is having no check;
        `passed_by_candidate` leaves out what does not count."""
        place, row = self._row(candidate)
        outcome = self._grid(self._columns.outcome, place)[row]
        return bool(outcome.size and (outcome == Outcome.PASSED).all())

    def clusters(self, task: str | None = None) -> list[Cluster]:
        """A task's candidates by what they do: together are those with equal behaviour and
        outcome on all checks. The biggest first; of equals, the one that passes more."""
        place = self._place(task)
        outcome = self._grid(self._columns.outcome, place)
        behaviour = self._grid(self._columns.behaviour, place)
        rows: dict[bytes, list[int]] = {}
        for row in range(len(outcome)):
            key = outcome[row].tobytes() + behaviour[row].tobytes()
            rows.setdefault(key, []).append(row)
        ids = self.blocks[place].candidates
        found = [
            Cluster(
                tuple(ids[row] for row in members),
                int(np.count_nonzero(outcome[members[0]] == Outcome.PASSED)),
            )
            for members in rows.values()
        ]
        return sorted(found, key=lambda cluster: (-cluster.size, -cluster.passed))

    def to_json(self) -> dict[str, Any]:
        """All outcomes as JSON has them, without evidence."""
        passed = self.passed_by_candidate()
        candidates = {}
        for place, block in enumerate(self.blocks):
            outcome = self._grid(self._columns.outcome, place)
            worst = SEVERITY[outcome].max(axis=1, initial=0).tolist()
            for candidate, row, severity in zip(
                block.candidates, outcome.tolist(), worst, strict=True
            ):
                passes, counted = passed[candidate]
                candidates[candidate] = {
                    "task": block.id,
                    "passed": passes,
                    "failed": counted - passes,
                    "outcome": BY_SEVERITY[severity].label,
                    "checks": dict(zip(block.checks, (LABELS[o] for o in row), strict=True)),
                }
        return {
            "outcomes": self.outcomes(),
            "candidates": candidates,
            "protection": self.protection,
            "harness": self.harness,
            "cpu_seconds": self.cpu_seconds,
        }

    def __eq__(self, other: object) -> bool:
        """Whether tasks, ids, outcomes and behaviours are the same; times do not matter."""
        if not isinstance(other, Matrix):
            return NotImplemented
        return (
            [(b.id, b.candidates, b.checks) for b in self.blocks]
            == [(b.id, b.candidates, b.checks) for b in other.blocks]
            and np.array_equal(self._columns.outcome, other._columns.outcome)
            and np.array_equal(self._columns.behaviour, other._columns.behaviour)
        )

    __hash__ = None  # type: ignore[assignment]

    # ---- finding things

    @cached_property
    def _places(self) -> dict[str, int]:
        return {task: place for place, task in enumerate(self.tasks)}

    @cached_property
    def _rows(self) -> dict[str, tuple[int, int]]:
        return {
            candidate: (place, row)
            for place, block in enumerate(self.blocks)
            for row, candidate in enumerate(block.candidates)
        }

    @cached_property
    def _columns_by_check(self) -> dict[int, dict[str, int]]:
        return {}

    def _checks_of(self, place: int) -> dict[str, int]:
        known = self._columns_by_check
        if place not in known:
            known[place] = {check: at for at, check in enumerate(self.blocks[place].checks)}
        return known[place]

    def _place(self, task: str | None) -> int:
        if task is None:
            if len(self.blocks) != 1:
                raise InputError(f"which task? the matrix has {len(self.blocks)}; hand in an id")
            return 0
        if task not in self._places:
            raise InputError(f"no task {task!r} in this matrix; Matrix.tasks lists its tasks")
        return self._places[task]

    def _row(self, candidate: str) -> tuple[int, int]:
        if candidate not in self._rows:
            raise InputError(
                f"no candidate {candidate!r} in this matrix; Matrix.candidates lists them"
            )
        return self._rows[candidate]

    # ---- showing itself

    def __repr__(self) -> str:
        cells = len(self._columns.outcome)
        return (
            f"<Matrix: {len(self.blocks):,} tasks, {len(self.candidates):,} candidates, "
            f"{cells:,} verdicts, {self.outcomes().get('passed', 0):,} passed>"
        )

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from assay.core.matrix.terminal import render

        yield from render(self, options)

    def _repr_html_(self) -> str:
        from assay.core.matrix.notebook import render

        return render(self)


def _run(block: TaskBlock) -> tuple[NDArray[np.intp], ...]:
    """Indices of the cells that were really run: no twin's row, no repeated check's column."""
    rows = [at for at, twin in enumerate(block.twin_of or [-1] * len(block.candidates)) if twin < 0]
    columns = [at for at, twin in enumerate(block.same_as or [-1] * len(block.checks)) if twin < 0]
    return np.ix_(np.array(rows, dtype=np.intp), np.array(columns, dtype=np.intp))
