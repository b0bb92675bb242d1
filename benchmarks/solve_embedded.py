"""What agreement gains for a small model: plain sampling, then agreement over its own tests, then
with one example given. The same 24 samples of each task are spent in each step.

    .venv/bin/python benchmarks/solve_embedded.py [--suite starter --limit 3 --json]

Plain sampling is 24 programs; agreement has 16 of these and 8 answers with tests. The example is
the prompt's own doctest, where it has one; else a check whose value the reference gave, which is
then graded in no step. Answers and verdicts are cached, so a run that was stopped goes on. The
model needs about two minutes a task on two idle cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import mean

from assay import suites
from assay.core.matrix import Matrix
from assay.core.places import cache_dir
from assay.core.words import Check, Task
from assay.engine.session import Session
from assay.models import doors
from assay.models.base import Completion
from assay.models.cache import Cached, CompletionCache
from assay.models.extraction import extract
from assay.models.solvers import Setting
from assay.solve import prompts
from assay.solve.examples import in_prompt
from assay.solve.pool import Pool
from assay.solve.proposing import Plan, propose
from assay.solve.weighing import Standing, weigh
from assay.study.paired import compare_values
from measure import show

_PROGRAMS, _TESTS = 16, 8
_STEPS = ("plain", "agree", "with an example")
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Row:
    """pass@1 of one task in each step, and pass@24 beside it."""

    task: str
    plain: float
    agree: float
    example: float
    oracle: float
    agreed: bool
    usable_tests: int
    own_example: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--suite", default="starter")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--limit", type=int, help="only so many tasks, drawn by seed 0")
    parser.add_argument("--selector", default="srank")
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--store", type=Path, help="verdict store (default: in the cache)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    suite = suites.select(suites.load(options.suite), {}, limit=options.limit)
    rows = asyncio.run(_Benchmark(suite, options).all())
    if options.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    told = [(row.plain, row.agree, row.example, row.oracle) for row in rows]
    figures = [mean(one) for one in zip(*told, strict=True)]
    pairs = [
        compare_values([one[at] for one in told], [one[at + 1] for one in told], name="pass@1")
        for at in (0, 1)
    ]
    table = [
        [step, f"{100 * value:.1f}", str(pair) if pair else ""]
        for step, value, pair in zip(
            (*_STEPS, "any of the 24"), figures, (None, *pairs, None), strict=True
        )
    ]
    sure = [row.agree for row in rows if row.agreed]
    notes = [
        f"{len(sure)} of {len(rows)} tasks agreed; of these {100 * mean(sure or [0]):.1f} % pass",
        f"{sum(row.own_example for row in rows)} tasks have an example in their prompt",
        f"{mean(row.usable_tests for row in rows):.1f} usable tests a task",
    ]
    title = f"{options.model} on {options.suite}, {len(rows)} tasks, 24 samples each"
    show(title, ["step", "pass@1", "against the step before"], table, notes, False)


class _Benchmark:
    def __init__(self, suite: suites.Suite, options: argparse.Namespace) -> None:
        self._suite = suite
        self._options = options
        self._sessions: dict[str, Session] = {}
        self._model = Cached(
            doors.load(options.model), CompletionCache(cache_dir() / "completions.sqlite")
        )
        self._setting = Setting(
            temperature=options.temperature,
            max_tokens=self._model.usual_tokens,
            stop=tuple(self._model.usual_stop),
            seed=0,
            programs=_PROGRAMS,
            tests=_TESTS,
        )

    async def all(self) -> list[Row]:
        """Every task; a few are asked for at once, and each is run when it has its answers."""
        gate, rows = asyncio.Semaphore(_AT_ONCE), []

        async def one(task: Task) -> None:
            async with gate:
                pool, programs = await self._asked(task)
            rows.append(self._row(task, pool, programs))
            done = rows[-1]
            print(
                f"{time.strftime('%H:%M:%S')} {len(rows)}/{len(self._suite.tasks)} {done.task} "
                f"{done.plain:.2f} {done.agree:.2f} {done.example:.2f}; so far "
                f"{mean(row.plain for row in rows):.3f} {mean(row.agree for row in rows):.3f} "
                f"{mean(row.example for row in rows):.3f}",
                file=sys.stderr, flush=True,
            )  # fmt: skip

        try:
            await asyncio.gather(*map(one, self._suite.tasks))
        finally:
            await self._model.close()
            for session in self._sessions.values():
                session.close()
        return sorted(rows, key=lambda row: row.task)

    async def _asked(self, task: Task) -> tuple[Pool, list[str | None]]:
        """The pool, and all 24 programs."""
        bare = Task(task.id, task.prompt, task.target, environment=task.environment)
        pool = Pool(bare)
        await propose(pool, self._model, self._setting, Plan(), lambda: None)
        if pool.faults:
            raise pool.faults[0]
        texts: dict[int, str] = {}

        def keep(number: int, completion: Completion) -> None:
            texts[number] = completion.text

        request = self._setting.request(prompts.for_program(bare), bare)
        await self._model.sample(request, range(_PROGRAMS + _TESTS), keep)
        found = [extract(texts[n], task.target, prompt=task.prompt).program for n in sorted(texts)]
        return pool, found

    def _row(self, task: Task, pool: Pool, programs: list[str | None]) -> Row:
        shown = in_prompt(task.prompt, task.target, task.id)[:1]
        drawn = shown or [_drawn(task)]
        checks = [check for check in task.checks if check.id not in {one.id for one in drawn}]
        passed = self._passing(task, [text for text in programs if text], checks)
        standing = weigh(self._session(task.environment), pool, self._options.selector)
        pool_with = replace(pool, trusted=[replace(one, id="example") for one in drawn])
        helped = weigh(self._session(task.environment), pool_with, self._options.selector)
        return Row(
            task.id,
            plain=sum(passed.get(text or "", False) for text in programs) / len(programs),
            agree=self._worth(task, standing, checks),
            example=self._worth(task, helped, checks),
            oracle=float(any(passed.values())),
            agreed=standing.judged()[0],
            usable_tests=len(pool.tests),
            own_example=bool(shown),
        )

    def _worth(self, task: Task, standing: Standing, checks: list[Check]) -> float:
        """pass@1 of the choice; of a tie, the mean."""
        if standing.filled is None:
            return 0.0
        programs = [standing.filled.programs[one.row] for one in standing.tied]
        passed = self._passing(task, programs, checks)
        return mean(passed[program] for program in programs)

    def _passing(self, task: Task, programs: list[str], checks: list[Check]) -> dict[str, bool]:
        """Which programs pass all checks."""
        distinct = list(dict.fromkeys(programs))
        if not distinct:
            return {}
        candidates = [suites.as_candidate(task, str(n), code) for n, code in enumerate(distinct)]
        matrix: Matrix = self._session(task.environment).run(candidates, checks)
        return {code: matrix.all_passed(str(n)) for n, code in enumerate(distinct)}

    def _session(self, name: str) -> Session:
        if name not in self._sessions:
            environment = self._suite.environment_of(name)
            self._sessions[name] = Session(environment, store=self._options.store)
        return self._sessions[name]


def _drawn(task: Task) -> Check:
    """The first check that asks for a value."""
    return next(check for check in task.checks if check.call is not None and not check.raises)


if __name__ == "__main__":
    main()
