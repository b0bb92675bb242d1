"""`assay label`: what several annotators call a suite's tasks, and how far they agree."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assay.cli.parser import add_model_options, add_verb, add_verbs
from assay.core.errors import InputError
from assay.core.files import write_whole

if TYPE_CHECKING:
    from assay.build.annotating import Asked
    from assay.build.annotations import Annotation, Settled
    from assay.cli.parser import Parser, Verbs
    from assay.study import Figure
    from assay.suites import Suite

_DESCRIPTION = """\
Label the tasks of a suite on three axes (stage, task_type, data_type) by rules, by models and by
people, and find out how far they agree. `assay label SUITE …` is short for `assay label annotate
SUITE …`.
"""
_EPILOG = """\
For example:

  assay label mine --by rules --by model:openai/gpt-x --out labels.jsonl
  assay label export mine --out tasks.json         for Label Studio, with its labelling interface
  assay label import done.json --into labels.jsonl
  assay label agree labels.jsonl --write mine --out mine-labelled

Labels are kept as JSON Lines: {"task": …, "axis": …, "annotator": …, "label": …}.
"""
_SHOWN = 20


def register(verbs: Verbs) -> None:
    """Add `label` and what it can do."""
    parser = add_verb(
        verbs, "label", "labels by rules, models and people, and their agreement", _DESCRIPTION,
        otherwise="annotate",
    )  # fmt: skip
    parser.epilog = _EPILOG
    parser.set_defaults(run=run)
    actions = add_verbs(parser)
    annotate = add_verb(actions, "annotate", "label a suite's tasks by rules, or by a model")
    export = add_verb(actions, "export", "write tasks for people to label in Label Studio")
    imported = add_verb(actions, "import", "read what people labelled in Label Studio")
    agree = add_verb(actions, "agree", "majority, agreement beyond chance, and disagreements")
    for action in (annotate, export):
        action.add_argument("suite", metavar="SUITE", help="a name or a path (`assay suite list`)")
    _add_annotate(annotate)
    export.add_argument(
        "--out", type=Path, required=True, metavar="FILE.json",
        help="the tasks; the interface goes beside them, as FILE.xml",
    )  # fmt: skip
    imported.add_argument("file", type=Path, metavar="FILE.json", help="export JSON or JSON-MIN")
    imported.add_argument(
        "--into", type=Path, required=True, metavar="FILE", help="the file of labels to add to"
    )
    agree.add_argument("file", type=Path, metavar="FILE", help="a file of labels")
    agree.add_argument("--write", metavar="SUITE", help="put the majority's labels into a suite")
    agree.add_argument("--out", type=Path, metavar="DIR", help="… of which this becomes the copy")
    agree.add_argument("--json", action="store_true", help="print JSON, for programs")


def _add_annotate(annotate: Parser) -> None:
    annotate.add_argument(
        "--by", action="append", default=[], metavar="rules|suite|model:M",
        help="who labels: our rules (default), the suite with the labels that it came with, or a "
        "model as `assay bench` takes it; may be given several times",
    )  # fmt: skip
    annotate.add_argument(
        "--out", type=Path, required=True, metavar="FILE",
        help="the file of labels; what others labelled there before stays",
    )  # fmt: skip
    annotate.add_argument("--limit", type=int, metavar="K", help="only the first so many tasks")
    group = annotate.add_argument_group("the model")
    add_model_options(group)
    group.add_argument(
        "--max-tokens", type=int, default=64, metavar="N",
        help="of an answer (default 64; models that think first need more)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Do one action; raises InputError, and what asking a model raises."""
    actions = {"annotate": _annotate, "export": _export, "import": _import, "agree": _agree}
    return actions[arguments.action](arguments)


def _annotate(arguments: argparse.Namespace) -> int:
    from assay import suites
    from assay.build import annotating, annotations
    from assay.cli.progress import tell

    annotators = list(dict.fromkeys(arguments.by or [annotating.RULES]))
    known = {annotating.RULES: annotating.by_rules, annotating.SUITE: annotating.by_suite}
    for one in annotators:
        if one not in known and not one.startswith("model:"):
            raise InputError(
                f"--by {one}: write rules, suite, or model:M with an M that `assay bench` takes"
            )
    suite = suites.load(arguments.suite, tell)
    if arguments.limit is not None:
        suite = suites.select(suite, limit=arguments.limit)
    for one in annotators:
        if one in known:
            found = known[one](suite)
            annotations.add(arguments.out, found)
            _tell_labels(one, found, suite, arguments.out)
            continue
        asked = _ask(one.removeprefix("model:"), suite, arguments)
        annotations.add(arguments.out, asked.annotations)
        _tell_labels(one, asked.annotations, suite, arguments.out)
        _tell_unread(asked)
        if asked.failure:
            tell(f"{asked.unanswered:,} questions got no answer; the same command asks them again")
            raise asked.failure
    return 0


def _ask(spec: str, suite: Suite, arguments: argparse.Namespace) -> Asked:
    from assay.build import annotating
    from assay.models.opening import opened

    with opened(
        spec, budget=arguments.max_cost, base_url=arguments.base_url,
        concurrency=arguments.concurrency,
    ) as model:  # fmt: skip
        return annotating.by_model(suite, model, max_tokens=arguments.max_tokens)


def _tell_labels(who: str, found: Sequence[Annotation], suite: Suite, file: Path) -> None:
    tasks = len({one.task for one in found})
    print(f"{who}: {len(found):,} labels of {tasks:,} of {len(suite.tasks):,} tasks, in {file}")


def _tell_unread(asked: Asked) -> None:
    if not asked.unread:
        return
    print(f"{len(asked.unread):,} labels could not be read from the answers, and are left out:")
    for one in asked.unread[:5]:
        print(f"  {one.task}, {one.axis}: {one.said!r}")


def _export(arguments: argparse.Namespace) -> int:
    from assay import suites
    from assay.build import label_studio
    from assay.cli.progress import tell

    suite = suites.load(arguments.suite, tell)
    tasks = label_studio.exported(suite)
    interface = arguments.out.with_suffix(".xml")
    if interface == arguments.out:
        raise InputError(f"--out {arguments.out}: the tasks are JSON; name it FILE.json")
    write_whole(arguments.out, json.dumps(tasks, indent=1, ensure_ascii=False) + "\n")
    write_whole(interface, label_studio.interface())
    print(f"{len(tasks):,} tasks in {arguments.out}; the labelling interface is {interface}")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from assay.build import annotations, label_studio

    found = label_studio.imported(arguments.file)
    kept = annotations.add(arguments.into, found)
    people = sorted({one.annotator for one in found})
    print(
        f"{len(found):,} labels of {', '.join(people)}; {len(kept):,} are in {arguments.into} now"
    )
    return 0


def _agree(arguments: argparse.Namespace) -> int:
    from assay.build import annotations

    if (arguments.write is None) != (arguments.out is None):
        raise InputError("--write SUITE and --out DIR go together: a copy needs both")
    found = annotations.read(arguments.file)
    settled = annotations.settle(found)
    alphas = annotations.alphas(settled)
    annotators = sorted({one.annotator for one in found})
    if arguments.json:
        told = {
            "annotators": annotators,
            "alpha": {axis: figure.to_json() for axis, figure in alphas.items()},
            "labels": [one.to_json() for one in settled],
            "disagreements": [one.to_json() for one in settled if not one.is_unanimous],
        }
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        _print_agreement(annotators, settled, alphas)
    if arguments.write is not None:
        _write_suite(arguments, settled)
    return 0


def _print_agreement(
    annotators: list[str], settled: list[Settled], alphas: dict[str, Figure]
) -> None:
    print(f"{len(annotators)} annotators: {', '.join(annotators)}\n")
    for axis, alpha in alphas.items():
        here = [one for one in settled if one.axis == axis and len(one.votes) > 1]
        if not here:
            print(f"{axis:10} no task has labels of two annotators")
            continue
        agreed = sum(one.is_unanimous for one in here)
        tied = sum(one.label is None for one in here)
        print(
            f"{axis:10} alpha {alpha} ({alpha.method}); {agreed:,} of {len(here):,} tasks "
            f"unanimous, {tied:,} without a majority"
        )
    apart = [one for one in settled if not one.is_unanimous]
    if apart:
        print(f"\n{len(apart):,} disagreements" + (":" if len(apart) <= _SHOWN else ", such as:"))
    for one in apart[:_SHOWN]:
        votes = ", ".join(f"{label} ({who})" for who, label in one.votes.items())
        print(f"  {one.task}, {one.axis}: {one.label or 'no majority'} of {votes}")
    if len(apart) > _SHOWN:
        print("  --json lists all")


def _write_suite(arguments: argparse.Namespace, settled: list[Settled]) -> None:
    from assay import suites
    from assay.build import annotations
    from assay.build.outcome import FACTS
    from assay.cli.progress import tell

    suite = suites.load(arguments.write, tell)
    out: Path = arguments.out
    if suite.path is not None and out.absolute() == suite.path.absolute():
        raise InputError(f"--out {out}: that is the suite itself; name a place for the copy")
    labelled = annotations.with_labels(suite, settled)
    place = suites.save(labelled, out)
    if suite.path is not None and (suite.path / FACTS).is_file():
        shutil.copyfile(suite.path / FACTS, place / FACTS)
    changed = sum(
        one.labels != other.labels for one, other in zip(suite.tasks, labelled.tasks, strict=True)
    )
    tell(f"{out}: a copy of {suite.name} in which {changed:,} tasks have other labels than before")
