"""Input generators for the kornia tasks: one function per task, everything made from the seed."""

import zlib

import torch
from torch import nn


def gen(seed):
    return torch.Generator().manual_seed(1000 + seed)


def rand(g, *shape, dtype=torch.float32):
    return torch.rand(shape, generator=g, dtype=torch.float64).to(dtype)


def randn(g, *shape, dtype=torch.float32):
    return torch.randn(shape, generator=g, dtype=torch.float64).to(dtype)


def ints(g, low, high, *shape):
    return torch.randint(low, high, shape, generator=g)


def pick(seed, *options):
    return options[seed % len(options)]


def fill(module, seed, scale=0.5):
    """Give every parameter and floating buffer values that depend on its name, its shape and the seed only."""
    with torch.no_grad():
        for name, tensor in list(module.named_parameters()) + list(module.named_buffers()):
            if not tensor.is_floating_point():
                continue
            g = torch.Generator().manual_seed(zlib.crc32(name.encode()) % 100003 + 17 * seed)
            values = torch.rand(tuple(tensor.shape), generator=g, dtype=torch.float64)
            values = 0.5 + values if name.endswith("running_var") else scale * (2 * values - 1)
            tensor.copy_(values.to(tensor.dtype))
    return module


def shapes(module):
    return sorted((name, list(tensor.shape)) for name, tensor in module.state_dict().items())


def caught(function, *args, **kwargs):
    """The result of a call or the name of what it raised."""
    try:
        return function(*args, **kwargs)
    except Exception as fault:
        return type(fault).__name__


def spatial(seed, g, classes=3):
    """Logits (B, C, H, W) and labels (B, H, W)."""
    b, c, h, w = (
        pick(seed, 1, 2, 3),
        pick(seed, classes, classes + 2, 2),
        pick(seed, 4, 5, 1, 6),
        pick(seed, 3, 6, 4),
    )
    return 2 * randn(g, b, c, h, w), ints(g, 0, c, b, h, w)


def charbonnier_loss(target, seed):
    g = gen(seed)
    dtype = pick(seed, torch.float32, torch.float64, torch.float32, torch.float16)
    shape = pick(seed, (2, 3, 4), (5,), (), (1, 3, 2, 2), (0,))
    a, b = 3 * randn(g, *shape, dtype=dtype), randn(g, *shape, dtype=dtype)
    if seed == 5:
        a, b = a.float(), b.double()
    if seed == 6:
        a = a + 1e4
    if seed == 1 or seed == 7:
        a.requires_grad_()
        loss = target(a, b) if seed == 7 else target(a, b, "sum")
        loss.sum().backward()
        return loss.detach(), a.grad
    if seed % 4 == 0:
        return target(a, b)
    return target(a, b, reduction=pick(seed, "none", "sum", "mean", "mean"))


def inverse_depth_smoothness_loss(target, seed):
    g = gen(seed)
    b, h, w = pick(seed, 1, 2, 3), pick(seed, 4, 2, 5), pick(seed, 5, 6, 2, 3)
    dtype = pick(seed, torch.float32, torch.float64)
    d, i = rand(g, b, 1, h, w, dtype=dtype), rand(g, b, pick(seed, 3, 1, 3), h, w, dtype=dtype)
    if seed == 4:
        d = d * 10 - 5
    if seed == 5:
        i = i * 8
    if seed == 6:
        return [
            caught(target, d, i.double() if dtype == torch.float32 else i.float()),
            caught(target, d, i.tolist()),
        ]
    if seed == 7:
        return [caught(target, d[0], i), caught(target, d, i[0])]
    if seed == 8:
        return target([1.0], i)
    if seed == 9:
        return [caught(target, d, i[..., :-1]), caught(target, d[:, :, 1:], i)]
    return target(d, i)


def dice_loss(seed):
    g = gen(seed)
    pred, labels = spatial(seed, g)
    c = pred.shape[1]
    if seed == 0:
        return pred, labels
    if seed == 1:
        return {"pred": pred.double(), "target": labels, "average": "macro"}
    if seed == 2:
        return {"pred": pred, "target": labels, "weight": rand(g, c) + 0.1}
    if seed == 3:
        return {
            "pred": pred,
            "target": labels,
            "average": "macro",
            "weight": rand(g, c),
            "eps": 0.5,
        }
    if seed == 4:
        labels[0, :2] = -100
        return {"pred": pred, "target": labels}
    if seed == 5:
        labels[0] = 1
        labels[-1] = 255
        return {"pred": pred, "target": labels, "average": "macro", "ignore_index": 255}
    if seed == 6:
        return {
            "pred": pred,
            "target": labels,
            "average": "macro",
            "ignore_index": 0,
            "weight": torch.eye(c)[1],
        }
    if seed == 7:
        return {"pred": pred.to(torch.float16), "target": labels, "eps": 1.0}
    if seed == 8:
        return {
            "pred": pred,
            "target": labels,
            "ignore_index": None,
            "average": "macro",
            "eps": 0.0,
        }
    if seed in (9, 10):
        return {
            "pred": 4 * pred,
            "target": labels,
            "average": "macro",
            "weight": rand(g, c) * (rand(g, c) > 0.4),
            "eps": 0.01 * seed,
        }
    return {
        "pred": pred,
        "target": labels,
        "average": "micro",
        "weight": 2 * rand(g, c, dtype=torch.float64),
        "ignore_index": 1,
    }


def focal_loss(seed):
    g = gen(seed)
    pred, labels = spatial(seed, g)
    if seed in (2, 7):
        pred, labels = randn(g, 6, 4), ints(g, 0, 4, 6)
    c = pred.shape[1]
    args = {
        "pred": pred,
        "target": labels,
        "alpha": pick(seed, 0.25, None, 0.7, 0.5),
        "gamma": pick(seed, 2.0, 0.5, 1.0),
    }
    args["reduction"] = pick(seed, "none", "mean", "sum", "mean", "none")
    if seed == 0:
        args = {"pred": pred, "target": labels, "alpha": 0.3}
    if seed in (3, 5):
        args["weight"] = rand(g, c) + 0.2
    if seed in (4, 6, 3):
        args["target"] = labels.masked_fill(labels == 1, -100)
    if seed == 8:
        args.update(ignore_index=0, gamma=0.0)
    if seed == 9:
        args["gamma"] = 0.0
        args["pred"] = pred * 40
    if seed == 10:
        args["pred"] = pred.double()
        args["ignore_index"] = None
    return args


def binary_focal_loss_with_logits(seed):
    g = gen(seed)
    shape = pick(seed, (2, 3, 4), (5, 1), (1, 2, 3, 2), (4, 2))
    pred = 2 * randn(g, *shape, dtype=pick(seed, torch.float32, torch.float32, torch.float64))
    target = ints(g, 0, 2, *shape).to(pred.dtype) if seed % 3 else rand(g, *shape, dtype=pred.dtype)
    args = {"pred": pred, "target": target}
    if seed:
        args.update(alpha=pick(seed, 0.25, 0.75, None), gamma=pick(seed, 2.0, 0.5, 1.5, 0.0))
        args["reduction"] = pick(seed, "none", "mean", "sum", "none")
    if seed in (3, 6, 9):
        args["pos_weight"] = (rand(g, shape[1]) * 3).to(pred.dtype)
    if seed in (4, 6):
        args["weight"] = (rand(g, shape[1]) + 0.5).to(pred.dtype)
    if seed in (5, 7):
        args["target"] = target.index_fill(0, torch.tensor([0]), -100.0)
    if seed == 8:
        args["ignore_index"] = 1
    if seed == 11:
        args["pred"] = pred * 30
    return args


def tversky_loss(seed):
    g = gen(seed)
    pred, labels = spatial(seed, g)
    alpha, beta = pick(seed, 0.5, 0.3, 1.0, 0.0), pick(seed, 0.5, 0.7, 0.2)
    if seed == 3:
        labels[:, :1] = -100
    if seed == 4:
        labels[0] = -100
    if seed == 5:
        return pred.double(), labels, alpha, beta, 0.25
    if seed == 6:
        return {"pred": pred, "target": labels, "alpha": alpha, "beta": beta, "ignore_index": 1}
    if seed == 7:
        return pred.to(torch.float16), labels, alpha, beta
    return pred, labels, alpha, beta


def lovasz_hinge_loss(target, seed):
    g = gen(seed)
    b, h, w = pick(seed, 1, 2, 3), pick(seed, 3, 4, 1), pick(seed, 5, 1, 2, 4)
    pred = 1.5 * randn(g, b, 1, h, w, dtype=pick(seed, torch.float32, torch.float64, torch.float32))
    labels = ints(g, 0, 2, b, h, w)
    if seed == 3:
        labels = torch.ones_like(labels)
    if seed == 4:
        labels = torch.zeros_like(labels)
    if seed == 5:
        pred = pred.to(torch.float16)
    if seed == 6:
        pred = ints(g, -2, 3, b, 1, h, w)
    if seed == 7:
        pred = pred.detach().requires_grad_()
        loss = target(pred, labels)
        loss.backward()
        return loss.detach(), pred.grad
    return target(pred, labels)


def lovasz_softmax_loss(seed):
    g = gen(seed)
    pred, labels = spatial(seed, g)
    c = pred.shape[1]
    if seed == 2:
        return pred, labels, rand(g, c)
    if seed == 3:
        return pred.double(), labels, rand(g, c) + 1
    if seed == 4:
        return pred[:1], labels.repeat(2, 1, 1)
    if seed == 5:
        return pred, torch.zeros_like(labels)
    if seed == 6:
        return pred[..., :1, :1], labels[..., :1, :1]
    if seed == 9:
        return pred, labels, rand(g, c, dtype=torch.float64)
    return pred, labels


def hausdorff_base(target, seed):
    class Loss(target):
        conv = torch.conv2d

        @staticmethod
        def max_pool(x):
            return x.amax(dim=(-2, -1), keepdim=True)

        def get_kernel(self):
            cross = torch.tensor([[[0, 1, 0], [1, 1, 1], [0, 1, 0]]])
            return (cross * 0.2)[None]

    class Wide(Loss):
        def get_kernel(self):
            return torch.full((1, 1, 5, 5), 1 / 25)

    g = gen(seed)
    b, c, h, w = pick(seed, 1, 2), pick(seed, 2, 3, 1), pick(seed, 6, 5), pick(seed, 7, 5, 8)
    pred, labels = rand(g, b, c, h, w), ints(g, 0, c, b, 1, h, w)
    if c > 1:
        pred = pred.softmax(1)
    if seed == 0:
        return Loss()(pred, labels)
    if seed == 1:
        return Loss(alpha=1.0, k=3, reduction="none")(pred, labels)
    if seed == 2:
        return Loss(k=4, reduction="sum")(pred, labels)
    if seed == 3:
        return Loss(2.5, 2, "none").perform_erosion(pred[:, :1], labels)
    if seed == 4:
        pred = nn.functional.one_hot(labels[:, 0], c).movedim(-1, 1).float()
        return Loss(k=2)(pred, labels), Loss(k=2, reduction="none")(1 - pred, labels)
    if seed == 5:
        return Wide(k=3, reduction="none")(pred, labels)
    if seed == 6:
        return Loss()(pred, labels[..., :-1])
    if seed == 7:
        return Loss()(pred, labels.float())
    if seed == 8:
        return [caught(Loss(), pred, labels + c), caught(Loss(), pred, labels - c)]
    if seed == 9:
        return [
            caught(Loss(reduction="max", k=1), pred, labels),
            list(Loss().state_dict()),
            caught(Loss(), pred, labels.expand(-1, 2, -1, -1)),
        ]
    return Loss(0.5, 5)(pred.double(), labels)


def ms_ssim(target, seed):
    g = gen(seed)
    b, c, h, w = pick(seed, 1, 2), pick(seed, 1, 3, 2), pick(seed, 6, 9), pick(seed, 7, 6, 8)
    a, x = rand(g, b, c, h, w), rand(g, b, c, h, w)
    x = 0.5 * (a + x)
    sigmas = pick(seed, (0.5, 1.0), (0.5, 1.0, 2.0), (1.5,))
    if seed == 0:
        return target()(a, x)
    if seed == 1:
        return target(sigmas, reduction="none")(a, x)
    if seed == 2:
        return target(sigmas, data_range=255.0, reduction="sum")(a * 255, x * 255)
    if seed == 3:
        return target(sigmas, alpha=0.8, compensation=1.0, K=(0.02, 0.1))(a, x)
    if seed == 4:
        return target(sigmas)(a.double(), x)
    if seed == 5:
        return target(sigmas, reduction="none")(a[:1], x)
    if seed == 6:
        return target(sigmas)((a * 200).to(torch.uint8), (x * 200).to(torch.uint8))
    if seed == 7:
        return target(sigmas)(a, x[..., :-1])
    if seed == 8:
        return [
            caught(target(sigmas), a[0], x[0]),
            caught(target(sigmas), [0], x),
            caught(target(sigmas, reduction="m"), a, x),
        ]
    return target(sigmas, reduction=pick(seed, "mean", "sum"), data_range=2.0)(
        2 * a.half(), 2 * x.half()
    )


def xu_kernel(seed):
    g = gen(seed)
    x = 2 * randn(
        g, *pick(seed, (9,), (3, 4), (2, 2, 3)), dtype=pick(seed, torch.float32, torch.float64)
    )
    if seed == 0:
        return (x,)
    if seed == 3:
        return torch.tensor([-1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.001]), 1.0
    if seed == 4:
        return torch.tensor([-2.0, -1.0, 0.0, 1.0, 1.5, 2.0, 2.5]), 2.0
    return x, pick(seed, 1.0, 0.5, 2.5, 1.7)


def entropies(seed):
    g = gen(seed)
    shape = pick(seed, (4, 4), (2, 3, 3), (5, 2), (2, 2, 4, 6))
    h = rand(g, *shape, dtype=pick(seed, torch.float32, torch.float64))
    if seed == 1:
        h[h < 0.7] = 0
    if seed == 2:
        h = torch.eye(5)
    if seed == 3:
        h = torch.zeros(3, 3)
    if seed % 2:
        return h.clone(), pick(seed, 1e-3, 1e-2, 1e-6)
    return (h.clone(),)


def one_hot(seed):
    g = gen(seed)
    c = pick(seed, 3, 5, 1, 2)
    labels = ints(g, 0, c, *pick(seed, (4,), (2, 3), (1, 2, 3), (0, 2), (2, 2, 1, 2)))
    dtype = pick(seed, torch.float32, torch.int64, torch.float64, torch.float16)
    cpu = torch.device("cpu")
    if seed == 4:
        return labels, c, cpu, torch.float32, 0.1
    if seed == 5:
        return labels, 5, cpu, torch.float64, 1e-3
    return {"labels": labels, "num_classes": c, "device": cpu, "dtype": dtype}


def total_variation(seed):
    g = gen(seed)
    shape = pick(seed, (4, 5), (2, 3, 4, 4), (3, 1, 6), (2, 5, 1))
    img = randn(g, *shape, dtype=pick(seed, torch.float32, torch.float64))
    if seed == 2:
        img = ints(g, 0, 256, *shape).to(torch.uint8)
    if seed == 5:
        img = ints(g, -30000, 30000, *shape).to(torch.int16)
    if seed == 6:
        img = ints(g, 0, 100, *shape)
    if seed == 0:
        return (img,)
    return {"img": img, "reduction": pick(seed, "sum", "mean", "mean", "mean")}


def kl_div_2d(seed):
    g = gen(seed)
    b, c, h, w = pick(seed, 1, 2), pick(seed, 2, 1, 3), pick(seed, 3, 2), pick(seed, 2, 4, 1)
    p = (
        randn(g, b, c, h * w, dtype=pick(seed, torch.float32, torch.float64))
        .softmax(-1)
        .view(b, c, h, w)
    )
    q = (2 * randn(g, b, c, h * w, dtype=p.dtype)).softmax(-1).view(b, c, h, w)
    if seed == 2:
        p = torch.where(p > p.mean(), p, torch.zeros_like(p))
    if seed == 3:
        p, q = p.clone(), q.clone()
        p[..., 0, 0] = 0
        q[..., 0, 0] = 0
    if seed == 4:
        q = q.clone()
        q[..., 0, 0] = 0
    if seed == 5:
        p = p.clone()
        p[0, 0] = 0
        q = q.clone()
        q[0, 0, 0, 0] = float("inf")
    if seed == 6:
        q = p.clone()
    if seed == 7:
        p = torch.zeros_like(p)
    return p, q


def mean_iou(seed):
    g = gen(seed)
    k = pick(seed, 3, 4, 2, 6)
    shape = pick(seed, (2, 6), (1, 3, 4), (3, 2, 2, 2))
    pred, target = ints(g, 0, k, *shape), ints(g, 0, k, *shape)
    if seed == 3:
        return pred, pred, k + 2
    if seed == 4:
        return pred, target, k, 0.5
    if seed == 5:
        return torch.zeros_like(pred), torch.ones_like(target), k, 1e-2
    if seed == 6:
        return pred, target, k + 1, 0.0
    return pred, target, k


def boxes_xyxy(g, n, high=20.0, dtype=torch.float32):
    xy = rand(g, n, 2) * high
    return torch.cat([xy, xy + 1 + rand(g, n, 2) * high / 2], 1).to(dtype)


def convert_boxes_to_xyxy(seed):
    g = gen(seed)
    boxes = boxes_xyxy(g, pick(seed, 3, 1, 5, 0), dtype=pick(seed, torch.float32, torch.float64))
    if seed == 6:
        boxes = boxes.to(torch.int64)
    if seed == 8:
        return boxes, "xyhw"
    return boxes, pick(seed, "xywh", "cxcywh", "xyxy", "cxcywh")


def average_meter(target, seed):
    g = gen(seed)
    meter = target()
    log = [meter.val, meter.avg, meter.sum, meter.count]
    for i in range(pick(seed, 1, 3, 5)):
        value = randn(g).item() if seed % 2 else randn(g)
        if (seed + i) % 3 == 0:
            meter.update(value)
        else:
            meter.update(value, n=i + 2)
        log.append([meter.val, meter.sum, meter.count, meter.avg])
    if seed == 4:
        meter.reset()
        log.append([meter.val, meter.sum, meter.count, meter.avg])
        meter.update(True, 3)
        log.append([meter.val, meter.sum, meter.count, meter.avg])
    if seed == 7:
        fresh = target()
        log.append(caught(fresh.update, 1.0, 0))
    return log


def aepe(seed):
    g = gen(seed)
    shape = pick(seed, (3, 4, 2), (2, 3, 3, 2), (2,), (5, 2))
    a, b = randn(g, *shape, dtype=pick(seed, torch.float32, torch.float64)), randn(g, *shape)
    b = b.to(a.dtype)
    if seed == 0:
        return a, b
    if seed == 6:
        return a.half(), b.half(), "none"
    return a, b, pick(seed, "mean", "sum", "none", "mean")


def disparity(g, seed):
    shape = pick(seed, (2, 3, 4), (5, 6), (7,))
    dtype = pick(seed, torch.float32, torch.float64, torch.float32)
    target = 5 + 60 * rand(g, *shape, dtype=dtype)
    return target + 4 * randn(g, *shape, dtype=dtype), target


def kitti_d1_error(seed):
    g = gen(seed)
    pred, target = disparity(g, seed)
    mask = rand(g, *pred.shape) > 0.4
    if seed == 0:
        return pred, target
    if seed == 1:
        return {
            "input": pred,
            "target": target,
            "abs_threshold": 1.0,
            "rel_threshold": 0.2,
            "reduction": "sum",
        }
    if seed == 2:
        return {"input": pred, "target": target, "valid_mask": mask, "reduction": "none"}
    if seed == 3:
        return {
            "input": pred,
            "target": target,
            "valid_mask": mask[:1].long(),
            "abs_threshold": 0.5,
        }
    if seed == 4:
        return torch.tensor([0.0, 4.0, 103.0, 106.0, float("nan"), 23.0]), torch.tensor(
            [5.0, 0.0, 100.0, 100.0, 1.0, 20.0]
        )
    if seed == 5:
        return pred.half(), target.half(), 2.0, 0.1
    if seed == 6:
        return {"input": pred, "target": target, "valid_mask": torch.zeros_like(mask)}
    if seed == 8:
        return {
            "input": target,
            "target": target * 1.1,
            "abs_threshold": 0.0,
            "rel_threshold": 0.09,
            "reduction": "sum",
        }
    return pred, target, 2.5, 0.03, mask, "sum"


def reduce_disparity_error(seed):
    g = gen(seed)
    error = 5 * rand(
        g,
        *pick(seed, (3, 4), (6,), (2, 2, 3)),
        dtype=pick(seed, torch.float32, torch.float64, torch.float16),
    )
    mask = rand(g, *error.shape) > 0.5
    if seed == 5:
        error = torch.full((300, 30), 200.0, dtype=torch.float16)
        mask = None
    if seed == 6:
        mask = torch.zeros_like(mask)
    if seed == 7:
        return error, None, "none"
    if seed == 8:
        error[0] = float("nan")
        mask[0] = False
        return error, mask, "sum"
    return (
        error,
        None if seed % 3 == 0 else mask,
        pick(seed, "mean", "none", "sum", "sum", "mean", "mean", "mean"),
    )


def angle_error_vec(target, seed):
    g = gen(seed)
    batch = pick(seed, (), (4,), (2, 3))
    dtype = pick(seed, torch.float32, torch.float64)
    a, b = randn(g, *batch, 3, dtype=dtype), randn(g, *batch, 3, dtype=dtype)
    if seed == 3:
        b = a * 1e-6 + 1e-10 * b
    if seed == 4:
        b = -2 * a
    if seed == 5:
        a, b = a * 1e25, b * 1e-25
    if seed == 6:
        b = torch.zeros_like(b)
    if seed == 7:
        return [
            caught(target, a, b[..., :2]),
            caught(target, a[..., :2], b),
            caught(target, a, b[None]),
            caught(target, a, 1),
        ]
    return target(a, b)


def psnr(target, seed):
    g = gen(seed)
    shape = pick(seed, (4,), (2, 3, 4, 4), (3, 3))
    a = rand(g, *shape, dtype=pick(seed, torch.float32, torch.float64))
    b = (a + 0.1 * randn(g, *shape, dtype=a.dtype)).clamp(0, 1)
    if seed == 2:
        return target((a * 255).to(torch.uint8), (b * 255).to(torch.uint8), 255.0)
    if seed == 3:
        return target(a, a.clone(), 1.0)
    if seed == 4:
        return target(a.float(), b.double(), 2.0)
    if seed == 7:
        return target((a * 9).to(torch.int16), (b * 9).half(), 9.0)
    return target(a, b, pick(seed, 1.0, 0.5, 4.0))


def ssim(target, seed):
    g = gen(seed)
    b, c, h, w = pick(seed, 1, 2), pick(seed, 1, 3), pick(seed, 7, 9, 8), pick(seed, 8, 7)
    a = rand(g, b, c, h, w, dtype=pick(seed, torch.float32, torch.float64))
    x = 0.6 * a + 0.4 * rand(g, b, c, h, w, dtype=a.dtype)
    window = pick(seed, 5, 3, 7)
    if seed == 0:
        return target(a, x, 5)
    if seed == 1:
        return target(**{"img1": a * 255, "img2": x * 255, "window_size": window, "max_val": 255.0})
    if seed == 2:
        return target(**{"img1": a, "img2": x, "window_size": window, "padding": "valid"})
    if seed == 3:
        return target(
            **{"img1": a, "img2": x, "window_size": window, "eps": 0.01, "padding": "VALID"}
        )
    if seed == 4:
        return target(
            **{
                "img1": torch.zeros_like(a),
                "img2": torch.zeros_like(a),
                "window_size": 3,
                "max_val": 0.1,
            }
        )
    if seed == 5:
        return target(
            **{
                "img1": (a * 255).to(torch.uint8),
                "img2": (x * 255).to(torch.uint8),
                "window_size": 3,
                "max_val": 255.0,
            }
        )
    if seed == 6:
        return target(a.half(), x.half(), 5)
    if seed == 9:
        return target(**{"img1": a, "img2": x, "window_size": 3, "padding": "full"})
    if seed == 11:
        a = a.clone().requires_grad_()
        out = target(a, x, 5, padding="valid")
        out.sum().backward()
        return out.detach(), a.grad
    if seed == 10:
        return target(a.float(), x.double(), 3, 2.0)
    return target(a, x, 3, 0.5 + 0.25 * (seed % 3))


def quads(g, *shape, high=10, whole=False):
    """Axis-aligned inclusive quadrilaterals (*shape, 4, 2)."""
    if whole:
        xy, wh = ints(g, 0, high, *shape, 2).float(), ints(g, 1, high, *shape, 2).float()
    else:
        xy, wh = high * rand(g, *shape, 2), 1 + high * rand(g, *shape, 2)
    x0, y0, x1, y1 = xy[..., 0], xy[..., 1], (xy + wh)[..., 0], (xy + wh)[..., 1]
    return torch.stack([torch.stack(c, -1) for c in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))], -2)


def cuboids(g, *shape, high=6):
    low, size = ints(g, 0, high, *shape, 3).float(), ints(g, 1, high, *shape, 3).float()
    corners = [
        (0, 0, 0),
        (1, 0, 0),
        (1, 1, 0),
        (0, 1, 0),
        (0, 0, 1),
        (1, 0, 1),
        (1, 1, 1),
        (0, 1, 1),
    ]
    return torch.stack([low + size * torch.tensor(c).float() for c in corners], -2)


def box_state(boxes):
    return [boxes.data.clone(), boxes._N, boxes._valid.clone(), boxes.mode]


def bbox_generator(seed):
    g = gen(seed)
    n = pick(seed, 3, 1, 4)
    dtype = pick(seed, torch.float32, torch.int64, torch.float64)
    x, y, w, h = ((1 + 10 * rand(g, n, dtype=torch.float64)).to(dtype) for _ in range(4))
    if seed == 3:
        return x[0], y[0], w[0], h[0]
    if seed == 4:
        return x, y, w[0], h[0]
    if seed == 5:
        return x, y[0], w, h
    if seed == 6:
        return x, y, w[None], h[None]
    if seed == 7:
        return x, y.to(torch.float16), w, h
    return x, y, w, h


def merge_box_list(seed):
    g = gen(seed)
    sizes = pick(seed, (2, 3), (1,), (4, 0, 2), (3, 3))
    boxes = [quads(g, n).to(pick(seed, torch.float32, torch.float64)) for n in sizes]
    if seed == 4:
        return boxes, "pad"
    if seed == 6:
        boxes[0] = boxes[0][:, :3]
    if seed == 7:
        boxes[-1] = boxes[-1][None]
    return (boxes,)


def boxes_to_quadrilaterals(target, seed):
    g = gen(seed)
    boxes = boxes_xyxy(g, 4).view(*pick(seed, (4, 4), (2, 2, 4), (1, 4, 4)))
    if seed == 0:
        return target(boxes)
    if seed == 1:
        return target(boxes, "xyxy_plus"), target(boxes.double(), "XYXY")
    if seed == 2:
        return target(boxes, mode="xywh"), target(boxes.round().long(), mode="xywh")
    if seed == 3:
        return target(quads(g, 3), "vertices"), target(quads(g, 2, 1), "vertices_plus")
    if seed == 4:
        before = quads(g, 2)
        kept = before.clone()
        return (
            target(before, "vertices"),
            bool((before == kept).all()),
            target(before, "Vertices_Plus"),
        )
    if seed == 5:
        return [
            caught(target, boxes, mode) for mode in ("xyxyxy", "polygon", "vertices", "vertices_x")
        ] + [caught(target, quads(g, 2), "xyxy"), caught(target, quads(g, 2), "vertices_minus")]
    if seed == 6:
        flat = boxes.clone()
        flat[..., 2] = flat[..., 0]
        return [
            caught(target, flat),
            caught(target, flat, "xyxy_plus"),
            caught(target, flat, "xyxy", False),
            caught(target, flat.flip(-1)),
        ]
    if seed == 7:
        wrong = boxes.clone()
        wrong.view(-1, 4)[-1, 3] = float("nan")
        return [
            caught(target, wrong, "xywh"),
            caught(target, wrong, "xywh", False),
            caught(target, quads(g, 2) / 0, "vertices"),
        ]
    if seed == 8:
        low = boxes.clone()
        low[..., 3] = low[..., 1] - 2
        return [
            caught(target, low),
            caught(target, low, "xywh"),
            caught(target, low, "xyxy", validate_boxes=False),
        ]
    return target(boxes[..., :0, :], "xywh"), target(boxes * 0.03, "xyxy_plus")


def boxes3d_to_polygons3d(seed):
    g = gen(seed)
    shape = pick(seed, (2, 3), (1, 1), (3, 2), (2, 0))
    values = [5 * rand(g, *shape, dtype=pick(seed, torch.float32, torch.float64)) for _ in range(6)]
    if seed == 6:
        values[seed % 6] = values[seed % 6][0]
    if seed == 7:
        values[5] = values[5][None]
    return tuple(values)


def mixed_boxes(seed, g, listed=None):
    from kornia.geometry.boxes import Boxes

    kind = pick(seed, 0, 1, 2) if listed is None else listed
    if kind == 0:
        return Boxes(quads(g, 3))
    if kind == 1:
        return Boxes(quads(g, 2, 3), mode=pick(seed, "xyxy", "xywh", "vertices_plus"))
    return Boxes([quads(g, 2), quads(g, 3), quads(g, 1)])


def boxes_to_tensor(target, seed):
    g = gen(seed)
    boxes = mixed_boxes(seed, g)
    if seed in (1, 5):
        return target(boxes)
    if seed == 3:
        turn = torch.tensor([[0.8, -0.6, 1.0], [0.6, 0.8, -2.0], [0.0, 0.0, 1.0]])
        boxes = boxes.transform_boxes(turn)
        return [target(boxes, m) for m in ("vertices_plus", "xyxy")]
    if seed == 6:
        boxes = boxes.filter_boxes_by_area(40.0)
        return [target(boxes, m) for m in ("vertices", "xyxy", "xywh")]
    if seed == 7:
        return [caught(target, boxes, m) for m in ("xyxz", "cxcywh", "")]
    if seed == 8:
        return [
            target(boxes, m, as_padded_sequence=True)
            for m in ("xyxy", "xywh", "vertices", "XYXY_PLUS")
        ]
    return [
        target(boxes, m) for m in ("xyxy", "xyxy_plus", "xywh", "vertices", "vertices_plus", "XYWH")
    ]


def boxes_clamp(target, seed):
    g = gen(seed)
    boxes = mixed_boxes(seed, g)
    count = boxes.data.shape[0] if boxes.data.ndim == 4 else 1
    low, high = 2 + 2 * rand(g, count, 2), 7 + 3 * rand(g, count, 2)
    before = boxes.data.clone()
    if seed == 3:
        return [
            caught(target, boxes, low.repeat(2, 1), high),
            caught(target, boxes, (0, 0), (5, 5)),
            caught(target, boxes),
        ]
    if seed == 4:
        data = boxes.data
        out = target(boxes, low, high, inplace=True)
        return box_state(out), out is boxes, data
    if seed == 5:
        boxes = boxes.filter_boxes_by_area(25.0)
    if seed == 6:
        low, high = high, low
    out = target(boxes, low[:, :], high)
    return box_state(out), out is boxes, bool((boxes.data == before).all())


def boxes_filter(target, seed):
    g = gen(seed)
    boxes = mixed_boxes(seed, g)
    if seed == 3:
        area = boxes.compute_area()
        return box_state(target(boxes, float(area.min()), float(area.max())))
    if seed == 4:
        out = target(boxes, 30.0, inplace=True)
        return box_state(out), out is boxes
    if seed == 5:
        return box_state(target(target(boxes, 20.0), max_area=60.0)), box_state(boxes)
    if seed == 6:
        return box_state(target(boxes)), target(boxes) is boxes
    args = pick(seed, {"min_area": 40.0}, {"max_area": 50.0}, {"min_area": 20.0, "max_area": 70.0})
    return box_state(target(boxes, **args)), box_state(boxes)


def compute_area(target, seed):
    from kornia.geometry.boxes import Boxes

    g = gen(seed)
    shape = pick(seed, (3,), (2, 2), (1, 3))
    data = quads(g, *shape)
    if seed in (1, 3):
        data = data[..., torch.randperm(4, generator=g), :]
    if seed in (2, 4):
        angle = torch.tensor(0.3 + seed)
        turn = torch.stack(
            [torch.stack([angle.cos(), -angle.sin()]), torch.stack([angle.sin(), angle.cos()])]
        )
        data = data @ turn.T + torch.tensor([0.4, 0.0])
    if seed == 5:
        data = data.double() * 0
    if seed == 6:
        data = data + 0.3 * randn(g, *data.shape)
    if seed == 7:
        data = data[..., [0, 2, 1, 3], :] - 20
    return target(Boxes(data))


def boxes_merge(target, seed):
    from kornia.geometry.boxes import Boxes

    g = gen(seed)
    if seed in (0, 6):
        a, b = Boxes(quads(g, 2)), Boxes(quads(g, 3), mode="xyxy")
    elif seed == 1:
        a, b = Boxes(quads(g, 2, 2)), Boxes(quads(g, 2, 1))
    elif seed == 2:
        a, b = Boxes([quads(g, 2), quads(g, 1)]), Boxes([quads(g, 1), quads(g, 3)])
    elif seed == 3:
        a, b = Boxes([quads(g, 2), quads(g, 4)], mode="xywh"), Boxes(quads(g, 2, 2))
    elif seed == 4:
        a, b = Boxes(quads(g, 2, 2)), Boxes([quads(g, 3), quads(g, 0)]).filter_boxes_by_area(30.0)
    elif seed == 5:
        a, b = Boxes(quads(g, 2, 2)).filter_boxes_by_area(35.0), Boxes(quads(g, 2, 3))
    else:
        a, b = Boxes([quads(g, 2), quads(g, 1)]), Boxes(quads(g, 3, 1))
    out = target(a, b, inplace=True) if seed in (2, 6) else target(a, b)
    return box_state(out), out is a, box_state(a), box_state(b)


def boxes3d_from_tensor(target, seed):
    g = gen(seed)
    low = 5 * rand(
        g,
        *pick(seed, (3,), (2, 2)),
        3,
        dtype=pick(seed, torch.float32, torch.float64, torch.float32),
    )
    boxes = torch.cat([low, low + 1 + 5 * rand(g, *low.shape).to(low.dtype)], -1)
    if seed == 3:
        boxes = boxes.long()
    if seed == 4:
        bad = boxes.clone()
        bad[..., 4] = bad[..., 1]
        return [
            caught(target, bad),
            target(bad, "xyzxyz_plus").data,
            target(bad, validate_boxes=False).data,
        ]
    if seed == 5:
        bad = boxes.clone()
        bad[..., 5] = -1
        nan = boxes.clone()
        nan.view(-1, 6)[0, 2] = float("nan")
        return [
            caught(target, bad, "xyzwhd"),
            caught(target, nan),
            caught(target, boxes.flip(-1), "xyzxyz"),
        ]
    if seed == 6:
        return [caught(target, boxes, m) for m in ("vertices", "xyz")] + [
            caught(target, boxes[..., :5]),
            caught(target, boxes.view(-1)),
        ]
    out = (
        target(boxes)
        if seed == 0
        else target(boxes, mode=pick(seed, "xyzxyz", "xyzxyz_plus", "XYZWHD", "xyzwhd"))
    )
    return out.data, out.mode, type(out).__name__


def boxes3d_to_tensor(target, seed):
    from kornia.geometry.boxes import Boxes3D

    g = gen(seed)
    data = cuboids(g, *pick(seed, (3,), (2, 2), (1, 3))).to(
        pick(seed, torch.float32, torch.float64)
    )
    if seed in (2, 4):
        data = data @ torch.linalg.matrix_exp(
            torch.tensor([[0, 1.0, 0.5], [-1.0, 0, 0.3], [-0.5, -0.3, 0]])
        ).to(data.dtype)
    boxes = Boxes3D(data, mode="xyzwhd")
    if seed == 0:
        return target(boxes)
    if seed == 6:
        return [caught(target, boxes, m) for m in ("xyxy", "xyzwh")]
    modes = ("xyzxyz", "xyzxyz_plus", "xyzwhd", "vertices", "vertices_plus", "XYZWHD")
    return [target(boxes, m) for m in modes[seed % 3 :]]


def keypoints(target, seed):
    g = gen(seed)
    shape = pick(seed, (4, 2), (2, 3, 2), (1, 2, 2))
    data = 10 * rand(g, *shape, dtype=pick(seed, torch.float32, torch.float64))
    batch = shape[0] if len(shape) == 3 else 1
    k = target(data.clone())
    m = torch.eye(3, dtype=data.dtype) + 0.2 * randn(g, 3, 3, dtype=data.dtype)
    padding = ints(g, 1, 9, batch, 4)
    if seed == 0:
        moved = k.transform_keypoints(m)
        return moved.to_tensor(), k.data, k.shape, type(moved).__name__
    if seed in (1, 3):
        before = k.data.clone()
        return (
            k.pad(padding).data.clone(),
            before,
            k.unpad(padding).to_tensor(),
            k.pad(padding) is k,
        )
    if seed == 2:
        other = k.clone()
        index = (torch.tensor([0]), torch.tensor([1]))
        new = k.index_put(index, torch.full((1, 2), -1.0))
        wrapped = k.index_put(index, target(torch.full((1, 2), 7.0)), inplace=True)
        return new.data, k.data, other.data, wrapped is k
    if seed == 4:
        out = k.transform_keypoints(m.repeat(batch, 1, 1), inplace=True)
        return out.data, out is k, k[0:1].data, k.transform_keypoints_(m).data
    if seed == 5:
        k[0] = target(torch.ones(2, 2, dtype=data.dtype))
        return (
            k.data,
            k.type(torch.float16).dtype,
            target(data.round().int(), False).dtype,
            target.from_tensor(data).data,
        )
    if seed == 6:
        return [
            caught(target, data.int()),
            caught(target, [1.0, 2.0]),
            caught(target, 3),
            caught(target, data[..., :1]),
            caught(target, data[0]),
            caught(k.transform_keypoints, m[:2]),
            caught(k.pad, padding[:, :3]),
            caught(k.pad, padding.repeat(2, 1)),
            caught(k.to_tensor, True),
        ]
    if seed == 7:
        return [
            caught(k.unpad, padding[0]),
            caught(target, data[None, None]),
            caught(k.transform_keypoints, m[None, None]),
            k.device.type,
            k.dtype,
        ]
    return k.transform_keypoints(m).pad(padding).data


def results_from_detections(target, seed):
    g = gen(seed)
    det = torch.cat([ints(g, 0, 9, pick(seed, 3, 1, 0, 5), 1).float()], 1)
    det = torch.cat([det, 10 * rand(g, len(det), 5)], 1)
    form = pick(seed, "xyxy", "xywh", "cxcywh", "XYXY")
    if seed in (1, 4):
        from kornia.contrib.object_detection import BoundingBoxDataFormat

        form = list(BoundingBoxDataFormat)[seed % 3]
    if seed == 6:
        det = det[:, :5]
    if seed == 7:
        det = det[None]
    return [
        [r.class_id, r.confidence, list(r.bbox.data), r.bbox.data_format.name, type(r).__name__]
        for r in target(det, form)
    ]


def box_filtering(target, seed):
    from kornia.contrib.object_detection import BoxFiltering

    g = gen(seed)
    b, d = pick(seed, 2, 1, 3), pick(seed, 5, 7)
    boxes = torch.cat([ints(g, 0, 4, b, d, 1).float(), rand(g, b, d, 5)], -1)
    if seed == 0:
        boxes[0, 0, 1] = 0.0
        return target(BoxFiltering(), boxes)
    if seed == 1:
        return target(BoxFiltering(0.5), boxes)
    if seed == 2:
        return target(BoxFiltering(torch.tensor(0.3), [0, 2]), boxes)
    if seed == 3:
        return target(BoxFiltering(0.4, torch.tensor([1, 3]), True), boxes)
    if seed == 4:
        return target(BoxFiltering(0.9, [0]), boxes, torch.tensor(0.2), torch.tensor([1, 2]))
    if seed == 5:
        return target(BoxFiltering(filter_as_zero=True), boxes, torch.tensor(0.6))
    if seed == 6:
        boxes[:, 0, 1] = 0.25
        return target(BoxFiltering(0.25), boxes), target(BoxFiltering(0.0, [7]), boxes)
    return target(BoxFiltering(0.2, [3]), boxes, classes_to_keep=torch.tensor([0]))


def deformable_attention(seed):
    g = gen(seed)
    levels = pick(seed, [(3, 4)], [(4, 4), (2, 2)], [(5, 3), (3, 2), (1, 1)])
    bs, heads, c, lq, points = (
        pick(seed, 1, 2),
        pick(seed, 2, 1, 4),
        pick(seed, 3, 2),
        pick(seed, 5, 1, 3),
        pick(seed, 2, 4, 1),
    )
    value = randn(g, bs, sum(h * w for h, w in levels), heads, c)
    where = 1.4 * rand(g, bs, lq, heads, len(levels), points, 2) - 0.2
    weights = (
        randn(g, bs, lq, heads, len(levels), points)
        .flatten(-2)
        .softmax(-1)
        .view(bs, lq, heads, len(levels), points)
    )
    if seed == 4:
        value, where, weights = value.double(), where.double(), weights.double()
    return value, levels, where, weights


def ms_deformable(target, seed):
    g = gen(seed)
    levels = pick(seed, [(3, 4)], [(4, 4), (2, 2)], [(3, 3), (2, 1)])
    heads, dim, points = pick(seed, 2, 4, 1), pick(seed, 8, 16), pick(seed, 2, 4, 3)
    n, lq = pick(seed, 1, 2), pick(seed, 3, 5)
    module = fill(target(dim, heads, len(levels), points), seed)
    query, value = randn(g, n, lq, dim), randn(g, n, sum(h * w for h, w in levels), dim)
    refs = rand(g, n, lq, 1 if seed % 2 else len(levels), 4)
    return module(query, refs, value, levels), shapes(module)


def generate_anchors(seed):
    shapes_ = pick(seed, [(3, 4)], [(4, 4), (2, 3)], [(5, 2), (2, 2), (1, 1)])
    if seed == 0:
        return (shapes_,)
    if seed == 1:
        return {"spatial_shapes": shapes_, "dtype": torch.float64}
    return {
        "spatial_shapes": shapes_,
        "grid_size": pick(seed, 0.05, 0.2, 0.4),
        "eps": pick(seed, 0.01, 0.13, 0.3, 0.05),
    }


def yunet_decode(seed):
    g = gen(seed)
    n = pick(seed, 3, 1, 6, 0)
    dtype = pick(seed, torch.float32, torch.float64)
    return (
        2 * randn(g, n, 14, dtype=dtype),
        rand(g, n, 4, dtype=dtype),
        pick(seed, [0.1, 0.2], [0.5, 0.3], [1.0, 0.1]),
    )


def prior_box(target, seed):
    steps = [8, 16, 32, 64]
    sizes = pick(seed, [[10, 16, 24], [32, 48], [64, 96], [128, 192, 256]], [[7], [15], [33], [80]])
    height, width = pick(seed, 64, 97, 130, 33), pick(seed, 80, 64, 121)
    if seed == 6:
        return target(sizes, [8, 16, 32, 63], False, (height, width))
    box = target(sizes, steps, seed % 2 == 1, (height, width))
    if seed == 3:
        box = box.to(torch.device("cpu"), torch.float64)
    return box(), box.feature_maps


def face_postprocess(target, seed):
    from types import SimpleNamespace

    from kornia.geometry.bbox import nms as suppress

    g = gen(seed)
    height, width = pick(seed, 64, 80), pick(seed, 64, 96, 72)
    sizes, steps = [[10, 16], [32], [64], [128]], [8, 16, 32, 64]
    detector = SimpleNamespace(
        min_sizes=sizes,
        steps=steps,
        clip=seed % 2 == 1,
        variance=[0.1, 0.2],
        confidence_threshold=pick(seed, 0.6, 0.8, 0.3),
        top_k=pick(seed, 40, 12),
        keep_top_k=pick(seed, 9, 4, 30),
        nms_threshold=pick(seed, 0.3, 0.1),
        nms=suppress,
    )
    from kornia.models.yunet.processors import PriorBox

    count = len(PriorBox(sizes, steps, False, (height, width))())
    n = pick(seed, 1, 2)
    data = {
        "loc": randn(g, n, count, 14),
        "conf": rand(g, n, count, 2),
        "iou": 1.5 * rand(g, n, count, 1) - 0.2,
    }
    if seed == 3:
        data["conf"] *= 0.01
    if seed == 4:
        data = {k: v.double() for k, v in data.items()}
    data["iou"] = torch.where(data["iou"] > 1.0, 1.0 + data["iou"], data["iou"])
    return target(detector, data, height, width)


def boxes_to_padded(target, seed):
    g = gen(seed)
    boxes = mixed_boxes(seed, g)
    if seed == 3:
        from kornia.geometry.boxes import Boxes

        boxes = Boxes([quads(g, 0), quads(g, 2)])
    if seed == 5:
        boxes.pad(ints(g, 1, 5, 3, 4).float())
    if seed == 8:
        boxes = boxes.filter_boxes_by_area(40.0)
    return target(boxes, pick(seed, "xyxy", "xywh", "vertices", "vertices_plus", "xyxy_plus"))


def vit_attention(target, seed):
    g = gen(seed)
    dim, heads = pick(seed, 8, 12, 6), pick(seed, 2, 4, 1, 3)
    if dim % heads:
        return caught(target, dim, heads, 0.0, 0.0), seed
    module = fill(target(dim, heads, 0.0, 0.0), seed).eval()
    x = randn(g, pick(seed, 2, 1), pick(seed, 5, 1, 7), dim)
    if seed == 6:
        hot = fill(target(dim, heads, 0.5, 0.5), seed).eval()
        return hot(x), hot.att_drop.p, hot.projection_drop.p
    return module(x), shapes(module), module.scale


def vit_patch_embedding(target, seed):
    g = gen(seed)
    c, e, p, s = pick(seed, 3, 1), pick(seed, 6, 4), pick(seed, 4, 2), pick(seed, 8, 12)
    if seed in (2, 5):
        backbone = nn.Conv2d(c, e + 1, 3, stride=3)
        module = fill(target(c, e, p, s, backbone), seed)
    else:
        module = fill(target(c, e, p, s), seed)
    x = randn(g, pick(seed, 2, 1, 3), c, s, s)
    answers = [
        module(x),
        shapes(module),
        module.grid_size,
        module.out_channels,
        module.custom_backbone,
    ]
    if seed in (3, 5):
        answers.append([caught(module, x[..., : s // 2]), caught(module, x[..., : s // 2, :])])
    return answers


def conv_norm_act(target, seed):
    g = gen(seed)
    cin, cout, k = pick(seed, 4, 2), pick(seed, 6, 4, 8), pick(seed, 3, 1, 2, 4, 5)
    groups = 2 if seed == 3 else 1
    names = ("a", "b", "c") if seed == 4 else None
    kwargs = dict(stride=pick(seed, 1, 2, 1), act=pick(seed, "relu", "silu", "none"), groups=groups)
    if names:
        kwargs.update(conv_naming=names[0], norm_naming=names[1], act_naming=names[2])
    module = fill(
        target(cin, cout, k) if seed == 0 else target(cin, cout, k, **kwargs), seed
    ).eval()
    x = randn(g, 2, cin, pick(seed, 6, 7), pick(seed, 5, 8))
    answers = [module(x), shapes(module), [name for name, _ in module.named_children()]]
    if seed == 5:
        answers.append(module.train()(x))
    if seed == 6:
        answers.append(caught(target, 2, 2, 3, act="gelu"))
    return answers


def layer_norm_2d(target, seed):
    g = gen(seed)
    c = pick(seed, 3, 1, 6)
    module = target(c) if seed % 2 == 0 else target(c, eps=pick(seed, 1e-2, 0.5, 1e-3))
    if seed:
        fill(module, seed)
    x = 3 * randn(g, pick(seed, 2, 1), c, pick(seed, 4, 1), 3) + 1
    if seed in (4, 6):
        big = (200 * x).half()
        return module(big), module.half()(big), module.half()(big.bfloat16())
    if seed == 5:
        return module.double()(x.double()), shapes(module)
    return module(x), module.weight.detach().sum()


def window_partition(seed):
    g = gen(seed)
    b, h, w, c = pick(seed, 1, 2), pick(seed, 4, 7, 5), pick(seed, 6, 4, 9), pick(seed, 2, 1, 3)
    return randn(g, b, h, w, c), pick(seed, 2, 3, 4, 7)


def co_fusion(target, seed):
    g = gen(seed)
    c = pick(seed, 3, 6, 2)
    module = fill(target(c, c), seed, 0.1)
    if seed == 3:
        module = fill(target(c, 1), seed, 0.1)
    return module(randn(g, pick(seed, 1, 2), c, pick(seed, 4, 5), pick(seed, 5, 3))), shapes(module)


def up_conv_block(target, seed):
    g = gen(seed)
    c, scale = pick(seed, 3, 2, 5), pick(seed, 1, 2, 3)
    module = fill(target(c, scale), seed, 0.2)
    h, w = pick(seed, 3, 2), pick(seed, 4, 3)
    out = [pick(seed, h * 2**scale, 9), pick(seed, w * 2**scale, 11, 7)]
    return (
        module(randn(g, pick(seed, 1, 2), c, h, w), out),
        shapes(module),
        module.features[0].weight.shape,
    )


def dense_block(target, seed):
    g = gen(seed)
    layers, cin, cout = pick(seed, 1, 2, 3), pick(seed, 3, 4), pick(seed, 4, 2)
    module = fill(target(layers, cin, cout), seed, 0.3).eval()
    if seed == 5:
        module.train()
    b, h, w = pick(seed, 1, 2), 4, pick(seed, 5, 3)
    x, skip = randn(g, b, cin, h, w), randn(g, b, cout, h, w)
    out = module([x, skip])
    return list(out), shapes(module), [name for name, _ in module.named_children()]


def lite_mla(target, seed):
    g = gen(seed)
    c, o = pick(seed, 8, 16), pick(seed, 8, 4, 6)
    kwargs = pick(
        seed,
        {},
        {"dim": 4, "scales": (3, 5)},
        {"heads": 3, "dim": 2, "act_func": "relu"},
        {"heads_ratio": 0.5, "dim": 4},
        {"scales": (), "dim": 4},
    )
    if seed == 5:
        kwargs = {
            "dim": 4,
            "use_bias": True,
            "act_func": (None, "relu6"),
            "norm": ("bn2d", None),
            "eps": 0.1,
        }
    module = fill(target(c, o, **kwargs), seed).eval()
    return module(randn(g, pick(seed, 1, 2), c, pick(seed, 3, 4), pick(seed, 4, 2))), shapes(module)


def evit_mbconv(target, seed):
    g = gen(seed)
    c, o = pick(seed, 4, 3), pick(seed, 6, 3)
    kwargs = pick(
        seed,
        {},
        {"stride": 2, "expand_ratio": 2},
        {"kernel_size": 5, "mid_channels": 5},
        {"expand_ratio": 1.5, "use_bias": (True, False, True)},
    )
    if seed in (4, 6):
        kwargs = {
            "norm": (None, "bn2d", None),
            "act_func": ("hswish", "relu", "silu"),
            "use_bias": True,
            "expand_ratio": 3,
        }
    module = fill(target(c, o, **kwargs), seed, 1.0).eval()
    if seed == 5:
        module.train()
    return module(2 * randn(g, 2, c, pick(seed, 6, 5), pick(seed, 5, 4))), shapes(module)


def moonvit_rotary(target, seed):
    dim, theta = pick(seed, 8, 4, 16, 12), pick(seed, 10000.0, 100.0, 10.0)
    if seed == 5:
        return caught(target, 6), caught(target, 10), seed
    module = target(dim) if seed == 0 else target(dim, theta)
    return (
        module(pick(seed, 2, 3, 1), pick(seed, 3, 1, 4), torch.device("cpu")),
        module.dim,
        module.theta,
    )


def kimi_projector(target, seed):
    from kornia.models.kimi_vl.config import KimiVLProjectorConfig

    g = gen(seed)
    d = pick(seed, 3, 4)
    module = fill(
        target(KimiVLProjectorConfig(d, pick(seed, 5, 6), pick(seed, 4, 2, 3))), seed
    ).eval()
    h, w = pick(seed, 4, 2, 6), pick(seed, 2, 6)
    return module(randn(g, pick(seed, 1, 2), h * w, d), h, w), shapes(module)


def gemma_rotary(target, seed):
    g = gen(seed)
    dim = pick(seed, 4, 8, 2, 6)
    module = (
        target(dim)
        if seed == 0
        else target(dim, pick(seed, 64, 128), base=pick(seed, 10000, 100, 10))
    )
    ids = ints(g, 0, 50, pick(seed, 1, 2), pick(seed, 3, 5))
    x = randn(g, 1, 1, 1, dim, dtype=pick(seed, torch.float32, torch.float64, torch.float16))
    return (
        module(x, ids),
        module.inv_freq,
        module.dim,
        module.base,
        module.max_position_embeddings,
        list(module.state_dict()),
    )


def gemma_attention(target, seed):
    from kornia.models.paligemma.configuration_paligemma import PaliGemmaConfig

    g = gen(seed)
    heads, kv, hd = pick(seed, 4, 2), pick(seed, 1, 2), pick(seed, 4, 6, 2)
    config = PaliGemmaConfig(
        hidden_size=heads * hd,
        num_attention_heads=heads,
        num_key_value_heads=kv,
        head_dim=hd,
        rope_theta=pick(seed, 10000.0, 50.0),
    )
    b, n = pick(seed, 1, 2), pick(seed, 4, 3, 1)
    x, ids = randn(g, b, n, heads * hd), ints(g, 0, 30, b, n)
    if seed == 5:
        config.head_dim = hd + 1
        return caught(target, config), seed
    module = fill(target(config, layer_idx=seed), seed)
    if seed == 4:
        return caught(module, x), shapes(module), module.layer_idx
    mask = (
        torch.zeros(b, 1, n, n).masked_fill(torch.ones(n, n).triu(1).bool(), float("-inf"))
        if seed % 2
        else None
    )
    return module(x, mask, ids)


def qwen_window_mask(target, seed):
    from types import SimpleNamespace

    merge = pick(seed, 2, 1)
    config = SimpleNamespace(
        window_size=pick(seed, 8, 12, 16), patch_size=pick(seed, 2, 4), spatial_merge_size=merge
    )
    gh, gw = pick(seed, 4, 6, 2), pick(seed, 6, 4, 8)
    return target(SimpleNamespace(config=config), gh, gw, torch.device("cpu"))


def residual_dense_block(target, seed):
    g = gen(seed)
    f, c = pick(seed, 4, 3), pick(seed, 2, 3, 1)
    module = target(f, c)
    answers = [float(module.conv3.bias.abs().sum()), shapes(module)]
    fill(module, seed)
    if seed == 4:
        torch.manual_seed(1)
        stds = [m.weight.std().item() for m in (target().conv1, target().conv5)]
        answers.append([round(s, 2) for s in stds])
    return answers + [module(randn(g, pick(seed, 1, 2), f, 4, pick(seed, 5, 3)))]


def default_init_weights(target, seed):
    net = nn.Sequential(
        nn.Conv2d(2, 3, 3, bias=seed != 1),
        nn.BatchNorm2d(3, affine=seed != 2),
        nn.ReLU(),
        nn.Sequential(nn.Linear(4, 3), nn.ConvTranspose2d(2, 2, 2)),
    )
    fill(net, seed)
    torch.manual_seed(seed)
    kwargs = pick(seed, {}, {"scale": 0.1}, {"scale": 0.5, "bias_fill": 0.25}, {"bias_fill": -1.0})
    if seed == 2:
        net[1] = nn.BatchNorm2d(3)
        fill(net[1], seed)
        torch.manual_seed(seed)
    given = net if seed % 2 == 0 else [net[0], net[1], net[3]]
    if seed == 5:
        given = iter([net[3]])
    result = target(given, **kwargs)
    return result, {k: v.clone() for k, v in net.state_dict().items()}


def rep_vgg(target, seed):
    g = gen(seed)
    cin, cout = pick(seed, 3, 2), pick(seed, 4, 2, 3)
    module = fill(target(cin, cout), seed, 1.0).eval()
    if seed == 4:
        module.train()
    x = randn(g, pick(seed, 1, 2), cin, 4, pick(seed, 5, 3))
    out = module(x)
    names = shapes(module)
    module.eval()
    returned = module.optimize_for_deployment()
    return out, names, returned, module(x), module.conv.weight.detach(), module.conv.bias.detach()


def aifi(target, seed):
    g = gen(seed)
    d, heads, ff = pick(seed, 8, 16, 4), pick(seed, 2, 1), pick(seed, 6, 10)
    module = fill(target(d, heads, ff), seed).eval()
    h, w = pick(seed, 2, 3), pick(seed, 4, 2, 1)
    table = module.build_2d_sincos_pos_emb(
        w, h, d, pick(seed, 10000.0, 50.0), dtype=pick(seed, torch.float32, torch.float64)
    )
    return module(randn(g, pick(seed, 1, 2), d, h, w)), table, shapes(module)


def ccfm(target, seed):
    g = gen(seed)
    n, d = pick(seed, 3, 2), pick(seed, 4, 2)
    module = fill(
        target(n, d) if seed % 2 else target(n, d, pick(seed, 0.5, 1.0, 0.5)), seed, 0.6
    ).eval()
    size = pick(seed, 2, 1)
    maps = [randn(g, 1, d, size * 2 ** (n - 1 - i), 3 * size * 2 ** (n - 1 - i)) for i in range(n)]
    return list(module(maps)), len(maps), shapes(module)[:6], len(module.state_dict())


def hg_block(target, seed):
    from kornia.models.rt_detr.architecture.hgnetv2 import StageConfig

    g = gen(seed)
    identity = seed % 2 == 1
    cin = pick(seed, 4, 6)
    config = StageConfig(
        cin,
        pick(seed, 3, 2),
        cin if identity else 8,
        1,
        False,
        seed % 3 == 2,
        pick(seed, 3, 5),
        pick(seed, 2, 3, 1),
    )
    module = fill(target(cin, config, identity), seed, 0.7).eval()
    return module(randn(g, pick(seed, 1, 2), cin, 4, pick(seed, 5, 3))), shapes(module)


def bottleneck_d(target, seed):
    g = gen(seed)
    shortcut = seed in (1, 4)
    stride = 1 if shortcut else pick(seed, 2, 1)
    out = pick(seed, 2, 3)
    cin = out * 4 if shortcut else pick(seed, 5, 3)
    if seed == 6:
        return caught(target, 4, 4, 3, False), target.expansion, seed
    module = fill(target(cin, out, stride, shortcut), seed, 0.7).eval()
    return module(randn(g, pick(seed, 1, 2), cin, pick(seed, 5, 6), 4)), shapes(module)


def get_rel_pos(seed):
    g = gen(seed)
    q, k = pick(seed, 3, 4, 2, 6), pick(seed, 3, 2, 4)
    length = 2 * max(q, k) - 1
    return q, k, randn(g, length if seed % 3 != 1 else pick(seed, 5, 9, 3), pick(seed, 2, 3))


def sam_attention(target, seed):
    g = gen(seed)
    dim, heads = pick(seed, 8, 6), pick(seed, 2, 1)
    h, w = pick(seed, 3, 2), pick(seed, 2, 4, 3)
    kwargs = pick(
        seed,
        {"num_heads": heads},
        {"num_heads": heads, "use_rel_pos": True, "input_size": (h, w)},
        {"num_heads": heads, "qkv_bias": False},
    )
    module = target(dim, **kwargs)
    answers = [float(module.rel_pos_h.abs().sum())] if kwargs.get("use_rel_pos") else []
    fill(module, seed)
    return answers + [module(randn(g, pick(seed, 1, 2), h, w, dim)), shapes(module)]


def position_embedding_random(target, seed):
    g = gen(seed)
    torch.manual_seed(seed)
    n = pick(seed, 3, 2, 4)
    module = target(n) if seed % 2 == 0 else target(n, pick(seed, 1.0, 2.0, -1.0, 0.5))
    if seed == 5:
        module.double()
    size = pick(seed, (2, 3), (4, 1), (3, 5))
    points = 20 * rand(g, pick(seed, 1, 2), 3, 2)
    kept = points.clone()
    return (
        module(size),
        module.forward_with_coords(points, (12, 20)),
        bool((points == kept).all()),
        module.state_dict(),
    )


def prompt_encoder(target, seed):
    g = gen(seed)
    module = fill(target(pick(seed, 8, 6), pick(seed, (2, 3), (3, 2)), (16, 24), 8), seed)
    b = pick(seed, 2, 1)
    points = (24 * rand(g, b, 3, 2), ints(g, -1, 2, b, 3))
    boxes, masks = 16 * rand(g, b, 4), randn(g, b, 1, *module.mask_input_size)
    if seed == 0:
        return module(points, None, None)
    if seed == 1:
        return module(points, boxes, None), shapes(module)
    if seed == 2:
        return module(None, boxes, masks)
    if seed == 3:
        return module(None, None, None), module.get_dense_pe()
    if seed == 4:
        return module(points, boxes, masks), module.mask_input_size
    if seed == 5:
        return module(None, None, masks)
    return module((points[0].round().long(), points[1]), None, masks)


def two_way_block(target, seed):
    g = gen(seed)
    d, heads = pick(seed, 8, 16), pick(seed, 2, 1)
    kwargs = pick(
        seed,
        {},
        {"skip_first_layer_pe": True},
        {"attention_downsample_rate": 4, "activation": nn.GELU},
        {"attention_downsample_rate": 1},
    )
    module = fill(target(d, heads, pick(seed, 6, 10), **kwargs), seed)
    b, n, m = pick(seed, 1, 2), pick(seed, 3, 2), pick(seed, 4, 5)
    return module(
        randn(g, b, n, d), randn(g, b, m, d), randn(g, b, n, d), randn(g, b, m, d)
    ), shapes(module)[:8]


def predict_masks(target, seed):
    from types import SimpleNamespace

    g = gen(seed)
    c, n, h, w, b, s = (
        pick(seed, 4, 6),
        pick(seed, 3, 1, 4),
        pick(seed, 2, 3),
        3,
        pick(seed, 2, 1),
        pick(seed, 2, 0, 3),
    )
    seen = {}

    def transformer(src, pos, tokens):
        seen.update(src=src, pos=pos, tokens=tokens)
        return tokens.cumsum(1) + src.mean((2, 3))[:, None], (src + 0.5 * pos).flatten(2).transpose(
            1, 2
        )

    def embedding(k):
        e = nn.Embedding(k, c)
        e.weight.data = randn(g, k, c)
        return e

    heads = [lambda t, i=i: (i + 1) * t[:, :2] for i in range(n)]
    decoder = SimpleNamespace(
        iou_token=embedding(1),
        mask_tokens=embedding(n),
        num_mask_tokens=n,
        transformer=transformer,
        output_hypernetworks_mlps=heads,
        output_upscaling=lambda x: x[:, :2].repeat_interleave(2, -1).repeat_interleave(2, -2),
        iou_prediction_head=lambda t: t[:, :n] * 2,
    )
    with torch.no_grad():
        masks, iou = target(
            decoder,
            randn(g, 1, c, h, w),
            randn(g, 1, c, h, w),
            randn(g, b, s, c),
            randn(g, b, c, h, w),
        )
    return masks, iou, seen


def visualize_output(target, seed):
    from types import SimpleNamespace

    g = gen(seed)
    k = pick(seed, 3, 5, 2)
    shape = pick(seed, (k, 3, 4), (2, k, 2, 3), (1, k, 4, 4))
    dim = len(shape) - 3
    mask = (3 * randn(g, *shape, dtype=pick(seed, torch.float32, torch.float64))).softmax(dim)
    colors = rand(g, k, 3)
    me = SimpleNamespace()
    if seed == 4:
        return [
            caught(target, me, mask * 1.01, colors),
            caught(target, me, mask.argmax(dim), colors),
            caught(target, me, mask[0, 0], colors),
            caught(target, me, mask[None, None], colors),
            seed,
        ]
    if seed == 5:
        mask = nn.functional.one_hot(mask.argmax(dim), k).movedim(-1, dim).to(mask.dtype)
    return target(me, mask, colors)


def siglip_attention(target, seed):
    g = gen(seed)
    d, heads = pick(seed, 8, 6), pick(seed, 2, 1)
    b, n = pick(seed, 2, 1), pick(seed, 4, 3)
    if seed == 5:
        return caught(target, 6, 4), seed
    module = fill(target(d, heads), seed).eval()
    x = randn(g, b, n, d)
    keep = ints(g, 0, 2, b, n)
    keep[:, 0] = 1
    if seed == 0:
        return module(x), shapes(module)
    if seed == 1:
        return module(x, keep)
    if seed == 2:
        return module(x, torch.ones(n, n).tril()[None].repeat(b, 1, 1)), module(x, keep[:, None])
    if seed == 3:
        return module(x, torch.ones(1, 1, n, n).tril()), module.scale, module.head_dim
    if seed == 4:
        return [
            caught(module, x, m)
            for m in (keep[0], torch.ones(b, n + 1), torch.ones(b, 2, n), torch.ones(1, 1, 1, 1, n))
        ]
    return module(x, keep.bool())


def segmentation_results(target, seed):
    g = gen(seed)
    b, k, h = pick(seed, 2, 1), pick(seed, 3, 1), pick(seed, 4, 6)
    logits, scores = randn(g, b, k, h, h), rand(g, b, k)
    result = (
        target(logits, scores)
        if seed % 2 == 0
        else target(logits, scores, mask_threshold=pick(seed, 0.5, -0.3))
    )
    answers = [result.binary_masks, result.mask_threshold]
    size, original, encoder = (
        pick(seed, (6, 8), (8, 5)),
        pick(seed, (9, 12), (5, 7), (8, 8)),
        pick(seed, (8, 8), None, (12, 12)),
    )
    if seed != 4:
        answers += [result.original_res_logits(size, original, encoder), result.binary_masks]
    if seed in (1, 3, 4):
        squeezed = result.squeeze(0) if seed == 3 else result.squeeze()
        answers += [squeezed is result, squeezed.logits, squeezed.scores, squeezed.binary_masks]
    return answers


def patch_merging(target, seed):
    g = gen(seed)
    res = pick(seed, (4, 6), 4, (5, 4))
    stride = pick(seed, 2, 1)
    d, o = pick(seed, 3, 2), pick(seed, 4, 6)
    h, w = (res, res) if isinstance(res, int) else res
    if seed == 5:
        return caught(target, res, d, o, 3), caught(target, res, d, o, 0), seed
    module = fill(
        target(res, d, o, stride) if seed % 2 else target(res, d, o, stride, nn.ReLU), seed, 0.8
    ).eval()
    x = randn(g, pick(seed, 1, 2), h * w, d)
    if seed in (2, 8):
        return caught(module, x), module.output_resolution, seed
    if seed in (1, 6):
        x = x.transpose(1, 2).reshape(-1, d, h, w)
        return module(x), caught(module, torch.cat([x, x], 2)), module.output_resolution
    return module(x), module.input_resolution, shapes(module)


def tiny_attention(target, seed):
    g = gen(seed)
    dim, key, heads, ratio = (
        pick(seed, 6, 8),
        pick(seed, 2, 3),
        pick(seed, 2, 1, 3),
        pick(seed, 1.0, 2.0, 1.5),
    )
    res = pick(seed, (2, 3), (3, 3), (1, 4))
    module = target(dim, key, heads, ratio, res)
    answers = [float(module.attention_biases.abs().sum())]
    fill(module, seed)
    return answers + [
        module(randn(g, pick(seed, 1, 2), res[0] * res[1], dim)),
        shapes(module),
        target.build_attention_bias(res),
    ]


def mv2_block(target, seed):
    g = gen(seed)
    c, o = pick(seed, 4, 3), pick(seed, 4, 3, 5)
    module = fill(
        target(c, o) if seed == 0 else target(c, o, pick(seed, 1, 1, 2), pick(seed, 4, 1, 2)),
        seed,
        1.0,
    ).eval()
    if seed == 4:
        module.train()
    return module(randn(g, 2, c, pick(seed, 5, 4), 4)), shapes(module), module.use_res_connect


def mobile_vit_block(target, seed):
    g = gen(seed)
    dim, c, patch = pick(seed, 6, 4), pick(seed, 3, 2), pick(seed, (2, 2), (1, 2), (2, 3))
    module = fill(target(dim, pick(seed, 1, 2), c, 3, patch, 5), seed, 0.4).eval()
    x = randn(g, pick(seed, 1, 2), c, 4, 6)
    return module(x), shapes(module)[:10]


def sigmoid_log_double_softmax(seed):
    g = gen(seed)
    b, m, n = pick(seed, 1, 2), pick(seed, 3, 1, 4), pick(seed, 2, 5, 3)
    dtype = pick(seed, torch.float32, torch.float64)
    return (
        3 * randn(g, b, m, n, dtype=dtype),
        randn(g, b, m, 1, dtype=dtype),
        randn(g, b, n, 1, dtype=dtype),
    )


def lightglue_filter_matches(seed):
    g = gen(seed)
    b, m, n = pick(seed, 1, 2), pick(seed, 5, 3, 8), pick(seed, 4, 6)
    scores = (4 * randn(g, b, m + 1, n + 1)).log_softmax(2) + 0.3 * randn(
        g, b, m + 1, n + 1
    ).log_softmax(1)
    return scores, pick(seed, 0.1, 0.0, 0.5, 0.05, 0.9)


def position_encoding_sine(target, seed):
    g = gen(seed)
    d = pick(seed, 8, 4, 12)
    module = (
        target(d, pick(seed, (4, 5), (2, 2), (6, 3)))
        if seed % 2 == 0
        else target(d, pick(seed, (4, 5), (3, 3)), temp_bug_fix=seed % 3 == 0)
    )
    x = randn(g, pick(seed, 1, 2), d, pick(seed, 3, 5), pick(seed, 4, 7))
    out = module(x)
    if seed == 4:
        module.update_position_encoding_size((2, 9))
    return out, module.pe, list(module.state_dict())


def fine_matching(target, seed):
    g = gen(seed)
    m, w, c = pick(seed, 3, 1, 5), pick(seed, 3, 5), pick(seed, 4, 2)
    data = {
        "stride_f": pick(seed, 2, 4),
        "mkpts0_c": 50 * rand(g, m, 2),
        "mkpts1_c": 50 * rand(g, m, 2),
        "mconf": rand(g, max(m - seed % 2, 1)),
        "b_ids": ints(g, 0, 2, m),
    }
    data["mkpts0_c"], data["mkpts1_c"] = (
        data["mkpts0_c"][: len(data["mconf"])],
        data["mkpts1_c"][: len(data["mconf"])],
    )
    f0, f1 = randn(g, m, w * w, c), 3 * randn(g, m, w * w, c)
    module = target()
    if seed == 3:
        data.update(
            scale0=torch.ones(2, 2),
            scale1=1 + rand(g, 2, 2),
            b_ids=data["b_ids"][: len(data["mconf"])],
        )
        data["mconf"] = torch.ones(m)
        data["b_ids"] = ints(g, 0, 2, m)
        data["mkpts0_c"] = data["mkpts1_c"] = 9 * rand(g, m, 2)
    if seed == 4:
        return caught(module.train(), f0[:0], f1[:0], data), seed
    if seed == 5:
        module.eval()
        module(f0[:0], f1[:0], data)
        return {k: data[k] for k in ("expec_f", "mkpts0_f", "mkpts1_f")}
    returned = module(f0, f1, data)
    return returned, {k: data[k] for k in ("expec_f", "mkpts0_f", "mkpts1_f")}


def naflex(target, seed):
    g = gen(seed)
    c, side, p = pick(seed, 3, 2), pick(seed, 3, 4, 2), pick(seed, 2, 4)
    table = randn(g, side * side, c)
    conv = nn.Conv2d(1, c, p, stride=p)
    fill(conv, seed)
    flat = lambda x: conv(x).flatten(2).transpose(1, 2)
    h, w = p * pick(seed, 3, 4, 2), p * pick(seed, 5, 3, 4)
    x = randn(g, pick(seed, 1, 2), 1, h, w)
    if seed in (0, 6):
        module = target(conv, table)
        return (
            module(x),
            [n for n, _ in module.named_parameters()],
            [n for n, _ in module.named_buffers()],
        )
    if seed == 1:
        module = target(flat, nn.Parameter(table), p)
        return module(x), [n for n, _ in module.named_parameters()]
    if seed == 2:
        return target(flat, table, (p, p))(x), target(flat, table)(randn(g, 1, 1, 5 * p, 5 * p))
    if seed == 3:
        return (
            target(conv, table)(randn(g, 1, 1, side * p, side * p)),
            caught(target(flat, table, 2 * p), x),
            caught(target(flat, table), x[..., : 2 * p, : 3 * p]),
        )
    if seed == 4:
        odd = randn(g, 6, c)
        return target(conv, odd)(randn(g, 1, 1, 2 * p, 3 * p)), caught(
            target(conv, odd), randn(g, 1, 1, 2 * p, 2 * p)
        )
    return target(conv, table)(randn(g, 1, 1, 6 * p, 2 * p))


def resize_pre_processor(target, seed):
    g = gen(seed)
    c = pick(seed, 3, 1)
    size = pick(seed, (4, 6), (5, 5), (8, 3))
    module = (
        target(*size)
        if seed % 2 == 0
        else target(*size, interpolation_mode=pick(seed, "bilinear", "nearest", "bicubic"))
    )
    if seed in (1, 4):
        images = [rand(g, c, h, w) for h, w in ((6, 5), (3, 9), (5, 5))]
    elif seed == 6:
        images = [rand(g, c, 7, 4, dtype=torch.float64)]
    else:
        images = rand(g, pick(seed, 2, 1), c, pick(seed, 6, 9), pick(seed, 7, 5))
    out, sizes = module(images)
    return out, sizes, module.size


def cutmix_params(seed, g, height, width):
    b, mixes = pick(seed, 3, 2, 4), pick(seed, 1, 2)
    x0, y0 = ints(g, 0, width - 2, mixes, b).float(), ints(g, 0, height - 2, mixes, b).float()
    w = torch.stack(
        [
            torch.stack([1 + (ints(g, 0, 99, 1)[0] % (width - x0[i, j])) for j in range(b)])
            for i in range(mixes)
        ]
    ).float()
    h = torch.stack(
        [
            torch.stack([1 + (ints(g, 0, 99, 1)[0] % (height - y0[i, j])) for j in range(b)])
            for i in range(mixes)
        ]
    ).float()
    x1, y1 = x0 + w - 1, y0 + h - 1
    crops = torch.stack([torch.stack(p, -1) for p in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))], -2)
    pairs = torch.stack([torch.randperm(b, generator=g) for _ in range(mixes)])
    return b, {
        "mix_pairs": pairs,
        "crop_src": crops,
        "image_shape": torch.tensor([height, width]).float(),
    }


def cutmix_class(target, seed):
    from types import SimpleNamespace

    g = gen(seed)
    b, params = cutmix_params(seed, g, pick(seed, 6, 8), pick(seed, 5, 9))
    params["dtype"] = torch.tensor(pick(seed, 2, 3, 1, 2, 4))
    labels = ints(g, 0, 10, b)
    if seed == 3:
        labels = labels.float()
    return target(SimpleNamespace(use_correct_lambda=seed % 2 == 0), labels, params, {})


def cutmix_image(target, seed):
    g = gen(seed)
    height, width = pick(seed, 6, 8), pick(seed, 5, 9)
    b, params = cutmix_params(seed, g, height, width)
    images = rand(
        g, b, pick(seed, 3, 1), height, width, dtype=pick(seed, torch.float32, torch.float64)
    )
    kept = images.clone()
    return target(None, images, params), bool((images == kept).all())


def ada_update(target, seed):
    from types import SimpleNamespace

    g = gen(seed)
    me = SimpleNamespace(
        _num_calls=0,
        update_every=pick(seed, 2, 1, 3),
        ema_lambda=pick(seed, 0.9, 0.5),
        real_acc_ema=0.5,
        target_real_acc=pick(seed, 0.6, 0.85, 0.5),
        p=pick(seed, 0.1, 0.0, 0.78),
        adjustment_speed=0.04,
        max_p=0.8,
    )
    if seed == 4:
        me.target_real_acc = 0.5
    log = []
    for i in range(8):
        accuracy_ = 0.5 if seed == 4 else float(rand(g))
        returned = target(me, accuracy_)
        log.append([returned, me._num_calls, me.real_acc_ema, me.p])
    return log


def render_gaussian2d(seed):
    g = gen(seed)
    batch = pick(seed, (1,), (2, 3), (), (4,))
    dtype = pick(seed, torch.float32, torch.float64)
    size = pick(seed, (4, 6), (5, 5), (7, 3))
    mean, std = 2 * rand(g, *batch, 2, dtype=dtype) - 1, 0.1 + rand(g, *batch, 2, dtype=dtype)
    if seed == 2:
        return mean.half(), std.half(), size
    if seed == 5:
        return mean * 40, std, size
    if seed % 2:
        return 4 * mean, 2 * std[..., :1, :] if std.dim() > 2 else 2 * std, size, False
    return mean, std, size


def neighbourhood_max2d(seed):
    g = gen(seed)
    ky, kx = pick(seed, (3, 3), (1, 3), (4, 2), (5, 1), (2, 5), (3, 4))
    x = randn(
        g,
        pick(seed, 1, 2),
        pick(seed, 2, 1),
        ky + pick(seed, 2, 0, 4),
        kx + pick(seed, 3, 1),
        dtype=pick(seed, torch.float32, torch.float64),
    )
    if seed == 4:
        x = x.round()
    return x, ky, kx


def rotation_matrix2d(target, seed):
    g = gen(seed)
    b = pick(seed, 2, 1, 3)
    dtype = pick(seed, torch.float32, torch.float64)
    center, angle, scale = (
        20 * rand(g, b, 2, dtype=dtype),
        360 * rand(g, b, dtype=dtype) - 180,
        0.5 + rand(g, b, 2, dtype=dtype),
    )
    if seed == 3:
        scale = torch.ones_like(scale)
        angle = 90 * torch.arange(b, dtype=dtype)
    if seed == 4:
        return [
            caught(target, c, a, s)
            for c, a, s in (
                (center.tolist(), angle, scale),
                (center, 3.0, scale),
                (center, angle, 1.0),
                (center[0], angle, scale),
                (center[:, :1], angle, scale),
                (center, angle[:, None], scale),
            )
        ]
    if seed == 5:
        return [
            caught(target, c, a, s)
            for c, a, s in (
                (center, angle, scale[0]),
                (center, angle, scale[:, :1]),
                (torch.cat([center, center]), angle, scale),
                (center, angle, torch.cat([scale, scale])),
                (center.half(), angle, scale),
                (center, angle, scale.half()),
            )
        ]
    return target(center, angle, scale)


def harris_response(target, seed):
    g = gen(seed)
    b, c, h, w = pick(seed, 1, 2), pick(seed, 1, 3), pick(seed, 7, 6), pick(seed, 6, 8)
    x = rand(g, b, c, h, w, dtype=pick(seed, torch.float32, torch.float64))
    sigmas = (0.5 + rand(g, b)).to(x.dtype)
    if seed == 0:
        return target(x)
    return target(
        x, pick(seed, 0.05, 0.2), pick(seed, "diff", "sobel", "sobel"), pick(seed, sigmas, None)
    )


def von_mises(target, seed):
    g = gen(seed)
    size = pick(seed, 4, 3)
    coeffs = pick(seed, [0.14, 0.26, 0.6], (0.2, 0.5), [0.1, 0.2, 0.3, 0.4])
    module = target(patch_size=size, coeffs=coeffs)
    x = 3 * randn(
        g,
        pick(seed, 1, 2),
        1,
        size,
        size,
        dtype=pick(seed, torch.float32, torch.float32, torch.float64),
    )
    if seed == 3:
        return [
            caught(module, x.tolist()),
            caught(module, x[0]),
            caught(module, x.expand(-1, 2, -1, -1)),
            module.d,
            module.n,
        ]
    return module(x), shapes(module), module.weights.flatten(), module.d, module.n


def prob_to_junctions(seed):
    g = gen(seed)
    prob = rand(g, pick(seed, 8, 12), pick(seed, 10, 7))
    dist = pick(seed, 2, 3.5, 1, 4)
    if seed == 0:
        return prob * 0.3, dist
    if seed == 4:
        return prob * 0.001, dist
    if seed == 5:
        return prob, dist, 0.2, 3
    return prob, dist, pick(seed, 0.5, 0.3, 0.8), pick(seed, 0, 4, 100)


def needleman_wunsch(target, seed):
    g = gen(seed)
    b, n, m = pick(seed, 2, 1, 3), pick(seed, 3, 5, 1), pick(seed, 4, 2, 3)
    scores = rand(g, b, n, m, dtype=pick(seed, torch.float32, torch.float64))
    if seed == 2:
        scores = scores - 0.5
    if seed == 3:
        scores = scores * 0.1
    if seed == 4:
        return [caught(target, None, scores[0]), target(None, scores), seed]
    return target(None, scores)


def rgb_to_hsv(target, seed):
    g = gen(seed)
    x = rand(
        g,
        *pick(seed, (3, 2, 4), (2, 3, 3, 2), (1, 2, 3, 1, 3)),
        dtype=pick(seed, torch.float32, torch.float64),
    )
    if seed == 2:
        x = x[..., :1, :, :].expand(*x.shape).contiguous()
    if seed == 3:
        x = x.round()
    if seed == 4:
        return target(x, 0.1), target(torch.zeros_like(x))
    if seed == 6:
        x = torch.stack(
            [
                torch.tensor(c).view(3, 1, 1)
                for c in (
                    [1.0, 0.2, 0.2],
                    [0.2, 1.0, 1.0],
                    [0.7, 0.1, 0.7],
                    [0.5, 0.5, 0.2],
                    [0.2, 0.3, 0.9],
                    [0.9, 0.1, 0.4],
                )
            ]
        )
    return target(x)


def raw_downscaled(target, seed):
    from kornia.color import CFA

    g = gen(seed)
    x = rand(
        g,
        *pick(seed, (1, 4, 6), (2, 1, 2, 4), (2, 2, 1, 4, 2)),
        dtype=pick(seed, torch.float32, torch.float64),
    )
    cfa = pick(seed, CFA.BG, CFA.GB, CFA.RG, CFA.GR)
    if seed == 8:
        return [
            caught(target, x[..., :1], cfa),
            caught(target, x[..., :1, :], cfa),
            caught(target, torch.cat([x, x], -3), cfa),
        ]
    return target(x, cfa), target(x.flip(-1), pick(seed + 1, CFA.BG, CFA.GB, CFA.RG, CFA.GR))


def rgba_to_rgb(target, seed):
    g = gen(seed)
    shape = pick(seed, (4, 2, 3), (2, 4, 3, 2), (1, 2, 4, 2, 2))
    x = rand(g, *shape, dtype=pick(seed, torch.float32, torch.float64))
    if seed == 0:
        return target(x)
    if seed == 1:
        return target(x, (0.1, 0.5, 1.0)), target(x, [0, 0, 1])
    if seed == 2:
        return target(x, background_color=rand(g, *shape[:-3], 3, *shape[-2:]).to(x.dtype))
    if seed == 3:
        return target(x, rand(g, 3, 1, 1).to(x.dtype)), target(
            x, torch.zeros(3, 1, 1, dtype=x.dtype)
        )
    if seed == 4:
        return [
            caught(target, x.tolist()),
            caught(target, x[..., :3, :, :]),
            caught(target, x.flatten()),
            caught(target, x, (0.5, 0.5)),
            caught(target, x, rand(g, 4, 1, 1)),
            caught(target, x, 0.5),
            caught(target, x, "white"),
        ]
    x[..., 3, :, :] = x[..., 3, :, :].round()
    return target(x) if seed % 2 else target(x, (1.0, 0.0, 0.25))


def sharpness(target, seed):
    g = gen(seed)
    shape = pick(seed, (1, 1, 5, 4), (2, 3, 4, 6), (3, 5, 3), (4, 4), (2, 2, 1, 3, 5))
    x = rand(g, *shape, dtype=pick(seed, torch.float32, torch.float32, torch.float64))
    if seed == 1:
        return target(x, torch.tensor([0.2, 1.7]))
    if seed == 5:
        return [
            caught(target, rand(g, 2, 3, 4, 4), torch.rand(3)),
            caught(target, rand(g, 2, 3, 4, 4), torch.rand(1)),
            target(x, torch.tensor(2.0)),
        ]
    if seed == 6:
        return target(x, 1), target(x, 0)
    return target(x, pick(seed, 0.5, 1.5, 3.0, 0.0))


def compute_luts(target, seed):
    g = gen(seed)
    b, gh, gw, c, th, tw = (
        pick(seed, 1, 2),
        pick(seed, 2, 1),
        2,
        pick(seed, 1, 2),
        pick(seed, 4, 6),
        pick(seed, 6, 4),
    )
    tiles = rand(g, b, gh, gw, c, th, tw) ** pick(seed, 1, 4)
    if seed == 0:
        return target(tiles)
    if seed == 3:
        return target(tiles, 16, torch.linspace(1.0, 6.0, b)), target(tiles, 16, torch.zeros(b))
    if seed == 4:
        return caught(target, tiles[0]), target(tiles, 8, 0.0)
    if seed == 5:
        return target(tiles.double(), 10, 1.3)
    return target(tiles, pick(seed, 16, 8, 32), pick(seed, 2.0, 0.0, 5.0, 1.0))


def threshold(target, seed):
    from kornia.enhance import ThresholdType

    g = gen(seed)
    kinds = [
        ThresholdType.THRESH_BINARY,
        ThresholdType.THRESH_BINARY_INV,
        ThresholdType.THRESH_TRUNC,
        ThresholdType.THRESH_TOZERO,
        ThresholdType.THRESH_TOZERO_INV,
    ]
    x = rand(g, *pick(seed, (1, 2, 3, 4), (3, 5)), dtype=pick(seed, torch.float32, torch.float64))
    if seed == 0:
        return target(x, 0.5), target(torch.tensor([[0.25, 0.5, 0.75]]), 0.5, 2.0)
    if seed == 1:
        x = ints(g, 0, 256, 4, 5).to(torch.uint8)
        return [target(x, 99.7, 200, k) for k in kinds]
    if seed == 2:
        x = ints(g, -128, 128, 4, 5).to(torch.int8)
        return [target(x, t, 7, k) for t in (-500, 500, -128, 126.9) for k in kinds]
    if seed == 3:
        return [
            target(
                x,
                rand(g, 1, 2, 1, 1) if x.dim() == 4 else rand(g, 1, 5),
                rand(g, x.shape[-1]),
                int(k),
            )
            for k in kinds
        ]
    return [target(x, pick(seed, 0.3, 0.8), maxval=0.9, type=k) for k in kinds]


def differentiable_clipping(seed):
    g = gen(seed)
    x = 3 * randn(g, *pick(seed, (6,), (2, 4)), dtype=pick(seed, torch.float32, torch.float64))
    return pick(
        seed,
        {"input": x, "min_val": -1.0, "max_val": 1.0},
        {"input": x, "max_val": 0.5},
        {"input": x, "min_val": 0.2, "scale": 0.5},
        {"input": x},
        {"input": 200 * x, "min_val": -5.0, "max_val": 5, "scale": 1.0},
        {"input": torch.tensor([-1.0, 0.0, 1.0, 2.0]), "min_val": -1, "max_val": 1, "scale": 0.3},
        {"input": x, "min_val": 1, "max_val": -1, "scale": 0.1},
    )


def gaussian_window(target, seed):
    g = gen(seed)
    size = pick(seed, 5, 4, 1, 7)
    sigma = 0.5 + rand(g, pick(seed, 2, 1, 3), 1, dtype=pick(seed, torch.float32, torch.float64))
    if seed == 0:
        return target(size, 1.5), target(size, 2)
    if seed == 1:
        return target(size, 1.0, dtype=torch.float64), target(size, 0.0)
    if seed == 2:
        return target(6, sigma, mean=2), target(6, sigma, mean=torch.full_like(sigma, 1.5))
    if seed == 3:
        return target(size, sigma, mean=0.3), target(size, sigma * 0), target(8, 0.0)
    if seed == 4:
        return target(size, sigma.half()), target(size, 1.2, dtype=torch.float16)
    return target(size, sigma), target(size, 1e-30)


def in_range(target, seed):
    g = gen(seed)
    c = pick(seed, 3, 1, 2)
    x = rand(
        g, *pick(seed, (2, c, 3, 4), (c, 4, 3)), dtype=pick(seed, torch.float32, torch.float64)
    )
    low, high = tuple((0.3 * rand(g, c)).tolist()), tuple((0.6 + 0.3 * rand(g, c)).tolist())
    if seed == 0:
        return target(x, low, high), target(x, low, high, return_mask=True)
    if seed == 1:
        return target(x, torch.tensor(low), torch.tensor(high), True), target(
            x, torch.tensor(0.2), torch.tensor([0.7])
        )
    if seed == 2:
        return target(x, 0.3 * rand(g, 2, c, 1, 1), 0.6 + 0.3 * rand(g, 1, c, 1, 1)), target(
            x, 0.3 * rand(g, 3, 4), torch.tensor(0.9), True
        )
    if seed == 3:
        bad = [
            ((0.1,) * (c + 1), high),
            (low, torch.tensor(high)),
            (list(low), high),
            (torch.zeros(c + 3), torch.ones(c)),
            (torch.zeros(c), torch.ones(1, 1, 1, 2, 2)),
            (low, high),
        ]
        return [caught(target, x, a, b, *([1] if i == 5 else [])) for i, (a, b) in enumerate(bad)]
    if seed == 4:
        y = ints(g, 0, 256, 2, c, 3, 4).to(torch.uint8)
        return (
            target(y, (50.5,) * c, (180.5,) * c, True),
            target(y, (-5,) * c, (999,) * c),
            target(y, torch.tensor(300), torch.tensor(400.0), True),
        )
    if seed == 5:
        x[..., 0, 0] = float("nan")
        return target(x, low, high, True), target(x, high, low, True)
    if seed == 6:
        return target(x[..., 0, :, :], torch.tensor(0.2), torch.tensor(0.8)), target(
            x[None, None], low, high
        )
    return target(x, low, high, return_mask=bool(seed % 3))


def hysteresis_step(seed):
    from kornia.filters.kernels import get_hysteresis_kernel

    g = gen(seed)
    edges = 0.5 * ints(g, 0, 3, pick(seed, 1, 2), 1, pick(seed, 5, 7), pick(seed, 6, 4)).float()
    if seed % 3 == 1:
        edges = edges * (rand(g, *edges.shape) > 0.4)
    if seed == 3:
        edges = torch.full_like(edges, 0.5)
        edges[..., 2, 2] = 1
    if seed == 4:
        edges = edges.double()
    kernels = get_hysteresis_kernel(dtype=edges.dtype)
    return edges, kernels if seed != 5 else kernels[:3]


def guided_gray(seed):
    g = gen(seed)
    b, c, h, w = pick(seed, 1, 2), pick(seed, 1, 3), pick(seed, 6, 8), pick(seed, 7, 8)
    guide, x = rand(g, b, 1, h, w), rand(g, b, c, h, w)
    if seed == 0:
        return guide, x, 3, 0.1
    if seed == 1:
        return guide, guide, (3, 5), 0.01
    if seed == 2:
        return guide, x, 3, 0.05 + rand(g, b), "replicate"
    if seed == 3:
        return {"guidance": guide, "input": x, "kernel_size": 5, "eps": 0.2, "subsample": 2}
    if seed == 4:
        return {
            "guidance": guide.double(),
            "input": x.double(),
            "kernel_size": (5, 3),
            "eps": 0.02,
            "separable": True,
        }
    return (
        guide,
        x,
        pick(seed, 3, 5),
        pick(seed, 0.5, 0.001),
        pick(seed, "constant", "circular"),
        pick(seed, 1, 2),
    )


def between_class_variance(seed):
    g = gen(seed)
    c, k = pick(seed, 2, 1, 3), pick(seed, 6, 4, 8)
    h = rand(g, c, k, dtype=pick(seed, torch.float32, torch.float64))
    if seed == 2:
        h[:, : k // 2] = 0
    if seed == 3:
        h[0] = 0
        h[-1, -2:] = 0
    if seed == 4:
        h = torch.eye(k)[:c] * 3
    if seed == 5:
        h = ints(g, 0, 4, c, k).float()
    return (h,)


def reconstruction(target, seed):
    g = gen(seed)
    b, c, h, w = pick(seed, 1, 2), pick(seed, 1, 2), pick(seed, 5, 7), pick(seed, 6, 4)
    mask = rand(g, b, c, h, w, dtype=pick(seed, torch.float32, torch.float64))
    seed_image = mask - 0.4 * rand(g, b, c, h, w).to(mask.dtype)
    cross = torch.tensor([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    if seed == 0:
        return target(seed_image, mask)
    if seed == 1:
        return target(
            mask + 0.3 * rand(g, b, c, h, w).to(mask.dtype), mask, method="erosion"
        ), target(seed_image, mask, cross)
    if seed == 2:
        return [target(seed_image, mask, num_iters=i) for i in (0, 1, 2)], target(
            seed_image, mask, kernel=torch.tensor([[0, 0, 1]]), num_iters=1
        )
    if seed == 3:
        bad = [
            dict(kernel=torch.ones(2, 3)),
            dict(method="open"),
            dict(num_iters=-1),
            dict(check_every=0),
            dict(engine="convolution"),
            dict(engine="fast"),
            dict(kernel=torch.ones(3)),
            dict(kernel=[[1]]),
        ]
        return [caught(target, seed_image, mask, **k) for k in bad]
    if seed == 4:
        return [
            caught(target, seed_image, mask[..., :-1]),
            caught(target, seed_image[0], mask[0]),
            caught(target, seed_image, mask.tolist()),
            caught(target, seed_image.long(), mask),
            caught(target, seed_image, (9 * mask).long()),
            caught(target, 1, mask),
        ]
    if seed == 5:
        return target(seed_image, mask, engine="unfold", check_every=1), target(
            seed_image, mask.double(), engine="shift", check_every=7
        )
    if seed == 6:
        wall = torch.ones(1, 1, 7, 7)
        wall[..., 1::2, :] = 0
        wall[..., 1, 6] = wall[..., 3, 0] = wall[..., 5, 6] = 1
        start = torch.zeros_like(wall)
        start[..., 0, 0] = 1
        return target(start, wall), target(start, wall, num_iters=9), target(2 * start, wall, cross)
    return target(
        seed_image,
        mask,
        torch.tensor([[1, 0, 0], [0, 0, 0], [0, 1, 0]]),
        num_iters=pick(seed, 3, 2),
    ), target(-mask, -seed_image, method="erosion")


def union_find(target, seed):
    g = gen(seed)
    shape = pick(seed, (1, 6, 7), (2, 1, 5, 5), (2, 2, 1, 4, 6), (1, 9, 3))
    x = (rand(g, *shape) > pick(seed, 0.5, 0.7, 0.6)).to(
        pick(seed, torch.float32, torch.bool, torch.int64, torch.uint8)
    )
    if seed == 4:
        return target(x.float() * 2), target(torch.where(x == 1, 1.0, 0.5))
    if seed == 5:
        return target(x[..., :0]), target(x.flip(-1))
    if seed == 6:
        x = torch.zeros(1, 9, 9)
        x[0, ::2] = 1
        x[0, 1, 8] = x[0, 3, 0] = x[0, 5, 8] = 1
    return target(x)


def histogram_matching(target, seed):
    g = gen(seed)
    a, b = (
        rand(g, *pick(seed, (6,), (2, 3, 4), (3, 3))),
        rand(g, *pick(seed, (9,), (4, 5), (2, 2, 2))) * 3,
    )
    if seed == 1:
        a, b = ints(g, 0, 6, 4, 4).to(torch.uint8), ints(g, 0, 256, 10).to(torch.uint8)
    if seed == 2:
        a, b = a.double(), b.round()
    if seed == 3:
        return [caught(target, a, b[:0]), target(a[:0], b), caught(target, a[:0], b[:0])]
    if seed == 4:
        a = a.half()
    if seed == 5:
        a, b = (4 * a).round() / 4, (2 * b).round() / 2
    if seed == 6:
        b = b[..., :1]
    return target(a, b)


def tuple_range_reader(target, seed):
    g = gen(seed)
    n = pick(seed, 3, 4)
    values = (5 * rand(g, n)).tolist()
    pairs = torch.stack([-rand(g, n), rand(g, n)], 1)
    if seed == 0:
        return [target(2.5, n), target(3, n), target((-1, 2.0), n), target([0.5, 4], n)]
    if seed == 1:
        return [
            target(tuple(values), n),
            target(values, n, dtype=torch.float64),
            target([tuple(p) for p in pairs.tolist()], n),
        ]
    if seed == 2:
        return [
            target(torch.tensor(1.5), n),
            target(torch.tensor([2.0]), n),
            target(torch.tensor([0.2, 0.7]), n),
            target(torch.tensor(values), n),
            target(pairs, n, dtype=torch.float64),
        ]
    if seed == 3:
        return [
            caught(target, x, n)
            for x in (
                -1.0,
                torch.tensor(-0.5),
                torch.ones(n + 2),
                torch.ones(n, 3),
                (1.0,) * (n + 1),
                "1",
                (1.0, (2.0, 3.0), 1.0),
                None,
                torch.tensor([-1.0]),
            )
        ]
    if seed == 4:
        return [
            target((-3.0, 4.0), n, bounds=(-5, 5)),
            caught(target, (-6.0, 4.0), n, bounds=(-5, 5)),
            caught(target, (3.0, -4.0), n, bounds=(-5, 5)),
            caught(target, 5.5, n, None, None, "angle", (-5, 5)),
            target(5, n, name="angle", bounds=(-5, 5)),
        ]
    if seed == 5:
        return target(0, n), target(torch.zeros(n), n, torch.device("cpu"), torch.float16)
    return target(values, n, bounds=(-9, 9)), target((1.0, 3.0), 2), target(pairs[:2], 2)


def center_crop_generator(target, seed):
    h, w = pick(seed, 6, 9, 7), pick(seed, 8, 5, 7)
    size = pick(seed, (4, 4), (3, 5), (6, 5), (5, 2), (1, 1))
    if seed == 7:
        return [
            caught(target, *a)
            for a in (
                (2, h, w, 3),
                (2, h, w, (3,)),
                (2, h, w, (h + 1, 1)),
                (2, h, w, (1, w + 1)),
                (-1, h, w, (1, 1)),
            )
        ]
    return target(pick(seed, 2, 1, 3, 0), h, w, list(size) if seed == 4 else size)
