"""Are the steps of a series in order, and what a counter of the script says at these moments?"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from assay.adapt.oracles.record import Record, Sample
from assay.adapt.oracles.words import words
from assay.adapt.stores import Series

_COUNTING = frozenset(
    {"epoch", "ep", "epochs", "step", "steps", "iter", "iters", "iteration", "iterations", "batch",
     "idx", "index", "counter", "episode", "round", "fold", "batches", "n_iter", "niter"}
)  # fmt: skip
Held = list[float]


def is_counter(record: Record, sample: Sample, numbers: Sequence[int]) -> bool:
    """Whether one of the script's counters held these numbers when the sample was taken; or the
    turns of a loop that has no counter of its own, or of all its passes together, from 0 or 1; or
    two counters in one number, as in `epoch * len(loader) + batch`."""
    counters = list(_counters(record, sample))
    if any(held == list(numbers) for held in counters):
        return True
    loops = _loops(record, sample)
    if not loops:
        return False
    turns = [dict(record.turns[event])[loops[-1]] for event in sample.at]
    free = len(loops) > 1 or not _has_counter(record, loops[-1])
    if free and not _names_all(counters, turns):
        from_either = ([turn + first for turn in turns] for first in (0, 1))
        if list(numbers) in from_either:
            return True
    return _is_multiple(counters, numbers) or _is_mixed(
        record, [held for held in counters if len(set(held)) > 1], numbers
    )


def _counters(record: Record, sample: Sample) -> Iterator[Held]:
    """What each quantity that counts something held at these moments."""
    targets = frozenset().union(*(words(one) for loop in record.loops for one in loop.targets))
    counting = targets | _COUNTING
    for (function, name), history in record.names.items():
        if not words(name).isdisjoint(counting) or _increments(history):
            held = [record.in_force(function, name, event) for event in sample.at]
            if held[0] is None and held[1:2] == [1]:
                held[0] = 0  # before the first of what is counted from 1
            known: Held = [value for value in held if value is not None]
            if len(known) == len(held) and all(type(value) is int for value in known):
                yield known
    for site in record.sites:
        if site.kind == "binop" and not words(site.text).isdisjoint(counting):
            near = _near(record, site.number, sample.at)
            if near:
                yield near


def _increments(history: list[tuple[int, float]]) -> bool:
    values = [value for _, value in history]
    return len(values) > 2 and all(
        other - one == 1 or other == 0 for one, other in itertools.pairwise(values)
    )


def _near(record: Record, site: int, moments: Sequence[int]) -> Held:
    """What an expression was in the same turns, before or after: `epoch + 1` in the print that
    follows."""
    at, values = record.at.get(site, []), record.values.get(site, [])
    found: Held = []
    for moment in moments:
        place = bisect_left(at, moment)
        turn = record.turns[moment]
        same = [
            n for n in (place - 1, place)
            if 0 <= n < len(at) and record.turns[at[n]][: len(turn)] == turn
        ]  # fmt: skip
        if not same or type(values[same[0]]) is not int:
            return []
        found.append(values[same[0]])
    return found


def _loops(record: Record, sample: Sample) -> list[int]:
    """The loops that all of these moments lie in, outermost first."""
    found = list(dict.fromkeys(loop for loop, _ in record.turns[sample.at[0]]))
    if sample.loop is not None and sample.loop in found:
        found = found[: found.index(sample.loop) + 1]
    every = [{loop for loop, _ in record.turns[event]} for event in sample.at]
    return [loop for loop in found if all(loop in one for one in every)]


def _has_counter(record: Record, loop: int) -> bool:
    """Whether a loop counts its turns in a variable that is for somebody to read."""
    told = record.loops[loop]
    for target in set(told.targets) - {"_"}:
        history = record.names.get((told.function, target), [])
        if history and all(type(value) is int for _, value in history[:8]):
            return True
    return False


def _names_all(counters: list[Held], turns: list[int]) -> bool:
    """Whether a name of the script counts all turns, from whichever first number: then it is the
    step, and not another count."""
    return len(turns) > 1 and any(
        held[0] - turns[0] in (0, 1) and [one - held[0] for one in held] == _from_first(turns)
        for held in counters
    )


def _from_first(turns: list[int]) -> Held:
    return [turn - turns[0] for turn in turns]


def _is_multiple(counters: list[Held], numbers: Sequence[int]) -> bool:
    """A counter times a number above 1: samples seen, by batch."""
    for held in counters:
        if len(set(held)) == len(held) and held[-1]:
            ratio = numbers[-1] / held[-1]
            if ratio > 1 and [ratio * one for one in held] == list(numbers):
                return True
    return False


def _is_mixed(record: Record, moving: list[Held], numbers: Sequence[int]) -> bool:
    """One counter times a length that the script knows, plus another that stays below it."""
    lengths = {
        int(record.values[site.number][0])
        for site in record.sites
        if site.kind == "call" and site.text.startswith("len(") and site.number in record.values
    }
    for inner, outer in itertools.permutations(moving[:24], 2):
        largest = int(max(inner))
        for length in {n for n in sorted(lengths)[:64] if n >= largest} | {largest, largest + 1}:
            for shift in (0, 1):
                made = [(a - shift) * length + b for a, b in zip(outer, inner, strict=True)]
                if length > 0 and made == list(numbers):
                    return True
    return False


def few(values: Sequence[float | None]) -> str:
    """The first of some numbers, for people."""
    shown = ", ".join("none" if value is None else f"{value:.6g}" for value in values[:4])
    return f"[{shown}{', …' if len(values) > 4 else ''}]"


def goes_on(steps: Sequence[int | None], pieces: Sequence[int]) -> bool:
    """Whether steps never go back within a run; `pieces` are the lengths of what each run has."""
    return all(
        one is None or other is None or one <= other
        for part in _parts(steps, pieces)
        for one, other in itertools.pairwise(part)
    )


def step_fault(
    record: Record, sample: Sample, series: Series, counting: bool, pieces: Sequence[int]
) -> str:
    """What is wrong with the steps of a series with the values of a sample; empty where nothing."""
    steps = series.steps
    if len(steps) == 1 or all(step is None for step in steps):
        return ""  # a single figure has no axis
    numbers = [0 if step is None else step for step in steps]
    if counting and grows(numbers):
        return ""
    parts = _parts(numbers, pieces)
    if len(parts) == len(numbers) and set(numbers) == {0}:
        return ""  # a single figure in each run has none either
    if len(set(numbers)) == 1 and len(parts) < len(numbers):
        return f"all {len(numbers)} values at step {numbers[0]}"
    if not all(map(grows, parts)):
        return f"its steps {few(numbers)} begin anew"
    if any(one[-1] < other[0] for one, other in itertools.pairwise(parts)):
        return f"its steps {few(numbers)} go on from one run to the next"
    if is_counter(record, sample, numbers):
        return ""
    return f"its steps {few(numbers)} are no counter of the script"


def _parts(steps: Sequence[Any], pieces: Sequence[int]) -> list[Sequence[Any]]:
    """What each run has of steps that were joined."""
    ends = list(itertools.accumulate(pieces)) or [len(steps)]
    return [steps[end - size : end] for end, size in zip(ends, pieces or ends, strict=True)]


def grows(numbers: Sequence[int]) -> bool:
    return all(one < other for one, other in itertools.pairwise(numbers))
