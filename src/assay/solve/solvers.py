"""Agreement as a solver: one answer out of many programs, chosen by running them.

A task's own checks are never looked at: what a solver works with is a copy of the task that has
none. The same number of programs is asked for, however many prompts share them.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from assay.core.errors import InputError
from assay.core.words import Task
from assay.engine.session import Session
from assay.models.base import Completion, Model, Request
from assay.models.solvers import USUAL_TOKENS, Answer, Setting, TakeAnswer
from assay.solve import mutations, prompts
from assay.solve.mutations import THESIS, Dropped, Mutant
from assay.solve.mutations.making import USUAL_TOKENS as MUTANT_TOKENS
from assay.solve.pool import Pool
from assay.solve.proposing import Plan, propose, warm
from assay.solve.weighing import Standing, weigh

Opening = Callable[[str], Session]
Work = Callable[[Session], Standing]


class Agreement:
    """Asks for `Setting.programs` programs and `Setting.tests` answers with tests, warmly, shared
    among the prompt and its mutants, and answers with the program that agreement picks.

    All samples of a task are of one pool: they take turns among programs that tie, so that
    pass@1 is what a tie is worth. The first carries the cost. The notes say what was chosen why,
    and what became of each mutation. A pool that a failing model left incomplete gives no answer.
    """

    needs_model = True

    def __init__(self, name: str, plan: Plan) -> None:
        self.name = name
        self._plan = plan

    def by_model(self) -> Agreement:
        """The same, with mutants that the model makes also where rules can. Raises InputError
        where there are none."""
        if not any(mutations.load(name).offline for name in self._plan.mutations):
            raise InputError(
                f"solver {self.name}@model: {self.name} has no words by rules to be replaced"
            )
        return Agreement(f"{self.name}@model", replace(self._plan, mutate_by="model"))

    def requests(self, task: Task, setting: Setting, samples: int) -> Iterable[tuple[Request, int]]:
        """The original's, whose numbers the mutants share at about its length; and a request for
        each mutant that the model has to make."""
        del samples
        bare, setting = _bare(task), warm(setting)
        if self._plan.style == "ask-8":
            room = (setting.max_tokens or USUAL_TOKENS) * prompts.AT_ONCE
            wide = replace(setting, max_tokens=room, stop=())
            count = -(-setting.programs // prompts.AT_ONCE)
            yield wide.request(prompts.for_programs(bare), bare), count
        else:
            yield setting.request(prompts.for_program(bare), bare), setting.programs
        if bare.target.kind != "script":
            yield setting.request(prompts.for_tests(bare), bare), setting.tests
        for mutation in map(mutations.load, self._plan.mutations):
            messages = mutation.messages(mutations.Prompt(bare.prompt, bare.target))
            if messages and not (mutation.offline and self._plan.mutate_by == "rules"):
                yield replace(setting, max_tokens=MUTANT_TOKENS).request(messages, bare), 1

    async def solve(
        self, task: Task, model: Model, setting: Setting, samples: Sequence[int], take: TakeAnswer
    ) -> None:
        pool = Pool(_bare(task))
        await propose(pool, model, setting, self._plan, lambda: None)
        if pool.fault is not None:
            raise pool.fault
        if not pool.programs:
            self._take_nothing(pool, samples, take)
            return
        async with _SHARED.engine() as engine:
            standing = await engine.run(
                setting.open_session, task.environment,
                lambda session: weigh(session, pool, self._plan.selector),
            )  # fmt: skip
        rows = [cluster.row for cluster in standing.tied]
        notes = _notes(standing)
        for place, number in enumerate(samples):
            row = rows[number % len(rows)]
            take(number, _answer(standing, row, model.name, notes, first=place == 0))

    def _take_nothing(self, pool: Pool, samples: Sequence[int], take: TakeAnswer) -> None:
        notes = {"agreed": False, **_counts(pool)}
        for place, number in enumerate(samples):
            own = notes | {"offered": []} if place == 0 else notes
            take(number, Answer(_paid(pool, "", "", place == 0), notes=own))


def _bare(task: Task) -> Task:
    """What a solver may know of a task."""
    return Task(task.id, task.prompt, task.target, environment=task.environment, hides=task.hides)


def _answer(standing: Standing, row: int, model: str, notes: dict[str, Any], first: bool) -> Answer:
    assert standing.filled is not None
    program = standing.filled.programs[row]
    text = standing.pool.programs[standing.filled.rows.index(row)].answer
    if first:
        # For bench to say what the best choice would have been.
        notes = notes | {"offered": list(standing.filled.programs)}
    return Answer(_paid(standing.pool, text, model, first), program, notes)


def _paid(pool: Pool, text: str, model: str, first: bool) -> Completion:
    """A completion that stands for all that was asked for; only the first carries the count."""
    if not first:
        return Completion(text, cost=0.0, model=model)
    cost = pool.cost
    return Completion(
        text,
        prompt_tokens=cost.prompt_tokens,
        completion_tokens=cost.completion_tokens,
        cost=cost.dollars,
        cached=cost.from_cache == cost.answers,
        model=model,
        estimated=cost.estimated,
    )


def _notes(standing: Standing) -> dict[str, Any]:
    agreed, why = standing.judged()
    best = standing.clusters[0]
    return {
        "agreed": agreed,
        "why": why,
        "selector": standing.selector,
        "size": best.size,
        "ties": len(standing.tied) - 1,
        "harness": standing.filled.harness if standing.filled else 0,
        **_counts(standing.pool),
    }


def _counts(pool: Pool) -> dict[str, Any]:
    """What was proposed, with mutants by the name that tells who made them, and without text."""
    told = pool.to_json()
    told["mutants"] = {
        "kept": [_made(one) for one in pool.mutants],
        "dropped": [
            {"mutation": _made(one), "kind": one.kind, "why": one.reason}
            for one in pool.dropped_mutants
        ],
    }
    return told


def _made(one: Mutant | Dropped) -> str:
    return f"{one.mutation}@model" if one.by == "model" else one.mutation


class _Engine:
    """A thread with the sessions that it opened: a jail dies with the thread that started it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "agreement")
        self._sessions: dict[tuple[Opening, str], Session] = {}

    async def run(self, opening: Opening, name: str, work: Work) -> Standing:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._run, opening, name, work)

    def _run(self, opening: Opening, name: str, work: Work) -> Standing:
        key = (opening, name)
        if key not in self._sessions:
            self._sessions[key] = opening(name)
        return work(self._sessions[key])

    def end(self) -> None:
        """Close the sessions when what is under way is done; does not wait."""
        self._thread.submit(self._close)
        self._thread.shutdown(wait=False)

    def _close(self) -> None:
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()


class _Shared:
    """One engine for all solvers together, for as long as one of them is at work: nine solvers
    would start nine jails with torch in each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._engine: _Engine | None = None

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[_Engine]:
        with self._lock:
            self._users += 1
            self._engine = self._engine or _Engine()
            engine = self._engine
        try:
            yield engine
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    engine.end()
                    self._engine = None


_SHARED = _Shared()

ask_8 = partial(Agreement, "ask-8", Plan(style="ask-8"))
agree = partial(Agreement, "agree", Plan())
a2p = partial(Agreement, "a2p", Plan(("a2p",)))
d2i = partial(Agreement, "d2i", Plan(("d2i",)))
caps = partial(Agreement, "caps", Plan(("caps",)))
adversarial_name = partial(Agreement, "adversarial-name", Plan(("adversarial-name",)))
task_name = partial(Agreement, "task-name", Plan(("task-name",)))
rephrase = partial(Agreement, "rephrase", Plan(("rephrase",)))
verb = partial(Agreement, "verb", Plan(("verb",)))
every = partial(Agreement, "all", Plan(THESIS))
