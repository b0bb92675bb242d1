"""What a search tried, and what was trained with afterwards."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Any

from . import whole

recorder: Any = None
trials: list[list[int]] = []
# What training was set up with: [phase, moment, kind, settings].
setups: list[list[Any]] = []
_running: list[int] = []
_ended = [0]
_MOST = 400


def watch(after: Callable[[str, Callable[[Any], None]], None]) -> None:
    after("optuna.study.study", _studies)
    after("torch.optim.optimizer", _optimizers)


def phase() -> str:
    """ "trial 3" while one runs, "after" when one has ended, else nothing."""
    if _running:
        return f"trial {_running[-1]}"
    return "after" if _ended[0] else ""


def _moment() -> int:
    return len(recorder.events) // 2


def _studies(module: Any) -> None:
    kind = module.Study
    ask, tell, optimize = kind.ask, kind.tell, kind.optimize

    def asks(self: Any, *given: Any, **named: Any) -> Any:
        trial = ask(self, *given, **named)
        _end()
        _running.append(trial.number)
        trials.append([trial.number, _moment(), -1])
        return trial

    def tells(self: Any, *given: Any, **named: Any) -> Any:
        found = tell(self, *given, **named)
        _end()
        return found

    def optimizes(self: Any, *given: Any, **named: Any) -> Any:
        try:
            return optimize(self, *given, **named)
        finally:
            _end()

    kind.ask, kind.tell, kind.optimize = asks, tells, optimizes


def _end() -> None:
    whole.stop()
    if _running:
        _running.clear()
        _ended[0] += 1
        trials[-1][2] = _moment()


def _optimizers(module: Any) -> None:
    kind = module.Optimizer
    real = kind.__init__

    def init(self: Any, params: Any, defaults: Any) -> None:
        real(self, params, defaults)
        for group in self.param_groups:
            _setup(type(self).__name__, group)

    kind.__init__ = init


def fitted(model: Any) -> None:
    """A model is about to be fitted: with which settings?"""
    if hasattr(model, "get_params"):
        try:
            _setup(type(model).__name__, model.get_params())
        except Exception:  # a meta-estimator that is not whole
            return
    elif getattr(model, "optimizer", None) is not None:
        optimizer = model.optimizer
        config = optimizer.get_config()
        _setup(optimizer.__class__.__name__, {**config, "lr": config.get("learning_rate")})


def _setup(kind: str, settings: dict[str, Any]) -> None:
    kept = {
        str(key): value
        for key, value in settings.items()
        if type(value) in (int, float, bool, str) or value is None
    }
    if len(setups) < _MOST:
        setups.append([phase(), _moment(), kind, kept])


def told() -> dict[str, Any]:
    return {"trials": trials, "setups": setups, "studies": _kept()}


def _kept() -> list[dict[str, Any]]:
    """The studies that are alive."""
    study = sys.modules.get("optuna.study.study")
    if study is None:
        return []
    found = [one for one in gc.get_objects() if type(one) is study.Study]
    return [_told(one) for one in found[:8]]


def _told(study: Any) -> dict[str, Any]:
    finished = [one for one in study.trials if one.state.name == "COMPLETE"]
    space = {}
    for one in finished:
        for name, distribution in one.distributions.items():
            space[name] = {
                "low": getattr(distribution, "low", None),
                "high": getattr(distribution, "high", None),
                "log": getattr(distribution, "log", None),
                "choices": [_plain(c) for c in getattr(distribution, "choices", ())] or None,
            }
    best = max(finished, key=lambda one: one.values[0], default=None)
    if finished and study.directions[0].name == "MINIMIZE":
        best = min(finished, key=lambda one: one.values[0])
    return {
        "name": study.study_name, "direction": study.directions[0].name,
        "trials": [[one.number, one.state.name, list(one.values or [])] for one in study.trials],
        "complete": len(finished), "space": space,
        "best": {key: _plain(value) for key, value in best.params.items()} if best else {},
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return value if type(value) in (int, float, bool, str) or value is None else str(value)
