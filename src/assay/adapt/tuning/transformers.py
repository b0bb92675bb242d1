"""Training by the Trainer of Hugging Face: what to search by, from its own evaluation."""

from __future__ import annotations

import re

import libcst as cst

from assay.adapt.facts import Call
from assay.adapt.planning import Draft, Refusal
from assay.adapt.tuning.goals import ASK, Goal, direction_of, says

_VALIDATION = "val|valid|validation|dev"


def of_trainer(draft: Draft) -> Call | None:
    """The call of the Trainer's `train`, where that is what trains."""
    facts = draft.facts
    if facts.steps or "transformers" not in facts.frameworks:
        return None
    found = [one for one in facts.calls if one.kind == "fit" and one.method == "train"]
    if len(found) != 1 or not re.fullmatch(r"[\w.]+", found[0].object):
        raise Refusal("there is not one Trainer with a name that trains", found[0].line if found
                      else None)  # fmt: skip
    return found[0]


def goal(draft: Draft, fit: Call, objective: str | None) -> Goal:
    """What evaluate() says when training has ended, on a part of the training data where the script
    evaluates on test data. Refusal where it evaluates on nothing."""
    source = draft.source
    made = [
        one.value
        for one in draft.flow.everywhere(fit.object)
        if isinstance(one.value, cst.Call) and one.function is draft.function(fit.function)
    ]
    given = {arg.keyword.value: arg.value for arg in made[0].args if arg.keyword} if made else {}
    train, held = given.get("train_dataset"), given.get("eval_dataset")
    if train is None or held is None:
        raise Refusal("the Trainer is given no eval_dataset to search by; " + ASK, fit.line)
    best = re.search(r"metric_for_best_model=[\"'](?:eval_)?(\w+)[\"']", source.text)
    name = objective or f"eval_{best.group(1) if best else 'loss'}"
    direction = direction_of(name)
    if direction is None or not name.startswith("eval_"):
        raise Refusal(f"`{name}` is no figure of evaluate(), or its name does not say which way is "
                      "better; there is eval_loss", fit.line)  # fmt: skip
    told = source.code(held)
    if says(told, "test") and not says(told, _VALIDATION):
        _hold_back(draft, fit, train, held)
    return Goal(f'{fit.object}.evaluate()["{name}"]', direction, False)


def _hold_back(
    draft: Draft, fit: Call, train: cst.BaseExpression, held: cst.BaseExpression
) -> None:
    """Trials are given two parts of the training data."""
    source = draft.source
    if "load_dataset" not in source.text:
        raise Refusal("the Trainer evaluates on test data, which a search must not touch: split "
                      "off validation data", fit.line)  # fmt: skip
    parts = draft.free("parts", "train_parts")
    for value, part in ((train, "train"), (held, "test")):
        at, text = source.span(value), source.code(value)
        draft.replace(at.start.line, at.start.column, at.end.column,
                      f'{parts}["{part}"] if searching else {text}',
                      "the search is judged on training data that was held out")  # fmt: skip
    statement = source.statement_of(train)
    draft.insert(source.line(statement) - 1,
                 [f"{parts} = {source.code(train)}.train_test_split(test_size=0.1, seed=0)"],
                 draft.indent_of(statement), "the test data is for the last round")  # fmt: skip
