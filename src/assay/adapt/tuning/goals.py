"""What a search goes by: a figure that the script itself computes on data that was held out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst

from assay.adapt.facts import Metric
from assay.adapt.facts.loops import LoopNode
from assay.adapt.planning import Draft, Refusal

_LESS = r"loss|nll|err|error|rmse|mse|mae|ppl|perplexity|entropy|elbo|kl|rec"
_MORE = r"acc\d?|accuracy|top\d?|f1|auc|r2|psnr|precision|recall|score|ppv|map|iou|dice|bleu"
_VALIDATION = r"val|valid|validation|dev"
_TRAINING = r"train|training|trn"
_TEST = r"test|eval|held|holdout"
ASK = "say what to search by with --objective NAME"


@dataclass(frozen=True, slots=True)
class Goal:
    """`expression` has the figure where a round ends; `on_test` says that the script knows only
    test data, so that the search needs a part of the training data for it. `lifted` is the metric
    where it stays within a function that returns nothing. `arrays` are training arrays of which
    the search holds back a part, each with the part's name, and `held_out` a name for all parts
    where the script has none."""

    expression: str
    direction: str
    on_test: bool
    lifted: Metric | None = None
    arrays: Mapping[str, str] = field(default_factory=dict)
    held_out: str | None = None


def find(
    draft: Draft, function: cst.FunctionDef | None, loop: LoopNode | None,
    last: int, wanted: str | None,
) -> Goal:  # fmt: skip
    """The figure that rounds end with, for those that train in `loop` and end at line `last`.
    Refusal where there is none, or nothing says which way is better."""
    if wanted is not None:
        return _named(draft, function, wanted)
    own = draft.source.name_of(function)
    metrics = [one for one in draft.facts.metrics if _held_out(one) and not one.dynamic]
    near = [one for one in metrics if one.function == own and _is_there(draft, one, loop, last)]
    kept = _kept_best(draft, loop, near)
    if kept is not None:
        return kept
    chosen = _first(near)
    if chosen is not None:
        return Goal(chosen.expression, direction_of(chosen.name) or "minimize", _on_test(chosen))
    lifted = _first([one for one in metrics if _is_bare(draft, one, loop)])
    if lifted is not None:
        return Goal(lifted.expression, direction_of(lifted.name) or "minimize", _on_test(lifted),
                    lifted)  # fmt: skip
    raise Refusal("no figure of held-out data is at hand where the training ends, so a search has "
                  "nothing to go by; " + ASK)  # fmt: skip


def _named(draft: Draft, function: cst.FunctionDef | None, wanted: str) -> Goal:
    own = draft.source.name_of(function)
    for one in draft.facts.metrics:
        if wanted in (one.name, one.expression) and one.function == own:
            if says(one.name, _TRAINING):
                held = sorted({other.name for other in draft.facts.metrics if _held_out(other)})
                others = f"; on held-out data there are {', '.join(held)}" if held else ""
                raise Refusal(f"`{wanted}` is computed on the data that is trained on: a search by "
                              f"it finds what overfits{others}", one.line)  # fmt: skip
            direction = direction_of(one.name) or direction_of(one.expression)
            if direction is None:
                break
            return Goal(one.expression, direction, False)
    if draft.flow.definitions(wanted, function) and direction_of(wanted):
        return Goal(wanted, direction_of(wanted) or "", False)
    known = sorted({one.name for one in draft.facts.metrics if one.function == own})
    raise Refusal(f"no `{wanted}` is computed where the training is, or its name does not say "
                  f"which way is better; there are {', '.join(known) or 'no metrics'}")  # fmt: skip


def _held_out(metric: Metric) -> bool:
    return says(metric.name, f"{_VALIDATION}|{_TEST}") or says(metric.name, "best")


def _on_test(metric: Metric) -> bool:
    return says(metric.name, _TEST) and not says(metric.name, _VALIDATION)


def says(name: str, words: str) -> bool:
    """Whether one of some words, as in "a|b", is in a name."""
    return bool(re.search(rf"(?<![a-z])({words})(?![a-z])", name.lower().replace("_", " ")))


def direction_of(name: str) -> str | None:
    """Which way a figure of that name is better; None where it does not say."""
    plain = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    less, more = says(plain, _LESS), says(plain, _MORE)
    return "minimize" if less and not more else "maximize" if more and not less else None


def _is_there(draft: Draft, metric: Metric, loop: LoopNode | None, last: int) -> bool:
    """Whether a metric has its value where the round ends."""
    if loop is not None and draft.source.line(loop) <= metric.line <= draft.source.end_line(loop):
        return True
    root = re.split(r"[.\[(]", metric.expression)[0]
    function = draft.function(metric.function)
    return any(
        one.how == "assign" and draft.source.line(one.statement) <= last
        for one in draft.flow.definitions(root, function)
    ) and metric.end_line > last  # fmt: skip


def _kept_best(draft: Draft, loop: LoopNode | None, near: list[Metric]) -> Goal | None:
    """What the script itself keeps its best by: the variable with the best so far."""
    final = [one for one in near if says(one.name, "best") and direction_of(one.name)]
    if loop is not None:
        for test in draft.source.within(loop, cst.Comparison):
            goal = _compared(draft, test, near)
            if goal is not None:
                return goal
    held = [one for one in final if not says(one.name, _TEST)]
    if len(held) == 1:
        return Goal(held[0].expression, direction_of(held[0].name) or "", False)
    return None


def _compared(draft: Draft, test: cst.Comparison, near: list[Metric]) -> Goal | None:
    if len(test.comparisons) != 1:
        return None
    sides = [draft.source.code(test.left), draft.source.code(test.comparisons[0].comparator)]
    best = [side for side in sides if re.fullmatch(r"[\w.]*best[\w.]*|[\w.]*(min|max)_\w+", side)]
    other = [side for side in sides if side not in best]
    if len(best) != 1 or len(other) != 1 or best[0].startswith("self."):
        return None
    known = [one for one in near if _same(one.expression, other[0])]
    direction = direction_of(known[0].name) if known else None
    return Goal(best[0], direction, _on_test(known[0])) if known and direction else None


def _same(one: str, other: str) -> bool:
    plain = [re.sub(r"\.item\(\)$", "", text).replace('"', "'") for text in (one, other)]
    return plain[0] == plain[1]


def _first(metrics: list[Metric]) -> Metric | None:
    """Validation before test; of these the loss, else what the name tells the direction of."""
    usable = [one for one in metrics if direction_of(one.name) and not says(one.name, "best")]
    usable.sort(key=lambda one: (_on_test(one), direction_of(one.name) != "minimize"))
    return usable[0] if usable else None


def _is_bare(draft: Draft, metric: Metric, loop: LoopNode | None) -> bool:
    """A figure of a function that returns nothing and is called, as a statement, in the loop."""
    function = draft.function(metric.function)
    if loop is None or function is None or draft.flow.returned(function):
        return False
    return lifting_call(draft, metric, loop) is not None and metric.expression.isidentifier()


def lifting_call(draft: Draft, metric: Metric, loop: LoopNode) -> cst.Call | None:
    """The statement in the loop that calls the metric's function."""
    function = draft.function(metric.function)
    for call in draft.source.within(loop, cst.Call):
        if function in draft.flow.called(call) and isinstance(draft.source.parent(call), cst.Expr):
            return call
    return None
