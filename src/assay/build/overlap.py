"""How far two suites ask alike: by sentence embeddings of their prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.core.errors import InputError
from assay.models import sentences
from assay.study import Figure, choose_clusters
from assay.study.plots import Dots, scatter
from assay.study.similarity import Vectors, between, closest, project, within
from assay.suites import Suite

Progress = Callable[[str], None]
Vectorise = Callable[[Sequence[str]], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Alike:
    """A task of one suite and the one of the other whose prompt is most like its own."""

    first: str
    second: str
    cosine: float


@dataclass(frozen=True)
class Overlap:
    """The prompts of some suites: how alike they are within each, and between the first two.

    `between` is None where there is one suite only.
    """

    suites: tuple[Suite, ...]
    vectors: tuple[Vectors, ...]
    within: tuple[Figure, ...]
    between: Figure | None
    closest: tuple[Alike, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "model": sentences.MODEL,
            "between": self.between.to_json() if self.between else None,
            "within": [one.to_json() for one in self.within],
            "closest": [
                {"task": one.first, "against": one.second, "cosine": one.cosine}
                for one in self.closest
            ],
        }

    def svg(self) -> str:
        """The prompts as points on a plane, each suite in its colour."""
        projection = project(np.concatenate([one.rows for one in self.vectors]))
        dots, start = [], 0
        for suite, vectors in zip(self.suites, self.vectors, strict=True):
            points = projection.points[start : start + len(vectors.rows)]
            dots.append(Dots(suite.name, points, [task.id for task in suite.tasks]))
            start += len(vectors.rows)
        notes = [f"{sentences.MODEL} embeddings of the prompts, projected by {projection.method}"]
        if self.between:
            notes.append(f"mean cosine between the suites: {self.between}")
        return scatter(dots, f"Prompts of {' and '.join(one.name for one in dots)}", notes)


def overlap(
    first: Suite,
    second: Suite | None = None,
    *,
    progress: Progress | None = None,
    vectorise: Vectorise | None = None,
) -> Overlap:
    """Embed the prompts of a suite, or of two, and compare them. `vectorise` makes the vectors
    (of length one) where not the sentence model is to.

    Raises InputError where the extra `similarity` is missing, and what fetching the model raises.
    """
    both = (first,) if second is None else (first, second)
    if second is not None and second.fingerprint == first.fingerprint:
        raise InputError(f"{first.name} and {second.name} are the same tasks: name another suite")
    make = vectorise or (lambda texts: sentences.embed(texts, progress))
    vectors = tuple(_vectors(suite, make) for suite in both)
    insides = tuple(
        within(f"within {suite.name}", one) for suite, one in zip(both, vectors, strict=True)
    )
    if second is None:
        return Overlap(both, vectors, insides, None, ())
    pairs = tuple(
        Alike(first.tasks[pair.first].id, second.tasks[pair.second].id, pair.cosine)
        for pair in closest(vectors[0], vectors[1])
    )
    name = f"between {first.name} and {second.name}"
    return Overlap(both, vectors, insides, between(name, vectors[0], vectors[1]), pairs)


def _vectors(suite: Suite, make: Vectorise) -> Vectors:
    tasks = suite.tasks
    clusters = choose_clusters([task.id for task in tasks], [task.source for task in tasks])
    return Vectors.of(make([task.prompt for task in tasks]), clusters)
