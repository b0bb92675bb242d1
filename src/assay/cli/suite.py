"""`assay suite`: sets of tasks; what there is, what is in one, whether it is fair, imports."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.cli import stats
from assay.cli.parser import add_verb, add_verbs
from assay.core.errors import InputError

if TYPE_CHECKING:
    from assay.cli.parser import Parser, Verbs
    from assay.suites import Report, Suite

_DESCRIPTION = """\
A suite is a set of tasks: what is asked, how an answer is judged, in which environment. Some ship
with assay; your own are directories, named by their path.
"""
_EPILOG = """\
A suite's directory has a suite.toml and its tasks, one a line:

  name = "mine"                     {"id": "double", "prompt": "Write double(x).",
  version = "1"                      "target": {"name": "double"},
  environment = "base"               "checks": [{"id": "two", "call": "double(1)", "expected": 2}],
  tasks = "tasks.jsonl"              "reference": "def double(x): return 2 * x"}
"""
_VERIFY = """\
Run the reference of every task, its blank (the reference with nothing in it) and its mutants (the
reference with one small fault each). A task is refused when its reference fails a check, when its
blank passes one, or when it has too few checks.

Exit codes: 0 every task is fair, 1 some were refused, 2 bad input, 3 some verdicts are failures of
ours, 4 interrupted.
"""
_FETCH = """\
Get a suite's files from their public repositories, at pinned commits and by hash; or from local
checkouts below --source-root, at OWNER/NAME/PATH or NAME/PATH.
"""
_SHOWN_TASKS = 20


def register(verbs: Verbs) -> None:
    """Add `suite` and what it can do."""
    parser = add_verb(
        verbs, "suite", "sets of tasks: list, show, stats, verify, import, fetch", _DESCRIPTION
    )
    parser.epilog = _EPILOG
    parser.set_defaults(run=run)
    actions = add_verbs(parser)
    listed = add_verb(actions, "list", "what there is")
    show = add_verb(actions, "show", "what is in a suite: its labels, its tasks, or one task whole")
    described = add_verb(
        actions, "stats", "a suite in figures, and beside another", stats.DESCRIPTION
    )
    stats.add_arguments(described)
    verify = add_verb(actions, "verify", "whether its tasks are fair", _VERIFY)
    imported = add_verb(actions, "import", "make a suite of a published benchmark's file")
    for action in (show, verify):
        action.add_argument("suite", metavar="NAME|PATH", help="as `assay suite list` has it")
    show.add_argument("task", nargs="?", metavar="TASK", help="the id of a task")
    _add_verify(verify)
    imported.add_argument("format", metavar="FORMAT", help=f"one of {', '.join(_FORMATS)}")
    imported.add_argument("file", metavar="FILE", type=Path, help="as it was published")
    imported.add_argument("--out", metavar="DIR", type=Path, help="where to (default: ./FORMAT)")
    fetched = add_verb(actions, "fetch", "get the files of a suite that does not ship them", _FETCH)
    fetched.add_argument("suite", metavar="NAME", help="mlops-paper")
    fetched.add_argument(
        "--source-root", metavar="DIR", type=Path, help="take them from local checkouts"
    )
    for action in (listed, show, described, verify, imported, fetched):
        action.add_argument("--json", action="store_true", help="print JSON, for programs")


# As in assay.suites.importers, which is not imported for the sake of a help text.
_FORMATS = ("humaneval", "mbpp", "ds1000", "bigcodebench", "bigcodebench-instruct", "evalplus")


def _add_verify(verify: Parser) -> None:
    verify.add_argument(
        "--min-checks", type=int, default=1, metavar="N", help="refuse tasks with fewer checks"
    )
    verify.add_argument(
        "--min-killed", type=_share, default=0.0, metavar="SHARE",
        help="refuse tasks whose checks see a smaller share of their mutants (0 to 1)",
    )  # fmt: skip
    verify.add_argument(
        "--mutants", type=int, default=12, metavar="N", help="at most so many a task (default 12)"
    )
    verify.add_argument(
        "--workers", metavar="N|ray[:ADDRESS]", help="candidates at once (default: one per core)"
    )
    verify.add_argument(
        "--store", type=Path, metavar="FILE", help="verdict store (default: in the cache)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Do one action; raises InputError, and what a run raises."""
    actions = {
        "list": _list, "show": _show, "stats": stats.run, "verify": _verify, "import": _import,
        "fetch": _fetch,
    }  # fmt: skip
    return actions[arguments.action](arguments)


def _fetch(arguments: argparse.Namespace) -> int:
    from assay import suites
    from assay.cli.progress import tell

    place = suites.fetch(arguments.suite, arguments.source_root, tell)
    print(json.dumps({"place": str(place)}) if arguments.json else f"they are in {place} now")
    return 0


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share from 0 to 1")
    return value


def _list(arguments: argparse.Namespace) -> int:
    from assay import suites

    rows = []
    for name in suites.names():
        try:
            rows.append({**suites.about(name), "name": name})
        except InputError as fault:
            rows.append({"name": name, "fault": str(fault)})
    if arguments.json:
        print(json.dumps(rows, indent=2))
        return 0
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "version", "tasks", "what", box=None, pad_edge=False)
    for row in rows:
        about = row.get("fault") or row["description"]
        table.add_row(row["name"], row.get("version", ""), str(row.get("tasks", "")), about)
    Console().print(table)
    return 0


def _about(suite: Suite, name: str | None = None) -> dict[str, Any]:
    return {
        "name": name or suite.name,
        "version": suite.version,
        "description": suite.description,
        "licence": suite.licence,
        "tasks": len(suite.tasks),
        "checks": sum(len(task.checks) for task in suite.tasks),
        "fingerprint": suite.fingerprint,
        "path": str(suite.path) if suite.path else None,
    }


def _show(arguments: argparse.Namespace) -> int:
    from assay import suites
    from assay.cli.progress import tell

    suite = suites.load(arguments.suite, tell)
    if arguments.task is not None:
        return _show_task(suites.select(suite, ids=[arguments.task]), arguments.json)
    told = {**_about(suite), "labels": suites.labels(suite)}
    if arguments.json:
        print(json.dumps({**told, "task_ids": [task.id for task in suite.tasks]}, indent=2))
        return 0
    for key in ("name", "version", "description", "licence", "tasks", "checks", "fingerprint"):
        print(f"{key:12} {told[key]}")
    for label, counts in told["labels"].items():
        print(f"{label:12} {', '.join(f'{value} ({n})' for value, n in counts.items())}")
    shown = [task.id for task in suite.tasks[:_SHOWN_TASKS]]
    rest = len(suite.tasks) - len(shown)
    print(f"{'ids':12} {', '.join(shown)}{f' and {rest} more' if rest else ''}")
    return 0


def _show_task(suite: Suite, as_json: bool) -> int:
    from assay.suites.records import record_of

    (task,) = suite.tasks
    record = record_of(task, suite.blanks.get(task.id))
    if as_json:
        print(json.dumps(record, indent=2, ensure_ascii=False))
        return 0
    for key in ("prompt", "reference"):
        print(f"--- {key}\n{(record.pop(key, None) or 'none').rstrip()}")
    for key, value in record.items():
        lines = [json.dumps(one, ensure_ascii=False) for one in value] if key == "checks" else []
        print(f"--- {key}\n" + ("\n".join(lines) or json.dumps(value, ensure_ascii=False)))
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from assay import suites
    from assay.cli.progress import progress, tell

    suite = suites.load(arguments.suite, tell)
    with progress() as listener:
        report = suites.verify(
            suite,
            workers=arguments.workers,
            store=arguments.store,
            progress=listener,
            min_checks=arguments.min_checks,
            most_mutants=arguments.mutants,
            min_killed=arguments.min_killed,
        )
    if arguments.json:
        print(json.dumps(report.to_json(), indent=2))
    else:
        _print_report(report)
    return 3 if report.harness else 1 if report.failed else 0


def _print_report(report: Report) -> None:
    for task in report.failed:
        for reason in task.reasons:
            print(f"{task.task}: {reason}")
    fair = len(report.tasks) - len(report.failed)
    print(f"{report.suite}: {fair} of {len(report.tasks)} tasks are fair")
    told = report.to_json()["mutants"]
    if told["made"]:
        print(
            f"mutants: {told['killed']} of {told['made']} killed ({told['share']:.0%}); "
            f"in the median task {told['median']:.0%}"
        )
    if report.harness:
        print(f"{report.harness} verdicts are failures of ours: run the same command once more")


def _import(arguments: argparse.Namespace) -> int:
    from assay import suites

    out = arguments.out if arguments.out is not None else Path(arguments.format)
    suite = suites.import_suite(arguments.format, arguments.file, out)
    if arguments.json:
        print(json.dumps(_about(suite), indent=2))
    else:
        print(f"{len(suite.tasks)} tasks are there now; next: assay suite verify {suite.path}")
    return 0
