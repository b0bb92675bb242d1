"""A task as a line of a file has it, and back. What is wrong raises ValueError with the fault."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, get_args, get_type_hints

from assay.core.lines import name_in as name
from assay.core.lines import text_in as text
from assay.core.nearest import nearest
from assay.core.words import Check, Encoded, Target, Task, Tolerance
from assay.engine.jsonl import check_of
from assay.suites.literals import is_literal, literal

_TASK_KEYS = (
    "id", "prompt", "target", "environment", "checks", "reference", "blank", "labels", "date",
    "source", "tier", "hides", "prompts",
)  # fmt: skip
_TARGET_KEYS = ("kind", "name", "signature", "context", "continues")
_TOLERANCE_KEYS = ("relative", "absolute", "strict")
_KINDS: tuple[str, ...] = get_args(get_type_hints(Target)["kind"])
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def task_of(record: dict[str, Any], environment: str) -> Task:
    """The task of one line; `environment` is where it runs when the line does not say."""
    known_keys(record, _TASK_KEYS)
    identity = name(record, "id")
    return Task(
        id=identity,
        prompt=text(record, "prompt"),
        target=_target(_part(record, "target", dict)),
        checks=_checks(identity, _part(record, "checks", list)),
        environment=name(record, "environment") if "environment" in record else environment,
        reference=_maybe(record, "reference"),
        hides=tuple(_part(record, "hides", list)),
        labels=_strings(_part(record, "labels", dict), "label"),
        date=is_date(record["date"]) if record.get("date") is not None else None,
        source=_maybe(record, "source") or "",
        tier=_maybe(record, "tier"),
        prompts=_strings(_part(record, "prompts", dict), "prompt"),
    )


def blank_of(record: dict[str, Any]) -> str | None:
    """The empty program that a line brings along."""
    return _maybe(record, "blank")


def record_of(task: Task, blank: str | None = None) -> dict[str, Any]:
    """The line of a task; without what is as it would be anyway, apart from the environment."""
    target = {key: getattr(task.target, key) for key in _TARGET_KEYS}
    record: dict[str, Any] = {
        "id": task.id,
        "prompt": task.prompt,
        "target": {key: value for key, value in target.items() if value},
        "environment": task.environment,
        "checks": [_record_of_check(check) for check in task.checks],
        "reference": task.reference,
        "hides": list(task.hides) or None,
        "blank": blank,
        "labels": dict(task.labels),
        "date": task.date,
        "source": task.source or None,
        "tier": task.tier,
        "prompts": dict(task.prompts) or None,
    }
    return {key: value for key, value in record.items() if value is not None}


def is_date(value: Any) -> str:
    """A date as 2024-05-17, 2024-05 or 2024."""
    if not (isinstance(value, str) and _DATE.fullmatch(value)):
        raise ValueError(f"a date is 2024-05-17, 2024-05 or 2024, not {value!r}")
    return value


def known_keys(record: Mapping[str, Any], keys: Collection[str]) -> None:
    """Raise ValueError for a key that such a record does not have."""
    for key in record:
        if key not in keys:
            raise ValueError(f"unknown key {key!r}: {nearest(key, keys)}")


def _maybe(record: dict[str, Any], key: str) -> str | None:
    return None if record.get(key) is None else text(record, key)


def _part(record: dict[str, Any], key: str, kind: type) -> Any:
    value = record.get(key, kind())
    if not isinstance(value, kind):
        what = "an object" if kind is dict else "a list"
        raise ValueError(f"{key!r} must be {what}, not {type(value).__name__}")
    return value


def _target(record: dict[str, Any]) -> Target:
    known_keys(record, _TARGET_KEYS)
    words = {key: text(record, key) for key in record if key != "continues"}
    if words.get("kind", "function") not in _KINDS:
        raise ValueError(f"'kind' is one of {', '.join(_KINDS)}, not {words['kind']!r}")
    continues = record.get("continues", False)
    if not isinstance(continues, bool):
        raise ValueError(f"'continues' is true or false, not {continues!r}")
    target = Target(**words, continues=continues)  # type: ignore[arg-type]
    if target.kind != "script" and not target.name:
        raise ValueError(f"a target of kind {target.kind!r} needs a 'name'")
    if target.kind == "method" and "." not in target.name:
        raise ValueError(f"a method's name is Class.method, not {target.name!r}")
    return target


def _strings(record: dict[str, Any], what: str) -> dict[str, str]:
    for key, value in record.items():
        if not isinstance(value, str):
            raise ValueError(f"{what} {key!r} must be a string, not {type(value).__name__}")
    return record


def _checks(task: str, records: list[Any]) -> tuple[Check, ...]:
    checks: dict[str, Check] = {}
    for number, record in enumerate(records, 1):
        where = f"check {number}"
        try:
            check = _check(task, record)
        except ValueError as fault:
            raise ValueError(f"{where}: {fault}") from None
        if check.id in checks:
            raise ValueError(f"{where}: id {check.id!r} is taken by another check of the task")
        checks[check.id] = check
    return tuple(checks.values())


def _check(task: str, record: Any) -> Check:
    if not isinstance(record, dict):
        raise ValueError(f"an object was expected, not {type(record).__name__}")
    if "task" in record:
        raise ValueError("unknown key 'task': a check in a suite belongs to its line's task")
    rest = {key: value for key, value in record.items() if key not in ("tolerance", "encoded")}
    if "encoded" in record:
        rest["expected"] = None
    check = check_of({**rest, "task": task})
    if "encoded" in record:
        check = replace(check, expected=Encoded(text(record, "encoded")), from_json=False)
    if "tolerance" not in record:
        return check
    return replace(check, tolerance=_tolerance(_part(record, "tolerance", dict)))


def _tolerance(record: dict[str, Any]) -> Tolerance:
    known_keys(record, _TOLERANCE_KEYS)
    for key in ("relative", "absolute"):
        value = record.get(key)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (is_number and value >= 0):
            raise ValueError(f"{key!r} must be a number that is not negative, not {value!r}")
    if not isinstance(record.get("strict", False), bool):
        raise ValueError(f"'strict' must be true or false, not {record['strict']!r}")
    return Tolerance(**record)


def _record_of_check(check: Check) -> dict[str, Any]:
    record: dict[str, Any] = {"id": check.id}
    if check.code is not None:
        return {**record, "code": check.code}
    record["call"] = check.call
    if check.raises is not None:
        return {**record, "raises": check.raises}
    if isinstance(check.expected, Encoded):
        record["encoded"] = check.expected.payload
    else:
        record["expected"] = _written(check)
    if check.tolerance != Tolerance():
        own = {key: getattr(check.tolerance, key) for key in _TOLERANCE_KEYS}
        record["tolerance"] = {key: value for key, value in own.items() if value or value == 0.0}
        if not check.tolerance.strict:
            del record["tolerance"]["strict"]
    return record


def _written(check: Check) -> Any:
    """An expected value so that it is read back as it is: in JSON, or in Python in a string."""
    value = check.expected
    if check.from_json and not (isinstance(value, str) and is_literal(value)):
        return value
    try:
        return literal(value)
    except ValueError as fault:
        if _is_plain(value):
            return value
        raise ValueError(
            f"check {check.id!r}: {fault}; let the call return something that a literal can say"
        ) from None


def _is_plain(value: Any) -> bool:
    if type(value) is list:
        return all(map(_is_plain, value))
    return value is None or type(value) in (bool, int, float)
