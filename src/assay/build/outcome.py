"""What a build came to: its tasks, what is known of them, what made none; and how that is kept."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assay.build.fetch import Source
from assay.build.gate import SLOWER
from assay.build.steps import Step
from assay.core.words import Environment, Task
from assay.suites import Suite, save

FACTS = "build.json"


@dataclass(frozen=True, slots=True)
class Refused:
    """A definition that makes no task: at which step, and why."""

    function: str
    step: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What a build came to. `facts` are of each task, by id; `suite` is None where there is no
    task. `seconds` are on the wall."""

    source: Source
    suite: Suite | None
    facts: dict[str, dict[str, Any]]
    refused: tuple[Refused, ...]
    steps: tuple[Step, ...]
    seconds: float

    def reasons(self) -> list[tuple[str, str, int]]:
        """Step, reason without its particulars, and how many were refused so."""
        found = Counter((one.step, _general(one.reason)) for one in self.refused)
        return [(*key, count) for key, count in found.most_common()]

    def to_json(self) -> dict[str, Any]:
        return {
            "suite": str(self.suite.path) if self.suite else None,
            "package": self.source.name,
            "version": self.source.version,
            "sha256": self.source.sha256,
            "tasks": [{"id": name, **told} for name, told in self.facts.items()],
            "refused": [asdict(one) for one in self.refused],
            "steps": [asdict(one) for one in self.steps],
            "seconds": round(self.seconds, 1),
        }


def limit(seconds: Iterable[float]) -> float:
    """What each check of a suite may use: so many times what the slowest reference took, as whole
    seconds from 2 to 15, so that a build on a busy day comes to the same."""
    return float(min(15, max(2, math.ceil(SLOWER * max(seconds, default=0.0)))))


def keep(
    source: Source,
    tasks: list[Task],
    facts: dict[str, dict[str, Any]],
    refused: list[Refused],
    environment: Environment,
    place: Path,
) -> Suite:
    suite = Suite(
        f"{source.name}-suite", tuple(tasks), source.version,
        f"{source.name} {source.version}, made by `assay build` on this machine and for it: it "
        "holds text of the library", source.licence,
        environment.name, {environment.name: environment},
        check_cpu_seconds=limit(told["cpu_seconds"] for told in facts.values()),
    )  # fmt: skip
    saved = save(suite, place)
    told = {
        "package": source.name, "version": source.version, "kind": source.kind,
        "sha256": source.sha256, "licence": source.licence, "tasks": facts,
        "refused": [asdict(one) for one in refused],
    }  # fmt: skip
    (saved / FACTS).write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    return replace(suite, path=saved)


def _general(reason: str) -> str:
    """A reason without what is particular to one definition."""
    text = re.split(r"[:;(]", reason)[0]
    return re.sub(r"\b\d+(\.\d+)?%?", "n", text).strip()[:70]
