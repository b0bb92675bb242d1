"""Selectors that read who answers what: a behaviour is the likelier right, the more others share
of it, even where these others are wrong elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from assay.solve.selectors.clusters import behaviours, by_behaviour, overlaps, tests_passed
from assay.solve.selectors.consensus import B4
from assay.solve.table import Scores, Table

_STEPS = 100


@dataclass(frozen=True, slots=True)
class SRank:
    """Functional overlap (after To et al. 2024): a behaviour's score is the sum over all behaviours
    of the share of calls that the two answer alike, times the other's weight. A behaviour weighs
    its programs times the tests that it passes, and `untested` more: so that overlap alone decides
    where no test is passed, and many that pass nothing do not outweigh few that pass much (42.4 %
    of CodeGen-16B's choices for HumanEval are right; 41.5 without). `power` below 1 grants more to
    those that agree on little.
    """

    power: float = 1.0
    untested: float = 0.3
    name: ClassVar[str] = "srank"

    def scores(self, table: Table) -> Scores:
        clusters = by_behaviour(table)
        alike = overlaps(behaviours(table)[clusters.first]) ** self.power
        weights = clusters.sizes * (tests_passed(table)[clusters.first] + self.untested)
        return clusters.spread(alike @ weights)


@dataclass(frozen=True, slots=True)
class B4SRank:
    """The places that `srank` and `b4` give, `weight` of the one and the rest of the other. The two
    err on different tasks: 44.1 % of CodeGen-16B's choices for HumanEval are right; 43.5 with the
    constants fixed on every other task and measured on the rest, both ways (42.9 on average over
    random halves).
    """

    weight: float = 0.65
    power: float = 0.5
    share: float = 10_000.0
    fluke: float = 10.0
    name: ClassVar[str] = "b4+srank"

    def scores(self, table: Table) -> Scores:
        overlap = SRank(self.power).scores(table)
        evidence = B4(self.share, self.fluke).scores(table)
        return self.weight * _places(overlap) + (1 - self.weight) * _places(evidence)


@dataclass(frozen=True, slots=True)
class PageRank:
    """Where a walker ends up who goes from behaviour to behaviour, the likelier the more calls they
    answer alike and the more programs show it, and now and then starts again at one that passes
    many tests: 40.4 of CodeGen-16B's choices for HumanEval are right."""

    damping: float = 0.85
    name: ClassVar[str] = "pagerank"

    def scores(self, table: Table) -> Scores:
        clusters = by_behaviour(table)
        if not len(clusters.first):
            return clusters.sizes
        alike = overlaps(behaviours(table)[clusters.first])
        # From a program to the others: one that agrees with nobody keeps nobody.
        steps = alike * clusters.sizes - np.diag(alike.diagonal())
        start = clusters.sizes * (tests_passed(table)[clusters.first] + 1)
        start = start / start.sum()
        totals = steps.sum(axis=1, keepdims=True)
        steps = np.where(totals > 0, steps / np.where(totals > 0, totals, 1.0), start)
        rank = start
        for _ in range(_STEPS):
            rank = self.damping * (rank @ steps) + (1 - self.damping) * start
        return clusters.spread(rank)


def _places(scores: Scores) -> Scores:
    """Scores as their places, from 0 for the lowest to 1."""
    values, places = np.unique(scores, return_inverse=True)
    return places.reshape(-1) / max(1, len(values) - 1)
