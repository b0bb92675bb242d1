"""From facts and a target to a draft of edits."""

from __future__ import annotations

from assay.adapt import dialects
from assay.adapt.dialects import Dialect
from assay.adapt.facts import Facts
from assay.adapt.facts.flow import Flow
from assay.adapt.facts.loops import Loops
from assay.adapt.planning import automatic, explicit, imports, registration
from assay.adapt.planning.words import Draft, Refusal


def plan(facts: Facts, dialect: Dialect, project: str, *, notebook: bool = False) -> Draft:
    """A draft that puts a tracker or registry into a script. Refusal, with the line and what to
    do, where a fact is missing, has two readings, or the component is there already."""
    _check(facts, dialect)
    flow = Flow(facts.source)
    draft = Draft(facts, flow, Loops(facts.source, flow), project, notebook)
    if dialect.registers:
        registration.plan(draft, dialect, dialects.load(dialect.tracker))
    else:
        _track(draft, dialect)
    imports.place(draft)
    return draft


def _check(facts: Facts, dialect: Dialect) -> None:
    for tracker in facts.trackers:
        if tracker.component == dialect.name:
            raise Refusal(f"already tracked: line {tracker.line} uses {dialect.name}, and a second "
                          "time would double every figure", tracker.line)  # fmt: skip
    if facts.entry is None:
        raise Refusal("nothing in the script runs: it only defines functions and classes; adapt "
                      "the script that calls them")  # fmt: skip
    if not facts.trains:
        raise Refusal("no training found: no backward pass, no fit() of a model; say what the "
                      "script trains, or adapt it by hand")  # fmt: skip


def _track(draft: Draft, dialect: Dialect) -> None:
    facts = draft.facts
    if "transformers" in facts.frameworks and automatic.arguments_of_trainer(draft) is not None:
        automatic.plan_transformers(draft, dialect)
    elif "lightning" in facts.frameworks and automatic.trainers(draft):
        automatic.plan_lightning(draft, dialect)
    elif "keras" in facts.frameworks and automatic.keras_fits(draft):
        automatic.plan_keras(draft, dialect)
    else:
        explicit.plan(draft, dialect)
