"""What is compared in a run, and how: the contestants, and everything that decides a figure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

from assay.core.digests import digest, short
from assay.core.errors import InputError
from assay.core.words import Limits
from assay.models.base import Model
from assay.models.solvers import Setting, Solver
from assay.suites import Suite

# For one check, where the suite does not say. A program that never ends costs as much for each of
# its task's 5 to 30 checks, up to what all of them together may use.
_CHECK_CPU_SECONDS = 2.0
_CHECKS_AT_FULL_COST = 4
# Of a setting, what is the same for all contestants.
_ASKED = ("top_p", "seed", "shots", "shots_from", "programs", "tests")
DEFAULT_TEMPERATURE = 0.8


@dataclass(frozen=True, slots=True)
class Contestant:
    """A model under a solver at a temperature. A solver that asks no model has neither."""

    model: str
    solver: str
    temperature: float | None

    def __str__(self) -> str:
        warmth = "" if self.temperature is None else f"at {self.temperature:g}"
        return " ".join(filter(None, (self.model, self.solver, warmth)))


class Entry(NamedTuple):
    """A contestant with what it consists of."""

    contestant: Contestant
    model: Model
    solver: Solver
    setting: Setting


@dataclass(frozen=True)
class Contest:
    """A suite (what was selected of it), its contestants, and how many samples each gives.

    `temperatures` without any mean 0 for one sample and 0.8 for several, which would be alike
    otherwise. `samples` may be a number for each task, where answers are recorded.
    """

    suite: Suite
    models: Sequence[Model]
    solvers: Sequence[Solver]
    samples: int | Mapping[str, int] = 1
    temperatures: tuple[float | None, ...] = ()
    setting: Setting = field(default_factory=Setting)

    def __post_init__(self) -> None:
        if not self.suite.tasks:
            raise InputError(f"suite {self.suite.name}: no tasks in it")
        if not self.solvers:
            raise InputError("--solver: name at least one")
        if not isinstance(self.samples, Mapping) and self.samples < 1:
            raise InputError(f"--samples {self.samples}: at least one sample is needed")
        if self.setting.programs < 1 or self.setting.tests < 0:
            raise InputError("--programs: at least one is needed; --tests: not fewer than none")
        if any(t is not None and not 0 <= t < math.inf for t in self.temperatures):
            raise InputError("a temperature is a number from 0 on")
        if any(solver.needs_model for solver in self.solvers) and not self.models:
            asking = next(solver.name for solver in self.solvers if solver.needs_model)
            raise InputError(f"solver {asking} asks a model: name one with --model")
        for kind, named in (("model", self.models), ("solver", self.solvers)):
            names = [one.name for one in named]
            if twice := next((name for name in names if names.count(name) > 1), None):
                raise InputError(f"the {kind} {twice} is named twice")

    @property
    def limits(self) -> Limits:
        """What a program may use: the same for all tasks, so that runs can be compared."""
        each = self.suite.check_cpu_seconds or _CHECK_CPU_SECONDS
        return Limits(check_cpu_seconds=each, candidate_cpu_seconds=_CHECKS_AT_FULL_COST * each)

    @property
    def most_samples(self) -> int:
        return max(self.samples.values()) if isinstance(self.samples, Mapping) else self.samples

    def samples_of(self, task: str) -> int:
        return self.samples[task] if isinstance(self.samples, Mapping) else self.samples

    def entries(self) -> list[Entry]:
        """Every model under every solver at every temperature."""
        warm = DEFAULT_TEMPERATURE if self.most_samples > 1 else 0.0
        temperatures = self.temperatures or (warm,)
        found = []
        for solver in self.solvers:
            if not solver.needs_model:
                found.append(self._entry(_NOBODY, solver, None))
                continue
            found += [
                self._entry(model, solver, temperature)
                for model in self.models
                for temperature in temperatures
            ]
        return found

    def _entry(self, model: Model, solver: Solver, temperature: float | None) -> Entry:
        shown = None if getattr(model, "recorded", False) else temperature
        contestant = Contestant(model.name, solver.name, shown)
        setting = replace(
            self.setting,
            temperature=temperature,
            max_tokens=self.setting.max_tokens or getattr(model, "usual_tokens", None),
            stop=self.setting.stop or tuple(getattr(model, "usual_stop", ())),
        )
        return Entry(contestant, model, solver, setting)

    def settings(self) -> dict[str, Any]:
        """Everything but the suite that decides what is asked, for the record."""
        entries = self.entries()
        return {
            "contestants": [asdict(entry.contestant) for entry in entries],
            "samples": dict(self.samples) if isinstance(self.samples, Mapping) else self.samples,
            "limits": self.limits.to_json(),
            "max_tokens": [entry.setting.max_tokens for entry in entries],
            "stop": [entry.setting.stop for entry in entries],
            **{name: getattr(self.setting, name) for name in _ASKED},
        }

    @property
    def name(self) -> str:
        """Names the run's directory: the same call has the same name, and so goes on."""
        from assay.bench.fingerprints import marks_of

        parts = [repr(sorted(self.settings().items())), self.suite.fingerprint]
        whole = digest("contest/1", *parts, *marks_of(self.models))
        return f"{self.suite.name}-{short(whole)[:8]}"


class _Nobody:
    """Stands where a model would, for a solver that asks none."""

    name = ""

    async def sample(self, *_: object) -> None:
        raise InputError("this solver said that it asks no model, and asked one")

    async def close(self) -> None:
        pass


_NOBODY = _Nobody()
