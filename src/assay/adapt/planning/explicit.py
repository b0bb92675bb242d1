"""Tracking by explicit calls: plain PyTorch, loops by hand, estimators of scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from assay.adapt.dialects import Dialect
from assay.adapt.facts import Call, Metric, Model
from assay.adapt.planning import boosting, each_fit, fitted, logging, nested, parameters, regions
from assay.adapt.planning.logging import Placed
from assay.adapt.planning.parameters import Parameters
from assay.adapt.planning.words import Draft, Refusal


def plan(draft: Draft, dialect: Dialect) -> None:
    """Put tracking in; Refusal where nothing can be logged under a true name and step."""
    facts = draft.facts
    sites = training_sites(draft)
    found = _of_trained(draft, reached(draft, facts.metrics), sites)
    several = nested.several(found)
    if several and dialect.nested is None:
        one, other = sorted(several, key=lambda metric: metric.line)[:2]
        raise Refusal(
            f"several trainings: both line {one.line} and line {other.line} compute "
            f"`{one.name}`; keep them in scripts of their own and adapt each",
            other.line,
        )
    placed, refused = logging.place(draft, found)
    placed = apart(placed)
    fits = [call for call in facts.calls if call.kind in ("fit", "search")]
    evaluated = boosting.find(draft, [call for call in facts.calls if call.trains])
    if not (placed or evaluated) and each_fit.plan(draft, dialect, sites):
        return
    if not (placed or evaluated):
        of_fits = reached(draft, list(fitted.figures(draft, fits)))
        placed = apart(logging.place(draft, of_fits)[0])
    if not (placed or evaluated):
        raise (
            refused[0]
            if refused
            else Refusal(
                "the script computes no figure that could be logged: give a loss or a score a name",
                facts.steps[0] if facts.steps else fits[0].line if fits else None,
            )
        )
    run = draft.free(dialect.run, f"{dialect.name}_{dialect.run}") if dialect.run else ""
    region = regions.find(draft, [one.statement for one in placed] + sites)
    automatic = _automatic(draft, dialect, fits)
    known = parameters.find(draft, region)
    if not facts.steps and not automatic:
        said = known if facts.arguments or facts.configurations else []
        known = said or _with_constants(dialect, _of_estimators(draft, region), known)
    elif automatic:
        why = "the parameters of the estimator are logged by MLflow"
        draft.insert(region.first - 1, automatic, region.indent, why, outside=True)
        draft.claim("automatic", "sklearn")
        known = []
    inside = [line for one in known if one.after is None
              for line in parameters.lines(dialect, one, run)]  # fmt: skip
    inside += axes(dialect, placed)
    draft.need(*dialect.imports, first=dialect.import_first)
    logs = [one.statement for one in placed] + [one.statement for one in evaluated]
    regions.share(draft, region, run, logs)
    boosting.write(draft, dialect, evaluated, run)
    regions.open_run(draft, region, dialect, run, inside)
    write_parameters(draft, dialect, known, run)
    logging.write(draft, dialect, placed, run)
    if dialect.nested is not None:
        series = [one for one in placed if one.step and one.metric.level != "final"]
        again = [one for each in series for one in nested.repeats(draft, each.statement)]
        again += nested.each_of(draft, several)
        nested.open_runs(draft, dialect, region, again)
    nested.open_handed(draft, dialect, sites)
    for refusal in refused:
        draft.claim("left_out", {"reason": refusal.reason, "line": refusal.line})


def write_parameters(draft: Draft, dialect: Dialect, known: Sequence[Parameters], run: str) -> None:
    """The parameters that are known within a function, and the claim of all."""
    for one in known:
        if one.after is not None:
            lines = logging.guarded(draft, parameters.lines(dialect, one, run), run)
            draft.insert(one.after, lines, one.indent, "parameters as the script uses them")
        draft.claim("parameters", {"expression": one.expression, "names": list(one.names),
                                   "line": one.line})  # fmt: skip


def axes(dialect: Dialect, placed: Sequence[Placed]) -> list[str]:
    """Where steps may not go back: which metrics have the epoch as their axis."""
    if not dialect.forward_only or dialect.axis is None or not logging.has_axes(placed):
        return []
    names = {one.metric.name: logging.AXES[one.metric.level] for one in placed
             if one.step is not None and not one.metric.dynamic}  # fmt: skip
    return [dialect.axis.write(metric=f'"{name}"', step=f'"{axis}"')
            for name, axis in names.items()]  # fmt: skip


def reached(draft: Draft, metrics: Sequence[Metric]) -> list[Metric]:
    """The metrics that the script ever computes."""
    return [
        metric
        for metric in metrics
        if regions.is_reached(draft, draft.statement_at(metric.line, metric.end_line))
    ]


def _of_trained(
    draft: Draft, metrics: Sequence[Metric], sites: Sequence[cst.CSTNode]
) -> Sequence[Metric]:
    """The metrics without those figures that are reckoned before training begins, where there are
    others."""
    first = regions.find(draft, sites)
    function = draft.source.name_of(first.function)
    kept = [metric for metric in metrics if metric.level != "final" or metric.function != function
            or metric.end_line >= first.first]  # fmt: skip
    return kept or metrics


def apart(placed: list[Placed]) -> list[Placed]:
    """One series for each name: the first one that a training computes."""
    kept = {(one.metric.name, nested.training(one.metric)): one for one in reversed(placed)}
    return list(kept.values())[::-1]


def training_sites(draft: Draft) -> list[cst.CSTNode]:
    """The statements that train, as far as the script gets there; Refusal where it never does."""
    every: list[cst.CSTNode] = list(draft.loops.steps)
    every += [
        draft.statement_at(call.line, call.end_line) for call in draft.facts.calls if call.trains
    ]
    sites = [site for site in every if regions.is_reached(draft, site)]
    if not sites:
        function = draft.source.name_of(draft.source.function_of(every[0]))
        raise Refusal(f"`{function}` trains and is never called in the script: adapt the script "
                      "that calls it", draft.source.line(every[0]))  # fmt: skip
    return sites


def evaluations(draft: Draft) -> list[cst.CSTNode]:
    """The statements that evaluate, as far as the script gets there."""
    sites: list[cst.CSTNode] = [
        draft.statement_at(call.line, call.end_line)
        for call in draft.facts.calls
        if call.kind == "evaluate"
    ]
    return [site for site in sites if regions.is_reached(draft, site)]


def _automatic(draft: Draft, dialect: Dialect, fits: Sequence[Call]) -> list[str]:
    """MLflow's autolog for scikit-learn, where one estimator is fitted once and it covers all."""
    recipe = dialect.automatic.get("sklearn")
    facts = draft.facts
    if recipe is None or facts.steps or facts.arguments or facts.configurations or len(fits) != 1:
        return []
    if len(each_fit.scored_fits(draft)) > 1:
        return []  # one of them of what has no name: `model.set_params(…).fit(…)`
    # Autolog would take each fit of a cross-validation for the training.
    if any("model_selection" in call.method for call in facts.calls):
        return []
    fit = fits[0]
    model = next((m for m in facts.models if m.name == fit.object), None)
    function = draft.function(fit.function)
    often = function is not None and len(draft.flow.calls.get(function, [])) > 1
    often = often or nested.handed(draft, draft.statement_at(fit.line, fit.end_line)) is not None
    if model is None or model.framework != "sklearn" or fit.loop or often or fit.kind == "search":
        return []
    return list(recipe.lines)


def _with_constants(
    dialect: Dialect, estimators: list[Parameters], constants: list[Parameters]
) -> list[Parameters]:
    """The estimators' parameters; where all are known late only, the script's constants first."""
    if any(one.after is None for one in estimators):
        return estimators
    return [*constants, *([] if constants and dialect.settings_first else estimators)]


def _of_estimators(draft: Draft, region: regions.Region) -> list[Parameters]:
    """What the estimators that are fitted were made with."""
    facts = draft.facts
    trained = {name for call in facts.calls if call.kind in ("fit", "search")
               for name in (call.object, *call.assigned)}  # fmt: skip
    trained |= {name for call in facts.calls if "cross_val" in call.method
                for name in call.arguments[:1]}  # fmt: skip
    models = [m for m in facts.models
              if m.name in trained and m.framework in ("sklearn", "boosting")
              and not m.qualified.endswith(".train")]  # fmt: skip
    found = _of_module(draft, region, [m for m in models if not m.function])
    for model in models:
        function = draft.function(model.function)
        if function is None or len(draft.flow.calls.get(function, [])) > 1:
            continue
        statement = draft.statement_at(model.line)
        in_loop = bool(draft.source.loops_of(statement))
        in_block = draft.source.block_of(statement) is not None
        reaches = regions.is_reached(draft, statement)
        if in_block and reaches and not in_loop and not found:
            found.append(_params(model, draft.source.end_line(statement),
                                 draft.indent_of(statement)))  # fmt: skip
    return found or _of_chosen(draft)


def _of_module(draft: Draft, region: regions.Region, models: Sequence[Model]) -> list[Parameters]:
    """Those of estimators that the script makes outside of functions and loops: before the run, or
    while it is open. Where there are several, each has its name before its parameters, or its
    class where a name is used again; of what has both in common the first counts."""
    made = []
    for model in models:
        statement = draft.statement_at(model.line)
        one_block = draft.source.block_of(statement) is draft.source.block_of(region.block[0])
        if model.line < region.first or (one_block and model.line <= region.last):
            made.append((model, draft.source.end_line(statement)))
    names = [model.name for model, _ in made]
    alike = len(set(names)) < len(names)
    labels = [model.cls.rsplit(".", 1)[-1] if alike else model.name for model, _ in made]
    found: dict[str, Parameters] = {}
    for (model, end), label in zip(made, labels, strict=True):
        after = None if model.line < region.first else end
        own = _params(model, after, region.indent, label if len(made) > 1 else "")
        found.setdefault(label, own)
    return list(found.values())


def _of_chosen(draft: Draft) -> list[Parameters]:
    """What the estimator was made with that was chosen from several: `best = MODELS[name].fit(…)`,
    where that is done once."""
    for call in draft.facts.calls:
        if call.kind != "fit" or "[" not in call.object or len(call.assigned) != 1 or call.loop:
            continue
        statement, name = draft.statement_at(call.line, call.end_line), call.assigned[0]
        if name.isidentifier() and regions.is_reached(draft, statement):
            return [Parameters(f"{name}.get_params()", (name,), call.end_line,
                               draft.indent_of(statement), call.line)]  # fmt: skip
    return []


def _params(model: Model, after: int | None, indent: str, label: str = "") -> Parameters:
    expression = f"{model.name}.get_params()"
    # They hold estimators and kernels, which trackers keep as texts of their own making.
    holds = model.qualified.startswith(
        ("sklearn.pipeline.", "sklearn.gaussian_process.", "sklearn.model_selection.")
    )
    if holds or label:
        key = f'f"{label}/{{key}}"' if label else "key"
        value = "str(value)" if holds else "value"
        expression = f"{{{key}: {value} for key, value in {expression}.items()}}"
    return Parameters(expression, (model.name,), after, indent, model.line)
