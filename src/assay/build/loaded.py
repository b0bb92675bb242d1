"""Which modules of some packages a process has loaded, asked after it has answered."""

from __future__ import annotations

import json
from collections.abc import Sequence

from assay.engine.child import Observation


def listing(packages: tuple[str, ...]) -> str:
    """The question, to be the last one of a program's."""
    prefixes = tuple(f"{name}." for name in packages)
    return (
        "import sys\n"
        f"' '.join(n for n in list(sys.modules) if n in {packages!r} or n.startswith({prefixes!r}))"
    )


def listed(seen: Sequence[Observation]) -> list[str]:
    """The modules, in the order in which they were loaded; none where it was not answered."""
    if not seen or seen[-1].kind != "value":
        return []
    told = json.loads(seen[-1].payload)
    return told.split() if isinstance(told, str) else []
