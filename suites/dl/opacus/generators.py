import warnings
from types import SimpleNamespace

import numpy as np
import torch._dynamo  # torch.optim imports it with the first optimizer: once here, not in every run
from torch import nn


def gen(seed):
    return torch.Generator().manual_seed(seed * 7919 + 13)


def nor(g, *shape):
    return torch.randn(*shape, generator=g)


def ints(g, low, high, *shape):
    return torch.randint(low, high, shape, generator=g)


def log_a_frac(seed):
    return [
        (0.01, 1.0, 2.5),
        (0.1, 2.0, 1.5),
        (0.001, 0.8, 10.9),
        (0.5, 4.0, 3.3),
        (0.05, 1.2, 7.7),
        (0.2, 3.0, 1.1),
        (0.01, 5.0, 20.5),
        (0.3, 1.0, 2.2),
        (0.9, 6.0, 4.4),
    ][seed]


def log_a_int(seed):
    return [
        (0.01, 1.0, 2),
        (0.1, 2.0, 5),
        (0.001, 0.8, 10),
        (0.5, 4.0, 3),
        (0.05, 1.2, 7),
        (0.2, 3.0, 1),
        (0.01, 5.0, 30),
        (0.3, 1.0, 2),
    ][seed]


def privacy_spent(target, seed):
    r = np.random.default_rng(seed)
    orders = [[1.5, 2.0, 4.0, 8.0, 16.0], list(np.arange(2, 20)), 4.0, [1.1, 3.0]][seed % 4]
    rdp = [0.1 * o * (1 + seed % 3) for o in orders] if isinstance(orders, list) else 0.6
    if seed == 5:
        rdp[3] = float("nan")
    if seed == 6:
        orders, rdp = [2.0, 3.0], [float("nan"), float("nan")]
    if seed == 7:
        orders = [1.5, 2.0, 3.0]
    if seed == 8:
        rdp = [float(x) for x in r.random(5) * 3]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        eps, order = target(orders=orders, rdp=rdp, delta=[1e-5, 1e-3, 1e-8][seed % 3])
    return [float(eps), float(order), len(caught) > 0]


def rdp_accountant(target, seed):
    accountant = target()
    if seed == 7:
        return [accountant.get_privacy_spent(delta=1e-5), len(accountant)]
    for k in range(6 + seed):
        accountant.step(
            noise_multiplier=1.0 + (k // (2 + seed % 3)) * 0.5,
            sample_rate=0.02 if seed % 2 and k > 3 else 0.01,
        )
    kwargs = {"alphas": [2, 3.5, 8, 20.5]} if seed % 3 == 1 else {}
    return [
        len(accountant),
        accountant.history,
        accountant.get_epsilon(1e-5, **kwargs),
        accountant.get_privacy_spent(delta=1e-3, **kwargs),
        target.mechanism(),
    ]


def gaussian_accountant(target, seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        accountant = target()
    for k in range(10 + 20 * seed):
        accountant.step(noise_multiplier=1.0 + 0.1 * seed, sample_rate=0.01 * (1 + seed % 3))
    if seed == 7:
        accountant.step(noise_multiplier=2.0, sample_rate=0.01)
    if seed == 8:
        accountant.step(noise_multiplier=1.8, sample_rate=0.5)
    return [
        len(accountant),
        accountant.history,
        accountant.get_epsilon(1e-5, **({"poisson": bool(seed % 3)} if seed % 2 else {})),
        target.mechanism(),
    ]


def noise_multiplier(target, seed):
    cases = [
        dict(target_epsilon=3.0, target_delta=1e-5, sample_rate=0.01, epochs=5),
        dict(target_epsilon=8.0, target_delta=1e-5, sample_rate=0.02, steps=200),
        dict(target_epsilon=1.0, target_delta=1e-4, sample_rate=0.05, steps=50, accountant="gdp"),
        dict(
            target_epsilon=2.0,
            target_delta=1e-6,
            sample_rate=0.01,
            steps=100,
            epsilon_tolerance=0.1,
        ),
        dict(target_epsilon=2.0, target_delta=1e-6, sample_rate=0.01),
        dict(target_epsilon=2.0, target_delta=1e-6, sample_rate=0.01, steps=5, epochs=1),
        dict(
            target_epsilon=0.5,
            target_delta=1e-3,
            sample_rate=0.1,
            epochs=3,
            epsilon_tolerance=0.05,
            accountant="gdp",
        ),
        dict(
            target_epsilon=5.0,
            target_delta=1e-5,
            sample_rate=0.013,
            epochs=2,
            alphas=[2.0, 5.0, 10.0, 20.0],
        ),
        dict(
            target_epsilon=-0.5,
            target_delta=1e-5,
            sample_rate=0.1,
            steps=10,
            accountant="rdp",
            alphas=[2.0, 8.0],
        ),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return target(**cases[seed])


def unfold2d(seed):
    g = gen(seed)
    x = nor(g, *[(1, 1, 5, 6), (2, 3, 6, 5), (2, 2, 8, 8)][seed % 3])
    return {
        "input": x,
        "kernel_size": [(2, 3), (3, 3), (1, 2), (4, 2)][seed % 4],
        "padding": [(0, 0), (1, 2), "same", "valid", (1, 0)][seed % 5],
        "stride": [(1, 1), (2, 1), (1, 2)][(seed // 2) % 3] if seed % 5 != 2 else (1, 1),
        "dilation": [(1, 1), (2, 1), (1, 2)][(seed // 3) % 3],
    }


def unfold3d(seed):
    g = gen(seed)
    x = nor(g, *[(1, 1, 4, 5, 6), (2, 2, 5, 4, 5), (1, 3, 6, 6, 4)][seed % 3])
    kwargs = {"tensor": x, "kernel_size": [2, (2, 1, 3), (1, 2, 2), 3][seed % 4]}
    if seed % 5:
        kwargs["padding"] = [1, "same", (0, 1, 2), "valid"][seed % 5 - 1]
    if seed % 3 == 1 and kwargs.get("padding") != "same":
        kwargs["stride"] = [2, (1, 2, 1)][seed % 2]
    if seed % 4 == 2:
        kwargs["dilation"] = [2, (1, 2, 1)][(seed // 4) % 2]
    if seed == 9:
        kwargs["tensor"] = x[0]
    return kwargs


def by_name(layer, result):
    names = {id(p): n for n, p in layer.named_parameters()}
    return {names[id(p)]: v.detach() for p, v in result.items()}


def conv_samples(target, seed):
    g = gen(seed)
    torch.manual_seed(seed)
    kind = seed % 3
    cls = [nn.Conv1d, nn.Conv2d, nn.Conv3d][kind]
    groups = 2 if seed % 4 == 3 else 1
    padding = [0, 1, "same", "valid"][(seed // 2) % 4]
    stride = 2 if seed % 2 and padding != "same" else 1
    layer = cls(
        2,
        4,
        kernel_size=[2, 3][seed % 2],
        padding=padding,
        stride=stride,
        groups=groups,
        dilation=2 if seed in (5, 8) else 1,
        bias=seed != 4,
    )
    x = nor(g, 0 if seed == 9 else 3, 2, *([7] * (kind + 1) if kind < 2 else [5, 6, 5]))
    with torch.no_grad():
        y = layer(x)
    if seed == 7:
        layer.weight.requires_grad = False
    return by_name(layer, target(layer, [x], nor(g, *y.shape)))


def embedding_samples(target, seed):
    g = gen(seed)
    layer = nn.Embedding(6, 3)
    shape = [(4,), (3, 5), (2, 3, 2), (0, 3)][seed % 4]
    if seed == 6:
        layer.weight.requires_grad = False
    return by_name(layer, target(layer, [ints(g, 0, 6, *shape)], nor(g, *shape, 3)))


def splitting_sampler(target, seed):
    from opacus.utils.uniform_sampler import UniformWithReplacementSampler
    from torch.utils.data import BatchSampler, SequentialSampler

    said = []
    optimizer = SimpleNamespace(signal_skip_step=lambda do_skip: said.append(do_skip))
    size = [2, 3, 4, 1, 5][seed % 5]
    base = [[0, 1, 2, 3, 4], [], [5, 6], [7, 8, 9, 10, 11, 12, 13]][: 1 + seed % 4]
    if seed % 3 == 1:
        base = BatchSampler(SequentialSampler(range(11 + seed)), 4, drop_last=False)
    if seed % 3 == 2:
        base = UniformWithReplacementSampler(
            num_samples=9, sample_rate=0.4, generator=torch.Generator().manual_seed(seed), steps=5
        )
    sampler = target(sampler=base, max_batch_size=size, optimizer=optimizer)
    return [len(sampler), list(sampler), said]


def clip_accumulate(target, seed):
    from opacus.optimizers.adaclipoptimizer import AdaClipDPOptimizer

    g = gen(seed)
    torch.manual_seed(seed)
    model = nn.Linear(3, 2)
    for p in model.parameters():
        p.grad_sample = nor(g, 4 + seed % 2, *p.shape) * (0.2 + seed % 3)
        p.summed_grad = None
    opt = AdaClipDPOptimizer(
        torch.optim.SGD(model.parameters(), lr=0.1),
        noise_multiplier=0.5,
        target_unclipped_quantile=0.5,
        clipbound_learning_rate=0.2,
        max_clipbound=5.0,
        min_clipbound=0.1,
        unclipped_num_std=1.0,
        max_grad_norm=[1.0, 2.5, 0.4][seed % 3],
        expected_batch_size=4,
    )
    target(opt)
    if seed % 2:
        for p in model.parameters():
            p.grad_sample = nor(g, 3, *p.shape)
        target(opt)
    if seed == 7:
        target(opt)
    return [[p.summed_grad for p in model.parameters()], opt.sample_size, int(opt.unclipped_num)]


def update_clip_bound(target, seed):
    owner = SimpleNamespace(
        unclipped_num=torch.tensor([3.0, 10.0, 0.0, 7.5, 5.0, 9.0, 1.0, 2.0][seed]),
        sample_size=10,
        max_grad_norm=torch.tensor([1.0, 0.2, 4.5, 2.0, 1.0, 0.12, 4.9, 3.0][seed]),
        clipbound_learning_rate=[0.2, 1.0, 0.5][seed % 3],
        target_unclipped_quantile=[0.5, 0.3, 0.8, 0.0][seed % 4],
        max_clipbound=5.0,
        min_clipbound=0.1,
    )
    target(owner)
    return float(owner.max_grad_norm)


def gaussian_noise(target, seed):
    reference = torch.zeros(
        [(3,), (2, 4), (5, 1)][seed % 3], dtype=torch.float64 if seed % 4 == 3 else torch.float32
    )
    kwargs = {"generator": torch.Generator().manual_seed(seed)}
    if seed % 2 and seed % 4 != 3:
        kwargs["secure_mode"] = True
    return target(0 if seed == 4 else 0.5 + seed, reference, **kwargs)
