"""Tracking by what frameworks offer for it: Keras's callbacks, and the Trainer's `report_to`."""

from __future__ import annotations

import re
from dataclasses import replace

import libcst as cst

from assay.adapt.dialects import Dialect
from assay.adapt.facts import Call, Metric
from assay.adapt.planning import explicit, logging, nested, parameters, regions
from assay.adapt.planning.arguments import add_argument, extend, set_keyword
from assay.adapt.planning.words import Draft, Refusal

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
    set_keyword(draft, call, "report_to", f'"{dialect.reports_as}"',
                 "the Trainer reports its parameters, losses and evaluations")  # fmt: skip
    draft.claim("automatic", "transformers")
    if dialect.run != "writer":
        # The Trainer reports what it evaluates, too, also after training.
        region = regions.find(draft, explicit.training_sites(draft) + explicit.evaluations(draft))
        draft.need(*dialect.imports, first=dialect.import_first)
        run = draft.free(dialect.run) if dialect.run else ""
        regions.open_run(draft, region, dialect, run, [])


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
    trainings = [draft.statement_at(fit.line, fit.end_line) for fit in fits]
    nested.open_handed(draft, dialect, trainings)


def _again(draft: Draft, dialect: Dialect, fits: list[Call]) -> list[cst.BaseStatement]:
    """The statements each of which calls fit() once more; Refusal where its epochs begin anew and
    a component has no runs within runs, or where the loop itself counts epochs."""
    found: list[cst.BaseStatement] = []
    for fit in fits:
        statement = draft.statement_at(fit.line, fit.end_line)
        loops = draft.source.loops_of(statement)
        if _turn(draft, fit, statement) is not None:
            continue
        epochs = [loop for loop in (*loops, *_loops_around(draft, fit))
                  if isinstance(loop, cst.While)
                  or re.search("epoch|episode", draft.source.code(loop.target), re.I)
                  or re.search("epoch|episode", draft.source.code(loop.iter), re.I)]  # fmt: skip
        if epochs or (loops and dialect.nested is None):
            raise Refusal("fit() stands in a loop, and its epochs begin anew in each turn",
                          fit.line)  # fmt: skip
        if dialect.nested is not None:
            every = [] if loops else nested.repeats(draft, statement, counted=True)
            # Two trainings in one statement get their runs where they are.
            shared = len({id(one) for one in every}) < len(every)
            found += [statement] if loops or shared else every
    return found


def _turn(draft: Draft, fit: Call, statement: cst.BaseStatement) -> str | None:
    """What counts the epochs of a model where each turn of one loop fits it for one more."""
    loops = draft.source.loops_of(statement)
    loop = loops[0] if len(loops) == 1 else None
    goes_on = not any(loop is not None and draft.source.contains(loop, one.statement)
                      for one in draft.flow.everywhere(fit.object))  # fmt: skip
    one_epoch = dict(fit.keywords).get("epochs", "1") == "1" and len(fit.arguments) < 4
    if not isinstance(loop, cst.For) or not goes_on or not one_epoch:
        return None
    iterated = draft.loops.iterated(loop)
    ranges = iterated is not None and draft.source.code(iterated.value).startswith("range(")
    if not ranges or _loops_around(draft, fit) or nested.repeats(draft, loop, counted=True):
        return None
    return draft.loops.counter(loop)[0]


def _loops_around(draft: Draft, fit: Call) -> list[cst.For | cst.While]:
    """The loops in which the function is called that fits."""
    function = draft.function(fit.function)
    calls = draft.flow.calls.get(function, []) if function is not None else []
    return [loop for call in calls for loop in draft.source.loops_of(call)]


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
    step = _turn(draft, fit, statement) or "epoch"
    logs = f'{{f"{prefix}{{key}}": value for key, value in logs.items()}}' if prefix else "logs"
    filled = {"run": run} if run else {}
    if dialect.metrics_at is not None:
        told = dialect.metrics_at.write(metrics=logs, step=step, **filled)
        if dialect.forward_only and prefix:
            assert dialect.metrics is not None
            told = dialect.metrics.write(metrics=logs, **filled)
    else:
        assert dialect.metric_at is not None
        one = dialect.metric_at.write(metric=f'f"{prefix}{{key}}"' if prefix else "key",
                                      value="value", step=step, **filled)  # fmt: skip
        told = f"[{one} for key, value in logs.items()]"
    name = draft.free(f"log_epoch_{prefix[4:-1]}" if prefix else "log_epoch", "log_each_epoch")
    made = [f"{name} = {_callback(draft)}(", f"    on_epoch_end=lambda epoch, logs: {told}", ")"]
    draft.insert(fit.line - 1, made, draft.indent_of(statement), "what each epoch logs")
    why = "logs the losses and metrics that fit() computes in each epoch"
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == "callbacks":
            extend(draft, arg.value, name, why)
            return
    add_argument(draft, call, f"callbacks=[{name}]", why)


def _callback(draft: Draft) -> str:
    """LambdaCallback, from the Keras that the script imports."""
    text = draft.source.text
    if re.search(r"^import keras\s*$|^from tensorflow import (.*, *)?keras\b", text, re.M):
        return "keras.callbacks.LambdaCallback"
    if re.search(r"^import tensorflow as tf\b", text, re.M):
        return "tf.keras.callbacks.LambdaCallback"
    package = "tensorflow.keras" if "tensorflow.keras" in text else "keras"
    draft.need(f"from {package}.callbacks import LambdaCallback")
    return "LambdaCallback"
