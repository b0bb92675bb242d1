"""`assay suite stats`: a suite in figures, and beside another one."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from assay.core.files import write_whole

if TYPE_CHECKING:
    from assay.build.describing import Description
    from assay.build.overlap import Overlap
    from assay.cli.parser import Parser

DESCRIPTION = """\
Show what a suite holds: how many tasks of each label, tier and source; lines and complexity of its
references; how many words of the field are in prompts and references (DL-relevance, a share of
their tokens); checks per task; how many mutants the checks see, where that is known. Every figure
is a mean over tasks with its 95 % interval and the number of tasks.

With --against, both suites, and how alike their prompts are: the mean cosine of their embeddings by
all-MiniLM-L6-v2 (needs the extra assay[similarity]; a prompt's first 256 tokens count).
"""
_MOST_VALUES = 12


def add_arguments(parser: Parser) -> None:
    """What `stats` takes; `suite` adds its parser."""
    parser.add_argument("suite", metavar="NAME|PATH", help="as `assay suite list` has it")
    parser.add_argument("--against", metavar="NAME|PATH", help="another suite, to compare with")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE.svg", help="draw the prompts as points on a plane"
    )


def run(arguments: argparse.Namespace) -> int:
    """Show one suite or two; raises InputError, and what making a suite or fetching the sentence
    model raises."""
    from assay import suites
    from assay.build.describing import describe
    from assay.build.overlap import overlap
    from assay.cli.progress import tell

    names = [name for name in (arguments.suite, arguments.against) if name is not None]
    found = [suites.load(name, tell) for name in names]
    alike = overlap(*found, progress=tell) if len(found) == 2 or arguments.plot else None
    described = [describe(suite) for suite in found]
    if arguments.plot and alike:
        write_whole(arguments.plot, alike.svg())
    if arguments.json:
        told = {
            "suite": described[0].to_json(),
            "against": described[1].to_json() if len(described) > 1 else None,
            "similarity": alike.to_json() if alike else None,
        }
        print(json.dumps(told, indent=2))
        return 0
    _print_counts(described)
    _print_figures(described)
    if alike:
        _print_overlap(alike)
    if arguments.plot:
        print(f"\ndrawn in {arguments.plot}")
    return 0


def _print_counts(described: list[Description]) -> None:
    for one in described:
        suite = one.suite
        print(f"{suite.name} {suite.version}: {len(suite.tasks):,} tasks")
        for axis, values in one.counts.items():
            ordered = sorted(values.items(), key=lambda item: -item[1])
            shown = [f"{value} ({count:,})" for value, count in ordered[:_MOST_VALUES]]
            rest = len(ordered) - len(shown)
            print(f"  {axis:12} {', '.join(shown)}{f' and {rest:,} more' if rest else ''}")
    print()


def _print_figures(described: list[Description]) -> None:
    names = list(dict.fromkeys(name for one in described for name in one.figures))
    rows = [["mean per task", *(one.suite.name for one in described)]]
    for name in names:
        cells = [one.figures.get(name) for one in described]
        rows.append([name, *(str(figure) if figure else "–" for figure in cells)])
    # No grid that wraps: in a log or a pipe a figure stays on its line.
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        print("  ".join(padded).rstrip())
    for one in described:
        for why in dict.fromkeys(one.missing.values()):
            which = ", ".join(name for name, told in one.missing.items() if told == why)
            print(f"{one.suite.name}: without {which}: {why}")


def _print_overlap(alike: Overlap) -> None:
    print("\nmean cosine of prompts")
    for figure in (*([alike.between] if alike.between else []), *alike.within):
        print(f"  {figure.name}: {figure}")
    for pair in alike.closest:
        print(f"  most alike: {pair.first} and {pair.second} ({pair.cosine:.2f})")
