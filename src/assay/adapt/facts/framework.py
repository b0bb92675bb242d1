"""Which frameworks a script trains with."""

from __future__ import annotations

import libcst as cst

from assay.adapt.facts.source import Source
from assay.adapt.facts.words import Framework

_BY_PACKAGE: dict[str, Framework] = {
    "torch": "torch",
    "lightning": "lightning",
    "pytorch_lightning": "lightning",
    "keras": "keras",
    "tensorflow": "keras",
    "sklearn": "sklearn",
    "xgboost": "boosting",
    "lightgbm": "boosting",
    "transformers": "transformers",
}


def imported(source: Source) -> dict[str, int]:
    """The modules that a script imports, in full, with the line of each."""
    found: dict[str, int] = {}
    for plain in source.all(cst.Import):
        for alias in plain.names:
            found.setdefault(source.code(alias.name), source.line(plain))
    for node in source.all(cst.ImportFrom):
        line = source.line(node)
        if node.module is not None and not node.relative:
            module = source.code(node.module)
            found.setdefault(module, line)
            if not isinstance(node.names, cst.ImportStar):
                for alias in node.names:
                    found.setdefault(f"{module}.{source.code(alias.name)}", line)
    return found


def frameworks(source: Source) -> tuple[Framework, ...]:
    """The frameworks whose packages are imported, without order."""
    packages = {name.split(".")[0] for name in imported(source)}
    return tuple(sorted({_BY_PACKAGE[name] for name in packages if name in _BY_PACKAGE}))
