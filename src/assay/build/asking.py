"""Asks the library as it is: which of a definition's derived calls are of use, which of its tests
pass by the door that checks go through, and which modules have to be loaded for them."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.build import deriving, layout, records
from assay.build.candidates import Considered
from assay.build.definitions import raised_in
from assay.build.faults import BuildFault
from assay.build.ground import Ground
from assay.build.loaded import listed, listing
from assay.build.material import Material, material
from assay.core.digests import digest
from assay.engine.child import Observation
from assay.engine.session import Asked, Session

_VERSION = "asking/1"
MOST_TESTS = 8
_MOST_CALLS, _MOST_RAISING = 10, 2
_LARGEST = 40_000
_BATCH = 16
# What a call ends in whose arguments were not of the kind that it takes.
_NO_CALL = {
    "TypeError", "AttributeError", "NameError", "ImportError", "ModuleNotFoundError",
    "NotImplementedError", "RecursionError", "SyntaxError", "UnboundLocalError",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found for one definition. `refused` says why it makes no task, as step and reason;
    `dropped` counts derived calls by what kept them from being of use."""

    name: str
    calls: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    dropped: dict[str, int] | None = None
    refused: tuple[str, str] | None = None


@dataclass(frozen=True)
class Wish:
    """A definition that could be a task, with what it takes to ask for it."""

    considered: Considered
    made: Material
    calls: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.considered.definition.name


def passing(test: str) -> str:
    """The program of a check that a test passes."""
    return f"import library_tests\nlibrary_tests.passed({test!r})"


def wish(
    one: Considered, ground: Ground, around: deriving.Surroundings, seconds: dict[str, float]
) -> Wish:
    """What to ask of a definition; BuildFault where it cannot be a task of this library."""
    definition = one.definition
    if definition.qualname.count(".") > 1 or (
        definition.kind == "class" and "." in definition.qualname
    ):
        raise BuildFault("material", "nested", "it is defined inside another class's class")
    made = material(ground.site, definition.name, None)
    calls = deriving.calls(definition, around)
    tests = _cheap([reach.test for reach in one.tests], seconds) if ground.with_tests else []
    if not calls and not tests:
        raise BuildFault("checks", "no inputs", "no test of it, and nothing says what it takes")
    return Wish(one, made, tuple(calls), tuple(tests))


def _cheap(tests: list[str], seconds: dict[str, float]) -> list[str]:
    """The first tests that a check has time for."""
    kept: list[str] = []
    total = 0.0
    for test in tests:
        cost = seconds.get(test, 0.0)
        if cost <= 0.8 and total + cost <= 1.5 and len(kept) < MOST_TESTS:
            kept.append(test)
            total += cost
    return kept


def answers(
    wishes: Sequence[Wish],
    ground: Ground,
    work: Path,
    *,
    enough: int,
    is_over: Callable[[], bool],
    workers: int | str | None = None,
    progress: Callable[[str], None],
) -> list[Answered]:
    """What the library answers, with everything to be seen, to one definition after another until
    `enough` have checks or the time is over; kept for each as soon as its batch ends."""
    found: list[Answered] = []
    with contextlib.ExitStack() as stack:
        session: Session | None = None
        for begin in range(0, len(wishes), _BATCH):
            if sum(one.refused is None for one in found) >= enough or is_over():
                break
            part = wishes[begin : begin + _BATCH]
            known = [
                records.read(Answered, _place(work, one.name), _key(one, ground)) for one in part
            ]
            if None in known:
                session = session or stack.enter_context(Session(ground.bare, workers=workers))
                known = list(_answered(session, part, ground))
                for one, answered in zip(part, known, strict=True):
                    records.write(_place(work, one.name), _key(one, ground), answered)
            found += [answered for answered in known if answered is not None]
            having = sum(one.refused is None for one in found)
            progress(f"asked {len(found)} of {len(wishes)} definitions, {having} have checks")
    return found


def _place(work: Path, name: str) -> Path:
    return work / "asked" / f"{digest('name/1', name).hex()[:16]}.json"


def _key(one: Wish, ground: Ground) -> str:
    return records.key_of(
        _VERSION, one.made.reference, one.calls, one.tests, ground.bare.digest.hex()
    )


def _answered(session: Session, wishes: Sequence[Wish], ground: Ground) -> Iterator[Answered]:
    modules_of = listing(ground.packages)
    asked = []
    for one in wishes:
        tests = tuple(map(passing, one.tests))
        asked += [Asked(one.made.installed, (*some, modules_of)) for some in (one.calls, tests)]
    seen = session.observe(asked)
    for place, one in enumerate(wishes):
        by_call, by_test = seen[2 * place], seen[2 * place + 1]
        kept, dropped = _useful(one, by_call[: len(one.calls)])
        tests = tuple(
            test for test, told in zip(one.tests, by_test, strict=False)
            if told.kind == "value" and told.payload == b"true"
        )  # fmt: skip
        modules = (*listed(by_call), *listed(by_test))
        kept_modules = tuple(
            name for name in dict.fromkeys(modules)
            if not layout.is_test_path(f"{name.replace('.', '/')}.py")
        )  # fmt: skip
        refused = None
        if not kept and len(tests) < 3:
            told = ", ".join(f"{n} {why}" for why, n in dropped.most_common(2))
            refused = (
                "checks",
                f"derived calls are of no use: {told or 'there are none'}; "
                f"{len(tests)} of {len(one.tests)} tests can be used",
            )
        yield Answered(one.name, kept, tests, kept_modules, dict(dropped), refused)


def _useful(one: Wish, seen: list[Observation]) -> tuple[tuple[str, ...], Counter[str]]:
    """The calls with answers that tell something: different values, errors that are meant."""
    promised = raised_in(one.considered.definition)
    values: dict[bytes, str] = {}
    again: list[str] = []
    raising: dict[str, str] = {}
    dropped: Counter[str] = Counter()
    for call, told in zip(one.calls, seen, strict=False):
        why = _unusable(told, promised)
        if why:
            dropped[why] += 1
        elif told.kind == "raised":
            raising.setdefault(json.loads(told.payload)["message"][:60], call)
        elif told.payload in values:
            again.append(call)
        else:
            values[told.payload] = call
    if len(values) < 4:
        if values:
            dropped[f"only {len(values)} different answers"] += len(values) + len(again)
        return (), dropped
    kept = [*list(values.values())[: _MOST_CALLS - _MOST_RAISING],
            *list(raising.values())[:_MOST_RAISING]]  # fmt: skip
    rest = [*list(values.values())[_MOST_CALLS - _MOST_RAISING :], *again]
    kept += rest[: _MOST_CALLS - len(kept)]
    return tuple(kept), dropped


def _unusable(told: Observation, promised: set[str]) -> str | None:
    if told.kind == "value":
        if b'"opaque"' in told.payload:
            return "answer what cannot be compared"
        return "answer too much" if len(told.payload) > _LARGEST else None
    if told.kind != "raised":
        return told.kind
    kinds = json.loads(told.payload)["types"]
    if kinds[0] in promised and not set(kinds) & _NO_CALL:
        return None
    return f"raise {kinds[0]}"
