"""The solvers that come with bench: the question alone, and the question after examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from assay.core.errors import InputError
from assay.core.words import Task
from assay.models.base import Completion, Model, Request
from assay.models.prompts import conversation, shots_for
from assay.models.solvers import Answer, Setting, Solver, TakeAnswer, load

BY_MODEL = "@model"


def solver(name: str) -> Solver:
    """The solver of that name; of NAME@model, the one whose other prompts the model writes, where
    rules do otherwise. Raises InputError where there is none."""
    found = load(name.removesuffix(BY_MODEL))
    if not name.endswith(BY_MODEL):
        return found
    by_model: Callable[[], Solver] | None = getattr(found, "by_model", None)
    if by_model is None:
        raise InputError(
            f"solver {name}: {found.name} asks in no other words that a model could find"
        )
    return by_model()


class Plain:
    """Asks the question, and takes each completion as an answer."""

    name = "plain"
    needs_model = True

    def requests(self, task: Task, setting: Setting, samples: int) -> Iterable[tuple[Request, int]]:
        yield self._request(task, setting), samples

    async def solve(
        self, task: Task, model: Model, setting: Setting, samples: Sequence[int], take: TakeAnswer
    ) -> None:
        def keep(number: int, completion: Completion) -> None:
            take(number, Answer(completion))

        await model.sample(self._request(task, setting), samples, keep)

    def _request(self, task: Task, setting: Setting) -> Request:
        return setting.request(conversation(task), task)


class FewShot(Plain):
    """Asks the question after other questions of the suite with their references."""

    name = "few-shot"

    def _request(self, task: Task, setting: Setting) -> Request:
        return setting.request(conversation(task, shots_for(task, setting)), task)
