"""EvalPlus: HumanEval+ and MBPP+, which have many more inputs and no expected values.

A line has `task_id`, `prompt`, `entry_point`, `canonical_solution`, `base_input`, `plus_input` and
`atol`. What is expected is what the canonical solution answers, in the jail, when the file is
imported. Inputs come as JSON: where MBPP+ means a tuple or a set, its `assertion`, or else the one
in its prompt, shows it, and the inputs take its shape.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assay.core.lines import gather, refuse
from assay.core.words import EXACT, Check, Target, Task, Tolerance
from assay.suites.importers import oracles
from assay.suites.importers.fields import signature, text, tree_of
from assay.suites.importers.observed import NoAnswer, observe
from assay.suites.suite import Suite

_DATE = "2023-05-02"
# EvalPlus takes floats for equal that are this close, where the task names no distance.
_RELATIVE, _ABSOLUTE = 1e-7, 1e-6


@dataclass(frozen=True, slots=True)
class _Draft:
    """A task without checks, and the inputs (base first) that are to become them."""

    task: Task
    inputs: tuple[tuple[str, str], ...]
    atol: float


def read(path: Path, name: str) -> Suite:
    """The suite in a HumanEvalPlus.jsonl or MbppPlus.jsonl, zipped or not."""
    drafts = gather(path, _draft, lambda draft: draft.task.id)
    asked = {draft.task.id: _asked(draft) for draft in drafts}
    answers = observe(asked)
    faults = [
        f"{path}: {draft.task.id}: the canonical solution does not answer {call[:80]}: {answer.why}"
        for draft in drafts
        for call, answer in zip(asked[draft.task.id][1], answers[draft.task.id], strict=True)
        if isinstance(answer, NoAnswer)
    ]
    refuse(faults)
    tasks = tuple(_task(draft, answers[draft.task.id]) for draft in drafts)
    return Suite(name, tasks, description="in EvalPlus's format", licence="Apache-2.0", path=path)


def _draft(record: dict[str, Any]) -> _Draft:
    identity, entry_point = text(record, "task_id"), text(record, "entry_point")
    prompt = text(record, "prompt")
    reference = prompt + text(record, "canonical_solution")
    tree_of(reference, "prompt and canonical solution together")
    task = Task(
        id=identity,
        prompt=prompt,
        target=Target("function", entry_point, signature(reference, entry_point), prompt),
        reference=reference,
        date=_DATE,
        source="evalplus",
    )
    shape = _shape(_assertion(record, prompt), entry_point)
    return _Draft(task, tuple(_inputs(record, shape)), _number(record, "atol"))


def _inputs(record: dict[str, Any], shape: list[Any] | None) -> Iterator[tuple[str, str]]:
    for kind in ("base", "plus"):
        listed = record.get(f"{kind}_input", [])
        if not isinstance(listed, list) or not all(isinstance(one, list) for one in listed):
            raise ValueError(f"'{kind}_input' must be a list of lists of arguments")
        for number, arguments in enumerate(listed):
            if shape is not None and len(shape) == len(arguments):
                arguments = [_like(*pair) for pair in zip(shape, arguments, strict=True)]
            yield f"{kind}-{number}", ", ".join(map(oracles.expression, arguments))


def _number(record: dict[str, Any], key: str) -> float:
    value = record.get(key, 0)
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{key!r} must be a number that is not negative")
    return float(value)


def _assertion(record: dict[str, Any], prompt: str) -> str:
    lines = [line for line in prompt.splitlines() if line.startswith("assert ")]
    return text(record, "assertion", "\n".join(lines))


def _shape(assertion: str, entry_point: str) -> list[Any] | None:
    """The arguments of the first call that the assertion makes; None where there is none."""
    for node in ast.walk(tree_of(assertion, "'assertion'")):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == entry_point:
            try:
                return [ast.literal_eval(argument) for argument in node.args]
            except (ValueError, TypeError, SyntaxError):
                return None
    return None


def _like(example: Any, value: Any) -> Any:
    """A value out of JSON with the types of an example that Python has."""
    if isinstance(example, complex) and isinstance(value, str):
        return complex(value)
    if isinstance(example, dict) and isinstance(value, dict):
        one = next(iter(example.values()), None)
        return {key: _like(example.get(key, one), item) for key, item in value.items()}
    if not isinstance(value, list) or not isinstance(example, list | tuple | set):
        return value
    parts = list(example)
    shapes = [
        parts[n] if n < len(parts) else parts[-1] if parts else None for n in range(len(value))
    ]
    items = [_like(part, item) for part, item in zip(shapes, value, strict=True)]
    return items if isinstance(example, list) else type(example)(items)


def _asked(draft: _Draft) -> tuple[str, list[str]]:
    assert draft.task.reference is not None
    name = draft.task.target.name
    return draft.task.reference, [oracles.question(name, inputs) for _, inputs in draft.inputs]


def _task(draft: _Draft, answers: list[Any]) -> Task:
    checks = tuple(
        _check(draft, identity, inputs, answer)
        for (identity, inputs), answer in zip(draft.inputs, answers, strict=True)
    )
    return replace(draft.task, checks=checks)


def _check(draft: _Draft, identity: str, inputs: str, expected: Any) -> Check:
    task, name = draft.task.id, draft.task.target.name
    own = oracles.assertion(name, inputs, expected, draft.atol)
    if own is not None:
        return Check(identity, task, code=own)
    tolerance = EXACT
    if draft.atol or _is_floats(expected):
        tolerance = Tolerance(_RELATIVE, draft.atol or _ABSOLUTE)
    call = oracles.question(name, inputs)
    return Check(identity, task, call=call, expected=expected, tolerance=tolerance)


def _is_floats(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, float) for item in value)
    return isinstance(value, float)
