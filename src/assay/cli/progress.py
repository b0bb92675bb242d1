"""A progress bar on stderr: rate, verdicts, time left. Nothing where stderr is no terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.engine.grading import Tally


@contextlib.contextmanager
def progress() -> Iterator[Callable[[Tally], None] | None]:
    """What to hand to a run as its `progress`."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeLeft(),
        TextColumn("{task.fields[counts]}"),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        number = bar.add_task("starting", total=None, rate="", counts="")

        def listen(tally: Tally) -> None:
            speed = bar.tasks[0].speed
            bar.update(
                number,
                description=tally.stage,
                total=tally.total or None,
                completed=tally.done,
                rate=f"{speed:,.0f}/s" if speed else "",
                counts=_counts(tally),
            )

        yield listen


def _counts(tally: Tally) -> str:
    words = [f"{count:,} {outcome.label}" for outcome, count in tally.counts.items() if count]
    if tally.reused:
        words.append(f"({tally.reused:,} from the store)")
    return "  ".join(words)
