"""The rows and columns of a matrix: for each task its candidates and its checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from assay.core.errors import InputError
from assay.core.words import Trust

_TRUSTS = frozenset(get_args(Trust))


@dataclass(frozen=True, slots=True)
class TaskBlock:
    """One task's part of a matrix: its rows (candidates) and columns (checks), in order.

    `twin_of` says for each row which row it shares its program with, or -1; `same_as` says the
    same of columns. Empty means that nothing is shared.
    """

    id: str
    candidates: tuple[str, ...]
    checks: tuple[str, ...]
    trust: tuple[Trust, ...]
    twin_of: tuple[int, ...] = ()
    same_as: tuple[int, ...] = ()
    environment: str = ""

    @property
    def cells(self) -> int:
        return len(self.candidates) * len(self.checks)

    def to_json(self) -> dict[str, Any]:
        one_trust = len(set(self.trust)) == 1
        form: dict[str, Any] = {
            "id": self.id,
            "environment": self.environment,
            "candidates": self.candidates,
            "checks": self.checks,
            "trust": self.trust[0] if one_trust else self.trust,
        }
        for name in ("twin_of", "same_as"):
            if any(index >= 0 for index in getattr(self, name)):
                form[name] = getattr(self, name)
        return form

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> TaskBlock:
        checks = _list(form["checks"])
        trust: Any = form["trust"]
        return cls(
            id=form["id"],
            candidates=_list(form["candidates"]),
            checks=checks,
            trust=_list([trust] * len(checks) if isinstance(trust, str) else trust),
            twin_of=_list(form.get("twin_of", [])),
            same_as=_list(form.get("same_as", [])),
            environment=form["environment"],
        )


def _list(value: Any) -> tuple[Any, ...]:
    # tuple("abc") would quietly be three candidates.
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {type(value).__name__}")
    return tuple(value)


def verify(blocks: Sequence[TaskBlock]) -> None:
    """Raise `InputError` for ids that are not unique and for columns that do not fit together."""
    _unique((block.id for block in blocks), "two tasks are called")
    _unique(
        (candidate for block in blocks for candidate in block.candidates),
        "candidate ids are unique over a whole matrix, but two are called",
    )
    for block in blocks:
        where = f"task {block.id!r}"
        _unique(block.checks, f"{where}: two checks are called")
        if not isinstance(block.environment, str):
            raise InputError(f"{where}: its environment digest is not a string")
        if len(block.trust) != len(block.checks) or not _TRUSTS.issuperset(block.trust):
            raise InputError(f'{where}: each check needs a trust of "value" or "assertion"')
        _shared(block.twin_of, len(block.candidates), f"{where}: twin_of")
        _shared(block.same_as, len(block.checks), f"{where}: same_as")


def _unique(ids: Iterable[str], fault: str) -> None:
    listed = list(ids)
    if not set(map(type, listed)) <= {str}:
        raise InputError(f"ids are strings; found a {_odd_type(listed)}")
    if len(set(listed)) != len(listed):
        raise InputError(f"{fault} {Counter(listed).most_common(1)[0][0]!r}")


def _odd_type(listed: list[str]) -> str:
    return next(type(value).__name__ for value in listed if type(value) is not str)


def _shared(indices: tuple[int, ...], count: int, where: str) -> None:
    if not indices:
        return
    if len(indices) != count:
        raise InputError(f"{where} has {len(indices)} entries for {count}")
    for own, index in enumerate(indices):
        # One step always reaches the row that was really run: no chains, no circles.
        if type(index) is not int or not -1 <= index < count:
            raise InputError(f"{where}[{own}] is {index!r}, not -1 or an index below {count}")
        if index >= 0 and (index == own or indices[index] != -1):
            raise InputError(f"{where}[{own}] points at {index}, which is itself shared")
