"""A run on disk: what was asked and on what it rests, every raw answer, and what became of it.

    run.json            settings, contestants, tasks, fingerprint; `finished` when it is
    completions.jsonl   every answer as it came, a line each; written the moment it arrives
    samples.jsonl       what became of each, written whole when all are graded
    matrix/, control/   the verdicts by environment, of the answers and of the references

Every file but the completions is written under another name and renamed; a last line of the
completions that a kill cut short is dropped when the run goes on.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from assay.bench.contest import Contestant
from assay.core.errors import InputError, StoreError
from assay.core.files import written
from assay.models.base import Completion
from assay.models.solvers import Answer

RUN, COMPLETIONS, SAMPLES = "run.json", "completions.jsonl", "samples.jsonl"
_FORMAT, _VERSION = "assay-run", 1
# Of a completion, what is kept beside its text.
_KEPT = ("thinking", "prompt_tokens", "completion_tokens", "cost", "finish", "cached", "estimated")


@dataclass(frozen=True, slots=True)
class Key:
    """Which answer: of which contestant to which task, with which number."""

    contestant: Contestant
    task: str
    sample: int


class Directory:
    """The files of one run, held by one process at a time while it is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: TextIO | None = None
        self._completions: TextIO | None = None

    def open(self, record: Mapping[str, Any]) -> None:
        """Start the run here, or go on with it where this very run is here already.

        Raises InputError where the directory holds another run or something else, and where
        another process is at it.
        """
        with self._faults():
            self.path.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            held = sorted(entry.name for entry in self.path.iterdir() if entry.name != ".lock")
        if held and RUN not in held:
            raise InputError(f"{self.path} holds something else than a run; name another --out")
        if held:
            _same(self.path, read_record(self.path), record)
        else:
            self.write_record(record)
        with self._faults():
            _drop_half_line(self.path / COMPLETIONS)
            self._completions = (self.path / COMPLETIONS).open("a", encoding="utf-8", newline="\n")

    def close(self) -> None:
        for file in (self._completions, self._lock):
            if file is not None:
                file.close()
        self._completions = self._lock = None

    def _take_lock(self) -> None:
        self._lock = (self.path / ".lock").open("a")
        try:
            import fcntl
        except ImportError:  # not on Windows, where the engine does not run either
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"{self.path}: another assay is at this run; wait for it, or name another --out"
            ) from None

    def keep(self, key: Key, answer: Answer) -> None:
        """Write an answer down. It survives this process once this has returned."""
        record = {"task": key.task, "sample": key.sample, **asdict(key.contestant)}
        record |= {"completion": answer.completion.text}
        record |= {name: getattr(answer.completion, name) for name in _KEPT}
        if answer.program is not None:
            record["program"] = answer.program
        if answer.notes:
            record["notes"] = dict(answer.notes)
        assert self._completions is not None, "the run was not opened"
        with self._faults():
            # ASCII: a lone surrogate that a model wrote comes back as it was.
            self._completions.write(json.dumps(record) + "\n")
            self._completions.flush()

    def answers(self) -> Iterator[tuple[Key, Answer]]:
        """What was answered so far, in the order of arrival."""
        for number, line in _lines(self.path / COMPLETIONS):
            try:
                yield _answer(json.loads(line))
            except (ValueError, KeyError, TypeError) as fault:
                raise InputError(
                    f"{self.path / COMPLETIONS}:{number}: not a line that assay wrote ({fault}); "
                    "remove the line, and the answer is asked for again"
                ) from None

    def write_record(self, record: Mapping[str, Any]) -> None:
        self._write(RUN, [json.dumps({"format": _FORMAT, "version": _VERSION, **record}, indent=1)])

    def write_samples(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._write(SAMPLES, (json.dumps(row) for row in rows))

    def write_text(self, name: str, text: str) -> Path:
        """A report beside the run's own files."""
        self._write(name, [text.rstrip("\n")])
        return self.path / name

    def _write(self, name: str, lines: Iterable[str]) -> None:
        with (
            self._faults(), written(self.path / name) as fresh,
            fresh.open("w", encoding="utf-8", newline="\n") as file,
        ):  # fmt: skip
            file.writelines(f"{line}\n" for line in lines)

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"{self.path}: the run cannot be written: {error.strerror}. What was answered "
                "before is kept; the same command goes on"
            ) from error


def read_record(path: Path) -> dict[str, Any]:
    """The run.json of a run. Raises InputError where there is none that this version reads."""
    try:
        record = json.loads((path / RUN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no run is there (`assay runs` lists what there is)") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path / RUN}: cannot be read: {error}") from None
    if not isinstance(record, dict) or record.get("format") != _FORMAT:
        raise InputError(f"{path / RUN}: not a run of assay's")
    if record.get("version") != _VERSION:
        raise InputError(
            f"{path / RUN}: written by another version of assay (format {record.get('version')}, "
            f"this one reads {_VERSION})"
        )
    return record


def read_samples(path: Path) -> list[dict[str, Any]]:
    """What became of each answer. Raises InputError for a run that is not finished."""
    if not (path / SAMPLES).exists():
        raise InputError(
            f"{path}: this run is not finished; the command that started it goes on with it"
        )
    try:
        return [json.loads(line) for _, line in _lines(path / SAMPLES)]
    except ValueError as fault:
        raise InputError(f"{path / SAMPLES}: cannot be read: {fault}") from None


def _same(path: Path, there: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuse to go on with a run that other settings, or other tasks, began."""
    old, new = (_decisive(record) for record in (there, wanted))
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            raise InputError(
                f"{path} holds a run with {name} {_short(old.get(name))}, and this one has "
                f"{_short(new.get(name))}: name another --out"
            )


def _decisive(record: Mapping[str, Any]) -> dict[str, Any]:
    asked = {**record["settings"], "suite": record["fingerprint"]["suite"]}
    found: dict[str, Any] = json.loads(json.dumps(asked))
    return found


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 100 else f"{text[:97]}…"


def _answer(record: Mapping[str, Any]) -> tuple[Key, Answer]:
    contestant = Contestant(record["model"], record["solver"], record["temperature"])
    completion = Completion(
        record["completion"],
        model=record["model"],
        **{name: record[name] for name in _KEPT},
    )
    key = Key(contestant, record["task"], record["sample"])
    return key, Answer(completion, record.get("program"), record.get("notes") or {})


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="\n") as file:
        yield from ((number, line) for number, line in enumerate(file, 1) if line.strip())


def _drop_half_line(path: Path) -> None:
    """A kill in the midst of a write leaves a line without its end."""
    if not path.exists():
        return
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        end = size
        while end:
            start = max(0, end - (1 << 16))
            file.seek(start)
            at = file.read(end - start).rfind(b"\n")
            if at >= 0:
                end = start + at + 1
                break
            end = start
        if end < size:
            file.truncate(end)
