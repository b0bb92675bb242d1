"""Tracking in Lightning: the component's logger beside those that the Trainer has, so that its
files and checkpoints stay where they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

import libcst as cst

from assay.adapt.dialects import Dialect
from assay.adapt.facts import Call, Model
from assay.adapt.facts.calls import CLI, is_cli, is_trainer, makers
from assay.adapt.planning import explicit, nested, parameters, regions
from assay.adapt.planning.parameters import Parameters
from assay.adapt.planning.words import Draft, Refusal

_OF_TRAINER = ("max_epochs", "min_epochs", "max_steps", "gradient_clip_val",
               "accumulate_grad_batches")  # fmt: skip
_WHY = "logs what Lightning logs, beside its own logger"


@dataclass(frozen=True, slots=True)
class _Made:
    """A Trainer: its name, the call that makes it, and the statement that does. `is_inline` says
    that this is the one that fits, too."""

    name: str
    call: cst.Call
    statement: cst.BaseStatement
    is_inline: bool = False


def trainers(draft: Draft) -> list[Call]:
    """Lightning's fit calls: those of a Trainer, and command lines that train by themselves."""
    functions = {draft.source.name_of(one): one for one in draft.loops.functions()}
    found = []
    for call in draft.facts.calls:
        name, function = call.object, functions.get(call.function)
        is_fit = call.kind == "fit" and call.method == "fit"
        known = makers(draft.source, draft.flow, name, function) or _inline(draft, call)
        if (is_fit and known) or call.method == CLI:
            found.append(call)
    return found


def _inline(draft: Draft, call: Call) -> cst.Call | None:
    """The Trainer that is made where it is used: `Trainer(…).fit(model)`."""
    statement = draft.statement_at(call.line, call.end_line)
    for one in draft.source.within(statement, cst.Call):
        inner = one.func.value if isinstance(one.func, cst.Attribute) else None
        if isinstance(inner, cst.Call) and is_trainer(draft.source, draft.flow, inner):
            return inner
    return None


def plan(draft: Draft, dialect: Dialect) -> None:
    """Give each Trainer the component's logger, with a run around where the logger needs one."""
    if dialect.logger is None:
        raise Refusal(f"{dialect.name} has no logger for Lightning", trainers(draft)[0].line)
    commands = [call for call in trainers(draft) if call.method == CLI]
    made = [] if commands else _made(draft)
    sites = explicit.training_sites(draft) + explicit.evaluations(draft)
    region = regions.find(draft, [*sites, *(one.statement for one in made)])
    known = [one for one in parameters.find(draft, region) if ".defaults" not in one.expression]
    draft.claim("automatic", "lightning")
    again = _again(draft, dialect, made, sites)
    for one in dialect.logger.imports:
        draft.need(one.replace("$lightning", _package(draft)), first=dialect.import_first)
    first: list[str] = []
    for trainer in made:
        before, after = _logger(draft, dialect, trainer, known)
        line, indent = draft.source.line(trainer.statement), draft.indent_of(trainer.statement)
        if before and line == region.first and dialect.logs_into_run:
            first += before  # it needs the run that is opened there
        elif before:
            draft.insert(line - 1, before, indent, _WHY)
        if after:
            draft.insert(draft.source.end_line(trainer.statement), after, indent, _WHY)
    for command in commands:
        _extend_command(draft, dialect, command)
    if dialect.logs_into_run:
        draft.need(*dialect.imports)
        regions.open_run(draft, region, dialect, "", first)
        for begin, end in again:
            nested.open_turn(draft, dialect, begin, end)
    elif dialect.name != "tensorboard":
        draft.need(*dialect.imports, first=dialect.import_first)
        finish = f"{dialect.package}.{'finish' if dialect.name == 'wandb' else 'end'}()"
        draft.order += 1000
        draft.insert(region.last, [finish], region.indent, "ends the logger's run", outside=True)
        draft.order -= 1000


def _again(
    draft: Draft, dialect: Dialect, made: list[_Made], sites: list[cst.CSTNode]
) -> list[tuple[cst.BaseStatement, cst.BaseStatement]]:
    """The first and last statement of each turn of a loop that makes a Trainer anew: its steps
    begin anew, too. Refusal where a component has no runs within runs."""
    source, found = draft.source, []
    for one in made:
        loops = source.loops_of(one.statement)
        if not loops:
            continue
        if dialect.nested is None:
            raise Refusal("a Trainer is made in each turn of a loop, and its steps begin anew",
                          source.line(one.statement))  # fmt: skip
        block = source.parent(one.statement)
        inside = [
            s for s in sites if isinstance(s, cst.BaseStatement) and source.parent(s) is block
        ]
        if not isinstance(block, cst.IndentedBlock) or not inside:
            raise Refusal("a Trainer is made in a loop, and used elsewhere: give each training a "
                          "function of its own", source.line(one.statement))  # fmt: skip
        found.append((one.statement, max(inside, key=source.end_line)))
    return found


def _made(draft: Draft) -> list[_Made]:
    """The Trainers that are fitted; one that is made where it is used gets a name."""
    found = []
    for call in trainers(draft):
        function = draft.function(call.function)
        known = makers(draft.source, draft.flow, call.object, function)
        for one in known:
            assert isinstance(one.value, cst.Call)
            found.append(_Made(call.object, one.value, one.statement))
        if not known:
            inline = _inline(draft, call)
            assert inline is not None
            found.append(_named(draft, call, inline))
    return list({one.call: one for one in found}.values())


def _named(draft: Draft, fit: Call, call: cst.Call) -> _Made:
    """`Trainer(…).fit(model)` → `trainer.fit(model)`; the Trainer is made with its logger."""
    at, name = draft.source.span(call), draft.free("trainer", "lightning_trainer")
    statement = draft.statement_at(fit.line, fit.end_line)
    if at.start.line != at.end.line or draft.source.block_of(statement) is None:
        raise Refusal(f"`{fit.object}` is made where it is used: give the Trainer a name first",
                      fit.line)  # fmt: skip
    why = "the Trainer gets a name, and a logger before it is used"
    draft.replace(at.start.line, at.start.column, at.end.column, name, why)
    return _Made(name, call, statement, is_inline=True)


def _logger(
    draft: Draft, dialect: Dialect, trainer: _Made, known: list[Parameters]
) -> tuple[list[str], list[str]]:
    """What goes ahead of the statement that makes the Trainer, and what after it: its logger, and
    the parameters known there."""
    assert dialect.logger is not None
    source, line = draft.source, draft.source.line(trainer.statement)
    here = [one for one in known if one.after is None or one.after < line]
    expression = here[0].expression if here else _of_module(draft, trainer)
    if dialect.name == "mlflow" and here:
        expression = _beside_own(draft, trainer, expression)
    if not expression and "save_hyperparameters(" not in source.text:
        expression = _of_trainer(trainer)
    if here and expression:
        draft.claim("parameters", {"expression": expression, "names": list(here[0].names),
                                   "line": here[0].line})  # fmt: skip
    name = draft.free(f"{dialect.name}_logger")
    made = [*_spaced(dialect.logger.before, 2 if draft.notebook else 1),
            *_assigned(dialect, name, draft.quoted)]  # fmt: skip
    logs = f"{name}.log_hyperparams({expression})".split("\n") if expression else []
    if trainer.is_inline:
        joined = [f"{trainer.name} = {source.code(trainer.call)}", *made,
                  f"{trainer.name}.loggers.append({name})"]  # fmt: skip
        return [*joined, *logs], []
    if _is_extended(draft, trainer, name):
        return made, logs
    return [], [*made, f"{trainer.name}.loggers.append({name})", *logs]


def _assigned(dialect: Dialect, name: str, project: str) -> list[str]:
    assert dialect.logger is not None
    first, *others = dialect.logger.write(project=project)
    return [f"{name} = {first}", *others]


def _is_extended(draft: Draft, trainer: _Made, name: str) -> bool:
    """Whether the script gives its Trainer loggers, which the component's could join."""
    source = draft.source
    for arg in trainer.call.args:
        if arg.keyword is None or arg.keyword.value != "logger":
            continue
        at, text = source.span(arg.value), source.code(arg.value)
        held = [d.value for d in draft.flow.definitions(text, source.function_of(arg.value))]
        value = held[0] if len(held) == 1 and isinstance(arg.value, cst.Name) else arg.value
        if at.start.line != at.end.line:
            return False
        if isinstance(arg.value, cst.List) and arg.value.elements:
            text = f"{text[:-1].rstrip(' ,')}, {name}]"
        elif isinstance(value, cst.List):
            text = f"[*{text}, {name}]"
        elif isinstance(value, cst.Call) and source.named(value.func).endswith("Logger"):
            text = f"[{text}, {name}]"
        else:
            return False
        draft.replace(at.start.line, at.start.column, at.end.column, text, _WHY)
        return True
    return False


def _extend_command(draft: Draft, dialect: Dialect, command: Call) -> None:
    """A command line trains as soon as it is made: it gets the logger ahead of `fit`."""
    source = draft.source
    statement = draft.statement_at(command.line, command.end_line)
    call = next(one for one in source.within(statement, cst.Call) if is_cli(source, one))
    base = source.code(call.func)
    own = [f for f in draft.flow.functions.get("before_fit", []) if source.class_of(f)]
    if own:
        raise Refusal("the command line has a `before_fit` of its own: give `self.trainer` the "
                      "logger there", source.line(own[0]))  # fmt: skip
    name, step = draft.free("TrackedCLI", "TrackedLightningCLI"), source.module.default_indent
    assert dialect.logger is not None
    body = [*_assigned(dialect, "logger", draft.quoted), "self.trainer.loggers.append(logger)"]
    head = [f"class {name}({base}):", f"{step}def before_fit(self):"]
    lines = [*_spaced(dialect.logger.before, 2), *head,
             *(f"{step}{step}{line}" for line in body), "", ""]  # fmt: skip
    top = next(s for s in source.module.body if source.contains(s, statement))
    draft.insert(source.line(top) - 1, lines, "", _WHY, outside=True)
    at = source.span(call.func)
    draft.replace(at.start.line, at.start.column, at.end.column, name, _WHY)


def _spaced(lines: tuple[str, ...], blank: int) -> list[str]:
    """A class with blank lines around it."""
    return [*[""] * blank, *lines, *[""] * blank] if lines else []


def _of_module(draft: Draft, trainer: _Made) -> str:
    """What the module was made with and keeps as attributes, where it does not save its
    hyper-parameters itself; empty where it has no name before the Trainer is made."""
    model = _fitted(draft, trainer)
    source = draft.source
    if model is None or model.line >= source.line(trainer.statement):
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


def _of_trainer(trainer: _Made) -> str:
    """What the Trainer was given that says how it trains."""
    given = [
        arg.keyword.value
        for arg in trainer.call.args
        if arg.keyword is not None and arg.keyword.value in _OF_TRAINER
    ]
    entries = [(f'"{one}"', f"{trainer.name}.{one}") for one in given]
    return parameters.as_dict(entries) if entries else ""


def _fitted(draft: Draft, trainer: _Made) -> Model | None:
    given = [call.arguments[0] for call in trainers(draft) if call.arguments
             and call.object in (trainer.name, draft.source.code(trainer.call))]  # fmt: skip
    return next((m for m in draft.facts.models if m.name in given[:1]), None)


def _beside_own(draft: Draft, trainer: _Made, expression: str) -> str:
    """Parameters without those that the module itself hands its loggers: MLflow takes no second
    value for a name. Empty where the module has no name yet."""
    if "save_hyperparameters(" not in draft.source.text:
        return expression
    model = _fitted(draft, trainer)
    if model is None or model.line >= draft.source.line(trainer.statement):
        return ""
    each = f"for key, value in {expression}.items()"
    return f"{{key: value {each} if key not in {model.name}.hparams}}"


def _package(draft: Draft) -> str:
    """`lightning.pytorch` or `pytorch_lightning`, whichever the script uses."""
    text = draft.source.text
    return "lightning.pytorch" if re.search(r"(import|from) lightning\b", text) else (
        "pytorch_lightning"
    )  # fmt: skip
