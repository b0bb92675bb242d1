"""What is true of a training script, as far as its text tells."""

from __future__ import annotations

from assay.adapt.facts.recognising import recognise
from assay.adapt.facts.words import (
    Arguments,
    Call,
    Configuration,
    Constant,
    Entry,
    Facts,
    Loader,
    Loop,
    Metric,
    Model,
    Optimiser,
    Option,
    Tracker,
)

__all__ = [
    "Arguments",
    "Call",
    "Configuration",
    "Constant",
    "Entry",
    "Facts",
    "Loader",
    "Loop",
    "Metric",
    "Model",
    "Optimiser",
    "Option",
    "Tracker",
    "recognise",
]
