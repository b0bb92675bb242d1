"""A matrix shows itself, whatever its ids hold and however narrow the terminal is."""

from __future__ import annotations

import io
from html.parser import HTMLParser

import pytest
from rich.cells import cell_len
from rich.console import Console

from assay.core.matrix import Matrix, MatrixBuilder, TaskBlock
from assay.core.outcomes import Outcome
from tests.core.matrices import build

GRIDS = {"double": ["..x", "...", "..x", "!T~"], "half": ["..", "N ", "xH"]}
HOSTILE = (
    "[red]bold[/red]", "[/nope]", "<script>alert(1)</script>", "\"onload='x'&", "new\nline",
    "\x1b[2J", "\ud800", "‮txt", "", "a" * 5000, "漢字" * 40, "e" + "\u0301" * 10_000,
)  # fmt: skip


def shown(matrix: Matrix, width: int = 100, **options: object) -> str:
    console = Console(file=io.StringIO(), width=width, **options)  # type: ignore[arg-type]
    with console.capture() as capture:
        console.print(matrix)
    return capture.get()


def hostile(tasks: int = 1) -> Matrix:
    blocks = [
        TaskBlock(f"{'<i>[b]' * 9}\x1b[2J{task}", HOSTILE if not task else (f"x{task}",), HOSTILE,
                  ("value",) * len(HOSTILE))
        for task in range(tasks)
    ]  # fmt: skip
    builder = MatrixBuilder(blocks)
    for row in range(len(HOSTILE)):
        builder.set(0, row, 0, Outcome.PASSED, 1, 0.1, -1, builder.add_protection("[blink]<u>"))
    return builder.finish()


def test_the_overview_has_a_row_per_task() -> None:
    lines = shown(build(GRIDS)).splitlines()
    assert lines[0].startswith("2 tasks · 7 candidates · 18 verdicts · 60.0 % passed")
    assert "2 verdicts of our own failing" in lines[1]
    double = next(line for line in lines if line.startswith("double"))
    for figure in ("63.6 %", " 4 ", " 3 ", "3/3", "double/1", "✓7", "✗2", "!1", "T1", "~1"):
        assert figure in double
    assert lines[-1].split() == [
        "✓", "passed", "✗", "failed", "!", "raised", "T", "timeout", "N", "no_code", "~", "flaky",
        "H", "harness",
    ]  # fmt: skip


def test_one_task_is_a_grid() -> None:
    lines = shown(build(GRIDS).task("double")).splitlines()
    heads = next(line for line in lines if line.startswith("candidate")).split()
    assert heads == ["candidate", "check0", "check1", "check2", "passed", "cluster"]
    rows = [line.split() for line in lines if line.startswith("double/")]
    assert rows[2] == ["double/2", "✓", "✓", "✗", "2/3", "1"]
    assert rows[3] == ["double/3", "!", "T", "~", "0/2", "3"]


def test_colours_are_there_where_a_terminal_is() -> None:
    text = shown(build(GRIDS).task("double"), force_terminal=True, color_system="standard")
    assert "\x1b[32m" in text
    assert "\x1b[31m" in text


def test_what_does_not_fit_is_counted() -> None:
    many_rows = build({"t": ["."] * 1000})
    assert "… 960 more candidates" in shown(many_rows)
    many_tasks = build({f"t{task}": ["."] for task in range(41)})
    assert "… 1 more task\n" in shown(many_tasks)
    wide = build({"t": ["." * 500]})
    text = shown(wide, 60)
    assert "of 500 checks" in text
    assert "500/500" in text


@pytest.mark.parametrize("width", [1, 20, 40, 80, 200])
@pytest.mark.parametrize("tasks", [1, 3])
def test_hostile_ids_do_nothing_at_any_width(width: int, tasks: int) -> None:
    text = shown(hostile(tasks), width)
    assert not {"\x1b", "\ud800", "\u202e"} & set(text)
    text.encode("utf-8")
    if width >= 40:
        assert max(map(cell_len, text.splitlines())) <= width


def test_markup_in_an_id_is_shown_and_not_obeyed() -> None:
    text = shown(hostile(), 200)
    assert "[red]bold[/red]" in text
    assert "[/nope]" in text
    assert "new\\nline" in text
    assert "\\x1b[2J" in text


@pytest.mark.parametrize("matrix", [build(GRIDS), hostile(), hostile(3)])
def test_a_terminal_that_knows_only_ascii(matrix: Matrix) -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    Console(file=file, width=70).print(matrix)
    file.flush()


def test_a_matrix_without_cells_shows_itself() -> None:
    for blocks in ([], [TaskBlock("t", (), ("c",), ("value",))], [TaskBlock("t", ("a",), (), ())]):
        matrix = MatrixBuilder(blocks).finish()
        assert "0 verdicts" in shown(matrix)
        assert "0 verdicts" in matrix._repr_html_()


def test_repr_is_one_line_without_ids() -> None:
    assert repr(build(GRIDS)) == "<Matrix: 2 tasks, 7 candidates, 18 verdicts, 9 passed>"


class Tags(HTMLParser):
    """Collects what a browser would see: tags, attributes, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("tasks", [1, 3])
def test_hostile_ids_are_text_in_html(tasks: int) -> None:
    html = hostile(tasks)._repr_html_()
    page = Tags(html)
    assert page.tags <= {"div", "p", "b", "table", "tr", "th", "td", "span"}
    assert page.attributes <= {"style", "title"}
    assert "<i>[b]" in page.text
    html.encode("utf-8")
    if tasks == 1:
        assert "<script>alert(1)</script>" in page.text


def test_html_is_clipped_and_says_so() -> None:
    page = Tags(build({"t": ["." * 300] * 50})._repr_html_())
    assert "… 10 more candidates" in page.text
    assert "300 checks (the first 100)" in page.text
    assert page.text.count("✓") == 40 * 100 + 1
    assert "300/300" in page.text
