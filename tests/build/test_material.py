"""The reference of a task is a program of its own, whatever its module imports."""

from __future__ import annotations

import ast
from pathlib import Path

from assay.build.material import material

TOOLS = "def half(x):\n    return x / 2\n\n\ndef twice(x):\n    return 2 * x\n"
MODULE = '''\
from mine.tools import *


def scaled(values, *, by=1.0):
    """Scale."""
    kept = [twice(value) * by for value in values]

    def total(parts):
        return sum(parts)

    return half(total(kept))


class Scaler:
    """Scales."""

    def __init__(self, by):
        self.by = by

    def apply(self, values, **kwargs):
        result = half(self.by)
        return [result * value for value in values]
'''


def imported(program: str) -> set[str]:
    return {
        alias.name
        for node in ast.walk(ast.parse(program))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_what_a_star_brings_is_imported_and_nothing_else(tmp_path: Path) -> None:
    package = tmp_path / "mine"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "tools.py").write_text(TOOLS)
    (package / "scale.py").write_text(MODULE)
    assert imported(material(tmp_path, "mine.scale.scaled", None).reference) == {"half", "twice"}
    assert imported(material(tmp_path, "mine.scale.Scaler", None).reference) == {"half"}
    method = material(tmp_path, "mine.scale.Scaler.apply", None)
    assert imported(method.reference) == {"half", "Scaler"}
