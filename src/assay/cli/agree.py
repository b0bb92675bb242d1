"""`assay agree`: rank solutions and tests that were made elsewhere, and grade what is chosen."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.cli.tables import add_engine_options, words
from assay.core.errors import InputError

if TYPE_CHECKING:
    from assay.cli.parser import Verbs
    from assay.solve.agreeing import Engine, Graded, Ranked
    from assay.suites import Suite

_DESCRIPTION = """\
Run every solution of a task against every test of that task, and let a selector choose by who
agrees with whom. No solution and no test is trusted, and neither is the model that wrote them.
"""
_EPILOG = """\
  assay agree solutions.jsonl tests.jsonl
  assay agree solutions.jsonl tests.jsonl --selector all --grade humaneval --json

SOLUTIONS.jsonl and TESTS.jsonl hold code, a line each (or all samples of a task in one):
  {"task": "double", "id": "a", "code": "def double(x): return 2 * x"}
  {"task": "double", "samples": ["def double(x): return x + x", "def double(x): return x"]}
  {"task": "double", "id": "t1", "code": "assert double(2) == 4\\nassert double(0) == 0"}

A row of tests may hold several assertions: they are split, and each runs alone (the first 5, see
--most); what is no Python or does not name what is asked for is dropped and counted.

With --grade, solutions are read as answers to the suite's prompts, and after all is ranked, the
suite's own checks say how often each selector's first choice, and one of its first 2 and 10, is
right (ties count by their shares).

Exit codes: 0 done, 2 bad input, 3 some verdicts are failures of ours, 4 stopped and resumable.
"""
_COLUMNS = ("task", "selector", "chosen", "behave like it", "tests passed", "tied")


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "agree",
        help="rank solutions and tests made elsewhere",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("solutions", metavar="SOLUTIONS.jsonl", type=Path)
    parser.add_argument("tests", metavar="TESTS.jsonl", type=Path)
    parser.add_argument(
        "--selector", type=words, default=("srank",), metavar="S[,S…]|all",
        help="srank (default), codet, codet_nosqrt, b4, b4+srank, pagerank, majority, medoid, "
        "most_passed, random, or all of them",
    )  # fmt: skip
    parser.add_argument(
        "--grade", metavar="SUITE", help="also grade the choices on this suite's hidden checks"
    )
    parser.add_argument(
        "--environment", metavar="E",
        help="what programs run in (default: python; with --grade, what the tasks name)",
    )  # fmt: skip
    parser.add_argument(
        "--most", type=int, default=5, metavar="K",
        help="only the first K assertions of each row of tests (default 5, as CodeT has it)",
    )  # fmt: skip
    parser.add_argument(
        "--cpu", type=float, metavar="SECONDS",
        help="CPU seconds for one test (default 0.5); a solution has four times that for all",
    )  # fmt: skip
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument(
        "--probe", action="store_true",
        help="spare what the most frequent solutions make look hopeless",
    )  # fmt: skip
    extent.add_argument(
        "--exact", action="store_true", help="run all tests on all solutions (default)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="also write every ranking as JSON Lines"
    )
    add_engine_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Rank, and grade if asked; raises what assay.solve.agreeing raises."""
    from assay.cli.progress import progress
    from assay.solve import agreeing, offered, selectors

    if not arguments.selector:
        raise InputError("--selector: name at least one, or all")
    names = selectors.names() if "all" in arguments.selector else list(arguments.selector)
    if arguments.grade and agreeing.BASELINE not in names:
        names.append(agreeing.BASELINE)  # what the others are compared with
    suite, engine = _suite(arguments), _engine(arguments)
    cases = offered.cases(
        offered.read_rows(arguments.solutions), offered.read_rows(arguments.tests), suite,
        environment=arguments.environment or "python", most=arguments.most,
    )  # fmt: skip
    with progress() as listener:
        engine = replace(engine, progress=listener)
        ranked = list(
            agreeing.rank(cases, names, engine=engine, suite=suite, exact=not arguments.probe)
        )
        graded = agreeing.grade(ranked, suite, engine=engine) if suite else None
    if arguments.out is not None:
        _write(arguments.out, ranked)
    if arguments.json:
        print(json.dumps(_as_json(ranked, graded)))
    else:
        _print(ranked, graded)
    harness = sum(one.filled.harness for one in ranked) + (graded.harness if graded else 0)
    if harness:
        _say(f"{harness:,} verdicts are failures of ours; the same command tries them again")
    return 3 if harness else 0


def _suite(arguments: argparse.Namespace) -> Suite | None:
    from assay import suites
    from assay.cli.progress import tell

    if arguments.grade is None:
        return None
    if arguments.environment is not None:
        raise InputError("--environment: with --grade the suite's tasks say what they run in")
    return suites.load(arguments.grade, tell)


def _engine(arguments: argparse.Namespace) -> Engine:
    from assay.solve.agreeing import CHECK_CPU_SECONDS, Engine

    seconds = CHECK_CPU_SECONDS if arguments.cpu is None else arguments.cpu
    if not 0 < seconds < 1e6:
        raise InputError(f"--cpu {seconds:g}: a positive number of seconds is needed")
    if arguments.most < 1:
        raise InputError(f"--most {arguments.most}: at least one assertion of a row is needed")
    return Engine(arguments.workers, arguments.store, arguments.min_protection, seconds)


def _say(text: str) -> None:
    print(f"assay: {text}", file=sys.stderr)


def _rankings(ranked: list[Ranked]) -> Iterator[dict[str, Any]]:
    """What every selector made of every task: its solutions from the best to the worst."""
    for one in ranked:
        for name, choice in one.choices.items():
            places = choice.places[list(one.rows)]
            order = sorted(range(len(places)), key=lambda at: -places[at])
            solutions = [{"id": one.case.ids[at], "place": int(places[at])} for at in order]
            yield {"task": one.case.task.id, "selector": name, "solutions": solutions}


def _write(place: Path, ranked: list[Ranked]) -> None:
    try:
        with place.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(ranking) + "\n" for ranking in _rankings(ranked))
    except OSError as error:
        raise InputError(f"{place}: cannot be written: {error.strerror}") from None


def _counts(ranked: list[Ranked]) -> dict[str, int]:
    return {
        "tasks": len(ranked),
        "solutions": sum(len(one.case.ids) for one in ranked),
        "without_program": sum(one.case.programs.count("") for one in ranked),
        "distinct": sum(len(one.filled.programs) for one in ranked),
        "tests": sum(len(one.case.tests) for one in ranked),
        "distinct_tests": sum(one.table.passed.shape[1] for one in ranked),
        "dropped": sum(one.case.dropped for one in ranked),
        "beyond_most": sum(one.case.beyond for one in ranked),
        "tasks_without_test": sum(not one.case.tests for one in ranked),
        "executions": sum(one.filled.executions for one in ranked),
        "spared": sum(one.filled.spared for one in ranked),
        "harness": sum(one.filled.harness for one in ranked),
    }


def _as_json(ranked: list[Ranked], graded: Graded | None) -> dict[str, Any]:
    names = ranked[0].choices
    found: dict[str, Any] = {name: {} for name in names}
    if graded is not None:
        for name, one in graded.selectors.items():
            found[name] = {key: figure.to_json() for key, figure in one.figures.items()}
            if one.against is not None:
                found[name]["against_codet"] = {
                    **one.against.difference.to_json(), "outcome": one.against.outcome,
                    "wins": one.against.wins, "losses": one.against.losses, "p": one.against.p,
                }  # fmt: skip
    whole = {"selectors": found, "counts": _counts(ranked)}
    if graded is not None:
        sampling = {key: figure.to_json() for key, figure in graded.sampling.items()}
        return {**whole, "sampling": sampling, "unfair": list(graded.unfair)}
    return {**whole, "tasks": {one.case.task.id: _choices(one) for one in ranked}}


def _choices(one: Ranked) -> dict[str, Any]:
    return {
        name: {
            "chosen": one.members(choice.row)[0],
            "size": choice.size,
            "agreement": choice.agreement,
            "passed": choice.passed,
            "tests": len(one.case.tests),
            "tied": [name for row in choice.rows for name in one.members(row)],
            "behaviours_tied": choice.behaviours,
        }
        for name, choice in one.choices.items()
    }


def _print(ranked: list[Ranked], graded: Graded | None) -> None:
    if graded is not None:
        _print_graded(graded)
    else:
        rows = [list(_COLUMNS)]
        for one in ranked:
            offered = len(one.case.ids)
            for name, choice in one.choices.items():
                tied = f"{choice.behaviours} behaviours" if choice.behaviours > 1 else ""
                rows.append([
                    one.case.task.id, name, one.members(choice.row)[0],
                    f"{choice.size} of {offered} ({choice.agreement:.0%})",
                    f"{choice.passed} of {len(one.case.tests)}", tied,
                ])  # fmt: skip
        _print_rows(rows)
    _print_counts(_counts(ranked))


def _print_graded(graded: Graded) -> None:
    keys = list(graded.sampling)
    rows = [["", *keys, "pass@1 against codet"]]
    rows.append(["any sample", *(_figure(graded.sampling[key]) for key in keys), ""])
    for name, one in graded.selectors.items():
        against = ""
        if one.against is not None:
            against = f"{_figure(one.against.difference)}: {one.against.outcome}"
        rows.append([name, *(_figure(one.figures[key]) for key in keys), against])
    _print_rows(rows)
    tasks = next(iter(graded.sampling.values())).n
    print(f"\n95 % intervals over {tasks:,} tasks; ties count by the share of right ones in them")
    if graded.unfair:
        print(
            f"left out: {len(graded.unfair)} tasks whose own reference does not pass here, such as "
            f"{graded.unfair[0]}"
        )


def _figure(figure: Any) -> str:
    return str(figure).partition(" of ")[0]


def _print_counts(counts: dict[str, int]) -> None:
    print(
        f"\n{counts['solutions']:,} solutions of {counts['tasks']:,} tasks, {counts['distinct']:,} "
        f"of them distinct, {counts['without_program']:,} without a program\n"
        f"{counts['tests']:,} assertions, {counts['distinct_tests']:,} of them distinct; "
        f"{counts['dropped']:,} were no Python or name nothing that was asked for; "
        f"{counts['beyond_most']:,} were beyond --most\n"
        f"{counts['tasks_without_test']:,} tasks have no test\n"
        f"{counts['executions']:,} executions, {counts['spared']:,} spared"
    )


def _print_rows(rows: list[list[str]]) -> None:
    # No grid that wraps: in a log or a pipe a row stays on its line.
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        print("  ".join(padded).rstrip())
