"""What trusted programs answer, found out in the jail like any candidate's answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.core.errors import HarnessError
from assay.core.words import Limits
from assay.engine.session import Asked, Session

# A canonical solution answers all inputs of its task in one process.
_LIMITS = Limits(candidate_cpu_seconds=300)


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why there is no value."""

    why: str


def observe(asked: Mapping[str, tuple[str, Sequence[str]]]) -> dict[str, list[Any]]:
    """For each name its program's answers to its expressions: values, or `NoAnswer`.

    Raises what starting an environment raises, and HarnessError when a failure of ours stays."""
    with Session(limits=_LIMITS) as session:
        seen = session.observe([Asked(code, tuple(calls)) for code, calls in asked.values()])
    for name, answers in zip(asked, seen, strict=True):
        for answer in answers:
            if answer.kind == "harness":
                raise HarnessError(f"{name} could not be run: {answer.output}")
    return {
        name: [_read(one.kind, one.payload) for one in answers]
        for name, answers in zip(asked, seen, strict=True)
    }


def _read(kind: str, payload: bytes) -> Any:
    if kind == "value":
        try:
            return decode(json.loads(payload))
        except (ValueError, TypeError, KeyError) as fault:
            return NoAnswer(f"its answer is no plain value: {fault}")
    told = json.loads(payload) if kind == "raised" else {}
    return NoAnswer(f"{told['types'][0]}: {told['message']}" if told else kind)


def decode(encoded: Any) -> Any:
    """The plain value that was encoded; ValueError for an object of some other kind."""
    if isinstance(encoded, list):
        return [decode(item) for item in encoded]
    if not isinstance(encoded, dict):
        return encoded
    tag: str = encoded["t"]
    content: Any = encoded.get("v")
    if tag == "int":
        return int(content, 16) if isinstance(content, str) else content
    if tag in ("tuple", "list", "deque"):
        items = [decode(item) for item in content]
        return tuple(items) if tag == "tuple" else items
    if tag in ("set", "frozenset"):
        return {decode(item) for item in content}
    if tag == "dict":
        return {decode(key): decode(value) for key, value in content}
    if tag == "complex":
        return complex(*content)
    if tag in ("str", "float"):
        return "".join(map(chr, content)) if isinstance(content, list) else content
    raise ValueError(f"a {encoded.get('type', tag)}")
