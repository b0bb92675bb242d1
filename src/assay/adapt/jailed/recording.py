"""Records what a script computes while it runs: inside the jail, stdlib only.

The script's syntax tree is given eyes (`eyes.py`): each expression that may be a number is wrapped
in a call that looks at its value and hands it on, each assignment is looked at afterwards, each
loop says when it begins, turns and ends. Nothing is evaluated twice, so nothing can change by
looking; lines stay what they were. Only numbers, short texts and settings are kept, never a
reference.

    sites    where something was looked at: text, line, function, label, kind
    loops    what turns: line, what it goes through, targets, function
    events   in order: [site, value] or [-1 - loop, 0 begins | 1 turns | 2 ends]
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from typing import Any

LONGEST = 200
_MOST_EVENTS = 120_000
_MOST_PER_SITE = 4_000
# No training turns so often in a smoke run; preparing data would leave no room for it.
_MOST_PER_LOOP = 12_000
_MOST_TEXTS = 40
_MOST_ELEMENTS = 6
_MOST_ITEMS = 80
_HOLDERS = (list, tuple, set, dict)


class Recorder:
    """What has been seen so far. `see` is on the way of every value, so it is kept short."""

    def __init__(self) -> None:
        self.sites: list[dict[str, Any]] = []
        self.loops: list[dict[str, Any]] = []
        self.events: list[Any] = []
        self.texts: dict[int, list[Any]] = {}
        self.objects: list[list[Any]] = []
        self.library: list[list[Any]] = []
        self.full = False
        self._left: list[int] = []
        self._modes: list[int] = []
        # Whether torch keeps gradients; None where the script has no torch.
        self._learns: Callable[[], bool] | None = None
        self._turns: dict[int, int] = {}
        self._items: dict[tuple[int, str], int] = {}
        self._known: dict[int, int] = {}
        self._histories: list[Any] = []
        self._trainings = 0
        # The last event before each of these trainings had ended.
        self.moments: list[int] = []

    def learns(self, asked: Callable[[], bool]) -> None:
        """Ask this from now on whether gradients are kept."""
        self._learns = asked

    def site(self, **told: Any) -> int:
        self.sites.append(told)
        self._left.append(_MOST_PER_SITE)
        self._modes.append(0)
        return len(self.sites) - 1

    def see(self, site: int, value: Any) -> Any:
        kind = type(value)
        self._modes[site] |= 1 if self._learns is None or self._learns() else 2
        if kind is float or kind is int:
            self._number(site, value)
        elif kind is str or kind is bool or value is None:
            self._text(site, value)
        else:
            # Whatever a value does when it is looked at, the script must not see it.
            with contextlib.suppress(Exception):
                self._look(site, value, kind)
        return value

    def turn(self, loop: int, what: int) -> None:
        seen = self._turns.get(loop, 0)
        if seen < _MOST_PER_LOOP:
            self._turns[loop] = seen + 1
            self._event(-1 - loop, what)

    def probe(self, site: int, evaluate: Any) -> None:
        try:
            self.see(site, evaluate())
        except Exception:  # a guess of ours that does not fit here
            return

    def _event(self, site: int, value: Any) -> None:
        if len(self.events) >= 2 * _MOST_EVENTS:
            self.full = True
            return
        self.events += (site, value)

    def _number(self, site: int, value: Any) -> None:
        if self._left[site] <= 0 or (type(value) is int and abs(value) >= 1 << 62):
            return
        self._left[site] -= 1
        self._event(site, value)

    def _text(self, site: int, value: Any) -> None:
        texts = self.texts.setdefault(site, [])
        if len(texts) < _MOST_TEXTS:
            kept = value[:LONGEST] if type(value) is str else value
            if kept not in texts:
                texts.append(kept)

    def _look(self, site: int, value: Any, kind: type) -> None:
        """What is no plain number: a scalar of a library, settings, a history."""
        scalar = scalar_of(value, kind)
        if scalar is not None:
            self._number(site, scalar)
        elif kind is dict:
            self._mapping(site, value)
        elif kind.__name__ == "History" and isinstance(getattr(value, "history", None), dict):
            self.history(value)
        elif (
            kind.__name__ == "Namespace"
            or kind.__module__ == "__main__"
            or (kind is type and value.__module__ == "__main__")
        ):
            self._settings(site, value)
        elif callable(getattr(value, "get_params", None)) and "sklearn" in repr(kind.__mro__):
            self._estimator(value)

    def _mapping(self, site: int, value: dict[Any, Any]) -> None:
        if len(value) > _MOST_ITEMS:
            return
        for key, item in list(value.items()):
            if type(key) is str:
                self._item(site, f"[{key!r}]", key, item)

    def _settings(self, site: int, value: Any) -> None:
        seen = self._known.get(id(value), 0)
        if seen >= 3:
            return
        self._known[id(value)] = seen + 1
        held = getattr(value, "__dict__", None) or {}
        for key, item in list(held.items())[:_MOST_ITEMS]:
            if not key.startswith("_"):
                self._item(site, f".{key}", key, item)

    def _item(self, site: int, suffix: str, label: str, item: Any) -> None:
        kind = type(item)
        if kind is dict and len(item) <= _MOST_ELEMENTS:
            for key, one in item.items():
                self._item(site, f"{suffix}[{key!r}]", str(key), one)
        if kind in _HOLDERS and item and _is_plain(item):
            kind, item = str, str(item)  # a setting of several reads as it is logged
        scalar = item if kind in (int, float) else scalar_of(item, kind)
        plain = kind is str or kind is bool or item is None
        if scalar is None and not plain:
            return
        number = self._items.get((site, suffix))
        if number is None:
            above = self.sites[site]
            told = {**above, "text": above["text"] + suffix, "label": label, "kind": "item"}
            number = self._items[site, suffix] = self.site(**told)
        if plain:
            self._text(number, item)
        else:
            self._number(number, scalar)

    def history(self, value: Any) -> None:
        """Keras: a series per name, by epoch."""
        if any(known is value for known in self._histories):
            return
        self._histories.append(value)
        self.evaluated(value.history, list(getattr(value, "epoch", [])))

    def evaluated(self, history: dict[str, Any], steps: Any) -> None:
        """What one training found as it went: a series per name."""
        self._trainings += 1
        self.moments.append(max(0, len(self.events) // 2 - 1))
        fit = f"history of fit {self._trainings}"
        for name, values in history.items():
            for step, one in zip(steps, values, strict=False):
                scalar = one if type(one) in (int, float) else scalar_of(one, type(one))
                if scalar is not None:
                    self.library.append(["history", str(name), step, scalar])
                    self.library.append([fit, str(name), step, scalar])

    def _estimator(self, value: Any) -> None:
        if self._known.get(id(value), 0) >= 3 or len(self.objects) > 200:
            return
        self._known[id(value)] = self._known.get(id(value), 0) + 1
        try:
            told = {key: _shown(item) for key, item in value.get_params().items()}
        except Exception:  # a meta-estimator that is not whole yet
            return
        self.objects.append([type(value).__name__, told])

    def told(self) -> str:
        """Everything as JSON."""
        return json.dumps(
            {
                "sites": self.sites, "loops": self.loops, "events": self.events,
                "texts": {str(site): kept for site, kept in self.texts.items()},
                "modes": {str(site): mode for site, mode in enumerate(self._modes) if mode},
                "objects": self.objects, "library": self.library[:20_000], "full": self.full,
            }
        )  # fmt: skip


def _shown(value: Any) -> Any:
    return value if type(value) in (int, float, bool, str) or value is None else str(value)[:250]


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Whether a value is a plain one, or a few of them."""
    if type(value) in (int, float, str, bool) or value is None:
        return True
    if type(value) not in _HOLDERS or len(value) > _MOST_ELEMENTS or depth > 2:
        return False
    every = value.values() if type(value) is dict else value
    return all(_is_plain(one, depth + 1) for one in every)


def scalar_of(value: Any, kind: type) -> Any:
    """A number out of a tensor or array with one element, without a trace in either."""
    module = kind.__module__
    if module.startswith("torch"):
        torch = sys.modules.get("torch")
        if torch is None or not isinstance(value, torch.Tensor) or value.numel() != 1:
            return None
        if value.dim() > 1 or value.is_complex():
            return None
        try:
            return value.detach().item()
        except Exception:  # meta tensors and their like hold nothing
            return None
    if module == "numpy":
        numpy = sys.modules["numpy"]
        if isinstance(value, numpy.generic) or (kind is numpy.ndarray and value.ndim == 0):
            item = value.item()
            return item if type(item) in (int, float) else None
    if kind.__name__ == "EagerTensor" and module.startswith("tensorflow") and not value.shape.rank:
        item = value.numpy().item()
        return item if type(item) in (int, float) else None
    return None
