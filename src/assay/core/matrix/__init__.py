"""The verdicts of candidates × checks: built by the engine, read by everyone."""

from __future__ import annotations

from assay.core.matrix.blocks import TaskBlock
from assay.core.matrix.builder import MatrixBuilder
from assay.core.matrix.reading import Cluster, Matrix

__all__ = ["Cluster", "Matrix", "MatrixBuilder", "TaskBlock"]
