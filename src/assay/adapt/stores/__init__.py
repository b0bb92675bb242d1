"""Runs as tracking components keep them, in one shape, read without believing who wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Of a tracker, how exactly it keeps a number: TensorBoard has single precision.
SINGLE = frozenset({"tensorboard"})
# These number what is logged without a step themselves, from 0.
COUNTING = frozenset({"wandb", "trackio", "comet"})
# These know of a run whether it has ended.
CLOSING = frozenset({"mlflow", "wandb", "comet"})


@dataclass(frozen=True, slots=True)
class Series:
    """The history of one metric: steps (None where the component kept none) and values."""

    name: str
    steps: tuple[int | None, ...]
    values: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Kept:
    """A model that was registered: its name, version, where it lies."""

    name: str
    version: str
    location: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One run as a component kept it. `status` is empty where the component knows none."""

    component: str
    id: str
    name: str = ""
    status: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    series: Mapping[str, Series] = field(default_factory=dict)
    artifacts: tuple[str, ...] = ()
    models: tuple[Kept, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"{self.component} run `{(self.name or self.id)[:40]}`"


@dataclass(frozen=True, slots=True)
class Stores:
    """All runs that a script left, and what looked like a store and could not be read."""

    runs: tuple[Run, ...] = ()
    faults: tuple[str, ...] = ()

    def of(self, component: str) -> tuple[Run, ...]:
        return tuple(run for run in self.runs if run.component == component)


def stores_of(told: Any) -> Stores:
    """What `jailed/stores.py` told. Raises ValueError where it does not have that form."""
    try:
        return Stores(tuple(_run(one) for one in told["runs"]), tuple(map(str, told["faults"])))
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise ValueError(f"no account of stores: {type(error).__name__}: {error}") from None


def _run(told: Mapping[str, Any]) -> Run:
    series = {
        str(name): Series(
            str(name),
            tuple(None if step is None else int(step) for step, _ in points),
            tuple(float(value) for _, value in points),
        )
        for name, points in told["series"].items()
    }
    return Run(
        component=str(told["component"]), id=str(told["id"]), name=str(told["name"]),
        status=str(told["status"]), parameters=_texts(told["parameters"]), series=series,
        artifacts=tuple(map(str, told["artifacts"])),
        models=tuple(
            Kept(
                str(one["name"]), str(one["version"]), str(one.get("location", "")),
                tuple(map(str, one.get("files", ()))),
            )
            for one in told["models"]
        ),
        tags=_texts(told["tags"]),
    )  # fmt: skip


def _texts(told: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in told.items()}
