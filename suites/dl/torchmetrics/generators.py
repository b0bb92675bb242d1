import math
import random

import torch


def gen(seed):
    return torch.Generator().manual_seed(seed * 7919 + 13)


def uni(g, *shape, dtype=torch.float32):
    return torch.rand(*shape, generator=g, dtype=dtype)


def nor(g, *shape, dtype=torch.float32):
    return torch.randn(*shape, generator=g, dtype=dtype)


def ints(g, low, high, *shape):
    return torch.randint(low, high, shape, generator=g)


def distinct(g, *shape):
    """Values in (0, 1), all different."""
    n = math.prod(shape)
    return ((torch.randperm(n, generator=g).float() + 0.5) / n).reshape(shape)


# ---------------------------------------------------------------- classification


def binning_bucketize(seed):
    g = gen(seed)
    bins = [3, 5, 10, 15, 1, 4][seed % 6]
    n = [12, 40, 7, 1, 0, 25][seed % 6]
    dtype = torch.float64 if seed % 3 == 1 else torch.float32
    conf = uni(g, n, dtype=dtype)
    if n > 3:
        conf[0], conf[1], conf[2] = 1.0, 0.0, 1 / bins
    acc = ints(g, 0, 2, n)
    acc = [acc.float(), acc.bool(), acc.double()][seed % 3]
    return conf, acc, torch.linspace(0, 1, bins + 1, dtype=dtype)


def ce_compute(seed):
    g = gen(seed)
    n = [20, 35, 8, 50][seed % 4]
    conf = uni(g, n)
    acc = (uni(g, n) < conf).float()
    bins = [5, 10, 3, 15][(seed // 2) % 4]
    if seed % 3 == 1:
        bins = torch.tensor([0.0, 0.1, 0.35, 0.5, 0.8, 1.0])
    norm = ["l1", "l2", "max", "l2", "l2"][seed % 5]
    if seed == 11:
        norm = "l3"
    if seed == 8:
        return torch.tensor([1.0, 1.0, 0.0]), torch.tensor([1.0, 1.0, 0.0]), 4, "l2"
    if seed == 9:
        return conf, acc, bins
    return conf, acc, bins, norm, seed % 5 == 3


def binary_hinge(seed):
    g = gen(seed)
    n = [10, 1, 33, 6][seed % 4]
    if seed == 6:
        return uni(g, 5, 3) * 3 - 1, ints(g, 0, 2, 5, 3), False
    if seed == 7:
        return uni(g, 4, 2) * 2, ints(g, 0, 2, 4, 2), True
    preds = uni(g, n) if seed % 2 else nor(g, n) * 2
    return preds, ints(g, 0, 2, n), bool((seed // 2) % 2)


def labels_and_scores(seed, ties=True):
    g = gen(seed)
    n, c = [(6, 4), (3, 5), (10, 3), (1, 6), (8, 7)][seed % 5]
    target = ints(g, 0, 2, n, c)
    if n > 2:
        target[0], target[1] = 0, 1
    preds = distinct(g, n, c)
    if ties and seed % 3 == 2:
        preds = (preds * 4).round() / 4
    if seed % 4 == 3:
        preds = preds * 6 - 3
    return preds, target


def coverage_error(seed):
    preds, target = labels_and_scores(seed)
    if seed == 8:
        target = torch.ones_like(target)
    return preds, target


def ranking_loss(seed):
    preds, target = labels_and_scores(seed, ties=False)
    if seed == 7:
        target = torch.zeros_like(target)
    if seed == 8:
        target = torch.ones_like(target)
    return preds, target


def recall_at_precision(seed):
    g = gen(seed)
    n = [6, 9, 4, 15][seed % 4]
    precision, recall, thresholds = uni(g, n + 1), uni(g, n + 1), uni(g, n).sort()[0]
    if seed % 2:
        recall = (recall * 3).round() / 3
        precision = (precision * 3).round() / 3
    low = [0.3, 0.5, 0.6, 0.9, 1.5, 0.0][seed % 6]
    if seed == 10:
        recall = torch.zeros(n + 1)
    if seed == 9:
        precision = precision[:-2]
    return precision, recall, thresholds, low


def sensitivity_at_specificity(seed):
    g = gen(seed)
    n = [6, 9, 4, 15][seed % 4]
    dtype = torch.float64 if seed % 5 == 4 else torch.float32
    low = [0.3, 0.5, 0.7, 0.9, 1.5, 0.0][seed % 6]
    spec = distinct(g, n).to(dtype)
    if seed == 6:
        low = float(spec[2])
    return distinct(g, n).to(dtype), spec, uni(g, n, dtype=dtype), low


def curve_state(seed):
    g = gen(seed)
    if seed % 2:
        k = [4, 7, 2][seed % 3]
        state = ints(g, 0, 9, k, 2, 2)
        if seed % 3 == 0:
            state[-1, :, 1] = 0
        if seed == 7:
            state[:, 1, :] = 0
        return (state, torch.linspace(0, 1, k))
    n = [8, 15, 3, 24][(seed // 2) % 4]
    preds = uni(g, n)
    if seed % 4:
        preds = (preds * 6).round() / 6
    target = ints(g, 0, 2, n)
    if seed == 4:
        target = torch.zeros_like(target)
    if seed == 8:
        target = torch.ones_like(target)
    if seed == 10:
        return (preds, target), None, 0
    return (preds, target), None


def roc_compute(seed):
    return curve_state(seed)


def auroc_compute(seed):
    args = curve_state(seed)
    limit = [None, 0.5, 0.3, None, 0.8, 0.1, 1.0, 0.65][seed % 8]
    return {
        "state": args[0],
        "thresholds": args[1],
        "max_fpr": limit,
        **({"pos_label": 0} if seed == 10 else {}),
    }


def multiclass_stat_update(seed):
    g = gen(seed)
    n, c, l = [(6, 3, 2), (4, 4, 3), (9, 5, 1), (3, 3, 4)][seed % 4]
    target = ints(g, 0, c, n, l)
    kwargs = {"num_classes": c}
    top = [1, 1, 2, 1, 1, 2, 1, 3, 1, 1, 2, 1][seed % 12]
    if top > 1:
        preds = distinct(g, n, c, l)
        kwargs["top_k"] = top
    else:
        preds = ints(g, 0, c, n, l)
    if seed % 3 == 0:
        kwargs["multidim_average"] = "samplewise"
    kwargs["average"] = ["micro", "macro", None, "weighted", "micro"][seed % 5]
    if seed % 4 == 1:
        kwargs["ignore_index"] = 1
    if seed % 4 == 2:
        kwargs["ignore_index"] = -1
        target[0, 0] = -1
        target[-1, -1] = -1
    if seed == 4:
        del kwargs["average"]
    return {"preds": preds, "target": target, **kwargs}


def confmat_reduce(seed):
    g = gen(seed)
    shape = [(3, 3), (2, 2), (4, 2, 2), (5, 5)][seed % 4]
    confmat = ints(g, 0, 9, *shape)
    if seed % 5 == 4:
        confmat = confmat.double() / 7
    if seed in (4, 7):
        confmat[..., 1, :] = 0
    if seed in (8, 1):
        confmat[..., :, 0] = 0
    mode = [
        "true",
        "pred",
        "all",
        "none",
        None,
        "true",
        "pred",
        "true",
        "pred",
        "all",
        "row",
        "pred",
    ][seed % 12]
    return (confmat,) if seed == 4 else (confmat, mode)


def ml_confmat_format(target, seed):
    g = gen(seed)
    n, c = [(5, 3), (4, 2), (1, 4)][seed % 3]
    extra = () if seed % 2 else (3,)
    kind = (seed // 2) % 3
    preds = [nor(g, n, c, *extra) * 2, uni(g, n, c, *extra), ints(g, 0, 2, n, c, *extra)][kind]
    truth = ints(g, -1 if seed % 3 != 1 else 0, 2, n, c, *extra)
    kwargs = {"preds": preds, "target": truth, "num_labels": c}
    if seed % 3 != 1:
        kwargs["ignore_index"] = -1
    if seed % 4 > 1:
        kwargs["threshold"] = 0.3
    if seed % 5 == 4:
        kwargs["should_threshold"] = False
    return list(target(**kwargs)), preds, truth


# ---------------------------------------------------------------- regression


def csi_update(seed):
    g = gen(seed)
    shape = [(10,), (3, 4), (2, 3, 4), (2, 4, 3, 2)][seed % 4]
    preds, target = (uni(g, *shape) * 10).round() / 10, (uni(g, *shape) * 10).round() / 10
    args = [preds, target, [0.5, 0.2, 0.8][seed % 3]]
    if seed % 4 and seed % 3:
        args.append((seed // 2) % len(shape))
    if seed == 9:
        args = [preds, target, 0.5, 5]
    if seed == 10:
        args = [preds[:1], target, 0.5]
    return tuple(args)


def crps_update(seed):
    g = gen(seed)
    n, m = [(4, 3), (1, 5), (7, 2), (3, 10)][seed % 4]
    if seed == 8:
        m = 1
    preds = nor(g, n, m, dtype=torch.float64 if seed % 3 == 2 else torch.float32)
    target = nor(g, n + (seed == 9), dtype=preds.dtype)
    if seed == 5:
        preds = preds.round()
        target = target.round()
    return preds, target


def explained_variance_compute(seed):
    g = gen(seed)
    n, d = [(6, 3), (10, 1), (4, 5), (20, 2)][seed % 4]
    target = nor(g, n, d) * 3
    preds = target + nor(g, n, d)
    if seed % 3 == 1:
        target[:, 0] = 2.0
    if seed % 4 == 2:
        preds[:, 1] = target[:, 1]
        preds[:, 2] = 1.0
        target[:, 2] = 1.0
    diff = target - preds
    out = [n, diff.sum(0), (diff * diff).sum(0), target.sum(0), (target * target).sum(0)]
    if seed % 5:
        out.append(["raw_values", "uniform_average", "variance_weighted", "raw_values"][seed % 4])
    return tuple(out)


def r2_compute(seed):
    g = gen(seed)
    n, d = [(6, 3), (10, 1), (8, 5), (20, 2)][seed % 4]
    target = nor(g, n, d) * 3
    preds = target + nor(g, n, d)
    if seed % 3 == 1:
        target[:, 0] = 0.0
    if seed % 4 == 2:
        preds[:, 1] = target[:, 1]
    diff = target - preds
    kwargs = {
        "sum_squared_obs": (target * target).sum(0),
        "sum_obs": target.sum(0),
        "rss": (diff * diff).sum(0),
        "num_obs": n,
    }
    if seed % 5:
        kwargs["multioutput"] = [
            "raw_values",
            "uniform_average",
            "variance_weighted",
            "raw_values",
        ][seed % 4]
    if seed % 2:
        kwargs["adjusted"] = [2, n - 1, 3, n + 3, 1][seed % 5]
    if seed == 10:
        kwargs["multioutput"] = "median"
    if seed == 11:
        kwargs["adjusted"] = -1
    if seed == 12:
        kwargs["num_obs"] = 1
    return kwargs


def spearman_compute(seed):
    g = gen(seed)
    shape = [(9,), (12, 3), (5, 1), (20,)][seed % 4]
    preds = nor(g, *shape)
    target = preds * (1 if seed % 3 else -1) + nor(g, *shape)
    if seed % 2:
        target = target.round()
    if seed == 6:
        target = preds.exp()
    if seed == 7:
        preds = torch.ones(6)
        target = torch.arange(6.0)
    return (preds, target) if seed % 5 else (preds, target, 0.5)


def tweedie_update(seed):
    g = gen(seed)
    shape = [(6,), (4, 2), (10,)][seed % 3]
    preds, targets = uni(g, *shape) + 0.1, uni(g, *shape) + 0.05
    power = [0, 1, 2, 1.5, 3, -1, -0.5, 1.7, 1, 0.5, 2, 1.5, 3, 1, 2.5, -2][seed % 16]
    if power in (0, -1, -0.5, -2):
        targets = targets - 0.5
    if power in (1, 1.5, 1.7):
        targets.view(-1)[0] = 0.0
    if seed == 10:
        targets.view(-1)[1] = 0.0
    if seed == 11:
        targets.view(-1)[1] = -0.2
    if seed == 12:
        preds.view(-1)[1] = 0.0
    if seed == 13:
        preds.view(-1)[1] = -1.0
    if seed == 15:
        preds.view(-1)[1] = 0.0
    return (preds, targets) if seed == 0 else (preds, targets, power)


def kld_update(seed):
    g = gen(seed)
    n, d = [(4, 3), (1, 6), (7, 2)][seed % 3]
    p, q = uni(g, n, d) + 0.05, uni(g, n, d) + 0.05
    log_prob = bool(seed % 2)
    if log_prob:
        p, q = torch.log_softmax(p * 3, -1), torch.log_softmax(q * 3, -1)
    elif seed % 4 == 2:
        p[0, 0] = 0.0
    if seed == 8:
        return p, q[:, :1], log_prob
    if seed == 9:
        return p[0], q[0], log_prob
    return p, q, log_prob


def jsd_update(seed):
    return kld_update(seed + 20) if seed not in (8, 9) else kld_update(seed)


def pearson_update(target, seed):
    g = gen(seed)
    d = [1, 2, 3][seed % 3]
    shape = lambda n: (n,) if d == 1 else (n, d)
    state = [torch.zeros(d) for _ in range(8)]
    out = []
    sizes = [[5, 3], [1, 4], [6, 1, 1], [2]][seed % 4]
    for n in sizes:
        x = nor(g, *shape(n)) * 2 + 1
        y = 0.5 * x + nor(g, *shape(n))
        if seed == 8:
            y = y[..., :1].repeat(2, 1)
        mx, my, ax, ay, vx, vy, cxy, nb = state
        state = list(target(x, y, mx, my, ax, ay, vx, vy, cxy, nb, d if seed != 9 else 5))
        out.append(list(state))
    return out


def kendall_inputs(seed, variant):
    from torchmetrics.functional.regression import kendall

    g = gen(seed)
    n, d = [(8, 1), (12, 2), (6, 3), (20, 1)][seed % 4]
    x = nor(g, n, d)
    y = x + nor(g, n, d)
    if seed % 3:
        x, y = (x * 2).round(), y.round()
    kind = kendall._MetricVariant(variant)
    return kendall, x, y, kind, kendall._get_metric_metadata(x, y, kind)


def kendall_tau(seed):
    _, x, y, kind, (con, dis, pt, _, _, tt, _, _, n) = kendall_inputs(seed, "abc"[(seed // 2) % 3])
    if seed == 9:
        pt = tt = None
    return x, y, con, dis, con - dis, n, pt, tt, kind


def kendall_p_value(seed):
    kendall, x, y, kind, (con, dis, pt, p1, p2, tt, t1, t2, n) = kendall_inputs(
        seed, "abc"[seed % 3]
    )
    alternative = kendall._TestAlternative(["two-sided", "less", "greater"][(seed // 2) % 3])
    return con - dis, n, pt, p1, p2, tt, t1, t2, kind, alternative


def nrmse_update(seed):
    g = gen(seed)
    outputs = [1, 3, 1, 2][seed % 4]
    shape = (8,) if outputs == 1 else (6, outputs)
    if seed == 6:
        shape = (7, 1)
    target = nor(g, *shape) * 2 + 3
    mode = ["mean", "range", "std", "l2", "range"][seed % 5]
    if seed == 9:
        mode = "median"
    if seed == 8:
        return target + nor(g, *shape), target, outputs
    return target + nor(g, *shape), target, outputs, mode


def rse_compute(seed):
    g = gen(seed)
    n, d = [(6, 3), (10, 1), (8, 5), (20, 2)][seed % 4]
    target = nor(g, n, d) * 3
    preds = target + nor(g, n, d)
    if seed == 5:
        target[:, 0] = 0.0
    diff = target - preds
    args = (
        (target * target).sum(0),
        target.sum(0),
        (diff * diff).sum(0),
        n if seed % 2 else torch.tensor(n),
    )
    return args if seed % 3 == 0 else (*args, bool(seed % 2))


# ---------------------------------------------------------------- retrieval


def retrieval_inputs(seed, offset=0):
    g = gen(seed + offset)
    n = [6, 9, 1, 15, 4][seed % 5]
    preds = distinct(g, n)
    target = ints(g, 0, 2, n)
    if n > 1:
        target[:2] = torch.tensor([1, 0])
    if seed % 3 == 2:
        target = target.bool()
    if seed % 4 == 3:
        preds = preds - preds.median()
        target = (preds <= 0).to(target.dtype)
        target[0] = 1
    if seed == 7:
        target = torch.zeros_like(target)
    k = [None, 1, 3, 5, 50, 2][seed % 6]
    return preds, target, k


def retrieval_errors(seed, preds, target):
    if seed == 10:
        return preds[:-1], target
    if seed == 11:
        return preds, target.float()
    return preds, target


def odd_k(seed, k):
    return -1.5 if seed == 12 else k


def retrieval_ap(seed):
    preds, target, k = retrieval_inputs(seed)
    preds, target = retrieval_errors(seed, preds, target)
    k = odd_k(seed, k)
    return (preds, target) if k is None else (preds, target, k)


def retrieval_rr(seed):
    preds, target, k = retrieval_inputs(seed, 20)
    if seed == 3:
        target = torch.zeros_like(target)
    preds, target = retrieval_errors(seed, preds, target)
    k = odd_k(seed, k)
    return (preds, target) if k is None else (preds, target, k)


def retrieval_fall_out(seed):
    preds, target, k = retrieval_inputs(seed, 40)
    if seed == 4:
        target = torch.ones_like(target)
    if seed == 9:
        k = 0
    preds, target = retrieval_errors(seed, preds, target)
    return preds, target.long() if seed != 11 else target, k


def retrieval_auroc(seed):
    preds, target, k = retrieval_inputs(seed, 60)
    if seed == 4:
        target = torch.ones_like(target)
    if seed == 9:
        k = -2
    preds, target = retrieval_errors(seed, preds, target)
    limit = 0.5 if seed % 3 == 0 and len(preds) > 5 else None
    return {"preds": preds, "target": target, "top_k": k, "max_fpr": limit}


def retrieval_precision(seed):
    preds, target, k = retrieval_inputs(seed, 80)
    if seed == 4:
        target = torch.zeros_like(target)
    if seed == 9:
        k = -2
    preds, target = retrieval_errors(seed, preds, target)
    adaptive = bool(seed % 2)
    if seed == 5:
        adaptive = 1
    return (preds, target, k, adaptive) if seed % 3 else (preds, target, k)


def retrieval_ndcg(seed):
    g = gen(seed)
    n = [6, 9, 1, 15, 4][seed % 5]
    preds = distinct(g, n)
    if seed % 2:
        preds = (preds * 3).round() / 3
    target = ints(g, 0, 5, n)
    if seed == 5:
        target = torch.zeros_like(target)
    if seed == 6:
        target = target.float() / 2
    k = [None, 1, 3, 5, 50, 2][seed % 6]
    if seed == 9:
        k = 0
    if seed == 10:
        preds = preds[1:]
    if seed == 11:
        preds = preds.long()
    return preds, target, k


def tie_average_dcg(seed):
    g = gen(seed)
    n = [6, 9, 2, 15, 4][seed % 5]
    preds = uni(g, n)
    if seed % 3:
        preds = (preds * 3).round() / 3
    if seed == 6:
        preds = torch.full((n,), 0.5)
    discount = 1 / torch.log2(torch.arange(n) + 2.0)
    if seed % 2:
        discount[n // 2 :] = 0
    target = ints(g, 0, 4, n)
    return (target if seed % 4 else target.float()), preds, discount.cumsum(0)


# ---------------------------------------------------------------- nominal and clustering


def fleiss_compute(seed):
    g = gen(seed)
    n, c, raters = [(6, 3, 5), (4, 4, 3), (10, 2, 7), (3, 5, 4)][seed % 4]
    counts = torch.zeros(n, c, dtype=torch.long)
    for i in range(n):
        for j in ints(g, 0, c, raters):
            counts[i, j] += 1
    if seed % 5 == 4:
        counts[0, 0] += 2
    if seed == 7:
        counts[:] = 0
        counts[:, 1] = raters
    return (counts,)


# ---------------------------------------------------------------- text

WORDS = "the a cat dog sat ran on under mat rug quickly today and then it was red big green house".split()


def sentence(r, n, words=None):
    return [r.choice(words or WORDS[:9]) for _ in range(n)]


def edited(r, words):
    words = list(words)
    for _ in range(r.randrange(0, 4)):
        kind, at = r.randrange(4), r.randrange(len(words) + 1)
        if kind == 0 and words:
            words.pop(at % len(words))
        elif kind == 1:
            words.insert(at, r.choice(WORDS))
        elif words:
            i, j = r.randrange(len(words)), r.randrange(len(words))
            words[i], words[j] = words[j], words[i]
    return words


def bleu_update(target, seed):
    r = random.Random(seed)
    n_gram = [4, 2, 3, 1][seed % 4]
    refs, preds = [], []
    for _ in range(1 + seed % 3):
        base = sentence(r, r.randrange(3, 9))
        preds.append(" ".join(edited(r, base)))
        refs.append([" ".join(edited(r, base)) for _ in range(1 + r.randrange(3))])
    if seed == 6:
        preds[0] = ""
    if seed == 7:
        refs[0] = ["a b", "a b c d e", "c d e f"]
        preds[0] = "a b a c"
    num, den = torch.zeros(n_gram), torch.ones(n_gram) * (seed % 2)
    lens = target(
        preds,
        refs,
        num,
        den,
        torch.tensor(float(seed % 3)),
        torch.tensor(0.0),
        n_gram,
        *([list] if seed == 9 else []),
    )
    return list(lens), num, den


def eed_function(seed):
    r = random.Random(seed)
    base = sentence(r, 3 + seed % 4)
    hyp, ref = " ".join(edited(r, base)), " ".join(base)
    if seed == 4:
        hyp = "x"
    if seed == 5:
        hyp = ref
    if seed == 6:
        ref = "a"
    args = [hyp, ref]
    if seed % 3 == 1:
        args += [1.0, 0.5, 0.4, 0.8]
    if seed == 8:
        args += [0.3]
    return tuple(args)


def levenshtein(target, seed):
    r = random.Random(seed)
    ref = sentence(r, 2 + seed % 6)
    costs = [(), (2, 1, 1), (1, 3, 1), (1, 1, 3), (2, 2, 5), ()][seed % 6]
    distance = target(ref, *costs)
    out = []
    for k in range(3):
        hyp = edited(r, ref) if seed != 7 else ref[:k]
        if seed == 8 and k == 1:
            hyp = []
        number, trace = distance(hyp)
        out.append([number, [step.name for step in trace]])
    return out


def trace_to_alignment(target, seed):
    from torchmetrics.functional.text.helper import _EditOperations as E

    r = random.Random(seed)
    kinds = [E.OP_INSERT, E.OP_DELETE, E.OP_SUBSTITUTE, E.OP_NOTHING]
    trace = tuple(r.choice(kinds) for _ in range(seed))
    if seed == 9:
        trace = (E.OP_NOTHING, E.OP_UNDEFINED)
    return target(trace)


def perplexity_update(seed):
    g = gen(seed)
    b, l, v = [(2, 4, 5), (1, 3, 7), (3, 2, 4)][seed % 3]
    preds = nor(g, b, l, v, dtype=torch.float64 if seed % 4 == 1 else torch.float32) * 2
    target = ints(g, 0, v, b, l)
    if seed == 8:
        preds = preds[0]
    if seed == 9:
        target = target.int()
    if seed == 10:
        target = target[:, 1:]
    if seed == 11:
        preds = preds.long()
    if seed % 2:
        if seed % 4 == 3:
            target[0, 0] = -100
        return preds, target, -100 if seed % 4 == 3 else 2
    return preds, target


def squad_f1(seed):
    r = random.Random(seed)
    base = sentence(r, 5, WORDS)
    pred = edited(r, base)
    pairs = {
        4: ("the", "a an"),
        5: ("", "cat"),
        6: ("dog", "house"),
        7: ("Red, house!", "a red house"),
    }
    return pairs.get(seed, (" ".join(pred).title(), " ".join(base)))


def shifted_pairs(target, seed):
    r = random.Random(seed)
    words = "a b c".split()
    return (
        list(target(sentence(r, seed % 6, words), sentence(r, 5 - seed % 4, words)))
        if seed < 7
        else list(target(sentence(r, 60, list("abcdefghij")), sentence(r, 58, list("abcdefghij"))))[
            : 40 * seed
        ]
        if seed < 9
        else list(target(["x"] * 12, ["x"] * (5 + seed)))
    )


def perform_shift(seed):
    words = list("abcdefgh")[: 6 + seed % 3]
    start, length, goal = [
        (3, 2, 0),
        (0, 2, 5),
        (1, 3, 2),
        (2, 1, 2),
        (4, 2, 1),
        (0, 1, 6),
        (1, 2, 3),
        (2, 2, 4),
        (0, 3, 1),
        (1, 1, 4),
    ][seed]
    return words, start, length, goal


def union_lcs(seed):
    r = random.Random(seed)
    ref = sentence(r, 4 + seed % 4)
    preds = [edited(r, ref) for _ in range(1 + seed % 3)]
    if seed == 4:
        preds = [["zzz"], []]
    return preds, ref


def rouge_n(seed):
    r = random.Random(seed)
    ref = sentence(r, 6)
    pred = edited(r, ref)
    if seed == 5:
        pred = []
    if seed == 6:
        pred = ["zzz", "yyy", "xxx"]
    if seed == 7:
        ref = ref[:1]
    return pred, ref, [1, 2, 3][seed % 3]


def wil_update(seed):
    r = random.Random(seed)
    refs = [sentence(r, r.randrange(1, 7)) for _ in range(1 + seed % 4)]
    preds = [" ".join(edited(r, x)) for x in refs]
    refs = [" ".join(x) for x in refs]
    if seed == 4:
        return preds[0], refs[0]
    if seed == 5:
        preds[0] = ""
    return preds, refs


def information_measure(target, seed):
    g = gen(seed)
    names = [
        ("kl_divergence",),
        ("alpha_divergence", 0.5),
        ("beta_divergence", None, 0.7),
        ("ab_divergence", 0.25, 0.6),
        ("renyi_divergence", 0.3),
        ("l1_distance",),
        ("l2_distance",),
        ("l_infinity_distance",),
        ("fisher_rao_distance",),
        ("alpha_divergence", 1.0),
        ("ab_divergence", 0.5, -0.5),
        ("renyi_divergence",),
        ("kl_divergence",),
        ("alpha_divergence", 2.0),
        ("beta_divergence", 0.4, 1.5),
        ("beta_divergence", None, -1.0),
    ]
    measure = target(*names[seed])
    n, v = [(2, 5), (1, 4), (3, 6)][seed % 3]
    p, t = torch.softmax(nor(g, n, v), -1), torch.softmax(nor(g, n, v), -1)
    if seed == 12:
        t[0, 0] = 0.0
        p[0, 1] = 0.0
    return measure(p, t)


# ---------------------------------------------------------------- audio


# ---------------------------------------------------------------- images


def block_effect(seed):
    g = gen(seed)
    shape = [(1, 1, 16, 16), (2, 1, 20, 24), (1, 1, 17, 12), (2, 1, 32, 16)][seed % 4]
    size = [8, 4, 8, 5][(seed // 2) % 4]
    x = uni(g, *shape) * 0.1
    if seed % 2:
        x = (
            x
            + (torch.arange(shape[-1]) // size % 2)
            + 0.5 * (torch.arange(shape[-2]) // size % 2)[:, None]
        )
    if seed == 9:
        x = x.repeat(1, 3, 1, 1)
    return (x,) if size == 8 and seed % 3 else (x, size)


def image_pair(seed, shapes):
    g = gen(seed)
    shape = shapes[seed % len(shapes)]
    dtype = torch.float64 if seed % 5 == 4 else torch.float32
    target = uni(g, *shape, dtype=dtype)
    return (target + 0.2 * nor(g, *shape, dtype=dtype)).clamp(0, 1), target


def uqi_compute(seed):
    preds, target = image_pair(seed, [(1, 1, 16, 16), (2, 3, 12, 14), (1, 2, 13, 12)])
    kwargs = {"preds": preds, "target": target}
    if seed % 2:
        kwargs.update(kernel_size=(5, 5), sigma=(1.0, 0.7))
    if seed == 5:
        kwargs["kernel_size"] = (3, 5)
        kwargs["preds"], kwargs["target"] = preds[..., :12, :12], target[..., :12, :12]
    if seed % 3:
        kwargs["reduction"] = ["none", "sum"][seed % 3 - 1]
    if seed == 8:
        kwargs["kernel_size"] = (4, 5)
    if seed == 9:
        kwargs["sigma"] = (1.0, 0.0)
    if seed == 10:
        kwargs["sigma"] = (1.0,)
    return kwargs


def ergas_compute(seed):
    preds, target = image_pair(seed, [(1, 1, 8, 8), (3, 3, 4, 6), (2, 4, 5, 5)])
    return (
        (
            preds,
            target,
            [4, 2, 0.5, 8][seed % 4],
            ["elementwise_mean", "sum", "none", None][(seed // 2) % 4],
        )
        if seed
        else (preds, target)
    )


def psnr_update(seed):
    preds, target = image_pair(seed, [(2, 1, 4, 4), (3, 3, 2, 5), (5, 4)])
    if seed % 4 == 3:
        preds, target = (preds * 255).to(torch.uint8), (target * 255).to(torch.uint8)
    dim = [None, 0, 1, (0, 1), -1, ()][seed % 6]
    return (preds, target) if seed == 0 else (preds, target, dim)


def symmetric_pad(seed):
    g = gen(seed)
    x = nor(g, *[(1, 1, 4, 5), (2, 3, 6, 4), (1, 2, 5, 5)][seed % 3])
    return x, [1, (1, 2, 3, 1), 2, (2, 1, 1, 2), (1, 1, 1), [3, 3, 2, 2]][seed % 6]


def spectral_distortion(seed):
    preds, target = image_pair(seed, [(1, 2, 16, 16), (2, 3, 14, 14), (1, 1, 12, 12)])
    _, fine = image_pair(seed + 50, [(1, 2, 12, 12), (2, 3, 16, 16), (1, 1, 14, 14)])
    if seed % 3 != (seed + 50) % 3:
        fine = target
    return (
        preds,
        (fine if seed % 4 == 0 and fine.shape[:2] == preds.shape[:2] else target),
        1 + seed % 3,
    )


def spectral_angle(seed):
    preds, target = image_pair(seed, [(1, 2, 3, 3), (2, 3, 4, 2), (1, 5, 2, 2)])
    if seed == 4:
        preds = target * 2
    if seed == 5:
        target = -preds
    return (
        (preds, target)
        if seed == 0
        else (preds, target, ["elementwise_mean", "sum", "none", None][seed % 4])
    )


def rmse_sw_update(seed):
    preds, target = image_pair(seed, [(1, 1, 9, 9), (2, 3, 8, 10), (3, 2, 7, 12)])
    size = [3, 4, 5, 2][seed % 4]
    state = [None, None, None]
    if seed % 3 == 1:
        state = [
            torch.tensor(0.7, dtype=preds.dtype),
            torch.ones(preds.shape[1:], dtype=preds.dtype),
            torch.tensor(4),
        ]
    if seed == 8:
        preds = preds.half()
    if seed == 7:
        target = target[:, :1]
    if seed == 9:
        preds, target = preds[0], target[0]
    if seed == 10:
        size = 17
    return preds, target, size, *state


def dice_compute(seed):
    g = gen(seed)
    n, c = [(3, 4), (2, 3), (5, 2)][seed % 3]
    support = ints(g, 0, 9, n, c).float()
    numerator = 2 * torch.minimum(support, ints(g, 0, 9, n, c).float())
    denominator = numerator + ints(g, 0, 5, n, c)
    if seed % 2:
        numerator[0], denominator[0], support[0] = 0, 0, 0
    average = ["micro", "macro", "weighted", "none", None, "weighted"][seed % 6]
    level = "global" if seed % 5 in (1, 2) else "samplewise"
    if seed == 9:
        average = "binary"
    if seed == 11:
        return numerator, denominator, "weighted"
    return (
        numerator,
        denominator,
        average,
        level,
        support if average == "weighted" or seed % 2 else None,
    )


def panoptic_sample(seed):
    g = gen(seed)
    n = [12, 20, 30][seed % 3]
    mapping = {0: 0, 1: 1, 6: 2, 7: 3}
    void = (8, 0)
    ids = torch.tensor([0, 1, 6, 7, 8])

    def colours(base=None):
        blocks = ints(g, 0, 5, n // 3 + 1).repeat_interleave(3)[:n]
        cat = ids[blocks]
        inst = torch.where(
            cat < 6,
            ints(g, 0, 2, n // 3 + 1).repeat_interleave(3)[:n],
            torch.zeros(n, dtype=torch.long),
        )
        out = torch.stack([cat, inst], 1)
        if base is not None:
            keep = uni(g, n) < 0.75
            out = torch.where(keep[:, None], base, out)
        return out

    target = colours()
    preds = colours(target)
    return (preds, target, mapping, void) if seed % 2 else (preds, target, mapping, void, {6, 7})
