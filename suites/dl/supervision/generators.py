"""Inputs for the supervision tasks: boxes, masks and run lengths as NumPy arrays."""

from types import SimpleNamespace

import numpy as np
from supervision.detection.utils.iou_and_nms import OverlapMetric


def _r(seed):
    return np.random.default_rng(700 + seed)


def _boxes(r, n, size=30.0, extent=20.0):
    start = r.random((n, 2)) * size
    return np.concatenate([start, start + 1 + r.random((n, 2)) * extent], 1)


def _masks(r, n, h=8, w=9):
    masks = np.zeros((n, h, w), bool)
    for m in masks:
        a, b = r.integers(0, h - 2), r.integers(0, w - 2)
        m[a : a + r.integers(2, 6), b : b + r.integers(2, 6)] = True
        m &= r.random((h, w)) > 0.1
    return masks


def _scores(r, n):
    return r.permutation(n) / n * 0.9 + 0.05


def box_iou_batch(seed):
    r = _r(seed)
    one, two = _boxes(r, 1 + seed % 4), _boxes(r, 2 + seed % 3)
    two[0] = one[0]
    if seed == 2:
        one = one[:0]
    if seed == 3:
        one, two = (one * 2000).astype(np.int32), (two * 2000).astype(np.int32)
    if seed == 4:
        one[0, 2:] = one[0, :2]
    if seed == 9:
        return one, two, "GIOU"
    return (
        (one, two) if seed % 2 == 0 else (one, two, OverlapMetric.IOS if seed % 4 == 1 else "iou")
    )


def crowd_iou(seed):
    r = _r(seed)
    one, two = _boxes(r, 1 + seed % 4), _boxes(r, 1 + seed % 3)
    one[:, 2:] -= one[:, :2]
    two[:, 2:] -= two[:, :2]
    if seed == 4:
        one[0, 2] = -3
    crowd = [bool(c) for c in r.random(len(one)) > 0.5] if seed % 2 else [False] * len(one)
    if seed == 6:
        two = two[:0]
    if seed == 7:
        crowd = crowd[1:] + [True, True]
    return one.tolist(), two.tolist(), crowd


def nms_loop(seed):
    r = _r(seed)
    n = [1, 4, 6, 0, 8, 5, 7, 3, 9, 6][seed]
    ious = r.random((n, n)).round(1)
    ious = np.maximum(ious, ious.T)
    np.fill_diagonal(ious, 1)
    return (
        ious,
        r.integers(0, 1 + seed % 3, n).astype(float),
        [0.5, 0.3, 0.7, 0.5, 0.9, 0.4, 0.6, 0.0, 0.8, 1.0][seed],
    )


def soft_nms(seed):
    r = _r(seed)
    n = [1, 4, 6, 0, 8, 5, 7, 3, 9, 6][seed]
    ious = r.random((n, n))
    ious = np.maximum(ious, ious.T)
    np.fill_diagonal(ious, 1)
    return (
        ious,
        r.integers(0, 1 + seed % 3, n).astype(float),
        np.sort(r.random(n))[::-1],
        [0.5, 0.1, 2.0][seed % 3],
    )


def _predictions(seed, columns=None):
    r = _r(seed)
    n = [4, 1, 7, 0, 6, 9, 5, 8, 3, 6][seed]
    data = np.c_[_boxes(r, n, 12, 15), _scores(r, n) if n else np.zeros(0)]
    if columns == 6 or (columns is None and seed % 2):
        data = np.c_[data, r.integers(0, 2, n)]
    return data


def mask_nms(seed):
    r = _r(seed)
    predictions = _predictions(seed)
    args = {"predictions": predictions, "masks": _masks(r, len(predictions))}
    if seed % 3:
        args["iou_threshold"] = 0.1 * (seed % 4)
    if seed in (4, 7, 2):
        args["overlap_metric"] = OverlapMetric.IOS
    if seed == 8:
        args["iou_threshold"] = -0.2
    return args


def group_boxes(seed):
    predictions = _predictions(seed, 5)[:, :5]
    args = {"predictions": predictions}
    if seed % 2:
        args["iou_threshold"] = 0.1 + 0.05 * seed
    if seed % 3 == 2:
        args["overlap_metric"] = OverlapMetric.IOS
    return args


def merge_per_category(target, seed):
    predictions = _predictions(seed)
    seen = []

    def within(indices):
        seen.append(indices.tolist())
        if seed == 5 and len(seen) == 2:
            return [[0], []]
        order = np.argsort(-predictions[indices, 4])
        return (
            [order[: len(order) // 2 + 1].tolist(), order[len(order) // 2 + 1 :].tolist()]
            if len(order) > 1
            else [[0]]
            if len(order)
            else []
        )

    return target(predictions, within), seen


def group_masks(seed):
    r = _r(seed)
    predictions = _predictions(seed, 5)[:, :5]
    args = {"predictions": predictions, "masks": _masks(r, len(predictions))}
    args["iou_threshold"] = 0.05 + 0.06 * (seed % 5)
    if seed % 3 == 2:
        args["overlap_metric"] = OverlapMetric.IOS
    if seed == 0:
        del args["iou_threshold"]
    return args


def mask_to_xyxy(seed):
    r = _r(seed)
    masks = _masks(r, 1 + seed % 4, 6 + seed % 3, 7)
    if seed % 3 == 1:
        masks[0] = False
    if seed == 4:
        masks = masks[:0]
    if seed == 9:
        return masks, "half"
    return (masks,) if seed % 2 == 0 else (masks, ["exclusive", "inclusive"][seed % 4 // 2])


def xyxy_to_mask(seed):
    r = _r(seed)
    boxes = _boxes(r, 1 + seed % 4, 10, 6) - 3
    if seed % 3 == 1:
        boxes = boxes.astype(int)
    if seed == 2:
        boxes[0] = [-5, -4, -0.5, 3]
    if seed == 5:
        boxes[0] = [3, 3, 3, 3]
    if seed == 6:
        boxes = boxes[:0]
    if seed == 9:
        return boxes, (8, 6), "none"
    return (
        (boxes, (9, 7))
        if seed % 2 == 0
        else (boxes, (8, 10), ["exclusive", "inclusive"][seed % 4 // 2])
    )


def base48(seed):
    r = _r(seed)
    values = [
        [5, 2, 2, 0, 3],
        [0],
        [-1, -2, 7],
        r.integers(-5000, 5000, 8).tolist(),
        [31, 32, 15, 16, -16, -17],
        [10**6, -(10**6)],
        [],
        r.integers(-40, 40, 12).tolist(),
        [5, 2],
        [1000],
    ][seed]
    return values


def base48_decode(seed):
    text = []
    for x in base48(seed):
        while True:
            c = x & 31
            x >>= 5
            more = x != -1 if c & 16 else x != 0
            text.append(chr(48 + c + (32 if more else 0)))
            if not more:
                break
    text = "".join(text)
    if seed == 9:
        text = text[:-1]
    return (text,)


def rle_counts(seed):
    r = _r(seed)
    mask = _masks(r, 1, 3 + seed % 4, 4 + seed % 3)[0]
    if seed == 1:
        mask[:] = True
    if seed == 2:
        mask[:] = False
    if seed == 3:
        mask = mask[:0]
    if seed % 2 == 0:
        mask[0, 0] = True
    if seed == 5:
        mask = mask.astype(int) * 3
    return (mask,)


def rle_to_mask(seed):
    r = _r(seed)
    h, w = 4 + seed % 3, 3 + seed % 4
    cuts = np.sort(r.integers(0, h * w + 1, 4))
    counts = np.diff(np.r_[0, cuts, h * w])
    if seed == 1:
        return "52203", (4, 4)
    if seed == 2:
        return b"52203", (4, 4)
    if seed == 3:
        counts = counts.tolist()
    if seed == 4:
        counts[0] += 1
    if seed == 5:
        counts = np.array([0, h * w])
    if seed == 6:
        return "06", (3, 2)
    return counts, (w, h)


def move_masks(seed):
    r = _r(seed)
    offset = [
        (1, 1),
        (-2, 2),
        (3, -1),
        (-3, -2),
        (0, 0),
        (20, 0),
        (0, -20),
        (2, 5),
        (-9, 1),
        (4, -4),
    ][seed]
    return _masks(r, 1 + seed % 3, 5, 6), np.array(offset), [(6, 5), (8, 9), (3, 4)][seed % 3]


def spread_out(seed):
    r = _r(seed)
    boxes = _boxes(r, [3, 1, 5, 2, 0, 4, 6, 2, 3, 4][seed], 15, 12).round()
    if seed == 3:
        boxes[1] = boxes[0]
    if seed == 7:
        boxes = boxes.astype(int)
        boxes[1] = boxes[0] + 3
    return (boxes,) if seed % 2 else (boxes, 1 + seed % 5)


def match_batch(seed):
    r = _r(seed)
    t, p = [(2, 3), (3, 3), (1, 4), (4, 2), (5, 6)][seed % 5]
    iou = r.random((t, p)).round(2).astype(np.float32)
    args = {
        "predictions_classes": r.integers(0, 2, p).astype(np.int32),
        "target_classes": r.integers(0, 2, t).astype(np.int32),
        "iou": iou,
        "iou_thresholds": np.array([0.2, 0.5, 0.75][: 1 + seed % 3], np.float32),
    }
    if seed % 2:
        args["target_scored_mask"] = r.random(t) > 0.5
    if seed == 6:
        args["iou"] = np.full((t, p), 0.6, np.float32)
    return args


def polygon_center(target, seed):
    r = _r(seed)
    n = 3 + seed % 5
    angle = np.sort(r.random(n) * 2 * np.pi)
    polygon = np.c_[np.cos(angle), np.sin(angle)] * (20 + r.random((n, 1)) * 60) + 100 * seed
    if seed == 3:
        polygon = polygon.astype(int)
    if seed == 4:
        polygon = np.array([[0.0, 0.0], [4.0, 4.0], [8.0, 8.0]])
    if seed == 5:
        polygon = np.array([[3.4, 7.6]])
    if seed == 6:
        polygon = np.zeros((0, 2))
    if seed == 7:
        polygon = polygon[::-1]
    point = target(polygon)
    return float(point.x), float(point.y)


def top_predictions(target, seed):
    r = _r(seed)
    t, p = [(2, 3), (3, 4), (1, 4), (4, 2), (5, 7)][seed % 5]
    classes = r.integers(0, 2, p).astype(np.int32)
    ranks = np.array([(classes[:i] == c).sum() for i, c in enumerate(classes)])
    iou = (r.random((t, p)) * 5).round() / 5
    holder = SimpleNamespace(max_detections=np.array([[1, 2, 100], [1], [3, 1]][seed % 3]))
    return target(
        holder,
        classes,
        ranks,
        r.integers(0, 2, t).astype(np.int32),
        iou.astype(np.float32),
        np.array([0.2, 0.5, 0.8][: 1 + seed % 3], np.float32),
    )


def coco_image(target, seed):
    r = _r(seed)
    g, d = [(2, 3), (3, 4), (0, 2), (2, 0), (0, 0), (4, 5)][seed % 6]
    truths = [
        {
            "id": i + 1,
            "ignore": int(r.random() > 0.7),
            "area": float(r.integers(5, 90)),
            "iscrowd": int(r.random() > 0.7),
        }
        for i in range(g)
    ]
    found = [
        {"id": 50 + i, "score": float(s), "area": float(r.integers(5, 90))}
        for i, s in enumerate(r.permutation(d) / 10)
    ]
    order = np.argsort([-x["score"] for x in found], kind="stable")
    ious = (r.random((d, g)) * 5).round() / 5
    ious = ious[order] if g and d else []
    holder = SimpleNamespace(
        _targets={(7, 1): truths},
        _predictions={(7, 1): found},
        ious={(7, 1): ious},
        params=SimpleNamespace(iou_thrs=np.array([0.2, 0.4, 0.8, 1.0])),
    )
    return target(holder, 7, 1, [0, 1e5] if seed % 2 else [20, 60], 2 if seed % 3 == 1 else 100)


def object_to_yolo(seed):
    r = _r(seed)
    box = _boxes(r, 1, 100, 80)[0]
    if seed == 2:
        box = box[[2, 3, 0, 1]]
    if seed == 3:
        box = box.astype(int)
    args = {
        "xyxy": box,
        "class_id": np.int64(seed),
        "image_shape": [(200, 300), (120, 90, 3)][seed % 2],
    }
    if seed > 5:
        args["polygon"] = r.random((3 + seed % 3, 2)) * 90
    return args


def yolo_box(seed):
    return (
        [
            ["0.5", "0.5", "0.2", "0.4"],
            ["0.1", "0.9", "0", "0.25"],
            ["1e-1", "0.3", "0.05", "1"],
            ["0.5", "0.5", "-0.1", "0.2"],
            ["nan", "0.5", "0.1", "0.2"],
            ["0.25", "inf", "0.1", "0.2"],
            ["0.5", "0.5", "0.2"],
            ["x", "0.5", "0.2", "0.1"],
            ["0.75", "0.125", "0.5", "0.25"],
            ["0.33333", "0.66667", "0.1", "0.9"],
        ][seed],
    )


def paligemma(seed):
    text = [
        "<loc0256><loc0128><loc0768><loc0512> cat",
        "<loc0000><loc0000><loc1023><loc1023> big dog ; <loc0100><loc0200><loc0300><loc0400> cat",
        "no boxes here",
        "<loc0256><loc0256><loc0512><loc0512> traffic-light",
        "<loc0010><loc0020><loc0030> broken ; <loc0001><loc0002><loc0003><loc0004> fish",
        "<loc0256><loc0128><loc0768><loc0512> cat ; <loc0010><loc0020><loc0900><loc0800> dog ; <loc0011><loc0022><loc0033><loc0044> cat",
        "<loc0005><loc0006><loc0007><loc0008><loc0009> odd",
        "",
        "<loc0256><loc0128><loc0768><loc0512> cat",
        "<loc0256><loc0128><loc0768><loc0512> cat",
    ][seed]
    size = [(640, 480), (1024, 1024), (100, 50), (333, 77)][seed % 4]
    if seed == 9:
        size = (0, 10)
    return (
        (text, size)
        if seed not in (1, 5, 8)
        else (text, size, ["dog", "cat"] if seed == 5 else ["bird", "big dog"])
    )


def moondream(seed):
    r = _r(seed)
    items = [
        dict(zip(["x_min", "y_min", "x_max", "y_max"], row))
        for row in r.random((seed % 4, 4)).tolist()
    ]
    result = {"objects": items}
    if seed % 3 == 1:
        items.append({"x_min": 0.1, "y_max": 0.4})
    if seed == 5:
        result = {"boxes": items}
    if seed == 6:
        result = {"objects": {"a": 1}}
    size = [(640, 480), (90, 50), (1, 1)][seed % 3]
    if seed == 8:
        size = (0, 20)
    if seed == 9:
        size = (20, -1)
    return result, size


def masks_roi(seed):
    r = _r(seed)
    masks = _masks(r, 1 + seed % 3)
    args = {"masks": masks, "image_shape": (8, 9)}
    if seed == 1:
        args["masks"] = masks[0]
    if seed == 2:
        masks[:] = False
    if seed % 3 == 0:
        args["xyxy"] = np.tile([0.5, 1.2, 20.0, 7.9], (len(masks), 1))
    if seed in (4, 7):
        args["xyxy"] = _boxes(r, len(masks), 4, 3)
    if seed == 9:
        masks[1:] = False
        args["masks"] = np.concatenate([masks[:1], masks[:1] * False])
        args["xyxy"] = np.array([[0, 0, 8.0, 7.0], [0, 0, 30, 30.0]])
    return args
