"""Pruning while training: a schedule over epochs, masks that stay, zeros for good at the end."""

from __future__ import annotations

import re

from assay.adapt.facts import Facts
from assay.adapt.planning import Draft, Refusal, imports
from assay.adapt.pruning import lightning as _lightning
from assay.adapt.pruning import loops as _loops
from assay.adapt.pruning import nncf as _nncf
from assay.adapt.pruning import transformers as _transformers

__all__ = ["plan"]

_PRUNES = re.compile(
    r"^\s*(from torch\.nn\.utils import [^\n]*\bprune\b|(import|from) (nncf|torch_pruning))"
    r"|torch\.nn\.utils\.prune|\bModelPruning\b", re.M,
)  # fmt: skip


def plan(
    facts: Facts, target: str, project: str, *,
    objective: str | None = None,  # noqa: ARG001 - all rooms of planning are called alike
    notebook: bool = False,
) -> Draft:  # fmt: skip
    """A draft that prunes what the script trains, by `prune` (torch.nn.utils.prune), `nncf` or
    `nncf-2`. Refusal, with the line and what to do, where that cannot be said or done."""
    draft = Draft.of(facts, project, notebook=notebook)
    _check(facts)
    if target.startswith("nncf"):
        _nncf.plan(draft, target)
    elif "lightning" in facts.frameworks:
        _lightning.plan(draft)
    elif "transformers" in facts.frameworks and _transformers.applies(draft):
        _transformers.plan(draft)
    else:
        _loops.plan(draft)
    imports.place(draft)
    return draft


def _check(facts: Facts) -> None:
    text = facts.source.text
    if not {"torch", "lightning", "transformers"} & set(facts.frameworks):
        kinds = ", ".join(facts.frameworks) or "its framework"
        raise Refusal(f"pruning does not apply: what is trained ({kinds}) is no torch.nn.Module "
                      "whose weights the script trains")  # fmt: skip
    if "keras" in facts.frameworks and not facts.optimisers:
        raise Refusal("pruning does not apply: a Keras model trains itself, its weights are not "
                      "parameters of a torch.nn.Module that the script trains")  # fmt: skip
    match = _PRUNES.search(text)
    if match:
        line = text[: match.start()].count("\n") + 1
        raise Refusal(f"already pruned: line {line} has {match.group().strip()}", line)
    for sign in ("weight_norm(", "spectral_norm("):
        if sign in text:
            line = next(n for n, one in enumerate(text.splitlines(), 1) if sign in one)
            raise Refusal(f"line {line} computes weights by {sign[:-1]}, and a computed weight "
                          "cannot be masked as well", line)  # fmt: skip
