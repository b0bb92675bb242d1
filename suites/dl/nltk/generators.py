import numpy as np


def _rng(seed):
    return np.random.default_rng(11000 + seed)


_WORDS = ["the", "cat", "sat", "on", "mat", "a", "dog"]


def _sentence(rng, low=1, high=9):
    return [str(w) for w in rng.choice(_WORDS, int(rng.integers(low, high)))]


def _corpus(seed, n=3, refs=2):
    rng = _rng(seed)
    hypotheses = [_sentence(rng) for _ in range(n)]
    references = []
    for hyp in hypotheses:
        group = []
        for _ in range(refs):
            ref = list(hyp)
            for _ in range(int(rng.integers(0, 4))):
                ref[int(rng.integers(len(ref)))] = str(rng.choice(_WORDS))
            group.append(ref + _sentence(rng, 0, 3))
        references.append(group)
    return references, hypotheses


def agreement_alpha(target, seed):
    from nltk.metrics.agreement import AnnotationTask
    from nltk.metrics.distance import binary_distance, interval_distance

    rng = _rng(seed)
    numeric = seed % 2 == 1
    labels = [1, 2, 4] if numeric else ["x", "y", "z"]
    data = [
        (f"c{c}", f"i{i}", labels[int(rng.integers(3))])
        for c in range(3)
        for i in range(4)
        if rng.random() < 0.85
    ]
    if seed == 6:
        data = [("c0", "i0", "x"), ("c1", "i1", "y"), ("c0", "i2", "x"), ("c1", "i2", "x")]
    if seed == 8:
        data = [("c0", "i0", "x"), ("c1", "i0", "x")]
    task = AnnotationTask(distance=interval_distance if numeric else binary_distance)
    if seed != 10:
        task.load_array(data)
    return float(target(task))


def corpus_nist(seed):
    refs, hyps = _corpus(seed, n=1 + seed % 3, refs=1 + seed % 2)
    hyps = [h + ["the", "cat", "sat"] for h in hyps]
    refs = [[r + ["the", "cat", "sat"][: 2 + seed % 2] for r in g] for g in refs]
    if seed == 8:
        hyps = hyps + [["a"]]
    return (refs, hyps, 1 + seed % 3)


def word_rank_alignment(target, seed):
    refs, hyps = _corpus(seed + 30, n=1, refs=1)
    ref, hyp = refs[0][0], hyps[0]
    if seed == 3:
        ref = "he was interested in world history because he read the book".split()
        hyp = "he read the book because he was interested in world history".split()
    if seed % 2 and seed != 3:
        ref, hyp = ref + hyp[::-1], hyp + ref
    return list(target(ref, hyp))


def averaged_perceptron(target, seed):
    rng = _rng(seed)
    model = target() if seed % 3 else target({"w0": {"A": 0.5, "B": -0.5}})
    model.classes = {"A", "B", "C"}
    guesses = []
    for _ in range(8 + seed):
        features = {f"w{int(k)}": int(rng.integers(0, 3)) for k in rng.integers(0, 4, 2)}
        guess, conf = model.predict(
            features,
            return_conf=bool(model.weights)
            and any(f in model.weights and v for f, v in features.items()),
        )
        guesses.append((guess, conf))
        model.update(str(rng.choice(["A", "B", "C"])), guess, features)
    before = {k: dict(v) for k, v in model.weights.items()}
    model.average_weights()
    return [
        guesses,
        before,
        model.weights,
        model.i,
        target.decode_json_obj(model.encode_json_obj()).weights,
    ]
