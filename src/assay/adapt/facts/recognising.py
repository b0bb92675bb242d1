"""From a script's text to its facts."""

from __future__ import annotations

from assay.adapt.facts import arguments, calls, entry, framework, models, tracking
from assay.adapt.facts.flow import Flow
from assay.adapt.facts.loops import Loops
from assay.adapt.facts.metrics import Metrics
from assay.adapt.facts.source import read
from assay.adapt.facts.words import Facts


def recognise(text: str) -> Facts:
    """What is true of a script; InputError, with the line, where it is not Python.

    Nothing is run. What cannot be told from the text is left out, not guessed.
    """
    source = read(text)
    flow = Flow(source)
    loops = Loops(source, flow)
    start = entry.find(source, flow)
    held = models.models(source, flow)
    return Facts(
        source,
        framework.frameworks(source),
        start,
        arguments.arguments(source, flow),
        arguments.constants(source, flow, start.function if start else None),
        arguments.configurations(source, flow),
        held,
        models.optimisers(source, flow),
        models.loaders(source, flow),
        loops.facts(),
        Metrics(source, flow, loops).find(),
        calls.find(source, flow, held),
        tracking.find(source),
        tuple(source.line(call) for call in loops.steps),
    )
