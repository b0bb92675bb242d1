"""Pruning by Lightning's own callback, told what it does not do by itself.

As it comes, `ModelPruning` prunes the same share again after each epoch, resets the weights that
are left to their first values, and takes biases and norms as well.
"""

from __future__ import annotations

import re

import libcst as cst

from assay.adapt.facts import Call
from assay.adapt.planning import Draft, Refusal
from assay.adapt.pruning import sites
from assay.adapt.pruning.loops import SPARSITY

_HELPER = '''\
PRUNED_SHARE = {share}  # of the weights, in the end


def pruning_amount(epoch, epochs):
    """The share of what is left that is pruned after an epoch; the last quarter prunes nothing."""
    ramp = max(1.0, 0.75 * (epochs - 1))
    before, after = (
        PRUNED_SHARE * (1 - (1 - min(1.0, n / ramp)) ** 3) for n in (epoch, epoch + 1)
    )
    return (after - before) / (1 - before)
'''


def plan(draft: Draft) -> None:
    """The callback is handed to the trainer, once both it and the model are there."""
    source = draft.source
    fit = one_fit(draft)
    statement = draft.statement_at(fit.line, fit.end_line)
    indent = draft.indent_of(statement)
    if not re.fullmatch(r"[\w.]+", fit.object):
        raise Refusal("the Trainer has no name, so it cannot be given a callback: put it into a "
                      "variable first", fit.line)  # fmt: skip
    _check(draft, fit)
    model = model_of(draft, fit, statement)
    kinds = sites.layers(draft)
    trained = " and m.weight.requires_grad" if "requires_grad" in source.text else ""
    layers = [
        "pruned_weights = [",
        f'    (m, "weight") for m in {model}.modules()',
        f"    if type(m) in {kinds}{trained}",
        "]",
    ]
    lines = [
        *layers,
        f"{fit.object}.callbacks.append(ModelPruning(",
        '    "l1_unstructured",',
        "    parameters_to_prune=pruned_weights,",
        f"    amount=lambda epoch: pruning_amount(epoch, {fit.object}.max_epochs),",
        "    use_global_unstructured=False,",
        "    use_lottery_ticket_hypothesis=False,",
        "    verbose=1,",
        "))",
    ]
    sites.helper(draft, _HELPER.format(share=SPARSITY), fit.line, "the schedule, in one place")
    old = re.search(r"^\s*(import|from) pytorch_lightning", source.text, re.M)
    package = "pytorch_lightning" if old else "lightning.pytorch"
    draft.need(f"from {package}.callbacks import ModelPruning")
    draft.insert(source.line(statement) - 1, lines, indent,
                 "masks grow after each epoch; the callback makes them permanent in checkpoints "
                 "and when training ends")  # fmt: skip
    draft.claim("pruned", {"model": model, "share": SPARSITY})


def _check(draft: Draft, fit: Call) -> None:
    for call in draft.source.all(cst.Call):
        if not draft.source.named(call.func).endswith(".Trainer"):
            continue
        names = {arg.keyword.value for arg in call.args if arg.keyword}
        if {"max_steps", "max_time", "fast_dev_run"} & names and "max_epochs" not in names:
            raise Refusal("training is bounded by steps or time, so there are no epochs to spread "
                          "a schedule over; give the Trainer max_epochs", fit.line)  # fmt: skip


def one_fit(draft: Draft) -> Call:
    """The call of `Trainer.fit`. Refusal where there are several."""
    fits = [one for one in draft.facts.calls if one.kind == "fit" and one.method == "fit"]
    if not fits:
        raise Refusal("no call of a Trainer's fit() was recognised")
    if len(fits) > 1:
        raise Refusal(f"fit() is called at lines {', '.join(str(one.line) for one in fits)}, and "
                      "nothing says which of the trainings is meant", fits[0].line)  # fmt: skip
    return fits[0]


def model_of(draft: Draft, fit: Call, statement: cst.BaseStatement) -> str:
    """The model's name; where it is made within the call, it gets one ahead of it."""
    source = draft.source
    given = fit.arguments[0] if fit.arguments else dict(fit.keywords).get("model")
    if given is None:
        raise Refusal("fit() is given no model", fit.line)
    if re.fullmatch(r"[\w.]+", given):
        return given
    for call in source.within(statement, cst.Call):
        if source.code(call) == given:
            at = source.span(call)
            if at.start.line != at.end.line:
                break
            name = draft.free("model", "module")
            draft.insert(source.line(statement) - 1, [f"{name} = {given}"],
                         draft.indent_of(statement), "the model needs a name")  # fmt: skip
            draft.replace(at.start.line, at.start.column, at.end.column, name,
                          "the model needs a name")  # fmt: skip
            return name
    raise Refusal("the model that fit() is given has no name; put it into a variable", fit.line)
