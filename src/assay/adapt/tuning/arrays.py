"""Held-out data for the search, where the script has its data as arrays and knows only test data,
or none at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import libcst as cst

from assay.adapt.planning import Draft, Refusal

if TYPE_CHECKING:
    from assay.adapt.tuning.rounds import Rounds

_WIDTH = 88
_WHY = "the search is judged on training data that was held out; the last round has all of it"
_SHARE = "test_size=0.1"


def of_names(draft: Draft, rounds: Rounds) -> dict[str, str]:
    """Training arrays of the rounds' function, each with the test array that is called alike;
    those that a model, a loss or a TensorDataset is given as they are."""
    named = draft.flow.named()
    own = {
        name
        for name, every in named.items()
        if any(one.function is rounds.function and not _is_loader(draft, one.value)
               for one in every)
    }  # fmt: skip
    given = {
        draft.source.code(arg.value)
        for statement in rounds.block
        if not isinstance(statement, (cst.FunctionDef, cst.ClassDef))
        for call in draft.source.within(statement, cst.Call)
        for arg in call.args
        if rounds.loop is not None
        and (draft.source.contains(rounds.loop, call)
             or draft.source.named(call.func).endswith("TensorDataset"))
    }  # fmt: skip
    pairs = {}
    for name in sorted(own & given):
        other = re.sub("train", "test", re.sub("Train", "Test", name))
        if other != name and other in own:
            pairs[name] = other
    return pairs


def _is_loader(draft: Draft, value: cst.BaseExpression) -> bool:
    kind = draft.source.named(value.func) if isinstance(value, cst.Call) else ""
    return kind.endswith(("DataLoader", "Dataset"))


def hold_back(
    draft: Draft, rounds: Rounds, pairs: Mapping[str, str], kept: str | None = None
) -> list[str]:
    """The lines with which a round begins, which leave nine tenths of the training arrays to train
    on while searching, and put the rest in place of the test arrays. `kept` is a name for what is
    held out where the script has no test arrays. Refusal where the arrays are not of the function
    that has the rounds."""
    train, held = tuple(pairs), tuple(pairs.values())
    names = train if kept else (*train, *held)
    places = [_places(draft, rounds, name) for name in names]
    if not all(places):
        missing = next(name for name, one in zip(names, places, strict=True) if not one)
        raise Refusal(f"`{missing}` is made elsewhere than the training, so that a search cannot "
                      "hold back a part of it")  # fmt: skip
    last = max(max(one) for one in places)
    lines = _split(draft, rounds, train, held, kept)
    draft.need("from sklearn.model_selection import train_test_split")
    if last >= rounds.first:
        rounds.first = min(rounds.first, *(min(one) for one in places))
        statement = rounds.block[last]
        draft.insert(draft.source.end_line(statement), lines, draft.indent_of(statement), _WHY)
        return []
    rounds.first = min([rounds.first, *_uses(draft, rounds, train, last)])
    whole = draft.free("whole_data", "all_data")
    first = rounds.block[rounds.first]
    together = ", ".join(names)
    draft.order -= 600
    draft.insert(draft.source.line(first) - 1, [f"{whole} = {together}"], draft.indent_of(first),
                 _WHY, outside=True)  # fmt: skip
    draft.order += 600
    return [f"{together} = {whole}", *lines]


def _split(
    draft: Draft, rounds: Rounds, train: tuple[str, ...], held: tuple[str, ...], kept: str | None
) -> list[str]:
    step = draft.source.module.default_indent
    made = ", ".join(name for pair in zip(train, held, strict=True) for name in pair)
    how = "shuffle=False" if _is_ordered(draft, rounds, train) else "random_state=0"
    line = f"{step}{made} = train_test_split({', '.join(train)}, {_SHARE}, {how})"
    lines = [line]
    if len(line) > _WIDTH - 2 * len(step):
        lines = [f"{step}{made} = train_test_split(",
                 f"{step}{step}{', '.join(train)}, {_SHARE}, {how}", f"{step})"]  # fmt: skip
    if kept:
        lines.append(f"{step}{kept} = {', '.join(held)}")
    why = "if searching:  # judged on a part of the training data"
    return [*([f"{kept} = None"] if kept else []), why + ("" if kept else ", not on test data"),
            *lines]  # fmt: skip


def _places(draft: Draft, rounds: Rounds, name: str) -> list[int]:
    """Which statements of the block give a name its values."""
    every = [one for one in draft.flow.everywhere(name) if one.function is rounds.function]
    return [
        place
        for place, statement in enumerate(rounds.block)
        if any(one.statement is statement or draft.source.contains(statement, one.statement)
               for one in every)
    ]  # fmt: skip


def _uses(draft: Draft, rounds: Rounds, names: tuple[str, ...], after: int) -> list[int]:
    """Where something is first made from arrays that are cut for the search."""
    for place in range(after + 1, rounds.first):
        statement = rounds.block[place]
        small = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
        if isinstance(small, (cst.Assign, cst.AnnAssign)) and any(
            one.value in names for one in draft.source.within(statement, cst.Name)
        ):
            return [place]
    return []


def _is_ordered(draft: Draft, rounds: Rounds, names: tuple[str, ...]) -> bool:
    """Whether the script itself cuts its data by place, as is done with what has an order."""
    texts = [
        draft.source.module.code_for_node(rounds.block[place])
        for name in names
        for place in _places(draft, rounds, name)
    ]
    return any(re.search(r"\[:\s*[\w(-]", text) for text in texts)
