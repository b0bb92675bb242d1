"""Looks for a newer release of the library that a suite was built from, and adds what is new."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assay.build.definitions import parsed
from assay.build.indexes import Index
from assay.build.library import Options, build
from assay.build.outcome import FACTS, Outcome
from assay.build.steps import Progress
from assay.core.errors import InputError
from assay.core.words import Task
from assay.suites import Suite, load, save


@dataclass(frozen=True)
class Refreshed:
    """What a newer release brought. `changed` are tasks that stay as they are and have a new
    version beside them; `gone` are those that the new release gave no task for: they stay, too."""

    suite: Suite
    before: str
    now: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        if self.before == self.now:
            yield f"{self.suite.name}: there is no release newer than {self.before}"
            return
        yield f"{self.suite.name}: {self.before} → {self.now}, {len(self.suite.tasks)} tasks now"
        for what, names in (("added", self.added), ("changed, kept and added anew", self.changed),
                            ("kept, without a task in the new release", self.gone)):  # fmt: skip
            yield f"{len(names)} {what}{': ' if names else ''}{', '.join(names)}"

    def to_json(self) -> dict[str, Any]:
        return {
            "suite": str(self.suite.path), "before": self.before, "now": self.now,
            "tasks": len(self.suite.tasks), "added": list(self.added),
            "changed": list(self.changed), "gone": list(self.gone),
        }  # fmt: skip


def refresh(
    place: Path,
    *,
    options: Options | None = None,
    index: Index | None = None,
    progress: Progress | None = None,
) -> Refreshed:
    """Build the newest release beside a suite, and add its new tasks. No task is ever changed:
    where the function's text, prompt or checks are others now, a task ID@VERSION is added.

    Raises InputError for a suite that `assay build` did not make from an index, and what `build`
    raises.
    """
    from packaging.version import Version

    told, suite = _told(place), load(place)
    index = index or Index()
    usable = [one for one in index.releases(told["package"]) if one.is_final and not one.yanked]
    newest = usable[0].version if usable else told["version"]
    if Version(newest) <= Version(told["version"]):
        return Refreshed(suite, told["version"], told["version"])
    fresh = place.resolve().with_name(f".{place.resolve().name}-{newest}")
    try:
        outcome = build(
            f"{told['package']}=={newest}", told["kind"], fresh,
            options=options, index=index, progress=progress,
        )  # fmt: skip
    finally:
        _discard(fresh)
    return _merged(place, told, suite, outcome)


def _told(place: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads((place / FACTS).read_text(encoding="utf-8"))
        kind = told["kind"]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"{place / FACTS}: cannot be read: `assay build` writes it ({error})"
        ) from None
    if kind not in ("sdist", "wheel"):
        raise InputError(f"{place}: was built from a {kind}, of which there are no releases")
    return told


def _merged(place: Path, told: dict[str, Any], suite: Suite, outcome: Outcome) -> Refreshed:
    newest = outcome.source.version
    old = {task.id: task for task in suite.tasks}
    tasks, facts = list(suite.tasks), dict(told["tasks"])
    added, changed = [], []
    fresh = outcome.suite.tasks if outcome.suite else ()
    environments = dict(suite.environments)
    for task in fresh:
        name = task.id
        if name in old:
            latest = [one for one in suite.tasks if one.id.partition("@")[0] == name][-1]
            if _same(latest, task):
                continue
            name = f"{task.id}@{newest}"
            changed.append(name)
        else:
            added.append(name)
        checks = tuple(replace(check, task=name) for check in task.checks)
        tasks.append(replace(task, id=name, checks=checks))
        facts[name] = {**outcome.facts[task.id], "version": newest}
    if outcome.suite and (added or changed):
        environments |= outcome.suite.environments
    ids = {task.id for task in fresh}
    gone = tuple(name for name in old if "@" not in name and name not in ids) if fresh else ()
    limits = [one.check_cpu_seconds for one in (suite, outcome.suite) if one]
    merged = replace(
        suite, tasks=tuple(tasks), version=newest, environments=environments,
        check_cpu_seconds=max((one for one in limits if one), default=None),
    )  # fmt: skip
    saved = save(merged, place)
    written = {
        **told, "version": newest, "sha256": outcome.source.sha256, "tasks": facts,
        "refused": [asdict(one) for one in outcome.refused],
        "earlier": [*told.get("earlier", []), [told["version"], told["sha256"]]],
    }  # fmt: skip
    (saved / FACTS).write_text(json.dumps(written, indent=1, ensure_ascii=False), encoding="utf-8")
    return Refreshed(
        replace(merged, path=saved), told["version"], newest, tuple(added), tuple(changed), gone
    )


def _same(one: Task, other: Task) -> bool:
    """Whether the same is asked and judged: code and docstring are the same, which is all that a
    docstring's prompt says. Layout, imports and annotations may differ: of ten tasks of zuko 1.5.0,
    1.6.0 had rewritten the annotations of eight."""
    return _substance(one) == _substance(other)


def _substance(task: Task) -> str:
    tree = parsed(task.reference or "")
    return ast.dump(_Bare().visit(tree)) if tree else ""


class _Bare(ast.NodeTransformer):
    """Takes imports and annotations of arguments and results away."""

    def visit_Import(self, _: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, _: ast.ImportFrom) -> None:
        return None

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)


def _discard(place: Path) -> None:
    import shutil

    shutil.rmtree(place, ignore_errors=True)
