"""The user's own examples: tests that are trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from assay.core.errors import InputError
from assay.core.words import Check, Target
from assay.solve.assertions import numbered, read_tests

_MOST = 1000
_KEYS = frozenset({"call", "expected", "raises", "code"})


def read_examples(path: Path) -> list[str]:
    """What a file of examples has: Python with assertions or doctests as one text, or JSON Lines
    of {"call", "expected"}, {"call", "raises"} or {"code"}, a text each.

    Raises InputError, with file and line, for anything else.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: the examples cannot be read: {why}") from None
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise InputError(f"{path}: no examples in it")
    if not lines[0][1].lstrip().startswith("{"):
        return [text]
    for number, line in lines:
        _record(line, f"{path}:{number}")
    return [line for _, line in lines]


def trusted(examples: Iterable[str | Check], target: Target, task: str) -> list[Check]:
    """Examples as checks. Each is a check, a text with assertions or doctests, or a JSON object as
    `read_examples` has them. Raises InputError for one that asks nothing of the target."""
    found: list[Check] = []
    for example in examples:
        if isinstance(example, Check):
            found.append(example)
        elif example.lstrip().startswith("{"):
            found.append(_of_record(_record(example, "an example")))
        else:
            found += _of_text(example, target)
    return numbered(list(_distinct(found)), task, "example")


def _distinct(checks: Iterable[Check]) -> list[Check]:
    found: list[Check] = []
    for check in checks:
        plain = replace(check, id="", task="")
        if plain not in found:
            found.append(plain)
    return found


def in_prompt(prompt: str, target: Target, task: str) -> list[Check]:
    """The doctests of a prompt."""
    if ">>>" not in prompt:
        return []
    # The quotes and fences around an example are no part of what it shows.
    lines = [re.sub(r"^\s*(?:```.*|\"{3}|'{3})|(?:\"{3}|'{3})\s*$", "", line) for line in
             prompt.split("\n")]  # fmt: skip
    shown = [one for one in "\n".join(lines).split("\n\n") if ">>>" in one]
    return numbered(read_tests("\n\n".join(shown), target, _MOST).checks, task, "prompt")


def _of_text(text: str, target: Target) -> list[Check]:
    found = read_tests(text, target, _MOST)
    faults = [reason for reason in found.dropped if not reason.startswith("trivial")]
    if faults or not found.checks:
        why = faults[0] if faults else "there is no assertion in it"
        raise InputError(
            f"an example cannot be used ({why}): {text.strip()[:80]!r}; write it as "
            f"`assert {target.name or 'f'}(…) == …`"
        )
    return found.checks


def _record(line: str, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as fault:
        raise InputError(f"{where}: not JSON: {fault}") from None
    good = (
        isinstance(record, dict)
        and record.keys() <= _KEYS
        and (
            ("code" in record) != ("call" in record)
            and ("call" not in record or ("expected" in record) != ("raises" in record))
        )
    )
    if not good:
        raise InputError(
            f'{where}: write {{"call", "expected"}}, {{"call", "raises"}} or {{"code"}}'
        )
    return dict(record)


def _of_record(record: dict[str, Any]) -> Check:
    if "code" in record:
        return Check("", "", code=record["code"])
    if "raises" in record:
        return Check("", "", call=record["call"], raises=record["raises"])
    return Check("", "", call=record["call"], expected=record["expected"], from_json=True)
