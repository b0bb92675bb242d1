"""From what was observed to a verdict. Runs in the controller, where the expected values are."""

from __future__ import annotations

import builtins
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from assay.core.compare import behaviour, difference, shorten
from assay.core.digests import digest
from assay.core.outcomes import Outcome
from assay.core.words import Evidence, Tolerance
from assay.engine.store import Known

_SHOWN_OUTPUT = 1000
_MOST_PARTS = 2_000_000
# An exception has one built-in ancestor, or two (scikit-learn's NotFittedError), and few others.
_MOST_BRANCHES, _MOST_OWN = 2, 6
_REMEMBERED = 2_000
_NOT_PERMITTED = (1, 13, 30)  # EPERM, EACCES, EROFS


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a check wants to see. `expected` is encoded, and None where there is none."""

    mode: str
    expected: Any = None
    raises: str | None = None
    tolerance: Tolerance = Tolerance()
    from_json: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict before it has a place in a matrix."""

    outcome: Outcome
    behaviour: int
    evidence: Evidence


Body = Callable[[int], bytes]


class Judge:
    """Judges observations. `body` gives the bytes behind the number of a payload.

    Whatever a hostile child sent, nothing here raises. What was read of a payload is remembered:
    many programs give the same few answers to many checks.
    """

    def __init__(self, body: Body) -> None:
        self._body = body
        self._read: OrderedDict[int, _Reading] = OrderedDict()

    def __call__(self, expectation: Expectation, seen: Known) -> Judgement:
        judgement = self._judge(expectation, seen)
        if judgement.outcome is Outcome.PASSED:
            return judgement
        output = self._body(seen.output).decode("utf-8", "replace")[-_SHOWN_OUTPUT:]
        if not output:
            return judgement
        return replace(judgement, evidence=replace(judgement.evidence, output=output))

    def _judge(self, expectation: Expectation, seen: Known) -> Judgement:
        if seen.kind == "held":
            return Judgement(Outcome.PASSED, _HELD, Evidence())
        if seen.kind == "too_large":
            note = "the answer is larger than a frame may be"
            return Judgement(Outcome.FAILED, _TOO_LARGE, Evidence(note=note))
        if seen.kind == "value":
            return self._judge_value(expectation, seen.payload)
        try:
            payload = _parse(self._body(seen.payload))
        except (ValueError, RecursionError) as fault:
            return _malformed(fault)
        if seen.kind == "raised":
            return _judge_raised(expectation, payload)
        note = str(payload.get("note", "")) if isinstance(payload, dict) else ""
        return Judgement(Outcome[seen.kind.upper()], _hash(seen.kind), Evidence(note=note or None))

    def _judge_value(self, expectation: Expectation, payload: int) -> Judgement:
        reading = self._read.get(payload)
        if reading is None:
            try:
                value = _parse(self._body(payload))
            except (ValueError, RecursionError) as fault:
                return _malformed(fault)
            mark = int.from_bytes(behaviour(value), "little")
            reading = _Reading(value, mark, shorten(value))
            self._read[payload] = reading
            if len(self._read) > _REMEMBERED:
                self._read.popitem(last=False)
        told = _difference(expectation, reading.value)
        evidence = Evidence(value=reading.text, difference=told)
        return Judgement(Outcome.FAILED if told else Outcome.PASSED, reading.mark, evidence)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a payload says: the encoded value, its behaviour, and a text for people."""

    value: Any
    mark: int
    text: str


def _difference(expectation: Expectation, value: Any) -> str | None:
    if expectation.raises is not None:
        return f"expected {expectation.raises} to be raised, got a value"
    return difference(
        expectation.expected, value, expectation.tolerance, from_json=expectation.from_json
    )


def _malformed(fault: Exception) -> Judgement:
    note = f"sent what no answer looks like: {fault}"[:200]
    return Judgement(Outcome.FORBIDDEN, _MALFORMED, Evidence(note=note))


def _parse(text: bytes) -> Any:
    # The encoder stops long before; a forged frame of empty lists would take 20 times its size.
    if text.count(b",") > _MOST_PARTS:
        raise ValueError(f"more than {_MOST_PARTS:,} parts")
    return json.loads(text)


def _judge_raised(expectation: Expectation, error: Any) -> Judgement:
    if not isinstance(error, dict) or not isinstance(error.get("types"), list):
        error = {"types": ["(unknown)"]}
    kinds = [str(kind) for kind in error["types"]]
    evidence = Evidence(
        exception=kinds[0] if kinds else None,
        message=str(error.get("message", ""))[:500] or None,
        traceback=str(error.get("traceback", "")) or None,
    )
    mark = _hash("raised", *kinds[:1])
    if expectation.raises in kinds and _is_one_exception(kinds):
        return Judgement(Outcome.PASSED, mark, replace(evidence, traceback=None))
    return Judgement(_outcome_of_error(expectation, kinds, error.get("errno")), mark, evidence)


def _is_one_exception(kinds: list[str]) -> bool:
    """Whether the names can be the ancestors of one exception that means something. One that is
    every exception at once would answer every question for an error."""
    known = [kind for name in kinds if isinstance(kind := getattr(builtins, name, None), type)]
    leaves = [
        kind for kind in known if not any(kind is not k and issubclass(k, kind) for k in known)
    ]
    return len(leaves) <= _MOST_BRANCHES and len(kinds) - len(known) <= _MOST_OWN


def _outcome_of_error(expectation: Expectation, kinds: list[str], errno: Any) -> Outcome:
    if expectation.mode == "code" and "AssertionError" in kinds:
        return Outcome.FAILED
    if "MemoryError" in kinds:
        return Outcome.MEMORY
    if "OSError" in kinds and errno in _NOT_PERMITTED:
        return Outcome.FORBIDDEN
    return Outcome.RAISED


def _hash(*words: str) -> int:
    return int.from_bytes(digest("outcome", *words)[:8], "little")


_HELD, _TOO_LARGE, _MALFORMED = _hash("held"), _hash("too large"), _hash("malformed")
