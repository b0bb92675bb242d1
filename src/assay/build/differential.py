"""Differential checks: a generator makes inputs from a seed, the installed reference says what is
right, and a candidate's answer is compared with that."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assay.build.faults import BuildFault
from assay.build.manifest import Entry
from assay.build.material import Material
from assay.core.compare import difference
from assay.core.words import Check, Encoded
from assay.engine.child import Observation
from assay.engine.session import Asked, Session

_FEWEST = 8
_OPAQUE = '"opaque"'
# What a blank raises, or a class of that, or what says that something of ours is missing.
_ASKS_NOTHING = frozenset({
    "NotImplementedError", "RuntimeError", "Exception", "BaseException", "NameError",
    "ImportError", "ModuleNotFoundError",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """A task's checks, and why some of its seeds make none."""

    checks: tuple[Check, ...]
    dropped: tuple[str, ...]


class Generators:
    """The functions of a generators.py, each with what of the file it needs."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        tree = ast.parse(text)
        self._parts: dict[str, ast.stmt] = {}
        for node in tree.body:
            for bound in _bound(node):
                self._parts[bound] = node
        self._order = {id(node): place for place, node in enumerate(tree.body)}
        self._takes_target = {
            node.name: bool(node.args.args) and node.args.args[0].arg == "target"
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
        }

    def call(self, generator: str, called: str, seed: int) -> str:
        """The call of a check: inputs for a seed, put to what the candidate `called` so."""
        if generator not in self._takes_target:
            raise BuildFault("checks", "generator", f"{self._name} has no {generator!r}")
        text = self._needed(generator)
        begin = (
            f"_target = {called}\n"
            "_space = {'__name__': 'generators'}\n"
            f"exec(compile({text!r}, 'generators.py', 'exec'), _space)\n"
        )
        if self._takes_target[generator]:
            return f"{begin}_space[{generator!r}](_target, {seed})"
        return (
            f"{begin}_given = _space[{generator!r}]({seed})\n"
            "_target(**_given) if isinstance(_given, dict) else _target(*_given)"
        )

    def _needed(self, generator: str) -> str:
        wanted, found = [generator], {}
        while wanted:
            node = self._parts.get(wanted.pop())
            if node is None or id(node) in found:
                continue
            found[id(node)] = node
            wanted += [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
        kept = sorted(found.values(), key=lambda node: self._order[id(node)])
        return "\n".join(ast.unparse(node) for node in kept)


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    return [part.id for part in names if isinstance(part.ctx, ast.Store)]


Wanted = tuple[str, Entry, Material]
Round = list[list[Observation]]


def questions(wanted: Sequence[Wanted], generators: Generators) -> list[Asked]:
    """What to ask each task's installed reference: its answer for each seed."""
    return [
        Asked(
            made.installed,
            tuple(generators.call(entry.generator, made.called, n) for n in range(entry.seeds)),
        )
        for _, entry, made in wanted
    ]


def ask(session: Session, asked: Sequence[Asked], number: int) -> Round:
    """A round of answers. Each second one is asked backwards: what an answer owes to the calls
    before it shows then."""
    if number % 2 == 0:
        return session.observe(asked)
    seen = session.observe([replace(one, calls=one.calls[::-1]) for one in asked])
    return [answers[::-1] for answers in seen]


def checks(wanted: Sequence[Wanted], asked: Sequence[Asked], rounds: list[Round]) -> list[Judged]:
    """For each task the checks that its reference answered alike in every round; a reason for
    every seed that makes none."""
    return [
        _judged(name, entry, one.calls, [seen[place] for seen in rounds])
        for place, ((name, entry, _), one) in enumerate(zip(wanted, asked, strict=True))
    ]


def _judged(
    task: str, entry: Entry, calls: tuple[str, ...], rounds: list[list[Observation]]
) -> Judged:
    made, dropped = [], []
    for seed, call in enumerate(calls):
        seen = [one[seed] for one in rounds if seed < len(one)]
        if len(seen) < len(rounds):
            dropped.append(f"seed {seed}: not answered")
            continue
        why = _unfit(seen, entry)
        if why:
            dropped.append(f"seed {seed}: {why}")
        else:
            made.append(_check(f"seed {seed}", task, call, seen[0], entry))
    return Judged(tuple(made), tuple(dropped))


def _unfit(seen: list[Observation], entry: Entry) -> str | None:
    """Why an answer of the reference is not one to ask for; None where it is."""
    first = seen[0]
    if first.kind not in ("value", "raised"):
        return f"the reference: {first.kind} {first.payload[:200].decode(errors='replace')}".strip()
    if any(other.kind != first.kind for other in seen):
        return "flaky: now a value, now an exception"
    if first.kind == "raised":
        kinds = {_raised(one)[0] for one in seen}
        if len(kinds) > 1:
            return f"flaky: now {', now '.join(sorted(kinds))}"
        if kinds & _ASKS_NOTHING:
            return f"the reference raises {': '.join(_raised(first))}"
        return None
    if _OPAQUE.encode() in first.payload:
        return "the answer holds something that cannot be compared"
    values = [json.loads(one.payload) for one in seen]
    told = next(
        filter(None, (difference(values[0], other, entry.tolerance) for other in values[1:])), None
    )
    return f"flaky: {told}" if told else None


def _raised(seen: Observation) -> tuple[str, str]:
    told = json.loads(seen.payload)
    return told["types"][0], told["message"]


def _check(name: str, task: str, call: str, seen: Observation, entry: Entry) -> Check:
    if seen.kind == "raised":
        return Check(name, task, call=call, raises=_raised(seen)[0])
    expected = Encoded(seen.payload.decode())
    return Check(name, task, call=call, expected=expected, tolerance=entry.tolerance)


def enough(judged: Judged) -> str | None:
    """Why a task has too few checks, or none that a blank would fail."""
    values = sum(check.raises is None for check in judged.checks)
    if len(judged.checks) < _FEWEST:
        why = "; ".join(judged.dropped[:3])
        return f"{len(judged.checks)} checks, {_FEWEST} wanted ({why})"
    return None if values >= 3 else f"only {values} checks expect a value"
