"""Annotators that are no people: the rules of a build, the suite itself, models that are asked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

from assay.build.annotations import Annotation
from assay.build.definitions import Definition
from assay.build.labelling import AXES, labels
from assay.core.errors import AssayError
from assay.core.words import Task
from assay.models.base import Message, Model, Request, complete
from assay.suites import Suite

RULES, SUITE = "rules", "suite"
# What the axes and their labels mean, after the labelling schema of the DL-Bench paper.
MEANINGS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "stage": (
        "the function's role in a machine learning workflow",
        {
            "Pre/post Processing": "changes data before a model gets it, or a model's output",
            "Model Construction": "defines an architecture: layers, activations, losses as parts",
            "Training": "optimises a model: computes losses, gradients, updates, schedules",
            "Inference": "applies a trained model to new data without changing its weights",
            "Evaluation & Metrics": "judges a model by metrics such as accuracy or recall",
        },
    ),
    "task_type": (
        "the machine learning task that the function serves",
        {
            "General": "serves several tasks, or cannot be pinned to one of the others",
            "Classification": "predicts discrete classes",
            "Regression": "predicts continuous numbers",
            "Object Detection": "yields bounding boxes, or works on them to identify objects",
            "Image Segmentation": "labels images pixel by pixel, or makes masks of them",
            "Time Series Prediction": "forecasts a sequence in time from its past",
            "Recommendation": "scores or ranks items to recommend",
        },
    ),
    "data_type": (
        "the kind of data that the function mainly takes",
        {
            "Image": "image tensors, or operations that only vision has",
            "Text": "tokens, sentences, embeddings of words and the like",
            "Structured Array": "tables, CSV files, arrays and tensors of features",
            "Others": "data that is implicit or absent, as where a network is initialised",
        },
    ),
}
_LINE = re.compile(
    r"(?i:[\s*`_#>-]*(?:stage|task_type|data_type|label)[*`_]*\s*:)?[\s*`_\"'-]*(.*?)[\s*`_\"'.]*"
)
_LONGEST_SAID = 80
_EXAMPLE = Task(
    "example",
    "Write center(rows): the rows of a table with the mean of each column taken away.",
    reference="def center(rows):\n    return rows - rows.mean(axis=0)",
    labels={
        "stage": "Pre/post Processing", "task_type": "General", "data_type": "Structured Array",
    },
)  # fmt: skip


def by_suite(suite: Suite) -> list[Annotation]:
    """The labels that the suite's tasks carry, as far as they are labels of the three axes."""
    return [
        Annotation(task.id, axis, SUITE, task.labels[axis])
        for task in suite.tasks
        for axis, values in AXES.items()
        if task.labels.get(axis) in values
    ]


def by_rules(suite: Suite) -> list[Annotation]:
    """The labels that `build.labelling` gives to a suite's tasks, by name, signature, calls of the
    reference, and prompt."""
    return [
        Annotation(task.id, axis, RULES, label)
        for task in suite.tasks
        for axis, label in labels(_definition(task)).items()
    ]


def _definition(task: Task) -> Definition:
    """A task as rules look at one. Where a task comes from a library, the name that it hides says
    in which module it was; else its source is all there is."""
    qualname = task.target.name
    known = [name for name in task.hides if qualname and name.endswith(f".{qualname}")]
    module = known[0].removesuffix(f".{qualname}") if known else task.source.replace("/", ".")
    return Definition(
        name=f"{module}.{qualname}",
        module=module or "unknown",
        qualname=qualname,
        kind=task.target.kind,
        file="",
        first_line=1,
        last_line=1,
        signature=task.target.signature,
        docstring=task.prompt,
        statements=0,
        decorators=(),
        source=task.reference or "",
    )


@dataclass(frozen=True, slots=True)
class Unread:
    """An answer that names no label of an axis, or several; `said` is its beginning."""

    task: str
    axis: str
    said: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model said. `failure` is the first request's that got no answer, with how many there
    are; the same call asks only for those again, where the model is cached."""

    annotations: tuple[Annotation, ...]
    unread: tuple[Unread, ...]
    failure: AssayError | None = None
    unanswered: int = 0


def by_model(suite: Suite, model: Model, *, max_tokens: int = 64) -> Asked:
    """Ask a model for the label of each task on each axis, one by one. Only an answer that is a
    label counts; any other is listed.

    Raises what the first request raises: where that fails, the others would fail alike.
    """
    return asyncio.run(_asked(suite, model, max_tokens))


async def _asked(suite: Suite, model: Model, max_tokens: int) -> Asked:
    wanted = [(task, axis) for task in suite.tasks for axis in AXES]
    answers: dict[tuple[str, str], str] = {}

    async def ask(task: Task, axis: str) -> None:
        (answer,) = await complete(model, request(task, axis, max_tokens))
        answers[task.id, axis] = answer.text

    failures: list[AssayError] = []
    try:
        await ask(*wanted[0])
        jobs = [ask(task, axis) for task, axis in wanted[1:]]
        for ended in await asyncio.gather(*jobs, return_exceptions=True):
            if isinstance(ended, AssayError):
                failures.append(ended)
            elif isinstance(ended, BaseException):
                raise ended
    finally:
        await model.close()
    found: list[Annotation] = []
    unread: list[Unread] = []
    for task, axis in wanted:
        text = answers.get((task.id, axis))
        said = read_label(text, axis) if text is not None else None
        if said is not None:
            found.append(Annotation(task.id, axis, f"model:{model.name}", said))
        elif text is not None:
            unread.append(Unread(task.id, axis, " ".join(text.split())[:_LONGEST_SAID]))
    return Asked(tuple(found), tuple(unread), failures[0] if failures else None, len(failures))


def request(task: Task, axis: str, max_tokens: int) -> Request:
    """What a model is asked about a task, after an example of how that is answered."""
    messages = (
        Message("user", _question(_EXAMPLE, axis)),
        Message("assistant", _EXAMPLE.labels[axis]),
        Message("user", _question(task, axis)),
    )
    return Request(messages, max_tokens=max_tokens, task=task.id)


def _question(task: Task, axis: str) -> str:
    about, labels = MEANINGS[axis]
    meanings = [f"- {value}: {meaning}" for value, meaning in labels.items()]
    parts = [f"Here is a programming task:\n<task>\n{task.prompt.strip()}\n</task>"]
    if task.reference:
        parts.append(f"A right answer to it:\n```python\n{task.reference.strip()}\n```")
    parts.append("\n".join([f"Label it by {about}. The labels are:", *meanings]))
    parts.append(f"Answer with one of these {len(labels)} labels and nothing else. The label is:")
    return "\n\n".join(parts)


def read_label(text: str, axis: str) -> str | None:
    """The label that an answer is: its only line that is not empty has to be a label of the axis,
    in large or small letters, plain or marked up, alone or after the axis or the word `label`, or
    the line of the question that says what it means."""
    labels = MEANINGS[axis][1]
    known = {value.casefold(): value for value in labels}
    known |= {f"{value}: {meaning}".casefold(): value for value, meaning in labels.items()}
    lines = [line for line in text.splitlines() if line.strip()]
    met = _LINE.fullmatch(lines[0]) if len(lines) == 1 else None
    return known.get(met[1].casefold()) if met else None
