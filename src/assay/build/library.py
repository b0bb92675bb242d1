"""`assay build` as one call: from a package's name to a suite of tasks that were verified here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assay.build import deriving, wording
from assay.build.asking import Answered, Wish, answers, wish
from assay.build.candidates import Considered, candidates
from assay.build.dating import Dated, dates
from assay.build.faults import BuildFault
from assay.build.fetch import Source, fetch
from assay.build.gate import Gated, gate
from assay.build.ground import Ground, ground
from assay.build.indexes import Index
from assay.build.needs import Needs, needs
from assay.build.outcome import Outcome, Refused, keep
from assay.build.prompting import review
from assay.build.running import Budget
from assay.build.steps import Progress, Steps
from assay.build.testing import CleanSuite, run_tests
from assay.build.tracing import Trace, trace
from assay.core.digests import digest
from assay.core.places import cache_dir
from assay.core.words import Environment, Task
from assay.models.base import Model

# There is no network in a jail: what knows it fails at once, where else it would try for minutes.
_OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
LIMIT, BUDGET = 40, 1800.0


@dataclass(frozen=True, slots=True)
class Options:
    """At most `limit` tasks; no new work is begun after `budget` seconds on the wall, or
    half of them after the tests are done. `workers` is how many processes run at once. With a
    `model`, that words the prompts."""

    limit: int = LIMIT
    budget: float = BUDGET
    workers: int | None = None
    model: Model | None = None


def build(
    spec: str,
    source: str = "sdist",
    out: Path | None = None,
    *,
    options: Options | None = None,
    index: Index | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Make a suite of a library, at `out` or in `./NAME-suite`. The same call goes on where an
    earlier one was stopped.

    Raises BuildFault where the library cannot be had, locked or imported, and what the engine
    raises. Anything less makes fewer tasks, and says so in `steps` and `refused`.
    """
    options = options or Options()
    started = time.monotonic()
    steps = Steps(progress or (lambda _: None))
    found = steps.run("fetch", lambda: _fetched(spec, source, index), _of_source)
    work = cache_dir() / "builds" / f"{found.name}-{found.version}-{found.sha256[:12]}"
    needed = steps.run("needs", lambda: needs(found, work, variables=_OFFLINE), _of_needs)
    suite, reach = _tested(found, needed, work, options, steps)
    base = steps.run(
        "library",
        lambda: ground(found, needed, with_tests=suite is not None),
        lambda one: [f"imported from {_from(one)}; {', '.join(one.packages)} hidden from answers"],
    )
    here = _Build(found, base, work, options, steps, started, index)
    tasks, facts, environment = here.tasks(suite, reach)
    place = out or Path(f"{found.name}-suite")
    made = keep(found, tasks, facts, here.refused, environment, place) if tasks else None
    return Outcome(
        found, made, facts, tuple(here.refused), tuple(steps.done),
        time.monotonic() - started,
    )  # fmt: skip


def _fetched(spec: str, source: str, index: Index | None) -> Source:
    work = cache_dir() / "builds" / f".fetch-{digest('fetch', spec, source).hex()[:12]}"
    if source not in ("sdist", "wheel") or "==" not in spec:
        # What is newest, or what a folder holds, is another thing each day.
        (work / "source.json").unlink(missing_ok=True)
    return fetch(spec, work, source, index=index)


def _tested(
    source: Source, needed: Needs, work: Path, options: Options, steps: Steps
) -> tuple[CleanSuite | None, Trace | None]:
    budget = Budget(run_seconds=max(20.0, options.budget / 8))
    environment, workers = needed.environment, options.workers
    suite = steps.tried(
        "tests",
        lambda: run_tests(
            source, environment, work, budget=budget, workers=workers, progress=steps.progress
        ),
        CleanSuite.lines,
    )
    if suite is None:
        return None, None
    reach = steps.tried(
        "trace",
        lambda: trace(source, environment, suite, work, budget=budget, workers=workers),
        lambda one: [f"{len(one.functions)} functions are reached by {len(suite.stable)} tests"],
    )
    return suite, reach


Facts = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class _Build:
    """A library on its ground, and what the steps that make its tasks share; `refused` grows."""

    source: Source
    base: Ground
    work: Path
    options: Options
    steps: Steps
    started: float
    index: Index | None
    refused: list[Refused] = field(default_factory=list)

    def tasks(
        self, suite: CleanSuite | None, reach: Trace | None
    ) -> tuple[list[Task], Facts, Environment]:
        """The fair tasks, what is known of each, and where they run."""
        wishes = self._wishes(suite, reach)
        asked = self._asked(wishes)
        pairs = [(w, one) for w, one in zip(wishes, asked, strict=False) if not one.refused]
        # Its name stays that of the locked environment: a build in the cache serves one name.
        environment = self.base.hidden(sorted({name for one in asked for name in one.modules}))
        fair = self._fair(pairs, environment)
        by_name = {answered.name: wish_.considered for wish_, answered in pairs}
        tasks, facts = self._dated(by_name, fair, environment)
        if self.options.model and tasks:
            tasks = self._worded(tasks, facts, by_name, self.options.model)
        return tasks, facts, environment

    def _wishes(self, suite: CleanSuite | None, reach: Trace | None) -> list[Wish]:
        selection = self.steps.run(
            "candidates",
            lambda: candidates(self.source, reach, self.work),
            lambda one: one.lines(),
        )
        self.refused.extend(
            Refused(one.definition.name, "candidates", one.refused[0])
            for one in selection.considered
            if one.refused and not _only_untested(one)
        )
        around = deriving.Surroundings.of(self.source, self.base.bare.requirements)
        seconds = {one.test: one.cpu_seconds for one in suite.stable} if suite else {}
        wishes = []
        for one in _ordered(selection.considered):
            try:
                wishes.append(wish(one, self.base, around, seconds))
            except BuildFault as fault:
                reason = str(fault).removeprefix(f"{fault.step}: ")
                self.refused.append(Refused(one.definition.name, fault.step, reason))
        return wishes

    def _asked(self, wishes: list[Wish]) -> list[Answered]:
        asked: list[Answered] = self.steps.run(
            "checks",
            lambda: answers(
                wishes, self.base, self.work, enough=2 * self.options.limit,
                is_over=self._over_after(self.options.budget / 2, self.options.budget / 4),
                workers=self.options.workers, progress=self.steps.progress,
            ),
            lambda all_: [
                f"{sum(one.refused is None for one in all_)} of {len(all_)} definitions have "
                f"checks: {sum(len(one.tests) for one in all_)} tests, "
                f"{sum(len(one.calls) for one in all_)} derived calls"
            ],
        )  # fmt: skip
        self.refused.extend(Refused(one.name, *one.refused) for one in asked if one.refused)
        self._untried([one.name for one in wishes[len(asked) :]], "no time, or enough others")
        return asked

    def _fair(self, pairs: list[tuple[Wish, Answered]], environment: Environment) -> list[Gated]:
        gated: list[Gated] = self.steps.run(
            "gate",
            lambda: list(
                gate(
                    self.source.name, pairs, environment, self.work, limit=self.options.limit,
                    is_over=self._over_after(self.options.budget, self.options.budget / 2),
                    progress=self.steps.progress, workers=self.options.workers,
                )
            ),
            lambda all_: [
                f"{sum(one.refused is None for one in all_)} of {len(all_)} are fair tasks"
            ],
        )  # fmt: skip
        self.refused.extend(Refused(one.name, *one.refused) for one in gated if one.refused)
        seen = {one.name for one in gated}
        left = [answered.name for _, answered in pairs if answered.name not in seen]
        self._untried(left, "no time, or enough tasks")
        return [one for one in gated if one.refused is None][: self.options.limit]

    def _untried(self, names: list[str], why: str) -> None:
        self.refused.extend(Refused(name, "limit", f"not tried: {why}") for name in names)

    def _over_after(self, seconds: float, least: float) -> Callable[[], bool]:
        """Whether so many seconds of the build are over; however late a step begins, it is given
        at least so long."""
        end = max(self.started + seconds, time.monotonic() + least)
        return lambda: time.monotonic() > end

    def _dated(
        self, by_name: dict[str, Considered], fair: list[Gated], environment: Environment
    ) -> tuple[list[Task], Facts]:
        definitions = [by_name[one.name].definition for one in fair]
        known = self.steps.tried(
            "dates",
            lambda: dates(
                self.source, definitions, self.work, index=self.index,
                progress=self.steps.progress,
            ),
            lambda one: [
                f"{len(one.seen)} releases seen, {len(one.missed)} could not be looked into"
            ],
        ) if definitions else None  # fmt: skip
        dated = known.by_name() if known else {}
        tasks, facts = [], {}
        for one in fair:
            when = dated.get(one.name)
            date = when.named_date if when else self.source.uploaded
            task = replace(one.task(environment.name), date=date)
            tasks.append(task)
            facts[task.id] = _facts(task, one, by_name[one.name], when)
        return tasks, facts

    def _worded(
        self, tasks: list[Task], facts: Facts, by_name: dict[str, Considered], model: Model
    ) -> list[Task]:
        """The tasks in the model's words, and with the facts of that."""
        wanted = [(task, by_name[facts[task.id]["function"]].definition) for task in tasks]
        found: list[wording.Worded] = self.steps.run(
            "prompts", lambda: wording.worded(wanted, self.base.site, model), wording.lines
        )
        for one, (_, definition) in zip(found, wanted, strict=True):
            facts[one.task.id] |= {
                "prompt": one.style, "prompt_tries": one.tries, "prompt_missing": list(one.missing),
                "prompt_score": review(one.task.prompt, definition).score,
            }  # fmt: skip
        return [one.task for one in found]


def _facts(task: Task, one: Gated, considered: Considered, when: Dated | None) -> dict[str, Any]:
    definition = considered.definition
    return {
        "function": one.name,
        "kind": definition.kind,
        "file": definition.file,
        "lines": [definition.first_line, definition.last_line],
        "tests": one.tests,
        "derived": one.derived,
        "mutants": one.mutants,
        "killed": one.killed,
        "cpu_seconds": one.cpu_seconds,
        "relevance": considered.relevance,
        "prompt_score": review(task.prompt, definition).score,
        "date": task.date,
        "first_release": when.named_version if when else None,
        "same_since": when.version if when else None,
        "dropped": list(one.dropped),
    }


def _only_untested(one: Considered) -> bool:
    """Refused for want of tests alone: differential checks may do."""
    return len(one.refused) == 1 and one.refused[0].endswith("stable tests reach it")


def _ordered(considered: tuple[Considered, ...]) -> list[Considered]:
    """Those with direct tests first; then what is public, shows how it is called, and needs no
    instance. Among equals by chance, always the same, so that a limited build takes something of
    all modules."""
    usable = [one for one in considered if not one.refused or _only_untested(one)]
    kinds = ("function", "class", "method")

    def order(one: Considered) -> tuple[Any, ...]:
        definition = one.definition
        return (
            bool(one.refused),
            definition.qualname.endswith("__init__"),
            -min(one.direct, 3),
            definition.qualname.rpartition(".")[2].startswith("_"),
            not one.tests and ">>>" not in definition.docstring,
            0 if one.tests else kinds.index(definition.kind),
            digest("order/1", definition.name),
        )

    return sorted(usable, key=order)


def _of_source(source: Source) -> Iterator[str]:
    tests = f"tests in {', '.join(source.tests[:4])}" if source.tests else "no tests"
    pure = "all Python" if source.is_pure else "with compiled parts, which make no tasks"
    licence = source.licence or "no licence"
    yield f"{source.name} {source.version} ({source.kind}, {licence}, {pure})"
    yield f"packages {', '.join(source.packages)}; {tests}"
    yield from source.notes


def _of_needs(found: Needs) -> Iterator[str]:
    locked = sum("==" in line for line in found.environment.requirements.splitlines())
    yield f"{locked} packages locked"
    yield from found.notes


def _from(base: Ground) -> str:
    return "its own source tree" if "-library-" in base.site.name else "its environment"
