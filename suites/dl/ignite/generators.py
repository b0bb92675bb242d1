from collections import namedtuple

import torch._dynamo  # torch.optim imports it with the first optimizer: once here, not in every run

Pair = namedtuple("Pair", "left right")


def gen(seed):
    return torch.Generator().manual_seed(seed * 7919 + 13)


def uni(g, *shape, dtype=torch.float32):
    return torch.rand(*shape, generator=g, dtype=dtype)


# ---------------------------------------------------------------- recommendation


# ---------------------------------------------------------------- statistics


# ---------------------------------------------------------------- regression


# ---------------------------------------------------------------- text


# ---------------------------------------------------------------- schedules


class Groups:
    """As much of an optimizer as a schedule needs."""

    def __init__(self, groups=1, lr=0.1):
        self.param_groups = [{"lr": lr * (k + 1), "momentum": 0.9} for k in range(groups)]


def optimizer(groups=1, lr=0.1):
    return torch.optim.SGD(
        [
            {"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr * (k + 1)}
            for k in range(groups)
        ],
        lr=lr,
    )


def follow(scheduler, opt, n, name="lr"):
    out = []
    for _ in range(n):
        scheduler(None)
        out.append([g[name] for g in opt.param_groups])
    return out


def piecewise_linear(target, seed):
    opt = Groups(2)
    points = [
        [(2, 0.5), (5, 0.1), (9, 0.3)],
        [(0, 1.0), (4, 0.0)],
        [(3, 0.7)],
        [(1, 0.2), (1, 0.4), (6, 0.1)],
        [(0, 0.0), (2, 1.0), (4, 0.5), (8, 0.25)],
        [(5, 0.1), (2, 0.2)],
        [],
        [(1.5, 0.2)],
        [[1, 0.2]],
        {1: 0.5},
        [(4, 2.0), (12, 1.0)],
    ][seed % 11]
    kwargs = {"param_group_index": 1} if seed % 3 == 1 else {}
    return follow(target(opt, "lr", points, **kwargs), opt, 12)


def early_stopping(target, seed):
    from ignite.engine import Engine
    from ignite.handlers.early_stopping import EarlyStopping

    g = gen(seed)
    engine = Engine(lambda e, b: None)
    scores = (uni(g, 14) * 8).round() / 8 + torch.arange(14) * [0.125, -0.125, 0.0][seed % 3] + 1
    scores = iter(scores.tolist())
    kwargs = {"patience": 2 + seed % 3}
    if seed % 2:
        kwargs["threshold"] = 0.125
    if seed % 4 > 1:
        kwargs["mode"] = "min"
    if seed % 3 == 2:
        kwargs["threshold_mode"] = "rel"
    if seed % 5 in (1, 3):
        kwargs["cumulative"] = True
    handler = EarlyStopping(score_function=lambda e: next(scores), trainer=engine, **kwargs)
    out = []
    for k in range(14):
        target(handler, engine)
        out.append([handler.counter, handler.best_score, engine.should_terminate])
        if k == 8:
            handler.reset()
    return out


def cosine_restarts(target, seed):
    opt = optimizer(1 + seed % 2)
    inner = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(
        opt, T_0=[3, 4, 2][seed % 3], T_mult=[1, 2][(seed // 2) % 2], eta_min=[0.0, 0.01][seed % 2]
    )
    wrapped = target(inner)
    out = []
    if seed % 4 == 3:
        inner.last_epoch = -1
    if seed == 8:
        return wrapped.get_lr(-1)
    for k in range(10):
        out.append(
            [float(x) for x in (wrapped.get_lr() if seed % 3 else wrapped.get_lr(k * 0.75 + seed))]
        )
        out.append([wrapped.last_epoch, float(inner.T_cur), float(inner.T_i)])
    return out


def ema_warm_up(target, seed):
    warm, n, end = [
        (0.1, 5, 0.9),
        (0.9, 4, 0.1),
        (0.5, 1, 0.7),
        (0.2, 10, 0.2),
        (0.0, 3, 1.0),
        (0.3, 0, 0.6),
        (1.0, 6, 0.5),
        (0.25, 8, 0.75),
    ][seed]
    schedule = target(warm, n, end)
    return [schedule(k) for k in range(1, 12)]


def apply_to_type(seed):
    func = [lambda x: x * 2, lambda x: x + 1][seed % 2]
    data = [
        torch.arange(3),
        [torch.ones(2), (torch.zeros(1), "text")],
        {"a": torch.ones(2), "b": [torch.ones(1)]},
        Pair(torch.ones(2), "x"),
        [1, 2],
        ("abc", b"def"),
        {"x": 3.5},
        [torch.ones(1), {"k": Pair(torch.ones(1), torch.zeros(2))}],
        [],
        7,
    ][seed]
    kind = (int, float) if seed in (6, 9) else torch.Tensor
    return data, kind, func


def to_str_list(seed):
    data = [
        3,
        2.71828,
        torch.tensor(1.5),
        torch.arange(4),
        torch.arange(12),
        torch.ones(2, 3),
        {"a": 1, "b": torch.ones(2), "c": None},
        [1, torch.tensor(2.0), [3, 4]],
        {"x": {"y": [1, 2, {"z": 5}]}},
        [],
        {"e": [], "f": ()},
        [None, "text", {"k": 1.23456789}],
    ][seed]
    return (data,)
