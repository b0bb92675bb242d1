from types import SimpleNamespace

import numpy as np
import torch


def rng(seed):
    return np.random.default_rng(seed + 100)


def nonlinearity(target, seed):
    from torch import nn

    r = rng(seed)
    x = torch.tensor(r.normal(size=4 if seed % 4 in (1, 2) else (4, 3)))
    if seed % 4 == 2:
        x = x.sigmoid()
    criterion = [nn.CrossEntropyLoss(), nn.BCEWithLogitsLoss(), nn.BCELoss(), nn.NLLLoss()][
        seed % 4
    ]
    net = SimpleNamespace(_criteria=["criterion"], criterion_=criterion)
    if seed == 4:
        net = SimpleNamespace(_criteria=["a", "b"], a_=criterion, b_=criterion)
    if seed == 5:
        net = SimpleNamespace(_criteria=["loss"], loss_=SimpleNamespace(_orig_mod=criterion))
    if seed == 7:
        net = SimpleNamespace(_criteria=[])
    return target(net)(x)


class Tokens(dict):
    def to(self, device):
        return self

    def copy(self):
        return Tokens(self)


class Tokenizer:
    eos_token_id, pad_token_id = 0, 1

    def __call__(self, text, return_tensors=None):
        ids = [2 + (ord(c) % 6) for c in text[:4]]
        return Tokens(
            input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long)
        )


class Model:
    """Greedy generation whose logits depend on all tokens so far."""

    def __init__(self):
        self.calls = []

    def generate(self, logits_processor, max_new_tokens, input_ids, attention_mask):
        self.calls.append([input_ids[0].tolist(), int(attention_mask.sum()), max_new_tokens])
        for _ in range(max_new_tokens):
            scores = torch.sin(torch.arange(9.0) * (1 + input_ids.sum())).unsqueeze(0) * 2
            for process in logits_processor:
                scores = process(input_ids, scores)
            input_ids = torch.cat([input_ids, scores.argmax(-1, keepdim=True)], -1)
        return input_ids


def cache_wrapper(target, seed):
    tokenizer, model = Tokenizer(), Model()
    wrapper = (
        target(model, tokenizer)
        if seed % 3
        else target(model, tokenizer, use_caching=bool(seed % 2))
    )
    out = []
    labels = [
        [[3, 4, 0], [3, 5, 0]],
        [[2, 3], [2, 3, 4], [5]],
        [[6, 7, 1], [6, 8]],
        [[4], [4], [4, 0]],
        [[3, 1], [3, 1]],
    ][seed % 5]
    for text in (["ab", "cd"], ["xyz"], ["ab", "ab"])[seed % 3]:
        for label in labels:
            logits = wrapper.generate_logits(label_id=list(label), **tokenizer(text))
            out.append(torch.stack(logits) if logits else None)
        if seed % 4 == 3:
            wrapper.clear()
    return [out, model.calls, sorted(wrapper.cache), wrapper._total_calls, wrapper._uncached_calls]


def logits_recorder(target, seed):
    g = torch.Generator().manual_seed(seed)
    labels = [[2, 4, 0], [1], [3, 3], [5, 2]][seed % 4]
    recorder = target(labels, None)
    out = []
    for _ in range(len(labels) + (seed == 7)):
        scores = torch.randn(1, 6, generator=g)
        out.append([recorder(torch.zeros(1, 2), scores).clone(), scores])
    return [out, recorder.recorded_scores]


class Logits:
    def __init__(self, seed, scale):
        self.g, self.scale = torch.Generator().manual_seed(seed), scale

    def generate_logits(self, label_id, input_ids, attention_mask):
        n = max(1, len(label_id) - int(input_ids.sum()) % 2)
        return [
            torch.randn(10, generator=self.g) * self.scale
            - (1e4 if self.scale == 0 else 0) * torch.eye(10)[label_id[0]]
            for _ in range(n)
        ]


def predict_one(target, seed):
    owner = SimpleNamespace(
        tokenizer_=Tokenizer(),
        device_="cpu",
        cached_model_=Logits(seed, [1.0, 2.0, 0.5][seed % 3]),
        label_ids_=[[3, 4], [5], [2, 3, 7]][: 2 + seed % 2],
        threshold_low_prob=[0.0, 0.05, 0.9, 0.3][seed % 4],
        error_low_prob=["ignore", "raise", "warn", "raise", "return_none"][seed % 5],
    )
    if seed == 9:
        owner.cached_model_.scale = 0
    return target(owner, ["ab", "cde", "z"][seed % 3])


def llm_predict(target, seed):
    r = rng(seed)
    probs = r.random(size=(5, 3)) * 0.4
    owner = SimpleNamespace(
        _predict_proba=lambda X: probs[: len(X)],
        classes_=np.array(["neg", "neutral", "pos"]) if seed % 3 else np.array([10, 20, 30]),
        error_low_prob=["ignore", "return_none", "warn", "return_none"][seed % 4],
        threshold_low_prob=[0.0, 0.6, 0.5, 0.75][seed % 4],
    )
    if seed == 5:
        owner.threshold_low_prob = 10.0
    return target(owner, ["a", "b", "c", "d", "e"][: 5 - seed % 2]).tolist()
