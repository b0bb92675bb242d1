"""What would be inserted where, each step with its reason; or why not."""

from __future__ import annotations

from assay.adapt.planning.planner import plan
from assay.adapt.planning.words import Draft, Refusal

__all__ = ["Draft", "Refusal", "plan"]
