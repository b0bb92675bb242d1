"""What plugin authors test their parts with; assay's own parts are tested with the same."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assay.testing.dialects import check_dialect
    from assay.testing.executors import check_executor
    from assay.testing.models import ScriptedModel, check_model
    from assay.testing.mutations import check_mutation
    from assay.testing.oracles import check_oracle
    from assay.testing.selectors import check_selector

# Each with its own extra's packages, so each is imported when it is asked for.
_LAZY = {
    "ScriptedModel": "assay.testing.models",
    "check_dialect": "assay.testing.dialects",
    "check_executor": "assay.testing.executors",
    "check_model": "assay.testing.models",
    "check_mutation": "assay.testing.mutations",
    "check_oracle": "assay.testing.oracles",
    "check_selector": "assay.testing.selectors",
}

__all__ = [
    "ScriptedModel",
    "check_dialect",
    "check_executor",
    "check_model",
    "check_mutation",
    "check_oracle",
    "check_selector",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)
