"""Inputs for the scikit-image tasks: small grey images, label images, point sets from a seed."""

import numpy as np
from scipy import ndimage as ndi
from scipy import sparse


def _r(seed):
    return np.random.default_rng(500 + seed)


def _labels(r, shape, count=4, dtype=np.int64):
    """Blocky label image: a few rectangles on background 0."""
    out = np.zeros(shape, dtype)
    for value in range(1, count + 1):
        corner = [int(r.integers(0, s)) for s in shape]
        out[tuple(slice(c, c + int(r.integers(1, 5))) for c in corner)] = value
    return out


def _smooth(r, shape, low=0.0, high=1.0):
    image = ndi.gaussian_filter(r.random(shape), 1.0)
    return (image - image.min()) / np.ptp(image) * (high - low) + low


# metrics


def rand_error(seed):
    r = _r(seed)
    true, test = r.integers(0, 4, (6, 7)), r.integers(0, 5, (6, 7))
    args = {"image_true": true, "image_test": test}
    if seed % 3 == 1:
        args["alpha"] = [0.0, 0.25, 0.9, 1.0][seed // 3]
    if seed in (2, 6):
        args["ignore_labels"] = [(), (0, 2)][seed // 5]
    if seed == 5:
        args = {"table": sparse.csr_array(r.integers(0, 9, (3, 4)).astype(float))}
    if seed == 8:
        args["alpha"] = 1.5
    if seed == 9:
        args["image_test"] = test[1:]
    return args


def contingency(target, seed):
    r = _r(seed)
    args = [r.integers(0, 3 + seed % 3, (4, 5)), r.integers(0, 4, (4, 5))]
    options = [
        {},
        {"ignore_labels": [0]},
        {"normalize": True},
        {"sparse_type": "array"},
        {"sparse_type": "csr"},
        {"ignore_labels": [1, 2], "normalize": True},
        {"normalize": True, "sparse_type": "array"},
        {"ignore_labels": ()},
    ][seed % 8]
    table = target(*args, **options)
    return table.toarray(), isinstance(table, sparse.spmatrix), table.format


def vi_tables(seed):
    r = _r(seed)
    one, two = r.integers(0, 1 + seed % 4, (5, 6)), r.integers(0, 2 + seed % 3, (5, 6))
    args = {"im_true": one, "im_test": two}
    if seed % 3 == 1:
        args["ignore_labels"] = [0] if seed % 2 else [0, 1]
    if seed == 8:
        args["im_test"] = two[:, 1:]
    if seed == 4:
        args["im_test"] = one + 1
        del args["ignore_labels"]
    return args


def hausdorff(seed):
    r = _r(seed)
    shape = [(8, 9), (12,), (4, 5, 6)][seed % 3]
    one, two = r.random(shape) > 0.9, r.random(shape) > 0.85
    if seed == 3:
        one[:] = False
    if seed == 4:
        one[:], two[:] = False, False
    if seed == 5:
        two[:] = 0
    if seed == 7:
        one = one.astype(float) * -2.5
    method = {} if seed % 2 else {"method": "modified"}
    if seed == 6:
        method = {"method": "average"}
    return {"image0": one, "image1": two, **method}


def psnr(seed):
    r = _r(seed)
    if seed % 3 == 0:
        one, two = (
            r.integers(0, 256, (5, 6)).astype(np.uint8),
            r.integers(0, 256, (5, 6)).astype(np.uint8),
        )
    elif seed % 3 == 1:
        one, two = r.random((4, 5)), r.random((4, 5)).astype(np.float32)
    else:
        one, two = r.random((4, 5)) * 2 - 1, r.random((4, 5))
    args = {"image_true": one, "image_test": two}
    if seed in (3, 4):
        args["data_range"] = [300, 0.5][seed - 3]
    if seed == 7:
        args["image_true"] = one * 3
    if seed == 8:
        args["image_test"] = two[:2]
    if seed == 6:
        args = {"image_true": one.astype(np.int16) - 90, "image_test": two.astype(np.int16)}
    return args


def nmi(seed):
    r = _r(seed)
    one, two = r.random((6, 7)), r.random((6, 7))
    if seed % 3 == 1:
        two = one * 2
    if seed % 4 == 2:
        two = r.random((5, 9))
    if seed == 7:
        two = r.random((6, 7, 2))
    if seed == 5:
        one, two = r.integers(0, 5, (4, 4)), r.integers(0, 5, (4, 4))
    return {"image0": one, "image1": two, **({} if seed % 2 else {"bins": 5 + seed})}


def ssim(seed):
    r = _r(seed)
    shape = [(9, 10), (8, 8), (7, 9, 8), (9, 9)][seed % 4]
    one = r.random(shape)
    two = np.clip(one + r.normal(0, 0.1, shape), 0, 1)
    args = {"im1": one, "im2": two, "data_range": 1.0}
    if seed % 4 == 1:
        args.update(win_size=5, K1=0.05, K2=0.1)
    if seed in (3, 7):
        args.update(gaussian_weights=True, sigma=0.8, use_sample_covariance=False)
    if seed in (4, 5, 8):
        args.update(full=True, **({"gradient": True} if seed != 4 else {}))
    if seed in (2, 6):
        args.update(win_size=3, channel_axis=-1 if seed == 2 else 0)
    if seed == 6:
        args.update(gradient=True)
    if seed == 9:
        args.update(win_size=4)
    if seed == 12:
        args.update(K1=-0.1)
    if seed == 13:
        args.update(K2=-0.1)
    if seed == 10:
        args.update(win_size=11)
    if seed == 11:
        del args["data_range"]
    if seed == 0:
        args = {"im1": (one * 255).astype(np.uint8), "im2": (two * 255).astype(np.uint8)}
    return args


def overlap_coeff(seed):
    r = _r(seed)
    shape = [(4, 5), (3, 3), (2, 3, 4)][seed % 3]
    one, two = r.random(shape), r.random(shape)
    mask = r.random(shape) > 0.4
    if seed % 4 == 1:
        one = (one * 200).astype(float)
    if seed == 7:
        one = one - 0.5
    if seed == 8:
        two = two - 0.5
    if seed == 9:
        two = two[:-1]
    return (one, two, mask) if seed % 2 else (one, two)


def intersection(seed):
    r = _r(seed)
    shape = [(4, 5), (3, 3), (2, 3, 4)][seed % 3]
    one, two, mask = (r.random(shape) > 0.4 for _ in range(3))
    if seed == 4:
        one[:] = False
    if seed == 5:
        one, two = one.astype(int), two.astype(float)
    if seed == 8:
        one = one.astype(int) * 2
    return (one, two, mask) if seed % 2 else (one, two)


# measure


def blur_effect(seed):
    r = _r(seed)
    image = _smooth(r, [(12, 14), (10, 9), (8, 9, 7)][seed % 3])
    args = {"image": image}
    if seed % 2:
        args["h_size"] = 3 + seed // 3
    if seed in (3, 4):
        args["reduce_func"] = [None, np.mean][seed - 3]
    if seed in (6, 7):
        args.update(image=r.random((9, 8, 3)), channel_axis=-1)
    if seed == 8:
        args.update(image=(r.random((9, 8)) * 255).astype(np.uint8))
    return args


def inertia(seed):
    r = _r(seed)
    d = 2 + seed % 2
    args = {"image": r.random((5, 4, 3)[:d] if seed % 4 < 2 else (3, 6, 4)[:d])}
    if seed % 3 == 1:
        args["mu"] = r.random((3,) * d) + 0.1
    elif seed % 3 == 2:
        args["spacing"] = tuple(r.random(d) + 0.5)
    if seed == 6:
        args["image"] = args["image"].astype(np.float32)
    return args


def polygon(seed):
    r = _r(seed)
    if seed % 3 == 0:
        t = np.linspace(0, 2 * np.pi, 12 + seed)
        coords = np.stack([np.sin(t) * 5 + r.normal(0, 0.2, t.size), np.cos(t) * 3], 1)
        coords[-1] = coords[0]
    else:
        coords = np.cumsum(r.normal(0, 1, (8 + seed, 2)), 0)
    return coords, [0.5, 1.0, 0.0, 0.1, 2.0, 0.8, 1.5, -1, 3.0, 0.3][seed]


def perimeter(seed):
    r = _r(seed)
    image = ndi.binary_opening(r.random((9, 10)) > 0.3) if seed % 2 else r.random((7, 8)) > 0.45
    if seed == 4:
        image = np.ones((5, 6), bool)
    if seed == 5:
        image = image.astype(np.int64)
    if seed == 6:
        image = image * 0 == 1
    return (image,) if seed % 3 == 0 else (image, [4, 8][seed % 2])


def block_reduce(seed):
    r = _r(seed)
    image = r.random([(4, 6), (5, 7), (3, 4, 5)][seed % 3])
    args = {"image": image, "block_size": [2, (3, 2), (2, 2, 3)][seed % 3]}
    if seed % 2:
        args["func"] = [np.mean, np.max, np.median][seed % 3]
    if seed in (4, 5, 7):
        args["cval"] = 0.5
    if seed == 6:
        args.update(func=np.sum, func_kwargs={"keepdims": True})
    if seed == 8:
        args["block_size"] = (2, 2)
    if seed == 9:
        args["block_size"] = 0
    if seed == 3:
        args = {"image": (image * 9).astype(int)}
    return args


def max_trials(seed):
    return [
        (0, 10, 2, 0.9),
        (5, 10, 2, 0.99),
        (10, 10, 2, 0.9),
        (3, 10, 3, 0),
        (1, 100, 2, 0.5),
        (5, 10, 2, 1),
        (99, 100, 1, 1),
        (9, 12, 4, 0.999),
        (0, 10, 2, 0),
        (1, 1000, 8, 0.99),
    ][seed]


def contour_segments(target, seed):
    r = _r(seed)
    field = _smooth(r, (5 + seed % 4, 6))
    level, segments = 0.5, []
    for i in range(field.shape[0] - 1):
        for j in range(field.shape[1] - 1):
            points = []
            for (a, b), (c, d) in (
                ((i, j), (i, j + 1)),
                ((i, j + 1), (i + 1, j + 1)),
                ((i + 1, j + 1), (i + 1, j)),
                ((i + 1, j), (i, j)),
            ):
                u, v = field[a, b] - level, field[c, d] - level
                if (u > 0) != (v > 0):
                    points.append(((a, b, c, d) if (a, b) < (c, d) else (c, d, a, b), u > 0))
            named = [(float(p[0] + p[2]) / 2, float(p[1] + p[3]) / 2) for p, _ in points]
            ends = (
                [q for q, (_, up) in zip(named, points) if up],
                [q for q, (_, up) in zip(named, points) if not up],
            )
            segments += list(zip(*ends))
    if seed % 2:
        segments = [segments[k] for k in r.permutation(len(segments))]
    if seed % 3 == 2:
        segments.insert(1, (segments[0][0], segments[0][0]))
    if seed == 8:
        segments = []
    if seed == 9:
        segments = [((0.0, 1.0), (2.0, 3.0)), ((2.0, 3.0), (0.0, 1.0)), ((5.0, 5.0), (6.0, 5.0))]
    return target(segments)


# exposure


def rescale(seed):
    r = _r(seed)
    image = r.random((4, 5)) * 3 - 1
    args = {"image": image}
    if seed % 5 == 1:
        args = {"image": r.integers(20, 90, (4, 5)).astype(np.uint8)}
    if seed % 5 == 2:
        args.update(in_range=(-0.5, 0.7), out_range=(0, 10))
    if seed % 5 == 3:
        args.update(
            image=r.integers(-90, 90, (4, 5)).astype(np.int16),
            out_range="uint8" if seed == 3 else "image",
        )
    if seed % 5 == 4:
        args.update(
            image=(np.abs(image) * 40).astype(np.uint8),
            in_range="dtype" if seed == 4 else "image",
            out_range=(0.0, 1.0),
        )
    if seed == 6:
        args["image"] = np.full((2, 3), 7, np.uint8)
    if seed == 5:
        args.update(image=image.astype(np.float32), out_range="float32")
    return args


def sigmoid(seed):
    r = _r(seed)
    image = r.random((4, 5))
    if seed % 3 == 1:
        image = (image * 255).astype(np.uint8)
    if seed % 3 == 2:
        image = image.astype(np.float32)
    if seed == 8:
        image = image - 0.6
    args = {"image": image}
    if seed % 2:
        args["inv"] = True
    if seed > 3:
        args.update(cutoff=0.1 * seed, gain=2 + seed)
    return args


def low_contrast(seed):
    r = _r(seed)
    image = [
        r.random((6, 6)) * 0.03 + 0.4,
        r.integers(0, 256, (5, 5)).astype(np.uint8),
        r.random((4, 4, 3)) * 0.1,
        np.zeros((3, 3), bool),
        r.random((5, 5)) > 0.5,
        (r.random((4, 5, 4)) * 255).astype(np.uint8),
        r.random((6, 6)) * 0.06,
        r.integers(100, 110, (9, 9)).astype(np.uint16),
        r.random((5, 5)) * 0.2,
        r.random((5, 5)) * 0.2,
        r.integers(120, 135, (9, 9)).astype(np.uint8),
        r.integers(110, 140, (9, 9)).astype(np.uint8),
    ][seed]
    args = {"image": image}
    if seed in (8, 9):
        args.update(
            fraction_threshold=0.1,
            lower_percentile=40 if seed == 9 else 1,
            upper_percentile=60 if seed == 9 else 99,
        )
    return args


def low_contrast_all(target, seed):
    """Several images per seed, since each answer is one bit."""
    return [target(**low_contrast((seed + k) % 12)) for k in range(0, 12, 1 + seed % 4)] + [
        target(np.linspace(0, f, 50).reshape(5, 10), fraction_threshold=t)
        for f in (0.01, 0.05, 0.1, 0.5)
        for t in (0.01 * (seed + 1), 0.06)
    ]


def match_cdf(seed):
    r = _r(seed)
    source, template = r.random((4, 5)), r.random((3, 6)) * 2
    if seed % 3 == 1:
        source, template = (
            r.integers(0, 9, (4, 5)).astype(np.uint8),
            r.integers(3, 30, (5, 5)).astype(np.uint8),
        )
    if seed % 3 == 2:
        source, template = r.integers(-4, 4, (6,)), r.integers(0, 7, (8,))
    return source, template


def clip_histogram(target, seed):
    r = _r(seed)
    hist = r.integers(0, 30, 8 + seed) if seed % 2 else r.integers(0, 6, 10)
    hist[seed % 5] += 40 + seed
    if seed == 6:
        hist[:] = 9
    limit = [6, 12, 9, 25, 5, 8, 3, 30, 7, 10][seed]
    out = target(hist.astype(np.int64), limit)
    return out


# thresholds


def _grey(seed, kinds=5):
    r = _r(seed)
    n = 60
    image = np.concatenate(
        [r.normal(60, 10, n), r.normal(150 + 5 * seed, 15, n + 20 * (seed % 3))]
    ).clip(0, 255)
    return [
        image.astype(np.uint8).reshape(4, -1),
        image.reshape(2, -1) / 255,
        image.astype(np.int16) - 100,
        image.astype(np.float32),
        image.reshape(4, -1),
    ][seed % kinds]


def threshold(seed):
    image = _grey(seed)
    if seed == 6:
        image = np.full((3, 4), 7.5)
    if seed == 7:
        return {"image": image, "nbins": 16}
    if seed in (8, 9):
        counts, edges = np.histogram(np.ravel(image), 12)
        return (
            {"hist": (counts, (edges[1:] + edges[:-1]) / 2)}
            if seed == 8
            else {"hist": np.array([0, *counts, 0, 0])}
        )
    return {"image": image, **({"nbins": 32} if seed % 2 else {})}


def threshold_isodata(seed):
    args = threshold(seed)
    if seed % 3 == 1 or seed == 6:
        args["return_all"] = True
    return args


def threshold_li(target, seed):
    image = _grey(seed)
    seen = []
    options = {}
    if seed == 1:
        options["tolerance"] = 0.01
    if seed == 2:
        options["initial_guess"] = 10.0
    if seed == 3:
        options["initial_guess"] = np.median
    if seed == 4:
        image = image.copy()
        image[0, 0], image[1, 1] = np.nan, np.inf
    if seed == 6:
        image = np.full((2, 2), 3)
    if seed == 7:
        options["initial_guess"] = 1e6
    if seed == 8:
        options["initial_guess"] = [1, 2]
    if seed == 9:
        image = np.array([np.inf, -np.inf])
    return target(image, iter_callback=seen.append, **options), seen


def threshold_triangle(seed):
    r = _r(seed)
    image = np.concatenate([r.normal(40, 6, 90), r.uniform(40, 200, 30 + seed)])
    if seed % 2:
        image = 250 - image
    if seed % 3 == 1:
        image = image.astype(np.uint8)
    if seed == 6:
        image = np.full(9, 4)
    return (image.reshape(-1, 3) if image.size % 3 == 0 else image,) if seed % 4 else (image, 40)


def threshold_minimum(seed):
    r = _r(seed)
    image = np.concatenate([r.normal(60, 8, 300), r.normal(170, 8, 200 + 20 * seed)]).clip(0, 255)
    if seed % 3 == 0:
        image = image.astype(np.uint8)
    if seed == 7:
        return (np.concatenate([np.full(50, 3), np.full(5, 4)]),)
    if seed == 8:
        return {"image": image, "max_num_iter": 1}
    if seed in (4, 5):
        return {"hist": np.histogram(image, 40)[0], "max_num_iter": 500}
    return (image, 32) if seed % 2 else (image,)


def mean_std(seed):
    r = _r(seed)
    image = r.random([(7, 8), (9,), (5, 6, 5)][seed % 3])
    if seed == 3:
        image = (image * 200).astype(np.uint8)
    w = [3, 5, (3, 1, 5), (5, 3), 1, 3, 5, 2, 3, 1][seed]
    if seed == 6:
        image = image.astype(np.float32)
    return image, w


def hysteresis(seed):
    r = _r(seed)
    image = _smooth(r, [(9, 10), (20,), (5, 6, 4)][seed % 3])
    low, high = 0.3 + 0.03 * seed, 0.55 + 0.02 * seed
    if seed == 7:
        low, high = 0.9, 0.5
    if seed == 8:
        low = np.full(image.shape, 0.4) + 0.2 * r.random(image.shape)
    return image, low, high


def butterworth_filter(seed):
    shape = [(6, 7), (5,), (4, 5, 6), (8, 8)][seed % 4]
    args = {
        "shape": shape,
        "factor": 0.05 + 0.05 * seed,
        "order": [1, 2.0, 3][seed % 3],
        "high_pass": seed % 2 == 0,
        "real": seed % 3 != 1,
    }
    if seed % 4 == 3:
        args["squared_butterworth"] = False
    if seed == 5:
        args["dtype"] = np.float32
    return args


def gabor(seed):
    args = {"frequency": 0.1 + 0.05 * seed}
    if seed % 2:
        args.update(theta=0.4 * seed)
    if seed % 3 == 1:
        args.update(sigma_x=1.5, offset=0.3)
    if seed % 3 == 2:
        args.update(sigma_y=2.0, n_stds=2)
    if seed in (4, 6):
        args.update(bandwidth=1.5 - 0.1 * seed, dtype=np.complex64)
    if seed == 8:
        args.update(dtype=np.float64)
    if seed == 0:
        args = {"frequency": 0.3, "bandwidth": 2}
    return args


def rank_order(seed):
    r = _r(seed)
    image = r.integers(-3, 4, [(4, 5), (7,), (2, 3, 4)][seed % 3])
    if seed % 2:
        image = image / 2
    if seed == 4:
        image = r.random(300).round(1)
    return (image,)


# segmentation


def join(target, seed):
    r = _r(seed)
    shape = (5, 6)
    one, two = _labels(r, shape, 3) * (2 if seed % 2 else 1), _labels(r, shape, 3)
    if seed % 3 == 2:
        one = one + 1
    if seed == 8:
        two = two[1:]
    if seed % 2 == 0:
        return target(one, two)
    joined, first, second = target(one, two, return_mapping=True)
    return joined, first[joined], second[joined]


def relabel(target, seed):
    r = _r(seed)
    labels = r.integers(0, 12, (3, 5)) * 7
    if seed % 3 == 1:
        labels = labels + 1
    labels = labels.astype(
        [
            np.int64,
            np.uint8,
            np.uint8,
            np.int32,
            np.uint8,
            np.int8,
            np.int64,
            np.int64,
            np.uint8,
            np.int32,
        ][seed]
    )
    options = {"offset": [1, 5, 250, 100, 1, 40, 0, 3, 256, 2][seed]} if seed else {}
    if seed == 7:
        labels = labels.astype(np.int64) - 50
    if seed == 9:
        labels = labels.astype(float)
    out, forward, inverse = target(labels, **options)
    values = np.unique(labels)
    return out, forward[values], inverse[out], values


def boundaries(seed):
    r = _r(seed)
    labels = _labels(r, [(7, 8), (6, 6), (4, 5, 5)][seed % 3], 5)
    if seed == 4:
        labels = labels > 0
    if seed == 5:
        labels = labels.astype(np.uint8)
    args = {"label_img": labels, "mode": ["thick", "inner", "outer", "subpixel"][seed % 4]}
    if seed == 0:
        args = {"label_img": labels}
    if seed % 3 == 1:
        args["connectivity"] = 2
    if seed in (6, 9):
        args["background"] = 2
    return args


def mark(seed):
    r = _r(seed)
    labels = _labels(r, (6, 7), 3)
    image = r.random((6, 7) if seed % 2 else (6, 7, 3))
    if seed % 3 == 1:
        image = (image * 255).astype(np.uint8)
    if seed == 5:
        image = image.astype(np.float32)
    args = {"image": image, "label_img": labels}
    if seed % 3 == 2:
        args["color"] = (1, 0, 0.5)
    if seed % 4 == 3:
        args["outline_color"] = (0.2, 0.2, 0.2)
    if seed % 4 == 2:
        args["mode"] = ["inner", "thick", "outer"][seed % 3]
    if seed in (6, 9):
        args["mode"] = "subpixel"
    if seed == 8:
        args["background_label"] = 1
    return args


def clear_border(seed):
    r = _r(seed)
    labels = ndi.label(r.random((8, 9)) > 0.6)[0]
    args = {"labels": labels}
    if seed % 3 == 1:
        args["buffer_size"] = 1
    if seed % 4 == 3:
        args["bgval"] = -1
    if seed in (2, 5):
        args["mask"] = r.random((8, 9)) > 0.15
    if seed == 6:
        args["labels"] = labels > 0
    if seed == 7:
        args["buffer_size"] = 8
    if seed == 8:
        args["mask"] = np.ones((8, 9))
    return args


def expand(seed):
    r = _r(seed)
    labels = np.zeros([(9, 10), (15,), (5, 6, 5)][seed % 3], np.int64)
    for value in (1, 3, 4):
        labels[tuple(int(r.integers(0, s)) for s in labels.shape)] = value
    labels = labels.astype([np.int64, np.uint8][seed % 2])
    args = {"label_image": labels}
    if seed:
        args["distance"] = [1, 2.3, 1.7, 3, 1.45, 0, 5, 1.2, 2.1, 2.6][seed]
    if seed in (3, 6, 9):
        args["spacing"] = (1.13, 0.61)
    if seed == 8:
        args["spacing"] = 2
    return args


def binary_level(seed):
    r = _r(seed)
    shape = [(7, 8), (5, 5, 6), (4, 9)][seed % 3]
    if seed == 8:
        shape = (6,)
    image = r.random(shape) > [0.3, 0.2, 0.5][seed % 3]
    return (image.astype(np.int8) if seed % 2 else image,)


def level_set(seed):
    r = _r(seed)
    shape = [(8, 10), (5, 6, 7), (12,)][seed % 3]
    args = {"image_shape": shape}
    if seed % 2:
        args["center"] = tuple(r.random(len(shape)) * 6)
    if seed % 4 > 1:
        args["radius"] = 1.5 + seed / 3
    return args


def _smoother_from_its_start():
    """The module's alternating smoother remembers whose turn it is, from one seed to the next."""
    from itertools import cycle

    from skimage.segmentation import morphsnakes as module

    turns = (
        lambda u: module.sup_inf(module.inf_sup(u)),
        lambda u: module.inf_sup(module.sup_inf(u)),
    )
    module._curvop.funcs = cycle(turns)


def morph_chan_vese(target, seed):
    _smoother_from_its_start()
    r = _r(seed)
    image = _smooth(r, (5, 6, 5) if seed == 5 else (10, 11))
    start = (_smooth(r, image.shape) > 0.5).astype(np.int8)
    args = {
        "num_iter": 1 + seed % 5,
        "init_level_set": start,
        "smoothing": seed % 3,
        "lambda1": 1 + 0.3 * (seed % 2),
        "lambda2": 1 + (seed % 4) * 0.2,
    }
    if seed == 6:
        args = {"num_iter": 2}
    if seed == 7:
        args = {"num_iter": 3, "init_level_set": "disk"}
    if seed == 8:
        args["init_level_set"] = start[1:]
    if seed == 9:
        args["init_level_set"] = "square"
    seen = []
    return target(image, iter_callback=lambda u: seen.append(int(u.sum())), **args), seen


def morph_geodesic(target, seed):
    _smoother_from_its_start()
    r = _r(seed)
    image = _smooth(r, (10, 11), 0.1, 1.0)
    start = (_smooth(r, image.shape) > 0.5).astype(np.int8)
    args = {
        "num_iter": 1 + seed % 4,
        "init_level_set": start,
        "smoothing": seed % 3,
        "balloon": [0, 1, -1, 0.5, -2][seed % 5],
    }
    if seed % 3 == 1:
        args["threshold"] = 0.4
    if seed == 6:
        args["init_level_set"] = "disk"
    if seed == 8:
        args["init_level_set"] = start[1:]
    seen = []
    return target(image, iter_callback=lambda u: seen.append(int(u.sum())), **args), seen


def chan_vese_step(seed):
    r = _r(seed)
    shape = [(6, 7), (5, 5), (3, 8)][seed % 3]
    phi = r.normal(0, 1, shape)
    if seed == 4:
        phi = np.abs(phi) + 0.1
    if seed == 7:
        phi = -np.abs(phi)
    return (
        r.random(shape),
        phi,
        [0.25, 0.1, 1.0][seed % 3],
        1 + 0.2 * (seed % 2),
        1 + 0.3 * (seed % 4),
        [0.5, 0.1][seed % 2],
    )


def small_objects(target, seed):
    r = _r(seed)
    image = r.random((9, 10)) > 0.6
    labels = ndi.label(image)[0]
    given = [image, labels, image, labels.astype(np.uint8)][seed % 4]
    args = {"max_size": [3, 2, 1, 5, 0, 4, 2, 2, 3, 2][seed]}
    if seed % 3 == 2:
        args["connectivity"] = 2
    if seed == 7:
        given = labels - 5
    if seed == 8:
        given = given.astype(float)
    if seed == 6:
        out = np.ones_like(given)
        result = target(given, out=out, **args)
        return result, out, result is out
    before = given.copy()
    return target(given, **args), np.array_equal(before, given)


def thin(seed):
    r = _r(seed)
    image = (
        ndi.binary_dilation(r.random((10, 11)) > 0.93, iterations=2)
        if seed % 2
        else ndi.binary_opening(r.random((12, 9)) > 0.2)
    )
    if seed == 6:
        image = image.astype(np.uint8) * 7
    if seed == 8:
        image = np.ones((3, 3, 3))
    return {"image": image, **({"max_num_iter": 1 + seed % 2} if seed % 3 == 1 else {})}


# features and transforms


def glcm_props(seed):
    r = _r(seed)
    props = [
        "contrast",
        "dissimilarity",
        "homogeneity",
        "energy",
        "correlation",
        "ASM",
        "entropy",
        "mean",
        "variance",
        "std",
        "texture",
        "correlation",
        "contrast",
    ]
    table = r.integers(0, 6, (4, 4, 1 + seed % 2, 1 + seed % 3)).astype(np.uint32)
    if seed in (6, 11, 3):
        table[..., 0, 0] = 0
    if seed == 11:
        table[2, 2, 0, 0] = 5
    if seed == 12:
        return (table[:3],)
    return (table, props[seed]) if seed else (table,)


def hog_block(seed):
    r = _r(seed)
    block = r.random((2, 2, 3 + seed % 3)) * [1, 5, 0.01][seed % 3]
    block[0, 0, 0] = 20 if seed % 4 == 3 else 0
    if seed == 6:
        block[:] = 0
    method = ["L1", "L1-sqrt", "L2", "L2-Hys"][seed % 4]
    if seed == 9:
        method = "L3"
    return (block, method) if seed % 3 else (block, method, 0.1)


def blob_pair(seed):
    r = _r(seed)
    d = 2 + seed % 2
    one = np.r_[r.random(d) * 4, r.random() + 1]
    two = np.r_[one[:d] + r.normal(0, 1.2, d), r.random() + 1]
    if seed == 4:
        two = np.r_[one[:d], one[d] / 3]
    if seed == 5:
        two[:d] += 30
    if seed == 6:
        one[-1] = two[-1] = 0
    if seed == 7:
        return {"blob1": r.random(5), "blob2": r.random(5)}
    if seed in (8, 9):
        one, two = (
            np.r_[one[:d], one[-1] * np.arange(1, d + 1)],
            np.r_[two[:d], two[-1] * np.arange(1, d + 1)],
        )
        return {"blob1": one, "blob2": two, "sigma_dim": d}
    return {"blob1": one, "blob2": two}


def prominent_peaks(seed):
    r = _r(seed)
    image = _smooth(r, (12, 14)) * 10
    args = {"image": image, "min_xdistance": 1 + seed % 3, "min_ydistance": 1 + (seed + 1) % 3}
    if seed % 3 == 1:
        args["threshold"] = 3.0
    if seed % 4 == 2:
        args["num_peaks"] = 2
    if seed == 0:
        args = {"image": image}
    if seed == 5:
        args.update(
            image=r.integers(0, 30, (9, 9)) * 1.0 + np.arange(81).reshape(9, 9) / 100, threshold=5
        )
    return args


def circle_peaks(seed):
    r = _r(seed)
    spaces = np.stack([_smooth(r, (12, 13)) * (1 + 0.3 * k) for k in range(1 + seed % 3)])
    args = {"hspaces": spaces, "radii": np.array([5, 9, 12])[: len(spaces)]}
    if seed % 2:
        args.update(min_xdistance=3, min_ydistance=4)
    if seed % 3 == 1:
        args["total_num_peaks"] = 2
    if seed in (2, 5, 8):
        args["normalize"] = True
    if seed in (3, 7):
        args["num_peaks"] = 1
    if seed in (6, 9):
        args["threshold"] = 0.75
    if seed == 4:
        args["threshold"] = 100.0
    return args


def distant_points(seed):
    r = _r(seed)
    n = 6 + seed
    return (
        r.integers(0, 12, n),
        r.integers(0, 12, n),
        1 + seed % 4,
        1 + seed % 3,
        [np.inf, 3, 5, 100][seed % 4],
    )


def fourier_filter(seed):
    return 8 + 2 * (seed // 2), ["ramp", "shepp-logan", "cosine", "hamming", "hann", None][seed % 6]


def umeyama(seed):
    r = _r(seed)
    d = 2 + seed % 2
    src = r.normal(0, 3, (4 + seed, d))
    turn = np.linalg.qr(r.normal(0, 1, (d, d)))[0]
    if seed % 3 == 2:
        turn[:, 0] *= -1
    dst = src @ turn.T * (1 + 0.2 * seed) + r.normal(0, 1, d) + r.normal(0, 0.05, src.shape)
    if seed == 4:
        src[:, -1] = 0
    if seed == 7:
        dst = dst * [-1] + 5
    if seed == 8:
        src = np.ones_like(src)
    return src, dst, seed % 2 == 0


def local_mean_weights(seed):
    return (
        [4, 7, 5, 9, 6, 3, 8, 10, 5, 2][seed],
        [2, 3, 5, 4, 1, 7, 3, 6, 1, 5][seed],
        seed % 2 == 0,
        [np.float64, np.float32][seed % 3 == 2],
    )


def tv_denoise(seed):
    r = _r(seed)
    image = r.random([(6, 7), (12,), (4, 4, 5)][seed % 3])
    args = {"image": image}
    if seed % 2:
        args["weight"] = 0.05 * seed
    if seed > 3:
        args["max_num_iter"] = [1, 2, 5, 20, 200, 3][seed - 4]
    if seed in (2, 8):
        args["eps"] = 0.01
    return args


def lucy(seed):
    r = _r(seed)
    image = r.random([(8, 9), (14,), (5, 5, 6)][seed % 3])
    psf = r.random([(3, 3), (5,), (3, 3, 3)][seed % 3])
    args = {"image": image, "psf": psf / psf.sum(), "num_iter": 1 + seed % 5}
    if seed % 4 == 1:
        args["clip"] = False
    if seed % 3 == 2:
        args["filter_epsilon"] = 0.4
    if seed == 4:
        args["image"] = image * 5
        args["clip"] = True
    if seed == 6:
        args["image"] = image.astype(np.float32)
    if seed == 9:
        args["image"] = image * -3
        args["clip"] = True
    return args


def ball_kernel(seed):
    return [1, 2.5, 3, 0.5, 2, 1.9, 4, 1.5, 2.2, 3.3][seed], 1 + seed % 3


def montage(target, seed):
    r = _r(seed)
    images = r.random((3 + seed, 3, 4))
    args = {}
    if seed % 2:
        args["padding_width"] = 1 + seed % 3
    if seed % 3 == 1:
        args["fill"] = 0.5
    if seed in (2, 3):
        args["grid_shape"] = (2, 4)
    if seed in (4, 7):
        images, args["channel_axis"] = r.random((4, 3, 2, 3)), -1
    if seed == 7:
        args["fill"] = (0.1, 0.2, 0.3)
    if seed in (5, 6):
        args["rescale_intensity"] = True
    if seed == 8:
        images = images[0]
    if seed == 9:
        images = (images * 200).astype(np.uint8)
    return target(images, **args)


def regular_grid(target, seed):
    shape = [
        (20, 40),
        (10, 12, 30),
        (3, 4),
        (5, 200),
        (30,),
        (8, 8, 8),
        (2, 50, 50),
        (17, 9),
        (100, 3, 3),
        (40, 20),
    ][seed]
    points = [8, 20, 50, 6, 4, 27, 12, 5, 7, 3][seed]
    return [[s.start, s.stop, s.step] for s in target(shape, points)]


def ciede2000(seed):
    r = _r(seed)
    shape = [(3, 4, 3), (3,), (5, 3)][seed % 3]
    one, two = (
        np.stack(
            [
                r.random(shape[:-1]) * 100,
                r.random(shape[:-1]) * 160 - 80,
                r.random(shape[:-1]) * 160 - 80,
            ],
            -1,
        )
        for _ in range(2)
    )
    args = {"lab1": one, "lab2": two}
    if seed % 4 == 2:
        args.update(kL=2, kC=1.5, kH=0.5)
    if seed == 4:
        args["lab2"] = one
    if seed in (6, 9):
        args = {"lab1": np.moveaxis(one, -1, 0), "lab2": np.moveaxis(two, -1, 0), "channel_axis": 0}
    if seed == 3:
        one[0, 0, 1:] = 0
        two[1, :, 1:] = 0
    if seed == 8:
        args = {"lab1": one.astype(np.float32), "lab2": two.astype(np.float32)}
    return args
