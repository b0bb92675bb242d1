"""The suites `mlops`, our own training scripts, and `mlops-paper`, those of the paper: each script
to be adapted to every target that applies."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.adapt import paper
from assay.adapt.smoke import ENVIRONMENT, environment_for, settings_beside
from assay.adapt.words import TARGETS, Settings
from assay.adapt.writing import SUITE, prompt
from assay.core.errors import InputError
from assay.core.words import Check, Target, Task
from assay.suites import Suite
from assay.suites.finding import shipped_folder

VERSION = "1"
JUDGE = "adapt"
QUESTIONS = ("evidence", "non-interference", "semantics")
# Should anything but the judge ever run it, nothing passes.
_JUDGED = "raise NotImplementedError('judged by a proof')"
_DESCRIPTION = (
    "Training scripts that get tracking, a registry, tuning or pruning, proven by running"
)


@dataclass(frozen=True, slots=True)
class Script:
    """A script of a suite. `targets` are those that apply to it; `declines` says of the others
    why a careful engineer would decline."""

    id: str
    suite: str
    framework: str
    kind: str
    text: str
    settings: Settings
    targets: tuple[str, ...]
    declines: dict[str, str]
    outcome: str
    extra: bool

    def task(self, target: str) -> Task:
        name = f"{self.suite}/{self.id}/{target}"
        return Task(
            id=name,
            prompt=prompt(self.text, [target], documents=False),
            target=Target("script"),
            checks=tuple(Check(question, name, code=_JUDGED) for question in QUESTIONS),
            environment=environment_for(self.text),
            labels={
                "task_type": TARGETS[target], "component": target, "framework": self.framework,
                "script": self.id,
            },
            prompts={"documents": prompt(self.text, [target], documents=True)},
        )  # fmt: skip


@functools.cache
def scripts() -> tuple[Script, ...]:
    """All scripts of the suite, in its order, traps and extras too."""
    folder = shipped_folder(SUITE)
    table = tomllib.loads((folder / "scripts.toml").read_text(encoding="utf-8"))
    return tuple(
        Script(
            id=one["id"],
            suite=SUITE,
            framework=one["framework"],
            kind=one["kind"],
            text=(place := folder / "scripts" / f"{one['id']}.py").read_text(encoding="utf-8"),
            settings=settings_beside(place, arguments=one.get("arguments"), **one.get("smoke", {})),
            targets=tuple(name for name in table["targets"] if name not in one["declines"]),
            declines={name: table["reasons"][why] for name, why in one["declines"].items()},
            outcome=one.get("outcome", "proven"),
            extra=one.get("extra", False),
        )
        for one in table["script"]
    )


@functools.cache
def paper_scripts() -> tuple[Script, ...]:
    """The paper's scripts, with every target: which of them apply, nobody has said. InputError
    where they are not fetched."""
    found = []
    for one in paper.scripts():
        if not one.place.is_file():
            raise InputError(
                f"the paper's scripts are not here yet: assay suite fetch {paper.NAME}"
            )
        text = one.place.read_text(encoding="utf-8")
        found.append(
            Script(
                id=one.script,
                suite=paper.NAME,
                framework=one.framework,
                kind="",
                text=text,
                settings=settings_beside(one.place),
                targets=tuple(target for target in TARGETS if target != "nncf-2"),
                declines={},
                outcome="proven",
                extra=False,
            )
        )
    return tuple(found)


def asked(task: str) -> tuple[Script, str]:
    """The script and the target of a task, by its id. Raises InputError."""
    suite, _, rest = task.partition("/")
    name, _, target = rest.partition("/")
    for script in paper_scripts() if suite == paper.NAME else scripts():
        if (script.suite, script.id) == (suite, name) and target in TARGETS:
            return script, target
    raise InputError(f"{task!r} is no task of the suites {SUITE} and {paper.NAME}")


@dataclass(frozen=True, slots=True)
class Shipped:
    """What comes in by the door `assay.suites`."""

    name: str
    description: str
    scripts: Callable[[], tuple[Script, ...]]

    def __call__(self, progress: Callable[[str], None] | None = None) -> Suite:
        del progress
        counted = [one for one in self.scripts() if one.outcome == "proven" and not one.extra]
        tasks = tuple(script.task(target) for script in counted for target in script.targets)
        return Suite(
            self.name, tasks, VERSION, self.description, "Apache-2.0", ENVIRONMENT, judge=JUDGE
        )

    def about(self) -> dict[str, Any]:
        """What is listed of it."""
        whole = self()
        keys = ("name", "version", "description", "licence")
        return {key: getattr(whole, key) for key in keys} | {"tasks": len(whole.tasks)}


@dataclass(frozen=True, slots=True)
class Fetched(Shipped):
    """A suite whose scripts come from elsewhere."""

    def fetch(self, source_root: Path | None, progress: Callable[[str], None] | None) -> Path:
        """Get its scripts (see `paper.fetch`); the folder that they lie in."""
        return paper.fetch(source_root, progress)


mlops = Shipped(
    SUITE,
    "Training scripts that get tracking, a registry, tuning or pruning, proven by running",
    scripts,
)
mlops_paper = Fetched(
    paper.NAME, "The 22 public scripts of the paper on adapting code for MLOps", paper_scripts
)
