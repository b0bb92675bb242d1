"""A matrix as a Parquet file: one row per verdict, for pandas, polars and DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.core.errors import InputError, StoreError
from assay.core.files import written
from assay.core.matrix.columns import LABELS

if TYPE_CHECKING:
    from assay.core.matrix.blocks import TaskBlock
    from assay.core.matrix.reading import Matrix

# A row group per task would be 1,000 groups of 1,000 rows; readers like them near this size.
_ROW_GROUP = 200_000


def write(path: Path, matrix: Matrix) -> None:
    """Write `matrix` to `path`, in place of what is there; it is whole or not there at all."""
    try:
        import pyarrow.parquet
    except ImportError:
        raise InputError('Parquet needs pyarrow: pip install "assay[parquet]"') from None
    try:
        with written(path) as new, pyarrow.parquet.ParquetWriter(new, _schema()) as writer:
            _write_groups(writer, matrix)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror or error}") from error


def _schema() -> Any:
    import pyarrow as pa

    texts = ["task", "candidate", "check", "outcome", "trust", "protection", "evidence"]
    numbers = [("behaviour", pa.uint64()), ("cpu_seconds", pa.float32())]
    return pa.schema([(name, pa.string()) for name in texts] + numbers)


def _write_groups(writer: Any, matrix: Matrix) -> None:
    import pyarrow as pa

    waiting: list[Any] = []
    for block in matrix.blocks:
        waiting.append(_table(matrix, block))
        if sum(len(table) for table in waiting) >= _ROW_GROUP:
            writer.write_table(pa.concat_tables(waiting), row_group_size=_ROW_GROUP)
            waiting = []
    if waiting:
        writer.write_table(pa.concat_tables(waiting), row_group_size=_ROW_GROUP)


def _table(matrix: Matrix, block: TaskBlock) -> Any:
    import pyarrow as pa

    rows, width = len(block.candidates), len(block.checks)
    cells = {
        name: matrix.column(name, block.id).ravel()
        for name in ("outcome", "behaviour", "cpu", "evidence", "protection")
    }
    records, which = np.unique(cells["evidence"], return_inverse=True)
    lines = [matrix.evidence_json(int(index)) for index in records]
    by_column = np.tile(np.arange(width), rows)
    columns = {
        "task": _take([block.id], np.zeros(rows * width, dtype=np.int64)),
        "candidate": _take(block.candidates, np.repeat(np.arange(rows), width)),
        "check": _take(block.checks, by_column),
        "outcome": _take(LABELS, cells["outcome"]),
        "trust": _take(block.trust, by_column),
        "protection": _take(matrix.protections, cells["protection"]),
        "evidence": _take(lines, which),
        "behaviour": pa.array(cells["behaviour"], pa.uint64()),
        "cpu_seconds": pa.array(cells["cpu"], pa.float32()),
    }
    return pa.table(columns, schema=_schema())


def _take(texts: Any, indices: Any) -> Any:
    import pyarrow as pa

    # Arrow's strings are UTF-8; a lone surrogate in an id becomes its escape.
    clean = [text and text.encode("utf-8", "backslashreplace").decode() for text in texts]
    return pa.array(clean, pa.string()).take(pa.array(indices))
