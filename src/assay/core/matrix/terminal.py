"""A matrix in a terminal: a row per task, or for one task its candidates × checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

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
    from rich.console import ConsoleOptions

    from assay.core.matrix.reading import Matrix

_BAR = 10
_LONGEST_ID = 28
_WIDEST = 36  # an id beside its score
_LONGEST_NAMED = 14  # a check's id as the head of a column
_TO_ASCII = str.maketrans({"·": "-", "–": "-", "…": "...", "×": "x"})


@dataclass(frozen=True, slots=True)
class _Pen:
    """How wide the terminal is, and whether it knows more than ASCII."""

    width: int
    ascii: bool

    def text(self, words: str, style: str = "") -> Text:
        """Everything goes through `Text`, never through markup: ids come from untrusted files."""
        if self.ascii:
            plain = words.translate(_TO_ASCII)
            words = plain.encode("ascii", "backslashreplace").decode()
        return Text(words, style)

    def cut(self, words: str, width: int) -> Text:
        """At most that wide. The middle goes: ids of one task differ at their ends."""
        text = self.text(words)
        if text.cell_len <= width:
            return text
        end = len(text.plain)
        while end and cell_len(text.plain[end - 1 :]) <= (width - 1) // 2:
            end -= 1
        tail = ("~" if self.ascii else "…") + text.plain[end:]
        head = text[:end]
        head.truncate(width - cell_len(tail), overflow="crop")
        return head.append(tail)

    def symbol(self, outcome: Outcome, count: str = "") -> Text:
        look = LOOKS[outcome]
        return Text((look.ascii if self.ascii else look.symbol) + count, look.style)

    def flow(self, items: list[Text], between: str) -> Text:
        """Items in as many lines as they need; none is broken in two."""
        flowing, used = Text(), 0
        for item in items:
            if used and used + len(between) + item.cell_len > self.width:
                flowing.append("\n")
                used = 0
            elif used:
                flowing.append_text(self.text(between, "dim"))
                used += len(between)
            flowing.append_text(item)
            used += item.cell_len
        return flowing

    def add_column(self, table: Table, head: Text, width: int, justify: _Justify) -> None:
        overflow: Literal["crop", "ellipsis"] = "crop" if self.ascii else "ellipsis"
        table.add_column(head, width=width, justify=justify, no_wrap=True, overflow=overflow)


_Justify = Literal["left", "right", "center"]


def render(matrix: Matrix, options: ConsoleOptions) -> Iterator[RenderableType]:
    """The whole view, fitted to the terminal."""
    pen = _Pen(options.max_width, options.ascii_only)
    yield pen.flow([pen.text(words, "bold") for words in headline(matrix)], " · ")
    if matrix.harness:
        failing = f"{plural(matrix.harness, 'verdict')} of our own failing (harness)"
        yield pen.text(failing, "bold red")
    if len(matrix.tasks) == 1:
        yield from _grid(matrix, pen)
    elif matrix.tasks:
        yield _tasks(matrix, pen)
        yield from _rest(len(matrix.tasks), "task", pen)
    legend = [pen.symbol(outcome).append(f" {outcome.label}", "") for outcome in by_outcome(matrix)]
    if legend:
        yield pen.flow(legend, "  ")


def _rest(count: int, word: str, pen: _Pen) -> Iterator[Text]:
    if count > MOST_ROWS:
        yield pen.text(f"… {plural(count - MOST_ROWS, f'more {word}')}", "dim")


def _table() -> Table:
    return Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))


# ---- many tasks


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the overview; one with a `least` width gives way where there is no room."""

    head: str
    rows: list[TaskFigures]
    cell: Callable[[TaskFigures, int], Text]
    right: bool = False
    least: int | None = None

    @property
    def wanted(self) -> int:
        return max(len(self.head), *(self.cell(row, _WIDEST).cell_len for row in self.rows))

    @property
    def needed(self) -> int:
        return self.wanted if self.least is None else min(self.wanted, self.least)


def _tasks(matrix: Matrix, pen: _Pen) -> Table:
    rows = [figures(matrix.task(task)) for task in matrix.tasks[:MOST_ROWS]]
    score = max(len(f"{row.best_passed:,}/{row.best_counted:,}") for row in rows)
    columns = [
        _Column("task", rows, lambda row, width: pen.cut(clean(row.task), width), least=10),
        _Column("passed", rows, lambda row, _: _bar(row, pen)),
        _Column("cand.", rows, lambda row, _: Text(f"{row.candidates:,}"), right=True),
        _Column("checks", rows, lambda row, _: Text(f"{row.checks:,}"), right=True),
        _Column("best candidate", rows, lambda row, width: _best(row, score, pen, width), least=16),
        _Column("clusters", rows, lambda row, _: Text(f"{row.clusters:,}"), right=True),
        _Column("outcomes", rows, lambda row, _: _counts(row, pen), least=16),
    ]
    columns, widths = _fit(columns, pen.width)
    table = _table()
    for column, width in zip(columns, widths, strict=True):
        pen.add_column(table, Text(column.head), width, "right" if column.right else "left")
    for row in rows:
        cells = zip(columns, widths, strict=True)
        table.add_row(*(column.cell(row, width) for column, width in cells))
    return table


def _fit(columns: list[_Column], width: int) -> tuple[list[_Column], list[int]]:
    """The columns that there is room for, the last given up first, and their widths.

    Rich would take as much from a column of numbers as from one of ids: "ca…", "che…".
    """
    while len(columns) > 1 and sum(c.needed + 2 for c in columns) - 2 > width:
        columns = columns[:-1]
    widths = [column.wanted for column in columns]
    needed = [column.needed for column in columns]
    for _ in range(max(0, sum(widths) + 2 * len(columns) - 2 - width)):
        widest = max(range(len(columns)), key=lambda at: (widths[at] > needed[at]) * widths[at])
        widths[widest] -= widths[widest] > needed[widest]
    return columns, widths


def _bar(row: TaskFigures, pen: _Pen) -> Text:
    full = round(_BAR * row.passed / row.counted) if row.counted else 0
    if row.passed:
        full = min(max(full, 1), _BAR if row.passed == row.counted else _BAR - 1)
    # Two kinds of line, so that the bar is one without colours too.
    on, off = ("#", "-") if pen.ascii else ("━", "┄")
    figure = pen.text(f" {share(row.passed, row.counted):>7}")
    return Text.assemble((on * full, "green"), (off * (_BAR - full), "bright_black"), figure)


def _best(row: TaskFigures, score_width: int, pen: _Pen, width: int) -> Text:
    if row.best is None:
        return Text("none", style="dim")
    score = f"{row.best_passed:,}/{row.best_counted:,}".rjust(score_width)
    style = "green" if row.best_passed == row.best_counted else ""
    return Text.assemble((score, style), "  ", pen.cut(clean(row.best), width - score_width - 2))


def _counts(row: TaskFigures, pen: _Pen) -> Text:
    return Text(" ").join(pen.symbol(o, f"{count:,}") for o, count in row.outcomes.items())


# ---- one task


def _grid(matrix: Matrix, pen: _Pen) -> Iterator[RenderableType]:
    count = len(matrix.checks())
    longest = min(_LONGEST_ID, max(pen.width // 3, 9))
    names = [pen.cut(clean(name), longest) for name in matrix.candidates[:MOST_ROWS]]
    names_width = max([len("candidate"), *(name.cell_len for name in names)])
    passed_width = max(len("passed"), 2 * len(f"{count:,}") + 1)
    # Beside the strip of marks stand the candidate, its passes and its cluster, two apart.
    room = max(pen.width - names_width - passed_width - len("cluster") - 6, 1)
    heads = [pen.cut(clean(check), _LONGEST_NAMED) for check in matrix.checks()[:room]]
    named = bool(heads) and sum(head.cell_len + 2 for head in heads) <= room + 2
    shown = min(count, room)
    title = f"task {clean(matrix.tasks[0])}: {plural(count, 'check')}"
    if shown < count:
        title = f"the first {shown:,} of {plural(count, 'check')} of task {clean(matrix.tasks[0])}"
    yield pen.cut(title, pen.width)
    table = _table()
    pen.add_column(table, Text("candidate"), names_width, "left")
    for head in heads if named else [Text(_ruler(shown))]:
        width = max(head.cell_len, 1) if named else shown
        pen.add_column(table, head, width, "center" if named else "left")
    pen.add_column(table, Text("passed"), passed_width, "right")
    pen.add_column(table, Text("cluster"), len("cluster"), "right")
    for row in _rows(matrix, names, shown, named, pen):
        table.add_row(*row)
    yield table
    yield from _rest(len(matrix.candidates), "candidate", pen)


def _rows(
    matrix: Matrix, names: list[Text], shown: int, named: bool, pen: _Pen
) -> Iterator[list[Text]]:
    passed = matrix.passed_by_candidate()
    clusters = cluster_numbers(matrix)
    outcomes = matrix.array()[: len(names), :shown].tolist()
    for candidate, name, row in zip(matrix.candidates, names, outcomes, strict=False):
        marks = [pen.symbol(Outcome(cell)) for cell in row]
        passes, counted = passed[candidate]
        score = Text(f"{passes:,}/{counted:,}", "green" if counted and passes == counted else "")
        cells = marks if named else [Text("").join(marks)]
        yield [name, *cells, score, Text(str(clusters[candidate]))]


def _ruler(length: int) -> str:
    """`1        10        20`: each number ends over its own column."""
    marks = "1"[:length]
    for at in range(10, length + 1, 10):
        marks += str(at).rjust(at - len(marks))
    return marks
