"""Small matrices that the tests of the matrix share."""

from __future__ import annotations

from pathlib import Path

from assay.core.matrix import Matrix, MatrixBuilder, TaskBlock
from assay.core.outcomes import Outcome
from assay.core.words import Evidence

LETTERS = {
    ".": Outcome.PASSED, "x": Outcome.FAILED, "!": Outcome.RAISED, "T": Outcome.TIMEOUT,
    "N": Outcome.NO_CODE, "~": Outcome.FLAKY, "H": Outcome.HARNESS,
}  # fmt: skip


def block(task: str, rows: int, checks: int, **extra: tuple[int, ...]) -> TaskBlock:
    return TaskBlock(
        task,
        tuple(f"{task}/{row}" for row in range(rows)),
        tuple(f"check{at}" for at in range(checks)),
        ("value",) * checks,
        **extra,
    )


def build(grids: dict[str, list[str]], directory: Path | None = None) -> Matrix:
    """A letter per cell, a string per candidate: `{"double": ["..x", "..."]}`. A space leaves the
    cell as it was; failures carry evidence; equal letters stand for equal behaviour."""
    blocks = [block(task, len(rows), len(rows[0])) for task, rows in grids.items()]
    builder = MatrixBuilder(blocks, directory)
    level = builder.add_protection("namespaces")
    for task, rows in enumerate(grids.values()):
        for row, letters in enumerate(rows):
            for column, letter in enumerate(letters):
                if letter == " ":
                    continue
                outcome = LETTERS[letter]
                failed = outcome is Outcome.FAILED
                evidence = builder.add_evidence(Evidence(value="7", note="é\ud800") if failed
                                                else Evidence())  # fmt: skip
                builder.set(task, row, column, outcome, ord(letter), 0.5, evidence, level)
    return builder.finish({"job": "test"})
