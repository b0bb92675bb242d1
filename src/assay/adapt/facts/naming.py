"""What the name of a quantity says: loss or score, count, time; of training or of a test."""

from __future__ import annotations

import re
from typing import Literal

from assay.adapt.facts.words import Role

What = Literal["loss", "score", "rate", "count", "time", "best", ""]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LOSS = _words(
    "loss cost nll bce mse mae rmse mape kl kld elbo err error objective energy rec recon "
    "reconstruction ppl perplexity ce xent crossentropy nlpd msle rmsle huber bpc bpd adv"
)
_SCORE = _words(
    "acc accuracy top prec precision recall f fscore f1 auc auroc roc iou miou jaccard dice bleu "
    "rouge meteor cider wer cer psnr ssim lpips fid score r r2 map mcc kappa silhouette ari nmi "
    "ami homogeneity completeness inertia reward return likelihood lml logp entropy ndcg mrr hit "
    "pearson spearman corr correlation balanced sensitivity specificity purity aic bic"
)
_TIME = _words(
    "time elapsed seconds sec secs start end eta duration tic toc ms minutes hours took speed "
    "throughput timer now began since"
)
_COUNT = _words(
    "correct right hits total count cnt num n seen size sample tp fp tn fn number counter ncorrect "
    "wrong match example"
)
# At either end of a name, they tell of the bookkeeping of the best one so far.
_EXTREMES = _words("min max lowest highest minimum maximum")
_RIGHT = ("correct", "right", "hit", "match", "ncorrect", "acc", "accuracy")
_GENERIC = (_LOSS | _SCORE) - _words("adv rec kl kld f r reward return") | _words(
    "avg average mean step epoch weighted macro micro squared absolute log at k class cross binary "
    "negative pixel std root"
)
_GATHERED = re.compile(
    r"^(all|running|epoch|agg|aggregated|cum|cumulative|accum|accumulated|sum|window|tmp|temp|batch|ep)_|"
    r"_(sum|accum|total|meter|list|history|hist|epoch|per_epoch|tracker|window|all|batch)$"
)  # fmt: skip
_PHASES: dict[str, Role] = {
    "train": "train", "training": "train", "tr": "train", "trn": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val", "validate": "val",
    "test": "test", "testing": "test", "eval": "test", "evaluation": "test", "evaluate": "test",
    "holdout": "test", "tst": "test",
}  # fmt: skip

_COMPOUND = re.compile(
    r"(?P<before>train|trn|test|valid|val|eval|dev)(loader|set|data|dataset|dl|ds|gen|iter|"
    r"iterator|batch|split|df|x|y|loss|acc)|[xy](?P<after>train|test|valid|val|dev|eval)"
)
# Networks that are trained against each other: their losses are not one.
_NETWORK = re.compile(r"[DG]|(net_?)?[DG]|disc\w*|gen(erator)?|critic|actor|policy|discriminator",
                      re.I)  # fmt: skip


def is_network(label: str) -> bool:
    """Whether a label names one of several networks."""
    return bool(_NETWORK.fullmatch(label))


def words(name: str) -> list[str]:
    """The words of a name, lower-cased and singular: `valLosses` has "val" and "loss"."""
    found = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)
    return [_singular(word.lower()) for word in found]


def _singular(word: str) -> str:
    if word.endswith(("sses", "xes")):
        return word[:-2]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    keeps = word.endswith(("ss", "us", "is", "as")) or len(word) < 4
    return word if keeps or not word.endswith("s") else word[:-1]


def singular(name: str) -> str:
    """`G_losses` → `G_loss`: the name of one item of a list."""
    match = re.fullmatch(r"(.*?)([a-z]+)", name)
    return match.group(1) + _singular(match.group(2)) if match else name


def what(name: str) -> What:
    """What a name says that a quantity is; "" where it says nothing."""
    parts = words(name)
    if not parts:
        return ""
    if "best" in parts or "prev" in parts[:1]:
        return "best"
    if _EXTREMES & {parts[0], parts[-1]} and not (_LOSS | _SCORE).isdisjoint(parts):
        return "best"
    if any(part in _TIME for part in parts):
        return "time"
    if any(part in _LOSS for part in parts):
        return "loss"
    strong = [part for part in parts if part in _SCORE and len(part) > 1]
    if strong or re.fullmatch(r"(\w+_)?(f1|r2|f_?beta)(_\w+)?", name, re.I):
        return "score"
    if any(part in _COUNT for part in parts):
        return "count"
    if parts[-1:] == ["lr"] or parts[-2:] == ["learning", "rate"]:
        return "rate"
    return ""


def counts_right(name: str) -> bool:
    """Whether a count is that of right answers."""
    parts = words(name)
    return any(part in _RIGHT for part in parts) and "incorrect" not in parts


def phase(text: str) -> Role:
    """The part of the data that a name or label speaks of, the first where it speaks of several."""
    return next(iter(phases(text)), "")


def phases(text: str) -> list[Role]:
    """All parts of the data that a text speaks of, each once: `testloader`, `X_val`, `ytrain`."""
    found: list[Role] = []
    for part in words(text):
        known = _COMPOUND.fullmatch(part)
        role = _PHASES.get((known["before"] or known["after"]) if known else part)
        if role and role not in found:
            found.append(role)
    return found


def only_phase(text: str) -> Role:
    """The part of the data that a text speaks of, where that is one."""
    found = phases(text)
    return found[0] if len(found) == 1 else ""


def differ(said: str, origin: str) -> bool:
    """Whether a part of the data is not the one that the dataflow tells of."""
    return bool(said and origin) and (said == "train") != (origin == "train")


def without_phase(name: str) -> str:
    """A name without the words that speak of a part of the data."""
    kept = [part for part in name.split("_") if not phase(part)]
    return "_".join(kept) or name


def ungathered(name: str) -> str:
    """A name without what says that it was summed up: `running_loss` → `loss`."""
    while (shorter := _GATHERED.sub("", name)) and shorter != name:
        name = shorter
    return name


def over_all(name: str) -> str:
    """The name of the sum over all classes: `class_correct` → `correct`."""
    return re.sub(r"^(per_)?(class|cls)_|_per_(class|cls)$", "", ungathered(name))


def unsummed(name: str) -> str:
    """The name of a sum that has been divided: `total_loss` → `loss`."""
    return re.sub(r"^(total|tot|sum)_|_(total|tot)$", "", ungathered(name))


def is_generic(name: str) -> bool:
    """Whether a name has only words of the trade, so that it needs to be told of what data."""
    if re.fullmatch(r"(r2|f1)(_score)?", name):
        return True
    return all(part in _GENERIC or part.isdigit() for part in words(name))


def of_now(name: str) -> str:
    """A name without `running_` or `epoch_`, which tell of the script's own bookkeeping, and
    without the mark of a second one (`loss_`)."""
    return re.sub(r"^(running|epoch)_(?=(loss|acc|accuracy|err|error)$)", "", name).rstrip("_")


def from_label(label: str) -> str:
    """A name out of the text before a printed value: "Test mean loss" → `test_mean_loss`."""
    text = re.sub(r"acc(uracy)?@(\d)", r"acc\2", label, flags=re.I)
    found = re.findall(r"[A-Za-z][A-Za-z0-9]*", text)
    return "_".join(
        word if word.isupper() and len(word) == 1 else word.lower() for word in found[-4:]
    )
