"""The same tasks asked in other words: a solver that is handed each with the prompt of a style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assay.core.errors import InputError
from assay.core.words import Task
from assay.models.base import Model, Request
from assay.models.solvers import Setting, Solver, TakeAnswer
from assay.suites import Suite


@dataclass(frozen=True)
class Styled:
    """A solver whose tasks are asked in one style. A task that lacks it is asked as it always is,
    so that all styles of a run rest on the same tasks."""

    solver: Solver
    style: str

    @property
    def name(self) -> str:
        return f"{self.solver.name}:{self.style}"

    @property
    def needs_model(self) -> bool:
        return self.solver.needs_model

    def requests(self, task: Task, setting: Setting, samples: int) -> Iterable[tuple[Request, int]]:
        return self.solver.requests(self._asked(task), self._setting(setting), samples)

    async def solve(
        self, task: Task, model: Model, setting: Setting, samples: Sequence[int], take: TakeAnswer
    ) -> None:
        await self.solver.solve(self._asked(task), model, self._setting(setting), samples, take)

    def _asked(self, task: Task) -> Task:
        return replace(task, prompt=task.prompts.get(self.style, task.prompt))

    def _setting(self, setting: Setting) -> Setting:
        return replace(setting, pool=tuple(map(self._asked, setting.pool)))


def styled(solvers: Sequence[Solver], styles: Sequence[str], suite: Suite) -> list[Solver]:
    """Every solver in every style; as they are where no style is named. InputError for a style that
    no task has."""
    for style in styles:
        if not any(style in task.prompts for task in suite.tasks):
            known = sorted({name for task in suite.tasks for name in task.prompts})
            raise InputError(
                f"--prompt-style {style}: no task of {suite.name} has a prompt of that style; "
                f"there are {', '.join(known) or 'none beside the usual one'}"
            )
    if not styles:
        return list(solvers)
    return [Styled(solver, style) for solver in solvers for style in styles]
