"""Pruning by Lightning's own callback."""

from __future__ import annotations

from assay.adapt.planning import Draft


def plan(draft: Draft) -> None: ...


def applies(draft: Draft) -> bool:
    return False
