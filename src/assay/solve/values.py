"""Which of the values that programs gave are equal: classes, by behaviour and with tolerance."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assay.core.behaviour import behaviour
from assay.core.compare import difference
from assay.core.words import Tolerance

_USUAL = Tolerance()
_MOST_PARTS = 2_000_000
# What nothing is equal to: it cannot be read, is a generator, a closure, a cycle, or an object
# with nothing in it, whose own `==` may say anything.
_ALONE = ()


@dataclass(frozen=True, slots=True)
class _Reading:
    """A value, what it amounts to, the arrays in it, and whether it holds floats at all."""

    value: Any
    mark: tuple[Any, ...]
    arrays: tuple[tuple[Any, ...], ...]
    inexact: bool


class Classes:
    """Numbers values by class. `body` gives the encoded value behind a number of the store.

    Equal are values as `core/compare` has them: 1 is 1.0, floats within tolerance, NaN is NaN.
    Arrays, tensors and frames moreover have the same library, dtype and shape, or one who relies
    on them would be handed another thing. What equals nothing is in no class.
    """

    def __init__(self, body: Callable[[int], bytes]) -> None:
        self._body = body
        self._readings: dict[int, _Reading] = {}

    def of(self, payloads: Sequence[int], copies: Sequence[int]) -> npt.NDArray[np.int32]:
        """The class of each value in a column (a negative number is no value): 0 is the most
        frequent by first cut, -1 none."""
        weights: Counter[int] = Counter()
        for payload, count in zip(payloads, copies, strict=True):
            if payload >= 0:
                weights[payload] += count
        leaders: list[_Reading] = []
        numbers: dict[tuple[Any, ...], int] = {}
        found: dict[int, int] = {}
        # Among equals the first in the column: numbers of the store follow who answered first.
        for payload, _ in sorted(weights.items(), key=lambda item: -item[1]):
            reading = self._reading(payload)
            if reading.mark == _ALONE:
                continue
            number = numbers.get(reading.mark, len(leaders))
            if reading.inexact and not (number < len(leaders) and _equal(leaders[number], reading)):
                number = _near(reading, leaders)
            if number == len(leaders):
                leaders.append(reading)
                numbers.setdefault(reading.mark, number)
            found[payload] = number
        return np.array([found.get(payload, -1) for payload in payloads], dtype=np.int32)

    def _reading(self, payload: int) -> _Reading:
        if payload not in self._readings:
            self._readings[payload] = _read(self._body(payload))
        return self._readings[payload]


def _read(body: bytes) -> _Reading:
    nothing = _Reading(None, _ALONE, (), False)
    # The encoder stops long before; a forged frame of empty lists would take 20 times its size.
    if body.count(b",") > _MOST_PARTS:
        return nothing
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return nothing
    if difference(value, value, _USUAL) is not None or _is_empty_object(value):
        return nothing
    arrays, inexact = _contents(value)
    return _Reading(value, (behaviour(value), arrays), arrays, inexact)


def _is_empty_object(value: Any) -> bool:
    return type(value) is dict and value.get("t") == "object" and not value.get("v")


def _contents(value: Any) -> tuple[tuple[tuple[Any, ...], ...], bool]:
    """The library, dtype and shape of each array in a value, and whether it holds floats."""
    arrays: list[tuple[Any, ...]] = []
    inexact = False
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if type(item) is dict:
            if item.get("t") == "array":
                arrays.append(tuple(repr(item.get(name)) for name in ("lib", "dtype", "shape")))
            inexact |= item.get("t") in ("array", "complex", "float", "decimal")
            waiting.extend(item.values())
        elif type(item) is list:
            waiting.extend(item)
        else:
            inexact |= type(item) is float
    return tuple(arrays), inexact


def _near(reading: _Reading, leaders: list[_Reading]) -> int:
    """The class that a value belongs to by tolerance, though rounding put it across an edge; a
    new one if there is none. Only floats can be close and not the same."""
    for number, leader in enumerate(leaders):
        if leader.inexact and leader.arrays == reading.arrays and _equal(leader, reading):
            return number
    return len(leaders)


def _equal(one: _Reading, other: _Reading) -> bool:
    return difference(one.value, other.value, _USUAL) is None
