"""What is searched of a hyper-parameter, by its name and its present value."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

# In the order of how much there is to gain; a search of few trials takes the first few.
_KINDS = (
    ("rate", r"(lr|learning_rate|init_lr|base_lr|max_lr|lr_after_warmup|eta0|learning_rate_init)"),
    ("decay", r"(weight_decay|wd|l2|l2_reg|reg_alpha|reg_lambda)"),
    ("dropout", r"(dropout|drop|p_drop|dropout_p|dropout_rate|drop_rate|drop_prob)"),
    ("width", r"(n_?hidden|hidden|hidden_?size|hidden_?dim|hidden_units|hid_dim|latent(_dim)?|"
              r"bottleneck|ff_?dim|ffn_dim|ffn_hid_dim|num_feed_forward|width|num_filters|"
              r"n_filters)"),
    ("smoothing", r"(label_smoothing|smoothing)"),
    ("momentum", r"momentum"),
)  # fmt: skip
_MOST = 4


@dataclass(frozen=True, slots=True)
class Dial:
    """Something to search: the variable or field that holds it, its name in the study, its present
    value as written, and the call that asks a trial for it."""

    place: str
    name: str
    value: str
    suggestion: str
    rank: int


def dial(place: str, value: str | None) -> Dial | None:
    """How a hyper-parameter of that name and value would be searched; None where it is none, or
    the value is no plain number."""
    name = re.sub(r"\W+", "_", re.split(r"[.\[]", place)[-1].strip("]'\"")).lower()
    number = _number(value)
    kind = next((n for n, (_, one) in enumerate(_KINDS) if re.fullmatch(one, name)), None)
    if kind is None or number is None or value is None:
        return None
    call = _call(_KINDS[kind][0], name, number)
    return Dial(place, name, value, call, kind) if call else None


def chosen(dials: list[Dial]) -> list[Dial]:
    """The few that are searched, of the many that could be."""
    known: dict[str, Dial] = {}
    for one in sorted(dials, key=lambda one: one.rank):
        known.setdefault(one.name, one)
    return list(known.values())[:_MOST]


def _number(value: str | None) -> float | int | None:
    try:
        found = ast.literal_eval(value or "")
    except (ValueError, SyntaxError):
        return None
    return found if type(found) in (int, float) else None


def _call(kind: str, name: str, value: float) -> str | None:
    """Bounds lie around the present value, on both sides where there is room."""
    if kind in ("rate", "decay") and value > 0:
        return _suggest("float", name, _plain(value / 10), _plain(value * 10), ", log=True")
    if kind == "dropout" and 0 <= value < 0.9:
        return _suggest("float", name, "0.0", _plain(max(0.5, round(value + 0.1, 2))))
    if kind == "smoothing" and 0 <= value < 0.5:
        return _suggest("float", name, "0.0", _plain(max(0.2, round(value + 0.1, 2))))
    if kind == "momentum" and 0 < value < 1:
        return _suggest("float", name, _plain(min(0.5, value)), _plain(max(0.99, value)))
    if kind == "width" and isinstance(value, int) and value >= 4:
        return _suggest("int", name, str(value // 2), str(value * 2), ", log=True")
    return None


def _suggest(kind: str, name: str, low: str, high: str, more: str = "") -> str:
    return f'trial.suggest_{kind}("{name}", {low}, {high}{more})'


def _plain(value: float) -> str:
    return f"{value:.6g}" if "." in f"{value:.6g}" or "e" in f"{value:.6g}" else f"{value:.1f}"
