"""Selectors that read who passes what: sets of programs and tests that vouch for each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from assay.solve.selectors.clusters import Clusters, by_passes, tests_passed
from assay.solve.table import Scores, Table


@dataclass(frozen=True, slots=True)
class CodeT:
    """Programs that pass the same tests form a set with these tests; the set wins that has many of
    both, the square root of its programs times its tests (Chen et al. 2022, and the thesis).

    CodeGen-16B's samples for HumanEval: pass@1 37.3, pass@2 44.4, pass@10 59.6, where the paper has
    36.7, 44.7 and 59.3; any sample 22.1.
    """

    name: ClassVar[str] = "codet"

    def scores(self, table: Table) -> Scores:
        clusters = by_passes(table)
        sizes = np.sqrt(clusters.sizes)
        return clusters.spread(sizes * tests_passed(table)[clusters.first])


@dataclass(frozen=True, slots=True)
class PlainCodeT:
    """As `codet`, but programs weigh as much as tests: 37.3 on the same samples."""

    name: ClassVar[str] = "codet_nosqrt"

    def scores(self, table: Table) -> Scores:
        clusters = by_passes(table)
        return clusters.spread(clusters.sizes * tests_passed(table)[clusters.first])


@dataclass(frozen=True, slots=True)
class B4:
    """Which set of programs and tests, taken for the right ones, would best explain who passes
    what (after Chen et al. 2024). Right programs pass right tests and no others; wrong programs
    pass right tests, and wrong ones, at rates of their own, which are integrated out. `share` is
    how strongly we expect much to be right, `fluke` how strongly that wrong programs seldom pass
    wrong tests. Programs that pass nothing are no such set. 38.4
    on the samples that `codet` has 37.3 on.
    """

    share: float = 1000.0
    fluke: float = 10.0
    name: ClassVar[str] = "b4"

    def scores(self, table: Table) -> Scores:
        clusters = by_passes(table)
        evidence = self._evidence(table, clusters)
        explains = tests_passed(table)[clusters.first] > 0
        lowest = evidence.min(initial=0.0) - 1
        return clusters.spread(np.where(explains, evidence, lowest))

    def _evidence(self, table: Table, clusters: Clusters) -> Scores:
        """The logarithm of how well each cluster explains the table."""
        tests = table.test_copies.astype(np.float64)
        passed = table.passed[clusters.first].astype(np.float64)
        right, whole = passed @ tests, tests.sum()
        others = clusters.sizes.sum() - clusters.sizes
        # How often programs outside of a cluster pass the tests of that cluster, and other tests.
        by_test = clusters.sizes @ passed
        inside = passed @ (tests * by_test) - clusters.sizes * right
        outside = (1 - passed) @ (tests * by_test)
        return (
            _log_beta(inside + 1, others * right - inside + 1)
            + _log_beta(outside + 1, others * (whole - right) - outside + self.fluke)
            + _log_beta(clusters.sizes + self.share, others + 1)
            + _log_beta(right + self.share, whole - right + 1)
        )


def _log_beta(one: Scores, other: Scores) -> Scores:
    return _log_gamma(one) + _log_gamma(other) - _log_gamma(one + other)


def _log_gamma(values: Scores) -> Scores:
    from math import lgamma

    return np.array([lgamma(value) for value in values.tolist()])
