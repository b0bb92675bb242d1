"""Inputs for the torchvision tasks: small boxes, masks, images and modules from a seed."""

from collections import OrderedDict
from types import SimpleNamespace

import torch
import torchvision
from torch import nn
from torchvision import tv_tensors


def _g(seed):
    return torch.Generator().manual_seed(1000 + seed)


def _rand(g, *shape, low=0.0, high=1.0, dtype=torch.float32):
    return (torch.rand(shape, generator=g) * (high - low) + low).to(dtype)


def _ints(g, low, high, *shape):
    return torch.randint(low, high, shape, generator=g)


def _boxes(g, n, size=60.0, dtype=torch.float32, small=1.0, lead=()):
    start = _rand(g, *lead, n, 2, high=size)
    extent = _rand(g, *lead, n, 2, low=small, high=size / 2)
    return torch.cat([start, start + extent], -1).to(dtype)


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


# boxes


def box_area(seed):
    g = _g(seed)
    fmt = ["xyxy", "xywh", "cxcywh"][seed % 3]
    boxes = _boxes(g, seed + 1, lead=(2,) if seed % 4 == 3 else ())
    if seed == 4:
        boxes = boxes.to(torch.uint8)
    if seed == 5:
        boxes = boxes.half() * 20
    if seed == 6:
        return boxes, "xyxyxyxy"
    if seed == 7:
        return (boxes.to(torch.int16) * 100,)
    return (boxes,) if seed == 0 else {"boxes": boxes, "fmt": fmt}


def box_inter_union(seed):
    g = _g(seed)
    one, two = _boxes(g, 1 + seed % 4, 30), _boxes(g, 2 + seed % 3, 30)
    two[0] = one[0]
    fmt = ["xyxy", "xywh", "cxcywh"][seed % 3]
    if fmt != "xyxy":
        one[:, 2:] -= one[:, :2] - 3
        two[:, 2:] -= two[:, :2] - 3
    if seed == 7:
        one, two = one.round().to(torch.int64), two.round().to(torch.int64)
    if seed == 8:
        one, two = torch.stack([one, one + 1]), torch.stack([two, two * 1.25])
    if seed == 9:
        fmt = "xyxy_abs"
    return (one, two) if seed == 0 else (one, two, fmt)


def pair_of_sets(seed):
    g = _g(seed)
    one, two = _boxes(g, 1 + seed % 5, 25), _boxes(g, 1 + (seed * 2) % 4, 25)
    two[0] = one[0]
    if seed % 3 == 2:
        one = one + 60
    if seed == 4:
        one, two = one.round(), two.round()
    if seed == 5:
        one = one[:0]
    if seed == 6:
        one, two = one.double(), two.double()
    return one, two


def complete_box_iou(seed):
    one, two = pair_of_sets(seed)
    if seed == 3:
        return {"boxes1": one, "boxes2": two, "eps": 0.5}
    return one, two


def masks_to_boxes(seed):
    g = _g(seed)
    if seed == 0:
        return (torch.zeros(0, 8, 8),)
    masks = _rand(g, 1 + seed % 4, 5 + seed, 12 - seed) > (0.97 if seed % 2 else 0.8)
    if seed % 3 == 1:
        masks[0] = False
    if seed % 3 == 2:
        masks[0, -1, -1] = True
    if seed == 4:
        masks = masks.to(torch.uint8) * 3
    if seed == 6:
        masks = masks.float() * -0.5
    return (masks,)


def rotated_to_corners(seed):
    g = _g(seed)
    shape = [(3,), (1,), (2, 2), (0,), (4,)][seed % 5]
    boxes = torch.cat(
        [
            _rand(g, *shape, 2, low=-20, high=60),
            _rand(g, *shape, 2, low=1, high=50),
            _rand(g, *shape, 1, low=-200, high=200),
        ],
        -1,
    )
    if seed == 6:
        boxes[..., 4] = 90.0
    if seed in (2, 7):
        boxes = boxes.round().to(torch.int64)
    if seed == 8:
        boxes = boxes.double()
    return (boxes,)


def pair_loss(seed):
    g = _g(seed)
    n = [3, 1, 6, 0, 4, 5, 2, 3, 4, 5, 3, 0][seed]
    one = _boxes(g, n, 25)
    two = one + _rand(g, n, 4, low=-3, high=3)
    two[:, 2:] = torch.maximum(two[:, 2:], two[:, :2] + 0.5)
    if n > 2:
        two[0], two[1] = one[0], one[1] + 80
    reduction = ["none", "mean", "sum"][seed % 3]
    if seed == 4:
        one, two = one.double(), two.double()
    if seed == 9:
        reduction = "median"
    if seed == 11:
        reduction = "mean"
    if seed == 0:
        return one, two
    return {"boxes1": one, "boxes2": two, "reduction": reduction}


def bilinear_interpolate(seed):
    g = _g(seed)
    n, c, h, w = [(1, 1, 4, 5), (2, 3, 5, 3), (1, 2, 1, 6), (3, 1, 6, 6)][seed % 4]
    k, ph, pw = 1 + seed % 3, 1 + seed % 2, 2
    iy, ix = (2, 3) if seed % 2 == 0 else (h, w)
    index = _ints(g, 0, n, k)
    y, x = _rand(g, k, ph, iy, low=-1.5, high=h + 1.0), _rand(g, k, pw, ix, low=-1.5, high=w + 1.0)
    y[0, 0, 0] = 1.0
    x[0, 0, 0] = w - 1.0
    masks = None, None
    if seed % 2:
        masks = (
            torch.arange(iy)[None] < _ints(g, 1, iy + 1, k, 1),
            torch.arange(ix)[None] < _ints(g, 1, ix + 1, k, 1),
        )
    return _rand(g, n, c, h, w, low=-1), index, y, x, *masks


# modules


def frozen_batch_norm(target, seed):
    g = _g(seed)
    count = 1 + seed % 5
    module = (
        target(count) if seed % 2 else target(count, eps=[1e-3, 0.1, 1e-5, 0.5, 0.0][seed // 2])
    )
    x = _rand(g, 2, count, 3, 2, low=-2, high=2)
    fresh = module(x)
    state = {
        "weight": _rand(g, count),
        "bias": _rand(g, count),
        "running_mean": _rand(g, count),
        "running_var": _rand(g, count) + 0.1,
    }
    if seed % 3 == 0:
        state["num_batches_tracked"] = torch.tensor(7)
    if seed == 7:
        del state["bias"]
    module.load_state_dict(state)
    module.train()
    return fresh, module(x), repr(module), _shapes(module), sorted(module.state_dict())


def squeeze_excitation(target, seed):
    g = _g(seed)
    c, s = 2 + seed % 4, 1 + seed % 3
    options = [
        {},
        {"activation": nn.SiLU},
        {"scale_activation": nn.Hardsigmoid},
        {"activation": nn.Tanh, "scale_activation": nn.Tanh},
    ][seed % 4]
    module = _fill(target(c, s, **options))
    return module(_rand(g, 1 + seed % 3, c, 3, 4, low=-2, high=2)), _shapes(module)


def level_mapper(target, seed):
    g = _g(seed)
    options = [{}, {"canonical_scale": 112}, {"canonical_level": 3}, {"eps": 0.3}][seed % 4]
    module = target(2 + seed % 2, 4 + seed % 3, **options)
    sets = [
        _boxes(g, n, 30.0 * 2 ** (seed % 5), small=0.5)
        for n in ([3, 2], [1], [0, 4], [5, 1, 2])[seed % 4]
    ]
    edge = torch.tensor(
        [[0, 0, 224.0, 224], [10, 10, 122, 122], [0, 0, 448, 448], [0, 0, 1, 1], [0, 0, 4000, 3000]]
    )
    return module(sets + [edge])


def feature_pyramid(target, seed):
    g = _g(seed)
    channels = [[3, 4], [2, 2, 3], [5], [1, 2, 2]][seed % 4]
    extra = None
    if seed in (3, 4):
        extra = torchvision.ops.feature_pyramid_network.LastLevelMaxPool()
    if seed == 6:
        extra = torchvision.ops.feature_pyramid_network.LastLevelP6P7(2, 2)
    if seed == 7:
        channels = [2, 0]
    if seed == 8:
        extra = nn.Identity()
    norm = nn.BatchNorm2d if seed % 3 == 2 else None
    module = target(channels, 2, extra_blocks=extra, norm_layer=norm)
    _fill(module).eval()
    sizes = [(7, 9), (4, 5), (2, 3)] if seed % 2 else [(8, 8), (4, 4), (2, 2)]
    names = ["feat0", "c", "last"]
    x = OrderedDict(
        (names[i], _rand(g, 1 + seed % 2, c, *sizes[i], low=-1)) for i, c in enumerate(channels)
    )
    out = module(x)
    return list(out), list(out.values()), _shapes(module)


def last_level(target, seed):
    g = _g(seed)
    channels, out = [(3, 2), (2, 2), (4, 1), (1, 1)][seed % 4]
    module = target(channels, out)
    biases = [float(p.abs().sum()) for p in module.parameters() if p.dim() == 1]
    _fill(module)
    p = [
        _rand(g, 1 + seed % 2, out, 8 + seed, 9, low=-1),
        _rand(g, 1 + seed % 2, out, 4 + seed, 5, low=-1),
    ]
    c = [_rand(g, 1 + seed % 2, channels, 4 + seed, 5, low=-1)]
    result, names = module(p, c, ["p4", "p5"])
    return result, names, biases, _shapes(module)


def aspp(target, seed):
    g = _g(seed)
    rates = [[1, 2], [2], [1, 2, 3], (3, 1)][seed % 4]
    module = _fill(target(2, rates, **({} if seed == 9 else {"out_channels": 1 + seed % 3}))).eval()
    x = _rand(g, 1 + seed % 2, 2, 4 + seed % 3, 5, low=-1)
    drops = [m.p for m in module.modules() if isinstance(m, nn.Dropout)]
    return module(x), _shapes(module), drops


def relative_attention(target, seed):
    g = _g(seed)
    feat, head, length = [(4, 2, 4), (6, 3, 9), (4, 4, 1), (8, 2, 4), (6, 4, 4)][seed % 5]
    module = _fill(target(feat, head, length))
    return module(_rand(g, 1 + seed % 2, 2, length, feat, low=-2, high=2)), _shapes(module)


def shifted_window_attention(seed):
    g = _g(seed)
    heads, c = [(1, 2), (2, 4), (2, 6)][seed % 3]
    size = [(4, 4), (5, 3), (2, 6), (3, 3)][seed % 4]
    window = [[2, 2], [2, 3], [4, 2], [3, 3]][(seed // 2) % 4]
    shift = [[0, 0], [1, 1], [1, 0], [0, 1], [1, 1]][seed % 5]
    area = window[0] * window[1]
    args = {
        "input": _rand(g, 1 + seed % 2, *size, c, low=-1),
        "qkv_weight": _rand(g, 3 * c, c, low=-1),
        "proj_weight": _rand(g, c, c, low=-1),
        "relative_position_bias": _rand(g, 1, heads, area, area, low=-1),
        "window_size": window,
        "num_heads": heads,
        "shift_size": shift,
        "training": seed % 2 == 0,
    }
    if seed % 3:
        args.update(qkv_bias=_rand(g, 3 * c, low=-1), proj_bias=_rand(g, c, low=-1))
    if seed % 4 >= 2:
        args["logit_scale"] = _rand(g, heads, 1, 1, low=0, high=8)
    if seed % 2:
        args.update(attention_dropout=0.5, dropout=0.5)
    return args


def relative_index(seed):
    return (1 + seed % 4, 1 + (seed * 2 + seed // 4) % 5)


def interpolate_embeddings(seed):
    g = _g(seed)
    image, patch, old = [
        (8, 2, 3),
        (12, 4, 4),
        (6, 2, 3),
        (9, 2, 2),
        (4, 4, 2),
        (16, 4, 5),
        (8, 2, 2),
        (8, 2, 3),
        (8, 2, 3),
        (10, 2, 3),
    ][seed]
    length = old * old + 1 + (1 if seed == 8 else 0)
    state = OrderedDict()
    state["heads.head.weight"] = _rand(g, 2, 3)
    state["encoder.pos_embedding"] = _rand(g, 2 if seed == 7 else 1, length, 3)
    state["encoder.heads"] = _rand(g, 2)
    args = {"image_size": image, "patch_size": patch, "model_state": state}
    if seed % 3 == 1:
        args["interpolation_mode"] = "bilinear"
    if seed % 2:
        args["reset_heads"] = True
    return args


def upsample_flow(seed):
    g = _g(seed)
    n, c, h, w = [(1, 2, 3, 4), (2, 2, 2, 2), (1, 1, 1, 3), (1, 3, 2, 5)][seed % 4]
    factor = [8, 2, 3, 4][(seed // 2) % 4]
    flow = _rand(g, n, c, h, w, low=-3, high=3)
    args = {"flow": flow}
    if seed % 3:
        args["up_mask"] = _rand(g, n, 9 * factor**2, h, w, low=-3, high=3)
    if factor != 8:
        args["factor"] = factor
    return args


def corr_block(target, seed):
    g = _g(seed)
    levels, radius = [(1, 1), (2, 1), (2, 2), (3, 1)][seed % 4]
    block = target(num_levels=levels, radius=radius)
    n, c, h, w = 1 + seed % 2, 2 + seed % 2, [4, 5, 8, 9][seed % 4], [4, 6, 4, 8][seed % 4]
    one, two = _rand(g, n, c, h, w, low=-1), _rand(g, n, c, h, w, low=-1)
    if seed == 8:
        two = two[..., :-1]
    if seed == 9:
        one, two = one[..., :1, :], two[..., :1, :]
    block.build_pyramid(one, two)
    coords = _rand(g, n, 2, h, w, low=-2, high=9)
    return block.index_pyramid(coords), block.out_channels, len(block.corr_pyramid)


def regnet_params(target, seed):
    settings = [
        (16, 48, 27.89, 2.09, 8),
        (22, 24, 24.48, 2.54, 16),
        (13, 24, 36.44, 2.49, 8),
        (6, 8, 10.0, 2.0, 24),
        (18, 80, 34.01, 2.25, 24),
        (1, 16, 5.0, 1.5, 8),
        (5, 20, 5.0, 2.0, 8),
        (5, 24, 5.0, 1.0, 8),
        (10, 32, 40.0, 2.2, 64),
        (12, 40, 31.0, 2.1, 16),
    ][seed]
    options = {"bottleneck_multiplier": 0.5} if seed in (4, 9) else {}
    if seed % 2:
        options["se_ratio"] = 0.25
    p = target(*settings, **options)
    return p.depths, p.widths, p.group_widths, p.bottleneck_multipliers, p.strides, p.se_ratio


# detection


def sampler(target, seed):
    g = _g(seed)
    size, share = [(4, 0.5), (6, 0.25), (3, 1.0), (5, 0.0), (50, 0.5), (7, 0.4)][seed % 6]
    pick = target(size, share)
    lists = [_ints(g, -1, 3, n) for n in ([12], [9, 15], [0, 7], [20, 3, 5])[seed % 4]]
    if seed == 8:
        lists = [x.abs() + 1 for x in lists]
    torch.manual_seed(seed)
    return pick(lists)


def encode_boxes(seed):
    g = _g(seed)
    n = [1, 4, 0, 7][seed % 4]
    dtype = torch.float64 if seed == 5 else torch.float32
    weights = [[1.0, 1, 1, 1], [10.0, 10, 5, 5], [2.0, 3, 4, 5]][seed % 3]
    return _boxes(g, n, dtype=dtype), _boxes(g, n, dtype=dtype), torch.tensor(weights, dtype=dtype)


def decode_single(target, seed):
    g = _g(seed)
    coder = torchvision.models.detection._utils.BoxCoder(
        [(1.0, 1.0, 1.0, 1.0), (10.0, 10.0, 5.0, 5.0), (2.0, 4.0, 0.5, 3.0)][seed % 3],
        **({"bbox_xform_clip": 1.0} if seed % 4 == 3 else {}),
    )
    n, k = [3, 1, 5, 0, 2][seed % 5], 1 + seed % 3
    codes = _rand(g, n, 4 * k, low=-3, high=9)
    boxes = _boxes(g, n)
    if seed == 6:
        boxes = boxes.to(torch.int64)
    if seed == 7:
        codes = codes.double()
    return target(coder, codes, boxes)


def linear_coder(target, seed):
    g = _g(seed)
    coder = target() if seed == 0 else target(normalize_by_size=seed % 2 == 0)
    lead = (2,) if seed % 3 == 2 else ()
    one, two = _boxes(g, 1 + seed % 4, lead=lead), _boxes(g, 1 + seed % 4, lead=lead)
    codes = _rand(g, *one.shape, low=-1, high=2)
    if seed == 5:
        codes = codes.double()
    if seed == 6:
        two = two.round().to(torch.int32)
    return coder.encode(one, two), coder.decode(codes, two)


def matcher(target, seed):
    g = _g(seed)
    high, low = [(0.7, 0.3), (0.5, 0.5), (0.5, 0.4), (0.8, 0.1)][seed % 4]
    if seed == 9:
        high, low = 0.3, 0.7
    options = [{}, {"allow_low_quality_matches": True}, {"allow_low_quality_matches": False}][
        seed % 3
    ]
    matching = target(high, low, **options)
    m, n = [(2, 5), (1, 4), (3, 8), (4, 3)][seed % 4]
    quality = (_rand(g, m, n) * 10).round() / 10
    if seed in (1, 4, 10, 13):
        quality = quality * [0.3, 0.2, 0.35, 0.6][[1, 4, 10, 13].index(seed)]
        quality[0, 0] = quality[0, -1] = quality[0].max()
    if seed == 6:
        quality = quality[:0]
    if seed == 7:
        quality = quality[:, :0]
    if seed == 5:
        quality = torch.zeros(m, n)
    return matching(quality), matching.BELOW_LOW_THRESHOLD, matching.BETWEEN_THRESHOLDS


def box_loss(target, seed):
    g = _g(seed)
    kind = ["l1", "smooth_l1", "ciou", "diou", "giou"][seed % 5]
    coder = torchvision.models.detection._utils.BoxCoder((1.0, 1.0, 2.0, 2.0))
    n = 1 + seed % 3
    anchors, truth = _boxes(g, n), _boxes(g, n)
    given = _rand(g, n, 4, low=-0.7, high=0.7)
    cnf = None
    if seed in (5, 6):
        cnf = {"beta": 0.2, "eps": 1e-7}
    if seed in (8, 9):
        cnf = {"eps": 2.0}
    if seed == 10:
        kind, cnf = "smooth_l1", {"eps": 0.1}
    if seed == 11:
        kind = "huber"
    args = (kind, coder, anchors, truth, given)
    return target(*args) if cnf is None else target(*args, cnf)


def _list_of_images(sizes, count, canvas):
    return torchvision.models.detection.image_list.ImageList(
        torch.zeros(count, 3, *canvas), [tuple(canvas)] * count
    )


def anchors(target, seed):
    sizes, ratios = [
        (((8, 16),), ((0.5, 1.0, 2.0),)),
        ((16, 32), (1.0, 2.0)),
        (((8,), (12, 20)), ((1.0,), (0.3, 3.0))),
        ((5,), ((1.0, 0.7),)),
    ][seed % 4]
    maker = target(sizes, ratios)
    levels = len(sizes)
    canvas = [(16, 24), (30, 20), (17, 33)][seed % 3]
    grids = [(4, 6), (2, 3)][:levels]
    if seed == 8:
        grids = [(4, 6), (2, 3), (1, 1)]
    dtype = torch.float64 if seed % 5 == 4 else torch.float32
    maps = [torch.zeros(1, 2, *g, dtype=dtype) for g in grids]
    if seed == 9:
        maker = target()
        return (
            [a.shape for a in maker(_list_of_images(None, 1, canvas), maps[:1])],
            maker.cell_anchors,
            maker.num_anchors_per_location(),
        )
    return maker(
        _list_of_images(None, 1 + seed % 2, canvas), maps
    ), maker.num_anchors_per_location()


def default_boxes(target, seed):
    ratios = [[[2], [2, 3]], [[2]], [[], [1.5], [3]], [[2, 3], [2]]][seed % 4]
    options = [
        {},
        {"min_ratio": 0.3, "max_ratio": 0.7},
        {"clip": False},
        {"steps": [8, 16, 32][: len(ratios)]},
    ][(seed // 2) % 4]
    if seed in (6, 7):
        options["scales"] = [0.2, 0.5, 1.3, 1.4][: len(ratios) + 1]
    if seed == 9:
        options["steps"] = [4, 8, 16, 32]
    maker = target(ratios, **options)
    canvas = [(32, 48), (40, 24)][seed % 2]
    maps = [torch.zeros(1, 1, 3 - i, 4 - i) for i in range(len(ratios))]
    return (
        maker(_list_of_images(None, 1 + seed % 2, canvas), maps),
        maker.num_anchors_per_location(),
        maker.scales,
    )


def fastrcnn_loss(seed):
    g = _g(seed)
    sizes = [[3], [2, 4], [5, 1], [4]][seed % 4]
    classes, n = 2 + seed % 3, sum(sizes)
    labels = [_ints(g, 0, classes, s) for s in sizes]
    if seed == 6:
        labels = [x * 0 for x in labels]
    if seed == 7:
        labels = [x * 0 + 1 for x in labels]
    return (
        _rand(g, n, classes, low=-3, high=3),
        _rand(g, n, 4 * classes, low=-1),
        labels,
        [_rand(g, s, 4, low=-1) for s in sizes],
    )


def maskrcnn_inference(seed):
    g = _g(seed)
    sizes = [[3], [2, 1], [0, 2], [1, 3, 2]][seed % 4]
    classes = 2 + seed % 3
    return _rand(g, sum(sizes), classes, 2 + seed % 2, 3, low=-4, high=4), [
        _ints(g, 0, classes, s) for s in sizes
    ]


def keypoints_to_heatmap(seed):
    g = _g(seed)
    n, k = [1, 3, 2, 0][seed % 4], 1 + seed % 4
    rois = _boxes(g, n, 20, small=4)
    points = _rand(g, n, k, 2, low=-3, high=32)
    if n:
        points[0, 0] = rois[0, 2:]
        points[-1, -1] = rois[-1, :2]
        points = torch.where(
            _rand(g, n, k, 1) > 0.4,
            rois[:, None, :2] + _rand(g, n, k, 2) * (rois[:, None, 2:] - rois[:, None, :2]),
            points,
        )
        points[0, 0] = rois[0, 2:] if seed % 2 else torch.stack([rois[0, 2], rois[0, 1]])
    visible = (_rand(g, n, k, 1) > 0.3).float() * (2 if seed % 2 else 1)
    return torch.cat([points, visible], -1), rois, [8, 5, 1, 14][seed % 4]


def heatmaps_to_keypoints(seed):
    g = _g(seed)
    n, k, s = [1, 2, 3, 0][seed % 4], 1 + seed % 3, 3 + seed % 3
    rois = _boxes(g, n, 12, small=0.3)
    if seed == 4:
        rois[0, 2:] = rois[0, :2] + 0.2
    return _rand(g, n, k, s, s + seed % 2, low=-2, high=2), rois


def paste_masks(seed):
    g = _g(seed)
    n, m = [1, 2, 0, 3][seed % 4], 2 + seed % 3
    boxes = _boxes(g, n, 10, small=1) - (3 if seed % 2 else 0)
    masks = _rand(g, n, 1, m, m)
    if seed == 5:
        return masks, boxes, (9, 12), 2
    if seed == 6:
        return {"masks": masks, "boxes": boxes, "img_shape": (12, 8), "padding": 0}
    return masks, boxes, (8 + seed, 14)


def concat_layers(seed):
    g = _g(seed)
    n, a, c = 1 + seed % 3, 1 + seed % 2, 1 + (seed // 2) % 3
    sizes = [[(2, 3)], [(2, 2), (1, 1)], [(3, 2), (1, 2), (1, 1)]][seed % 3]
    return [_rand(g, n, a * c, *s) for s in sizes], [_rand(g, n, a * 4, *s) for s in sizes]


def rcnn_transform(target, seed):
    g = _g(seed)
    options = [{}, {"size_divisible": 8}, {"fixed_size": (10, 14)}, {"size_divisible": 4}][seed % 4]
    mean, std = [0.5, 0.4, 0.3], [0.2, 0.3, 0.5]
    change = target([8, 12] if seed % 3 == 1 else 10, 16, mean, std, **options).eval()
    images = [_rand(g, 3, 8 + seed, 12), _rand(g, 3, 9, 20)][: 1 + seed % 2]
    if seed == 8:
        images[0] = images[0][0]
    if seed == 7:
        images[0] = (images[0] * 255).to(torch.uint8)
    targets = None
    if seed % 3:
        targets = [{"boxes": _boxes(g, 2, 8), "labels": torch.tensor([1, 2])} for _ in images]
        if seed % 2:
            for t, image in zip(targets, images):
                t["masks"] = (_rand(g, 2, *image.shape[-2:]) > 0.5).to(torch.uint8)
                t["keypoints"] = _rand(g, 2, 3, 3, high=9)
    kept = None if targets is None else targets[0]["boxes"].clone()
    batch, after = change(images, targets)
    found = [{"boxes": _boxes(g, 2, 8)} for _ in images]
    if seed == 4:
        for f in found:
            f.update(masks=_rand(g, 2, 1, 4, 4), keypoints=_rand(g, 2, 3, 3, high=9))
    back = change.postprocess(found, batch.image_sizes, [tuple(i.shape[-2:]) for i in images])
    return (
        batch.tensors,
        [tuple(s) for s in batch.image_sizes],
        after,
        back,
        None if kept is None else torch.equal(kept, targets[0]["boxes"]),
    )


def ssd_loss(target, seed):
    g = _g(seed)
    n, a, c = 1 + seed % 2, 8, 3 + seed % 2
    ssd = SimpleNamespace(
        box_coder=torchvision.models.detection._utils.BoxCoder((10.0, 10.0, 5.0, 5.0)),
        neg_to_pos_ratio=[3, 1, 2, 0][seed % 4],
    )
    targets = [{"boxes": _boxes(g, 2), "labels": _ints(g, 1, c, 2)} for _ in range(n)]
    matched = [
        torch.where(_rand(g, a) > 0.7, _ints(g, 0, 2, a), torch.tensor(-1)) for _ in range(n)
    ]
    if seed == 5:
        matched = [m * 0 - 1 for m in matched]
    heads = {
        "bbox_regression": _rand(g, n, a, 4, low=-2, high=2),
        "cls_logits": _rand(g, n, a, c, low=-3, high=3),
    }
    return target(ssd, targets, heads, [_boxes(g, a) for _ in range(n)], matched)


def fcos_loss(target, seed):
    g = _g(seed)
    n, a, c = 1 + seed % 2, 6, 2 + seed % 3
    head = SimpleNamespace(
        box_coder=torchvision.models.detection._utils.BoxLinearCoder(normalize_by_size=True)
    )
    anchors = [_boxes(g, a, 20, small=4) for _ in range(n)]
    targets, matched = [], []
    for x in anchors:
        targets.append(
            {
                "boxes": torch.stack(
                    [x[0] + torch.tensor([-3.0, -2, 9, 4]), x[1] + torch.tensor([-9.0, -12, 3, 2])]
                ),
                "labels": _ints(g, 0, c, 2),
            }
        )
        matched.append(torch.tensor([0, 1, -1, -1, -2, -1]))
    if seed == 4:
        targets[0] = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)}
        matched[0] = matched[0] * 0 - 1
    if seed == 5:
        matched = [m * 0 - 1 for m in matched]
    heads = {
        "cls_logits": _rand(g, n, a, c, low=-3, high=3),
        "bbox_regression": _rand(g, n, a, 4, low=-0.2, high=0.8),
        "bbox_ctrness": _rand(g, n, a, 1, low=-2, high=2),
    }
    return target(head, targets, heads, anchors, matched)


def retina_loss(target, seed):
    g = _g(seed)
    n, a, c = 1 + seed % 3, 7, 2 + seed % 3
    head = SimpleNamespace(BETWEEN_THRESHOLDS=-2)
    targets = [{"labels": _ints(g, 0, c, 3), "boxes": _boxes(g, 3)} for _ in range(n)]
    matched = [_ints(g, -2, 3, a) for _ in range(n)]
    if seed == 5:
        matched = [m * 0 - 1 for m in matched]
    return target(head, targets, {"cls_logits": _rand(g, n, a, c, low=-3, high=3)}, matched)


# transforms


def image3(seed):
    g = _g(seed)
    lead = [(), (2,), (2, 1), ()][seed % 4]
    image = _rand(g, *lead, 3, 3, 4)
    if seed % 2:
        image = (image * 4).round() / 4
    if seed == 4:
        image = image * 0 + 0.5
    if seed == 6:
        image = image.double()
    image[..., :, 0, 0] = 0
    return (image,)


def convert_dtype(seed):
    g = _g(seed)
    pairs = [
        (torch.uint8, None),
        (torch.float32, torch.uint8),
        (torch.uint8, torch.int16),
        (torch.int16, torch.uint8),
        (torch.float64, torch.int32),
        (torch.float32, torch.int32),
        (torch.float32, torch.float64),
        (torch.int32, torch.float32),
        (torch.uint8, torch.uint8),
        (torch.float64, torch.int64),
        (torch.int16, torch.int32),
        (torch.int32, torch.int8),
    ]
    old, new = pairs[seed]
    image = _rand(g, 1 + seed % 3, 3, 4)
    image[0, 0, 0], image[0, 0, 1] = 1.0, 0.0
    image = (
        image.to(old) if old.is_floating_point else (image.double() * torch.iinfo(old).max).to(old)
    )
    return (image,) if new is None else (image, new)


def scale_channel(seed):
    g = _g(seed)
    size = [(20, 20), (16, 40), (3, 3), (30, 30)][seed % 4]
    low, high = [(0, 256), (60, 90), (0, 2), (200, 256)][(seed // 2) % 4]
    channel = _ints(g, low, high, *size).to(torch.uint8)
    if seed == 5:
        channel[:] = 7
    return (channel,)


def pad_symmetric(seed):
    g = _g(seed)
    shape = [(1, 4, 5), (2, 3, 3, 4), (3, 5, 5)][seed % 3]
    if seed == 9:
        shape = (4, 5)
    padding = [
        [1, 2, 0, 3],
        [2, 2, 2, 2],
        [0, 0, 1, 0],
        [-1, 2, 1, -2],
        [-1, -1, -1, -1],
        [3, 0, 2, 1],
        [1, -2, 0, 0],
        [4, 4, 3, 3],
        [0, 3, -1, 1],
        [1, 1, 1, 1],
    ][seed]
    return _ints(g, 0, 99, *shape), padding


def perspective_grid(seed):
    g = _g(seed)
    coeffs = torch.cat([_rand(g, 6, low=-2, high=2), _rand(g, 2, low=0, high=0.05)]).tolist()
    if seed == 0:
        coeffs = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    return (
        coeffs,
        1 + (seed * 2) % 5,
        2 + seed % 4,
        torch.float64 if seed % 2 else torch.float32,
        torch.device("cpu"),
    )


def resized_size(seed):
    return [
        ((30, 50), [10]),
        ((50, 30), [10], 15),
        ((40, 40), [7]),
        ((30, 90), [20], 50),
        ((30, 50), [12, 9]),
        ((30, 50), [10], 10),
        {"image_size": (33, 71), "size": None, "max_size": 20, "allow_size_none": True},
        {"image_size": (71, 33), "size": None, "max_size": 20, "allow_size_none": True},
        ((33, 71), None),
        {"image_size": (33, 71), "size": None, "allow_size_none": True},
        ((17, 100), [3], 17),
        ((100, 17), [30]),
        ((7, 5), [11, 13], 4),
    ][seed]


def five_crop(seed):
    g = _g(seed)
    image = _ints(g, 0, 256, *[(3, 7, 9), (1, 6, 6), (2, 3, 8, 5)][seed % 3]).to(torch.uint8)
    return image, [[4, 3], [2, 2], 3, [3], [5, 5], [1, 4], [9, 2], [3, 3, 3], (6, 4), [2, 5]][seed]


def make_grid(seed):
    g = _g(seed)
    n = [3, 5, 1, 4, 9, 2, 3, 3, 2, 3, 2, 4][seed]
    images = _rand(g, n, [3, 1, 3, 2][seed % 4], 2 + seed % 2, 3, low=-1, high=2)
    options = [
        {},
        {"nrow": 2, "padding": 1},
        {"normalize": True},
        {"pad_value": 0.7, "nrow": 3},
        {"padding": 0, "nrow": 4},
        {"normalize": True, "scale_each": True},
        {"normalize": True, "value_range": (0, 1)},
        {"normalize": True, "value_range": [0, 1]},
        {},
        {"normalize": True, "scale_each": True, "value_range": (-0.5, 0.5)},
        {},
        {"nrow": 1, "padding": 3},
    ][seed]
    if seed == 4:
        images = list(images)
    if seed == 8:
        images = images[0, 0]
    if seed == 10:
        images = [images[0], "x"]
    if seed == 2:
        images = images[0]
    return {"tensor": images, **options}


def draw_masks(seed):
    g = _g(seed)
    image = _ints(g, 0, 256, 3, 4, 5).to(torch.uint8)
    masks = _rand(g, 1 + seed % 3, 4, 5) > 0.5
    colors = [
        [(255, 0, 0), (0, 128, 0), (9, 8, 7)],
        (10, 20, 30),
        "blue",
        ["red", "#00ff80", (1, 2, 3)],
    ][seed % 4]
    if seed % 3 == 1:
        image = image.float() / 255
    if seed == 4:
        masks = masks[0]
    args = {"image": image, "masks": masks, "colors": colors}
    if seed % 2:
        args["alpha"] = [0.0, 0.3, 1.0, 0.55][seed // 3]
    if seed == 8:
        args["masks"] = masks.float()
    if seed == 9:
        args["image"] = image[:1]
    if seed == 10:
        args["masks"] = masks[:, :2]
    if seed == 11:
        args["colors"] = [(1, 2, 3)]
        args["masks"] = torch.ones(2, 4, 5, dtype=torch.bool)
    return args


FORMATS = [
    tv_tensors.BoundingBoxFormat.XYXY,
    tv_tensors.BoundingBoxFormat.XYWH,
    tv_tensors.BoundingBoxFormat.CXCYWH,
]


def clamp_boxes(target, seed):
    g = _g(seed)
    boxes = _boxes(g, 1 + seed % 5, 40) - 8
    if seed % 3:
        boxes[:, 2:] = boxes[:, 2:] - boxes[:, :2]
    if seed % 4 == 3:
        boxes = boxes.round().to(torch.int64)
    before = boxes.clone()
    mode = ["hard", "soft", None][(seed // 3) % 3]
    out = target(boxes, FORMATS[seed % 3], (20 + seed, 30 - seed), mode)
    return out, torch.equal(before, boxes)


def sanitize_mask(seed):
    g = _g(seed)
    boxes = _boxes(g, 3 + seed, 24, small=0.2) - 1
    boxes[0] = torch.tensor([1.0, 1.0, 3.0, 2.0])
    boxes[1] = torch.tensor([0.0, 0.0, 25.0, 25.0])
    if seed % 3:
        boxes[:, 2:] = boxes[:, 2:] - boxes[:, :2]
    if seed % 3 == 2:
        boxes[:, :2] = boxes[:, :2] + boxes[:, 2:] / 2
    args = {"bounding_boxes": boxes, "format": FORMATS[seed % 3], "canvas_size": (25, 30 - seed)}
    if seed % 2:
        args["min_size"] = [2.0, 0.5, 4.0, 1.5, 0.0][seed // 2]
    if seed > 5:
        args["min_area"] = [2.0, 30.0, 100.0, 9.0][seed - 6]
    return args


def order_points(target, seed):
    g = _g(seed)
    boxes = _rand(g, 1 + seed % 4, 8, low=-40 if seed % 3 == 2 else 1, high=60)
    if seed == 5:
        boxes = torch.tensor([[5.0, 9, 5, 2, 20, 3, 22, 10]])
    order, sorted_boxes = target(boxes)
    other = _rand(g, boxes.shape[0], 8)
    return order, sorted_boxes, target(other, order)
