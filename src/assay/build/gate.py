"""Lets tasks through that are fair: the control passes every time, the blank fails, mutants die."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assay.build import differential, records
from assay.build.asking import Answered, Wish, passing
from assay.build.labelling import labels
from assay.build.manifest import Entry
from assay.core.digests import digest
from assay.core.matrix import Matrix
from assay.core.outcomes import Outcome
from assay.core.words import Check, Environment, Task, Tolerance
from assay.engine.session import Asked, Session
from assay.suites import Suite, as_candidate, verify
from assay.suites.programs import blank
from assay.suites.records import record_of, task_of

_VERSION = "gate/3"
ROUNDS = 5
# Tests have passed three times in the clean suite, and once by the door that checks go through.
_MORE_ROUNDS = 2
_TOLERANCE = Tolerance(relative=1e-4, absolute=1e-5)
# What the gate asks for: checks that a blank fails, and the share of mutants that they kill.
_MIN_CHECKS, _MIN_KILLED, _MOST_MUTANTS = 3, 0.6, 8
_BATCH = 16
# A check may use so many times what its reference used, and the whole suite has one limit.
SLOWER = 10
_SLOWEST = 1.5


@dataclass(frozen=True, slots=True)
class Gated:
    """What the gate said of one definition: its task as a suite's line has it, or the step and
    reason of its refusal. `dropped` are checks that fell away, by reason."""

    name: str
    line: str = ""
    refused: tuple[str, str] | None = None
    tests: int = 0
    derived: int = 0
    killed: int = 0
    mutants: int = 0
    cpu_seconds: float = 0.0
    dropped: tuple[str, ...] = ()

    def task(self, environment: str) -> Task:
        """The task, to run in the environment of that name."""
        return replace(task_of(json.loads(self.line), environment), environment=environment)


@dataclass(frozen=True)
class _Draft:
    task: Task
    dropped: tuple[str, ...]


def gate(
    library: str,
    wanted: Sequence[tuple[Wish, Answered]],
    environment: Environment,
    work: Path,
    *,
    limit: int,
    is_over: Callable[[], bool],
    progress: Callable[[str], None],
    workers: int | str | None = None,
) -> Iterator[Gated]:
    """One definition after another until `limit` have passed or the time is over, each kept as
    soon as its batch ends. Raises what the engine raises."""
    passed = 0
    for begin in range(0, len(wanted), _BATCH):
        if passed >= limit or is_over():
            return
        part = wanted[begin : begin + _BATCH]
        keys = [_key(library, *one, environment) for one in part]
        names = [answered.name for _, answered in part]
        known = [
            records.read(Gated, _place(work, name), key)
            for name, key in zip(names, keys, strict=True)
        ]
        open_ = [one for one, seen in zip(part, known, strict=True) if seen is None]
        fresh = _through(library, open_, environment, workers) if open_ else {}
        for name, key, seen in zip(names, keys, known, strict=True):
            found = seen or fresh[name]
            if seen is None:
                records.write(_place(work, name), key, found)
            passed += found.refused is None
            yield found
        progress(f"{passed} tasks of {min(begin + _BATCH, len(wanted))} definitions")


def _place(work: Path, name: str) -> Path:
    return work / "gated" / f"{digest('name/1', name).hex()[:16]}.json"


def _key(library: str, wish: Wish, answered: Answered, where: Environment) -> str:
    return records.key_of(
        _VERSION, library, wish.made.reference, wish.made.prompt, answered, where.digest.hex()
    )


def _through(
    library: str,
    wanted: Sequence[tuple[Wish, Answered]],
    environment: Environment,
    workers: int | str | None,
) -> dict[str, Gated]:
    found: dict[str, Gated] = {}
    with Session(environment, workers=workers) as session:
        drafts = list(_drafts(library, wanted, session))
        runnable = [one for one in drafts if one.task.checks]
        fair = list(_controlled(runnable, session, found)) if runnable else []
    names = {f"{library}/{answered.name}": answered.name for _, answered in wanted}
    for draft in drafts:
        if not draft.task.checks:
            found[draft.task.id] = Gated("", refused=("checks", "; ".join(draft.dropped[:3])))
    if fair:
        _mutated(library, fair, environment, workers, found)
    return {name: replace(found[identity], name=name) for identity, name in names.items()}


def _drafts(
    library: str, wanted: Sequence[tuple[Wish, Answered]], session: Session
) -> Iterator[_Draft]:
    """Tasks with the answers of the installed reference, asked so many times, as expected values;
    and with the tests that passed."""
    asked = [Asked(wish.made.installed, answered.calls) for wish, answered in wanted]
    rounds = [differential.ask(session, asked, number) for number in range(ROUNDS)]
    entries = []
    for wish, answered in wanted:
        entry = Entry(answered.name, "", len(answered.calls), {}, "", _TOLERANCE)
        entries.append((f"{library}/{answered.name}", entry, wish.made))
    judged = differential.checks(entries, asked, rounds)
    for (wish, answered), (identity, _, made), seen in zip(wanted, entries, judged, strict=True):
        derived = seen.checks
        told = list(seen.dropped)
        if differential.enough(seen) and len(answered.tests) < 3:
            derived = ()
            told.insert(0, str(differential.enough(seen)))
        tests = [Check(f"test {test}", identity, code=passing(test)) for test in answered.tests]
        task = Task(
            identity, made.prompt, made.target, (*tests, *derived), "python", made.reference,
            hides=(f"{answered.name}={made.called}",), source=library,
            labels=labels(wish.considered.definition),
        )  # fmt: skip
        yield _Draft(task, tuple(told))


def _controlled(
    drafts: list[_Draft], session: Session, found: dict[str, Gated]
) -> Iterator[tuple[_Draft, float]]:
    """Drafts with the checks that the untouched text passes in every round and the blank fails."""
    candidates = []
    for draft in drafts:
        task, empty = draft.task, blank(draft.task)
        candidates.append(as_candidate(task, f"{task.id} reference", task.reference or ""))
        if empty is not None:
            candidates.append(as_candidate(task, f"{task.id} blank", empty))
    checks = [check for draft in drafts for check in draft.task.checks]
    matrix = session.run(candidates, checks)
    stable = _repeated(drafts, session)
    for draft in drafts:
        kept, told, slowest = _kept(draft.task, matrix, stable[draft.task.id])
        dropped = (*draft.dropped, *told)
        if len(kept) < _MIN_CHECKS:
            why = f"{len(kept)} fair checks, {_MIN_CHECKS} wanted: {'; '.join(told[:3])}"
            found[draft.task.id] = Gated("", refused=("control", why[:600]), dropped=dropped)
        else:
            yield _Draft(replace(draft.task, checks=kept), dropped), slowest


def _kept(
    task: Task, matrix: Matrix, stable: frozenset[str]
) -> tuple[tuple[Check, ...], list[str], float]:
    kept, told, slowest = [], [], 0.0
    for check in task.checks:
        control = matrix.verdict(f"{task.id} reference", check.id)
        empty = matrix.verdict(f"{task.id} blank", check.id)
        seen = control.evidence
        if not control.passed:
            why = seen.difference or ": ".join(filter(None, (seen.exception, seen.message)))
            text = " ".join(f"{control.outcome.label} {why or seen.note or ''}".split())[-240:]
            told.append(f"{check.id}: the control does not pass: {text}")
        elif check.code is not None and check.id not in stable:
            told.append(f"{check.id}: the control does not pass it each time")
        elif empty.passed:
            told.append(f"{check.id}: the blank passes it")
        elif empty.outcome is Outcome.HARNESS:
            told.append(f"{check.id}: the blank could not be run")
        elif control.cpu_seconds > _SLOWEST:
            told.append(f"{check.id}: too slow: {control.cpu_seconds:.1f} CPU seconds")
        else:
            kept.append(check)
            slowest = max(slowest, control.cpu_seconds)
    return tuple(kept), told, slowest


def _repeated(drafts: list[_Draft], session: Session) -> dict[str, frozenset[str]]:
    """The tests that the control passes in each further round."""
    asked, tests = [], []
    for draft in drafts:
        own = [check for check in draft.task.checks if check.code is not None]
        tests.append(own)
        calls = tuple(f"{check.code}\nTrue" for check in own)
        asked.append(Asked(draft.task.reference or "", calls, draft.task.hides))
    passed = {draft.task.id: {check.id for check in own}
              for draft, own in zip(drafts, tests, strict=True)}  # fmt: skip
    for _ in range(_MORE_ROUNDS):
        seen = session.observe([one for one in asked if one.calls])
        having = [n for n, one in enumerate(asked) if one.calls]
        for place, told in zip(having, seen, strict=True):
            held = {check.id for check, one in zip(tests[place], told, strict=False)
                    if one.kind == "value"}  # fmt: skip
            passed[drafts[place].task.id] &= held
    return {identity: frozenset(held) for identity, held in passed.items()}


def _mutated(
    library: str,
    fair: list[tuple[_Draft, float]],
    environment: Environment,
    workers: int | str | None,
    found: dict[str, Gated],
) -> None:
    named = environment.name
    tasks = tuple(replace(draft.task, environment=named) for draft, _ in fair)
    suite = Suite(library, tasks, environment=named, environments={named: environment})
    report = verify(
        suite, workers=workers, min_checks=_MIN_CHECKS, most_mutants=_MOST_MUTANTS,
        min_killed=_MIN_KILLED,
    )  # fmt: skip
    by_task = {one.task: one for one in report.tasks}
    for (draft, slowest), task in zip(fair, tasks, strict=True):
        seen = by_task[task.id]
        if seen.reasons or not seen.mutants:
            why = "; ".join(seen.reasons) or "no mutant can be made of it"
            step = "mutants" if seen.mutants or not seen.reasons else "control"
            found[task.id] = Gated(
                "", refused=(step, why), killed=seen.killed, mutants=seen.mutants,
                dropped=draft.dropped,
            )  # fmt: skip
            continue
        is_test = [check.code is not None for check in task.checks]
        found[task.id] = Gated(
            "", json.dumps(record_of(task), ensure_ascii=False), None, sum(is_test),
            len(is_test) - sum(is_test), seen.killed, seen.mutants, round(slowest, 4),
            draft.dropped,
        )  # fmt: skip
