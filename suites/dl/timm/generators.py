"""Inputs for the timm tasks: logits, small feature maps, schedules and parameter groups."""

import random

import numpy as np
import torch
from torch import nn


def _g(seed):
    return torch.Generator().manual_seed(3000 + seed)


def _rand(g, *shape, low=0.0, high=1.0):
    return torch.rand(shape, generator=g) * (high - low) + low


def _ints(g, low, high, *shape):
    return torch.randint(low, high, shape, generator=g)


def _fill(module):
    """Every parameter and float buffer gets values that depend on its shape only, whatever its name."""
    for name, value in list(module.named_parameters()) + list(module.named_buffers()):
        if not value.is_floating_point():
            continue
        count = torch.arange(value.numel(), dtype=torch.float32)
        new = (0.4 * torch.cos(1.7 * count + 0.13 * value.numel() + value.dim())).reshape(
            value.shape
        )
        if name.endswith("running_var"):
            new = new.abs() + 0.5
        value.data.copy_(new)
    return module


def _shapes(module):
    return sorted(list(p.shape) for p in module.parameters())


def log_coords(seed):
    size = [(3, 4), (2, 2), (5, 3), (4, 6)][seed % 4]
    args = {"win_size": size, "dtype": torch.float64 if seed % 5 == 4 else torch.float32}
    if seed % 3 == 1:
        args["pretrained_win_size"] = (4 + seed, 6)
    if seed % 3 == 2:
        args["mode"] = "cr"
    if seed == 9:
        args["mode"] = "v3"
    return args


def bias_table(seed):
    g = _g(seed)
    old, new = [(2, 3), (3, 2), (4, 4), (2, 5)][seed % 4]
    wide = (new, new + 1) if seed % 3 == 2 else (new, new)
    if seed % 2:
        table = _rand(g, 2, 2 * old - 1, 2 * old - 1)
        shape = (2, 2 * wide[0] - 1, 2 * wide[1] - 1)
        if seed == 7:
            shape = (2, 3, 3)
    else:
        extra = 3 if seed % 4 == 0 else 0
        table = _rand(g, (2 * old - 1) ** 2 + extra, 2)
        shape = ((2 * wide[0] - 1) * (2 * wide[1] - 1) + extra, 2)
    return table, wide, shape


def sincos(seed):
    shape = [[2, 3], [4, 1], [3, 3], [1, 5]][seed % 4]
    args = {"feat_shape": shape, "dim": [8, 12, 4, 16][seed % 3]}
    if seed % 2:
        args["temperature"] = 100.0 * seed
    if seed % 3 == 1:
        args["reverse_coord"] = True
    if seed % 4 > 1:
        args["interleave_sin_cos"] = True
    if seed == 6:
        args["dim"] = 10
    if seed == 8:
        args["dtype"] = torch.float64
    return args


def abs_pos(seed):
    g = _g(seed)
    old, new, prefix = [
        ((3, 3), [4, 4], 1),
        ((2, 4), [4, 2], 0),
        ((3, 3), [3, 3], 1),
        ((4, 4), [2, 3], 2),
        ((2, 3), [2, 3], 1),
    ][seed % 5]
    args = {
        "posemb": _rand(g, 1, old[0] * old[1] + prefix, 3),
        "new_size": new,
        "num_prefix_tokens": prefix,
    }
    if old[0] != old[1] or seed == 8:
        args["old_size"] = list(old)
    if seed % 3 == 1:
        args.update(interpolation="bilinear", antialias=False)
    if seed % 4 == 3:
        args["antialias"] = False
    if seed == 5:
        args["posemb"] = args["posemb"].double()
    if seed == 9:
        args["align_corners"] = True
    return args


def rel_logits(seed):
    g = _g(seed)
    b, h, w, d = [(1, 2, 3, 2), (2, 3, 2, 4), (1, 1, 4, 3), (2, 2, 2, 1)][seed % 4]
    return (
        _rand(g, b, h, w, d, low=-1),
        _rand(g, 2 * w - 1, d, low=-1),
        [(0, 1, 3, 2, 4), (0, 3, 1, 4, 2), (0, 1, 2, 3, 4)][seed % 3],
    )


def eca(target, seed):
    g = _g(seed)
    channels = [4, 16, 64, 3, 100][seed % 5]
    options = [
        {"channels": channels},
        {"channels": channels, "gamma": 1, "beta": 2},
        {"kernel_size": 5},
        {"channels": channels, "gate_layer": "hard_sigmoid"},
        {"channels": channels, "use_mlp": True},
        {"channels": channels, "use_mlp": True, "rd_channels": 3, "act_layer": nn.Tanh},
        {},
        {"kernel_size": 4},
        {"use_mlp": True},
        {"channels": channels, "use_mlp": True, "rd_ratio": 0.5, "rd_divisor": 2},
    ][seed]
    module = _fill(target(**options))
    return module(_rand(g, 1 + seed % 2, channels, 2, 3, low=-3, high=3)), _shapes(module)


def grn(target, seed):
    g = _g(seed)
    options = [{}, {"channels_last": False}, {"eps": 0.5}, {"channels_last": False, "eps": 0.1}][
        seed % 4
    ]
    module = target(3, **options)
    x = _rand(g, 1 + seed % 2, 3, 2 + seed % 3, 3, low=-2, high=2)
    if options.get("channels_last", True):
        x = x.permute(0, 2, 3, 1)
    if seed == 8:
        x = x * 0
    fresh = module(x)
    return fresh, _fill(module)(x), _shapes(module)


def scaled_conv(target, seed):
    g = _g(seed)
    options = [
        {},
        {"stride": 2},
        {"groups": 2},
        {"bias": False},
        {"gamma": 1.7},
        {"eps": 0.3},
        {"gain_init": 0.5},
        {"padding": 0},
        {"dilation": 2},
        {"padding": 2, "gamma": 0.6},
    ][seed]
    module = target(4, 2 + 2 * (seed % 2), 3 if seed % 3 else 1, **options)
    gains = (
        [float(p.mean()) for p in module.parameters() if p.dim() == 4 and p.shape[1:] == (1, 1, 1)]
        if seed % 3
        else []
    )
    _fill(module)
    return module(_rand(g, 1 + seed % 2, 4, 5, 6, low=-1)), gains, _shapes(module)


def sk_attn(target, seed):
    g = _g(seed)
    paths = 2 + seed % 2
    options = {"num_paths": paths, "attn_channels": 2 + seed % 3}
    if seed % 3 == 1:
        options["act_layer"] = nn.SiLU
    if seed % 4 == 3:
        options["norm_layer"] = nn.InstanceNorm2d if seed < 0 else nn.Identity
    module = _fill(target(3, **options)).eval()
    return module(
        _rand(
            g, 1 + seed % 2, paths if seed != 8 else paths + 1, 3, 2 + seed % 3, 3, low=-2, high=2
        )
    ), _shapes(module)


def jsd(target, seed):
    g = _g(seed)
    splits = [3, 2, 3, 4, 1][seed % 5]
    options = {"num_splits": splits}
    if seed % 2:
        options.update(alpha=2 + seed, smoothing=[0.0, 0.3, None][seed % 3])
    n = 2 * splits + (1 if seed == 6 else 0)
    return target(**options)(_rand(g, n, 4, low=-3, high=3), _ints(g, 0, 4, n))


def mixup_target(seed):
    g = _g(seed)
    n, c = 2 + seed % 3, 3 + seed % 2
    if seed % 3 == 2:
        args = {"target": (_rand(g, n, c) > 0.5).long(), "num_classes": c, "multi_label": True}
    else:
        args = {"target": _ints(g, 0, c, n), "num_classes": c}
    if seed:
        args["lam"] = 0.1 * seed
    if seed % 2:
        args["smoothing"] = 0.2
    if seed == 8:
        args["target"] = args["target"][:, 0]
    return args


def rand_bbox(target, seed):
    np.random.seed(seed)
    shape = [(3, 20, 30), (2, 3, 16, 11), (40, 40)][seed % 3]
    options = {}
    if seed % 2:
        options["margin"] = 0.2
    if seed % 3 == 1:
        options["count"] = 4
    return [
        target(shape, lam, **options)
        for lam in (0.9, 0.31, 0.0 if not options.get("margin") else 0.5, 1.0)
    ]


def erasing(target, seed):
    random.seed(seed)
    torch.manual_seed(seed)
    g = _g(seed)
    options = {
        "probability": [1.0, 0.6, 1.0, 0.5][seed % 4],
        "mode": ["const", "rand", "pixel", "CONST"][(seed // 2) % 4],
        "device": "cpu",
    }
    if seed % 3 == 1:
        options.update(min_count=2, max_count=4, max_area=0.5)
    if seed % 3 == 2:
        options.update(min_area=0.1, min_aspect=0.5, max_aspect=3.0)
    if seed == 5:
        options["num_splits"] = 2
    if seed == 9:
        options["mode"] = "zebra"
    erase = target(**options)
    image = _rand(g, *[(3, 9, 12), (4, 2, 8, 7)][seed % 2])
    out = erase(image)
    return out, out is image, repr(erase)


class _Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 2, 3)
        self.norm = nn.BatchNorm2d(2)
        self.pos_embed = nn.Parameter(torch.zeros(1, 4, 2))
        self.blocks = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 5, bias=False))
        self.head = nn.Linear(5, 6)


def weight_decay_groups(target, seed):
    model = _Named()
    options = [
        {},
        {"weight_decay": 0.1},
        {"weight_decay_exclude_1d": False},
        {"no_weight_decay_list": ["pos_embed"]},
        {"fallback_list": ["head.*"]},
        {"weight_decay": 0.0, "fallback_list": ["stem.*", "norm.bias"]},
        {"no_weight_decay_list": ["head*"], "fallback_no_weight_decay": True},
        {"weight_decay": None},
        {"fallback_list": ["*"]},
        {"no_weight_decay_list": ["blocks.?.weight"], "weight_decay_exclude_1d": False},
    ][seed]
    if seed % 3 == 1:
        model.norm.weight.requires_grad = False
    names = {id(p): n for n, p in model.named_parameters()}
    return [
        {k: ([names[id(p)] for p in v] if k == "params" else v) for k, v in group.items()}
        for group in target(model, **options)
    ]


def _optimizer(seed):
    groups = [
        {"params": [nn.Parameter(torch.zeros(1))], "lr": 0.1},
        {"params": [nn.Parameter(torch.zeros(1))], "lr": 0.4},
    ]
    if seed % 3 == 2:
        groups[1]["lr_scale"] = 0.5
    return torch.optim.SGD(groups, lr=0.1)


def _run(scheduler, optimizer, steps, by_epoch=True):
    out = [[group["lr"] for group in optimizer.param_groups]]
    for t in range(steps):
        scheduler.step(t)
        scheduler.step_update(2 * t)
        out.append([group["lr"] for group in optimizer.param_groups])
    return out


def cosine(target, seed):
    options = [
        {"t_initial": 6},
        {"t_initial": 4, "lr_min": 0.01, "cycle_limit": 2},
        {"t_initial": 5, "warmup_t": 2, "warmup_lr_init": 0.001},
        {"t_initial": 5, "warmup_t": 3, "warmup_prefix": True},
        {"t_initial": 3, "cycle_mul": 2.0, "cycle_decay": 0.5, "cycle_limit": 3},
        {"t_initial": 4, "k_decay": 2.0},
        {"t_initial": 8, "t_in_epochs": False},
        {"t_initial": 6, "noise_range_t": (2, 5), "noise_seed": 3},
        {"t_initial": 0},
        {"t_initial": 4, "lr_min": -1.0},
        {"t_initial": 2, "cycle_decay": 0.3, "cycle_limit": 4, "warmup_t": 1},
        {"t_initial": 6, "noise_range_t": 3, "noise_std": 0.2},
    ][seed]
    optimizer = _optimizer(seed)
    scheduler = target(optimizer, **options)
    return (
        _run(scheduler, optimizer, 12),
        scheduler.get_cycle_length(),
        scheduler.get_cycle_length(3),
    )


def step_lr(target, seed):
    options = [
        {"decay_t": 3, "decay_rate": 0.5},
        {"decay_t": 2},
        {"decay_t": 4, "decay_rate": 0.1, "warmup_t": 3, "warmup_lr_init": 0.01},
        {"decay_t": 2, "decay_rate": 0.5, "warmup_t": 2, "warmup_prefix": False},
        {"decay_t": 2.5, "decay_rate": 0.7},
        {"decay_t": 4, "decay_rate": 0.3, "t_in_epochs": False},
        {"decay_t": 3, "decay_rate": 0.5, "noise_range_t": [1, 4]},
        {"decay_t": 1, "decay_rate": 0.9, "warmup_t": 1},
    ][seed]
    optimizer = _optimizer(seed)
    return _run(target(optimizer, **options), optimizer, 10)


def repeat_sampler(target, seed):
    data = list(range([10, 7, 300, 12, 5, 600, 9, 10, 20, 13][seed]))
    options = {"num_replicas": 1 + seed % 4, "rank": seed % (1 + seed % 4)}
    if seed % 3 == 1:
        options["shuffle"] = False
    if seed % 4 == 2:
        options["num_repeats"] = 1.5
    if seed in (3, 7):
        options.update(selected_round=4, selected_ratio=2)
    if seed == 8:
        options.update(selected_round=0, num_repeats=2)
    sampler = target(data, **options)
    first = list(sampler)
    sampler.set_epoch(seed)
    return first[:40], list(sampler)[:40], len(sampler), sampler.num_samples, sampler.total_size


def patchify(seed):
    g = _g(seed)
    image = _rand(g, 1 + seed % 3, 4 + seed % 3, 6)
    args = {"img": image, "patch_size": [(2, 3), (4, 2), (3, 4)][seed % 3]}
    if seed % 2:
        args["include_info"] = False
    if seed % 4 > 1:
        args["flatten_patches"] = False
    if seed % 3 == 2:
        args["channels_last"] = False
    if seed == 8:
        args.update(pad=False, img=_rand(g, 2, 5, 6))
    if seed == 7:
        args.update(pad=False, img=_rand(g, 2, 8, 6))
    return args


def accuracy(seed):
    g = _g(seed)
    n, c = 4 + seed, 3 + seed % 5
    args = {"output": _rand(g, n, c), "target": _ints(g, 0, c, n)}
    if seed:
        args["topk"] = [(1, 2), (1, 5), (3,), (2, 1, 50)][seed % 4]
    return args


def group_std(seed):
    g = _g(seed)
    c, groups = [(4, 2), (6, 3), (4, 4), (8, 1), (32, None)][seed % 5]
    args = {"x": _rand(g, 1 + seed % 2, c, 2, 3, low=-3, high=3)}
    if groups:
        args["groups"] = groups
    if seed % 3 == 1:
        args["eps"] = 0.5
    if seed % 2:
        args["flatten"] = True
    if seed == 9:
        args["groups"] = 3
        args["x"] = args["x"][:, :4]
    if seed == 4:
        args["x"] = args["x"].half()
    return args
