"""torch.nn.utils.prune under the Trainer of Hugging Face, by a callback of the script's own."""

from __future__ import annotations

import re

from assay.adapt.planning import Draft, Refusal
from assay.adapt.pruning import sites
from assay.adapt.pruning.loops import HELPERS, SPARSITY

_CALLBACK = '''

class GradualPruning(TrainerCallback):
    """Masks grow at the beginning of each epoch, and become zeros when training ends."""

    def __init__(self, layers):
        self.layers = layers

    def on_epoch_begin(self, args, state, control, **kwargs):
        prune_layers(self.layers, (int(state.epoch or 0) + 1) / args.num_train_epochs)

    def on_train_end(self, args, state, control, **kwargs):
        print(f"sparsity: {{finish_pruning(self.layers):.1%}}")
'''


def applies(draft: Draft) -> bool:
    """Whether it is the Trainer that trains."""
    return any(one.kind == "fit" and one.method == "train" for one in draft.facts.calls)


def plan(draft: Draft) -> None:
    """The Trainer is given the callback ahead of its train()."""
    source = draft.source
    fits = [one for one in draft.facts.calls if one.kind == "fit" and one.method == "train"]
    if len(fits) != 1 or not re.fullmatch(r"[\w.]+", fits[0].object):
        raise Refusal("there is not one Trainer with a name that trains", fits[0].line)
    statement = draft.statement_at(fits[0].line, fits[0].end_line)
    model = next(
        (one.name for one in reversed(draft.facts.models) if one.function == fits[0].function), None
    )
    if model is None:
        raise Refusal("the model that the Trainer is given has no name beside it", fits[0].line)
    draft.need("import torch", "from torch.nn.utils import prune")
    if "TrainerCallback" not in source.text:
        draft.need("from transformers import TrainerCallback")
    sites.helper(draft, (HELPERS + _CALLBACK).format(share=SPARSITY), fits[0].line,
                 "what pruning does, in one place")  # fmt: skip
    layers = draft.free("pruned_layers", "layers_to_prune")
    draft.insert(source.line(statement) - 1, [
        f"{layers} = [m for m in {model}.modules() if type(m) in {sites.layers(draft)}]",
        f"{fits[0].object}.add_callback(GradualPruning({layers}))",
    ], draft.indent_of(statement), "masks grow on a schedule and hold through steps")  # fmt: skip
    draft.claim("pruned", {"model": model, "share": SPARSITY})
