"""What scripts get that are pruned by NNCF: helpers by its interface of today, and by the old one.

Both see the first batch that the training itself meets: to draw one ahead would move the script's
random generators. Both give the weights back under the names that they had.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interface:
    """One of NNCF's interfaces: what is written ahead of the training, and how it is called.
    All helpers have `is_wrapped`, `start_pruning`, `pruned_state` and `finish_pruning`."""

    imports: tuple[str, ...]
    helpers: str
    schedule: str


# `nncf.strip` needs torchao, which NNCF does not install, so zeros are written into the weights.
TODAY = Interface(
    (
        "import nncf",
        "from nncf.torch.function_hook.pruning.magnitude.algo import get_pruned_modules",
        "from nncf.torch.function_hook.pruning.magnitude import schedulers",
        "from nncf.torch.function_hook.wrapper import is_wrapped",
    ),
    '''\
PRUNE_MODE = nncf.PruneMode.UNSTRUCTURED_MAGNITUDE_LOCAL


def start_pruning(model, *inputs):
    """Put masks in at the first batch, as NNCF has to see what forward takes."""
    if model.training and not is_wrapped(model):
        model.eval()  # a look at forward draws no dropout and moves no statistics
        nncf.prune(model, mode=PRUNE_MODE, ratio=0.1, examples_inputs=inputs)
        model.train()


def pruning_schedule(model, epochs):
    """From a tenth of the weights to the whole share, in three quarters of the epochs."""
    return schedulers.ExponentialMagnitudePruningScheduler(
        model,
        mode=PRUNE_MODE,
        initial_ratio=0.1,
        target_ratio=PRUNED_SHARE,
        target_epoch=max(1, int(0.75 * epochs)),
    )


def pruned_state(model):
    """A state dict as the unpruned model has it, with the masked weights as zeros."""
    state = model.state_dict()
    if is_wrapped(model):
        for name, hook in get_pruned_modules(model).items():
            state[name] = state[name] * hook.binary_mask
    for name in [name for name in state if name.startswith("__nncf_hooks.")]:
        del state[name]
    return state


def finish_pruning(model):
    """Make the zeros permanent and take NNCF's hooks off; gives the share of zeros."""
    if not is_wrapped(model):
        return 0.0
    share = nncf.pruning_statistic(model).pruning_ratio
    state = pruned_state(model)
    # nncf.strip would do this, but needs torchao, which nncf does not install.
    del model.forward, model._replicate_for_data_parallel, model._modules["__nncf_hooks"]
    model.load_state_dict(state)
    return share
''',
    "pruning_schedule({model}, {total})",
)

# NNCF 2.19 turns the model itself into another class, whose layers have other names in states.
OF_NNCF_2 = Interface(
    (
        "import copy",
        "import torch",
        "from nncf import NNCFConfig",
        "from nncf.torch import create_compressed_model",
    ),
    '''\


def is_wrapped(model):
    """Whether NNCF's masks are in the model."""
    return hasattr(model, "nncf")


def start_pruning(model, *inputs):
    """Put masks in at the first batch, as NNCF has to know what forward takes."""
    if not model.training or is_wrapped(model):
        return
    kinds = ["float" if one.is_floating_point() else "long" for one in inputs]
    shown = [
        {"sample_size": list(one.shape), "type": kind, "filler": "zeros"}
        for one, kind in zip(inputs, kinds)
    ]
    sparsity = {"algorithm": "magnitude_sparsity", "sparsity_init": 0.1}
    config = NNCFConfig.from_dict({"input_info": shown, "compression": sparsity})
    unpruned = type(model), copy.deepcopy(model._modules)
    model.eval()  # a look at forward draws no dropout and moves no statistics
    with torch.random.fork_rng():  # layers are drawn anew before they get their old weights
        create_compressed_model(model, config, dump_graphs=False)
    model.train()
    model.unpruned = unpruned


class PruningSchedule:
    """From a tenth of the weights to the whole share, in three quarters of the epochs."""

    def __init__(self, model, epochs):
        self.model = model
        self.target_epoch = max(1, int(0.75 * epochs))

    def step(self, epoch):
        part = min(1.0, epoch / self.target_epoch)
        self.model.nncf.compression_controller.set_sparsity_level(
            0.1 + (PRUNED_SHARE - 0.1) * part
        )


def pruned_state(model):
    """A state dict as the unpruned model has it, with the masked weights as zeros."""
    state = model.state_dict()
    for name in list(state):
        layer, _, mask = name.partition(".pre_ops.")
        if mask.endswith("._binary_mask"):
            state[f"{layer}.weight"] = state[f"{layer}.weight"] * state[name]
        if mask or name.endswith(".nncf_padding_value"):
            del state[name]
    return state


def finish_pruning(model):
    """Make the zeros permanent and take NNCF off the model; gives the share of zeros."""
    if not is_wrapped(model):
        return 0.0
    statistics = model.nncf.compression_controller.statistics().magnitude_sparsity
    state = pruned_state(model)
    # The controller's strip() would leave NNCF's layers in, which cannot be pickled.
    model.__class__, model._modules = model.unpruned
    del model.unpruned
    model.load_state_dict(state)
    return statistics.model_statistics.sparsity_level
''',
    "PruningSchedule({model}, {total})",
)

# Of Lightning, by the interface of today.
CALLBACK = '''

class GradualPruning(Callback):
    """Raises the share of masked weights from epoch to epoch; the zeros stay at the end."""

    def on_train_start(self, trainer, pl_module):
        self.schedule = pruning_schedule(pl_module, trainer.max_epochs)

    def on_train_epoch_start(self, trainer, pl_module):
        if is_wrapped(pl_module):
            self.schedule.step(trainer.current_epoch)

    def on_save_checkpoint(self, trainer, pl_module, checkpoint):
        checkpoint["state_dict"] = pruned_state(pl_module)

    def on_train_end(self, trainer, pl_module):
        print(f"sparsity: {finish_pruning(pl_module):.1%}")
'''
