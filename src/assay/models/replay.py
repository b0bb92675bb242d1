"""Completions recorded elsewhere, so that what any model once wrote can be graded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assay.core.digests import digest, short
from assay.core.lines import Record, read_records, text_in
from assay.models.base import Completion, ModelFailure, Request, Take
from assay.models.costs import Budget


class ReplayModel:
    """Answers with what a file has for the request's task and the sample number.

    The file is JSON Lines of {"task", "sample", "completion"}, of {"task", "completion"}, which
    number themselves in the order of the file, or of {"task", "samples": [completion, …]}.
    Raises InputError with file and line for anything else.
    """

    recorded = True  # no temperature or seed makes a difference, and nothing is worth caching

    def __init__(self, argument: str, *, budget: Budget | None = None) -> None:
        del budget  # nothing is paid here
        self.path = Path(argument).expanduser()
        self.name = f"replay:{self.path.name}"
        self._found = read_recorded(self.path)
        self.mark = f"{self.name}@{short(_content(self._found))}"

    @property
    def tasks(self) -> dict[str, tuple[int, ...]]:
        """The sample numbers that there are of each task, in the order of the file."""
        return {task: tuple(sorted(samples)) for task, samples in self._found.items()}

    async def sample(self, request: Request, samples: Sequence[int], take: Take) -> None:
        recorded = self._found.get(request.task, {})
        missing = [number for number in samples if number not in recorded]
        for number in samples:
            if number in recorded:
                take(number, Completion(recorded[number], cost=0.0, model=self.name))
        if missing:
            raise ModelFailure(
                f"{self.path} has no sample {missing[0]} of task {request.task!r}: it has "
                f"{len(recorded)} of it, and {len(self._found)} tasks", "missing",
            )  # fmt: skip

    async def close(self) -> None:
        pass


def _content(found: dict[str, dict[int, str]]) -> bytes:
    samples = [(task, number) for task in sorted(found) for number in sorted(found[task])]
    parts = (part for task, n in samples for part in (task, str(n), found[task][n]))
    return digest("recorded/1", *parts)


def read_recorded(path: Path) -> dict[str, dict[int, str]]:
    """The completions of a file by task and sample number. InputError names every line at fault
    (at most five)."""
    found: dict[str, dict[int, str]] = {}
    read_records(path, lambda _, record: _add(found, record), "completions")
    return found


def _add(found: dict[str, dict[int, str]], record: Record) -> None:
    task = text_in(record, "task")
    if ("completion" in record) == ("samples" in record):
        raise ValueError("either 'completion' or 'samples' was expected, one of them")
    texts = record["samples"] if "samples" in record else [record["completion"]]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError("a completion must be a string, and 'samples' a list of strings")
    known = found.get(task, {})
    first = record.get("sample", max(known, default=-1) + 1)
    if not isinstance(first, int) or isinstance(first, bool) or first < 0:
        raise ValueError("'sample' must be a whole number from 0")
    if "samples" in record and "sample" in record:
        raise ValueError("'sample' goes with 'completion', not with 'samples'")
    if first in known:
        raise ValueError(f"sample {first} of task {task!r} was there before")
    found.setdefault(task, {}).update(enumerate(texts, first))
