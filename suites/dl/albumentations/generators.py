"""Inputs for the albumentations tasks: NumPy boxes, keypoints, masks and tiles."""

import numpy as np


def _r(seed):
    return np.random.default_rng(900 + seed)


def _boxes(r, n, extra=0, low=0.0, high=1.0):
    start = r.random((n, 2)) * (high - low) * 0.7 + low
    boxes = np.concatenate([start, start + 0.02 + r.random((n, 2)) * 0.4 * (high - low)], 1)
    return np.concatenate([boxes, r.integers(0, 9, (n, extra))], 1) if extra else boxes


def filter_boxes(seed):
    r = _r(seed)
    boxes = _boxes(r, 4 + seed, seed % 3, -0.3, 1.3)
    args = {"bboxes": boxes, "shape": {"height": 40 + seed, "width": 60 - 2 * seed}}
    options = [
        {},
        {"min_area": 60.0},
        {"min_visibility": 0.6},
        {"min_width": 12.0},
        {"min_height": 9.0},
        {"max_accept_ratio": 1.7},
        {"min_area": 1e5},
        {"min_width": 0.0, "min_height": 0.0},
        {},
        {"min_area": 20, "min_visibility": 0.3, "max_accept_ratio": 3.0},
    ][seed]
    if seed == 8:
        args["bboxes"] = boxes[:0]
    return {**args, **options}


def to_internal(seed):
    r = _r(seed)
    kind = ["coco", "pascal_voc", "yolo"][seed % 3]
    boxes = _boxes(r, 3 + seed % 3, seed % 2)
    if kind == "yolo":
        boxes[:, :4] = np.c_[
            r.random((len(boxes), 2)) * 0.4 + 0.3, r.random((len(boxes), 2)) * 0.2 + 0.05
        ]
    else:
        boxes[:, :4] *= 40
        if kind == "coco":
            boxes[:, 2:4] -= boxes[:, :2]
    args = {"bboxes": boxes, "source_format": kind, "shape": {"height": 50, "width": 64}}
    if seed in (3, 4, 5, 8, 9, 11):
        args["check_validity"] = True
    if seed == 5:
        boxes[0, 0] = 1.2
    if seed == 9:
        boxes[0, 2] = 400
    if seed == 7:
        args["bboxes"] = boxes[:0]
    if seed == 10:
        args["source_format"] = "voc"
    if seed == 11:
        boxes[1, 2] = 0.0
    return args


def union(seed):
    r = _r(seed)
    boxes = _boxes(r, [3, 1, 5, 2, 0, 4, 6, 2, 3, 2][seed], seed % 2)
    return boxes, [0.0, 0.5, 0.3, 1, 0.2, 0.9, 0.1, 1.3, 0.999999999, 0.25][seed]


def keypoints_in(seed):
    r = _r(seed)
    kind = ["xy", "yx", "xya", "xys", "xyas", "xysa", "xyz", "xya", "xyas", "xyzz"][seed]
    points = r.random((3 + seed % 2, 4 + seed % 3)) * 40
    points[:, 2] = points[:, 2] * 20 - 300 if seed in (2, 4, 7) else points[:, 2]
    args = {
        "keypoints": points,
        "source_format": kind,
        "shape": {"height": 50, "width": 60, "depth": 30},
    }
    if seed in (7, 8):
        args["angle_in_degrees"] = False
    if seed in (0, 1):
        args["check_validity"] = True
    if seed == 1:
        points[0, 0] = 55.0
    return args


def ellipse_boxes(seed):
    r = _r(seed)
    boxes = _boxes(r, 1 + seed % 4, 1 + seed % 2) * 50
    a = r.random() * 6
    turn = np.array([[np.cos(a), -np.sin(a), 5], [np.sin(a), np.cos(a), -3], [0, 0, 1]]) @ np.diag(
        [1 + seed / 5, 1.0, 1.0]
    )
    if seed == 4:
        turn = np.eye(3)
    return boxes, turn


def uniform_grid(seed):
    return (
        [(10, 13), (7, 7), (30, 20, 3), (5, 9)][seed % 4],
        [(2, 3), (3, 2), (4, 5), (1, 1)][(seed // 2) % 4],
        np.random.default_rng(seed),
    )


def crop_coords(target, seed):
    r = _r(seed)
    shape = [(20, 30), (11, 9, 3), (50, 50)][seed % 3]
    return [
        target(shape, (int(r.integers(1, 25)), int(r.integers(1, 40))), float(h), float(w))
        for h, w in [(0.0, 0.0), (0.999, 0.999), *r.random((4, 2))]
    ]


def swap_tiles(seed):
    r = _r(seed)
    image = r.integers(0, 255, (6, 8) if seed % 2 else (6, 8, 3)).astype(np.uint8)
    tiles = np.array([(i, j, i + 3, j + 4) for i in (0, 3) for j in (0, 4)])
    if seed % 3 == 1:
        tiles = np.array([(0, j, 6, j + 2) for j in range(0, 8, 2)])
    if seed == 5:
        return image, tiles
    if seed == 6:
        return image, tiles[:0], []
    return image, tiles, r.permutation(len(tiles)).tolist()


def low_freq(target, seed):
    r = _r(seed)
    shape = [(10, 12), (9, 9, 2), (15, 8)][seed % 3]
    one, two = r.random(shape), r.random(shape)
    out = target(one, two, [0.1, 0.2, 0.3, 0.05, 0.5, 0.7, 0.15, 0.25, 0.0, 0.4][seed])
    return out, out is one


def masks_to_boxes(seed):
    r = _r(seed)
    n = [2, 1, 3, 0, 4, 2, 3, 1, 2, 3][seed]
    masks = (r.random((7, 9, n)) > 0.93).astype(np.uint8)
    if seed in (4, 6):
        masks[..., 0] = 0
    return masks, _boxes(r, n, seed % 3) * 8


def boxes_of_masks(seed):
    r = _r(seed)
    masks = r.random((1 + seed % 3, 6 + seed % 2, 8)) > 0.92
    if seed % 4 == 1:
        masks[0] = False
    if seed == 6:
        masks = masks[0]
    if seed % 2:
        masks = masks.astype(np.uint8) * 255
    return (masks,)


def boxes_to_mask(seed):
    r = _r(seed)
    boxes = _boxes(r, [2, 1, 3, 0, 4, 2, 3, 1, 2, 3][seed], seed % 2) * 12 - 2
    if seed > 4:
        boxes[0, 2:4] += 12
        boxes[0, :2] += 3
    if seed == 2:
        boxes[0] += 0.5
    return boxes, [(8, 9), (6, 12, 3), (10, 10)][seed % 3]
