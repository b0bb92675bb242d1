"""What trusted programs answer, found out in the jail like any candidate's answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.core.errors import HarnessError
from assay.core.words import Limits
from assay.engine import environments
from assay.engine.child import Job
from assay.engine.executors import open_executor

# A canonical solution answers all inputs of its task in one process.
_LIMITS = Limits(candidate_cpu_seconds=300)


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why there is no value."""

    why: str


def observe(
    asked: Mapping[str, tuple[str, Sequence[str]]], environment: str = "python"
) -> dict[str, list[Any]]:
    """For each name its program's answers to its expressions: values, or `NoAnswer`.

    Raises what starting an environment raises, and HarnessError when a failure of ours stays."""
    found: dict[str, list[Any]] = {name: [None] * len(calls) for name, (_, calls) in asked.items()}
    names = list(asked)
    jobs = [
        Job(key, asked[name][0], tuple(("call", call) for call in asked[name][1]))
        for key, name in enumerate(names)
        if asked[name][1]
    ]
    loaded = environments.load(environment)
    executor = open_executor(loaded, environments.prepare(loaded), _LIMITS, None)
    try:
        for answer in executor.run(jobs):
            if answer is None:
                continue
            seen = answer.observation
            if seen.kind == "harness":
                raise HarnessError(f"{names[answer.key]} could not be run: {seen.output}")
            found[names[answer.key]][answer.index] = _read(seen.kind, seen.payload)
    finally:
        executor.close()
    return found


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
