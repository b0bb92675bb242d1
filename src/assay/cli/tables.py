"""A run's figures in the terminal, and the options that say which."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.core.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table as Grid

    from assay.bench import Report, Run
    from assay.cli.parser import Parser
    from assay.study import Figure, Group, Table

_BAR, _WIDE = 20, 100


def add_report_options(parser: Parser) -> None:
    """What is shown of a run, and where else it is written."""
    group = parser.add_argument_group("the report")
    group.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    group.add_argument("--k", type=_numbers, metavar="K[,K…]", help="which pass@k to show")
    group.add_argument(
        "--by", type=words, metavar="LABEL[,LABEL…]",
        help="tables by these labels only (default: all that the tasks have)",
    )  # fmt: skip
    group.add_argument(
        "--cutoff", action="append", default=[], metavar="[MODEL=]DATE",
        help="a table of tasks from before and after a model's training cutoff",
    )  # fmt: skip
    group.add_argument(
        "--windows", type=words, default=(), metavar="DATE[,DATE…]",
        help="a table of ever newer tasks: since each of these dates",
    )  # fmt: skip
    group.add_argument(
        "--quality", action="store_true",
        help="complexity, size and CPU time of what passes, beside the references'",
    )  # fmt: skip
    group.add_argument("--csv", type=Path, metavar="FILE", help="also write every figure as CSV")
    group.add_argument("--parquet", type=Path, metavar="FILE", help="… or as Parquet")
    group.add_argument("--markdown", type=Path, metavar="FILE", help="… or as a summary to read")
    group.add_argument(
        "--plots", type=Path, metavar="DIR", help="… or as bars with their intervals, in SVG"
    )


def add_engine_options(parser: Parser) -> None:
    """How answers are run."""
    group = parser.add_argument_group("the engine")
    group.add_argument(
        "--workers", metavar="N|ray[:ADDRESS]", help="candidates at once (default: one per core)"
    )
    group.add_argument(
        "--store", type=Path, metavar="FILE", help="verdict store (default: in the cache)"
    )
    group.add_argument(
        "--min-protection", default="restricted", metavar="LEVEL",
        help="refuse below this level of the jail (default restricted; see `assay doctor`)",
    )  # fmt: skip


def engine_of(arguments: argparse.Namespace) -> Any:
    """The engine options as bench takes them."""
    from assay.bench import Engine

    return Engine(arguments.workers, arguments.store, arguments.min_protection)


def show(run: Run, arguments: argparse.Namespace) -> int:
    """Print a run, write what was asked for beside it; the exit code that it deserves."""
    from assay.bench import Report

    report = Report(
        run,
        ks=arguments.k,
        by=arguments.by,
        cutoffs=_cutoffs(arguments.cutoff, run),
        since=arguments.windows,
    )
    report.write(
        csv=arguments.csv, parquet=arguments.parquet, markdown=arguments.markdown,
        plots=arguments.plots,
    )  # fmt: skip
    measured = _quality(run) if arguments.quality else {}
    if arguments.json:
        more = {name: {k: f.to_json() for k, f in one.items()} for name, one in measured.items()}
        print(json.dumps({**report.to_json(), **({"quality": more} if measured else {})}))
    else:
        _print(report)
        _print_quality(measured, arguments.quality)
    return 3 if run.harness else 0


def _quality(run: Run) -> dict[str, dict[str, Figure]]:
    from assay import suites
    from assay.bench.quality import quality
    from assay.cli.progress import tell

    return quality(run, suites.load(run.record["suite"]["from"], tell))


def _print_quality(measured: dict[str, dict[str, Figure]], asked: bool) -> None:
    from rich.console import Console

    if asked and not measured:
        print("quality: nothing passed, so there is nothing to measure")
    if not measured:
        return
    grid = _grid(("of what passes", "left"), ("programs", "right"), ("references", "right"),
                 ("difference", "right"))  # fmt: skip
    for name, figures in measured.items():
        grid.add_row(name, *(_short(figure) for figure in figures.values()))
    Console().print(grid, highlight=False)


def words(text: str) -> tuple[str, ...]:
    """A list as one writes it on a command line: words with commas between."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in words(text))


def _cutoffs(given: list[str], run: Run) -> dict[str, str] | None:
    """Dates by model; one without a model is for all."""
    models = list(dict.fromkeys(one["model"] for one in run.contestants))
    found: dict[str, str] = {}
    for word in given:
        model, sign, date = word.rpartition("=")
        if sign and model not in models:
            raise InputError(
                f"--cutoff {word}: no model {model!r} in this run; there are {', '.join(models)}"
            )
        found |= dict.fromkeys([model] if sign else models, date)
    return found or None


def _print(report: Report) -> None:
    from rich.console import Console

    run, console = report.run, Console()
    tasks = len(run.record["tasks"])
    console.print(
        f"[bold]{run.suite}[/]: {tasks:,} tasks, {len(run.rows):,} answers", highlight=False
    )
    if len(run.contestants) == 1:
        console.print(_whole(report))
    else:
        console.print(_contestants(report))
    for table in report.tables():
        console.print()
        console.print(_by_axis(table, report, console.width >= _WIDE), highlight=False)
    for beside in report.beside():
        grid = _grid((beside.heads[0], "left"), *((head, "right") for head in beside.heads[1:]))
        for row in beside.rows:
            grid.add_row(*row)
        console.print()
        console.print(grid, highlight=False)
    for label, cells in report.temperatures().items():
        shown = "  ".join(f"{name}: {_percent(figure)}" for name, figure in cells.items())
        console.print(f"\nsolved in 3 tries by temperature, {label}: {shown}", highlight=False)
    console.print()
    outcomes = "  ".join(f"{name} {count:,}" for name, count in run.outcomes.items())
    console.print(f"outcomes: {outcomes}", highlight=False, soft_wrap=True)
    console.print(_paid(run), highlight=False)
    console.print(
        f"kept in {run.path}: `assay runs {run.path}` shows it again",
        highlight=False, soft_wrap=True, markup=False,
    )  # fmt: skip
    if run.harness:
        _print_failures(report)


def _print_failures(report: Report) -> None:
    from rich.console import Console

    errors = Console(stderr=True)
    errors.print(
        f"{report.run.harness:,} answers are failures of ours and count against no model; the "
        "same command tries them again:",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip
    for note, count in list(report.failures().items())[:5]:
        errors.print(f"  {count:,} × {note}", highlight=False, markup=False, soft_wrap=True)


def _paid(run: Run) -> str:
    cost = run.cost
    about = "about " if cost["estimated"] else ""
    tokens = f"{about}{cost['prompt_tokens']:,} + {cost['completion_tokens']:,} tokens"
    if cost["dollars"]:
        return f"cost: ${cost['dollars']:.4f} for {tokens}"
    return f"tokens: {tokens}" + ("" if cost["dollars"] is not None else " (price unknown)")


def _percent(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return "–"
    ends = [figure["low"], figure["high"]]
    low, high = (f"{100 * end:.1f}" if end is not None else "?" for end in ends)
    return f"{100 * figure['value']:.1f} % [{low}, {high}]"


def _grid(*columns: tuple[str, str]) -> Grid:
    from rich.table import Table

    grid = Table(box=None, pad_edge=False, header_style="dim")
    for head, justify in columns:
        grid.add_column(head, justify=justify, overflow="fold")  # type: ignore[arg-type]
    return grid


def _whole(report: Report) -> Grid:
    """One contestant: a row for each figure."""
    from assay.bench.run import contestant_name

    who = contestant_name(report.run.contestants[0])
    grid = _grid((who, "left"), ("", "right"), ("95 % interval", "left"), ("of", "right"))
    for figure in report.study.figures().values():
        grid.add_row(figure.name, figure.value_text(), _interval(figure), f"{figure.n:,}")
    return grid


def _contestants(report: Report) -> Grid:
    """Several contestants: a row for each."""
    from assay.bench.report import HEADLINE

    names = [f"pass@{k}" for k in report.ks] + list(HEADLINE)
    differing = [(name, "left") for name in report.differing()]
    grid = _grid(*differing, *((name, "right") for name in names))
    for group in report.contestants():
        cells = [_short(group.figures[name]) for name in names]
        grid.add_row(*group.labels.values(), *cells)
    return grid


def _by_axis(table: Table, report: Report, wide: bool) -> Grid:
    """A row for each label: with figures, or with a column for each contestant."""
    axis, *others = table.axes
    title = axis.replace("_", " ")
    if others:
        return _crossed(table, title)
    names = [f"pass@{k}" for k in report.ks]
    bar = [("", "left")] if wide else []
    grid = _grid((title, "left"), *bar, *((name, "right") for name in names),
                 ("checks passed", "right"), ("tasks", "right"))  # fmt: skip
    for group in table:
        cells = [_short(group.figures[name]) for name in (*names, "checks passed")]
        drawn = [_bar(group.figures[names[0]])] if wide else []
        grid.add_row(*group.labels.values(), *drawn, *cells, f"{group.tasks:,}")
    return grid


def _crossed(table: Table, title: str) -> Grid:
    rows: dict[str, dict[str, Group]] = {}
    for group in table:
        label, *rest = group.labels.values()
        rows.setdefault(label, {})[" ".join(rest)] = group
    heads = list(dict.fromkeys(head for cells in rows.values() for head in cells))
    grid = _grid((title, "left"), *((head, "right") for head in heads), ("tasks", "right"))
    for label, cells in rows.items():
        shown = [_first(cells.get(head)) for head in heads]
        grid.add_row(label, *shown, f"{max(group.tasks for group in cells.values()):,}")
    return grid


def _first(group: Group | None) -> str:
    return _short(next(iter(group.figures.values()))) if group else "–"


def _short(figure: Figure) -> str:
    return f"{figure.value_text()} {_interval(figure)}".strip()


def _interval(figure: Figure) -> str:
    return str(figure).removeprefix(figure.value_text()).partition(" of ")[0].strip(" –")


def _bar(figure: Figure) -> str:
    full = round(_BAR * figure.value) if figure.known else 0
    return "━" * full + "┄" * (_BAR - full)


def labelled(pairs: list[str], option: str) -> Iterator[tuple[str, list[str]]]:
    """LABEL=VALUE[,VALUE…] as the label and its values; InputError for anything else."""
    for pair in pairs:
        label, sign, values = pair.partition("=")
        wanted = list(words(values))
        if not sign or not label.strip() or not wanted:
            raise InputError(f"{option} {pair!r}: write LABEL=VALUE, such as stage=training")
        yield label.strip(), wanted
