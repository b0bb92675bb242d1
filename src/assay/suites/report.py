"""What verification found: for each task why it is refused, and which faults its checks let by."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Any

from assay.suites.mutants import Mutant


@dataclass(frozen=True, slots=True)
class TaskReport:
    """One task. Without `reasons` it is fit for use. Mutants are not run for one that is not.
    `cpu_seconds` are what the reference's slowest check took."""

    task: str
    checks: int
    reasons: tuple[str, ...] = ()
    mutants: int = 0
    survivors: tuple[Mutant, ...] = ()
    cpu_seconds: float = 0.0

    @property
    def killed(self) -> int:
        return self.mutants - len(self.survivors)

    @property
    def share(self) -> float | None:
        """The share of its mutants that some check saw; None where there is no mutant."""
        return self.killed / self.mutants if self.mutants else None

    def to_json(self) -> dict[str, Any]:
        return {
            "task": self.task,
            "checks": self.checks,
            "reasons": list(self.reasons),
            "mutants": self.mutants,
            "killed": self.killed,
            "share": self.share,
            "survivors": [str(mutant) for mutant in self.survivors],
            "cpu_seconds": round(self.cpu_seconds, 4),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """A suite's verification. `harness` counts verdicts that are failures of ours: with any, the
    report says too little, and the same call tries those again."""

    suite: str
    fingerprint: str
    tasks: tuple[TaskReport, ...]
    harness: int = 0

    @property
    def failed(self) -> tuple[TaskReport, ...]:
        return tuple(task for task in self.tasks if task.reasons)

    @property
    def median(self) -> float | None:
        """The median over tasks of the share of mutants that were killed."""
        shares = [task.share for task in self.tasks if task.share is not None]
        return statistics.median(shares) if shares else None

    def to_json(self) -> dict[str, Any]:
        made = sum(task.mutants for task in self.tasks)
        killed = sum(task.killed for task in self.tasks)
        return {
            "suite": self.suite,
            "fingerprint": self.fingerprint,
            "tasks": len(self.tasks),
            "failed": [{"task": task.task, "reasons": list(task.reasons)} for task in self.failed],
            "mutants": {
                "made": made,
                "killed": killed,
                "share": killed / made if made else None,
                "median": self.median,
                "tasks": len([task for task in self.tasks if task.mutants]),
            },
            "harness": self.harness,
            "by_task": [task.to_json() for task in self.tasks],
        }
