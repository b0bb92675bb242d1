"""Mutants of a prompt, by rules and by a model, each checked before anybody sees it."""

from __future__ import annotations

from collections.abc import Iterable

from assay.models.base import Completion, Model, ModelFailure, Request, all_of, complete
from assay.solve.mutations.base import By, Dropped, Mutant, Mutation, Prompt, Rewritten, load
from assay.solve.mutations.validity import faults

Made = tuple[list[Mutant], list[Dropped]]
USUAL_TOKENS = 2048


def mutate(prompt: Prompt, names: Iterable[str], seed: int = 0) -> Made:
    """Mutants by rules, at most one of each name, and what became of the others. Always the same
    for a seed. Raises InputError for a name that is not there."""
    made = []
    for mutation in map(load, names):
        found = mutation.rewrite(prompt, seed) if mutation.offline else None
        why = "no rule is safe here" if mutation.offline else "it has no form by rules"
        made.append(_judged(prompt, mutation, "rules", found, why))
    return _sorted(made)


async def mutate_by_model(
    prompt: Prompt,
    names: Iterable[str],
    model: Model,
    *,
    temperature: float | None = 0.0,
    max_tokens: int = USUAL_TOKENS,
    seed: int | None = None,
    task: str = "",
) -> Made:
    """Mutants that a model makes, at most one of each name, and what became of the others. A
    request that got no answer is among these, as `failed`."""
    mutations = [load(name) for name in names]
    made: list[Mutant | Dropped | None] = [None] * len(mutations)

    async def ask(place: int, mutation: Mutation) -> None:
        messages = mutation.messages(prompt)
        if not messages:
            made[place] = Dropped(mutation.name, "model", "no model is asked for it", "declined")
            return
        request = Request(messages, temperature, max_tokens=max_tokens, seed=seed, task=task)
        try:
            answer: Completion = (await complete(model, request))[0]
        except ModelFailure as failure:
            made[place] = Dropped(mutation.name, "model", str(failure), "failed")
            return
        found = mutation.read(prompt, answer.text)
        if found is None:
            reason = "the answer is not of the form that was asked for"
            made[place] = Dropped(mutation.name, "model", reason, "faulty")
            return
        made[place] = _judged(prompt, mutation, "model", found, "")

    await all_of(ask(place, mutation) for place, mutation in enumerate(mutations))
    return _sorted([one for one in made if one is not None])


def _judged(
    prompt: Prompt, mutation: Mutation, by: By, found: Rewritten | None, why: str
) -> Mutant | Dropped:
    if found is None:
        return Dropped(mutation.name, by, why, "declined")
    mutant = Mutant(mutation.name, found.text, found.name, by)
    wrong = faults(prompt, mutant)
    return Dropped(mutation.name, by, "; ".join(wrong), "faulty") if wrong else mutant


def _sorted(made: list[Mutant | Dropped]) -> Made:
    return (
        [one for one in made if isinstance(one, Mutant)],
        [one for one in made if isinstance(one, Dropped)],
    )
