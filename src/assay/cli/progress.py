"""A progress bar on stderr: rate, verdicts, time left. Nothing where stderr is no terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from assay.bench import Progress as BenchProgress
    from assay.engine.grading import Tally


_LOG_SECONDS = 30.0


def tell(line: str) -> None:
    """Say on stderr what takes its time."""
    print(f"assay: {line}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def progress() -> Iterator[Callable[[Tally], None] | None]:
    """What to hand to a run as its `progress`."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar() as bar:
        number = bar.add_task("starting", total=None, told="")

        def listen(tally: Tally) -> None:
            speed = bar.tasks[0].speed
            rate = f"{speed:,.0f}/s  " if speed else ""
            bar.update(
                number, description=tally.stage, total=tally.total or None, completed=tally.done,
                told=f"{rate}{_counts(tally)}",
            )  # fmt: skip

        yield listen


@contextlib.contextmanager
def bench_progress() -> Iterator[Callable[[BenchProgress], None] | None]:
    """What to hand to a bench as its `progress`: answers on one line, verdicts below it. Where
    stderr is no terminal, a line every half minute."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    with _bar() as bar:
        answers = bar.add_task("answers", total=None, told="")
        verdicts = bar.add_task("verdicts", total=None, told="")

        def listen(progress: BenchProgress) -> None:
            told = [progress.stage] if progress.stage else []
            told += [f"{progress.known:,} from before"] if progress.known else []
            told += [f"{progress.failed:,} failed"] if progress.failed else []
            told += [f"${progress.cost:.4f}"] if progress.cost else []
            bar.update(
                answers, total=progress.total or None, completed=progress.answered,
                told="  ".join(told),
            )  # fmt: skip
            tally = progress.tally
            bar.update(
                verdicts, total=tally.total or None, completed=tally.done,
                told=f"{tally.stage}  {_counts(tally)}".strip(),
            )  # fmt: skip

        yield listen


def _bar() -> Bar:
    """Lines with a description, a bar, and what is told behind it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    return Bar(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[told]}"), console=Console(stderr=True), transient=True,
    )  # fmt: skip


class _Lines:
    """Progress for a log."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, progress: BenchProgress) -> None:
        if time.monotonic() - self._last < _LOG_SECONDS:
            return
        self._last = time.monotonic()
        tally = progress.tally
        print(
            f"assay: {progress.stage}: {progress.answered:,} of {progress.total:,} answers, "
            f"{tally.done:,} of {tally.total:,} verdicts of this batch",
            file=sys.stderr, flush=True,
        )  # fmt: skip


def _counts(tally: Tally) -> str:
    words = [f"{count:,} {outcome.label}" for outcome, count in tally.counts.items() if count]
    if tally.reused:
        words.append(f"({tally.reused:,} from the store)")
    return "  ".join(words)
