"""One run from its start to its figures: ask, grade while more is asked, score, keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from assay.bench.asking import Asking, Failed, Order
from assay.bench.contest import Contest
from assay.bench.directory import Directory, Key, read_record
from assay.bench.fingerprints import fingerprint
from assay.bench.run import Run
from assay.bench.scoring import Engine, Scoring, failed_row, open_session
from assay.bench.solvers import Plain
from assay.core.errors import InputError, Interrupted
from assay.core.words import Limits, Task
from assay.engine.grading import Tally
from assay.models.costs import BudgetSpent, Estimate, estimate
from assay.models.replay import ReplayModel
from assay.models.solvers import Answer
from assay.suites import Suite, names

# A batch shares what planning and storing cost; small enough that grading keeps up with asking.
_BATCH = 256


@dataclass
class Progress:
    """How far a run has come, in answers. `tally` is the engine's own, of what it is at now."""

    stage: str = ""
    total: int = 0
    answered: int = 0
    graded: int = 0
    failed: int = 0
    cost: float = 0.0
    known: int = 0
    tally: Tally = field(default_factory=Tally)


Listener = Callable[[Progress], None]


def bench(
    contest: Contest,
    out: Path | None = None,
    *,
    engine: Engine | None = None,
    progress: Listener | None = None,
) -> Run:
    """Have every contestant answer every task, grade the answers, and return the run.

    Answers that the directory `out` (default: runs/ and the contest's name) holds are not asked
    for again, so a run that was killed goes on. Answers that could not be had are `harness` rows,
    and are asked for again the next time.

    Raises InputError, ModelFailure where no request can succeed, BudgetSpent, Interrupted, and
    what the engine raises; in every case what was answered is kept.
    """
    directory = Directory(out or Path("runs") / contest.name)
    work = _Work(contest, directory, engine or Engine(), progress)
    try:
        return work.run()
    finally:
        work.close()


def recorded(suite: Suite, file: Path) -> Contest:
    """The contest that grades completions made elsewhere: JSON Lines of {"task", "completion"} or
    {"task", "samples": […]}. Tasks of the suite that the file does not have are left out.

    Raises InputError for a file that is something else, and for tasks that the suite lacks.
    """
    model = ReplayModel(str(file))
    found = {task: len(numbers) for task, numbers in model.tasks.items()}
    known = {task.id for task in suite.tasks}
    if unknown := [task for task in found if task not in known]:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise InputError(
            f"{file}: suite {suite.name} has no task {unknown[0]!r}{more}; its tasks are called "
            f"like {suite.tasks[0].id!r}"
        )
    for task, numbers in model.tasks.items():
        if numbers != tuple(range(len(numbers))):
            raise InputError(f"{file}: the samples of task {task!r} are not numbered from 0 on")
    part = replace(suite, tasks=tuple(task for task in suite.tasks if task.id in found))
    return Contest(part, [model], [Plain()], samples=found)


def price(contest: Contest, out: Path | None = None) -> dict[str, Estimate]:
    """What a run would ask each model for and cost, at the most, beyond what `out` holds."""
    directory = Directory(out or Path("runs") / contest.name)
    done = {key for key, _ in directory.answers()}
    found = {}
    for model in contest.models:
        requests = [
            one
            for order in _orders(contest, done)
            if order.entry.model is model
            for one in order.entry.solver.requests(
                order.task, order.entry.setting, len(order.samples)
            )
        ]
        found[model.name] = estimate(requests, getattr(model, "price", None))
    return found


def _orders(contest: Contest, done: Iterable[Key]) -> list[Order]:
    held: dict[tuple[Any, str], set[int]] = {}
    for key in done:
        held.setdefault((key.contestant, key.task), set()).add(key.sample)
    orders = []
    for entry in contest.entries():
        for task in contest.suite.tasks:
            have = held.get((entry.contestant, task.id), set())
            missing = [n for n in range(contest.samples_of(task.id)) if n not in have]
            if missing:
                orders.append(Order(entry, task, missing))
    return orders


class _Work:
    def __init__(
        self, contest: Contest, directory: Directory, engine: Engine, progress: Listener | None
    ) -> None:
        opening = partial(open_session, contest.suite, contest.limits, engine)
        self._contest = replace(contest, setting=replace(contest.setting, open_session=opening))
        self._directory = directory
        self._listener = progress
        self._progress = Progress()
        self._scoring = Scoring(contest.suite, contest.limits, engine, self._engine_tells)
        self._failed: dict[Key, Failed] = {}
        self._asking: Asking | None = None

    def run(self) -> Run:
        record = self._record()
        self._directory.open(record)
        done = dict(self._directory.answers())
        orders = _orders(self._contest, done)
        self._progress.known = len(done)
        self._progress.answered = len(done)
        self._progress.total = len(done) + sum(len(order.samples) for order in orders)
        for key, answer in done.items():
            self._scoring.add(key, answer)
        self._asking = Asking(orders, self._contest.models, self._directory.keep)
        self._asking.start()
        try:
            self._stage("checking the references")
            reference_cpu = self._scoring.control(self._directory.path / "control")
            self._take_all(self._asking)
        except KeyboardInterrupt:
            raise self._interrupted() from None
        except BudgetSpent:
            self._scoring.flush()
            raise
        self._stage("putting it together")
        rows = self._scoring.finish(self._directory.path / "matrix")
        rows += [
            failed_row(key, self._task(key), f"{fault.cause}: {fault.message}")
            for key, fault in self._failed.items()
        ]
        return finish(self._directory, record, rows, reference_cpu)

    def close(self) -> None:
        if self._asking is not None:
            self._asking.stop()
        self._scoring.close()
        self._directory.close()

    def _record(self) -> dict[str, Any]:
        suite = self._contest.suite
        return {
            "suite": {
                "name": suite.name,
                "version": suite.version,
                "from": _whence(suite),
                "tasks": len(suite.tasks),
            },
            "settings": self._contest.settings(),
            "fingerprint": fingerprint(
                suite.fingerprint,
                self._scoring.environments(),
                self._contest.limits,
                self._contest.models,
            ),
            "tasks": {task.id: _about(task) for task in suite.tasks},
            "created": _now(),
        }

    def _take_all(self, asking: Asking) -> None:
        self._stage("asking")
        for arrival in asking.arrivals():
            if isinstance(arrival, Failed):
                self._failed[arrival.key] = arrival
                self._progress.failed += 1
            elif arrival is not None:
                self._count(arrival[1])
                self._scoring.add(*arrival)
            if self._scoring.waiting >= _BATCH or (arrival is None and self._scoring.waiting):
                self._grade()
            self._tell()
        self._grade()

    def _count(self, answer: Answer) -> None:
        self._progress.answered += 1
        self._progress.cost += 0.0 if answer.completion.cached else answer.completion.cost or 0.0

    def _grade(self) -> None:
        waiting = self._scoring.waiting
        if waiting:
            self._scoring.flush()
            self._progress.graded += waiting

    def _task(self, key: Key) -> Task:
        return next(task for task in self._contest.suite.tasks if task.id == key.task)

    def _interrupted(self) -> Interrupted:
        return Interrupted(
            f"stopped with {self._progress.answered} of {self._progress.total} answers, which are "
            f"kept in {self._directory.path}: the same command goes on from here"
        )

    def _stage(self, stage: str) -> None:
        self._progress.stage = stage
        self._tell()

    def _engine_tells(self, tally: Tally) -> None:
        self._progress.tally = tally
        self._tell()

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener(self._progress)


def regrade(
    suite: Suite, path: Path, *, engine: Engine | None = None, progress: Listener | None = None
) -> tuple[Run, Mapping[str, int]]:
    """Find the programs in a run's raw completions anew and grade them, asking no model; the run
    as it is now, and how many of its answers moved from which outcome to which.

    `suite` is the whole suite that the run took its tasks from. Raises InputError where its tasks
    are no longer what they were.
    """
    record = read_record(path)
    before = {_row_key(row): row["outcome"] for row in Run.load(path).rows}
    part = _part_of(suite, record, path)
    directory = Directory(path)
    scoring = Scoring(part, Limits(**record["settings"]["limits"]), engine or Engine(), None)
    told = Progress(stage="reading the completions")
    try:
        directory.open(record)
        for key, answer in directory.answers():
            scoring.add(key, answer)
            told.answered += 1
            if progress:
                progress(told)
        spent = scoring.control(path / "control")
        rows = scoring.finish(path / "matrix")
        asked = {_row_key(row) for row in rows}
        rows += [row for row in Run.load(path).rows if _row_key(row) not in asked]
        found = dict(record["fingerprint"])
        found |= fingerprint(
            part.fingerprint, scoring.environments(), Limits(**record["settings"]["limits"]), ()
        ) | {"models": found["models"]}
        run = finish(directory, {**record, "fingerprint": found}, rows, spent)
    finally:
        scoring.close()
        directory.close()
    moved: Counter[str] = Counter()
    for row in run.rows:
        was = before.get(_row_key(row), "")
        if was != row["outcome"]:
            moved[f"{was} → {row['outcome']}"] += 1
    return run, moved


def _row_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("model", "solver", "temperature", "task", "sample"))


def _part_of(suite: Suite, record: Mapping[str, Any], path: Path) -> Suite:
    named = set(record["tasks"])
    part = replace(suite, tasks=tuple(task for task in suite.tasks if task.id in named))
    if part.fingerprint != record["fingerprint"]["suite"]:
        raise InputError(
            f"{path}: the suite {suite.name} is no longer what it was when this run was made; "
            "install the version of then, or run the bench anew"
        )
    return part


def finish(
    directory: Directory,
    record: Mapping[str, Any],
    rows: list[dict[str, Any]],
    reference_cpu: Mapping[str, float],
) -> Run:
    """Write down what became of each answer, in an order that does not depend on who came first."""
    order = {task: place for place, task in enumerate(record["tasks"])}
    contestants = record["settings"]["contestants"]
    named = [tuple(one[name] for name in ("model", "solver", "temperature")) for one in contestants]
    rows.sort(key=lambda row: (named.index(_row_key(row)[:3]), order[row["task"]], row["sample"]))
    directory.write_samples(rows)
    directory.write_record(
        {
            **record,
            "finished": _now(),
            "cost": _cost(directory),
            "reference_cpu": {task: round(spent, 6) for task, spent in reference_cpu.items()},
        }
    )
    return Run.load(directory.path)


def _cost(directory: Directory) -> dict[str, Any]:
    """What the answers cost when they were first given, wherever they came from this time."""
    completions = [answer.completion for _, answer in directory.answers()]
    priced = [one.cost for one in completions if one.cost is not None]
    return {
        "dollars": sum(priced) if len(priced) == len(completions) else None,
        "answers": len(completions),
        "from_cache": sum(one.cached for one in completions),
        "prompt_tokens": sum(one.prompt_tokens for one in completions),
        "completion_tokens": sum(one.completion_tokens for one in completions),
        "estimated": any(one.estimated for one in completions),
    }


def _whence(suite: Suite) -> str:
    """What `suites.load` finds it by, on this machine and, for one that ships, on others."""
    if suite.path is None or suite.name in names():
        return suite.name
    return str(suite.path.resolve())


def _about(task: Task) -> dict[str, Any]:
    """What tables need of a task, so that a run can be read without its suite."""
    labels = {**task.labels, **({"tier": task.tier} if task.tier else {})}
    return {"labels": labels, "source": task.source, "date": task.date}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
