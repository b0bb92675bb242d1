from types import SimpleNamespace

import numpy as np


def _rng(seed):
    return np.random.default_rng(12000 + seed)


_WORDS = ["the", "cat", "sat", "on", "mat", "a", "dog", "ran"]


def _pair(seed):
    rng = _rng(seed)
    ref = [str(w) for w in rng.choice(_WORDS, int(rng.integers(3, 10)))]
    hyp = list(ref)
    for _ in range(int(rng.integers(0, 3))):
        hyp[int(rng.integers(len(hyp)))] = str(rng.choice(_WORDS))
    cut = int(rng.integers(0, len(hyp)))
    if seed % 2:
        hyp = hyp[cut:] + hyp[:cut]
    return hyp, ref


def chrf_f_score(target, seed):
    rng = _rng(seed)
    order = 1 + seed % 6
    stats = []
    for _ in range(order):
        h, r = int(rng.integers(0, 9)), int(rng.integers(0, 9))
        stats += [h, r, int(rng.integers(0, min(h, r) + 1))]
    if seed == 7:
        stats = [0] * (3 * order)
    return float(
        target(
            SimpleNamespace(beta=[1, 2, 3][seed % 3], order=order, eps_smoothing=seed % 4 == 1),
            stats,
        )
    )


def chrf_remove_punctuation(target, seed):
    from sacrebleu.metrics.chrf import CHRF

    return target(
        CHRF(),
        [
            "Hello, world!",
            "(hi) there",
            "a . b ,",
            '"quoted" text',
            "...dots",
            "",
            "no punctuation here",
            "-dash dash- -",
            "end.) (start",
            "it's 3.14 % x%",
            "'tis",
            "!? ?! a!",
        ][seed],
    )


def translation_edit_rate(seed):
    hyp, ref = _pair(seed)
    if seed == 4:
        ref = []
    if seed == 6:
        hyp = []
    return hyp, ref


def trace_to_alignment(seed):
    if seed == 9:
        return ("s x",)
    return (
        "".join(
            str(c) for c in _rng(seed).choice([" ", "s", "i", "d"], int(_rng(seed).integers(0, 9)))
        ),
    )
