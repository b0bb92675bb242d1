"""Hyper-parameter optimisation by Optuna: rounds of the script's own training, judged on data that
was held out, and a last one with the best of what was found."""

from __future__ import annotations

from assay.adapt.facts import Facts
from assay.adapt.planning import Draft, Refusal, imports
from assay.adapt.tuning import estimators as _estimators
from assay.adapt.tuning import rounds as _rounds

__all__ = ["plan"]


def plan(
    facts: Facts,
    target: str,  # noqa: ARG001 - all rooms of planning are called alike
    project: str, *, objective: str | None = None, notebook: bool = False,
) -> Draft:  # fmt: skip
    """A draft that searches with Optuna for what `objective` says, or for what the script itself
    measures on held-out data. Refusal, with the line and what to do, where nothing says what to
    search by, or where a search would change what is compared."""
    draft = Draft.of(facts, project, notebook=notebook)
    _check(facts)
    if {"sklearn", "boosting"} & set(facts.frameworks) and not _trains_nets(facts):
        _estimators.plan(draft, objective)
    else:
        _rounds.plan(draft, objective)
    draft.need("import optuna")
    imports.place(draft)
    return draft


def _trains_nets(facts: Facts) -> bool:
    return bool(facts.steps or facts.optimisers) or any(
        one.framework in ("keras", "lightning", "torch") for one in facts.models
    )


def _check(facts: Facts) -> None:
    text = facts.source.text
    for sign in ("optuna", "ray.tune", "hyperopt", "keras_tuner", "SearchCV("):
        line = next((n for n, one in enumerate(text.splitlines(), 1) if sign in one), None)
        if line is not None:
            raise Refusal(f"the script is a search already: line {line} has {sign.strip('(')}",
                          line)  # fmt: skip
