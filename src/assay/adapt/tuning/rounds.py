"""A search around the script's own training: once for each trial, and then with the best."""

from __future__ import annotations

import re
from dataclasses import dataclass

import libcst as cst

from assay.adapt.editing import Indent
from assay.adapt.facts import Call
from assay.adapt.facts.loops import LoopNode
from assay.adapt.planning import Draft, Refusal
from assay.adapt.pruning import sites
from assay.adapt.tuning import anew, arrays, dials, fits, goals, holdout, transformers
from assay.adapt.tuning.goals import Goal
from assay.adapt.tuning.spaces import Dial

N_TRIALS = 10
_WIDTH = 96
_OWN_NAMES = ("study", "trial", "trial_number", "searching", "N_TRIALS")
# How many functions may lie between the training loop and the place where all is made.
_DEEPEST = 4
_SEEDS = re.compile(
    r"(^|\.)(manual_seed|manual_seed_all|seed|seed_everything|set_random_seed|set_seed|seed_all)$"
)


@dataclass(slots=True)
class Rounds:
    """The statements, all of one block, that one round consists of; `loop` is the training loop
    among them where the script has one of its own, and `function` the one that has them all."""

    block: list[cst.BaseStatement]
    first: int
    last: int
    function: cst.FunctionDef | None
    loop: LoopNode | None = None

    @property
    def statements(self) -> list[cst.BaseStatement]:
        return self.block[self.first : self.last + 1]


def plan(draft: Draft, objective: str | None) -> None:
    """Ask and tell: each round asks a trial for values, trains, and tells how it went."""
    if draft.notebook:
        raise Refusal("a search would have to repeat what lies in several cells; put the training "
                      "into a function, or adapt a script")  # fmt: skip
    trainer = transformers.of_trainer(draft)
    stages = (trainer,) if trainer else fits.of_library(draft)
    rounds = _around_fit(draft, stages[-1]) if stages else _around_loop(draft)
    site = draft.statement_at(stages[-1].line) if stages else sites.training_loop(draft)
    ends = _training_ends(draft, rounds, site)
    if trainer:
        goal = transformers.goal(draft, trainer, objective)
    elif stages:
        goal = fits.goal(draft, stages, objective)
    else:
        last = draft.source.end_line(ends)
        goal = goals.find(draft, rounds.function, rounds.loop, last, objective)
    found = dials.find(draft, rounds.statements, rounds.function)
    if goal.direction == "minimize":
        # It changes what the loss is, so losses under it cannot be compared.
        found = [one for one in found if "smoothing" not in one.name]
    if not found:
        raise Refusal("none of the script's settings that a search could vary was recognised: no "
                      "learning rate, decay, dropout or width that has a name")  # fmt: skip
    anew.begin(draft, rounds, found)
    cut: list[str] = []
    if goal.arrays:
        cut = arrays.hold_back(draft, rounds, goal.arrays, goal.held_out)
    elif goal.on_test:
        cut = holdout.cut(draft, rounds, goal)
    if stages:
        fits.spare_checkpoints(draft, stages[-1])
    _write(draft, rounds, goal, found, cut)
    _tell(draft, rounds, goal, ends)


def _around_loop(draft: Draft) -> Rounds:
    site = sites.training_loop(draft)
    makers = _made(draft)
    function = draft.source.function_of(site)
    for _ in range(_DEEPEST):
        inner = site if function is draft.source.function_of(site) else None
        block = _block(draft, inner, function)
        at = _index(draft, block, site)
        firsts = [_index_of_line(draft, block, line) for line in makers]
        known = [one for one in firsts if one is not None]
        if at is not None and len(known) == len(firsts):
            return Rounds(block, min([at, *known]), at, function, inner)
        callers = draft.flow.callers(function) if function else []
        if len(callers) != 1:
            break
        function = draft.source.function_of(callers[0])
    raise Refusal("the model and its training are not made in one place, so a trial cannot be cut "
                  "out of the script", draft.source.line(site))  # fmt: skip


def _training_ends(draft: Draft, rounds: Rounds, site: cst.CSTNode) -> cst.BaseStatement:
    """The statement with which training is over: within a `with` there may be more to come."""
    at = rounds.block[rounds.last]
    while isinstance(at, cst.With) and isinstance(at.body, cst.IndentedBlock):
        block = [one for one in at.body.body if isinstance(one, cst.BaseStatement)]
        place = _index(draft, block, site)
        if place is None or place == len(block) - 1:
            break
        at = block[place]
    return at


def _around_fit(draft: Draft, fit: Call) -> Rounds:
    """From where the model that is fitted is made, to the fit."""
    statement = draft.statement_at(fit.line)
    function = draft.source.function_of(statement)
    block = _block(draft, statement, function)
    at = _index(draft, block, statement)
    made = [
        _index_of_line(draft, block, one.line)
        for one in draft.facts.models
        if not re.search("Tokenizer|Processor|Extractor", one.cls)
    ]
    firsts = [one for one in made if one is not None and at is not None and one <= at]
    if at is not None and "(" in "".join((fit.object, *fit.arguments[:1])):
        firsts.append(at)
    if at is None or not firsts:
        raise Refusal("the model is made elsewhere than where it is fitted, so a trial cannot be "
                      "cut out of the script", fit.line)  # fmt: skip
    return Rounds(block, min(firsts), at, function)


def _made(draft: Draft) -> list[int]:
    """The lines on which models and optimisers come to be."""
    lines = {one.line for one in draft.facts.optimisers if one.models}
    return sorted(lines | {one.line for one in draft.facts.models if one.framework == "torch"})


def _block(
    draft: Draft, inner: cst.CSTNode | None, function: cst.FunctionDef | None
) -> list[cst.BaseStatement]:
    """The statements of a function, or of the module's part that runs."""
    from assay.adapt.facts import entry

    source = draft.source
    if function is not None:
        body: cst.CSTNode = function.body
    else:
        guards = [one for one in entry.guards(source) if isinstance(one.body, cst.IndentedBlock)]
        inside = [one for one in guards if inner is None or source.contains(one.body, inner)]
        body = inside[0].body if inside else source.module
    assert isinstance(body, (cst.IndentedBlock, cst.Module))
    return [one for one in body.body if isinstance(one, cst.BaseStatement)]


def _index(draft: Draft, block: list[cst.BaseStatement], node: cst.CSTNode) -> int | None:
    """Which statement of the block reaches a node, by itself or by what it calls."""
    for place, statement in enumerate(block):
        if draft.source.contains(statement, node):
            is_definition = isinstance(statement, (cst.FunctionDef, cst.ClassDef))
            if not is_definition:
                return place
    function = draft.source.function_of(node)
    return _index_of_calls(draft, block, function, frozenset())


def _index_of_calls(
    draft: Draft, block: list[cst.BaseStatement], function: cst.FunctionDef | None,
    seen: frozenset[cst.FunctionDef],
) -> int | None:  # fmt: skip
    if function is None or function in seen:
        return None
    callers: list[cst.CSTNode] = list(draft.flow.callers(function))
    around = draft.source.class_of(function)
    if around is not None and function.name.value == "__init__":
        callers += [one for one in draft.source.all(cst.Call)
                    if draft.source.code(one.func) == around.name.value]  # fmt: skip
    for caller in callers:
        for place, statement in enumerate(block):
            if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
                continue
            if draft.source.contains(statement, caller):
                return place
        outer = draft.source.function_of(caller)
        found = _index_of_calls(draft, block, outer, seen | {function})
        if found is not None:
            return found
    return None


def _index_of_line(draft: Draft, block: list[cst.BaseStatement], line: int) -> int | None:
    return _index(draft, block, draft.statement_at(line))


def _write(draft: Draft, rounds: Rounds, goal: Goal, found: list[Dial], cut: list[str]) -> None:
    source = draft.source
    first, last = rounds.block[rounds.first], rounds.block[rounds.last]
    top, end = sites.first_line(draft, first), source.end_line(last)
    indent, step = draft.indent_of(first), source.module.default_indent
    module = {one.name for one in draft.facts.constants if one.function == ""}
    # What had no name and stands in another function gets one of the module.
    fresh = [one for one in found if one.place.isupper() and not draft.flow.everywhere(one.place)]
    names = [one.place for one in found if one.place in module or one in fresh]
    if rounds.function is not None and names:
        _global(draft, rounds.function, names)
    _check_names(draft)
    seeds = _seeds(draft, rounds)
    draft.order -= 500
    draft.insert(top - 1, [
        f'study = optuna.create_study(direction="{goal.direction}", '
        "sampler=optuna.samplers.TPESampler(seed=0))",
        *_first_trial(found, len(indent)),
        "for trial_number in range(N_TRIALS + 1):",
        f"{step}searching = trial_number < N_TRIALS",
        f"{step}# The last round trains with the best that was found.",
        f"{step}trial = study.ask() if searching else optuna.trial.FixedTrial(study.best_params)",
        *(f"{step}{one.place if _is_held(one) else one.name} = {one.suggestion}" for one in found),
        *(f"{step}{line}" for line in (*seeds, *cut)),
    ], indent, "each round asks a trial for values, from the same seed; the script's own are the "
       "first trial", outside=True)  # fmt: skip
    draft.order += 500
    if goal.lifted is not None:
        _lift(draft, rounds, goal)
    draft.edits.append(Indent(top, end))
    constants = "".join(f"\n{one.place} = {one.value}" for one in fresh)
    sites.helper(draft, f"N_TRIALS = {N_TRIALS}{constants}", top,
                 "how often to train before the last time")  # fmt: skip
    draft.claim("objective", {"expression": goal.expression, "direction": goal.direction})
    draft.claim("searched", *({"name": one.name, "value": one.value} for one in found))


def _tell(draft: Draft, rounds: Rounds, goal: Goal, ends: cst.BaseStatement) -> None:
    """End a trial where training is over: what the script does with its model then, a last test
    among it, is for the last round."""
    step, end = draft.source.module.default_indent, draft.source.end_line(ends)
    tell, why = f"study.tell(trial, {goal.expression})", f"the search goes by `{goal.expression}`"
    if ends is rounds.block[rounds.last]:
        lines = [f"{step}if searching:", f"{step}{step}{tell}"]
        draft.insert(end, lines, draft.indent_of(rounds.block[rounds.first]), why, outside=True)
    else:
        lines = ["if searching:", f"{step}{tell}", f"{step}continue"]
        draft.insert(end, lines, draft.indent_of(ends), why)


def _first_trial(found: list[Dial], indent: int) -> list[str]:
    """The script's own values, as a dict."""
    pairs = [f'"{one.name}": {one.place if _is_held(one) else one.value}' for one in found]
    line = f"study.enqueue_trial({{{', '.join(pairs)}}})"
    if len(line) + indent <= _WIDTH:
        return [line]
    return ["study.enqueue_trial({", *(f"    {pair}," for pair in pairs), "})"]


def _lift(draft: Draft, rounds: Rounds, goal: Goal) -> None:
    """Have a function return the figure that it only prints."""
    assert goal.lifted is not None
    assert rounds.loop is not None
    function = draft.function(goal.lifted.function)
    call = goals.lifting_call(draft, goal.lifted, rounds.loop)
    assert function is not None
    assert call is not None
    assert isinstance(function.body, cst.IndentedBlock)
    last = function.body.body[-1]
    assert isinstance(last, cst.BaseStatement)
    why = "the search needs the figure where the training is"
    draft.insert(draft.source.end_line(last), [f"return {goal.expression}"],
                 draft.indent_of(last), why)  # fmt: skip
    at = draft.source.span(call).start
    draft.replace(at.line, at.column, at.column, f"{goal.expression} = ", why)


def _check_names(draft: Draft) -> None:
    taken = {node.value for node in draft.source.all(cst.Name)} & set(_OWN_NAMES)
    if taken:
        raise Refusal(f"the script has a `{min(taken)}` of its own, as a search has: rename it")


def _is_held(one: Dial) -> bool:
    """Whether the script itself keeps the value under a name, and not as a literal in a call."""
    return one.place != one.name or one.place.isupper()


def _global(draft: Draft, function: cst.FunctionDef, names: list[str]) -> None:
    assert isinstance(function.body, cst.IndentedBlock)
    first = function.body.body[0]
    assert isinstance(first, cst.BaseStatement)
    documented = function.get_docstring() is not None
    after = draft.source.end_line(first) if documented else draft.source.line(first) - 1
    draft.insert(after, [f"global {', '.join(names)}"], draft.indent_of(first),
                 "what is searched are settings of the module", outside=True)  # fmt: skip


def _seeds(draft: Draft, rounds: Rounds) -> list[str]:
    """The script's own seeding that lies ahead of a round, to be done in each."""
    source = draft.source
    found: list[str] = []
    for statement in rounds.block[: rounds.first]:
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            continue
        small = statement.body[0]
        call = small.value if isinstance(small, cst.Expr) else None
        if isinstance(call, cst.Call) and _SEEDS.search(source.named(call.func)):
            found.append(source.code(call))
    return found
