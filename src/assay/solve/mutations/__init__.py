"""Prompts in other words: mutants that ask for the same thing, each checked that it does."""

from __future__ import annotations

from assay.solve.mutations.base import (
    DOOR,
    Dropped,
    Freedom,
    Mutant,
    Mutation,
    OnlyByRules,
    Prompt,
    Rewritten,
    load,
    names,
)
from assay.solve.mutations.making import mutate, mutate_by_model
from assay.solve.mutations.renaming import mapped_back, target_of
from assay.solve.mutations.validity import faults

__all__ = [
    "DOOR",
    "THESIS",
    "Dropped",
    "Freedom",
    "Mutant",
    "Mutation",
    "OnlyByRules",
    "Prompt",
    "Rewritten",
    "faults",
    "load",
    "mapped_back",
    "mutate",
    "mutate_by_model",
    "names",
    "target_of",
]

# The seven of the thesis, in its order.
THESIS = ("a2p", "d2i", "caps", "adversarial-name", "task-name", "rephrase", "verb")
