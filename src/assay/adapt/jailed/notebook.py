"""What notebooks have, and scripts made of them still import: IPython shows nothing here, and Colab
has nothing to mount."""

from __future__ import annotations

import importlib.util
import sys
import types
from typing import Any

from . import notes

_SHOWS = ("display", "clear_output", "Image", "HTML", "SVG", "Audio", "Markdown", "YouTubeVideo")


def _nothing(*_: Any, **__: Any) -> None:
    return None


def provide(script: str) -> None:
    """Stand-ins for what the script speaks of and the environment does not have."""
    if "google.colab" in script:
        _provide_colab()
    if "IPython" not in script or importlib.util.find_spec("IPython"):
        return
    shell, shows = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    shows.__dict__.update(dict.fromkeys(_SHOWS, _nothing))
    shell.__dict__.update(display=shows, get_ipython=_nothing, __path__=[])
    sys.modules.update({"IPython": shell, "IPython.display": shows})
    notes.note("IPython: shows nothing")


def _provide_colab() -> None:
    colab = types.ModuleType("google.colab")
    for name in ("drive", "files", "output", "userdata"):
        part = types.ModuleType(f"google.colab.{name}")
        part.__dict__.update(mount=_nothing, flush_and_unmount=_nothing, download=_nothing,
                             upload=dict, clear=_nothing, get=str)  # fmt: skip
        setattr(colab, name, part)
        sys.modules[part.__name__] = part
    patches = types.ModuleType("google.colab.patches")
    patches.__dict__.update(cv2_imshow=_nothing)
    sys.modules |= {"google.colab": colab, "google.colab.patches": patches}
    if importlib.util.find_spec("google") is None:
        sys.modules["google"] = types.ModuleType("google")
    notes.note("google.colab: nothing is mounted, shown or downloaded")
