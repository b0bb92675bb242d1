"""What oracles are given, and what one is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from assay.adapt.oracles.record import Record
from assay.adapt.stores import Run, Stores
from assay.adapt.words import TARGETS, Finding, Kind, Rewrite, Smoked

Question = Literal["evidence", "non-interference", "semantics"]


@dataclass(frozen=True, slots=True)
class Watched:
    """One watched run: what the smoke runner saw, what was recorded, what components kept.

    `models` are the models that were alive at its end, by the paths that lead to them; `loaded`
    is what a process that had not run the script made of the registered ones; `layers` the layers
    that pruning is about, with their zeros.
    """

    smoked: Smoked
    record: Record
    stores: Stores = Stores()
    models: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    loaded: Sequence[Mapping[str, Any]] = ()
    layers: Sequence[Mapping[str, Any]] = ()

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.record.facts


@dataclass(frozen=True, slots=True)
class Case:
    """One rewrite, beside the original that it was made of. `again` runs the original once more:
    what differs between two runs of one script is nobody's doing."""

    original: str
    rewrite: Rewrite
    before: Watched
    after: Watched
    again: Callable[[], Smoked]

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset(TARGETS[target] for target in self.rewrite.targets)

    @property
    def components(self) -> tuple[str, ...]:
        """The trackers that shall have kept a run."""
        names = (target.removesuffix("-registry") for target in self.rewrite.targets)
        tracking = {"mlflow", "wandb", "comet", "trackio", "tensorboard"}
        return tuple(dict.fromkeys(name for name in names if name in tracking))

    def runs(self, component: str) -> list[Run]:
        """The runs that the rewrite left and the original did not; those that belong to another
        one (a search's tries) aside."""
        known = {run.id for run in self.before.stores.of(component)}
        return [
            run
            for run in self.after.stores.of(component)
            if run.id not in known and "mlflow.parentRunId" not in run.tags
        ]

    def parts(self, run: Run) -> list[Run]:
        """The runs that a rewrite opened within one, in order: each of several trainings. What a
        search tried is none, nor what autologging keeps of it."""
        found, around = [], {run.id}
        for one in self.after.stores.of(run.component) if "hpo" not in self.kinds else ():
            within = one.tags.get("mlflow.parentRunId") in around
            if within and "mlflow.autologging" not in one.tags:
                found.append(one)
                around.add(one.id)
        return found


class Oracle(Protocol):
    """One question to a case. What it yields is read by people; `holds` of None is for what
    proves nothing either way. An oracle that has nothing to do with a case yields nothing."""

    @property
    def name(self) -> str: ...

    @property
    def question(self) -> Question: ...

    def judge(self, case: Case) -> Iterable[Finding]: ...


@dataclass(frozen=True, slots=True)
class Judging:
    """An oracle made of a function that yields (holds, text)."""

    name: str
    question: Question
    look: Callable[[Case], Iterable[tuple[bool | None, str]]]

    def judge(self, case: Case) -> Iterable[Finding]:
        for holds, text in self.look(case):
            yield Finding(self.name, holds, text)
