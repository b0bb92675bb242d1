"""What a script computed, as `jailed/recording.py` saw it: quantities, their histories, loops."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Turns = tuple[tuple[int, int], ...]
_BEGINS, _TURNS, _ENDS = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the script where a value was looked at. `label` is what it is about to be called:
    the words before it in a format, a key, a target."""

    number: int
    text: str
    line: int
    function: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Loop:
    line: int
    through: str
    targets: tuple[str, ...]
    function: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A history of a site, of all its evaluations or one per turn of a loop: values, and when in
    the record each was taken. `how` is for people."""

    site: Site
    values: tuple[float, ...]
    at: tuple[int, ...]
    how: str = ""
    loop: int | None = None


@dataclass
class Record:
    """`values[site]` and `at[site]` are parallel; `turns[n]` are the loops that are open at event
    n, outermost first, each with the number of the turn since the script began, from 0.
    `modes[site]` is 1 where it was looked at with torch's gradients only, 2 without them only, 3 in
    both ways; `sums` has the lines in which a name of a function is added to."""

    sites: tuple[Site, ...]
    loops: tuple[Loop, ...]
    values: Mapping[int, list[float]]
    at: Mapping[int, list[int]]
    turns: list[Turns]
    total_turns: Mapping[int, int]
    texts: Mapping[int, list[Any]]
    objects: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    library: tuple[tuple[str, str, int | None, float], ...] = ()
    full: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    modes: Mapping[int, int] = field(default_factory=dict)
    sums: Mapping[tuple[str, str], frozenset[int]] = field(default_factory=dict)

    @cached_property
    def names(self) -> dict[tuple[str, str], list[tuple[int, float]]]:
        """The history of what was assigned to each name, by function and name."""
        found: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
        for site in self.sites:
            if site.kind in ("assigned", "target") and site.number in self.values:
                events = zip(self.at[site.number], self.values[site.number], strict=True)
                found[site.function, site.text] += events
        return {key: sorted(events) for key, events in found.items()}

    @cached_property
    def samples(self) -> list[Sample]:
        """All histories that a logged series may be: whole ones first."""
        return [sample for site in self.sites for sample in self._of(site)]

    def _of(self, site: Site) -> Iterator[Sample]:
        values, at = self.values.get(site.number), self.at.get(site.number)
        if not values or not at:
            return
        yield Sample(site, tuple(values), tuple(at))
        open_loops = {loop for event in at for loop, _ in self.turns[event]}
        for loop in sorted(open_loops):
            yield from self._per_turn(site, values, at, loop)

    def _per_turn(
        self, site: Site, values: list[float], at: list[int], loop: int
    ) -> Iterator[Sample]:
        groups: dict[int, list[int]] = {}
        for place, event in enumerate(at):
            turn = dict(self.turns[event]).get(loop)
            if turn is not None:
                groups.setdefault(turn, []).append(place)
        if len(groups) == len(values) or not groups:
            return
        line = self.loops[loop].line
        last = [places[-1] for places in groups.values()]
        taken = tuple(at[place] for place in last)
        yield Sample(
            site, tuple(values[place] for place in last), taken,
            f"last in each turn of the loop in line {line}", loop,
        )  # fmt: skip
        means = tuple(_mean([values[place] for place in places]) for places in groups.values())
        yield Sample(site, means, taken, f"mean over each turn of the loop in line {line}", loop)

    def in_force(self, function: str, name: str, event: int) -> float | None:
        """What a name held at an event."""
        history = self.names.get((function, name))
        if not history:
            return None
        place = bisect_right(history, (event, float("inf"))) - 1
        return history[place][1] if place >= 0 else None

    def is_stale(self, site: Site, event: int) -> bool:
        """Whether a name is assigned anew after this event in the same turn of its innermost loop:
        then what it held was not yet what the turn computes. A reset to 0 is no news."""
        history = self.names.get((site.function, site.text))
        around = self.turns[event]
        if not history or not around:
            return False
        place = bisect_right(history, (event, float("inf")))
        held = history[place - 1][1] if place else None
        for later, value in history[place:]:
            if around[-1] not in self.turns[later]:
                return False
            if value not in (0, held):
                return True
        return False


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def record_of(text: str) -> Record:
    """The record that was told. Raises ValueError where it does not have that form: it comes from
    a process that ran somebody's script."""
    try:
        return _record(json.loads(text))
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError) as error:
        raise ValueError(f"no record of a run: {type(error).__name__}: {error}") from None


def _record(told: Mapping[str, Any]) -> Record:
    sites = tuple(
        Site(
            number, str(one["text"]), int(one["line"]), str(one["function"]), str(one["label"]),
            str(one["kind"]),
        )
        for number, one in enumerate(told["sites"])
    )  # fmt: skip
    loops = tuple(
        Loop(int(one["line"]), str(one["through"]), tuple(map(str, one["targets"])),
             str(one["function"]))
        for one in told["loops"]
    )  # fmt: skip
    values: dict[int, list[float]] = defaultdict(list)
    at: dict[int, list[int]] = defaultdict(list)
    turns: list[Turns] = []
    open_: list[tuple[int, int]] = []
    total = [0] * len(loops)
    events = told["events"]
    for place, (code, value) in enumerate(zip(events[::2], events[1::2], strict=True)):
        if code < 0:
            _turned(open_, total, -1 - code, value)
        elif isinstance(value, (int, float)) and code < len(sites):
            values[code].append(value)
            at[code].append(place)
        # A tuple per event would be costly: loops turn seldom.
        same = turns and code >= 0 and turns[-1] is not None
        turns.append(turns[-1] if same else tuple((loop, n) for loop, n in open_ if n >= 0))
    return Record(
        sites, loops, dict(values), dict(at), turns,
        dict(enumerate(total)),
        {int(site): list(kept) for site, kept in told["texts"].items()},
        tuple((str(kind), dict(one)) for kind, one in told["objects"]),
        tuple(
            (str(source), str(name), None if step is None else int(step), float(value))
            for source, name, step, value in told["library"]
        ),
        bool(told["full"]), dict(told.get("facts") or {}),
        {int(site): int(mode) for site, mode in told.get("modes", {}).items()}, _sums(told),
    )  # fmt: skip


def _sums(told: Mapping[str, Any]) -> dict[tuple[str, str], frozenset[int]]:
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in told["sites"]:
        if one.get("adds"):
            found[str(one["function"]), str(one["text"])].add(int(one["line"]))
    return {key: frozenset(lines) for key, lines in found.items()}


def _turned(open_: list[tuple[int, int]], total: list[int], loop: int, what: int) -> None:
    """Loops that were left by a return did not say so: their outer ones do."""
    places = [place for place, (known, _) in enumerate(open_) if known == loop]
    if what == _BEGINS:
        open_.append((loop, -1))
    elif places and what == _ENDS:
        del open_[places[-1] :]
    elif places and what == _TURNS:
        del open_[places[-1] + 1 :]
        open_[-1] = (loop, total[loop])
        total[loop] += 1
