"""Tuning of one estimator of scikit-learn or in its manner: cross-validation over its training
data, shuffled, ahead of the script's own fit."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

import libcst as cst

from assay.adapt.facts import Call, Model
from assay.adapt.planning import Draft, Refusal
from assay.adapt.pruning import sites
from assay.adapt.tuning.goals import ASK

N_TRIALS = 20
_FOLDS = 3
_WIDTH = 88
_REASON = "what is tuned is the script's own estimator, which it then fits as before"
# What is worth a search, with the value that it has where the script says none.
_SEARCHED: tuple[tuple[str, dict[str, float | None]], ...] = (
    (r"LogisticRegression|LinearSV[CR]|SV[CR]", {"C": 1.0}),
    (r"Ridge(Classifier)?|Lasso|KernelRidge", {"alpha": 1.0}),
    (r"ElasticNet", {"alpha": 1.0, "l1_ratio": 0.5}),
    (r"SGD(Classifier|Regressor)", {"alpha": 1e-4}),
    (r"(Multinomial|Bernoulli|Complement)NB", {"alpha": 1.0}),
    (r"MLP(Classifier|Regressor)", {"learning_rate_init": 1e-3, "alpha": 1e-4}),
    (r"(RandomForest|ExtraTrees)(Classifier|Regressor)",
     {"n_estimators": 100, "max_depth": None, "min_samples_leaf": 1}),
    (r"(DecisionTree|ExtraTree)(Classifier|Regressor)", {"max_depth": None, "min_samples_leaf": 1}),
    (r"HistGradientBoosting(Classifier|Regressor)", {"learning_rate": 0.1, "max_leaf_nodes": 31}),
    (r"(GradientBoosting|XGB|LGBM)(Classifier|Regressor)",
     {"learning_rate": 0.1, "n_estimators": 100, "max_depth": 3}),
    (r"AdaBoost(Classifier|Regressor)", {"learning_rate": 1.0, "n_estimators": 50}),
    (r"KNeighbors(Classifier|Regressor)", {"n_neighbors": 5}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Part:
    """The estimator proper: its class, and the name of its step in a pipeline, as a prefix."""

    cls: str
    prefix: str


def plan(draft: Draft, objective: str | None) -> None:
    """A study ahead of the fit, whose best parameters the estimator is given."""
    fit, model = _one(draft)
    part = _part(draft, model)
    space = next((dict(one) for cls, one in _SEARCHED if re.fullmatch(cls, part.cls)), None)
    if space is None:
        raise Refusal(f"what to search of {part.cls} is not known; name its parameters by hand",
                      model.line)  # fmt: skip
    if objective is not None and objective not in ("accuracy", "r2", "score", "f1", "f1_macro"):
        raise Refusal(f"`{objective}` is no score that cross-validation of {model.name} can be "
                      "asked for here: there are accuracy, r2, f1, f1_macro", fit.line)  # fmt: skip
    before = _first_use(draft, fit, model)
    lines = _lines(draft, fit, model, part, space, objective)
    draft.insert(sites.first_line(draft, before) - 1, lines, draft.indent_of(before), _REASON,
                 outside=True)  # fmt: skip
    sites.helper(draft, f"N_TRIALS = {N_TRIALS}", draft.source.line(before), "how long to search")
    kind = _fold(part.cls)
    _import(draft, "sklearn.base", "clone")
    _import(draft, "sklearn.model_selection", kind, "cross_val_score")
    draft.claim("objective", {"expression": f"cross-validated {objective or 'score'}",
                              "direction": "maximize"})  # fmt: skip
    draft.claim("searched", *({"name": f"{part.prefix}{name}"} for name in space))


def _import(draft: Draft, module: str, *names: str) -> None:
    """Import what the script has not under these names."""
    known = {draft.source.named(node) for node in draft.source.all(cst.Name)}
    missing = [one for one in names if f"{module}.{one}" not in known]
    if missing:
        draft.need(f"from {module} import {', '.join(missing)}")


def _one(draft: Draft) -> tuple[Call, Model]:
    """The one fit of the one estimator. Refusal where several are compared."""
    facts = draft.facts
    models = {one.name: one for one in facts.models if one.framework in ("sklearn", "boosting")}
    fits = [one for one in facts.calls if one.kind == "fit"]
    process = next((one for one in models.values() if "gaussian_process" in one.qualified), None)
    if process is not None:
        raise Refusal("fitting sets the kernel's parameters by marginal likelihood: there is "
                      "nothing left for a search", process.line)  # fmt: skip
    if any(".decomposition." in one.qualified for one in models.values()):
        raise Refusal("what is fitted predicts nothing, so no score says which settings are best",
                      next(iter(models.values())).line)  # fmt: skip
    estimators = {one.object for one in fits}
    if len(models) > 1 or len(estimators) > 1 or any(one.loop for one in fits):
        line = min([*(one.line for one in models.values()), *(one.line for one in fits)])
        raise Refusal("the script compares estimators or settings on purpose, which a search would "
                      "make one", line)  # fmt: skip
    if len(fits) != 1 or fits[0].object not in models:
        where = fits[0].line if fits else None
        raise Refusal("which estimator the script is about is not to be seen: what is fitted is "
                      "compared, or made where it is fitted", where)  # fmt: skip
    fit = fits[0]
    function = draft.function(fit.function)
    if function is not None and len(draft.flow.callers(function)) > 1:
        raise Refusal(f"`{fit.function}` is called several times, to compare settings, which a "
                      "search would make one", fit.line)  # fmt: skip
    if len(fit.arguments) != 2:
        raise Refusal("fit() is given no targets, so nothing can be held out to search by; " + ASK,
                      fit.line)  # fmt: skip
    return fit, models[fit.object]


def _part(draft: Draft, model: Model) -> _Part:
    source = draft.source
    short = model.qualified.rsplit(".", 1)[-1]
    if short not in ("Pipeline", "make_pipeline", "TransformedTargetRegressor"):
        return _Part(short, "")
    statement = draft.statement_at(model.line)
    for call in reversed(source.within(statement, cst.Call)):
        name = source.named(call.func).rsplit(".", 1)[-1]
        if any(re.fullmatch(cls, name) for cls, _ in _SEARCHED):
            around = source.parent(source.parent(call) or call)
            step = name.lower()
            if short == "Pipeline" and isinstance(around, cst.Tuple):
                step = source.code(around.elements[0].value).strip("'\"")
            return _Part(name, f"{step}__")
    raise Refusal("which step of the pipeline is the estimator is not to be seen", model.line)


def _first_use(draft: Draft, fit: Call, model: Model) -> cst.BaseStatement:
    """The fit, or what is done with the estimator ahead of it in the same function."""
    source = draft.source
    found = draft.statement_at(fit.line, fit.end_line)
    for one in draft.facts.calls:
        uses = model.name in (one.object, *one.arguments)
        if (
            uses
            and one.kind in ("score", "evaluate")
            and one.function == fit.function
            and one.line < source.line(found)
        ):
            found = draft.statement_at(one.line, one.end_line)
    return found


def _lines(
    draft: Draft, fit: Call, model: Model, part: _Part, space: dict[str, float | None],
    objective: str | None,
) -> list[str]:  # fmt: skip
    asked = [(f"{part.prefix}{name}", _ask(draft, part, name, usual))
             for name, usual in space.items()]  # fmt: skip
    known = [name for name, call in asked if call[1] != "None"]
    name, study = draft.free("objective", "tuned_score"), draft.free("study", "search")
    usual = draft.free("usual", "own_params")
    scoring = f', scoring="{objective}"' if objective not in (None, "score") else ""
    return [
        *_gap(draft, sites.first_line(draft, _first_use(draft, fit, model))),
        f"def {name}(trial):",
        f"    candidate = clone({model.name}).set_params(",
        *(line for key, (call, _) in asked for line in _asking(key, call)),
        "    )",
        f"    folds = {_fold(part.cls)}({_FOLDS}, shuffle=True, random_state=0)",
        f"    scores = cross_val_score(candidate, {', '.join(fit.arguments)}, cv=folds{scoring})",
        "    return scores.mean()",
        "",
        f'{study} = optuna.create_study(direction="maximize", '
        "sampler=optuna.samplers.TPESampler(seed=0))",
        f"{usual} = {model.name}.get_params()",
        f"{study}.enqueue_trial({{",
        *(f'    "{one}": {usual}["{one}"],' for one in known),
        "})",
        f"{study}.optimize({name}, n_trials=N_TRIALS)",
        f"{model.name}.set_params(**{study}.best_params)",
    ]


def _gap(draft: Draft, line: int) -> list[str]:
    """A blank line ahead of a function, where there is none."""
    before = draft.source.lines[line - 2].strip() if line > 1 else ""
    return [""] if before and not before.endswith(":") else []


def _asking(key: str, call: str) -> list[str]:
    line = f"        {key}={call},"
    if len(line) <= _WIDTH:
        return [line]
    head, inner = call[:-1].split("(", 1)
    return [f"        {key}={head}(", f"            {inner}", "        ),"]


def _fold(cls: str) -> str:
    regresses = re.search(r"Regressor|SVR|Ridge$|Lasso|ElasticNet", cls)
    return "KFold" if regresses else "StratifiedKFold"


def _ask(draft: Draft, part: _Part, name: str, usual: float | None) -> tuple[str, str]:
    """The call that asks a trial, and the present value as far as it can be read."""
    value = _present(draft, name, usual)
    key = f'"{part.prefix}{name}"'
    if value is None:
        return f"trial.suggest_int({key}, 2, 32)", "None"
    told = str(value)
    if name in ("C", "alpha", "learning_rate", "learning_rate_init"):
        return f"trial.suggest_float({key}, {value / 100:.6g}, {value * 100:.6g}, log=True)", told
    if name == "l1_ratio":
        return f"trial.suggest_float({key}, 0.0, 1.0)", told
    whole = int(value)
    low, high = (1, max(10, whole)) if whole < 8 else (max(2, whole // 10), whole * 2)
    return f"trial.suggest_int({key}, {low}, {high})", told


def _present(draft: Draft, name: str, usual: float | None) -> float | None:
    """The value that the script writes under that name; the library's own where it writes none."""
    for one in draft.facts.arguments:
        for option in one.options:
            if option.name == name and option.default is not None:
                return _number(option.default, usual)
    found = re.search(rf"\b{name}[\"']?\s*[=:]\s*([\w.+-]+)", draft.source.text)
    return _number(found.group(1), usual) if found else usual


def _number(text: str, usual: float | None) -> float | None:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return usual
    return value if type(value) in (int, float) else usual
