import numpy as np


def _rng(seed):
    return np.random.default_rng(13000 + seed)


_WORDS = ["the", "cat", "sat", "on", "mat", "a", "dog"]


def _text(rng, low=1, high=8):
    return " ".join(str(w) for w in rng.choice(_WORDS, int(rng.integers(low, high))))


def _pairs(seed):
    rng = _rng(seed)
    refs = [_text(rng) for _ in range(1 + seed % 3)]
    hyps = []
    for ref in refs:
        words = ref.split()
        if rng.random() < 0.7:
            words[int(rng.integers(len(words)))] = str(rng.choice(_WORDS))
        if rng.random() < 0.5:
            words.insert(int(rng.integers(len(words) + 1)), "extra")
        if rng.random() < 0.5:
            words.pop(int(rng.integers(len(words))))
        hyps.append(" ".join(words))
    return refs, hyps


def process_words(target, seed):
    refs, hyps = _pairs(seed)
    if seed == 6:
        refs, hyps = refs[0], hyps[0]
    if seed == 7:
        hyps = [*hyps, "one more"]
    if seed == 8:
        refs[0] = ""
    if seed == 9:
        hyps = [""] * len(hyps)
    if seed == 10:
        hyps = refs
    out = target(refs, hyps)
    chunks = [
        [(c.type, c.ref_start_idx, c.ref_end_idx, c.hyp_start_idx, c.hyp_end_idx) for c in row]
        for row in out.alignments
    ]
    return [
        out.references,
        out.hypotheses,
        chunks,
        out.wer,
        out.mer,
        out.wil,
        out.wip,
        out.hits,
        out.substitutions,
        out.insertions,
        out.deletions,
    ]


def collect_error_counts(target, seed):
    import jiwer

    refs, hyps = _pairs(seed + 20)
    out = jiwer.process_words(refs, hyps) if seed % 3 else jiwer.process_characters(refs, hyps)
    return [dict(d) for d in target(out)]


def reduce_to_words(target, seed):
    rng = _rng(seed)
    text = [
        _text(rng),
        [_text(rng), _text(rng)],
        [],
        "",
        ["", "a  b "],
        "a,b,,c",
        ["x,y", "z"],
        [" lead", "trail "],
    ][seed % 8]
    transform = target() if seed % 2 == 0 else target(word_delimiter=[" ", ","][seed % 4 == 1])
    if seed == 10:
        text = 5
    return transform(text)


def substitute_words(target, seed):
    texts = [
        "foo foobar bar",
        "c++ is c",
        "the cat's hat",
        "A.B a.b",
        "",
        "foo-bar foo_bar",
        "bar foo bar",
    ]
    mapping = [
        {"foo": "bar"},
        {"foo": "bar", "bar": "baz"},
        {"a.b": "X"},
        {"cat": "", "the": "THE"},
        {"c": "d"},
    ][seed % 5]
    transform = target(mapping)
    return [
        transform(texts[seed % 7]),
        transform(texts),
        transform.process_string(texts[(seed + 3) % 7]),
    ]
