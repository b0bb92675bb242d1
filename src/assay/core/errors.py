"""Everything that assay raises on purpose.

* AssayError
  + InputError          what was handed in is wrong: names file, line and fault      (exit 2)
    - EnvironmentUnknown
  + HarnessError        our side failed, and no candidate is to blame                (exit 3)
    - EnvironmentBuildError
    - ProtectionError   the jail is weaker than the floor that was asked for
    - StoreError        the verdict store cannot be read or written
  + Interrupted         stopped by the user; what was finished is kept               (exit 4)

Every message says what happened, where, and what to do next.
"""

from __future__ import annotations


class AssayError(Exception):
    """Base of all errors that assay raises on purpose."""

    exit_code = 3


class InputError(AssayError):
    """What was handed in is wrong."""

    exit_code = 2


class EnvironmentUnknown(InputError):
    """No environment has that name."""


class HarnessError(AssayError):
    """Our side failed; no candidate is to blame."""


class EnvironmentBuildError(HarnessError):
    """An environment could not be built."""


class ProtectionError(HarnessError):
    """The jail is weaker than the floor that was asked for."""


class StoreError(HarnessError):
    """The verdict store cannot be read or written."""


class Interrupted(AssayError):
    """Stopped by the user; what was finished is kept, and the same command goes on from there."""

    exit_code = 4
