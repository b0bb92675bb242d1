"""A matrix in a notebook: one self-contained table, without scripts or style sheets."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from assay.core.matrix.overview import (
    LOOKS,
    MOST_ROWS,
    TaskFigures,
    by_outcome,
    clean,
    cluster_numbers,
    figures,
    headline,
    plural,
    share,
)
from assay.core.outcomes import Outcome

if TYPE_CHECKING:
    from assay.core.matrix.reading import Matrix

_MOST_CHECKS = 100
_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums"
_CELL = "padding:2px 8px;text-align:left;white-space:nowrap"
_MARK = "padding:1px 3px;text-align:center;font-family:monospace"


def render(matrix: Matrix) -> str:
    """HTML with every id escaped; it takes the notebook's own colours, light or dark."""
    parts = [f"<p><b>{escape(' · '.join(headline(matrix)))}</b></p>"]
    if matrix.harness:
        failing = f"{plural(matrix.harness, 'verdict')} of our own failing (harness)"
        parts.append(f'<p style="color:{LOOKS[Outcome.HARNESS].colour}"><b>{failing}</b></p>')
    if len(matrix.tasks) == 1:
        parts.append(_grid(matrix))
    elif matrix.tasks:
        parts.append(_tasks(matrix))
    legend = " ".join(_mark(outcome, outcome.label) for outcome in by_outcome(matrix))
    return f'<div>{"".join(parts)}<p style="font-size:smaller">{legend}</p></div>'


def _tasks(matrix: Matrix) -> str:
    heads = "task", "candidates", "checks", "passed", "best candidate", "clusters", "outcomes"
    rows = [_task(figures(matrix.task(task))) for task in matrix.tasks[:MOST_ROWS]]
    return _table(heads, rows, len(matrix.tasks), "task")


def _task(row: TaskFigures) -> str:
    best = "none"
    if row.best is not None:
        best = f"{_id(row.best)} {row.best_passed:,}/{row.best_counted:,}"
    percent = 100 * row.passed / row.counted if row.counted else 0
    bar = (
        f'<span style="display:inline-block;width:5em;height:.6em;background:#8884">'
        f'<span style="display:block;width:{percent:.1f}%;height:100%;'
        f'background:{LOOKS[Outcome.PASSED].colour}"></span></span> '
        f"{share(row.passed, row.counted)}"
    )
    counts = " ".join(_mark(outcome, f"{count:,}") for outcome, count in row.outcomes.items())
    cells = (
        _id(row.task), f"{row.candidates:,}", f"{row.checks:,}", bar, best, f"{row.clusters:,}",
        counts,
    )  # fmt: skip
    return "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)


def _grid(matrix: Matrix) -> str:
    checks = matrix.checks()[:_MOST_CHECKS]
    passed = matrix.passed_by_candidate()
    clusters = cluster_numbers(matrix)
    outcome = matrix.array()[:MOST_ROWS, :_MOST_CHECKS].tolist()
    rows = []
    for candidate, row in zip(matrix.candidates, outcome, strict=False):
        marks = "".join(
            _cell(check, Outcome(cell)) for check, cell in zip(checks, row, strict=True)
        )
        passes, counted = passed[candidate]
        rows.append(
            f'<td style="{_CELL}">{_id(candidate)}</td>{marks}<td style="{_CELL}">'
            f'{passes:,}/{counted:,}</td><td style="{_CELL}">{clusters[candidate]}</td>'
        )
    note = "" if len(checks) == len(matrix.checks()) else f" (the first {len(checks)})"
    title = f"task {_id(matrix.tasks[0])}: {plural(len(matrix.checks()), 'check')}{note}"
    heads = ("candidate", *(str(at) for at in range(1, len(checks) + 1)), "passed", "cluster")
    return f"<p>{title}</p>" + _table(heads, rows, len(matrix.candidates), "candidate")


def _cell(check: str, outcome: Outcome) -> str:
    title = escape(f"{clean(check)}: {outcome.label}")
    look = LOOKS[outcome]
    return f'<td style="{_MARK};color:{look.colour}" title="{title}">{look.symbol}</td>'


def _table(heads: Iterable[str], rows: list[str], count: int, word: str) -> str:
    head = "".join(
        f'<th style="{_MARK if text.isdigit() else _CELL}">{text}</th>' for text in heads
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    rest = f"<p>… {count - MOST_ROWS:,} more {word}s</p>" if count > MOST_ROWS else ""
    return f'<table style="{_TABLE}"><tr>{head}</tr>{body}</table>{rest}'


def _mark(outcome: Outcome, text: str) -> str:
    return f'<span style="color:{LOOKS[outcome].colour}">{LOOKS[outcome].symbol} {text}</span>'


def _id(text: str) -> str:
    return escape(clean(text))
