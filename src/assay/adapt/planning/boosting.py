"""What XGBoost and LightGBM evaluate in each round, where the script gives them data for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from assay.adapt.dialects import Dialect
from assay.adapt.facts import Call
from assay.adapt.planning import arguments, logging, nested, regions
from assay.adapt.planning.words import Draft

_KEEPS = "keeps what is evaluated in each round"
_GIVEN = {"xgboost.train": "evals", "lightgbm.train": "valid_sets"}
_AFTER_FIT = {"xgboost": "{}.evals_result()", "lightgbm": "{}.evals_result_"}


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A training that evaluates as it goes. `history` is an expression of what it found, by data
    and metric; empty where the script does not keep it. Where it is a cross-validation, `history`
    is by column."""

    call: cst.Call
    statement: cst.BaseStatement
    library: str
    history: str
    crossed: bool = False


def find(draft: Draft, fits: Sequence[Call]) -> list[Evaluated]:
    """The trainings of the script that evaluate, each done once."""
    found = []
    for fit in fits:
        statement = draft.statement_at(fit.line, fit.end_line)
        done_once = not draft.source.loops_of(statement) and not nested.repeats(
            draft, statement, counted=True
        )
        one = _evaluated(draft, fit, statement) if done_once else None
        if one is not None and regions.is_reached(draft, statement):
            found.append(one)
    return found


def _evaluated(draft: Draft, fit: Call, statement: cst.BaseStatement) -> Evaluated | None:
    source = draft.source
    call = next((one for one in source.within(statement, cst.Call)
                 if fit.method in (source.named(one.func), source.code(one.func).split(".")[-1])),
                None)  # fmt: skip
    if call is None or source.block_of(statement) is None:
        return None
    keywords = dict(fit.keywords)
    library, _, name = fit.method.partition(".")
    if name == "cv":
        kept = fit.assigned[0] if len(fit.assigned) == 1 and fit.assigned[0].isidentifier() else ""
        plain = kept and "return_cvbooster" not in keywords
        return Evaluated(call, statement, library, kept, crossed=True) if plain else None
    if fit.method in _GIVEN:
        if _GIVEN[fit.method] not in keywords and len(fit.arguments) < 4:
            return None
        kept = keywords.get("evals_result", "")
        recorded = re.search(r"record_evaluation\((\w+)\)", keywords.get("callbacks", ""))
        return Evaluated(call, statement, library, recorded[1] if recorded else kept)
    model = next((m for m in draft.facts.models if m.name == fit.object), None)
    if model is None or name or model.framework != "boosting" or "eval_set" not in keywords:
        return None
    library = model.qualified.split(".")[0]
    history = _AFTER_FIT.get(library)
    return Evaluated(call, statement, library, history.format(model.name)) if history else None


def write(draft: Draft, dialect: Dialect, found: Sequence[Evaluated], run: str) -> None:
    """Log each round's figures when a training has ended."""
    for number, one in enumerate(found, 1):
        history = one.history or _kept(draft, one)
        prefix = f"fit_{number}/" if len(found) > 1 else ""
        lines = _lines(draft, dialect, history, prefix, run, one.crossed)
        lines = logging.guarded(draft, lines, run)
        at = draft.source.end_line(one.statement)
        draft.insert(at, lines, draft.indent_of(one.statement),
                     "what the training evaluated in each round")  # fmt: skip
    if found:
        draft.claim("automatic", *sorted({one.library for one in found}))


def _kept(draft: Draft, one: Evaluated) -> str:
    """A dict for what the training evaluates, and the argument that has it filled."""
    source = draft.source
    name = draft.free("history", "evaluated")
    draft.insert(source.line(one.statement) - 1, [f"{name} = {{}}"],
                 draft.indent_of(one.statement), _KEEPS)  # fmt: skip
    if one.library == "xgboost":
        arguments.add_argument(draft, one.call, f"evals_result={name}", _KEEPS)
        return name
    package = source.code(one.call.func).rpartition(".")[0] or one.library
    recorder = f"{package}.record_evaluation({name})"
    for arg in one.call.args:
        if arg.keyword is not None and arg.keyword.value == "callbacks":
            arguments.extend(draft, arg.value, recorder, _KEEPS)
            return name
    arguments.add_argument(draft, one.call, f"callbacks=[{recorder}]", _KEEPS)
    return name


def _lines(
    draft: Draft, dialect: Dialect, history: str, prefix: str, run: str, crossed: bool
) -> list[str]:
    """A series for each data and metric; logged round by round where a component takes dicts."""
    series, step = draft.free("series", "rounds"), draft.free("step", "round_number")
    filled = {"run": run} if run else {}
    head = [
        f"{series} = {{",
        f'    f"{prefix}{{data}}_{{metric}}": values',
        f"    for data, kept in {history}.items()",
        "    for metric, values in kept.items()",
        "}",
    ]
    if crossed:
        named = f'{{f"{prefix}{{name}}": values for name, values in {history}.items()}}'
        head = [f"{series} = {named}" if prefix else f"{series} = dict({history})"]
    if dialect.metrics_at is None:
        assert dialect.metric_at is not None
        call = dialect.metric_at.write(metric="key", value="value", step=step, **filled)
        return [*head, f"for key, values in {series}.items():",
                f"    for {step}, value in enumerate(values):", f"        {call}"]  # fmt: skip
    at_once = f"dict(zip({series}, values))"
    call = dialect.metrics_at.write(metrics=at_once, step=step, **filled)
    if prefix and dialect.forward_only:
        assert dialect.metrics is not None
        call = dialect.metrics.write(metrics=at_once, **filled)
    return [*head, f"for {step}, values in enumerate(zip(*{series}.values())):", f"    {call}"]
