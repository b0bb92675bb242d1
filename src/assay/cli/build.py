"""`assay build`: make a verified suite out of a library."""

from __future__ import annotations

import argparse
import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.cli.parser import add_model_options

if TYPE_CHECKING:
    from assay.build.library import Options
    from assay.build.outcome import Outcome
    from assay.cli.parser import Parser, Verbs
    from assay.models.base import Model

_DESCRIPTION = """\
Make a suite of tasks out of a library: one function, method or class each, judged by the library's
own tests with that function replaced, and by calls whose right answers come from the installed
library. Every task is verified on this machine: the untouched text passes, an empty one fails, and
most mutants are seen. Nothing of the library is run outside of the jail.
"""
_EPILOG = """\
  assay build zuko
  assay build zuko==1.6.0 --out zuko-suite --limit 20
  assay build mine --source ./my-project
  assay build mine --source git:https://example.org/mine.git@1f2e3d4
  assay build --refresh zuko-suite
  assay build zuko --prompt-model openai/gpt-4.1-mini

Steps: fetch, needs (a locked environment), tests (the clean suite, three times), trace (what each
test reaches), library, candidates, checks, gate, dates, prompts. Each is kept in the cache: the
same command goes on where it was stopped. Needs `pip install "assay[build]"`.

Exit codes: 0 there are tasks, 1 there is none, 2 bad input, 3 our side failed, 4 interrupted.
"""
_SHOWN = 12


def register(verbs: Verbs) -> None:
    """Add `build`."""
    parser: Parser = verbs.add_parser(
        "build",
        help="make a verified suite out of a library",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    parser.add_argument("package", nargs="?", metavar="PACKAGE[==VERSION]", help="the library")
    parser.add_argument(
        "--source", default="sdist", metavar="S",
        help="sdist (default), wheel, git:URL@COMMIT, or a folder with the library in it",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, metavar="SUITE", help="where to (default: ./PACKAGE-suite)"
    )
    parser.add_argument(
        "--refresh", type=Path, metavar="SUITE",
        help="add what a newer release has to a suite that was built before",
    )  # fmt: skip
    parser.add_argument(
        "--limit", type=int, default=40, metavar="N", help="at most so many tasks (default 40)"
    )
    parser.add_argument(
        "--budget", type=float, default=1800.0, metavar="SECONDS",
        help="begin nothing new after so long on the wall (default 1800)",
    )  # fmt: skip
    parser.add_argument(
        "--workers", type=int, metavar="N", help="candidates at once (default: one per core)"
    )
    _add_model(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.set_defaults(run=run)


def _add_model(parser: Parser) -> None:
    group = parser.add_argument_group("prompts in a model's words")
    group.add_argument(
        "--prompt-model", metavar="M",
        help="have a model specify each task from its source; what does not say enough after a "
        "second try stays by its docstring (`assay bench --prompt-style` compares the two)",
    )  # fmt: skip
    add_model_options(group)


def run(arguments: argparse.Namespace) -> int:
    """Build or refresh; raises BuildFault, and what the engine and models raise."""
    from assay.build.library import Options
    from assay.core.errors import InputError

    if bool(arguments.package) == bool(arguments.refresh):
        raise InputError("name a PACKAGE to build, or a suite to --refresh: one of them")
    if arguments.limit < 1 or arguments.budget <= 0:
        raise InputError("--limit and --budget must be above zero")
    with _model(arguments) as model:
        options = Options(arguments.limit, arguments.budget, arguments.workers, model)
        return _built(arguments, options)


def _model(arguments: argparse.Namespace) -> contextlib.AbstractContextManager[Model | None]:
    """The model for prompts, whose answers are kept; None where none is named."""
    from assay.models.opening import opened

    if arguments.prompt_model is None:
        return contextlib.nullcontext(None)
    return opened(
        arguments.prompt_model, budget=arguments.max_cost, base_url=arguments.base_url,
        concurrency=arguments.concurrency,
    )  # fmt: skip


def _built(arguments: argparse.Namespace, options: Options) -> int:
    from assay.build.library import build
    from assay.build.refreshing import refresh
    from assay.cli.progress import tell

    if arguments.refresh:
        found = refresh(arguments.refresh, options=options, progress=tell)
        if arguments.json:
            print(json.dumps(found.to_json(), indent=1))
        else:
            print("\n".join(found.lines()))
        return 0
    outcome = build(
        arguments.package, arguments.source, arguments.out, options=options, progress=tell
    )
    if arguments.json:
        print(json.dumps(outcome.to_json(), indent=1, ensure_ascii=False))
    else:
        _print(outcome)
    return 0 if outcome.suite else 1


def _print(outcome: Outcome) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if outcome.facts:
        table = Table(box=None, pad_edge=False)
        table.add_column("task", overflow="fold")
        for heading in ("tests", "derived", "killed", "CPU s"):
            table.add_column(heading, justify="right", no_wrap=True)
        for told in outcome.facts.values():
            table.add_row(*_row(told))
        console.print(table)
    left = [count for step, _, count in outcome.reasons() if step == "limit"]
    reasons = [one for one in outcome.reasons() if one[0] != "limit"]
    if reasons:
        table = Table("refused", "step", "why", box=None, pad_edge=False)
        for step, why, count in reasons[:_SHOWN]:
            table.add_row(str(count), step, why)
        rest = sum(count for _, _, count in reasons[_SHOWN:])
        if rest:
            table.add_row(str(rest), "", "for other reasons: see build.json or --json")
        console.print(table)
    if left:
        print(f"{sum(left)} more were not tried: --limit and --budget say how many are")
    where = f"{outcome.source.name} {outcome.source.version}"
    print(f"{where}: {len(outcome.facts)} tasks in {outcome.seconds:.0f} s")
    if outcome.suite:
        print(f"next: assay suite verify {outcome.suite.path}")


def _row(told: dict[str, Any]) -> tuple[str, ...]:
    killed = f"{told['killed']} of {told['mutants']}"
    seconds = f"{told['cpu_seconds']:.2f}"
    return told["function"], str(told["tests"]), str(told["derived"]), killed, seconds
