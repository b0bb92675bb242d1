"""`assay solve`: the answer that survives its own tests, with its evidence."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.cli.tables import add_engine_options, words
from assay.core.errors import InputError

if TYPE_CHECKING:
    from assay.cli.parser import Parser, Verbs
    from assay.solve import Progress, Separation, Solution

AGREED, NOT_AGREED, OUR_FAULT = 0, 1, 3
_MOST_SHOWN = 6
_DESCRIPTION = """\
Have a model propose many programs and tests for one prompt, run every program against every test in
the jail, and show the program that agreement picks: with what speaks for it, and a test that tells
it from the runner-up.
"""
_EPILOG = """\
  assay solve "Write area(box), the area of a box [left, top, right, bottom]." --model embedded
  assay solve --file prompt.md --model openai/gpt-4.1-mini --samples 30 --mutations a2p,verb
  assay solve --file prompt.md --model embedded --examples examples.py --repair 2 --interactive

Examples are trusted: JSON Lines of {"call", "expected"}, Python assertions, or doctests; so are the
doctests in the prompt. Answers are cached: the same command costs nothing the second time.

Exit codes: 0 an answer, 1 nothing that can be trusted (what is known is shown), 2 bad input,
3 a failure of ours, 4 stopped; the same command goes on.
"""


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "solve",
        help="the answer that survives its own tests",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("prompt", metavar="PROMPT", nargs="?", help="what is to be written")
    parser.add_argument("--file", type=Path, metavar="F", help="read the prompt from a file")
    parser.add_argument(
        "--signature", metavar="DEF",
        help='what is to be written, such as "def area(box)" (default: found in the prompt)',
    )  # fmt: skip
    parser.add_argument(
        "--examples", type=Path, metavar="FILE", help="examples of yours, which are trusted"
    )
    parser.add_argument("--selector", default="srank", metavar="S", help="default srank")
    parser.add_argument(
        "--repair", type=int, default=0, metavar="K", help="rounds of mending what fails"
    )
    parser.add_argument(
        "--interactive", action="store_true",
        help="where two behaviours tie, be asked which is right",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write the program to a file")
    parser.add_argument(
        "--environment", metavar="E",
        help="what programs run in: python, base, torch, … (default: by what they import)",
    )  # fmt: skip
    add_proposing(parser)
    add_engine_options(parser)
    parser.set_defaults(run=run)


def add_proposing(parser: Parser, *, needs_model: bool = True) -> None:
    """The options that say whom to ask, and for how much."""
    group = parser.add_argument_group("the model")
    group.add_argument(
        "--model", required=needs_model, metavar="M", help="openai/NAME, embedded, gguf:FILE, …"
    )
    group.add_argument(
        "--samples", type=int, default=20, metavar="N", help="programs to ask for (default 20)"
    )
    group.add_argument(
        "--tests", type=int, default=10, metavar="M",
        help="answers with tests to ask for (default 10)",
    )  # fmt: skip
    group.add_argument(
        "--mutations", type=words, default=(), metavar="all|A[,B…]",
        help="also ask in other words: a2p, d2i, caps, verb, …",
    )  # fmt: skip
    group.add_argument(
        "--mutate-by", choices=("rules", "model"), default="rules", help="default rules"
    )
    group.add_argument(
        "--ask", choices=("plain", "few-shot", "ask-8"), default="plain",
        help="for one program at a time (plain), after examples, or for eight in one go",
    )  # fmt: skip
    group.add_argument("--temperature", type=float, default=0.8, metavar="T", help="default 0.8")
    group.add_argument("--max-tokens", type=int, metavar="N", help="of an answer")
    group.add_argument("--seed", type=int, default=0, metavar="S", help="another one asks anew")
    group.add_argument("--base-url", metavar="URL", help="of an OpenAI-compatible server")
    group.add_argument("--budget", type=float, metavar="DOLLARS", help="never spend more")


def run(arguments: argparse.Namespace) -> int:
    """Solve; raises what assay.solve.solve raises."""
    from assay.solve.examples import read_examples
    from assay.solve.solving import solve

    with _progress(arguments.interactive) as listener:
        found = solve(
            _prompt(arguments),
            selector=arguments.selector,
            examples=read_examples(arguments.examples) if arguments.examples else (),
            signature=arguments.signature,
            repair=arguments.repair,
            environment=arguments.environment,
            progress=listener,
            choose=_which if arguments.interactive else None,
            **settings_of(arguments),
        )
    if arguments.out is not None and found.program is not None:
        _write(arguments.out, found.program)
    if arguments.json:
        print(json.dumps(found.to_json()))
    else:
        _show(found)
    return OUR_FAULT if found.harness else AGREED if found.agreed else NOT_AGREED


def settings_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """What `add_proposing` and the engine's options settle, for `assay.solve`."""
    from assay.solve import Jail

    asked = ("model", "samples", "tests", "mutate_by", "ask", "temperature", "max_tokens", "seed",
             "base_url", "budget")  # fmt: skip
    return {name: getattr(arguments, name) for name in asked} | {
        "mutations": "all" if arguments.mutations == ("all",) else arguments.mutations,
        "jail": Jail(
            workers=arguments.workers,
            store=arguments.store,
            min_protection=arguments.min_protection,
        ),
    }


def _prompt(arguments: argparse.Namespace) -> str:
    if (arguments.prompt is None) == (arguments.file is None):
        raise InputError("what is to be written? give a PROMPT, or --file with one")
    if arguments.file is None:
        return str(arguments.prompt)
    try:
        return str(arguments.file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{arguments.file}: the prompt cannot be read: {why}") from None


def _write(path: Path, program: str) -> None:
    try:
        path.write_text(program, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None


def _which(asked: Separation, first: str, second: str) -> str | None:
    """Ask which of two answers is right; a literal of one's own is an answer, too."""
    import ast

    del first, second
    print(f"\nTwo behaviours tie. They part at\n\n  {asked.call}\n\n  1: {asked.ours}\n"
          f"  2: {asked.theirs}\n", file=sys.stderr)  # fmt: skip
    while True:
        print("Which is right? 1, 2, the right value, or nothing: ", end="", file=sys.stderr)
        sys.stderr.flush()
        said = sys.stdin.readline().strip()
        if not said:
            return None
        if said in ("1", "2"):
            return said
        try:
            ast.literal_eval(said)
        except (ValueError, SyntaxError):
            print("That is neither 1, 2 nor a value as Python writes it.", file=sys.stderr)
        else:
            return said


# ---- what is shown


def _show(found: Solution) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    if found.program is not None:
        _show_program(console, found.program)
    style = "green" if found.agreed else "yellow"
    word = "agreed" if found.agreed else "not agreed"
    console.print(f"[bold {style}]{word}[/]: ", end="")
    console.print(found.why, markup=False)
    for line in (*_told(found), *found.notes):
        console.print(line, markup=False)


def _show_program(console: Any, program: str) -> None:
    from rich.syntax import Syntax

    if console.is_terminal:
        console.print(Syntax(program.strip("\n"), "python", background_color="default"))
    else:
        print(program.strip("\n"))
    console.print()


def _told(found: Solution) -> Iterator[str]:
    """The evidence, a line each."""
    if found.program is not None:
        yield (
            f"cluster: {found.size} of {found.usable} programs, written in {found.distinct} ways, "
            f"by {found.selector}; {_confidence(found)}"
        )
        yield f"checks: {found.passed} passed, {found.failed} failed"
        failed = [check for check in found.checks if not check.passed]
        for check in failed[:_MOST_SHOWN]:
            yield f"  failed: {_line(check.check)} (gave {_line(check.gave)})"
    if found.ties:
        yield f"ties: {found.ties} other behaviours stand as high"
    if found.runner_up is not None:
        yield f"runner-up: {found.runner_up.size} programs" + _separated(found.runner_up.separation)
    yield _proposed(found)
    yield _paid(found)


def _confidence(found: Solution) -> str:
    doubtful = found.confidence < 0.5 and not any(check.trusted for check in found.checks)
    told = ", more likely wrong than right" if doubtful else ""
    return f"confidence {found.confidence:.0%}{told}"


def _separated(separation: Separation | None) -> str:
    if separation is None:
        return ", which fail otherwise"
    wanted = f"; a test wants {separation.expected}" if separation.expected else ""
    return (
        f"; at {_line(separation.call)} they give {_line(separation.theirs)}, "
        f"this gives {_line(separation.ours)}{wanted}"
    )


def _line(text: str) -> str:
    """A question in one line."""
    return "; ".join(line for line in text.split("\n") if line.strip())


def _proposed(found: Solution) -> str:
    programs, tests = found.counts["programs"], found.counts["tests"]
    told = (
        f"proposed: {programs['proposed']} programs ({programs['usable']} usable, "
        f"{programs.get('distinct', 0)} distinct), {tests['usable']} tests "
        f"({tests.get('distinct', 0)} distinct) in {tests['answers']} answers"
    )
    if tests["dropped"]:
        dropped = ", ".join(f"{count} {reason}" for reason, count in tests["dropped"].items())
        told += f"; dropped: {dropped}"
    mutants = found.counts["mutants"]
    if mutants["kept"] or mutants["dropped"]:
        told += f"; {len(mutants['kept'])} mutants of the prompt"
    if mutants["dropped"]:
        lost = "; ".join(f"{one['mutation']}: {one['why']}" for one in mutants["dropped"])
        told += f", without {lost}"
    return told


def _paid(found: Solution) -> str:
    cost = found.cost
    about = "about " if cost.estimated else ""
    tokens = f"{about}{cost.prompt_tokens:,} + {cost.completion_tokens:,} tokens"
    dollars = f"${cost.dollars:.4f} for " if cost.dollars else ""
    cached = f", {cost.from_cache} of {cost.answers} answers from the cache"
    return (
        f"cost: {dollars}{tokens}{cached if cost.from_cache else ''}; "
        f"{found.executions:,} executions, {found.cpu_seconds:.1f} CPU s"
    )


@contextlib.contextmanager
def _progress(interactive: bool) -> Iterator[Callable[[Progress], None] | None]:
    """Programs, tests and verdicts as they come, on stderr; nothing where that is no terminal, or
    where questions are asked there."""
    if interactive or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    bars = Bars(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"), console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with bars:
        programs, tests, verdicts = (
            bars.add_task(name, total=None, told="") for name in ("programs", "tests", "verdicts")
        )

        def listen(progress: Progress) -> None:
            pool, tally = progress.pool, progress.tally
            if pool is not None:
                bars.update(programs, total=pool.asked_programs or None, completed=pool.answers,
                            told=f"{len(pool.programs)} usable")  # fmt: skip
                bars.update(tests, total=pool.asked_tests or None, completed=pool.test_answers,
                            told=f"{len(pool.tests)} tests")  # fmt: skip
            passed = sum(count for one, count in tally.counts.items() if one.label == "passed")
            told = f"{passed:,} passed" if tally.total else progress.stage
            bars.update(verdicts, total=tally.total or None, completed=tally.done, told=told)

        yield listen
