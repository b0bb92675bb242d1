"""The quality of programs as text: how complex, how long, how much they lean on, by reference.

A program that does not parse, or is nested deeper than the libraries can follow, has no measures;
figures leave it out and their `n` shows it.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from assay.core.errors import InputError
from assay.study.coupling import coupling
from assay.study.figure import Figure
from assay.study.intervals import DEFAULTS, Clusters, Settings, mean_figure

_MISSING = 'code quality needs radon and complexipy: pip install "assay[quality]"'
# A megabyte of generated text is no program, and takes the parsers minutes.
_LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Quality:
    """The measures of one program.

    `cyclomatic` is its decisions plus one, however they are spread over functions; `cognitive` as
    Sonar defines it; `maintainability` from 0 to 100, of which 100 is best; `lines` those that
    hold code; `coupling` the outside modules and names that it uses.
    """

    cyclomatic: float
    cognitive: float
    maintainability: float
    lines: float
    coupling: float


MEASURES = tuple(field.name for field in fields(Quality))


def measure(source: str) -> Quality | None:
    """The quality of a program; None where it cannot be parsed. `InputError` where the libraries
    that measure are not installed."""
    tools = _tools()
    if len(source) > _LONGEST:
        return None
    with warnings.catch_warnings():
        # Parsing "\d" warns, once for every program that a model wrote so.
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
            return Quality(
                cyclomatic=_decisions(tools.visitor.from_ast(tree, no_assert=True)),
                cognitive=float(tools.cognitive(source).complexity),
                maintainability=float(tools.maintainability(source, multi=True)),
                lines=float(tools.raw(source).sloc),
                coupling=float(coupling(tree)),
            )
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


class _Tools(NamedTuple):
    visitor: Any
    cognitive: Any
    maintainability: Any
    raw: Any


def _tools() -> _Tools:
    try:
        from complexipy import code_complexity
        from radon.metrics import mi_visit
        from radon.raw import analyze
        from radon.visitors import ComplexityVisitor
    except ImportError:
        raise InputError(_MISSING) from None
    return _Tools(ComplexityVisitor, code_complexity, mi_visit, analyze)


def _decisions(visitor: Any) -> float:
    blocks = _blocks([*visitor.functions, *visitor.classes])
    return float(visitor.complexity + sum(block.complexity - 1 for block in blocks))


def _blocks(found: Sequence[Any]) -> Iterator[Any]:
    """The functions and methods among what radon found, and in classes; a function's own figure
    holds what is nested in it."""
    for block in found:
        if hasattr(block, "methods"):
            yield from _blocks([*block.methods, *block.inner_classes])
        else:
            yield block


@dataclass(frozen=True, slots=True)
class QualityFigures:
    """One measure over programs and their references: the means of both over the pairs in which
    both could be measured, and the difference (program minus reference)."""

    program: Figure
    reference: Figure
    difference: Figure


def against_references(
    programs: Sequence[Quality | None],
    references: Sequence[Quality | None],
    clusters: ArrayLike | Clusters | None = None,
    settings: Settings = DEFAULTS,
) -> dict[str, QualityFigures]:
    """Each measure of programs beside that of their references, pairs in the same order."""
    if len(programs) != len(references):
        raise InputError(
            f"{len(programs)} programs cannot be paired with {len(references)} references"
        )
    pairs = list(zip(programs, references, strict=True))
    return {
        name: _figures(name, _column(pairs, name), clusters, settings) for name in MEASURES
    }  # fmt: skip


def _column(pairs: Sequence[tuple[Quality | None, Quality | None]], name: str) -> np.ndarray:
    return np.array(
        [
            (getattr(program, name), getattr(reference, name))
            if program is not None and reference is not None
            else (np.nan, np.nan)
            for program, reference in pairs
        ],
        dtype=np.float64,
    ).reshape(-1, 2)


def _figures(
    name: str, both: np.ndarray, clusters: ArrayLike | Clusters | None, settings: Settings
) -> QualityFigures:
    def figure(label: str, values: np.ndarray) -> Figure:
        return mean_figure(label, values, clusters, kind="number", settings=settings)

    return QualityFigures(
        figure(f"{name} of programs", both[:, 0]),
        figure(f"{name} of references", both[:, 1]),
        figure(f"{name} difference", both[:, 0] - both[:, 1]),
    )


def relative_cost(
    name: str,
    used: ArrayLike,
    reference: ArrayLike,
    clusters: ArrayLike | Clusters | None = None,
    settings: Settings = DEFAULTS,
) -> Figure:
    """How many times the reference's own CPU time, or memory, programs take: the geometric mean of
    the ratios. A pair with a cost of 0 or none has no ratio and is left out."""
    one, two = np.asarray(used, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    fit = np.isfinite(one) & np.isfinite(two) & (one > 0) & (two > 0)
    logs = np.full(one.shape, np.nan)
    logs[fit] = np.log(one[fit]) - np.log(two[fit])
    found = mean_figure(name, logs, clusters, kind="number", settings=settings)
    value, low, high = np.exp([found.value, found.low, found.high]).tolist()
    return Figure(name, value, low, high, found.n, f"geometric mean, {found.method}", "number")
