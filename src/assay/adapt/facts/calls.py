"""Calls that train, evaluate, predict and save."""

from __future__ import annotations

import re
from typing import Literal

import libcst as cst

from assay.adapt.facts.flow import Definition, Flow
from assay.adapt.facts.models import framework_of
from assay.adapt.facts.source import Source
from assay.adapt.facts.words import Call, Framework, Model

_Kind = Literal["fit", "evaluate", "score", "predict", "search", "save"]
_METHODS: dict[str, _Kind] = {
    "fit": "fit", "fit_predict": "fit", "fit_generator": "fit", "test": "evaluate",
    "validate": "evaluate", "evaluate": "evaluate", "score": "score", "predict": "predict",
    "predict_proba": "predict",
    "save": "save", "save_weights": "save", "save_pretrained": "save", "save_model": "save",
    "save_checkpoint": "save",
}  # fmt: skip
_FUNCTIONS: dict[str, _Kind] = {
    "torch.save": "save", "joblib.dump": "save", "pickle.dump": "save", "xgboost.train": "fit",
    "lightgbm.train": "fit", "sklearn.model_selection.cross_val_score": "score",
    "sklearn.model_selection.cross_validate": "score", "xgboost.cv": "score",
    "lightgbm.cv": "score",
}  # fmt: skip
_SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
_NOT_TRAINED = re.compile(
    r"scal|encod|vector|tokeni|pca|imput|(^|_)(le|ohe|enc|sc|lb|tfidf|selector|binarizer|pre\w*)$",
    re.I,
)
_TRAINERS = re.compile(r"(^|\.)(Trainer|Seq2SeqTrainer|SFTTrainer)$")
CLI = "LightningCLI"


def find(source: Source, flow: Flow, models: tuple[Model, ...]) -> tuple[Call, ...]:
    """All such calls, in the order of the text."""
    known: dict[str, Model] = {model.name: model for model in models}
    own: dict[str, Framework] = {}
    found = []
    for call in source.all(cst.Call):
        kind, target, method = _what(source, flow, call, known, own)
        if kind is None:
            continue
        statement = source.statement_of(call)
        loops = source.loops_of(call)
        parent = source.parent(call)
        assigned: tuple[str, ...] = ()
        if isinstance(parent, cst.Assign):
            target_node = parent.targets[0].target
            items = target_node.elements if isinstance(target_node, cst.Tuple) else ()
            assigned = tuple(source.code(e.value) for e in items) or (source.code(target_node),)
        found.append(
            Call(
                kind, target, method,
                tuple(source.code(a.value) for a in call.args if a.keyword is None),
                tuple((a.keyword.value, source.code(a.value)) for a in call.args if a.keyword),
                assigned, source.line(statement), source.end_line(statement),
                source.name_of(source.function_of(call)),
                source.line(loops[0]) if loops else None,
            )
        )  # fmt: skip
    return tuple(found)


def _what(
    source: Source, flow: Flow, call: cst.Call, known: dict[str, Model], own: dict[str, Framework]
) -> tuple[_Kind | None, str, str]:
    func = call.func
    name = source.named(func)
    if name in _FUNCTIONS:
        return _FUNCTIONS[name], "", name
    if is_cli(source, call) and _runs(source, call):
        return "fit", "", CLI
    if not isinstance(func, cst.Attribute):
        return None, "", ""
    target, method = source.code(func.value), func.attr.value
    kind = _METHODS.get(method)
    if method == "train" and is_trainer(source, flow, func.value):
        return "fit", target, method
    model = known.get(target)
    # A method of the script's own may have the name of an estimator's.
    is_own = flow.called(call) and (model is None or model.framework != "sklearn")
    if kind is None or is_own:
        return None, "", ""
    if kind == "save":
        fits = model is not None or is_trainer(source, flow, func.value)
        return (kind if fits else None), target, method
    if model is not None and model.qualified.rsplit(".", 1)[-1] in _SEARCHES and kind == "fit":
        return "search", target, method
    fits = model is not None or is_trainer(source, flow, func.value)
    if not fits and not _may_be_estimator(source, flow, func.value, own):
        return None, "", ""
    return kind, target, method


def is_trainer(source: Source, flow: Flow, value: cst.BaseExpression) -> bool:
    """Whether an expression is a Trainer of Lightning or Hugging Face."""
    if isinstance(value, cst.Call):
        return _makes_trainer(source, flow, value)
    return bool(makers(source, flow, source.code(value), source.function_of(value)))


def makers(
    source: Source, flow: Flow, name: str, function: cst.FunctionDef | None
) -> list[Definition]:
    """Where the Trainer is made that a name holds in a function; `cli.trainer` is made with the
    command line. Empty where the name holds none."""
    held = flow.definitions(name.removesuffix(".trainer"), function)
    by_cli = [d for d in held if name.endswith(".trainer") and isinstance(d.value, cst.Call)
              and is_cli(source, d.value)]  # fmt: skip
    return by_cli or [
        d for d in flow.definitions(name, function)
        if isinstance(d.value, cst.Call) and _makes_trainer(source, flow, d.value)
    ]  # fmt: skip


def _makes_trainer(source: Source, flow: Flow, call: cst.Call) -> bool:
    name = source.named(call.func)
    return bool(_TRAINERS.search(name)) and name not in flow.functions


def is_cli(source: Source, call: cst.Call) -> bool:
    """Whether a call makes Lightning's command line, or one of the script's own that is one."""
    names = {CLI} | {
        node.name.value
        for node in source.all(cst.ClassDef)
        if any(source.named(base.value).endswith(CLI) for base in node.bases)
    }
    return source.named(call.func).rsplit(".", 1)[-1] in names


def _runs(source: Source, call: cst.Call) -> bool:
    """Whether a command line trains as soon as it is made."""
    given = {arg.keyword.value: source.code(arg.value) for arg in call.args if arg.keyword}
    return given.get("run") != "False"


def _may_be_estimator(
    source: Source, flow: Flow, value: cst.BaseExpression, own: dict[str, Framework]
) -> bool:
    """A receiver that is no known model: a parameter or a loop variable that is fitted."""
    if isinstance(value, cst.Call):
        return framework_of(source, flow, value, own) is not None
    text = source.code(value)
    if isinstance(value, cst.Subscript):
        return _is_choice(source, flow, value, own)
    if _NOT_TRAINED.search(text) or not isinstance(value, cst.Name):
        return False
    definitions = flow.definitions(text, source.function_of(value))
    return not definitions or any(
        d.how == "for" or _makes_any(source, flow, d.value) for d in definitions
    )


def _makes_any(source: Source, flow: Flow, value: cst.BaseExpression) -> bool:
    """Whether an object is made of a class that a loop or a table of settings gives."""
    if not isinstance(value, cst.Call):
        return False
    kind = value.func
    if isinstance(kind, cst.Subscript):
        return True
    known = flow.definitions(source.code(kind), source.function_of(value))
    return isinstance(kind, cst.Name) and any(one.how == "for" for one in known)


def _is_choice(source: Source, flow: Flow, value: cst.Subscript, own: dict[str, Framework]) -> bool:
    """Whether an expression takes one of several estimators: `MODELS[best]`."""
    for definition in flow.definitions(source.code(value.value), source.function_of(value)):
        held = definition.value
        if isinstance(held, (cst.Dict, cst.List, cst.Tuple)):
            every = [one.value for one in held.elements]
            if any(framework_of(source, flow, one, own) is not None for one in every):
                return True
    return False
