"""Names that mean how much is done, and the most that a smoke run does of each.

The same rule holds for arguments, constants, keywords and dictionary keys, in the original and in
every rewrite, so that what a rewrite logs under such a name is what was used.
"""

from __future__ import annotations

import re
from typing import Any

BATCH, ESTIMATORS, EVERY, ROWS, SOLVER, TRIALS = 32, 10, 2, 2000, 60, 3
_limits = {"epoch": 2, "step": 8}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# First match counts. A warm-up or a patience is no length of a run.
_KINDS = [
    (None, r"start|resume|current|patience|seed|decay|best|last|seq|bptt|ahead|size_of"),
    ("one", r"warm_?up_(epochs?|steps?)"),
    (
        "every",
        r"(log|print|report|eval|save|sample|display|plot|val|test|summary|checkpoint|record|show|vis|disp)"
        r"_?(every|every_\w+|n_steps|interval|freq|frequency|steps?|period|iter|epochs?)(_\w+)?$",
    ),
    ("every", r"^(log_every_n_steps|every_n_\w+|check_val_every_n_epoch)$"),
    ("epoch", r"(^|_)(n|num|max|total|nb|train|training)?_?(epochs?|episodes?|rounds)$"),
    ("epoch", r"^(epoch_(num|count|number)|n_epochs?_\w+|epochs_\w+)$"),
    ("trials", r"^(n|num|max|total)_?trials$"),
    ("estimators", r"^(n_estimators|num_boost_round|num_iterations|n_trees|num_trees)$"),
    ("solver", r"^(max_iter|max_iterations|maxiter)$"),
    (
        "step",
        r"(^|_)(n|num|max|total|nb|train|training|global)_?"
        r"(steps?|iters?|iterations?|updates|batches|timesteps|train_steps|train_iters)$",
    ),
    ("step", r"^(iterations|iters|steps|niter|niters|n_iter|steps_per_epoch|validation_steps)$"),
    ("step", r"^limit_\w+_batches$"),
    ("batch", r"(^|_)(batch_?size|bsz|bs|mini_?batch)$"),
    ("rows", r"^(n_samples|num_samples|n_rows|num_examples|n_points|num_points|n_data)$"),
]
_COMPILED = [(kind, re.compile(pattern)) for kind, pattern in _KINDS]


def limit(epochs: int, steps: int) -> None:
    _limits.update(epoch=epochs, step=steps)


def most(kind: str) -> int:
    fixed = {"batch": BATCH, "estimators": ESTIMATORS, "every": EVERY, "rows": ROWS,
             "solver": SOLVER, "trials": TRIALS, "one": 1}  # fmt: skip
    return fixed.get(kind) or _limits[kind]


def kind_of(name: str) -> str | None:
    """What a name counts, if it is one of how much is done."""
    plain = _CAMEL.sub("_", name).lower().lstrip("-").replace("-", "_").strip("_")
    for kind, pattern in _COMPILED:
        if pattern.search(plain):
            return kind
    return None


def capped(name: str, value: Any) -> Any:
    """The value, or the most that is done of what the name counts. A value that is no plain number
    stays, and so does one that means "no bound" (-1, 0)."""
    if type(value) is not int:
        return value
    kind = kind_of(name)
    return value if kind is None else min(value, most(kind))


def batches(batch_size: int | None) -> int:
    """Batches in one pass over data: fewer where they are large."""
    steps = _limits["step"]
    return max(2, min(steps, steps * 64 // max(1, batch_size or 1))) if batch_size else steps
