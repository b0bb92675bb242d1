"""What XGBoost and LightGBM evaluate while they train, kept as the history of each training."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

recorder: Any = None
# LightGBM's trainings that evaluate, by the number of their model: the model, and its series.
_trainings: dict[int, tuple[Any, dict[str, list[float]]]] = {}


def watch(after: Callable[[str, Callable[[Any], None]], None]) -> None:
    after("xgboost.callback", _xgboost)
    after("lightgbm.basic", _lightgbm)
    after("xgboost", _crossed)
    after("lightgbm", _crossed)


def _xgboost(module: Any) -> None:
    kind = module.CallbackContainer
    real = kind.after_training

    @functools.wraps(real)
    def ends(self: Any, model: Any) -> Any:
        if self.history and not self.is_cv:
            recorder.evaluated(
                {f"{data}_{metric}": list(values) for data, kept in self.history.items()
                 for metric, values in kept.items()},
                range(1 << 30),
            )  # fmt: skip
        return real(self, model)

    kind.after_training = ends


def _lightgbm(module: Any) -> None:
    kind = module.Booster

    def watched(real: Any) -> Any:
        @functools.wraps(real)
        def evaluates(self: Any, *given: Any, **named: Any) -> Any:
            found = real(self, *given, **named)
            if sys._getframe(1).f_globals["__name__"] == "lightgbm.engine":
                _, series = _trainings.setdefault(id(self), (self, {}))
                for data, metric, value, *_ in found:
                    series.setdefault(f"{data}_{metric}", []).append(value)
            return found

        return evaluates

    kind.eval_train, kind.eval_valid = watched(kind.eval_train), watched(kind.eval_valid)


def _crossed(module: Any) -> None:
    real = module.cv

    @functools.wraps(real)
    def validates(*given: Any, **named: Any) -> Any:
        found = real(*given, **named)
        series = {str(name): list(values) for name, values in dict(found).items()
                  if hasattr(values, "__len__")}  # fmt: skip
        recorder.evaluated(series, range(1 << 30))
        return found

    module.cv = validates


def reckon() -> None:
    """Hand on what was found of the trainings that have no word for their end."""
    for _, series in _trainings.values():
        recorder.evaluated(series, range(1 << 30))
    _trainings.clear()
