"""What plugin authors test their parts with; assay's own parts are tested with the same."""

from __future__ import annotations

from assay.testing.executors import check_executor
from assay.testing.models import ScriptedModel, check_model

__all__ = ["ScriptedModel", "check_executor", "check_model"]
