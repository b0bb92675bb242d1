"""solve: one trustworthy answer out of many, chosen by running them.

>>> import assay                                                        # doctest: +SKIP
>>> found = assay.solve("Write `area(box)`: …", model="embedded")       # doctest: +SKIP
>>> found.agreed, found.program                                         # doctest: +SKIP

Programs and tests are proposed under a prompt and its mutants; all programs run against all tests
in the jail; a selector reads the table, and the answer comes with its evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.core.rooms import open_room

if TYPE_CHECKING:
    from assay.solve.evidence import RunnerUp, Separation, Solution
    from assay.solve.pool import Progress
    from assay.solve.settings import Jail
    from assay.solve.solving import solve

_LAZY = {
    "Jail": "assay.solve.settings",
    "Progress": "assay.solve.pool",
    "RunnerUp": "assay.solve.evidence",
    "Separation": "assay.solve.evidence",
    "Solution": "assay.solve.evidence",
    "solve": "assay.solve.solving",
}

__all__ = ["Jail", "Progress", "RunnerUp", "Separation", "Solution", "solve"]

open_room(__name__)
