"""Filling a matrix, one cell at a time, in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from assay.core.errors import InputError
from assay.core.matrix import directory as directories
from assay.core.matrix.blocks import TaskBlock, verify
from assay.core.matrix.columns import LABELS, Columns
from assay.core.matrix.evidence import EvidenceWriter
from assay.core.matrix.parts import Parts
from assay.core.matrix.reading import Matrix
from assay.core.words import Evidence

# outcome, behaviour, cpu seconds, evidence index, protection index
Cell = tuple[int, int, float, int, int]

_MOST_PROTECTIONS = 256  # the column is one byte


class MatrixBuilder:
    """Takes verdicts as they come, from one thread. What is never set is `Outcome.HARNESS` with
    the note "never ran".

    With a `directory` the finished matrix lies there and is read from there; a directory that
    holds something else is refused now, with `InputError`, and not when the run is over.
    """

    def __init__(self, tasks: Sequence[TaskBlock], directory: Path | str | None = None) -> None:
        self._blocks = tuple(tasks)
        verify(self._blocks)
        self._directory = None if directory is None else Path(directory)
        if self._directory is not None:
            directories.prepare(self._directory)
        self._starts = list(accumulate((block.cells for block in self._blocks), initial=0))
        self._shapes = [(len(block.candidates), len(block.checks)) for block in self._blocks]
        self._columns: Columns = Columns.never_ran(self._starts[-1])
        self._evidence = EvidenceWriter(self._directory and self._directory.resolve().parent)
        self._protections = {"": 0}
        self._finished = False

    def add_protection(self, name: str) -> int:
        """The index of a level of protection, to be handed to `set`."""
        index = self._protections.setdefault(name, len(self._protections))
        if index >= _MOST_PROTECTIONS:
            raise InputError(f"a matrix holds {_MOST_PROTECTIONS - 1} protection levels, not more")
        return index

    def add_evidence(self, evidence: Evidence) -> int:
        """Write a record to disk; its index, to be handed to `set` (-1 for an empty one)."""
        return self._evidence.add(evidence)

    def set(
        self,
        task_index: int,
        row: int,
        column: int,
        outcome: int,
        behaviour: int,
        cpu: float,
        evidence_index: int = -1,
        protection_index: int = 0,
    ) -> None:
        """Set one cell; `IndexError` for what lies outside, before it lands in another's cell."""
        rows, width = self._shapes[task_index]
        if not (0 <= row < rows and 0 <= column < width and task_index >= 0):
            raise IndexError(f"task {task_index} has {rows} × {width} cells, not ({row}, {column})")
        if not (
            0 <= outcome < len(LABELS)
            and -1 <= evidence_index < len(self._evidence)
            and 0 <= protection_index < len(self._protections)
        ):
            raise IndexError(
                f"no such outcome ({outcome}), evidence ({evidence_index}) or protection "
                f"({protection_index}); the last two come from add_evidence and add_protection"
            )
        cell = self._starts[task_index] + row * width + column
        columns = self._columns
        columns.outcome[cell] = outcome
        columns.behaviour[cell] = behaviour
        columns.cpu[cell] = cpu
        columns.evidence[cell] = evidence_index
        columns.protection[cell] = protection_index

    def set_row(self, task_index: int, row: int, cells: Sequence[Cell]) -> None:
        """Set a whole row at once: 0.3 µs a cell instead of 1.9."""
        rows, width = self._shapes[task_index]
        if not 0 <= row < rows or len(cells) != width:
            raise IndexError(f"task {task_index} has {rows} × {width} cells")
        start = self._starts[task_index] + row * width
        part = self._columns.part(start, start + width)
        part.outcome[:], part.behaviour[:], part.cpu[:], part.evidence[:], part.protection[:] = zip(
            *cells, strict=True
        )

    def amend(self, task_index: int, row: int, column: int, outcome: int, evidence: int) -> None:
        """Put another outcome and evidence into a cell that was set before."""
        cell = self._starts[task_index] + row * self._shapes[task_index][1] + column
        self._columns.outcome[cell] = outcome
        self._columns.evidence[cell] = evidence

    def finish(self, manifest_extra: Mapping[str, Any] | None = None) -> Matrix:
        """The matrix; the builder has done its work. `manifest_extra` is what JSON can hold."""
        if self._finished:
            raise RuntimeError("this matrix is finished already")
        self._finished = True
        parts = Parts(
            self._blocks,
            self._columns.read_only(),
            self._evidence.finish(),
            tuple(self._protections),
            dict(manifest_extra or {}),
        )
        self._columns = Columns.never_ran(0)
        if self._directory is None:
            return Matrix(parts)
        directories.write(self._directory, parts)
        return Matrix.load(self._directory)
