"""Training that a library does: what to search by, from what it measures on validation data."""

from __future__ import annotations

import re
from collections.abc import Mapping

import libcst as cst

from assay.adapt.facts import Call
from assay.adapt.planning import Draft, Refusal
from assay.adapt.pruning.lightning import one_fit
from assay.adapt.tuning.goals import ASK, Goal, direction_of, says

_MONITORS = ("EarlyStopping", "ModelCheckpoint")
_VALIDATION = "val|valid|validation|dev"


def of_library(draft: Draft) -> tuple[Call, ...]:
    """The calls of `fit` of Lightning's Trainer or of a Keras model, where that is what trains:
    one, or the stages of one Keras model's training, in order."""
    facts = draft.facts
    if facts.steps and "lightning" not in facts.frameworks:
        return ()
    if not {"lightning", "keras"} & set(facts.frameworks):
        return ()
    found = [one for one in facts.calls if one.kind == "fit" and one.method == "fit"]
    models = [one for one in facts.models if found and one.name == found[0].object]
    stages = len(found) > 1 and len(models) == 1 and "lightning" not in facts.frameworks
    if stages and all(
        (one.object, one.function, one.loop) == (models[0].name, models[0].function, None)
        for one in found
    ):
        return tuple(found)
    return (one_fit(draft),)


def goal(draft: Draft, stages: tuple[Call, ...], objective: str | None) -> Goal:
    """The validation figure that the library's own record has when the last `fit` has ended.
    Refusal where it has none."""
    if "lightning" in draft.facts.frameworks:
        return _of_lightning(draft, stages[-1], objective)
    return _of_keras(draft, stages, objective)


def spare_checkpoints(draft: Draft, fit: Call) -> None:
    """Have Lightning's trials keep no checkpoints and no logs: the last round then leaves what the
    script left, under the same names."""
    source = draft.source
    if "lightning" not in draft.facts.frameworks or "enable_checkpointing=False" in source.text:
        return
    known = {source.named(node).rsplit(".", 1)[-1] for node in source.all(cst.Name)}
    if "ModelCheckpoint" not in known:
        old = re.search(r"^\s*(import|from) pytorch_lightning", source.text, re.M)
        package = "pytorch_lightning" if old else "lightning.pytorch"
        draft.need(f"from {package}.callbacks import ModelCheckpoint")
    # It refuses to work without a logger.
    kinds = "ModelCheckpoint"
    if "LearningRateMonitor" in known:
        kinds = "(ModelCheckpoint, LearningRateMonitor)"
    statement = draft.statement_at(fit.line, fit.end_line)
    step = source.module.default_indent
    draft.insert(source.line(statement) - 1, [
        "if searching:  # trials leave no checkpoints and no logs",
        f"{step}{fit.object}.loggers = []",
        f"{step}{fit.object}.callbacks = [",
        f"{step}{step}one for one in {fit.object}.callbacks",
        f"{step}{step}if not isinstance(one, {kinds})",
        f"{step}]",
    ], draft.indent_of(statement), "a trial leaves no files")  # fmt: skip


def _of_lightning(draft: Draft, fit: Call, objective: str | None) -> Goal:
    if not re.fullmatch(r"[\w.]+", fit.object):
        raise Refusal("the Trainer has no name, so what it measured cannot be asked for: put it "
                      "into a variable first", fit.line)  # fmt: skip
    logged = _logged(draft)
    name = objective or _monitored(draft, logged) or _preferred(logged)
    if name is None:
        raise Refusal("the LightningModule logs nothing on validation data that a search could go "
                      "by; " + ASK, fit.line)  # fmt: skip
    direction = direction_of(name)
    if direction is None or (objective and objective not in logged):
        raise Refusal(f"`{name}` is not logged, or its name does not say which way is better; "
                      f"there are {', '.join(logged) or 'no metrics'}", fit.line)  # fmt: skip
    return Goal(f'{fit.object}.callback_metrics["{name}"].item()', direction, False)


def _logged(draft: Draft) -> list[str]:
    """The names under which the script's LightningModules log; those of a metric collection with
    its prefix."""
    source = draft.source
    found: dict[str, None] = {}
    for call in source.all(cst.Call):
        method = source.code(call.func)
        if method == "self.log" and call.args:
            value = call.args[0].value
            if isinstance(value, cst.SimpleString):
                found[str(value.evaluated_value)] = None
            elif isinstance(value, cst.FormattedString):
                found.update(dict.fromkeys(_formatted(draft, value)))
        elif method == "self.log_dict" and call.args:
            for text in source.within(call.args[0].value, cst.SimpleString):
                found[str(text.evaluated_value)] = None
    return list(found)


def _formatted(draft: Draft, value: cst.FormattedString) -> list[str]:
    """`f"{part}/loss"`, with what the callers of its function give as `part`."""
    source = draft.source
    function = source.function_of(value)
    names = [source.code(one.expression) for one in value.parts
             if isinstance(one, cst.FormattedStringExpression)]  # fmt: skip
    if function is None or len(names) != 1 or names[0] not in draft.flow.parameters(function):
        return []
    given = [
        text
        for call in draft.flow.callers(function)
        if isinstance(call, cst.Call)
        and (text := draft.flow.argument(call, function, names[0])) is not None
    ]
    shape = source.code(value)[2:-1]
    return [shape.replace(f"{{{names[0]}}}", text.strip("'\"")) for text in given]


def _monitored(draft: Draft, logged: list[str]) -> str | None:
    """What the script's own callbacks watch, where they watch one thing; `mode` may say the way."""
    found = set()
    for call in draft.source.all(cst.Call):
        if draft.source.named(call.func).rsplit(".", 1)[-1] not in _MONITORS:
            continue
        for arg in call.args:
            first = arg.keyword is None and arg is call.args[0]
            if (first or (arg.keyword and arg.keyword.value == "monitor")) and isinstance(
                arg.value, cst.SimpleString
            ):
                found.add(str(arg.value.evaluated_value))
    usable = [one for one in found if says(one, _VALIDATION) and direction_of(one)]
    return usable[0] if len(usable) == 1 and (logged or usable) else None


def _preferred(names: list[str]) -> str | None:
    usable = [one for one in names if says(one, _VALIDATION) and direction_of(one)]
    usable.sort(key=lambda one: direction_of(one) != "minimize")
    return usable[0] if usable else None


def _of_keras(draft: Draft, stages: tuple[Call, ...], objective: str | None) -> Goal:
    fit = stages[-1]
    name = objective or "val_loss"
    if not name.startswith("val_") or direction_of(name) is None:
        raise Refusal(f"`{name}` is no validation figure of fit(), or its name does not say which "
                      "way is better; there is val_loss", fit.line)  # fmt: skip
    arrays, held_out = _arrays(draft, stages)
    history = fit.assigned[0] if fit.assigned else _kept(draft, fit)
    direction = direction_of(name) or ""
    values = f'{history}.history["{name}"]'
    is_best = "restore_best_weights=True" in draft.source.text
    best = "min" if direction == "minimize" else "max"
    expression = f"{best}({values})" if is_best else f"{values}[-1]"
    return Goal(expression, direction, False, arrays=arrays, held_out=held_out)


def _arrays(draft: Draft, stages: tuple[Call, ...]) -> tuple[Mapping[str, str], str | None]:
    """The training arrays of which a part has to be held back, each with the name that the part is
    given, and a name for all of them where fit() is given no validation data; none where it has
    validation data. Refusal where it has not, and its data are no arrays with names."""
    checked = [dict(one.keywords).get("validation_data") for one in stages]
    if "validation_split" in dict(stages[-1].keywords) or (
        checked[-1] and not _is_test(checked[-1])
    ):
        return {}, None
    pairs: dict[str, str] = {}
    for fit, given in zip(stages, checked, strict=True):
        keywords = dict(fit.keywords)
        data = [*fit.arguments[:2], *(keywords[key] for key in ("x", "y") if key in keywords)]
        held = _names(given) if given else [draft.free(f"{one}_held_out") for one in data[:2]]
        if len(data) != 2 or len(held) != 2 or not all(map(str.isidentifier, (*data, *held))):
            what = (
                f"is test data ({given}), which a search must not touch" if given else "is missing"
            )
            raise Refusal(f"the validation data of fit() {what}: split off validation data, or "
                          + ASK, fit.line)  # fmt: skip
        pairs.update(zip(data, held, strict=True))
    if any(checked):
        return pairs, None
    name = draft.free("held_out", "held_out_data")
    for fit in stages:
        _give(draft, fit, f", validation_data={name}")
    return pairs, name


def _is_test(given: str) -> bool:
    return says(given, "test") and not says(given, _VALIDATION)


def _names(text: str) -> list[str]:
    """The elements of a tuple, as written."""
    return [one.strip() for one in text.strip("()[], \n").split(",")]


def _give(draft: Draft, fit: Call, text: str) -> None:
    """Another argument for a call of fit()."""
    source = draft.source
    statement = draft.statement_at(fit.line, fit.end_line)
    call = next(one for one in source.within(statement, cst.Call)
                if source.code(one.func) == f"{fit.object}.fit")  # fmt: skip
    end = source.span(call.args[-1].value).end
    draft.replace(end.line, end.column, end.column, text, "what the search is judged by")


def _kept(draft: Draft, fit: Call) -> str:
    """A name for what fit() returns."""
    name = draft.free("history", "fit_history")
    line = draft.source.lines[fit.line - 1]
    at = len(line) - len(line.lstrip())
    draft.replace(fit.line, at, at, f"{name} = ", "the search needs what fit() measured")
    return name
