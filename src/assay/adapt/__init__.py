"""adapt: MLOps put into a training script, and proven by running both.

>>> import assay                                                        # doctest: +SKIP
>>> found = assay.adapt(Path("train.py"), ["mlflow"])                   # doctest: +SKIP
>>> found.outcome, found.diff                                           # doctest: +SKIP

Facts are read off a script, a plan is made of them and edited in; original and rewrite run in the
jail, offline, on synthetic data; oracles compare what they computed, logged and left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.core.rooms import open_room

if TYPE_CHECKING:
    from assay.adapt.adapting import Adapted, adapt
    from assay.adapt.words import Declined, Finding, Proof, Rewrite, Settings

_LAZY = {
    "Adapted": "assay.adapt.adapting",
    "Declined": "assay.adapt.words",
    "Finding": "assay.adapt.words",
    "Proof": "assay.adapt.words",
    "Rewrite": "assay.adapt.words",
    "Settings": "assay.adapt.words",
    "adapt": "assay.adapt.adapting",
}

__all__ = ["Adapted", "Declined", "Finding", "Proof", "Rewrite", "Settings", "adapt"]

open_room(__name__)
