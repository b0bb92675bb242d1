"""Label Studio: tasks for people to label there, and the labels that they gave.

Its JSON formats are documented with it: a list of tasks with `data` goes in; the export "JSON" has
the same tasks with `annotations`, of which each holds results of type `choices`; "JSON-MIN" has
one flat object for each annotation.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from assay.build.annotating import MEANINGS
from assay.build.annotations import Annotation
from assay.build.labelling import AXES
from assay.core.errors import InputError
from assay.core.lines import gather
from assay.suites import Suite

_TITLES = {"stage": "Stage", "task_type": "Task type", "data_type": "Data type"}


def exported(suite: Suite) -> list[dict[str, Any]]:
    """The suite's tasks as Label Studio imports them. No earlier labels are shown with them: people
    tend to agree with what they see, and alpha would say so."""
    return [
        {
            "data": {
                "task": task.id,
                "suite": suite.name,
                "prompt": task.prompt,
                "reference": task.reference or "",
            }
        }
        for task in suite.tasks
    ]


def interface() -> str:
    """The labelling interface (XML) that a project for such tasks needs."""
    view = ElementTree.Element("View")
    style = ElementTree.SubElement(view, "Style")
    style.text = ".htx-text { white-space: pre-wrap; font-family: monospace; }"
    ElementTree.SubElement(view, "Header", value="$task")
    ElementTree.SubElement(view, "Text", name="prompt", value="$prompt")
    ElementTree.SubElement(view, "Header", value="A right answer")
    ElementTree.SubElement(view, "Text", name="reference", value="$reference")
    for axis, (about, labels) in MEANINGS.items():
        ElementTree.SubElement(view, "Header", value=f"{_TITLES[axis]}: {about}")
        choices = ElementTree.SubElement(
            view, "Choices", name=axis, toName="prompt", choice="single", required="true"
        )
        for value, meaning in labels.items():
            ElementTree.SubElement(choices, "Choice", value=value, hint=meaning)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def imported(file: Path) -> list[Annotation]:
    """The labels in an export, JSON or JSON-MIN; of a person who labelled a task twice, the later
    ones. InputError names each item that is wrong."""
    numbers = itertools.count()

    def make(item: dict[str, Any]) -> tuple[int, list[Annotation]]:
        return next(numbers), list(_of_item(item))

    items = gather(file, make, lambda made: str(made[0]))
    found = {one.key: one for _, made in items for one in made}
    if not found:
        raise InputError(
            f"{file}: no one has labelled anything in it; it needs choices named {', '.join(AXES)}"
        )
    return list(found.values())


def _of_item(item: dict[str, Any]) -> Iterator[Annotation]:
    data = item.get("data", item)
    task = data.get("task") if isinstance(data, dict) else None
    if not isinstance(task, str) or not task:
        raise ValueError("its data has no `task`: only tasks that assay exported can be read")
    given = item.get("annotations")
    if given is None:
        yield from _of_flat(task, item)
        return
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise ValueError("`annotations` must be a list of objects")
    for annotation in given:
        if annotation.get("was_cancelled"):
            continue
        person = _person(annotation.get("completed_by"))
        for result in annotation.get("result") or ():
            axis = result.get("from_name") if isinstance(result, dict) else None
            if isinstance(axis, str) and axis in AXES:
                value = result.get("value")
                chosen = value.get("choices") if isinstance(value, dict) else None
                yield Annotation(task, axis, person, _one(axis, chosen))


def _of_flat(task: str, item: dict[str, Any]) -> Iterator[Annotation]:
    person = _person(item.get("annotator"))
    for axis in AXES:
        if axis in item:
            chosen = item[axis]
            if isinstance(chosen, dict):
                chosen = chosen.get("choices")
            yield Annotation(task, axis, person, _one(axis, chosen))


def _one(axis: str, chosen: Any) -> str:
    if isinstance(chosen, list) and len(chosen) == 1:
        (chosen,) = chosen
    if not isinstance(chosen, str):
        raise ValueError(f"one choice was expected for {axis}, not {chosen!r}")
    return chosen


def _person(who: Any) -> str:
    """By number or, in exports that have it, by address."""
    if isinstance(who, dict):
        who = who.get("email") or who.get("id")
    return f"person:{who}" if isinstance(who, str | int) and who != "" else "person:unknown"
