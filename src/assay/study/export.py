"""Tables as JSON, CSV, Markdown and tidy records."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assay.study.axes import Axis
from assay.study.tables import Study, Table, figures_json

COLUMNS = ("axis", "label", "figure", "value", "low", "high", "n", "method", "tasks", "samples",
           "harness")  # fmt: skip


def to_json(study: Study, axes: Iterable[str | Axis] | None = None) -> dict[str, Any]:
    """`figures` (name → value, low, high, n, method) and `tables` (axis → label → figures). Without
    `axes`, those that the tasks have labels for, and model, solver and temperature where there are
    several."""
    grouped = {" × ".join(table.axes): table.to_json() for table in tables(study, axes)}
    return {"figures": figures_json(study.figures()), "tables": grouped}


def tables(study: Study, axes: Iterable[str | Axis] | None = None) -> list[Table]:
    """A table for each axis; without `axes`, for those on which the samples differ."""
    if axes is None:
        configurations = study.units.configurations()
        names = ("model", "solver", "temperature")
        several = [
            name for name in names if len({getattr(one, name) for one in configurations}) > 1
        ]
        axes = [*several, *study.labels()]
    return [study.table(one) for one in axes]


def records(tables: Iterable[Table]) -> list[dict[str, Any]]:
    """Tidy rows, one for each figure of each group, for a data frame; None is what is not known."""
    return [
        dict(zip(COLUMNS, (
            " × ".join(table.axes) or "all", group.label, name, *figure.to_json().values(),
            group.tasks, group.samples, group.harness,
        ), strict=True))
        for table in tables for group in table for name, figure in group.figures.items()
    ]  # fmt: skip


def to_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Tidy rows as CSV with a header. A label that a spreadsheet would run as a formula is quoted
    with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def to_markdown(table: Table, figures: Sequence[str] | None = None) -> str:
    """A table with a row for each group; figures as "22.1 % [20.9, 23.4] of 164"."""
    shown = list(figures) if figures is not None else _names(table)
    head = [*(table.axes or ("all",)), *shown, "tasks", "harness failures"]
    lines = [_row(head), _row(["---"] * len(head))]
    for group in table:
        labels = list(group.labels.values()) or ["all"]
        cells = [str(group.figures[name]) for name in shown]
        lines.append(_row([*labels, *cells, f"{group.tasks:,}", f"{group.harness:,}"]))
    return "\n".join(lines) + "\n"


def _names(table: Table) -> list[str]:
    return list(dict.fromkeys(name for group in table for name in group.figures))


def _row(cells: Sequence[str]) -> str:
    clean = (" ".join(cell.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
             for cell in cells)  # fmt: skip
    return f"| {' | '.join(clean)} |"
