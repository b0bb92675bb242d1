"""When assay itself breaks: the traceback goes to a file, and the user gets one line."""

from __future__ import annotations

import os
import platform
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from assay.core.places import cache_dir

KEPT = 20


def report(error: Exception, words: Sequence[str]) -> str:
    """Keep the traceback of a fault of ours; the line to tell the user."""
    if os.environ.get("ASSAY_DEBUG") == "1":
        traceback.print_exception(error)
    summary = " ".join(f"{type(error).__name__}: {error}".split())
    what = f"bug: this is our fault, not yours: {summary[:200]}"
    try:
        path = _write(error, words)
    except (OSError, RuntimeError) as refused:
        return f"{what} (the traceback could not be kept: {refused}; ASSAY_DEBUG=1 shows it)"
    return f"{what} (the traceback is in {path}; please report it)"


def reader_left() -> bool:
    """Whether a broken pipe was our output's (`| head`), rather than one of the engine's own."""
    import select

    if not hasattr(select, "poll"):
        return True  # Windows: nothing of the engine's runs there
    poll = select.poll()
    for stream in (sys.stdout, sys.stderr):
        try:
            poll.register(stream.fileno(), 0)
        except (AttributeError, OSError, ValueError):
            continue  # closed, or replaced by something without a descriptor
    return any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0))


def discard_output() -> None:
    """Point the standard streams at nothing, so that the flush at exit cannot fail again."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nothing, stream.fileno())
        except (AttributeError, OSError, ValueError):
            continue
    os.close(nothing)


def _write(error: Exception, words: Sequence[str]) -> Path:
    import assay

    folder = cache_dir() / "crashes"
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(folder.glob("*.txt"))[: -(KEPT - 1)]:
        old.unlink(missing_ok=True)
    path = folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    head = (
        f"assay {assay.__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"command: {' '.join(words)}\n\n"
    )
    path.write_text(head + "".join(traceback.format_exception(error)), encoding="utf-8")
    return path
