"""Scripts that fit estimators and compute no figure of their own: MLflow's autolog gives each fit a
run, with the estimator's parameters and its score on the training data."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from assay.adapt.dialects import Dialect
from assay.adapt.facts import framework
from assay.adapt.planning import regions
from assay.adapt.planning.words import Draft, Refusal

# These fit copies of an estimator, and autolog would take each of them for a training.
_FITS_COPIES = ("cross_val", "learning_curve", "validation_curve", "permutation_test_score")


def plan(draft: Draft, dialect: Dialect, sites: Iterable[cst.CSTNode]) -> bool:
    """Switch autolog on before the first fit; False where it would not cover what is trained.
    Refusal where it would change what the script draws."""
    recipe = dialect.automatic.get("sklearn")
    if recipe is None or draft.facts.steps or _fits_elsewhere(draft):
        return False
    region = regions.find(draft, [*sites, *_all_fits(draft)])
    if "random" in framework.imported(draft.source):
        raise Refusal("autolog names its runs by Python's global random numbers, which the script "
                      "draws from, too: give a score a name", region.first)  # fmt: skip
    draft.need(*dialect.imports, first=dialect.import_first)
    draft.insert(region.first - 1, recipe.lines, region.indent,
                 "each fit gets a run with its parameters and its score", outside=True)  # fmt: skip
    draft.claim("automatic", "sklearn")
    return True


def _fits_elsewhere(draft: Draft) -> bool:
    """Whether something is trained that autolog does not see, sees in part, or cannot score."""
    if draft.facts.frameworks != ("sklearn",) or not scored_fits(draft):
        return True
    called = [draft.source.named(call.func) for call in draft.source.all(cst.Call)]
    return any(
        word in name for name in called for word in _FITS_COPIES if name.startswith("sklearn.")
    )


def _all_fits(draft: Draft) -> list[cst.CSTNode]:
    """The statements that fit anything: autolog tells preparations from trainings itself."""
    every: list[cst.CSTNode] = [
        call
        for call in draft.source.all(cst.Call)
        if isinstance(call.func, cst.Attribute) and call.func.attr.value.startswith("fit")
    ]
    return [call for call in every if regions.is_reached(draft, call)]


def scored_fits(draft: Draft) -> list[cst.Call]:
    """The calls of fit() with a target: without one autolog reckons no score."""
    return [
        call
        for call in draft.source.all(cst.Call)
        if isinstance(call.func, cst.Attribute)
        and call.func.attr.value == "fit"
        and len(call.args) > 1
    ]
