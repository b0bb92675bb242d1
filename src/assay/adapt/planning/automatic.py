"""Tracking by what frameworks offer for it: Lightning's loggers, Keras's callbacks, the Trainer's
`report_to`, and MLflow's autolog where it covers all."""

from __future__ import annotations

import re
from dataclasses import replace

import libcst as cst

from assay.adapt.dialects import Dialect
from assay.adapt.facts import Call, Metric, Model
from assay.adapt.planning import explicit, logging, nested, parameters, regions
from assay.adapt.planning.arguments import add as _add_argument
from assay.adapt.planning.arguments import extend as _extend
from assay.adapt.planning.arguments import set_keyword as _set_keyword
from assay.adapt.planning.words import Draft, Refusal

_OF_TRAINER = ("max_epochs", "min_epochs", "max_steps", "gradient_clip_val",
               "accumulate_grad_batches")  # fmt: skip
_KEPT_BY_KERAS = re.compile(r"(val_)?(loss|acc|accuracy|mae|mse|auc|precision|recall)")


def arguments_of_trainer(draft: Draft) -> cst.Call | None:
    """The call of TrainingArguments, where there is one."""
    for call in draft.source.all(cst.Call):
        if draft.source.named(call.func).endswith("TrainingArguments"):
            return call
    return None


def plan_transformers(draft: Draft, dialect: Dialect) -> None:
    """`report_to` names the component; the run is opened and closed around it."""
    call = arguments_of_trainer(draft)
    assert call is not None
    if not dialect.reports_as:
        raise Refusal(f"the Trainer cannot report to {dialect.name}", draft.source.line(call))
    _set_keyword(draft, call, "report_to", f'"{dialect.reports_as}"',
                 "the Trainer reports its parameters, losses and evaluations")  # fmt: skip
    draft.claim("automatic", "transformers")
    if dialect.run != "writer":
        # The Trainer reports what it evaluates, too, also after training.
        region = regions.find(draft, explicit.training_sites(draft) + _evaluations(draft))
        draft.need(*dialect.imports, first=dialect.import_first)
        run = draft.free(dialect.run) if dialect.run else ""
        regions.open_run(draft, region, dialect, run, [])


def trainers(draft: Draft) -> list[Call]:
    """Lightning's fit calls."""
    return [call for call in draft.facts.calls if call.kind == "fit" and call.method == "fit"]


def plan_lightning(draft: Draft, dialect: Dialect) -> None:
    """The component's logger beside those that the Trainer has, so that its files and checkpoints
    stay where they are."""
    if dialect.logger is None:
        raise Refusal(f"{dialect.name} has no logger for Lightning", trainers(draft)[0].line)
    made = _trainer_statements(draft)
    sites = explicit.training_sites(draft) + _evaluations(draft)
    region = regions.find(draft, [*sites, *(statement for _, statement in made)])
    known = [one for one in parameters.find(draft, region) if ".defaults" not in one.expression]
    draft.claim("automatic", "lightning")
    for name, statement in made:
        _add_logger(draft, dialect, name, statement, known)
    if dialect.logs_into_run:
        draft.need(*dialect.imports)
        regions.open_run(draft, region, dialect, "", [])
    elif dialect.name != "tensorboard":
        draft.need(*dialect.imports, first=dialect.import_first)
        finish = f"{dialect.package}.{'finish' if dialect.name == 'wandb' else 'end'}()"
        draft.order += 1000
        draft.insert(region.last, [finish], region.indent, "ends the logger's run", outside=True)
        draft.order -= 1000


def _add_logger(
    draft: Draft, dialect: Dialect, name: str, statement: cst.BaseStatement,
    known: list[parameters.Parameters],
) -> None:  # fmt: skip
    """After the statement that makes the Trainer: its logger, and the parameters known there."""
    assert dialect.logger is not None
    package, source = _package(draft), draft.source
    lines = [line.replace("trainer.", f"{name}.")
             for line in dialect.logger.write(project=draft.quoted)]  # fmt: skip
    for one in dialect.logger.imports:
        draft.need(one.replace("$lightning", package), first=dialect.import_first)
    here = [one for one in known if one.after is None or one.after < source.line(statement)]
    expression = here[0].expression if here else _of_module(draft, name, statement)
    if dialect.name == "mlflow" and here:
        expression = _beside_own(draft, name, statement, expression)
    if not expression and "save_hyperparameters(" not in source.text:
        expression = _of_trainer(draft, name, statement)
    if expression:
        lines += f"{name}.loggers[-1].log_hyperparams({expression})".split("\n")
    if lines[0].startswith("class "):
        lines = _spaced(lines, 2 if draft.notebook else 1)
    if here and expression:
        draft.claim("parameters", {"expression": expression, "names": list(here[0].names),
                                   "line": here[0].line})  # fmt: skip
    draft.insert(source.end_line(statement), lines, draft.indent_of(statement),
                 "logs what Lightning logs, beside its own logger")  # fmt: skip


def _spaced(lines: list[str], blank: int) -> list[str]:
    """A class and what comes after its last blank line, with blank lines around the class."""
    end = len(lines) - 1 - lines[::-1].index("")
    return [*[""] * blank, *lines[:end], *[""] * blank, *lines[end + 1 :]]


def _of_module(draft: Draft, trainer: str, statement: cst.BaseStatement) -> str:
    """What the module was made with and keeps as attributes, where it does not save its
    hyper-parameters itself; empty where it has no name before the Trainer is made."""
    model = _fitted(draft, trainer)
    source = draft.source
    if model is None or model.line >= source.line(statement):
        return ""
    kept: list[str] = []
    for function in draft.loops.functions():
        around = source.class_of(function)
        if around is None or around.name.value != model.cls or function.name.value != "__init__":
            continue
        if "save_hyperparameters(" in source.code(function.body):
            return ""
        kept = [
            name
            for name in draft.flow.parameters(function)
            if any(source.code(d.value) == name for d in draft.flow.everywhere(f"self.{name}"))
        ]
    return parameters.as_dict([(f'"{one}"', f"{model.name}.{one}") for one in kept]) if kept else ""


def _of_trainer(draft: Draft, trainer: str, statement: cst.BaseStatement) -> str:
    """What the Trainer was given that says how it trains."""
    given = [
        arg.keyword.value
        for call in draft.source.within(statement, cst.Call)[:1]
        for arg in call.args
        if arg.keyword is not None and arg.keyword.value in _OF_TRAINER
    ]
    return parameters.as_dict([(f'"{one}"', f"{trainer}.{one}") for one in given]) if given else ""


def _fitted(draft: Draft, trainer: str) -> Model | None:
    fit = next(call for call in trainers(draft) if call.object == trainer)
    return next((m for m in draft.facts.models if m.name in fit.arguments[:1]), None)


def _beside_own(draft: Draft, trainer: str, statement: cst.BaseStatement, expression: str) -> str:
    """Parameters without those that the module itself hands its loggers: MLflow takes no second
    value for a name. Empty where the module has no name yet."""
    if "save_hyperparameters(" not in draft.source.text:
        return expression
    model = _fitted(draft, trainer)
    if model is None or model.line >= draft.source.line(statement):
        return ""
    each = f"for key, value in {expression}.items()"
    return f"{{key: value {each} if key not in {model.name}.hparams}}"


def _evaluations(draft: Draft) -> list[cst.CSTNode]:
    sites: list[cst.CSTNode] = [
        draft.statement_at(call.line, call.end_line)
        for call in draft.facts.calls
        if call.kind == "evaluate"
    ]
    return [site for site in sites if regions.is_reached(draft, site)]


def _package(draft: Draft) -> str:
    """`lightning.pytorch` or `pytorch_lightning`, whichever the script uses."""
    text = draft.source.text
    return "lightning.pytorch" if re.search(r"(import|from) lightning\b", text) else (
        "pytorch_lightning"
    )  # fmt: skip


def _trainer_statements(draft: Draft) -> list[tuple[str, cst.BaseStatement]]:
    found = []
    for name in dict.fromkeys(call.object for call in trainers(draft)):
        definitions = [d for d in draft.flow.everywhere(name) if d.how == "assign"]
        if not definitions:
            raise Refusal(f"`{name}` is made where it is used: give the Trainer a name first",
                          trainers(draft)[0].line)  # fmt: skip
        found += [(name, definition.statement) for definition in definitions]
    return found


def keras_fits(draft: Draft) -> list[Call]:
    """The fit calls of Keras models that the script gets to."""
    return [
        call for call in draft.facts.calls
        if call.kind == "fit"
        and regions.is_reached(draft, draft.statement_at(call.line, call.end_line))
    ]  # fmt: skip


def plan_keras(draft: Draft, dialect: Dialect) -> None:
    """A callback in each fit; figures of the end as they are computed."""
    fits = keras_fits(draft)
    ours = [metric for metric in draft.facts.metrics if ".history" not in metric.expression
            and metric.level == "final"]  # fmt: skip
    placed, _ = logging.place(draft, [_apart(metric) for metric in explicit.reached(draft, ours)])
    placed = explicit.apart(placed)
    sites: list[cst.CSTNode] = [one.statement for one in placed]
    region = regions.find(draft, explicit.training_sites(draft) + sites)
    run = draft.free(dialect.run, f"{dialect.name}_{dialect.run}") if dialect.run else ""
    known = parameters.find(draft, region)
    draft.claim("automatic", "keras")
    again = _again(draft, dialect, fits)
    for number, fit in enumerate(fits, 1):
        _add_callback(draft, dialect, fit, run, f"fit_{number}/" if len(fits) > 1 else "")
    own = [] if known else _of_model(draft, fits[0], region)
    # What is set up anew for each training is written into its run.
    first_fit = draft.statement_at(fits[0].line, fits[0].end_line)
    each = own if again and (not fits[0].function or first_fit in again) else []
    known = known or ([] if each else own)
    inside = [line for one in known if one.after is None
              for line in parameters.lines(dialect, one, run)]  # fmt: skip
    draft.need(*dialect.imports, first=dialect.import_first)
    regions.open_run(draft, region, dialect, run, inside)
    explicit.write_parameters(draft, dialect, known, run)
    logging.write(draft, dialect, placed, run)
    first = [line for one in each for line in parameters.lines(dialect, one, run)]
    nested.open_runs(draft, dialect, region, again, first)


def _again(draft: Draft, dialect: Dialect, fits: list[Call]) -> list[cst.BaseStatement]:
    """The statements each of which calls fit() once more; Refusal where its epochs begin anew and
    a component has no runs within runs, or where the loop itself counts epochs."""
    found: list[cst.BaseStatement] = []
    for fit in fits:
        statement = draft.statement_at(fit.line, fit.end_line)
        loops = draft.source.loops_of(statement)
        epochs = [loop for loop in loops if isinstance(loop, cst.While)
                  or re.search("epoch|episode", draft.source.code(loop.target), re.I)]  # fmt: skip
        if loops and (epochs or dialect.nested is None):
            raise Refusal("fit() stands in a loop, and its epochs begin anew in each turn",
                          fit.line)  # fmt: skip
        if dialect.nested is not None:
            every = [] if loops else nested.repeats(draft, statement, counted=True)
            # Two trainings in one statement get their runs where they are.
            shared = len({id(one) for one in every}) < len(every)
            found += [statement] if loops or shared else every
    return found


def _apart(metric: Metric) -> Metric:
    """What fit() logs by itself keeps its name; a figure of the end is told from it."""
    if _KEPT_BY_KERAS.fullmatch(metric.name):
        return replace(metric, name=f"final_{metric.name}")
    return metric


def _of_model(draft: Draft, fit: Call, region: regions.Region) -> list[parameters.Parameters]:
    expression = f"{fit.object}.optimizer.get_config()"
    statement = draft.statement_at(fit.line, fit.end_line)
    if not fit.function:
        return [parameters.Parameters(expression, ("optimizer",), None, region.indent, fit.line)]
    return [parameters.Parameters(expression, ("optimizer",), fit.line - 1,
                                  draft.indent_of(statement), fit.line)]  # fmt: skip


def _add_callback(draft: Draft, dialect: Dialect, fit: Call, run: str, prefix: str) -> None:
    """A LambdaCallback with a name, and `callbacks=[log_epoch]` in a call of fit()."""
    source = draft.source
    statement = draft.statement_at(fit.line, fit.end_line)
    call = next(c for c in source.within(statement, cst.Call)
                if isinstance(c.func, cst.Attribute) and c.func.attr.value == "fit")  # fmt: skip
    logs = f'{{f"{prefix}{{key}}": value for key, value in logs.items()}}' if prefix else "logs"
    filled = {"run": run} if run else {}
    if dialect.metrics_at is not None:
        told = dialect.metrics_at.write(metrics=logs, step="epoch", **filled)
        if dialect.forward_only and prefix:
            assert dialect.metrics is not None
            told = dialect.metrics.write(metrics=logs, **filled)
    else:
        assert dialect.metric_at is not None
        one = dialect.metric_at.write(metric=f'f"{prefix}{{key}}"' if prefix else "key",
                                      value="value", step="epoch", **filled)  # fmt: skip
        told = f"[{one} for key, value in logs.items()]"
    name = draft.free(f"log_epoch_{prefix[4:-1]}" if prefix else "log_epoch", "log_each_epoch")
    made = [f"{name} = {_callback(draft)}(", f"    on_epoch_end=lambda epoch, logs: {told}", ")"]
    draft.insert(fit.line - 1, made, draft.indent_of(statement), "what each epoch logs")
    why = "logs the losses and metrics that fit() computes in each epoch"
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == "callbacks":
            _extend(draft, arg.value, name, why)
            return
    _add_argument(draft, call, f"callbacks=[{name}]", why)


def _callback(draft: Draft) -> str:
    """LambdaCallback, from the Keras that the script imports."""
    text = draft.source.text
    if re.search(r"^import keras\b|^from tensorflow import keras\b", text, re.M):
        return "keras.callbacks.LambdaCallback"
    if re.search(r"^import tensorflow as tf\b", text, re.M):
        return "tf.keras.callbacks.LambdaCallback"
    package = "tensorflow.keras" if "tensorflow.keras" in text else "keras"
    draft.need(f"from {package}.callbacks import LambdaCallback")
    return "LambdaCallback"
