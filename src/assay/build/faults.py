"""What goes wrong while a benchmark is made out of a library, by step and cause.

* AssayError
  + InputError
    - BuildFault        a step could not do its work: which step, why, and what to do next (exit 2)
"""

from __future__ import annotations

from assay.core.errors import InputError


class BuildFault(InputError):
    """A step of a build could not do its work; the causes are a line each.

    `step` is the step's name (`fetch`, `needs`, `tests`, …), `cause` a short name of the kind of
    fault that programs can tell apart (`hash`, `not found`, `network`, …).
    """

    def __init__(self, step: str, cause: str, message: str) -> None:
        super().__init__(f"{step}: {message}")
        self.step = step
        self.cause = cause
