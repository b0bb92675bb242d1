"""Names of quantities, taken apart: does what a metric is called fit what it is?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import lru_cache

# What a meter was last fed, and no validation.
_LATEST = re.compile(r"(?<=[a-z0-9])\.val\b")
_FITTED = re.compile(r"\.fit\([^()]*\)(?=\.)")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# A name as people give them, in parts: `train/loss`, `val_acc@5`, `lr-AdamW`. A piece of a format
# or of a sentence is none.
_CLEAN = re.compile(r"[A-Za-z][\w@.+-]*(?:[ /][A-Za-z0-9][\w@.+-]*){0,5}")

TRAIN = frozenset({"train", "training", "tr", "fit"})
HELD_OUT = frozenset(
    {"val", "valid", "validation", "validate", "dev", "test", "testing", "eval", "evaluate",
     "evaluation", "holdout", "heldout", "oof"}
)  # fmt: skip
_VALIDATION = frozenset({"val", "valid", "validation", "validate", "dev"})
_TEST = frozenset({"test", "testing"})
# Say how or when, not what.
_GENERIC = frozenset(
    {"avg", "average", "mean", "epoch", "epochs", "batch", "batches", "step", "steps", "iter",
     "iteration", "total", "final", "best", "last", "running", "per", "value", "metric", "metrics",
     "current", "cur", "log", "logs", "history", "item", "self", "args", "results", "result",
     "score", "scores", "percent", "pct", "cumulative", "smoothed", "sum", "num", "of", "the"}
)  # fmt: skip
_LOSS = ("loss", "losses", "nll", "ce", "bce", "criterion", "cost", "objective", "err", "error",
         "errors", "entropy", "elbo", "kl", "kld", "mse", "mae", "rmse")  # fmt: skip
_ACCURACY = ("acc", "accuracy", "accuracies", "correct", "correctly", "corrects", "hits", "right",
             "prec", "top", "accurate", "matches")  # fmt: skip
_MEANINGS: dict[str, tuple[str, ...]] = {
    "loss": _LOSS,
    "losses": _LOSS,
    "err": _LOSS,
    "error": _LOSS,
    "nll": ("nll", "loss"),
    "mse": ("mse", "squared"),
    "mae": ("mae", "absolute"),
    "rmse": ("rmse", "root", "sqrt", "mse"),
    "acc": _ACCURACY,
    "accuracy": _ACCURACY,
    "prec": ("prec", "precision", *_ACCURACY),
    "ppl": ("ppl", "perplexity", "exp"),
    "perplexity": ("ppl", "perplexity", "exp"),
    "lr": ("lr", "learning", "rate"),
    "learning": ("lr", "learning"),
    "rate": ("lr", "rate"),
    "auc": ("auc", "roc"),
    "roc": ("auc", "roc"),
    "r": ("r", "score"),
    "kl": ("kl", "kld", "divergence"),
    "kld": ("kl", "kld", "divergence"),
    "recon": ("recon", "reconstruction", "bce", "mse"),
    "reconstruction": ("recon", "reconstruction", "bce", "mse"),
    "d": ("d", "disc", "discriminator"),
    "g": ("g", "gen", "generator"),
    "discriminator": ("d", "disc", "discriminator"),
    "generator": ("g", "gen", "generator"),
    "disc": ("d", "disc", "discriminator"),
    "gen": ("g", "gen", "generator"),
    "reward": ("reward", "rewards", "return", "returns", "score"),
    "time": ("time", "elapsed", "seconds", "duration", "start", "end", "took"),
    "f": ("f", "fbeta"),
    "grad": ("grad", "gradient", "gradients"),
}
_LONG = {"val": "validation", "acc": "accuracy", "lr": "rate", "learning": "rate"}
_EXACTNESS = frozenset({"acc", "accuracy", "prec", "precision", "recall", "auc", "top"})
_LOSS_NAMES = frozenset(_LOSS)


# The numbering of what is kept, not a quantity.
_AXES = frozenset({"epoch", "step", "global", "trainer", "batch", "iteration"})


def is_axis(name: str) -> bool:
    # Lightning writes `hp_metric` for TensorBoard's table, where nobody gave it one.
    # The Trainer's own axes come as `train/epoch` and `train/global_step`.
    said = words(name.removeprefix("train/"))
    return name == "hp_metric" or (bool(said) and said <= _AXES)


@lru_cache(4096)
def words(text: str) -> frozenset[str]:
    """The words in a name or an expression, in small letters; numbers aside."""
    found = (part.lower() for part in _PART.findall(text))
    return frozenset(part for part in found if not part.isdigit())


def now(text: str) -> str:
    """An expression without what says nothing of the data that it is of: what a meter was last
    fed, `losses.val`, and what an estimator was fitted on before it is asked."""
    return _FITTED.sub("", _LATEST.sub("", text))


@lru_cache(4096)
def of_comparison(text: str) -> frozenset[str]:
    """What a mean of comparisons is, whatever it is called: `np.mean(predicted == y)`."""
    if "==" not in text and "!=" not in text:
        return frozenset()
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return frozenset()
    means = [
        ast.walk(one)
        for one in ast.walk(tree)
        if isinstance(one, ast.Call)
        and getattr(one.func, "attr", getattr(one.func, "id", "")) in ("mean", "average")
    ]
    signs = {type(sign) for mean in means for one in mean if isinstance(one, ast.Compare)
             for sign in one.ops}  # fmt: skip
    known = {ast.Eq: "accuracy", ast.NotEq: "error"}
    return (
        frozenset(known[sign] for sign in signs & known.keys()) if len(signs) == 1 else frozenset()
    )


def is_clean(name: str) -> bool:
    """Whether it reads as a name, and not as a piece cut out of a text."""
    return bool(_CLEAN.fullmatch(name)) and len(name) <= 80


def library_words(name: str) -> frozenset[str]:
    """The words of a name that a library gave, or a tracker's integration made of it."""
    return frozenset(_LONG.get(word, word) for word in words(name) - {"epoch", "batch", "step"})


def content(name: str) -> frozenset[str]:
    """The words of a name that say what it is, without the data it is of."""
    return words(name) - _GENERIC - TRAIN - HELD_OUT


def covered(wanted: Iterable[str], found: frozenset[str]) -> frozenset[str]:
    """Those of the wanted words that have a word of the same meaning among the found ones."""
    return frozenset(
        word for word in wanted if not found.isdisjoint(_MEANINGS.get(word, ())) or word in found
    )


def is_exactness(name: str) -> bool:
    """Whether the name promises a share of right answers."""
    return not words(name).isdisjoint(_EXACTNESS)


def is_loss(name: str) -> bool:
    return not words(name).isdisjoint(_LOSS_NAMES)


def split(found: frozenset[str]) -> str:
    """ "train", "held out", or nothing (neither, or both)."""
    train, held_out = not found.isdisjoint(TRAIN), not found.isdisjoint(HELD_OUT)
    if train == held_out:
        return ""
    return "train" if train else "held out"


_COMPOUND = re.compile(
    r"(train|test|valid|val|dev|eval)(?:loader|set|data|dataset|dl|ds|gen|iter|split|batch|batches|"
    r"x|y|loss|acc)s?|[xy](train|test|valid|val|dev)"
)
_PARTS = {"fit": "", "oof": "", **dict.fromkeys(TRAIN - {"fit"}, "train"),
          **dict.fromkeys(HELD_OUT - {"oof"}, "held"), **dict.fromkeys(_VALIDATION, "val"),
          **dict.fromkeys(_TEST, "test")}  # fmt: skip


@lru_cache(4096)
def parts(text: str) -> frozenset[str]:
    """The parts of the data that a text speaks of: "train", "val", "test", or "held" where it says
    no more than that it is held out. Words that are run together count: `testloader`."""
    found = set()
    for word in words(text):
        known = _COMPOUND.fullmatch(word)
        found.add(_PARTS.get((known[1] or known[2]) if known else word, ""))
    if re.search(r"\b(held|hold|unseen)\b", text, re.I):
        found.add("held")
    return frozenset(found - {""})


def mixes_held_out(name: frozenset[str], found: frozenset[str]) -> bool:
    """Whether one says validation and the other says test."""
    return bool(
        (name & _VALIDATION and found & _TEST and not found & _VALIDATION)
        or (name & _TEST and found & _VALIDATION and not found & _TEST)
    )


def has_validation_and_test(found: frozenset[str]) -> bool:
    return bool(found & _VALIDATION and found & _TEST)
