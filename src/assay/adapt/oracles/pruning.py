"""Pruning: are the zeros there, as many as planned, made while training, and for good?"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from assay.adapt.oracles.base import Case, Judging

Said = Iterator[tuple[bool | None, str]]

# Of what a layer's own rounding and frozen layers may take from a plan.
_NEAR = 0.12
_LEAST = 0.02


def _evidence(case: Case) -> Said:
    if "pruning" not in case.kinds:
        return
    before = {str(one["path"]): float(one["share"]) for one in case.before.layers}
    layers = [
        one
        for one in case.after.layers
        if float(one["share"]) > before.get(str(one["path"]), 0.0) + _LEAST
    ]
    if not layers:
        yield False, "no layer has more zeros than in the original: nothing is pruned"
        return
    ours = set(case.before.smoked.weights.values())
    if ours and ours <= set(case.after.smoked.weights.values()):
        yield False, "the script's own model ends with the original's very weights"
    zeros = sum(float(one["zeros"]) for one in layers)
    share = zeros / sum(float(one["size"]) for one in layers)
    planned = case.rewrite.claims.get("sparsity")
    if isinstance(planned, (int, float)) and abs(share - planned) > _NEAR:
        yield False, f"sparsity is {share:.0%}, where {planned:.0%} was planned"
    else:
        yield True, f"{len(layers)} layers have {share:.0%} zeros at the end"
    masked = [one for one in layers if one["masked"]]
    if masked and {"nncf", "nncf-2"} & set(case.rewrite.targets):
        yield None, "NNCF keeps its masks in the model: the zeros are in what it reckons with"
    elif masked:
        yield False, f"`{masked[0]['path']}` is only masked: the pruning is not permanent"
    else:
        yield True, "no mask is left: the zeros are in the weights themselves"


def _semantics(case: Case) -> Said:
    if "pruning" not in case.kinds:
        return
    facts = case.after.facts
    steps, prunes = int(facts.get("steps", 0)), list(facts.get("prunes", ()))
    shares = [float(share) for share in facts.get("sparsity", ())]
    trained = int(case.before.facts.get("steps", 0))
    if steps < trained:
        yield False, f"takes {steps} optimiser steps, where the original takes {trained}"
    if not prunes:
        yield None, "nothing was seen to prune"
        return
    if not shares or min(prunes) >= steps:
        yield False, "prunes only when training is over"
        return
    lost = [(one, other) for one, other in itertools.pairwise(shares) if other < one - 1e-9]
    if lost:
        yield False, f"masks are lost: sparsity falls from {lost[0][0]:.0%} to {lost[0][1]:.0%}"
    else:
        yield (
            True,
            (
                f"masks are kept through {len(shares)} optimiser steps: sparsity {shares[0]:.0%} → "
                f"{shares[-1]:.0%}"
            ),
        )


SPARSE = Judging("sparse", "evidence", _evidence)
MASKS = Judging("masks", "semantics", _semantics)
