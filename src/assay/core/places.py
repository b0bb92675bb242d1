"""Where assay keeps what it can make again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_dir() -> Path:
    """The root of everything that may be deleted at any time and is built again when needed:
    `ASSAY_CACHE` if that is set, else the user's cache directory. It may not exist yet."""
    chosen = os.environ.get("ASSAY_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_cache_dir("assay"))
