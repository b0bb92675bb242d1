"""What is pruned while a script trains: when, and the share of zeros after each optimiser step."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

sparsity: list[float] = []
prunes: list[int] = []
steps = [0]
# What was pruned by torch, and models that NNCF prunes.
_pruned: dict[str, list[Any]] = {"modules": [], "nncf": []}
_NNCF_2 = "nncf.torch.sparsity.magnitude.algo"
_NNCF = "nncf.torch.function_hook.pruning.magnitude.algo"


def watch(after: Callable[[str, Callable[[Any], None]], None]) -> None:
    after("torch.optim.optimizer", _optimizer)
    after("torch.nn.utils.prune", _prune)
    after(_NNCF, _nncf)
    after(_NNCF_2, _nncf_2)


def told() -> dict[str, Any]:
    return {"sparsity": sparsity, "prunes": prunes, "steps": steps[0]}


def layers(alive: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Of models by their paths, the share of zeros in each layer's weights, and whether it is only
    masked."""
    found = []
    torch = sys.modules.get("torch")
    for path, model in alive:
        if torch is None or not isinstance(model, torch.nn.Module):
            continue
        parts = [(name, *_weight_and_mask(module)) for name, module in model.named_modules()]
        for name, weight, mask in [*parts, *_of_nncf(model)]:
            if isinstance(weight, torch.Tensor) and weight.dim() > 1:
                share = _zeros([(weight, mask)])
                masked = mask is not None and bool(((mask == 0) & (weight != 0)).any())
                found.append({
                    "path": f"{path}.{name}", "share": share, "size": weight.numel(),
                    "zeros": share * weight.numel(), "masked": masked,
                })  # fmt: skip
    return found


def _optimizer(module: Any) -> None:
    module.register_optimizer_step_pre_hook(_sampled)
    module.register_optimizer_step_post_hook(_stepped)


def _stepped(*_: Any) -> None:
    steps[0] += 1
    _sampled()


def _sampled(*_: Any) -> None:
    parts = [_weight_and_mask(module) for module in _pruned["modules"]]
    parts += [part[1:] for model in _pruned["nncf"] for part in _of_nncf(model)]
    if parts and len(sparsity) < 400:
        sparsity.append(_zeros(parts))


def _weight_and_mask(module: Any) -> tuple[Any, Any]:
    mask = getattr(module, "weight_mask", None)
    return getattr(module, "weight" if mask is None else "weight_orig", None), mask


def _of_nncf(model: Any) -> list[tuple[str, Any, Any]]:
    """Names, weights and masks of what NNCF prunes: it keeps masks in hooks of the model, and in
    layers of its own by its old interface."""
    if _NNCF_2 in sys.modules:
        return [
            (name, module.weight, one.op.binary_mask)
            for name, module in model.named_modules()
            for one in getattr(module, "pre_ops", {}).values()
            if hasattr(one.op, "binary_mask")
        ]
    algorithm = sys.modules.get(_NNCF)
    if algorithm is None:
        return []
    try:
        masks = algorithm.get_pruned_modules(model)
    except Exception:  # not a model of NNCF's
        return []
    return [
        (name, algorithm.get_const_data_by_name(name, model), hook.binary_mask)
        for name, hook in masks.items()
    ]


def _zeros(parts: list[tuple[Any, Any]]) -> float:
    """The share of zeros in what is reckoned with."""
    zeros = total = 0
    for weight, mask in parts:
        effective = weight if mask is None else weight * mask
        zeros += int((effective == 0).sum())
        total += effective.numel()
    return zeros / total if total else 0.0


def _prune(module: Any) -> None:
    """Which modules are pruned, and after how many optimiser steps."""
    kind = module.BasePruningMethod
    real = kind.apply.__func__

    def apply(cls: Any, pruned: Any, name: str, *given: Any, **named: Any) -> Any:
        if name == "weight" and not any(one is pruned for one in _pruned["modules"]):
            _pruned["modules"].append(pruned)
        prunes.append(steps[0])
        return real(cls, pruned, name, *given, **named)

    kind.apply = classmethod(apply)


def _nncf(module: Any) -> None:
    real = module.update_pruning_ratio

    def update(model: Any, *given: Any, **named: Any) -> Any:
        if not any(one is model for one in _pruned["nncf"]):
            _pruned["nncf"].append(model)
        prunes.append(steps[0])
        return real(model, *given, **named)

    module.update_pruning_ratio = update


def _nncf_2(module: Any) -> None:
    kind = module.MagnitudeSparsityController
    real = kind.set_sparsity_level

    def update(controller: Any, *given: Any, **named: Any) -> Any:
        model = controller.model
        if not any(one is model for one in _pruned["nncf"]):
            _pruned["nncf"].append(model)
        prunes.append(steps[0])
        return real(controller, *given, **named)

    kind.set_sparsity_level = update
