"""`assay adapt`: put MLOps into a training script, and prove it by running both."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.cli.tables import words
from assay.core.errors import InputError

if TYPE_CHECKING:
    from assay.adapt.adapting import Adapted
    from assay.adapt.facts import Facts
    from assay.cli.parser import Verbs

PROVEN, NOT_PROVEN, OUR_FAULT = 0, 1, 3
_DESCRIPTION = """\
Put experiment tracking, model registration, tuning or pruning into a training script: a small diff,
proven by running the original and the adapted script in the jail, offline, on synthetic data, and
comparing what they computed, logged and left behind. Works without a model; where the rules
decline, a --model can be asked, and its rewrites have to prove the same.
"""
_EPILOG = """\
  assay adapt train.py --add mlflow
  assay adapt train.py --add wandb,optuna --args "--epochs 20" --objective val_loss --write
  assay adapt notebook.ipynb --add mlflow --out tracked.ipynb
  assay adapt train.py --add nncf --model openai/gpt-4.1
  assay adapt train.py --explain

What can be added: mlflow, wandb, comet, trackio, tensorboard (tracking); mlflow-registry,
wandb-registry (registration); optuna (tuning); prune, nncf (pruning), and nncf-2 for those who pin
NNCF 2.19 with its old interface. How the script is run for the proof (`assay smoke` does that
alone) can be settled in [tool.assay.smoke] of a pyproject.toml.

Exit codes: 0 proven, 1 not proven, declined, or the original fails by itself, 2 bad input, 3 a
failure of ours.
"""


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "adapt",
        help="put MLOps into a training script, proven",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("script", type=Path, metavar="SCRIPT", help="a .py file or a notebook")
    parser.add_argument(
        "--add", type=words, default=(), metavar="WHAT[,WHAT…]", help="what to put in"
    )
    parser.add_argument(
        "--objective", metavar="EXPR", help="what optuna goes by: a metric of the script's"
    )
    parser.add_argument("--args", metavar="ARGS", help="the script's own command line, in quotes")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--out", type=Path, metavar="FILE", help="write the adapted script there")
    shown.add_argument("--write", action="store_true", help="put it into SCRIPT's place")
    shown.add_argument("--diff", action="store_true", help="print the diff alone, to be applied")
    parser.add_argument("--no-verify", action="store_true", help="run nothing, prove nothing")
    parser.add_argument(
        "--explain", action="store_true", help="say what is recognised in the script, and stop"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument(
        "--environment", metavar="E", help="where it runs (default: by what it imports)"
    )
    group = parser.add_argument_group("a model, where the rules decline")
    group.add_argument("--model", metavar="M", help="openai/NAME, gguf:FILE, replay:FILE, …")
    group.add_argument(
        "--samples", type=int, default=3, metavar="N", help="rewrites to ask for (default 3)"
    )
    group.add_argument(
        "--no-documents", action="store_true", help="do not show it our reference documents"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Adapt a script; raises what assay.adapt.adapting.adapt raises."""
    if arguments.explain:
        return _explain(arguments)
    if not arguments.add:
        raise InputError("what shall be added? --add mlflow, say (see assay adapt --help)")
    from assay.adapt.adapting import adapt
    from assay.adapt.smoke import settings_beside
    from assay.cli.progress import tell

    found = adapt(
        arguments.script,
        arguments.add,
        model=arguments.model,
        samples=arguments.samples,
        documents=not arguments.no_documents,
        objective=arguments.objective,
        settings=settings_beside(arguments.script, arguments=arguments.args),
        environment=arguments.environment,
        verify=not arguments.no_verify,
        progress=None if arguments.json or arguments.diff else tell,
    )
    _keep(arguments, found)
    if arguments.json:
        print(json.dumps(found.to_json()))
    elif arguments.diff:
        print(found.diff, end="")
    else:
        _show(found)
    return {"proven": PROVEN, "harness": OUR_FAULT}.get(found.outcome, NOT_PROVEN)


def _keep(arguments: argparse.Namespace, found: Adapted) -> None:
    """Write the result where it was asked for; into SCRIPT's place only what is proven."""
    if found.best is None:
        return
    from assay.adapt import texts

    _, encoding = texts.read(arguments.script)
    if arguments.out is not None:
        texts.write(arguments.out, found.text, encoding)
    elif arguments.write and (found.outcome == "proven" or arguments.no_verify):
        texts.write(arguments.script, found.text, encoding)


def _show(found: Adapted) -> None:
    from rich.console import Console
    from rich.syntax import Syntax

    console = Console(highlight=False, soft_wrap=True)
    if found.diff and console.is_terminal:
        console.print(Syntax(found.diff, "diff", background_color="default"))
    elif found.diff:
        print(found.diff)
    signs = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[dim]·[/]"}
    for one in found.evidence:
        console.print(f"{signs[one.holds]} ", end="")
        console.print(one.text, markup=False)
    for note in found.notes:
        console.print(note, markup=False)
    style = "green" if found.outcome == "proven" else "yellow"
    by = f" (by {found.best.by})" if found.best else ""
    console.print(f"[bold {style}]{found.outcome.replace('_', ' ')}[/]{by}: ", end="")
    console.print(found.reason, markup=False)


# ---- --explain


def _explain(arguments: argparse.Namespace) -> int:
    from assay.adapt.facts import recognise
    from assay.adapt.smoke import script_of

    text, _ = script_of(arguments.script)
    found = list(_lines(recognise(text)))
    if arguments.json:
        print(
            json.dumps([{"fact": fact, "line": line, "text": told} for fact, line, told in found])
        )
    else:
        for fact, line, told in found:
            print(f"{fact:<12} {f'line {line}' if line else '':<10} {told}")
    return PROVEN


def _lines(facts: Facts) -> Iterator[tuple[str, int | None, str]]:
    yield "framework", None, ", ".join(facts.frameworks) or "none that is known"
    if facts.entry is not None:
        called = f" calling {facts.entry.function}()" if facts.entry.function else ""
        yield "entry", facts.entry.line, f"{facts.entry.kind}{called}"
    for option in (option for one in facts.arguments for option in one.options):
        yield "argument", option.line, f"{option.name} = {option.default}"
    yield from _held("constant", facts.constants, "{0.name} = {0.value}")
    yield from _held("model", facts.models, "{0.name}: {0.cls}")
    yield from _held("optimiser", facts.optimisers, "{0.name}: {0.cls} of {0.model}")
    yield from _held("loader", facts.loaders, "{0.name} of {0.dataset}")
    for loop in facts.loops:
        if loop.trains:
            counter = f", counted by {loop.counter}" if loop.counter else ""
            yield "loop", loop.line, f"{loop.kind} loop over {loop.iterable}{counter}"
    yield from _held("metric", facts.metrics, "{0.name} = {0.expression}, each {0.level}")
    yield from _held("call", facts.calls, "{0.kind}: {0.object}.{0.method}")
    yield from _held("tracked", facts.trackers, "with {0.component} already")
    if not facts.trains:
        yield "training", None, "none was found"


def _held(fact: str, held: Sequence[Any], form: str) -> Iterator[tuple[str, int | None, str]]:
    for one in held:
        yield fact, one.line, form.format(one)
