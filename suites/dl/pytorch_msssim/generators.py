"""Inputs for the pytorch_msssim tasks: pairs of similar images."""

import torch


def _g(seed):
    return torch.Generator().manual_seed(4000 + seed)


def _pair(g, *shape):
    one = torch.rand(shape, generator=g)
    return one, (one + 0.3 * torch.rand(shape, generator=g)).clamp(0, 1)


def _window(size, channels, dims, sigma=1.1):
    x = torch.arange(size, dtype=torch.float32) - size // 2
    kernel = torch.exp(-(x**2) / (2 * sigma**2))
    return (
        (kernel / kernel.sum())
        .reshape(1, 1, *[1] * (dims - 1), size)
        .repeat(channels, *[1] * (dims + 1))
    )


def gaussian_filter(seed):
    g = _g(seed)
    if seed % 3 == 2:
        x, win = torch.rand(1, 2, 4, 5, 6, generator=g), _window(3, 2, 3)
    else:
        channels = 1 + seed % 3
        x, win = (
            torch.rand(1 + seed % 2, channels, 3 + seed % 4, 9, generator=g),
            _window([3, 5, 7][seed % 3], channels, 2),
        )
    if seed == 7:
        win = win.transpose(2, 3)
    return x, win


def ssim(seed):
    g = _g(seed)
    shape = [(2, 3, 13, 12), (1, 1, 11, 14), (2, 2, 8, 9), (1, 2, 6, 7, 8), (3, 1, 12, 12)][
        seed % 5
    ]
    one, two = _pair(g, *shape)
    args = {"X": one, "Y": two, "data_range": 1.0}
    if min(shape[2:]) < 11:
        args["win_size"] = 5
    if seed % 2:
        args["size_average"] = False
    if seed in (4, 6):
        args.update(K=(0.05, 0.2), win_sigma=0.9)
    if seed == 5:
        args["win"] = _window(7, 3, 2)
    if seed == 7:
        args.update(Y=1 - one, nonnegative_ssim=True)
    if seed == 8:
        args["win_size"] = 4
    if seed == 9:
        args["Y"] = two[:, :, 1:]
    if seed == 10:
        args = {"X": one * 255, "Y": two * 255}
    if seed == 11:
        args.update(X=one[0, 0], Y=two[0, 0])
    if seed in (12, 13):
        args.update(X=one[:, :, None], Y=two[:, :, None, :, :])
    return args


def ms_ssim(seed):
    g = _g(seed)
    one, two = _pair(
        g, 1 + seed % 2, 1 + seed % 3, [34, 40, 35, 37][seed % 4], [36, 34, 41, 33][(seed // 2) % 4]
    )
    args = {"X": one, "Y": two, "data_range": 1.0, "win_size": 3}
    if seed % 2:
        args["size_average"] = False
    if seed % 4 == 2:
        args["weights"] = [0.2, 0.3, 0.5]
    if seed in (4, 6):
        args.update(win_sigma=0.7, K=(0.02, 0.1))
    if seed == 5:
        args["win"] = _window(3, 3, 2)
    if seed == 7:
        args["win_size"] = 5
    if seed == 8:
        args["win_size"] = 2
    if seed == 9:
        args["Y"] = two[..., 1:]
    if seed == 10:
        args.update(X=one[:, :, None], Y=two[:, :, None])
    if seed == 11:
        one, two = _pair(g, 1, 1, 33, 33, 34)
        args.update(X=one, Y=two)
    if seed == 12:
        args.update(X=one[..., :30, :], Y=two[..., :30, :])
    if seed == 13:
        args.update(X=one[0, 0], Y=two[0, 0])
    return args
