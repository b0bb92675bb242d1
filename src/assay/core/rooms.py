"""Packages that can be called: `assay.solve(…)` is `assay.solve.solve(…)`, and costs nothing to
import."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    def __call__(self, *positional: Any, **named: Any) -> Any:
        return getattr(self, self.__name__.rpartition(".")[2])(*positional, **named)

    def __getattr__(self, name: str) -> Any:
        where: Mapping[str, str] = self.__dict__["_LAZY"]
        if name not in where:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(where[name]), name)
        setattr(self, name, value)
        return value


def open_room(package: str) -> None:
    """Make a package callable: it does what its function of the same name does. Its `_LAZY` says
    in which module each public name is, and they are imported at first use."""
    sys.modules[package].__class__ = _Room
