"""A finished run, as one reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.bench.directory import RUN, read_record, read_samples
from assay.core.errors import InputError

if TYPE_CHECKING:
    from assay.study import Sample, Study

_UNPLACED = frozenset({"no_code", "wrong_target"})
_USUAL_KS = (1, 10, 100)


@dataclass(frozen=True)
class Run:
    """What was asked, on what it rests, and a row for each answer."""

    path: Path
    record: dict[str, Any]

    @classmethod
    def load(cls, path: Path | str) -> Run:
        """Raises InputError where no finished run is there."""
        run = cls(Path(path), read_record(Path(path)))
        _ = run.rows
        return run

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return read_samples(self.path)

    @property
    def suite(self) -> str:
        name: str = self.record["suite"]["name"]
        return name

    @property
    def contestants(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.record["settings"]["contestants"]
        return found

    @property
    def fingerprint(self) -> dict[str, Any]:
        found: dict[str, Any] = self.record["fingerprint"]
        return found

    @property
    def cost(self) -> dict[str, Any]:
        found: dict[str, Any] = self.record["cost"]
        return found

    @property
    def outcomes(self) -> dict[str, int]:
        """How many answers came to what."""
        return dict(Counter(row["outcome"] for row in self.rows).most_common())

    @property
    def harness(self) -> int:
        """How many answers are our failures."""
        return self.outcomes.get("harness", 0)

    @property
    def most_samples(self) -> int:
        return 1 + max((row["sample"] for row in self.rows), default=0)

    def ks(self) -> tuple[int, ...]:
        """The k of pass@k that tables show: 1, 10, 100 and the number of samples itself, as far
        as there are so many."""
        most = self.most_samples
        return tuple(sorted({k for k in (*_USUAL_KS, min(most, 100)) if k <= most}))

    def samples(self) -> list[Sample]:
        """The answers as the study takes them."""
        from assay.study import Sample

        tasks = self.record["tasks"]
        return [
            Sample(
                task=row["task"],
                sample=row["sample"],
                passed=row["outcome"] == "passed",
                checks_passed=row["checks_passed"],
                checks=row["checks"],
                placed=row["outcome"] not in _UNPLACED,
                harness=row["outcome"] == "harness",
                labels=tasks[row["task"]]["labels"],
                source=tasks[row["task"]]["source"],
                date=tasks[row["task"]]["date"],
                model=row["model"],
                solver=row["solver"],
                temperature=row["temperature"],
            )
            for row in self.rows
        ]

    def study(self, ks: Sequence[int] | None = None) -> Study:
        """The figures of this run."""
        from assay.study import Study

        return Study(self.samples(), tuple(ks or self.ks()))


def contestant_name(contestant: Mapping[str, Any]) -> str:
    """A contestant's parts as one reads them."""
    warmth = contestant["temperature"]
    shown = "" if warmth is None else f"temperature {warmth:g}"
    return ", ".join(filter(None, (contestant["model"], contestant["solver"], shown)))


def runs(folder: Path) -> Iterator[tuple[Path, dict[str, Any] | None, str]]:
    """The runs in a folder: each with its record, or None and why it cannot be read."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; runs are kept where `assay bench` was called")
    for path in sorted(folder.iterdir()):
        if (path / RUN).exists():
            try:
                yield path, read_record(path), ""
            except InputError as fault:
                yield path, None, str(fault)
