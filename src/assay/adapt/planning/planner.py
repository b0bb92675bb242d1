"""From facts and a target to a draft of edits."""

from __future__ import annotations

from assay.adapt import dialects
from assay.adapt.dialects import Dialect
from assay.adapt.facts import Facts
from assay.adapt.planning import automatic, explicit, imports, lightning, registration
from assay.adapt.planning.words import Draft, Refusal


def plan(facts: Facts, dialect: Dialect, project: str, *, notebook: bool = False) -> Draft:
    """A draft that puts a tracker or registry into a script. Refusal, with the line and what to
    do, where a fact is missing, has two readings, or the component is there already."""
    for tracker in facts.trackers:
        if tracker.component == dialect.name:
            raise Refusal(f"already tracked: line {tracker.line} uses {dialect.name}, and a second "
                          "time would double every figure", tracker.line)  # fmt: skip
    draft = Draft.of(facts, project, notebook=notebook)
    if dialect.registers:
        registration.plan(draft, dialect, dialects.load(dialect.tracker))
    else:
        _track(draft, dialect)
    imports.place(draft)
    return draft


def _track(draft: Draft, dialect: Dialect) -> None:
    facts = draft.facts
    if "transformers" in facts.frameworks and automatic.arguments_of_trainer(draft) is not None:
        automatic.plan_transformers(draft, dialect)
    elif "lightning" in facts.frameworks and lightning.trainers(draft):
        lightning.plan(draft, dialect)
    elif "keras" in facts.frameworks and automatic.keras_fits(draft):
        automatic.plan_keras(draft, dialect)
    else:
        explicit.plan(draft, dialect)
