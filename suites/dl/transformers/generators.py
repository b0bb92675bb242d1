from types import SimpleNamespace

import numpy as np
import torch


def _gen(seed):
    return torch.Generator().manual_seed(9000 + seed)


def _rng(seed):
    return np.random.default_rng(9000 + seed)


def _scores(seed, vocabulary=8, rows=None):
    rows = rows or 1 + seed % 3
    scores = torch.randn(rows, vocabulary, generator=_gen(seed)) * 2
    if seed % 4 == 3:
        scores[0, 2] = -float("inf")
    return scores.double() if seed % 5 == 4 else scores


def _tokens(seed, rows, length=None, vocabulary=8):
    rng = _rng(seed)
    return torch.tensor(rng.integers(0, vocabulary, (rows, length or int(rng.integers(2, 9)))))


def typical(target, seed):
    if seed == 10:
        return target(mass=1.0)
    if seed == 11:
        return target(min_tokens_to_keep=0)
    scores = _scores(seed)
    model = (
        target()
        if seed == 0
        else target(
            mass=[0.9, 0.3, 0.6, 0.05][seed % 4],
            **[{}, {"min_tokens_to_keep": 3}, {"filter_value": -50.0}][seed % 3],
        )
    )
    return model(_tokens(seed, len(scores)), scores)


def eta(target, seed):
    if seed == 10:
        return target(1.0)
    if seed == 11:
        return target(0.1, min_tokens_to_keep=0)
    scores = _scores(seed).nan_to_num(neginf=-9.0)
    return target(
        [0.1, 0.3, 0.02, 0.6][seed % 4],
        **[{}, {"min_tokens_to_keep": 3}, {"filter_value": -50.0}, {"min_tokens_to_keep": 20}][
            (seed // 2) % 4
        ],
    )(_tokens(seed, len(scores)), scores.float())


def top_h(target, seed):
    if seed == 11:
        return target(0.0)
    scores = _scores(seed).nan_to_num(neginf=-9.0)
    if seed == 7:
        scores = torch.randn(2, 120, generator=_gen(seed)) * 0.1
    return target(
        [0.4, 0.8, 0.1, 1.0][seed % 4], **({"filter_value": -7.0} if seed % 3 == 2 else {})
    )(_tokens(seed, len(scores)), scores)


def prefix_constrained(target, seed):
    beams = 1 + seed % 2
    scores = torch.randn(beams * (1 + seed % 3), 6, generator=_gen(seed))
    ids = _tokens(seed, len(scores), vocabulary=6)
    if seed % 4 == 1:
        scores[:beams] = -float("inf")
    if seed % 4 == 2:
        scores[0] = -float("inf")

    def allowed(batch, sent):
        if seed == 9 and batch == 0:
            return []
        return [int(sent[-1]), (batch + 1) % 6]

    return target(allowed, beams)(ids, scores)


def encoder_repetition(target, seed):
    prompt = _tokens(seed, 1 + seed % 2)
    if seed == 10:
        return target(2, prompt)
    if seed == 11:
        return target(-0.5, prompt)
    scores = torch.randn(len(prompt) * (1 + seed % 3), 8, generator=_gen(seed))
    return target([1.5, 0.7, 3.0][seed % 3], prompt)(_tokens(seed + 1, len(scores)), scores)


def wsd(target, seed):
    options = {
        "num_warmup_steps": [4, 0, 10][seed % 3],
        "num_stable_steps": [3, 5, 0][seed % 3],
        "num_decay_steps": [6, 4, 8][seed % 3],
    }
    options |= {
        "warmup_type": ["linear", "cosine", "1-sqrt"][(seed // 2) % 3],
        "decay_type": ["cosine", "1-sqrt", "linear"][seed % 3 if seed % 2 else (seed // 3) % 3],
        "min_lr_ratio": [0.0, 0.1, 0.25][seed % 3 if seed > 2 else 1],
        "num_cycles": [0.5, 1.0, 1.5][(seed // 3) % 3],
    }
    return [float(target(step, **options)) for step in range(0, 22)]


def polynomial_decay(target, seed):
    options = {
        "num_warmup_steps": [4, 0, 2][seed % 3],
        "num_training_steps": [10, 7, 12][seed % 3],
        "lr_end": [1e-2, 0.0, 0.1][(seed // 2) % 3],
        "power": [1.0, 2.0, 0.5][(seed // 3) % 3],
        "lr_init": [1.0, 0.5][seed % 2],
    }
    return [float(target(step, **options)) for step in range(0, 15)]


def label_smoother(target, seed):
    logits = torch.randn(2, 5, 4, generator=_gen(seed))
    labels = _tokens(seed, 2, length=5, vocabulary=4)
    options = [{}, {"epsilon": 0.3}, {"epsilon": 0.0, "ignore_index": 2}][seed % 3]
    labels[0, 1] = options.get("ignore_index", -100)
    if seed % 2:
        labels[1, 3:] = options.get("ignore_index", -100)
    if seed == 4:
        labels = labels.unsqueeze(-1)
    call = [
        {},
        {"shift_labels": True},
        {"num_items_in_batch": 6},
        {"shift_labels": True, "num_items_in_batch": torch.tensor(7)},
    ][seed % 4 if seed != 4 else 0]
    return target(**options)({"logits": logits} if seed % 2 else (logits,), labels, **call)


def size_with_aspect_ratio(seed):
    image = [
        (480, 640),
        (640, 480),
        (333, 500),
        (100, 1000),
        (1000, 100),
        (500, 500),
        (37, 91),
        (800, 1333),
    ][seed % 8]
    return (image, [800, 300, 100, 37, 224][seed % 5], [None, 1333, 500, 640][(seed // 2) % 4])


def center_crop(target, seed):
    rng = _rng(seed)
    h, w = int(rng.integers(4, 9)), int(rng.integers(4, 9))
    image = rng.integers(0, 255, (h, w, 3) if seed % 2 else (3, h, w)).astype(
        [np.uint8, np.float32][seed % 2]
    )
    size = [(3, 4), (9, 3), (10, 11), (h, w), (5, 12), (2, 2), (7, 7)][seed % 7]
    options = [{}, {"data_format": "channels_last"}, {"data_format": "channels_first"}][seed % 3]
    if seed == 9:
        image = image.tolist()
    if seed == 10:
        size = (3,)
    return target(image, size, **options)


def normalize(target, seed):
    rng = _rng(seed)
    channels = 1 if seed % 5 == 4 else 3
    image = rng.integers(0, 255, (5, 6, channels) if seed % 2 else (channels, 5, 6)).astype(
        [np.uint8, np.float32, np.float16, np.float64][seed % 4]
    )
    mean, std = [([0.5, 1.0, 2.0], [2.0, 3.0, 4.0]), (0.5, 2.0), ((1.0, 2.0, 3.0), 2.0)][seed % 3]
    if channels == 1 and not isinstance(mean, float):
        mean, std = mean[:1], 4.0
    if seed == 10:
        image = torch.zeros(3, 4, 4)
    if seed == 11:
        std = [1.0, 2.0]
    options = [{}, {"data_format": "channels_last"}, {"data_format": "channels_first"}][
        (seed // 2) % 3
    ]
    return target(image, mean, std, **options)


def split_to_tiles(seed):
    rows, columns = 1 + seed % 3, 1 + (seed // 2) % 3
    return (
        torch.arange(2.0 * 2 * rows * 2 * columns * 3).reshape(
            1 + seed % 2, -1, rows * 2, columns * 3
        )
        if seed != 9
        else torch.zeros(1, 3, 5, 7),
        rows if seed != 9 else 2,
        columns,
    )


def make_causal_mask(target, seed):
    dtype = [torch.float32, torch.float16, torch.bfloat16][seed % 3]
    options = {}
    if seed % 3:
        options["past_key_values_length"] = seed % 5
    if seed % 2:
        options["sliding_window"] = 1 + seed % 4
    return target(torch.Size([1 + seed % 2, 1 + seed % 6]), dtype, torch.device("cpu"), **options)


def llama3_parameters(target, seed):
    parameters = {
        "rope_theta": [10000.0, 500000.0][seed % 2],
        "factor": [8.0, 2.0, 32.0][seed % 3],
        "low_freq_factor": [1.0, 2.0][(seed // 2) % 2],
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": [8192, 64, 512][seed % 3],
    }
    if seed % 4 == 3:
        parameters["partial_rotary_factor"] = 0.5
    config = SimpleNamespace(
        rope_parameters=parameters,
        hidden_size=64,
        num_attention_heads=[4, 2][seed % 2],
        standardize_rope_params=lambda: None,
    )
    if seed % 3 == 1:
        config.head_dim = [24, None][seed % 2]
    frequencies, factor = target(config, torch.device("cpu"))
    return [frequencies * 1000, factor]


def weighting_function(seed):
    return (
        [32, 8, 16, 6, 10, 4][seed % 6],
        torch.tensor([[0.5, -0.5, 1.0, 0.25][seed % 4]]),
        [4, 2, -3][seed % 3] if seed % 2 else torch.tensor([4.0]),
    )


def translate_gt(target, seed):
    bins, scale = [32, 8, 16][seed % 3], [4, 2][seed % 2]
    gt = torch.randn(3, 4, generator=_gen(seed)) * [1.0, 3.0, 0.2][seed % 3]
    gt[0, 0], gt[0, 1], gt[0, 2] = -100.0, 100.0, 0.0
    return list(target(gt if seed % 2 else gt[0], bins, scale, torch.tensor([0.5])))


def sigmoid_focal_loss(seed):
    gen = _gen(seed)
    shape = (1 + seed % 4, 3)
    targets = (
        (torch.rand(shape, generator=gen) < 0.4).float()
        if seed % 3
        else torch.rand(shape, generator=gen)
    )
    base = (torch.randn(shape, generator=gen) * 3, targets, 1 + seed % 5)
    return (
        base if seed % 4 == 0 else (*base, [-1, 0.5, 0.0][seed % 3], [2, 0, 1.5][(seed // 2) % 3])
    )


def question_answering_loss(target, seed):
    gen = _gen(seed)
    n, length = 1 + seed % 4, 6
    start, end = _rng(seed).integers(0, length, (2, n))
    start, end = torch.tensor(start), torch.tensor(end)
    if n > 1 and seed % 2:
        start[0] = 9
        end[-1] = -3
    if seed % 3 == 1:
        start, end = start.unsqueeze(-1), end.unsqueeze(-1)
    if seed == 6:
        end = None
    return target(
        torch.randn(n, length, generator=gen), torch.randn(n, length, generator=gen), start, end
    )


def collate_batch(target, seed):
    rng = _rng(seed)
    rows = [
        list(map(int, rng.integers(1, 9, int(rng.integers(1, 6)) if seed % 3 else 4)))
        for _ in range(1 + seed % 4)
    ]
    if seed % 4 == 1:
        rows = [torch.tensor(r) for r in rows]
    if seed % 4 == 2:
        rows = [np.array(r) for r in rows]
    tokenizer = SimpleNamespace(
        pad_token="<pad>",
        pad_token_id=[0, 7][seed % 2],
        padding_side=["right", "left"][(seed // 2) % 2],
    )
    if seed == 10:
        tokenizer.pad_token = None
        rows = [[1, 2], [3]]
    return target(rows, tokenizer, *([[4, 3, 8][seed % 3]] if seed % 2 else []))
