"""Pruning while training."""

from __future__ import annotations

from tests.adapt.faults import Adaptation, Edits, Fault

_TRAINED = "        train_loss = train(args, model, train_loader, optimizer, epoch)\n"
_STEP = """\
        if epoch < args.epochs - 1:
            for layer in layers:
                prune.l1_unstructured(layer, "weight", amount=0.5)
"""
_LAYERS = "    layers = [one for one in model.modules() if isinstance(one, nn.Linear)]\n"
_REMOVE = '    for layer in layers:\n        prune.remove(layer, "weight")\n'
_TESTED = "    test_loss, test_acc = evaluate(model, test_loader)\n"
_BEST = '    best_acc, best_loss = 0.0, float("inf")\n'

_PRUNE: Edits = (
    ("from torch import nn\n", "from torch import nn\nfrom torch.nn.utils import prune\n"),
    (_BEST, _LAYERS + _BEST),
    (_TRAINED, _TRAINED + _STEP),
    (_TESTED, _REMOVE + _TESTED),
)

_MODEL = "    model = Net(args.hidden)\n"
_NNCF_STEP = "        pruner.step()\n"
_NNCF_MAKE = """\
    model = nncf.prune(
        model,
        mode=nncf.PruneMode.UNSTRUCTURED_MAGNITUDE_LOCAL,
        ratio=0.1,
        examples_inputs=points(1, 1)[0],
    )
    pruner = MultiStepMagnitudePruningScheduler(
        model, mode=nncf.PruneMode.UNSTRUCTURED_MAGNITUDE_LOCAL, steps={0: 0.2, 1: 0.5}
    )
"""
_NNCF: Edits = (
    (
        "import torch\nfrom torch import nn\n",
        "import nncf\nimport torch\n"
        "from nncf.torch.function_hook.pruning.magnitude.schedulers import (\n"
        "    MultiStepMagnitudePruningScheduler,\n)\nfrom torch import nn\n",
    ),
    (_MODEL, _MODEL + _NNCF_MAKE),
    (_TRAINED, _NNCF_STEP + _TRAINED),
)

ADAPTATIONS = [
    Adaptation("torch + nncf", "torch_points", ("nncf",), _NNCF, {"sparsity": 0.5}),
    Adaptation("torch + prune", "torch_points", ("prune",), _PRUNE, {"sparsity": 0.5}),
]


def _fault(name: str, caught_by: str, *edits: tuple[str, str]) -> Fault:
    return Fault(name, "torch + prune", caught_by, edits)


FAULTS = [
    Fault("NNCF's schedule is never stepped", "torch + nncf", "sparse", ((_NNCF_STEP, ""),)),
    Fault(
        "NNCF prunes another model",
        "torch + nncf",
        "sparse",
        (
            (
                "    model = nncf.prune(\n        model,",
                "    other = nncf.prune(\n        copy.deepcopy(model),",
            ),
            ("        model, mode=nncf.PruneMode", "        other, mode=nncf.PruneMode"),
            ("import argparse\n", "import argparse\nimport copy\n"),
        ),
    ),
    _fault(
        "masks are lost after the next step",
        "sparse",
        (_STEP, _STEP + '                prune.remove(layer, "weight")\n'),
        (_REMOVE, ""),
    ),
    _fault(
        "masks are lost and made again at the end",
        "masks",
        (_STEP, _STEP + '                prune.remove(layer, "weight")\n'),
        (
            _REMOVE,
            '    for layer in layers:\n        prune.l1_unstructured(layer, "weight", '
            'amount=0.5)\n        prune.remove(layer, "weight")\n',
        ),
    ),
    _fault("pruned by mask only", "sparse", (_REMOVE, "")),
    _fault(
        "sparsity is reported and not there",
        "sparse",
        (_STEP, "        args.sparsity = 0.5\n"),
        (_REMOVE, ""),
    ),
    _fault(
        "pruned when training is over",
        "masks",
        (_STEP, ""),
        (
            _REMOVE,
            _REMOVE.replace(
                "        prune.remove",
                '        prune.l1_unstructured(layer, "weight", amount=0.5)\n        prune.remove',
            ),
        ),
    ),
    _fault("less is pruned than planned", "sparse", ("amount=0.5", "amount=0.1")),
    _fault(
        "only biases are pruned",
        "sparse",
        (_STEP, _STEP.replace('"weight"', '"bias"')),
        (_REMOVE, _REMOVE.replace('"weight"', '"bias"')),
    ),
    _fault(
        "training is cut short by pruning",
        "masks",
        (_LAYERS, _LAYERS + "    args.epochs -= 1\n"),
        ("if epoch < args.epochs - 1:", "if epoch < args.epochs:"),
    ),
]
