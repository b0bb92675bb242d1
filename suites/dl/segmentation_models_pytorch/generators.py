"""Inputs for the segmentation_models_pytorch tasks: small logits, masks and feature maps."""

import numpy as np
import torch
from torch import nn


def _g(seed):
    return torch.Generator().manual_seed(2000 + seed)


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


def focal_with_logits(target, seed):
    g = _g(seed)
    shape = [(3, 4), (2, 1, 3, 3), (6,), (2, 2, 4)][seed % 4]
    output, truth = _rand(g, *shape, low=-3, high=3), (_rand(g, *shape) > 0.6)
    truth = truth.long() if seed % 2 else truth.float()
    options = [
        {},
        {"gamma": 1.0, "alpha": None},
        {"reduction": "sum", "alpha": 0.7},
        {"reduction": "none", "normalized": True},
        {"reduced_threshold": 0.5},
        {"reduction": "batchwise_mean"},
        {"reduced_threshold": 0.3, "reduction": "sum", "gamma": 3.0},
        {"normalized": True, "alpha": 0.4},
        {"gamma": 0.0, "reduction": "none"},
        {"normalized": True, "eps": 50.0},
    ][seed]
    before = output.clone()
    return target(output, truth, **options), torch.equal(before, output)


def tversky_score(seed):
    g = _g(seed)
    shape = [(2, 3, 4), (2, 2, 6), (5,), (1, 1, 3)][seed % 4]
    output, truth = _rand(g, *shape), (_rand(g, *shape) > 0.5).float()
    args = {"output": output, "target": truth, "alpha": 0.1 * (1 + seed), "beta": 1 - 0.1 * seed}
    if seed % 2:
        args["smooth"] = 0.5
    if len(shape) == 3 and seed % 3:
        args["dims"] = (0, 2)
    if seed == 4:
        args.update(output=output * 0, target=truth * 0)
    if seed == 8:
        args.update(output=output * 0, target=truth * 0, smooth=0.0, eps=1.0)
    if seed == 9:
        args["target"] = truth[:1]
    return args


def wing_loss(seed):
    g = _g(seed)
    shape = [(4, 2), (3,), (2, 5, 2)][seed % 3]
    output, truth = _rand(g, *shape, low=-9, high=9), _rand(g, *shape, low=-9, high=9)
    output.view(-1)[0] = truth.view(-1)[0] + 5
    args = {"output": output, "target": truth}
    if seed % 2:
        args.update(width=3 + seed % 4, curvature=0.3 * seed)
    if seed % 3:
        args["reduction"] = ["sum", "none"][seed % 3 - 1]
    return args


def smoothed_nll(seed):
    g = _g(seed)
    c = 3 + seed % 3
    dim = [-1, 1, -1, 1][seed % 4]
    shape = [(5, c), (2, c, 3, 2), (2, 4, c), (3, c)][seed % 4]
    lprobs = torch.log_softmax(_rand(g, *shape, low=-2, high=2), dim)
    truth = _ints(g, 0, c, *[s for i, s in enumerate(shape) if i != dim % len(shape)])
    args = {"lprobs": lprobs, "target": truth, "epsilon": 0.1 * (seed % 4), "dim": dim}
    if seed % 3 == 1:
        args["ignore_index"] = 0
    if seed % 3 == 2:
        truth.view(-1)[0] = 255
        args["ignore_index"] = 255
    if seed > 4:
        args["reduction"] = ["sum", "none", "mean"][seed % 3]
    if seed == 8:
        args["target"] = truth.unsqueeze(dim)
    return args


def _segmentation(g, seed, mode, classes=3):
    n, h, w = 1 + seed % 2, 3, 4
    c = 1 if mode == "binary" else classes
    logits = _rand(g, n, c, h, w, low=-3, high=3)
    if mode == "multiclass":
        truth = _ints(g, 0, c, n, h, w)
    else:
        truth = (_rand(g, n, c, h, w) > 0.5).long()
    return logits, truth


def region_loss(target, seed):
    g = _g(seed)
    mode = ["binary", "multiclass", "multilabel"][seed % 3]
    logits, truth = _segmentation(g, seed, mode)
    options = [
        {},
        {},
        {"log_loss": True},
        {"smooth": 1.0},
        {"class_weights": [1.0, 2.0, 0.5]},
        {"classes": [0, 2], "class_weights": [1.0, 2.0, 0.5]},
        {"from_logits": False},
        {"ignore_index": 2, "log_loss": True},
        {"ignore_index": 255},
        {"ignore_index": 255, "eps": 0.5},
        {"from_logits": False, "classes": [1]},
        {"log_loss": True, "classes": [0, 1]},
        {"class_weights": [1.0]},
        {},
        {"classes": [1]},
    ][seed]
    if seed == 13:
        truth = truth * 0 + 1
    if "ignore_index" in options:
        truth.view(-1)[:3] = options["ignore_index"]
    if not options.get("from_logits", True):
        logits = torch.softmax(logits, 1) if mode == "multiclass" else torch.sigmoid(logits)
    if seed == 14:
        mode = "ternary"
    return target(mode, **options)(logits, truth)


def tversky_loss(target, seed):
    g = _g(seed)
    mode = ["binary", "multiclass", "multilabel"][seed % 3]
    logits, truth = _segmentation(g, seed, mode)
    options = {"alpha": 0.2 + 0.1 * (seed % 5), "beta": 0.9 - 0.1 * (seed % 4)} if seed else {}
    if seed % 2:
        options["gamma"] = 0.75 + 0.5 * (seed % 3)
    if seed in (4, 5, 8):
        options["class_weights"] = [0.5, 1.0, 3.0]
    if seed in (5, 7):
        options["classes"] = [0, 2]
    if seed == 6:
        options["ignore_index"] = 255
        truth.view(-1)[:4] = 255
    if seed == 9:
        return target("other")
    if seed in (3, 2):
        options.update(log_loss=True, smooth=0.3)
    return target(mode, **options)(logits, truth)


def focal_loss(target, seed):
    g = _g(seed)
    mode = ["binary", "multiclass", "multilabel"][seed % 3]
    logits, truth = _segmentation(g, seed, mode)
    options = [
        {},
        {"alpha": 0.3},
        {"gamma": 1.0},
        {"ignore_index": 255},
        {"ignore_index": 2, "class_weights": [1.0, 0.2, 3.0]},
        {"gamma": 0.5, "alpha": 0.8},
        {"from_logits": False},
        {"from_logits": False},
        {"from_logits": False, "eps": 0.2},
        {"normalized": True},
        {"reduced_threshold": 0.4, "reduction": "sum"},
        {"class_weights": [2.0, 1.0, 1.0], "reduction": "sum"},
        {"class_weights": [1.0]},
        {"reduction": "sum"},
    ][seed]
    if options.get("ignore_index") == 255:
        truth.view(-1)[:3] = 255
    if not options.get("from_logits", True):
        logits = torch.softmax(logits, 1) if mode == "multiclass" else torch.sigmoid(logits)
        logits.view(-1)[0] = 1.0
    return target(mode, **options)(logits, truth)


def lovasz_grad(seed):
    g = _g(seed)
    n = [1, 5, 8, 3, 1, 12, 6, 2, 7, 9][seed]
    truth = (_rand(g, n) > 0.5).float()
    if seed in (0, 6):
        truth[:] = 1
    if seed % 2:
        truth = truth.long()
    if seed == 3:
        truth = torch.tensor([0, 0, 1])
    return (truth,)


def lovasz_softmax(seed):
    g = _g(seed)
    p, c = [(6, 3), (9, 4), (1, 2), (12, 3)][seed % 4]
    probas, labels = torch.softmax(_rand(g, p, c, low=-2, high=2), 1), _ints(g, 0, c, p)
    args = {"probas": probas, "labels": labels}
    if seed % 3 == 1:
        args["classes"] = "all"
    if seed % 3 == 2:
        args["classes"] = [0, 1]
    if seed == 3:
        labels[:] = 1
    if seed == 6:
        args.update(probas=probas[:0], labels=labels[:0])
    if seed == 7:
        args.update(probas=_rand(g, 5, 1), labels=_ints(g, 0, 2, 5), classes=[1])
    if seed == 8:
        args.update(probas=_rand(g, 5, 1), labels=_ints(g, 0, 2, 5), classes="all")
    return args


def lovasz_loss(target, seed):
    g = _g(seed)
    mode = ["binary", "multiclass", "multilabel"][seed % 3]
    logits, truth = _segmentation(g, seed + 1, mode)
    options = {}
    if seed % 2:
        options["per_image"] = True
    if seed > 5:
        options["ignore_index"] = 255
        truth.view(-1)[:: 2 + seed % 3] = 255
    if seed == 9:
        truth[:] = 255
    if seed == 11:
        mode = "none"
    return target(mode, **options)(logits, truth)


def mcc(target, seed):
    g = _g(seed)
    shape = (1 + seed % 3, 3, 4)
    probability, truth = _rand(g, *shape), (_rand(g, *shape) > 0.5).float()
    if seed % 2:
        probability = probability.unsqueeze(1)
    if seed == 4:
        truth[:] = 1
    if seed == 5:
        probability, truth = torch.zeros(shape), torch.zeros(shape)
    if seed == 6:
        probability = truth.clone()
    return target(*([] if seed % 3 else [0.01 * (seed + 1)]))(probability, truth)


def soft_bce(target, seed):
    g = _g(seed)
    logits, truth = _rand(g, 2, 3, 2, 2, low=-3, high=3), (_rand(g, 2, 3, 2, 2) > 0.5).float()
    options = {}
    if seed % 2:
        options["smooth_factor"] = 0.1 * seed
    if seed % 3 == 1:
        options["reduction"] = "sum"
    if seed % 3 == 2:
        options["reduction"] = "none"
    if seed in (3, 4, 8):
        truth.view(-1)[:5] = -100
    if seed == 8:
        options["ignore_index"] = None
    if seed in (5, 7):
        options["pos_weight"] = torch.tensor([1.0, 2.0, 0.5])[:, None, None]
    if seed in (6, 7):
        options["weight"] = _rand(g, 2, 2)
    if seed == 9:
        options["ignore_index"] = 1
    loss = target(**options)
    return loss(logits, truth), sorted(loss.state_dict())


def get_stats(seed):
    g = _g(seed)
    mode = ["multiclass", "binary", "multilabel"][seed % 3]
    if mode == "multiclass":
        output, truth = _ints(g, 0, 3, 2, 3, 4), _ints(g, 0, 3, 2, 3, 4)
        args = {"output": output, "target": truth, "mode": mode, "num_classes": 3}
    else:
        c = 1 if mode == "binary" else 3
        output, truth = _rand(g, 2, c, 3, 4), (_rand(g, 2, c, 3, 4) > 0.5).long()
        args = {
            "output": output,
            "target": truth,
            "mode": mode,
            "threshold": 0.3 + 0.1 * (seed % 4),
        }
    if seed in (3, 6):
        truth[:, 0] = -1
        args["ignore_index"] = -1
    if seed == 4:
        args["output"] = (output > 0.4).long()
        del args["threshold"]
    errors = {
        9: {"threshold": 0.5},
        10: {"threshold": None},
        11: {"mode": "multi"},
        12: {"ignore_index": 1},
        13: {"target": args["target"].float()},
        14: {"target": args["target"][:1]},
    }
    args.update(errors.get(seed, {}))
    return args


def multiclass_stats(seed):
    g = _g(seed)
    n, c = 1 + seed % 3, 2 + seed % 4
    shape = [(n, 3, 4), (n, 5), (n, 2, 2, 2)][seed % 3]
    output, truth = _ints(g, 0, c, *shape), _ints(g, 0, c, *shape)
    ignore = None
    if seed % 2:
        ignore = [-1, 255][seed % 4 // 2]
        truth[_rand(g, *shape) > 0.7] = ignore
    if seed == 5:
        truth[:] = ignore
    if seed == 4:
        output = truth.clone()
    return output, truth, c, ignore


def _recall(tp, fp, fn, tn, power=1):
    return (tp / (tp + fn)) ** power


def compute_metric(target, seed):
    g = _g(seed)
    tp, fp, fn, tn = (_ints(g, 0, 9, 2 + seed % 2, 3) for _ in range(4))
    kinds = [
        "micro",
        "macro",
        "weighted",
        "micro-imagewise",
        "macro-imagewise",
        "weighted-imagewise",
        "none",
        None,
        "macro",
        "weighted",
        "avg",
        "weighted-imagewise",
        "macro",
    ]
    kind = kinds[seed]
    options = {"reduction": kind}
    if seed in (2, 5, 8):
        options["class_weights"] = [1.0, 2.0, 3.0]
    if seed % 2 == 0:
        options["zero_division"] = [1.0, 0.5, "warn"][seed % 3]
        tp[:, 0], fn[:, 0] = 0, 0
    if seed in (3, 7):
        tp[0], fn[0] = 0, 0
    if seed == 12:
        options["power"] = 2
    return target(_recall, tp, fp, fn, tn, **options)


def scse(target, seed):
    g = _g(seed)
    channels, reduction = [(16, None), (4, 2), (6, 3), (8, 8)][seed % 4]
    module = _fill(target(channels) if reduction is None else target(channels, reduction))
    return module(_rand(g, 1 + seed % 2, channels, 2 + seed % 3, 3, low=-2, high=2)), _shapes(
        module
    )


def activation(target, seed):
    g = _g(seed)
    name, options = [
        (None, {}),
        ("sigmoid", {}),
        ("softmax2d", {}),
        ("softmax", {"dim": 2}),
        ("logsoftmax", {"dim": 1}),
        ("tanh", {}),
        ("argmax", {"dim": -1}),
        ("argmax2d", {}),
        ("clamp", {"min": 0.1, "max": 0.6}),
        (nn.ELU, {"alpha": 0.5}),
        ("relu6", {}),
        ("identity", {}),
        ("softmax2d", {"dim": 2}),
    ][seed]
    return target(name, **options)(_rand(g, 2, 3, 2, 4, low=-2, high=2))


def psp_block(target, seed):
    g = _g(seed)
    size = 1 + seed % 4
    options = [
        {},
        {"use_norm": False},
        {"use_norm": "identity"},
        {"use_norm": {"type": "batchnorm", "eps": 0.3}},
    ][(seed // 2) % 4]
    module = _fill(target(3, 2, size, **options)).train(seed % 2 == 0)
    return module(_rand(g, 2, 3, 5 + seed % 3, 6, low=-1)), _shapes(module)


def gau_block(target, seed):
    g = _g(seed)
    options = {"interpolation_mode": "nearest"} if seed % 3 == 1 else {}
    if seed % 3 == 2:
        options = {"interpolation_mode": "bilinear"}
    module = _fill(target(2 + seed % 2, 3, **options)).eval()
    return module(
        _rand(g, 1 + seed % 2, 2 + seed % 2, 5, 4 + seed, low=-1),
        _rand(g, 1 + seed % 2, 3, 2, 3, low=-1),
    ), _shapes(module)


def pab_block(target, seed):
    g = _g(seed)
    module = _fill(target(3) if seed % 4 == 0 else target(2 + seed % 2, pab_channels=1 + seed % 3))
    channels = 3 if seed % 4 == 0 else 2 + seed % 2
    return module(_rand(g, 1 + seed % 2, channels, 2 + seed % 3, 3, low=-1)), _shapes(module)


def reassemble(target, seed):
    g = _g(seed)
    factor = [4, 2, 1, 0.5, 1.0, 0.25, 2.0, 1, 0.5, 4][seed]
    module = _fill(target(3, 2 + seed % 2, 2, factor))
    return module(_rand(g, 1 + seed % 2, 3, 4, 4 + seed % 2, low=-1)), _shapes(module)


def readout(target, seed):
    g = _g(seed)
    tokens = seed % 2 == 0
    module = _fill(target(3 + seed % 3, tokens))
    x = _rand(g, 1 + seed % 2, 3 + seed % 3, 2, 1 + seed, low=-1)
    prefix = _rand(g, 1 + seed % 2, 1 + seed % 3, 3 + seed % 3, low=-1) if tokens else None
    return (module(x, prefix) if seed % 3 or tokens else module(x)), _shapes(module)


def mit_attention(target, seed):
    g = _g(seed)
    dim, heads, ratio = [(4, 2, 1), (6, 3, 2), (4, 1, 2), (8, 4, 1), (6, 2, 1)][seed % 5]
    options = {"num_heads": heads, "sr_ratio": ratio}
    if seed % 2:
        options["qkv_bias"] = True
    if seed % 3 == 2:
        options["qk_scale"] = 0.3
    if seed == 9:
        options["num_heads"] = 5
    module = target(dim, **options)
    biases = [float(p.abs().sum()) for p in module.parameters() if p.dim() == 1]
    _fill(module).eval()
    return module(_rand(g, 1 + seed % 2, 16, dim, low=-2, high=2), 4, 4), _shapes(module), biases


def first_conv(target, seed):
    channels = [1, 2, 4, 5, 6, 3, 1, 7, 2, 4][seed]
    default = 2 if seed in (6, 7) else 3
    model = _fill(
        nn.Sequential(
            nn.Conv2d(5, default, 1),
            nn.ReLU(),
            nn.Conv2d(default, 4, 3, bias=seed % 2 == 0),
            nn.Conv2d(default, 2, 1),
        )
    )
    options = {"default_in_channels": default} if default == 2 else {}
    if seed in (8, 9):
        options["pretrained"] = False
    result = target(model, channels, **options)
    changed = [m for m in model if isinstance(m, nn.Conv2d)]
    weights = [list(m.weight.shape) if seed in (8, 9) else m.weight.detach() for m in changed]
    return result, [m.in_channels for m in changed], weights


def preprocess(seed):
    r = np.random.default_rng(seed)
    x = r.random((3, 4, 3))
    if seed % 3 == 1:
        x = np.round(x * 255)
    args = {"x": x}
    if seed % 2:
        args.update(mean=[0.4, 0.5, 0.6], std=[0.2, 0.3, 0.25])
    if seed % 4 == 2:
        args["std"] = [0.5, 1.0, 2.0]
    if seed > 2:
        args["input_range"] = [[0, 1], [0, 255], [0, 1]][seed % 3]
    if seed % 3 == 2:
        args["input_space"] = "BGR"
    if seed == 7:
        args["extra"] = 3
    return args


def decode_blocks(target, seed):
    texts = [
        "r1_k3_s11_e1_i32_o16_se0.25",
        "r2_k5_s22_e6_i24_o40",
        "r4_k3_s1_e6_i80_o112_se0.5_noskip",
        "r3_k5_s2_e4_i8_o10_se0.125",
        "r1_k3_s12_e1_i32_o16",
        "r1_k3_e1_i32_o16",
        "r10_k7_s11_e3_i128_o256_noskip",
    ]
    if seed == 7:
        return target(texts[0])
    picks = [[0], [1, 2], [3], [2, 0, 6], [4], [5], [6], [], [], [1, 6, 3]][seed]
    if seed == 8:
        picks = [0, 3]
    return [dict(b._asdict()) for b in target([texts[i] for i in picks])]
