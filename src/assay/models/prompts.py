"""What a model is asked: the task's prompt, and how the answer is to be given."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from assay.core.errors import InputError
from assay.core.words import Target, Task
from assay.engine.sources import parse
from assay.models.base import Message
from assay.models.solvers import Setting

_WHAT = {
    "function": "the function `{name}`",
    "class": "the class `{name}`",
    "method": "the method `{method}` of the class `{owner}`",
}


def question(task: Task) -> str:
    """The text of a task for a model. A prompt that is nothing but code is put into a block and
    asked to be completed; any other stands as it is."""
    prompt = task.prompt.strip("\n")
    if task.target.kind == "script":
        return f"{prompt}\n\nAnswer with the code in one ```python block."
    what = wanted(task.target)
    if parse(prompt) is not None:
        prompt = f"Complete {what}:\n\n```python\n{prompt}\n```"
    return (
        f"{prompt}\n\nAnswer with the complete code of {what}, with the imports that it needs, in "
        "one ```python block."
    )


def wanted(target: Target) -> str:
    owner, _, method = target.name.rpartition(".")
    return _WHAT[target.kind].format(name=target.name, owner=owner, method=method)


def answer(task: Task) -> str:
    """The reference of a task, as a model would give it."""
    return f"```python\n{(task.reference or '').strip()}\n```"


def conversation(task: Task, shots: Sequence[Task] = ()) -> tuple[Message, ...]:
    """The question, after other questions with their answers."""
    return (*_examples(shots), Message("user", question(task)))


def _examples(shots: Sequence[Task]) -> Iterator[Message]:
    for shot in shots:
        yield Message("user", question(shot))
        yield Message("assistant", answer(shot))


def shots_for(task: Task, setting: Setting) -> list[Task]:
    """So many other tasks, always the same for a seed: of the task's own label `shots_from` (its
    stage, say), filled up from the others where there are too few; or at random from all.

    Raises InputError where the pool is too small, or has no such label.
    """
    others = [one for one in setting.pool if one.id != task.id and one.reference]
    if len(others) < setting.shots:
        raise InputError(
            f"--shots {setting.shots}: the suite has only {len(others)} other tasks with a "
            "reference to take examples from"
        )
    drawn = random.Random(f"{setting.seed}/{task.id}").sample(others, len(others))
    if setting.shots_from != "random":
        label = setting.shots_from
        if not any(label in one.labels for one in setting.pool):
            known = sorted({name for one in setting.pool for name in one.labels})
            raise InputError(
                f"--shots-from {label}: no task has that label; there are "
                f"{', '.join(['random', *known])}"
            )
        drawn.sort(key=lambda one: one.labels.get(label) != task.labels.get(label))
    return drawn[: setting.shots]
