"""A matrix as a directory: `manifest.json`, five columns, and the evidence.

Columns are plain `.npy` files, mapped and not read, so that opening a matrix costs its manifest
and one pass over what has to be verified. Nothing is ever unpickled.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from assay.core.errors import InputError, StoreError
from assay.core.files import filled
from assay.core.matrix.blocks import TaskBlock, verify
from assay.core.matrix.columns import DTYPES, LABELS, Columns, tally
from assay.core.matrix.evidence import EvidenceLog
from assay.core.matrix.parts import Parts

FORMAT = "assay-matrix"
VERSION = 1
MANIFEST = "manifest.json"
EVIDENCE = "evidence.jsonl"
OFFSETS = "evidence_offsets.npy"
FILES = frozenset({MANIFEST, EVIDENCE, OFFSETS, *(f"{name}.npy" for name in DTYPES)})


# ---- writing


def prepare(path: Path) -> None:
    """Make the parent; refuse what is neither free, nor empty, nor a finished matrix."""
    path = path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            return
        if not path.is_dir():
            raise InputError(f"{path} is a file; name a directory for the matrix")
        held = {entry.name for entry in path.iterdir()}
    except OSError as error:
        raise InputError(f"{path} cannot hold a matrix: {error.strerror}") from None
    if held and not (held <= FILES and MANIFEST in held and _is_ours(path)):
        raise InputError(f"{path} holds something else than a matrix; name another directory")


def _is_ours(path: Path) -> bool:
    try:
        _read_manifest(path)
    except InputError:
        return False
    return True


def write(path: Path, parts: Parts) -> None:
    """Write a matrix beside `path` and rename it into place: it is there whole or not at all."""
    prepare(path)
    try:
        with filled(path) as new:
            _fill(new, parts)
    except OSError as error:
        raise StoreError(f"cannot write the matrix to {path}: {error.strerror}") from error


def _fill(folder: Path, parts: Parts) -> None:
    columns = parts.columns
    with open(folder / EVIDENCE, "wb") as file:
        renumbered, offsets = parts.evidence.copy_used(file, columns.evidence)
        _settle(file)
    columns = replace(columns, evidence=renumbered)
    _write_array(folder / OFFSETS, offsets)
    for name in DTYPES:
        _write_array(folder / f"{name}.npy", getattr(columns, name))
    with open(folder / MANIFEST, "wb") as file:
        manifest = _manifest(parts, len(offsets) - 1)
        # `default=str`: a path in the configuration must not cost a run its matrix.
        file.write(json.dumps(manifest, default=str).encode("ascii"))
        _settle(file)


def _manifest(parts: Parts, evidence: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        # Importing the package that holds all rooms would be an import upwards.
        "assay": sys.modules["assay"].__version__,
        "created": parts.created,
        "counts": {
            "tasks": len(parts.blocks),
            "candidates": sum(len(block.candidates) for block in parts.blocks),
            "checks": sum(len(block.checks) for block in parts.blocks),
            "cells": len(parts.columns.outcome),
            "evidence": evidence,
            "outcomes": tally(parts.columns.outcome),
        },
        "protections": parts.protections,
        "extra": dict(parts.extra),
        "tasks": [block.to_json() for block in parts.blocks],
    }


def _write_array(path: Path, column: NDArray[Any]) -> None:
    with open(path, "wb") as file:
        np.save(file, column, allow_pickle=False)
        _settle(file)


def _settle(file: IO[bytes]) -> None:
    # Without it a power cut after the rename leaves whole names and empty files.
    file.flush()
    os.fsync(file.fileno())


# ---- reading


def read(path: Path) -> Parts:
    """The parts of the matrix at `path`; `InputError`, in one line, for anything unsound."""
    manifest = _read_manifest(path)
    try:
        blocks = tuple(TaskBlock.from_json(form) for form in manifest["tasks"])
        verify(blocks)
        protections = tuple(manifest["protections"])
        extra, created = dict(manifest["extra"]), str(manifest["created"])
    except KeyError as error:
        raise _damaged(path, MANIFEST, f"it lacks {error}") from None
    except (TypeError, ValueError, AttributeError, InputError) as error:
        raise _damaged(path, MANIFEST, str(error)) from None
    if not all(isinstance(name, str) for name in protections):
        raise _damaged(path, MANIFEST, "a protection level is not a string")
    cells = sum(block.cells for block in blocks)
    columns = Columns(
        **{name: _column(path, f"{name}.npy", DTYPES[name], cells) for name in DTYPES}
    )
    evidence = _read_evidence(path)
    _verify_cells(path, columns, len(evidence), len(protections))
    return Parts(blocks, columns.read_only(), evidence, protections, extra, created)


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((path / MANIFEST).read_bytes())
    except FileNotFoundError:
        why = f"it has no {MANIFEST}" if path.exists() else "it does not exist"
        raise InputError(f"no matrix at {path}: {why}") from None
    except OSError as error:
        raise InputError(f"no matrix at {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise _damaged(path, MANIFEST, str(error)) from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError(f"no matrix at {path}: its {MANIFEST} is of something else")
    version = manifest.get("version")
    if type(version) is not int or version < 1:
        raise _damaged(path, MANIFEST, f"version {version!r}")
    if version > VERSION:
        raise InputError(
            f"{path} was written by a newer assay ({str(manifest.get('assay'))[:40]!r}, format "
            f"{version}; this one reads up to {VERSION}): update assay"
        )
    return manifest


def _column(path: Path, name: str, dtype: np.dtype[Any], length: int | None) -> NDArray[Any]:
    try:
        # Not np.load: that would also open zip archives, and pickles if asked to.
        column = np.lib.format.open_memmap(path / name, mode="r")
    except (OSError, ValueError, EOFError, TypeError, SyntaxError) as error:
        raise _damaged(path, name, str(error)) from None
    if column.dtype != dtype or column.ndim != 1:
        raise _damaged(path, name, f"holds {column.dtype} {column.shape}, not one row of {dtype}")
    if length is not None and len(column) != length:
        raise _damaged(path, name, f"has {len(column)} entries for {length} cells")
    # A plain array over the map: slices of the memmap class cost three times as much.
    return column.view(np.ndarray)


def _read_evidence(path: Path) -> EvidenceLog:
    offsets = _column(path, OFFSETS, np.dtype("<i8"), None)
    if not len(offsets) or offsets[0] != 0 or np.any(np.diff(offsets) < 0):
        raise _damaged(path, OFFSETS, "offsets do not ascend from 0")
    try:
        with open(path / EVIDENCE, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size != offsets[-1]:
                raise _damaged(path, EVIDENCE, f"has {size} bytes, not {offsets[-1]}")
            return EvidenceLog.over(file, offsets)
    except OSError as error:
        raise _damaged(path, EVIDENCE, str(error.strerror)) from None


def _verify_cells(path: Path, columns: Columns, evidence: int, protections: int) -> None:
    if not len(columns.outcome):
        return
    if columns.outcome.max() >= len(LABELS):
        raise _damaged(path, "outcome.npy", "holds a number that is no outcome")
    if columns.protection.max() >= protections:
        raise _damaged(path, "protection.npy", "points outside the table of protections")
    if columns.evidence.min() < -1 or columns.evidence.max() >= evidence:
        raise _damaged(path, "evidence.npy", "points outside the evidence")
    if not np.isfinite(columns.cpu.sum(dtype=np.float64)):
        raise _damaged(path, "cpu.npy", "holds times that are not numbers")


def _damaged(path: Path, name: str, why: str) -> InputError:
    why = " ".join(why.split())[:300]
    return InputError(f"the matrix at {path} is damaged: {name}: {why}; restore it, or run again")
