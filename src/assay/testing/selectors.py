"""The conformance test for selectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from assay.solve.table import MakeSelector, Selector, Table


def check_selector(make: MakeSelector) -> None:
    """Make a selector, have it read tables of every shape, and raise AssertionError where it does
    not do what `assay solve` and `assay agree` rely on."""
    selector = make()
    assert selector.name, "a selector needs a name"
    assert selector.name == selector.name.strip(), "a name has no space around it"
    for rows, tests, calls in ((0, 0, 0), (1, 0, 0), (1, 1, 1), (3, 0, 4), (3, 4, 0), (7, 9, 5)):
        _check_scores(selector, _table(rows, tests, calls))
    _check_scores(selector, _silent(_table(5, 6, 4)))
    _check_order(selector, _table(8, 9, 5))


def _table(rows: int, tests: int, calls: int) -> Table:
    from assay.solve.table import Table

    rng = np.random.default_rng(0)
    return Table(
        passed=rng.random((rows, tests)) < 0.5,
        outputs=rng.integers(-1, 3, (rows, calls)).astype(np.int32),
        copies=rng.integers(1, 9, rows).astype(np.int64),
        test_copies=rng.integers(1, 4, tests).astype(np.int64),
        trusted=np.zeros(tests, dtype=bool),
        programs=tuple(f"def f(x):\n    return x + {row % 3}\n" for row in range(rows)),
    )


def _silent(table: Table) -> Table:
    """The same, but no program passes or answers anything."""
    from dataclasses import replace

    outputs = np.full_like(table.outputs, -1)
    return replace(table, passed=np.zeros_like(table.passed), outputs=outputs)


def _check_scores(selector: Selector, table: Table) -> None:
    before = [column.copy() for column in (table.passed, table.outputs, table.copies)]
    scores = selector.scores(table)
    shape = f"{table.passed.shape[0]} programs × {table.passed.shape[1]} tests"
    assert scores.shape == table.copies.shape, f"{shape}: {scores.shape} scores"
    assert np.isfinite(scores).all(), f"{shape}: scores that are no numbers"
    assert np.array_equal(scores, selector.scores(table)), f"{shape}: other scores the second time"
    after = (table.passed, table.outputs, table.copies)
    assert all(map(np.array_equal, before, after)), f"{shape}: the table was changed"


def _check_order(selector: Selector, table: Table) -> None:
    """Rows that change places take their scores along."""
    from dataclasses import replace

    order = np.arange(len(table.copies))[::-1]
    turned = replace(
        table,
        passed=table.passed[order],
        outputs=table.outputs[order],
        copies=table.copies[order],
        programs=tuple(table.programs[row] for row in order),
    )
    scores, others = selector.scores(table)[order], selector.scores(turned)
    assert np.allclose(scores, others), "scores depend on the order of the programs"
