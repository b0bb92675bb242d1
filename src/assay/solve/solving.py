"""A prompt in, the answer out that agreement picks: ask, run, choose, repair."""

from __future__ import annotations

import ast
import asyncio
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from assay.core.errors import InputError, Interrupted
from assay.core.words import Check, Encoded, Environment, Limits, Target, Task
from assay.engine.child import Observation
from assay.engine.levels import DEFAULT_FLOOR
from assay.engine.session import Asked, Session
from assay.engine.sources import parse
from assay.models.base import Model
from assay.models.opening import opened
from assay.models.solvers import Setting
from assay.solve import examples as own_examples
from assay.solve import mutations as mutating
from assay.solve import naming, selectors
from assay.solve.evidence import Separation, Solution, separation, solution
from assay.solve.pool import Listener, Pool, Progress
from assay.solve.proposing import Plan, Style, propose
from assay.solve.repairing import repair as repair_round
from assay.solve.weighing import Standing, weigh

TASK = "prompt"
# For one check, and for all of a program's: what never ends is given up soon.
LIMITS = Limits(check_cpu_seconds=2.0, candidate_cpu_seconds=8.0, check_wall_seconds=10.0)
_MOST_QUESTIONS = 8
_TORCH = frozenset({"torch", "torchvision"})
_BASE = frozenset({"numpy", "pandas", "scipy", "sklearn"})

# Shown a separation and the two programs, says which is right: "1", "2", the right value as a
# literal, or None for "no idea".
Choose = Callable[[Separation, str, str], str | None]


@dataclass(frozen=True, slots=True)
class Jail:
    """How the engine is to run. Without an `environment` it is the smallest that has what the
    programs import."""

    environment: str | Environment | None = None
    limits: Limits = LIMITS
    workers: int | str | None = None
    store: Path | str | None = None
    min_protection: str = DEFAULT_FLOOR

    def open(self, pool: Pool, progress: Progress, tell: Callable[[], None]) -> Session:
        def listen(tally: Any) -> None:
            progress.tally = tally
            tell()

        return Session(
            self.environment or _fitting(pool), limits=self.limits, workers=self.workers,
            store=self.store, min_protection=self.min_protection, progress=listen,
        )  # fmt: skip


def solve(
    prompt: str,
    *,
    model: Model | str,
    samples: int = 20,
    tests: int = 10,
    mutations: Sequence[str] | Literal["all"] = (),
    mutate_by: Literal["rules", "model"] = "rules",
    ask: Style = "plain",
    selector: str = "srank",
    examples: Iterable[str | Check] = (),
    signature: str | None = None,
    repair: int = 0,
    budget: float | None = None,
    base_url: str | None = None,
    environment: str | Environment | None = None,
    temperature: float | None = 0.8,
    max_tokens: int | None = None,
    seed: int | None = 0,
    jail: Jail | None = None,
    progress: Listener | None = None,
    choose: Choose | None = None,
) -> Solution:
    """The program that answers a prompt, and why one can trust it, or cannot (`Solution.agreed`).

    `samples` programs and `tests` answers with tests are asked for, shared among the prompt and
    its `mutations`; all programs run against all tests, and `selector` chooses. `examples` (texts
    with assertions or doctests, JSON objects, or checks) and the prompt's own doctests are trusted.
    A model's name is opened with the request cache in the usual place, and `budget` caps dollars.

    Raises InputError, ModelFailure where nothing at all was answered, Interrupted, and what the
    engine raises. What a model answered before it failed is used, and `Solution.notes` say so.
    """
    if not prompt.strip():
        raise InputError("the prompt is empty: say what is to be written")
    if samples < 1 or tests < 0 or repair < 0:
        raise InputError("at least one sample is needed, and no number may be negative")
    selectors.load(selector)
    if environment is not None:
        jail = replace(jail or Jail(), environment=environment)
    names = tuple(mutating.names()) if mutations == "all" else tuple(mutations)
    for name in names:
        mutating.load(name)
    plan = Plan(names, mutate_by, ask, selector)
    pool = _pool(prompt, signature, examples)
    with opened(model, budget=budget, base_url=base_url) as one:
        setting = Setting(
            temperature=temperature,
            max_tokens=max_tokens or getattr(one, "usual_tokens", None),
            stop=tuple(getattr(one, "usual_stop", ())),
            seed=seed,
            programs=samples,
            tests=tests,
            shots_from="random",
            pool=_shots() if ask == "few-shot" else (),
        )
        work = _Work(pool, one, setting, plan, jail or Jail(), progress, choose)
        return _outside_of_loops(partial(work.run, repair))


class _Work:
    """One prompt's way to its answer. Asks in an event loop of its own, and runs between."""

    def __init__(
        self, pool: Pool, model: Model, setting: Setting, plan: Plan, jail: Jail,
        listener: Listener | None, choose: Choose | None,
    ) -> None:  # fmt: skip
        self._pool, self._model, self._setting, self._plan = pool, model, setting, plan
        self._jail, self._choose = jail, choose
        self._listener = listener
        self._progress = Progress(pool)

    def run(self, rounds: int) -> Solution:
        pool = self._pool
        with asyncio.Runner() as runner:
            try:
                self._stage("asking")
                runner.run(propose(pool, self._model, self._setting, self._plan, self._tell))
                if pool.fault is not None and not pool.answers:
                    raise pool.fault
                self._stage("running")
                with self._jail.open(pool, self._progress, self._tell) as session:
                    return self._chosen(session, runner, rounds)
            except KeyboardInterrupt:
                raise Interrupted(
                    f"stopped with {pool.answers} programs and {len(pool.tests)} tests, which the "
                    "cache keeps: the same command goes on from here"
                ) from None
            finally:
                runner.run(self._model.close())

    def _chosen(self, session: Session, runner: asyncio.Runner, rounds: int) -> Solution:
        standing = weigh(session, self._pool, self._plan.selector)
        for number in range(rounds):
            self._stage("repairing")
            mended = repair_round(standing, self._model, self._setting, number, self._tell)
            if not runner.run(mended):
                break
            self._stage("running")
            standing = weigh(session, self._pool, self._plan.selector)
        if self._choose is not None:
            standing = settled(session, standing, self._choose)
        return solution(standing, session)

    def _stage(self, stage: str) -> None:
        self._progress.stage = stage
        self._tell()

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener(self._progress)


def settled(session: Session, standing: Standing, choose: Choose) -> Standing:
    """While two behaviours tie, have somebody say which is right; each answer is a trusted test."""
    for number in range(_MOST_QUESTIONS):
        if len(standing.tied) < 2:
            break
        best, other = standing.tied[:2]
        asked = separation(session, standing, best, other)
        if asked is None or standing.filled is None or not asked.is_call:
            break
        pair = [standing.filled.programs[one.row] for one in (best, other)]
        said = choose(asked, *pair)
        check = _vouched(session, standing.pool.task, asked.call, said, pair, number)
        if check is None:
            break
        standing.pool.trusted.append(check)
        standing = weigh(session, standing.pool, standing.selector)
    return standing


def _vouched(
    session: Session, task: Task, call: str, said: str | None, pair: Sequence[str], number: int
) -> Check | None:
    """What somebody said is right, as a check."""
    if said is None:
        return None
    name = f"told {number}"
    if said not in ("1", "2"):
        return Check(name, task.id, call=call, expected=ast.literal_eval(said))
    ((seen,),) = session.observe([Asked(pair[int(said) - 1], (call,), task.hides)])
    return _as_seen(name, task.id, call, seen)


def _as_seen(name: str, task: str, call: str, seen: Observation) -> Check | None:
    if seen.kind == "value":
        return Check(name, task, call=call, expected=Encoded(seen.payload.decode()))
    if seen.kind == "raised":
        kinds = json.loads(seen.payload).get("types") or ["Exception"]
        return Check(name, task, call=call, raises=str(kinds[0]))
    return None


def _pool(prompt: str, signature: str | None, examples: Iterable[str | Check]) -> Pool:
    named = naming.from_signature(signature) if signature else naming.in_prompt(prompt)
    target = named or Target("function", "")
    pool = Pool(Task(TASK, prompt, target))
    given = list(examples)
    if given and not target.name:
        raise InputError(
            "examples need a name to call, and the prompt has none: give it with --signature"
        )
    pool.trusted = own_examples.trusted(given, target, TASK)
    if target.name:
        known = {(check.call, check.code) for check in pool.trusted}
        shown = own_examples.in_prompt(prompt, target, TASK)
        pool.trusted += [check for check in shown if (check.call, check.code) not in known]
    return pool


def _fitting(pool: Pool) -> str:
    """The smallest shipped environment that has what programs and tests import."""
    texts = [one.code for one in pool.programs]
    texts += [check.call or check.code or "" for check in (*pool.trusted, *pool.tests)]
    heads = {head for text in texts for head in _imported(text)}
    return "torch" if heads & _TORCH else "base" if heads & _BASE else "python"


def _imported(text: str) -> Iterator[str]:
    tree = parse(text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def _shots() -> tuple[Task, ...]:
    from assay import suites

    return suites.load("starter").tasks


def _outside_of_loops(work: Callable[[], Solution]) -> Solution:
    """Run where no event loop runs: in a notebook, in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    found: list[Solution] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, name="solving")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]
