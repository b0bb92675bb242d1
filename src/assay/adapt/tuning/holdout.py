"""A part of the training data for the search, where the script itself knows only test data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from assay.adapt.facts import Loader
from assay.adapt.planning import Draft, Refusal
from assay.adapt.tuning import arrays
from assay.adapt.tuning.goals import ASK, Goal

if TYPE_CHECKING:
    from assay.adapt.tuning.rounds import Rounds


def cut(draft: Draft, rounds: Rounds, goal: Goal) -> list[str]:
    """While searching, nine tenths of the training data is trained on, and the rest stands in place
    of the test data: in loaders or, by the lines with which a round begins, in arrays. Refusal
    where neither is made beside the training."""
    own = draft.source.name_of(rounds.function)
    loaders = [one for one in draft.facts.loaders if one.function == own]
    train = [one for one in loaders if one.role == "train"]
    test = [one for one in loaders if one.role == "test"]
    pairs = arrays.of_names(draft, rounds) if not test else {}
    if pairs:
        return arrays.hold_back(draft, rounds, pairs)
    if len(train) != 1 or len(test) != 1:
        raise Refusal(f"`{goal.expression}` is of test data, which a search must not touch, and "
                      "how to hold back a part of the training data is not to be seen; split off "
                      f"validation data, or {ASK}")  # fmt: skip
    places = [_place(draft, rounds.block, one) for one in (*train, *test)]
    rounds.first = min([rounds.first, *places])
    top = draft.source.line(rounds.block[rounds.first])
    lines: list[str] = []
    names = []
    for loader, usual in ((train[0], "train_data"), (test[0], "test_data")):
        name = loader.dataset
        if not re.fullmatch(r"[\w.]+", name):
            name = draft.free(usual, f"all_{usual}")
            lines.append(f"{name} = {loader.dataset}")
        names.append(name)
    draft.need("import torch")
    indent = draft.indent_of(rounds.block[rounds.first])
    draft.order -= 600
    draft.insert(top - 1, [
        *lines,
        "fit_part, held_out = torch.utils.data.random_split(",
        f"    {names[0]}, [0.9, 0.1], generator=torch.Generator().manual_seed(0)",
        ")",
    ], indent, "the search is judged on training data that was held out; the test data is for the "
       "last round", outside=True)  # fmt: skip
    draft.order += 600
    _replace(draft, train[0], f"fit_part if searching else {names[0]}")
    _replace(draft, test[0], f"held_out if searching else {names[1]}")
    return []


def _place(draft: Draft, block: list[cst.BaseStatement], loader: Loader) -> int:
    for place, statement in enumerate(block):
        if draft.source.line(statement) <= loader.line <= draft.source.end_line(statement):
            return place
    raise Refusal("the data loaders are not made beside the training, so that a search cannot have "
                  "held-out data of its own", loader.line)  # fmt: skip


def _replace(draft: Draft, loader: Loader, text: str) -> None:
    source = draft.source
    statement = draft.statement_at(loader.line)
    for call in source.within(statement, cst.Call):
        if source.named(call.func).endswith("DataLoader") and call.args:
            at = source.span(call.args[0].value)
            if at.start.line == at.end.line:
                draft.replace(at.start.line, at.start.column, at.end.column, text,
                              "held-out data for the search")  # fmt: skip
                return
    raise Refusal("a data loader's data stands on several lines", loader.line)
