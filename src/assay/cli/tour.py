"""`assay tour`: the engine at work on a handful of programs, some of them hostile."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.cli.parser import Verbs
    from assay.core.words import Candidate, Check
    from assay.engine.grading import Tally

_TASK = "iou"
_PROGRAMS = {
    "right": """
import numpy as np

def iou(a, b):
    low = np.maximum(a[:2], b[:2])
    high = np.minimum(a[2:], b[2:])
    inner = np.prod(np.clip(high - low, 0, None))
    union = np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - inner
    return float(inner / union) if union > 0 else 0.0
""",
    "same, in other words": """
def iou(a, b):
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    inner = width * height
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inner
    return inner / union if union else 0.0
""",
    "forgets to clip": """
import numpy as np

def iou(a, b):
    inner = np.prod(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]))
    union = np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - inner
    return float(inner / union)
""",
    "never ends": """
def iou(a, b):
    while True:
        pass
""",
    "eats memory": """
def iou(a, b):
    return len(bytearray(8 << 30))
""",
    "phones home": """
import socket

def iou(a, b):
    socket.create_connection(("192.0.2.1", 80))
""",
    "equals everything": """
class Anything:
    def __eq__(self, other):
        return True
    def __float__(self):
        return 1.0

def iou(a, b):
    return Anything()
""",
    "walks out": """
import os

def iou(a, b):
    os._exit(0)
""",
    "no program": "",
}
_CHECKS = {
    "same box": ("[0, 0, 2, 2], [0, 0, 2, 2]", 1.0),
    "overlap": ("[0, 0, 2, 2], [1, 1, 3, 3]", 1 / 7),
    "apart": ("[0, 0, 1, 1], [2, 2, 3, 3]", 0.0),
    "empty": ("[0, 0, 0, 0], [0, 0, 0, 0]", 0.0),
}


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "tour",
        help="see the engine at work: good, wrong and hostile programs in one matrix",
        description="Run nine programs, some of them hostile, against four checks, and explain "
        "what is seen. The first time, the environment `base` is built.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    del arguments
    from rich.console import Console

    from assay.cli.progress import progress
    from assay.core.words import Limits
    from assay.engine.run import run as run_engine

    console = Console()
    candidates, checks = _words()
    console.print(
        f"[bold]{len(candidates)} programs[/] claim to compute the overlap of two boxes; each "
        f"meets [bold]{len(checks)} checks[/].\nThe programs run in the jail, on numpy. The right "
        "answers never go in there.\n"
    )
    with progress() as listener:
        _build_base(listener)
    with tempfile.TemporaryDirectory(prefix="assay-tour-") as folder:
        for turn in ("first", "again"):
            start = time.perf_counter()
            with progress() as listener:
                matrix = run_engine(
                    candidates, checks, "base", limits=Limits(check_cpu_seconds=1),
                    store=Path(folder) / "verdicts.sqlite", progress=listener,
                )  # fmt: skip
            seconds = time.perf_counter() - start
            if turn == "first":
                console.print(matrix)
                console.print(f"\nThat took {seconds:.1f} s, the start of numpy included.")
        console.print(
            f"The same command again took {seconds:.1f} s: verdicts come from the store.\n"
        )
    for candidate in ("forgets to clip", "phones home", "equals everything"):
        verdict = matrix.verdict(candidate, "apart")
        evidence = verdict.evidence
        said = evidence.difference or f"{evidence.exception}: {evidence.message}"
        console.print(f"  {candidate}: [bold]{verdict.outcome.label}[/], {said}", highlight=False)
    console.print(
        "\nNext: [bold]assay doctor[/] shows what protects this machine, "
        "[bold]assay matrix --help[/] runs programs and checks of your own."
    )
    return 3 if matrix.harness else 0


def _build_base(listener: Callable[[Tally], None] | None) -> None:
    """Built ahead, so that the seconds shown are those of the run."""
    from assay.engine import environments
    from assay.engine.grading import Tally

    def say(text: str) -> None:
        if listener is not None:
            listener(Tally(stage=text))

    environments.prepare(environments.load("base"), progress=say)


def _words() -> tuple[list[Candidate], list[Check]]:
    from assay.core.words import Candidate, Check

    candidates = [Candidate(name, _TASK, code) for name, code in _PROGRAMS.items()]
    checks = [
        Check(name, _TASK, call=_call(boxes), expected=expected)
        for name, (boxes, expected) in _CHECKS.items()
    ]
    return candidates, checks


def _call(boxes: str) -> str:
    return f"import numpy\niou(*map(numpy.array, [{boxes}]))"
