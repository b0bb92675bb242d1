"""From what was observed to a verdict. Runs in the controller, where the expected values are."""

from __future__ import annotations

import json
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


def judge(expectation: Expectation, seen: Known, body: Body) -> Judgement:
    """The verdict on one observation. Whatever a hostile child sent, this does not raise."""
    judgement = _judge(expectation, seen, body)
    output = body(seen.output).decode("utf-8", "replace")[-_SHOWN_OUTPUT:]
    if output and judgement.outcome is not Outcome.PASSED:
        return replace(judgement, evidence=replace(judgement.evidence, output=output))
    return judgement


def _judge(expectation: Expectation, seen: Known, body: Body) -> Judgement:
    if seen.kind == "held":
        return Judgement(Outcome.PASSED, _hash("held"), Evidence())
    try:
        payload = _parse(body(seen.payload)) if seen.kind != "too_large" else None
    except (ValueError, RecursionError) as fault:
        note = f"sent what no answer looks like: {fault}"[:200]
        return Judgement(Outcome.FORBIDDEN, _hash("malformed"), Evidence(note=note))
    if seen.kind == "value":
        return _judge_value(expectation, payload)
    if seen.kind == "raised":
        return _judge_raised(expectation, payload)
    if seen.kind == "too_large":
        note = "the answer is larger than a frame may be"
        return Judgement(Outcome.FAILED, _hash("too large"), Evidence(note=note))
    note = str(payload.get("note", "")) if isinstance(payload, dict) else ""
    return Judgement(Outcome[seen.kind.upper()], _hash(seen.kind), Evidence(note=note or None))


def _parse(text: bytes) -> Any:
    # The encoder stops long before; a forged frame of empty lists would take 20 times its size.
    if text.count(b",") > _MOST_PARTS:
        raise ValueError(f"more than {_MOST_PARTS:,} parts")
    return json.loads(text)


def _judge_value(expectation: Expectation, value: Any) -> Judgement:
    mark = int.from_bytes(behaviour(value), "little")
    if expectation.raises is not None:
        told = f"expected {expectation.raises} to be raised, got a value"
        return Judgement(Outcome.FAILED, mark, Evidence(value=shorten(value), difference=told))
    told_apart = difference(
        expectation.expected, value, expectation.tolerance, from_json=expectation.from_json
    )
    evidence = Evidence(value=shorten(value), difference=told_apart)
    return Judgement(Outcome.FAILED if told_apart else Outcome.PASSED, mark, evidence)


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
    if expectation.raises in kinds:
        return Judgement(Outcome.PASSED, mark, replace(evidence, traceback=None))
    return Judgement(_outcome_of_error(expectation, kinds, error.get("errno")), mark, evidence)


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
