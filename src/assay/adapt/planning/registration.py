"""A trained model into a registry: which model, and where it has been trained."""

from __future__ import annotations

import re
from dataclasses import dataclass

import libcst as cst

from assay.adapt.dialects import Dialect
from assay.adapt.facts import Facts, Model
from assay.adapt.planning import layers, regions
from assay.adapt.planning.words import Draft, Refusal, wrapped

_SEVERAL = 4


@dataclass(frozen=True, slots=True)
class _Trained:
    """A model under the name it has where its training is over."""

    name: str
    model: Model
    statement: cst.BaseStatement


def plan(draft: Draft, dialect: Dialect, tracker: Dialect) -> None:
    """Register what has been trained, right after training; Refusal where it cannot be told which
    model that is."""
    facts = draft.facts
    _check_branches(draft)
    trained = _trained(draft)
    loose = _loose(draft, trained)
    if loose:
        _write_saved(draft, dialect, tracker, loose)
        return
    if not trained:
        raise Refusal("no trained model has a name where training ends: give it one",
                      facts.steps[0] if facts.steps else None)  # fmt: skip
    if len(trained) > _SEVERAL:
        raise Refusal(f"{len(trained)} models are trained: say which one is to be registered",
                      trained[0].model.line)  # fmt: skip
    tracked = any(tracker.name == one.component for one in facts.trackers)
    if tracked:
        # The run is open there already.
        _write(draft, dialect, trained)
        return
    _write_in_run(draft, dialect, tracker, trained)


def _check_branches(draft: Draft) -> None:
    """Refusal where the script is two programs, of which one is run."""
    source = draft.source
    for node in source.all(cst.If):
        function = source.function_of(node)
        if node.orelse is None or (function is not None and function.name.value != "main"):
            continue
        one = _trainings(draft, node.body)
        other = _trainings(draft, node.orelse)
        if one and other and one.isdisjoint(other):
            names = sorted(source.name_of(f) for f in one | other)
            raise Refusal(f"several entry points: the script runs one of {', '.join(names)}; adapt "
                          "a script for each", source.line(node))  # fmt: skip


def _trainings(draft: Draft, node: cst.CSTNode) -> set[cst.FunctionDef]:
    return {
        called
        for call in draft.source.within(node, cst.Call)
        for called in draft.flow.called(call)
        if called in draft.loops.training
    }


def _loose(draft: Draft, trained: list[_Trained]) -> list[_Trained]:
    """Layers that one optimiser trains together and no module calls: none of them is the model."""
    layer = re.compile(r"torch\.nn\.(?!Sequential)\w+")
    for optimiser in draft.facts.optimisers:
        held = [one for one in trained if one.name in optimiser.models]
        loose = [one for one in held if layer.fullmatch(one.model.qualified)]
        if len(loose) > 1:
            return loose
    return []


def _write_saved(draft: Draft, dialect: Dialect, tracker: Dialect, loose: list[_Trained]) -> None:
    """Register the file that the script saves after training; Refusal where there is none, or the
    registry takes no files."""
    recipe = dialect.registers.get("file")
    end = max(draft.source.end_line(one.statement) for one in loose)
    saved = [call for call in draft.facts.calls
             if call.kind == "save" and call.method == "torch.save" and call.line > end
             and not call.function and call.loop is None and len(call.arguments) > 1]  # fmt: skip
    if recipe is None or not saved:
        names = ", ".join(one.name for one in loose)
        raise Refusal(f"{names} are loose layers that one optimiser trains together: no module "
                      "calls them all, so none is the model", loose[0].model.line)  # fmt: skip
    call = saved[-1]
    path = call.arguments[1]
    lines = list(recipe.write(project=draft.quoted, name=draft.project, path=path))
    draft.need(*recipe.imports)
    draft.claim("models", {"name": draft.project, "variable": "", "framework": "file",
                           "file": path, "line": call.line})  # fmt: skip
    statement = draft.statement_at(call.line, call.end_line)
    _in_run(draft, tracker, statement, lines)


def _write_in_run(
    draft: Draft, dialect: Dialect, tracker: Dialect, trained: list[_Trained]
) -> None:
    """The run is opened for the registration alone, after training."""
    last = max(trained, key=lambda one: draft.source.end_line(one.statement))
    lines: list[str] = []
    for one in trained:
        lines += _lines(draft, dialect, one, len(trained) > 1)
    _in_run(draft, tracker, last.statement, lines)


def _in_run(draft: Draft, tracker: Dialect, statement: cst.BaseStatement, lines: list[str]) -> None:
    """The lines after a statement, in a run that is open for them alone."""
    indent = draft.indent_of(statement)
    start = tracker.start.write(project=draft.quoted)
    body = [f"{draft.source.module.default_indent}{line}" for line in lines]
    draft.insert(draft.source.end_line(statement), [f"with {start}:", *body], indent,
                 "the model is as training left it", outside=not indent)  # fmt: skip


def _write(draft: Draft, dialect: Dialect, trained: list[_Trained]) -> None:
    for one in trained:
        lines = _lines(draft, dialect, one, len(trained) > 1)
        why = "the model is as training left it"
        draft.insert(
            draft.source.end_line(one.statement), lines, draft.indent_of(one.statement), why
        )


def _lines(draft: Draft, dialect: Dialect, one: _Trained, several: bool) -> list[str]:
    kind: str = one.model.framework
    if kind == "boosting":
        kind = one.model.qualified.split(".")[0]
    recipe = dialect.registers.get(kind)
    if recipe is None:
        raise Refusal(f"{dialect.name} has no way for a model of {kind}", one.model.line)
    if kind == "keras" and (unreadable := layers.unreadable(draft)):
        if "keras-weights" in dialect.registers:
            recipe = dialect.registers["keras-weights"]
        else:
            layers.make_readable(draft, unreadable)
    example = _example(draft, one)
    if example and f"{kind}-example" in dialect.registers:
        recipe = dialect.registers[f"{kind}-example"]
    name = f"{draft.project}-{one.name.split('.')[-1]}" if several else draft.project
    draft.need(*recipe.imports)
    draft.claim("models", {"name": name, "variable": one.name, "framework": kind,
                           "line": draft.source.line(one.statement)})  # fmt: skip
    written = recipe.write(project=f'"{name}"', name=name, model=one.name, example=example or "")
    indent = len(draft.indent_of(one.statement)) + 4
    return [line for text in written for line in wrapped(text, indent)]


def _example(draft: Draft, one: _Trained) -> str | None:
    """Data that a model was just fitted on, with targets, where it has a name."""
    fits = [
        call.arguments[0]
        for call in draft.facts.calls
        if call.kind == "fit" and call.object == one.name and len(call.arguments) == 2
        and call.line == draft.source.line(one.statement)
    ]  # fmt: skip
    return fits[0] if len(fits) == 1 and re.fullmatch(r"[\w.]+", fits[0]) else None


def _trained(draft: Draft) -> list[_Trained]:
    """The models that training changes, each where it is over."""
    facts = draft.facts
    if facts.steps:
        return _by_steps(draft, facts)
    fits = [call for call in facts.calls if call.kind in ("fit", "search")]
    found: dict[str, _Trained] = {}
    for call in fits:
        if call.loop is not None and call.kind == "fit":
            continue
        statement = draft.statement_at(call.line, call.end_line)
        if not regions.is_reached(draft, statement):
            continue
        function = draft.function(call.function)
        if function is not None and len(draft.flow.calls.get(function, [])) > 1:
            continue
        model = _of_fit(facts, call.object, call.arguments, call.assigned)
        if model is None and "lightning" in facts.frameworks:
            inner = f"{call.object}.lightning_module"
            model = Model(inner, "", "", "lightning", call.line, call.function, "")
        if model is None:
            continue
        after = _after(draft, statement)
        found[model.name] = _Trained(model.name, model, after)
    if not found and fits:
        raise Refusal("a model is trained for each of several settings: say which one is to be "
                      "registered", fits[0].line)  # fmt: skip
    return list(found.values())


def _of_fit(
    facts: Facts, receiver: str, arguments: tuple[str, ...], assigned: tuple[str, ...]
) -> Model | None:
    """What `model.fit(…)`, `trainer.fit(model, …)` or `model = xgboost.train(…)` trains."""
    for name in (receiver, *arguments[:1], *assigned[:1]):
        for model in reversed(facts.models):
            if model.name == name:
                return model
    if receiver and facts.models and "transformers" in facts.frameworks:
        return next((m for m in facts.models if m.name == "model"), None)
    return None


def _by_steps(draft: Draft, facts: Facts) -> list[_Trained]:
    """The models whose parameters the optimisers have."""
    found: dict[str, _Trained] = {}
    for optimiser in facts.optimisers:
        node = draft.function(optimiser.function)
        for name in optimiser.models:
            model = _model(facts, name, optimiser.function)
            end = _end_of_training(draft, name, node) if model is not None else None
            if model is not None and end is not None:
                found.setdefault(name, _Trained(name, model, end[1]))
        if not found and node is not None:
            found.update(_handed(draft, node, optimiser.models))
    if found:
        return list(found.values())
    for one in facts.models:
        if one.framework == "keras" and not one.function and "target" not in one.name:
            end = _end_of_training(draft, one.name, None)
            if end is not None:
                return [_Trained(one.name, one, end[1])]
    return []


def _handed(draft: Draft, function: cst.FunctionDef, names: tuple[str, ...]) -> dict[str, _Trained]:
    """Models that are handed to the function that makes their optimiser."""
    found: dict[str, _Trained] = {}
    for call in draft.flow.calls.get(function, []):
        outer = draft.source.function_of(call)
        for name in names:
            given = draft.flow.argument(call, function, name)
            place = draft.source.name_of(outer)
            model = _model(draft.facts, given, place) if given else None
            end = _end_of_training(draft, given, outer) if given and model is not None else None
            if given and model is not None and end is not None:
                found.setdefault(given, _Trained(given, model, end[1]))
    return found


def _model(facts: Facts, name: str, function: str) -> Model | None:
    """The model of a name, as seen from a function; one that is handed in has another's."""
    same = [m for m in facts.models if m.name == name]
    near = [m for m in same if m.function == function] or [m for m in same if not m.function]
    if near or same:
        return (near or same)[-1]
    if name.startswith("self."):
        return Model(name, "", "", "torch", 0, function, "")
    return None


def _end_of_training(
    draft: Draft, name: str, function: cst.FunctionDef | None
) -> tuple[str, cst.BaseStatement] | None:
    """The statement that ends all training of a model, and its name there: the last loop that
    trains, in the model's own function; for `self.model` in the method that trains."""
    source = draft.source
    if name.startswith("self."):
        around = source.class_of(function) if function is not None else None
        methods = [f for f in draft.loops.functions()
                   if around is not None and source.class_of(f) is around]  # fmt: skip
        tops = [(f, s) for f in methods for s in _training_statements(draft, f.body)
                if any(draft.loops.kind(o) == "epoch"
                       for o in source.loops_in(s))]  # fmt: skip
        return (name, _after(draft, tops[-1][1])) if tops else None
    body: cst.CSTNode = function.body if function is not None else source.module
    tops_here = _training_statements(draft, body)
    if not tops_here:
        return None
    return name, _after(draft, tops_here[-1])


def _training_statements(draft: Draft, body: cst.CSTNode) -> list[cst.BaseStatement]:
    """The statements of a block that train; those of a main guard where the module has one."""
    source = draft.source
    statements: list[cst.BaseStatement] = []
    for child in body.body if isinstance(body, (cst.Module, cst.IndentedBlock)) else ():
        if isinstance(child, (cst.FunctionDef, cst.ClassDef)):
            continue
        if isinstance(child, cst.If) and "__name__" in source.code(child.test):
            statements += _training_statements(draft, child.body)
        elif isinstance(child, cst.With) and draft.loops.trains(child):
            # A run may be open there, and is no longer so behind it.
            statements += _training_statements(draft, child.body) or [child]
        elif isinstance(child, cst.BaseStatement) and draft.loops.trains(child):
            statements.append(child)
    return statements


def _after(draft: Draft, statement: cst.BaseStatement) -> cst.BaseStatement:
    """Past what still changes the model: the best weights are loaded back after training."""
    source = draft.source
    block = source.block_of(statement)
    if block is None:
        raise Refusal("training stands on one line with its condition", source.line(statement))
    after = statement
    for one in block.body:
        if source.line(one) > source.line(statement) and isinstance(one, cst.SimpleStatementLine):
            text = source.code(one)
            if ".load_state_dict(" in text or ".load_weights(" in text:
                after = one
    return after
