"""What notebooks have, and scripts made of them still import: IPython, which shows nothing here."""

from __future__ import annotations

import importlib.util
import sys
import types
from typing import Any

from . import notes

_SHOWS = ("display", "clear_output", "Image", "HTML", "SVG", "Audio", "Markdown", "YouTubeVideo")


def _nothing(*_: Any, **__: Any) -> None:
    return None


def provide() -> None:
    """A stand-in, where the environment has no IPython."""
    if importlib.util.find_spec("IPython") is not None:
        return
    shell, shows = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    shows.__dict__.update(dict.fromkeys(_SHOWS, _nothing))
    shell.__dict__.update(display=shows, get_ipython=_nothing, __path__=[])
    sys.modules.update({"IPython": shell, "IPython.display": shows})
    notes.note("IPython: shows nothing")
