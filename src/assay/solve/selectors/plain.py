"""The simplest selectors: what others have to beat."""

from __future__ import annotations

import io
import tokenize
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from assay.core.errors import InputError
from assay.solve.selectors.clusters import behaviours, by_behaviour, tests_passed
from assay.solve.table import Scores, Table


@dataclass(frozen=True, slots=True)
class Random:
    """No preference: all programs tie, so that the figures are those of plain sampling."""

    name: ClassVar[str] = "random"

    def scores(self, table: Table) -> Scores:
        return np.zeros(len(table.copies))


@dataclass(frozen=True, slots=True)
class MostPassed:
    """The program that passes most tests, each counted as often as it was proposed: no better than
    any sample where most tests are wrong (21.2 of CodeGen-16B's, and 22.1)."""

    name: ClassVar[str] = "most_passed"

    def scores(self, table: Table) -> Scores:
        return tests_passed(table)


@dataclass(frozen=True, slots=True)
class Majority:
    """The behaviour that most programs show; what tests expect does not matter: 36.3 on the
    samples that `codet` has 37.3 on."""

    name: ClassVar[str] = "majority"

    def scores(self, table: Table) -> Scores:
        clusters = by_behaviour(table)
        answers = (behaviours(table)[clusters.first] >= 0).any(axis=1)
        return clusters.spread(clusters.sizes * answers)


@dataclass(frozen=True, slots=True)
class Medoid:
    """The program whose text is most like that of all others (the cosine of their counts of
    tokens): for when nothing can be executed. 34.6 on the samples that `codet` has 37.3 on.
    Raises InputError for a table without programs.
    """

    name: ClassVar[str] = "medoid"

    def scores(self, table: Table) -> Scores:
        if len(table.programs) != len(table.copies):
            raise InputError("selector medoid reads programs, and the table has none in it")
        bags = [Counter(_tokens(text)) for text in table.programs]
        places = {token: at for at, token in enumerate(dict.fromkeys(t for b in bags for t in b))}
        counts = np.zeros((len(bags), max(1, len(places))))
        for row, bag in enumerate(bags):
            for token, count in bag.items():
                counts[row, places[token]] = count
        lengths = np.linalg.norm(counts, axis=1, keepdims=True)
        near = counts / np.where(lengths > 0, lengths, 1.0)
        likeness: Scores = near @ (table.copies @ near)
        return likeness


def _tokens(text: str) -> list[str]:
    """The words and signs of a program, as far as it can be read; comments are none."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING):
                found.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        pass
    return found
