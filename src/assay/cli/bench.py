"""`assay bench`: have models answer a suite, grade the answers, show the figures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.cli.tables import (
    add_engine_options,
    add_report_options,
    engine_of,
    labelled,
    show,
    words,
)

if TYPE_CHECKING:
    from assay.bench import Contest
    from assay.cli.parser import Parser, Verbs

_DESCRIPTION = """\
Have models answer the tasks of a suite, run the answers against the tasks' checks, and show how
many pass: with intervals, by stage, task type, data type, tier, source and date.
"""
_EPILOG = """\
  assay bench starter --model embedded --samples 5
  assay bench starter --model openai/gpt-4.1-mini --select stage=training --dry-run
  assay bench humaneval --model openai/qwen3 --base-url http://localhost:8000/v1 --samples 20
  assay bench starter --model embedded --solver plain,few-shot --temperature 0 0.8
  assay bench starter --model embedded --solver plain,agree,verb,verb@model --programs 8 --tests 4

Several models, solvers or temperatures make one table. Everything is kept in the run's directory
(--out, by default runs/ and a name made of what was asked): the same command goes on after a kill,
asks only what is missing, and shows a finished run at once. Answers are cached: another --seed
asks anew.

Exit codes: 0 done, 2 bad input, 3 some answers are failures of ours, 4 stopped and resumable.
"""


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "bench",
        help="how good a model is at ML code",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("suite", metavar="SUITE", help="a name or a path (`assay suite list`)")
    parser.add_argument(
        "--model", action="append", default=[], metavar="M",
        help="openai/NAME, embedded, gguf:FILE, replay:FILE, …; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--solver", type=words, default=("plain",), metavar="S[,S…]",
        help="how the model is asked: plain (default), few-shot; ask-8 and agree choose one of "
        "many programs by running them; a2p, d2i, caps, adversarial-name, task-name, rephrase, "
        "verb and all also ask in other words, which the model finds with NAME@model",
    )  # fmt: skip
    parser.add_argument(
        "--prompt-style", type=words, default=(), metavar="P[,P…]",
        help="ask in these styles (docstring, own, model: as far as the suite has them)",
    )  # fmt: skip
    parser.add_argument(
        "--doc-prompt", dest="prompt_style", action="store_const", const=("documents",),
        help="mlops: ask with our reference documents (the style documents)",
    )  # fmt: skip
    parser.add_argument(
        "--samples", type=int, default=1, metavar="N", help="answers to each task (default 1)"
    )
    parser.add_argument(
        "--temperature", type=float, nargs="+", default=[], metavar="T",
        help="default: 0 for one sample, 0.8 for several",
    )  # fmt: skip
    parser.add_argument("--top-p", type=float, metavar="P", help="nucleus sampling (default: off)")
    parser.add_argument(
        "--max-tokens",
        type=int,
        metavar="N",
        help="of an answer (default 1024; 128 for embedded, which is seldom right later)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="of sampling and drawing (default 0)"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run's directory")
    _add_selection(parser)
    _add_spending(parser)
    add_report_options(parser)
    add_engine_options(parser)
    parser.set_defaults(run=run)


def _add_selection(parser: Parser) -> None:
    group = parser.add_argument_group("which tasks")
    group.add_argument(
        "--select", action="append", default=[], metavar="LABEL=VALUE[,VALUE…]",
        help="only tasks with this label, such as stage=training; may be given several times",
    )  # fmt: skip
    group.add_argument(
        "--limit", type=int, metavar="K", help="only so many of them, drawn by --seed"
    )
    group.add_argument("--since", metavar="DATE", help="only tasks from this date on")
    group.add_argument("--until", metavar="DATE", help="only tasks up to this date")
    group.add_argument(
        "--shots", type=int, default=3, metavar="K", help="examples for few-shot (default 3)"
    )
    group.add_argument(
        "--shots-from", default="stage", metavar="LABEL|random",
        help="examples with the task's own label (default stage), or any",
    )  # fmt: skip


def _add_spending(parser: Parser) -> None:
    group = parser.add_argument_group("the model")
    group.add_argument(
        "--base-url", metavar="URL", help="of an OpenAI-compatible server, for openai/NAME"
    )
    group.add_argument("--concurrency", type=int, metavar="N", help="requests at once, at the most")
    group.add_argument(
        "--programs", type=int, default=16, metavar="N",
        help="what a solver that chooses asks for, shared among its prompts (default 16)",
    )  # fmt: skip
    group.add_argument(
        "--tests", type=int, default=8, metavar="N",
        help="answers with tests that it asks for (default 8)",
    )  # fmt: skip
    group.add_argument(
        "--dry-run", action="store_true",
        help="show what would be asked, and its price, and ask nothing",
    )  # fmt: skip
    group.add_argument(
        "--max-cost", type=float, metavar="DOLLARS", help="stop before more is spent; resumable"
    )


def run(arguments: argparse.Namespace) -> int:
    """Bench; raises what assay.bench.bench raises."""
    from assay import bench
    from assay.cli.progress import bench_progress

    contest = _contest(arguments)
    if arguments.dry_run:
        return _dry_run(contest, arguments)
    with bench_progress() as listener:
        done = bench.bench(contest, arguments.out, engine=engine_of(arguments), progress=listener)
    return show(done, arguments)


def _contest(arguments: argparse.Namespace) -> Contest:
    from assay import bench, suites
    from assay.cli.progress import tell

    suite = suites.load(arguments.suite, tell)
    part = suites.select(
        suite,
        dict(labelled(arguments.select, "--select")),
        limit=arguments.limit,
        since=arguments.since,
        until=arguments.until,
        seed=arguments.seed,
    )
    solvers = [bench.solver(name) for name in arguments.solver]
    solvers = bench.styled(solvers, arguments.prompt_style, part)
    setting = bench.Setting(
        top_p=arguments.top_p,
        max_tokens=arguments.max_tokens,
        seed=arguments.seed,
        shots=arguments.shots,
        shots_from=arguments.shots_from,
        pool=suite.tasks,
        programs=arguments.programs,
        tests=arguments.tests,
    )
    return bench.Contest(
        part,
        _models(arguments),
        solvers,
        samples=arguments.samples,
        temperatures=tuple(arguments.temperature),
        setting=setting,
    )


def _models(arguments: argparse.Namespace) -> list[Any]:
    from assay.core.places import cache_dir
    from assay.models import doors
    from assay.models.cache import Cached, CompletionCache
    from assay.models.costs import Budget

    budget = None if arguments.max_cost is None else Budget(arguments.max_cost)
    cache = CompletionCache(cache_dir() / "completions.sqlite") if arguments.model else None
    found = []
    for spec in arguments.model:
        model = doors.load(
            spec, base_url=arguments.base_url, concurrency=arguments.concurrency, budget=budget
        )
        recorded = getattr(model, "recorded", False)
        found.append(model if recorded or cache is None else Cached(model, cache))
    return found


def _dry_run(contest: Contest, arguments: argparse.Namespace) -> int:
    import json
    from dataclasses import asdict

    from assay import bench

    found = bench.price(contest, arguments.out)
    if arguments.json:
        print(json.dumps({name: asdict(estimate) for name, estimate in found.items()}))
        return 0
    for name, estimate in found.items():
        dollars = "price unknown (ASSAY_PRICES names a table of yours)"
        if estimate.low is not None and estimate.high is not None:
            dollars = f"${estimate.low:.4f} to ${estimate.high:.4f}"
        print(
            f"{name}: {estimate.requests:,} answers to ask for, about {estimate.prompt_tokens:,} "
            f"prompt tokens, at most {estimate.most_completion_tokens:,} of answers: {dollars}"
        )
    _print_example(contest)
    return 0


def _print_example(contest: Contest) -> None:
    task = contest.suite.tasks[0]
    for entry in contest.entries():
        for request, samples in entry.solver.requests(task, entry.setting, contest.most_samples):
            print(f"\nFor example {task.id}, {entry.contestant}, {samples} samples:")
            for message in request.messages:
                print(f"--- {message.role}\n{message.content}")
            return
