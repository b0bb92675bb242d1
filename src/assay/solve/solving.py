"""A prompt in, the answer out that agreement picks: ask, run, choose, repair."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

from assay.core.errors import InputError, Interrupted
from assay.core.words import Check, Encoded, Environment, Target, Task
from assay.engine.child import Observation
from assay.engine.grading import Tally
from assay.engine.session import Asked, Session
from assay.engine.sources import parse
from assay.models.base import Model
from assay.models.opening import opened
from assay.models.solvers import Setting
from assay.solve import examples as own_examples
from assay.solve import naming
from assay.solve.alongside import Alongside, Found
from assay.solve.evidence import Separation, Solution, separation, solution
from assay.solve.pool import Listener, Pool, Progress
from assay.solve.proposing import Plan, Style, propose
from assay.solve.repairing import repair as repair_round
from assay.solve.settings import Jail, Mutations, check, chosen
from assay.solve.weighing import Standing, run_ahead, weigh

TASK = "prompt"
_MOST_QUESTIONS = 8
_TORCH = frozenset({"torch", "torchvision"})
_BASE = frozenset({"numpy", "pandas", "scipy", "sklearn"})

# Shown a separation and the two programs, says which is right: "1", "2", the right value as a
# literal, or None for "no idea".
Choose = Callable[[Separation, str, str], str | None]


def solve(
    prompt: str,
    *,
    model: Model | str,
    samples: int = 20,
    tests: int = 10,
    mutations: Mutations = (),
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
    jail = jail or Jail()
    if environment is not None:
        jail = replace(jail, environment=environment)
    check(
        samples=samples, tests=tests, mutations=mutations, selector=selector, repair=repair,
        temperature=temperature, max_tokens=max_tokens, budget=budget, jail=jail,
    )  # fmt: skip
    plan = Plan(chosen(mutations), mutate_by, ask, selector)
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
        work = _Work(pool, one, setting, plan, jail, progress, choose)
        return work.run(repair)


class _Work:
    """One prompt's way to its answer. What has come runs while more is asked: the verdict store
    has it when all is there."""

    def __init__(
        self, pool: Pool, model: Model, setting: Setting, plan: Plan, jail: Jail,
        listener: Listener | None, choose: Choose | None,
    ) -> None:  # fmt: skip
        self._pool, self._model, self._setting, self._plan = pool, model, setting, plan
        self._jail, self._choose = jail, choose
        self._listener = listener
        self._progress = Progress(pool)
        self._asking = Alongside()
        self._open: tuple[str | Environment, Session] | None = None

    def run(self, rounds: int) -> Solution:
        pool, told = self._pool, self._asking.tell
        try:
            self._stage("asking")
            self._asked(propose(pool, self._model, self._setting, self._plan, told))
            if pool.fault is not None and not pool.answers:
                raise pool.fault
            return self._chosen(rounds)
        except (KeyboardInterrupt, Interrupted):
            raise Interrupted(
                f"stopped with {pool.answers} programs and {len(pool.tests)} tests, which the "
                "cache keeps: the same command goes on from here"
            ) from None
        finally:
            self._asking.close(self._model.close())
            if self._open is not None:
                self._open[1].close()

    def _chosen(self, rounds: int) -> Solution:
        selector = self._plan.selector
        self._stage("running")
        standing = weigh(self._session(), self._pool, selector)
        for number in range(rounds):
            self._stage("repairing")
            told = self._asking.tell
            if not self._asked(repair_round(standing, self._model, self._setting, number, told)):
                break
            self._stage("running")
            standing = weigh(self._session(), self._pool, selector)
        if self._choose is not None:
            standing = settled(self._session(), standing, self._choose)
        return solution(standing, self._session())

    def _asked(self, work: Coroutine[Any, Any, Found]) -> Found:
        """Have work done that fills the pool, and run meanwhile what has come."""
        pool, seen = self._pool, 0
        begun = self._asking.begin(work)
        for _ in self._asking.news():
            self._tell()
            come = len(pool.programs) + len(pool.tests)
            if come > seen and not begun.done():
                seen = come
                run_ahead(self._session, pool)
        return begun.result()

    def _session(self) -> Session:
        """In the environment that fits what has come by now."""
        wanted = self._jail.environment or _fitting(self._pool)
        if self._open is None or self._open[0] != wanted:
            if self._open is not None:
                self._open[1].close()
            self._open = wanted, self._jail.open(wanted, self._engine_tells)
        return self._open[1]

    def _engine_tells(self, tally: Tally) -> None:
        self._progress.tally = tally
        self._tell()

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
