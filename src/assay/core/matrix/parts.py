"""What a matrix is made of, before anyone reads it: the common ground of builder and directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from assay.core.matrix.blocks import TaskBlock
from assay.core.matrix.columns import Columns
from assay.core.matrix.evidence import EvidenceLog


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """`protections` is the table that the protection column points into; its entry 0 is "", for
    cells that never ran. `extra` is what the job wrote about itself."""

    blocks: tuple[TaskBlock, ...]
    columns: Columns
    evidence: EvidenceLog
    protections: tuple[str, ...]
    extra: Mapping[str, Any] = field(default_factory=dict)
    created: str = field(default_factory=now)
