"""Asks a model for programs and tests, in the prompt's own words and in others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, get_args

from assay.core.errors import InputError
from assay.core.words import Check, Target, Task
from assay.engine.sources import parse
from assay.models.base import Completion, Message, Model, ModelFailure, all_of
from assay.models.costs import BudgetSpent
from assay.models.extraction import extract
from assay.models.extraction.blocks import regions
from assay.models.extraction.layout import plain
from assay.models.extraction.statements import is_stub
from assay.models.extraction.thinking import split_thinking
from assay.models.prompts import shots_for
from assay.models.solvers import USUAL_TOKENS, Setting
from assay.solve import mutations, naming, prompts
from assay.solve.assertions import Reading, numbered, read_tests
from assay.solve.mutations import Mutant, Prompt
from assay.solve.pool import Pool
from assay.suites.programs import definition

Style = Literal["plain", "few-shot", "ask-8"]
STYLES: tuple[str, ...] = get_args(Style)
# Without warmth all samples of a prompt are one, and one cannot agree.
WARMTH = 0.8


@dataclass(frozen=True, slots=True)
class Plan:
    """How to propose: which mutations join the original prompt, made by `rules` where they have
    such a form or by the `model`; how programs are asked for; with `selector` one is chosen."""

    mutations: tuple[str, ...] = ()
    mutate_by: Literal["rules", "model"] = "rules"
    style: Style = "plain"
    selector: str = "srank"

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise InputError(f"--ask {self.style}: there are {', '.join(STYLES)}")


@dataclass(frozen=True, slots=True)
class Variant:
    """A prompt, the task in its words, and the mutant that it is, if it is one."""

    label: str
    task: Task
    mutant: Mutant | None = None


def warm(setting: Setting) -> Setting:
    """The setting with a temperature at which samples differ."""
    return replace(setting, temperature=WARMTH) if setting.temperature == 0 else setting


async def propose(
    pool: Pool, model: Model, setting: Setting, plan: Plan, tell: Callable[[], None]
) -> None:
    """Fill the pool; `tell` is called whenever something has come. Requests without an answer, and
    a budget that is spent, are among the pool's faults: what had come stays."""
    asking = _Asking(pool, model, warm(setting), plan, tell)
    pool.asked_programs, pool.asked_tests = setting.programs, setting.tests
    if pool.task.target.name or pool.task.target.kind == "script":
        variants = await asking.variants()
        await all_of([asking.programs(variants), asking.tests(variants)])
    else:
        variants = await _by_most(pool, asking)
    _sort(pool, [variant.label for variant in variants])


async def _by_most(pool: Pool, asking: _Asking) -> list[Variant]:
    """Where the prompt names nothing: what most answers define is what is tested."""
    texts = await asking.unnamed()
    found = naming.most_defined(texts)
    if found is None:
        pool.unusable.update(["no_code"] * len(texts))
        return []
    pool.task = replace(pool.task, target=found)
    variants = await asking.variants()
    for number, text in enumerate(texts):
        asking.take_program(variants[0], number, text)
    await asking.tests(variants)
    return variants


def _sort(pool: Pool, labels: Sequence[str]) -> None:
    """Put what came into the order in which it was asked for: the choice shall not depend on who
    answered first."""

    def place(origin: str) -> tuple[int, int]:
        label, _, number = origin.rpartition(" ")
        return labels.index(label), int(number)

    # Anew: a list is empty to others while it is sorted.
    pool.programs = sorted(pool.programs, key=lambda one: place(one.origin))
    pool.tests = sorted(pool.tests, key=lambda one: place(one.id.partition("/")[0]))


class _Asking:
    def __init__(
        self, pool: Pool, model: Model, setting: Setting, plan: Plan, tell: Callable[[], None]
    ) -> None:
        self._pool = pool
        self._model = model
        self._setting = setting
        self._plan = plan
        self._tell = tell

    async def variants(self) -> list[Variant]:
        """The original prompt, and the mutants of it that are valid."""
        task, plan, pool = self._pool.task, self._plan, self._pool
        original = Variant("original", task)
        if not plan.mutations or task.target.kind == "script":
            return [original]
        prompt = Prompt(task.prompt, task.target)
        offline = {name for name in plan.mutations if mutations.load(name).offline}
        by_rules = [
            name for name in plan.mutations if plan.mutate_by == "rules" and name in offline
        ]
        by_model = [name for name in plan.mutations if name not in by_rules]
        seed = self._setting.seed
        kept, dropped = mutations.mutate(prompt, by_rules, seed or 0)
        if by_model:
            counted = _Counted(self._model, self._take_cost)
            more, lost = await mutations.mutate_by_model(
                prompt, by_model, counted, seed=seed, task=task.id
            )
            kept, dropped = [*kept, *more], [*dropped, *lost]
        kept.sort(key=lambda one: plan.mutations.index(one.mutation))
        pool.mutants, pool.dropped_mutants = kept, dropped
        return [original, *(_variant(task, one, prompt) for one in kept)]

    async def programs(self, variants: Sequence[Variant]) -> None:
        """So many programs as are wanted, shared evenly among the prompts."""
        total = self._setting.programs
        if self._plan.style == "ask-8":
            total = -(-total // prompts.AT_ONCE)
        await all_of(
            self._ask(
                self._program_messages(variant), count,
                partial(self.take_program, variant),
                self._program_setting(),
            )
            for variant, count in _shared(variants, total)
        )  # fmt: skip

    def _program_messages(self, variant: Variant) -> tuple[Message, ...]:
        if self._plan.style == "ask-8":
            return prompts.for_programs(variant.task)
        few = self._plan.style == "few-shot"
        shots = shots_for(self._pool.task, self._setting) if few else ()
        return prompts.for_program(variant.task, shots)

    def _program_setting(self) -> Setting:
        """Eight programs take eight times the room, and come after more than one block."""
        if self._plan.style != "ask-8":
            return self._setting
        room = (self._setting.max_tokens or USUAL_TOKENS) * prompts.AT_ONCE
        return replace(self._setting, max_tokens=room, stop=())

    async def unnamed(self) -> list[str]:
        """Answers to a prompt that names nothing."""
        texts: dict[int, str] = {}
        task = replace(self._pool.task, target=Target("script"))
        variant = Variant("original", task)
        await self._ask(
            self._program_messages(variant), self._setting.programs, texts.__setitem__,
            self._program_setting(),
        )  # fmt: skip
        return [texts[number] for number in sorted(texts)]

    async def tests(self, variants: Sequence[Variant]) -> None:
        """Tests in so many answers, shared evenly among the prompts."""
        if self._pool.task.target.kind == "script":
            return
        await all_of(
            self._ask(
                prompts.for_tests(variant.task), count,
                partial(self._take_tests, variant),
                self._setting,
            )
            for variant, count in _shared(variants, self._setting.tests)
        )  # fmt: skip

    async def _ask(
        self, messages: tuple[Message, ...], count: int, take: Callable[[int, str], None],
        setting: Setting,
    ) -> None:  # fmt: skip
        def keep(number: int, completion: Completion) -> None:
            self._take_cost(completion)
            take(number, completion.text)
            self._tell()

        request = setting.request(messages, self._pool.task)
        try:
            await self._model.sample(request, range(count), keep)
        except (ModelFailure, BudgetSpent) as fault:
            self._pool.faults.append(fault)

    def _take_cost(self, completion: Completion) -> None:
        self._pool.cost = self._pool.cost.plus(completion)

    def take_program(self, variant: Variant, number: int, text: str) -> None:
        """The program in an answer; of an answer with eight, each."""
        pieces = [text]
        if self._plan.style == "ask-8":
            pieces = _blocks(text) or pieces
            number *= prompts.AT_ONCE
        for place, piece in enumerate(pieces, number):
            program, why = self._program_in(variant, piece)
            self._pool.add_program(program, why, f"{variant.label} {place}", piece)

    def _program_in(self, variant: Variant, text: str) -> tuple[str | None, str]:
        """The program of an answer, or why there is none."""
        original, mutant = self._pool.task, variant.mutant
        found = extract(text, variant.task.target, prompt=variant.task.prompt)
        program = found.program
        if mutant is not None and program is not None:
            prompt = Prompt(original.prompt, original.target)
            program = mutations.mapped_back(program, mutant, prompt)
        elif mutant is not None:
            # A model may keep to a name that it knows better.
            found = extract(text, original.target, prompt=original.prompt)
            program = found.program
        if program is not None and _says_nothing(program, original.target.name):
            return None, "stub"
        return program, found.outcome.label if found.outcome else ""

    def _take_tests(self, variant: Variant, number: int, text: str) -> None:
        target, own = self._pool.task.target, variant.task.target
        reading = read_tests(text, own)
        if own.name != target.name:
            if reading.checks:
                reading.checks = [_renamed(one, own.name, target.name) for one in reading.checks]
            else:
                reading = read_tests(text, target)
        self._keep_tests(reading, f"{variant.label} {number}")

    def _keep_tests(self, reading: Reading, origin: str) -> None:
        self._pool.test_answers += 1
        self._pool.tests += numbered(reading.checks, self._pool.task.id, origin)
        self._pool.dropped += reading.dropped


class _Counted:
    """A model whose answers are counted."""

    def __init__(self, model: Model, count: Callable[[Completion], None]) -> None:
        self.name = model.name
        self._model = model
        self._count = count

    async def sample(
        self, request: object, samples: Sequence[int], take: Callable[[int, Completion], None]
    ) -> None:
        def keep(number: int, completion: Completion) -> None:
            self._count(completion)
            take(number, completion)

        await self._model.sample(request, samples, keep)  # type: ignore[arg-type]

    async def close(self) -> None:
        await self._model.close()


def _shared(variants: Sequence[Variant], total: int) -> Iterator[tuple[Variant, int]]:
    """Each prompt with how many of a total are its own; the first get what does not divide."""
    each, left = divmod(total, len(variants))
    for place, variant in enumerate(variants):
        count = each + (place < left)
        if count:
            yield variant, count


def _variant(task: Task, mutant: Mutant, prompt: Prompt) -> Variant:
    """The task as a mutant puts it."""
    other = replace(task, prompt=mutant.text, target=mutations.target_of(mutant, prompt))
    return Variant(mutant.mutation, other, mutant)


def _renamed(check: Check, old: str, new: str) -> Check:
    """A check that calls the target by its own name again."""
    own, other = old.rpartition(".")[2], new.rpartition(".")[2]
    word = re.compile(rf"\b{re.escape(own)}\b")
    return replace(
        check,
        call=word.sub(other, check.call) if check.call is not None else None,
        code=word.sub(other, check.code) if check.code is not None else None,
    )


def _says_nothing(program: str, name: str) -> bool:
    """Whether the target has no body: all such programs behave alike, and would agree."""
    tree = parse(program)
    found = definition(tree, name) if tree is not None and name else None
    return found is not None and is_stub(found)


def _blocks(text: str) -> list[str]:
    """The fenced blocks of an answer, each as an answer of its own."""
    answer = split_thinking(plain(text)).answer
    found = [
        region.code for region in regions(answer)
        if not region.parts and region.shape in ("fenced", "unclosed fence")
    ]  # fmt: skip
    return [f"```python\n{code}\n```" for code in dict.fromkeys(found)][: prompts.AT_ONCE]
