"""Histories that a loop mixes, told apart by what it goes over."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import replace

from assay.adapt.oracles import words as naming
from assay.adapt.oracles.record import Record, Sample, Site
from assay.adapt.stores import Series


def samples(record: Record, series: Series) -> Iterator[Sample]:
    """The parts of histories that a series may be, by its name."""
    yield from _of_thing(record, series)
    yield from _of_phase(record, series)


def _of_thing(record: Record, series: Series) -> Iterator[Sample]:
    """A single figure that is named after one of the things that a loop goes over, or that a
    function is called with in turn: `PCA/error`."""
    said = series.name.rpartition("/")[0]
    if not said or len(series) != 1:
        return
    for number, kept in record.texts.items():
        site = record.sites[number]
        if said not in kept or len(kept) < 2:
            continue
        place = kept.index(said)
        for sample in record.samples:
            if sample.how or len(sample.values) != len(kept):
                continue
            loops = [record.loops[loop] for loop, _ in record.turns[sample.at[place]]]
            if any(site.text in loop.targets for loop in loops) or _is_given(record, site, sample):
                how = f"where `{site.text}` is {said}"
                yield Sample(sample.site, (sample.values[place],), (sample.at[place],), how)


def _is_given(record: Record, site: Site, sample: Sample) -> bool:
    """Whether a text is a parameter of the function that computed a value in each of its calls."""
    function = site.function
    return (
        bool(function)
        and (function, site.kind, sample.loop) == (sample.site.function, "name", None)
        and not any(site.text in loop.targets for loop in record.loops)
        and not any(
            (one.function, one.text) == (function, site.text) and one.kind in ("assigned", "target")
            for one in record.sites
        )
    )


def _of_phase(record: Record, series: Series) -> Iterator[Sample]:
    """What a loop over parts of the data computes in the turns for one of them: `train_loss` in
    `for phase in ["train", "val"]`."""
    said = naming.words(series.name)
    for number, loop in enumerate(record.loops):
        phases = _texts_in(loop.through)
        for place, phase in enumerate(phases):
            if not naming.split(naming.words(phase)) or not naming.words(phase) <= said:
                continue
            for sample in record.samples:
                turns = [dict(record.turns[event]).get(number) for event in sample.at]
                kept = [n for n, turn in enumerate(turns)
                        if turn is not None and turn % len(phases) == place]  # fmt: skip
                if len(kept) == len(series) < len(sample.values):
                    site = replace(sample.site, label=f"{sample.site.label} {phase}")
                    yield Sample(site, tuple(sample.values[n] for n in kept),
                                 tuple(sample.at[n] for n in kept), f"in {phase}")  # fmt: skip


def _texts_in(through: str) -> list[str]:
    """The texts of a list that a loop goes over, as it is written; empty where it is none."""
    with contextlib.suppress(ValueError, SyntaxError):
        found = ast.literal_eval(through)
        if isinstance(found, (list, tuple)) and all(isinstance(one, str) for one in found):
            return list(found)
    return []
