"""Adapting a script without a model: facts, a plan, an edit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from assay.adapt import dialects, editing, notebooks, texts
from assay.adapt.facts import Facts, recognise
from assay.adapt.planning import Draft, Refusal, plan
from assay.adapt.words import TARGETS, Declined, Rewrite, Step
from assay.core.errors import InputError

BY = "codemod"
USUAL_PROJECT = "training"
# Hyper-parameter optimisation and pruning restructure more than tracking does.
_ROOMS = {"hpo": "assay.adapt.tuning", "pruning": "assay.adapt.pruning"}


def rewrite(
    text: str, targets: Sequence[str], *, objective: str | None = None, project: str = ""
) -> Rewrite | Declined:
    """The script with all targets put in, or why there is none. InputError where it is not Python
    or a target is unknown.

    `text` may be that of a notebook, and the rewrite's is one then. `project` names the run and
    the registered model; `objective` is what hyper-parameter optimisation goes by.
    """
    wanted = _known(targets)
    if objective is not None and "optuna" not in wanted:
        raise InputError(f"objective {objective!r}: {', '.join(wanted)} has none; optuna goes by "
                         "one")  # fmt: skip
    if notebooks.is_notebook(text):
        script, cells = notebooks.to_script(text)
        found = _rewritten(script, wanted, objective, project or USUAL_PROJECT, notebook=True)
        if isinstance(found, Declined):
            return found
        return replace(found, text=texts.with_ends_of(
            text, notebooks.from_script(found.text, cells)))  # fmt: skip
    plain = text.replace("\r\n", "\n")
    found = _rewritten(plain, wanted, objective, project or USUAL_PROJECT)
    if isinstance(found, Rewrite):
        return replace(found, text=texts.with_ends_of(text, found.text))
    return found


def _known(targets: Sequence[str]) -> tuple[str, ...]:
    unknown = [target for target in targets if target not in TARGETS]
    if unknown or not targets:
        what = f"{unknown[0]!r} is no target" if unknown else "no target"
        raise InputError(f"{what}: there are {', '.join(TARGETS)}")
    # A registry opens no second run where the tracker that it belongs to is put in first.
    order = {"tracking": 0, "hpo": 1, "pruning": 2, "registration": 3}
    return tuple(sorted(dict.fromkeys(targets), key=lambda target: order[TARGETS[target]]))


def _rewritten(
    text: str, targets: tuple[str, ...], objective: str | None, project: str, *,
    notebook: bool = False,
) -> Rewrite | Declined:  # fmt: skip
    now = text
    origins = list(range(1, len(texts.lines(text)) + 1))
    steps: list[Step] = []
    claims: dict[str, Any] = {}
    stages: list[Rewrite] = []
    for target in targets:
        one = _adapted(now, target, objective, _named(project), notebook)
        if isinstance(one, Declined):
            line = origins[one.line - 1] if one.line else None
            return Declined(targets, one.reason, line)
        now, lines, own, claimed = one
        stages.append(Rewrite((target,), now, BY, tuple(own), claimed))
        steps += [Step(step.what, origins[step.line - 1] or 1, step.reason) for step in own]
        _merge(claims, claimed, origins)
        origins = [origins[line - 1] if line else 0 for line in lines]
    compile(now, "<rewrite>", "exec", dont_inherit=True)
    kinds = {TARGETS[target] for target in targets}
    mixed = len(targets) > 1 and bool(kinds & {"hpo", "pruning"})
    return Rewrite(targets, now, BY, tuple(steps), claims, tuple(stages) if mixed else ())


def _named(project: str) -> str:
    return re.sub(r"[^\w.-]+", "-", project).strip("-") or USUAL_PROJECT


def _adapted(
    text: str, target: str, objective: str | None, project: str, notebook: bool
) -> tuple[str, list[int], Sequence[Step], Mapping[str, Any]] | Declined:
    facts = recognise(text)
    try:
        draft = _draft(facts, target, objective, project, notebook)
    except Refusal as refusal:
        return Declined((target,), refusal.reason, refusal.line)
    now, lines = editing.apply(text, draft.edits, facts.source.module.default_indent)
    return now, lines, draft.steps, draft.claims


def _draft(facts: Facts, target: str, objective: str | None, project: str, notebook: bool) -> Draft:
    room = _ROOMS.get(TARGETS[target])
    if room is None:
        return plan(facts, dialects.load(target), project, notebook=notebook)
    try:
        planner = import_module(room)
    except ModuleNotFoundError:
        raise Refusal(f"there is no codemod for {target}; a model can be asked") from None
    draft: Draft = planner.plan(facts, target, project, objective=objective, notebook=notebook)
    return draft


def _merge(claims: dict[str, Any], new: Mapping[str, Any], origins: Sequence[int]) -> None:
    """Claims of one target beside those of others, with lines of the script as it came."""
    for kind, items in new.items():
        for item in items:
            if isinstance(item, dict) and item.get("line"):
                item = {**item, "line": origins[item["line"] - 1] or item["line"]}
            claims.setdefault(kind, []).append(item)
