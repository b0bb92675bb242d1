"""Environments: locked sets of packages, found by name or path and built once into the cache."""

from assay.engine.environments.build import (
    Built,
    Record,
    built,
    full_digest,
    path,
    prepare,
    remove,
    tree,
)
from assay.engine.environments.catalogue import PYTHON, load, names

__all__ = [
    "PYTHON",
    "Built",
    "Record",
    "built",
    "full_digest",
    "load",
    "names",
    "path",
    "prepare",
    "remove",
    "tree",
]
