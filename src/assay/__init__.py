"""assay finds out by test what machine-written ML code is really made of.

>>> import assay
>>> candidates = [assay.Candidate("a", "double", "def double(x): return 2 * x")]
>>> checks = [assay.Check("two", "double", call="double(1)", expected=2)]
>>> matrix = assay.run(candidates, checks)              # doctest: +SKIP
>>> matrix.verdict("a", "two").outcome                  # doctest: +SKIP
<Outcome.PASSED: 0>
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from assay.core.errors import (
    AssayError,
    EnvironmentBuildError,
    EnvironmentUnknown,
    HarnessError,
    InputError,
    Interrupted,
    ProtectionError,
    StoreError,
)
from assay.core.outcomes import Outcome
from assay.core.words import (
    EXACT,
    Candidate,
    Check,
    Environment,
    Evidence,
    Limits,
    Target,
    Task,
    Tolerance,
    Verdict,
)

if TYPE_CHECKING:
    from assay.adapt.adapting import adapt
    from assay.core.matrix import Matrix
    from assay.engine.run import run
    from assay.solve.solving import solve

__version__ = "0.1.0"

# Resolved at first use: numpy and the engine would cost `import assay` most of its time.
_LAZY = {"Matrix": "assay.core.matrix", "run": "assay.engine.run"}
# Packages that are called like the function of their name.
_ROOMS = ("adapt", "solve")

__all__ = [
    "EXACT",
    "AssayError",
    "Candidate",
    "Check",
    "Environment",
    "EnvironmentBuildError",
    "EnvironmentUnknown",
    "Evidence",
    "HarnessError",
    "InputError",
    "Interrupted",
    "Limits",
    "Matrix",
    "Outcome",
    "ProtectionError",
    "StoreError",
    "Target",
    "Task",
    "Tolerance",
    "Verdict",
    "__version__",
    "adapt",
    "run",
    "solve",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        value = getattr(importlib.import_module(_LAZY[name]), name)
        globals()[name] = value
        return value
    if name in _ROOMS:
        return importlib.import_module(f"assay.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
