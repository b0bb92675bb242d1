"""Inputs for the monai tasks: small volumes, boxes, masks and counts."""

import numpy as np
import torch


def _g(seed):
    return torch.Generator().manual_seed(5000 + seed)


def _r(seed):
    return np.random.default_rng(5000 + seed)


def _rand(g, *shape, low=0.0, high=1.0):
    return torch.rand(shape, generator=g) * (high - low) + low


def _boxes(r, n, dims=2, size=20):
    start = r.random((n, dims)) * size
    return np.concatenate([start, start + 1 + r.random((n, dims)) * size / 2], 1).astype(np.float32)


def soft_skel(seed):
    g = _g(seed)
    shape = [(1, 1, 6, 7), (2, 2, 5, 5), (1, 1, 4, 5, 4), (1, 2, 8, 4)][seed % 4]
    image = _rand(g, *shape)
    if seed % 2:
        image = (image > 0.35).float()
    return image, [0, 1, 2, 3, 5][seed % 5]


def focal_tversky(target, seed):
    g = _g(seed)
    pred = torch.softmax(_rand(g, 2, 2, 3, 4, low=-2, high=2), 1)
    label = (_rand(g, 2, 1, 3, 4) > 0.5).float()
    options = [
        {"to_onehot_y": True},
        {"to_onehot_y": True, "delta": 0.4},
        {"gamma": 0.3},
        {"reduction": "sum", "to_onehot_y": True},
        {"reduction": "none"},
        {"epsilon": 0.1},
        {"delta": 0.5, "gamma": 0.0},
        {},
        {"to_onehot_y": True},
        {"gamma": 0.9, "delta": 0.9, "reduction": "none"},
    ][seed]
    truth = label if options.get("to_onehot_y") else torch.cat([1 - label, label], 1)
    if seed == 7:
        truth = label
    if seed == 8:
        pred = pred[:, :1]
        truth = truth[:, :, :2]
    return target(**options)(pred, truth)


def bending(target, seed):
    g = _g(seed)
    shape = [(1, 2, 5, 6), (2, 3, 4, 5, 4), (1, 1, 7), (2, 2, 4, 4)][seed % 4]
    field = _rand(g, *shape, low=-2, high=2)
    options = {}
    if seed % 2:
        options["normalize"] = True
    if seed % 3:
        options["reduction"] = ["sum", "none"][seed % 3 - 1]
    if seed == 8:
        field = _rand(g, 1, 2, 2, 5)
    if seed == 9:
        field = _rand(g, 1, 3, 5, 5)
    return target(**options)(field)


def generalized_dice(target, seed):
    g = _g(seed)
    logits = _rand(g, 2, 3, 3, 4, low=-2, high=2)
    label = torch.randint(0, 3, (2, 1, 3, 4), generator=g)
    if seed % 3 == 1:
        label[0][label[0] == 2] = 0
    onehot = torch.zeros(2, 3, 3, 4).scatter_(1, label, 1.0)
    options = [
        {},
        {"softmax": True, "to_onehot_y": True},
        {"sigmoid": True, "w_type": "simple"},
        {"softmax": True, "include_background": False},
        {"softmax": True, "w_type": "uniform", "reduction": "sum"},
        {"softmax": True, "batch": True},
        {"other_act": torch.tanh, "reduction": "none"},
        {
            "softmax": True,
            "batch": True,
            "reduction": "none",
            "w_type": "simple",
            "to_onehot_y": True,
        },
        {"sigmoid": True, "softmax": True},
        {"other_act": 3},
        {"softmax": True, "smooth_nr": 0.5, "smooth_dr": 1.0},
        {"softmax": True, "to_onehot_y": True, "include_background": False, "reduction": "none"},
        {"softmax": True},
    ][seed]
    truth = label if options.get("to_onehot_y") else onehot
    if seed == 0:
        logits = torch.softmax(logits, 1)
    if seed == 12:
        truth = onehot[..., :2]
    return target(**options)(logits, truth)


def froc_probs(seed):
    r = _r(seed)
    d = 2 + seed % 2
    mask = r.integers(0, 4, (5, 6, 4)[:d]) * (r.random((5, 6, 4)[:d]) > 0.4)
    n = [3, 5, 8, 1, 6][seed % 5]
    coords = np.stack([r.integers(0, s, n) for s in mask.shape], 1)
    probs = r.random(n).astype(np.float32)
    args = {"probs": probs, "coords": coords, "evaluation_mask": mask}
    if seed % 3 == 1:
        args = {k: torch.from_numpy(v) for k, v in args.items()}
    if seed % 4 == 2:
        args["labels_to_exclude"] = [1, 3]
    if seed == 7:
        args["probs"] = args["probs"][1:]
    if seed == 9:
        args["coords"] = args["coords"][:, 1:]
    return args


def froc_curve(seed):
    r = _r(seed)
    fp, tp = (
        r.random([4, 0, 7, 2, 3][seed % 5]).round(1),
        r.random([3, 5, 2, 1, 6][seed % 5]).round(1),
    )
    if seed % 3 == 2:
        fp, tp = torch.from_numpy(fp), torch.from_numpy(tp)
    if seed == 7:
        fp = torch.as_tensor(fp)
    return fp, tp, len(tp) + seed % 2, 1 + seed % 4


def remap_ids(seed):
    g = _g(seed)
    pred = torch.randint(0, 9, [(4, 5), (3, 3, 3), (6,)][seed % 3], generator=g) * 7
    if seed == 4:
        pred = pred * 0
    if seed == 5:
        pred = pred + 3
    if seed % 2:
        pred[:2] = 14
        sizes = {int(v): int((pred == v).sum()) for v in pred.unique()}
        for v, s in sizes.items():
            if v and list(sizes.values()).count(s) > 1:
                pred[pred == v] = 0
        return pred, True
    return (pred,)


def confusion_metric(target, seed):
    g = _g(seed)
    names = [
        ["sensitivity", "recall"],
        ["specificity", "accuracy"],
        ["precision", "f1 score"],
        ["negative predictive value", "miss rate"],
        ["fall out", "false discovery rate"],
        ["false omission rate", "prevalence threshold"],
        ["threat score", "balanced accuracy"],
        ["matthews correlation coefficient", "fowlkes mallows index"],
        ["informedness", "markedness"],
        ["tpr"],
    ][seed]
    table = torch.randint(0, 6, (3, 2, 4), generator=g).float()
    table[0, 0] = torch.tensor([[0.0, 0, 3, 2], [0, 2, 3, 0], [0, 0, 0, 5], [4, 0, 0, 0]])[seed % 4]
    if seed == 9:
        table = table[..., :3]
    out = [target(name, table) for name in names]
    return out, [target(name, table[1, 1]) for name in names]


def crop_boxes(seed):
    r = _r(seed)
    d = 2 + seed % 2
    boxes = _boxes(r, 6, d, 20)
    if seed % 3 == 1:
        boxes = torch.from_numpy(boxes)
    args = {"boxes": boxes, "roi_start": [3, 5, 2][:d], "roi_end": [12 + seed, 15, 11][:d]}
    if seed % 4 == 3:
        args["remove_empty"] = False
    if seed == 6:
        args.update(roi_start=[8, 8], roi_end=[2, 20])
    return args


def scan_interval(seed):
    return [
        ((32, 40), (16, 16), 2, (0.25, 0.5)),
        ((16, 40), (16, 20), 2, (0.5, 0.5)),
        ((8, 8, 8), (4, 8, 3), 3, (0.9, 0.1, 0.6)),
        ((10,), (4,), 1, (0.99,)),
        ((10, 12), (4,), 2, (0.5, 0.5)),
        ((10,), (4, 4), 2, (0.5, 0.5)),
        ((5, 5), (7, 5), 2, (0.3, 0.0)),
        ((64, 64), (33, 17), 2, (0.33, 0.66)),
        ((64, 64), (30, 30), 2, (0.0, 0.1)),
        ((9, 9, 9), (9, 9, 9), 3, (0.5, 0.5, 0.5)),
    ][seed]


def patch_slices(target, seed):
    image, patch, step = [
        ((10, 12), (4, 5), (3, 4)),
        ((7,), (3,), (2,)),
        ((6, 6, 5), (3, 6, 2), (2, 6, 2)),
        ((5, 5), (8, 3), (4, 3)),
        ((9, 9), (0, 4), (0, 2)),
        ((8, 10), (4,), (4, 5)),
        ((12, 5), (5, 5), (7, 1)),
        ((6, 7), (2, 3), (5, 5)),
        ((4, 4), (4, 4), (4, 4)),
        ((11, 3), (4, 2), (3, 0)),
    ][seed]
    out = (
        target(image, patch, step)
        if seed % 2 == 0
        else target(image, patch, step, return_slice=False)
    )
    return [
        [(int(s.start), int(s.stop)) if isinstance(s, slice) else tuple(map(int, s)) for s in item]
        for item in out
    ], type(out[0][0]).__name__


def importance(seed):
    size = [(5, 6), (4,), (3, 4, 5), (7, 7)][seed % 4]
    args = {"patch_size": size}
    if seed % 3:
        args["mode"] = "gaussian"
    if seed % 3 == 2:
        args["sigma_scale"] = 0.3 if seed % 2 else [0.1 + 0.1 * i for i in range(len(size))]
    if seed in (4, 6):
        args["dtype"] = torch.float64
    if seed == 7:
        args["sigma_scale"] = 0.05
    if seed == 9:
        args["mode"] = "linear"
    return args


def gaussian_kernel(seed):
    args = {"sigma": [1.0, 0.4, torch.tensor(2.0), 3.0, 0.05][seed % 5]}
    if seed % 3:
        args["approx"] = ["sampled", "scalespace"][seed % 3 - 1]
    if seed % 2:
        args["normalize"] = True
    if seed > 4:
        args["truncated"] = [2.0, 1.0, 3.5, 0.0, 6.0][seed - 5]
    return args


def rel_pos(seed):
    g = _g(seed)
    q, k, length = [
        (3, 3, 5),
        (4, 2, 7),
        (2, 4, 7),
        (3, 5, 6),
        (5, 3, 4),
        (1, 1, 1),
        (6, 2, 11),
        (2, 6, 5),
        (4, 4, 9),
        (1, 5, 9),
    ][seed]
    return q, k, _rand(g, length, 3, low=-1)


def match_image(target, seed):
    r = _r(seed)
    d, g = [(4, 3), (3, 2), (5, 4), (2, 3), (6, 2)][seed % 5]
    ignore = (r.random(g) > 0.6).astype(int)
    scores = r.permutation(d) / 10
    table = (r.random((d, g)) * 5).round() / 5
    table[0, : g - 1] = 0.6
    pred, truth = np.arange(d)[:, None].repeat(4, 1), np.arange(g)[:, None].repeat(4, 1)
    return target(
        lambda a, b: table[a[:, 0]][:, b[:, 0]],
        pred,
        scores,
        truth,
        ignore,
        2 if seed % 3 == 1 else 100,
        [0.2, 0.4, 1.0][: 1 + seed % 3],
    )
