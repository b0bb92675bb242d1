"""A suite: tasks, the environments that they name, and a digest that says which suite it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assay.core.digests import digest
from assay.core.words import NOTHING, Encoded, Environment, Task
from assay.engine.inside.encode import encode, to_text


@dataclass(frozen=True)
class Suite:
    """A set of tasks. `environment` is where a task runs that does not say, `environments` are
    those that the suite brings along, `blanks` the empty programs of tasks that bring their own.
    `check_cpu_seconds` is what one check may use, where the suite has an opinion. A suite whose
    checks are no code names the `judge` that answers them (see `assay.suites.judging`)."""

    name: str
    tasks: tuple[Task, ...]
    version: str = "0"
    description: str = ""
    licence: str = ""
    environment: str = "python"
    environments: Mapping[str, Environment] = field(default_factory=dict)
    blanks: Mapping[str, str] = field(default_factory=dict)
    check_cpu_seconds: float | None = None
    judge: str | None = None
    path: Path | None = None

    def environment_of(self, name: str) -> Environment:
        """The environment that tasks call by this name: the suite's own, or a shipped one."""
        from assay.engine import environments

        return self.environments.get(name) or environments.load(name)

    @property
    def digest(self) -> bytes:
        """Of all that a figure rests on: tasks, checks, environments. Not of name and prose."""
        parts = [part for task in self.tasks for part in _parts(task)]
        used = sorted({task.environment for task in self.tasks})
        parts += [f"judge {self.judge}"] if self.judge else []
        return digest("suite/1", *parts, *(self.environment_of(name).digest for name in used))

    @property
    def fingerprint(self) -> str:
        """The digest, for people and programs."""
        return self.digest.hex()

    def __repr__(self) -> str:
        return f"<Suite {self.name} {self.version}: {len(self.tasks)} tasks>"


def _parts(task: Task) -> Iterator[str]:
    target = task.target
    yield from (task.id, task.prompt, task.environment, repr(task.reference))
    yield from (target.kind, target.name, target.signature, target.context)
    yield repr(sorted(task.labels.items()))
    yield repr((task.date, task.source, task.tier))
    yield repr(task.hides) if task.hides else ""
    if task.prompts:
        yield repr(sorted(task.prompts.items()))
    yield "continues" if target.continues else ""
    for check in task.checks:
        yield repr((check.id, check.call, check.raises, check.code, check.tolerance))
        if isinstance(check.expected, Encoded):
            yield check.expected.payload
        else:
            yield to_text(encode(check.expected)) if check.expected is not NOTHING else ""
