"""Pruning while training: a schedule over the epochs, masks that stay, zeros for good at the end."""

from __future__ import annotations

from assay.adapt.facts import Facts
from assay.adapt.facts.flow import Flow
from assay.adapt.facts.loops import Loops
from assay.adapt.planning import Draft, Refusal, imports
from assay.adapt.pruning import lightning, loops, nncf, transformers

__all__ = ["plan"]


def plan(
    facts: Facts, target: str, project: str, *, objective: str | None = None, notebook: bool = False
) -> Draft:
    """A draft that prunes what the script trains, by `prune` (torch.nn.utils.prune) or `nncf`.
    Refusal, with the line and what to do, where that cannot be said or done."""
    draft = Draft(facts, Flow(facts.source), Loops(facts.source, Flow(facts.source)), project,
                  notebook)  # fmt: skip
    _check(facts)
    if target == "nncf":
        nncf.plan(draft)
    elif "lightning" in facts.frameworks:
        lightning.plan(draft)
    elif "transformers" in facts.frameworks and transformers.applies(draft):
        transformers.plan(draft)
    else:
        loops.plan(draft)
    imports.place(draft)
    return draft


def _check(facts: Facts) -> None:
    text = facts.source.text
    if facts.entry is None:
        raise Refusal("nothing in the script runs: it only defines functions and classes; adapt "
                      "the script that calls them")  # fmt: skip
    if not facts.trains:
        raise Refusal("no training found: no backward pass, no fit() of a model; say what the "
                      "script trains, or adapt it by hand")  # fmt: skip
    if not {"torch", "lightning", "transformers"} & set(facts.frameworks):
        kinds = ", ".join(facts.frameworks) or "its framework"
        raise Refusal(f"pruning does not apply: what is trained ({kinds}) is no torch.nn.Module "
                      "whose weights the script trains")  # fmt: skip
    if "keras" in facts.frameworks and not facts.optimisers:
        raise Refusal("pruning does not apply: a Keras model trains itself, its weights are not "
                      "parameters of a torch.nn.Module that the script trains")  # fmt: skip
    for sign in ("nn.utils.prune", "nncf", "torch_pruning", "torchao.sparsity"):
        if sign in text:
            line = next(n for n, one in enumerate(text.splitlines(), 1) if sign in one)
            raise Refusal(f"already pruned: line {line} has {sign}", line)
    for sign in ("weight_norm(", "spectral_norm(", "copy.deepcopy(model)"):
        if sign in text and sign != "copy.deepcopy(model)":
            line = next(n for n, one in enumerate(text.splitlines(), 1) if sign in one)
            raise Refusal(f"line {line} computes weights by {sign[:-1]}, and a computed weight "
                          "cannot be masked as well", line)  # fmt: skip
