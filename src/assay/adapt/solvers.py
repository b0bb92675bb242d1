"""The codemod as a contestant: what rules alone can do, in the same table as the models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assay.adapt.codemod import rewrite
from assay.adapt.suite import asked
from assay.adapt.words import Declined
from assay.core.words import Task
from assay.models.base import Completion, Model, Request
from assay.models.solvers import Answer, Setting, TakeAnswer


class Codemod:
    """Rewrites the script of a task by rules. Where it declines, its answer is the reason, and
    there is no program in it."""

    name = "codemod"
    needs_model = False

    def requests(self, task: Task, setting: Setting, samples: int) -> Iterable[tuple[Request, int]]:
        del task, setting, samples
        return ()

    async def solve(
        self, task: Task, model: Model, setting: Setting, samples: Sequence[int], take: TakeAnswer
    ) -> None:
        del model, setting
        script, target = asked(task.id)
        found = rewrite(script.text, [target], project=script.id)
        if isinstance(found, Declined):
            answer = Answer(Completion(f"Declined: {found.reason}"), None,
                            {"declined": found.reason})  # fmt: skip
        else:
            answer = Answer(Completion(found.text), found.text)
        for number in samples:
            take(number, answer)
