"""adapt as an MCP tool: the text of a script goes in, the proven diff comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def adapting() -> Callable[..., dict[str, Any]]:
    """The tool. It asks no model: the agent that calls it is one."""

    def adapt(script: str, add: Sequence[str]) -> dict[str, Any]:
        from assay.adapt.adapting import adapt

        found = adapt(script, add)
        return found.to_json() | {"script": found.text}

    return adapt
