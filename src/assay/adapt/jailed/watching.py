"""Watches a script run for the oracles: records it, counts what libraries are made to do, reads
what was left. Installed by `Settings.before`, in originals and rewrites alike, so that whatever
watching costs is the same for both. It never draws a random number and never changes a value.
"""

from __future__ import annotations

import builtins
import json
import os
import sys
import types
from collections.abc import Callable
from typing import Any

from . import (
    boosting,
    eyes,
    fresh,
    hooks,
    left,
    main,
    pruned,
    recording,
    rows,
    state,
    stores,
    tree,
    tuned,
    whole,
)

recorder = recording.Recorder()
# By (component, id), the status of each run when the script's last line had run: exit handlers,
# which close what was left open, come later.
statuses: dict[str, str] = {}


def install(config: dict[str, Any]) -> None:
    """Called ahead of the script, from the frame that is about to run it."""
    frame = sys._getframe()
    while frame is not None and "path" not in frame.f_locals:
        frame = frame.f_back  # type: ignore[assignment]
    path, source = frame.f_locals["path"], frame.f_locals["config"]["script"]
    _script.append(source)
    fresh.prepare()
    for name, change in _CHANGES.items():
        _after(name, change)
    rows.recorder = tuned.recorder = whole.recorder = boosting.recorder = recorder
    whole.events = rows.events
    _watch_seeds()
    rows.watch(_after)
    tuned.watch(_after)
    pruned.watch(_after)
    boosting.watch(_after)
    _replace_exec(path, source, {int(n): one for n, one in config.get("probes", {}).items()})


def _watch_seeds() -> None:
    """Whoever only seeds a generator and never draws from it cannot tell who else draws."""

    def seeds(module: Any, generator: str) -> None:
        real = module.seed

        def seed(*given: Any, **named: Any) -> Any:
            found = real(*given, **named)
            _seeded.setdefault(generator, []).append(state.generators().get(generator))
            return found

        module.seed = seed

    for generator, at_start in state.generators().items():
        _seeded[generator] = [at_start]
    seeds(sys.modules["random"], "random")
    if numpy := sys.modules.get("numpy.random"):
        seeds(numpy, "numpy")


def _undrawn() -> list[str]:
    """Generators that nobody drew from since they were seeded."""
    now = state.generators()
    return [name for name, known in _seeded.items() if now.get(name) in known]


_seeded: dict[str, list[Any]] = {}
_unused: list[str] = []


def _after(name: str, change: Callable[[Any], None]) -> None:
    module = sys.modules.get(name)
    if module is None:
        hooks._changes.setdefault(name, []).append(change)
    else:
        change(module)


def _replace_exec(path: str, source: str, probes: dict[int, list[tuple[str, str]]]) -> None:
    """The script is compiled by now, and its run is the next `exec`."""
    real = builtins.exec

    def run(code: Any, *scope: Any) -> None:
        if not isinstance(code, types.CodeType) or code.co_filename != path:
            return real(code, *scope)
        builtins.exec = real
        limited = tree.limited(source, path)
        try:
            real(eyes.with_eyes(limited, path, recorder, probes), *scope)
        finally:
            _ended()

    builtins.exec = run  # type: ignore[assignment]


def _ended() -> None:
    _unused.extend(_undrawn())  # the engine seeds anew before it asks
    for run in stores.read(os.path.dirname(os.getcwd()))["runs"]:
        statuses[f"{run['component']} {run['id']}"] = run["status"]
    # W&B's own process may still be writing what was ended: it is open where there is a run.
    is_open = getattr(sys.modules.get("wandb"), "run", None) is not None
    statuses["wandb"] = "RUNNING" if is_open else "FINISHED"


def told() -> str:
    """What was recorded, as JSON."""
    facts = {**rows.told(), **tuned.told(), **pruned.told()}
    boosting.reckon()
    for name, score in rows.training_scores():
        _library("scikit-learn", name, None, score)
    found = json.loads(recorder.told())
    found["facts"] = {
        "statuses": statuses, "undrawn": _unused, "trainers": _trainers,
        "moments": recorder.moments, **facts,
    }  # fmt: skip
    return json.dumps(found)


def left_stores() -> str:
    """All runs that components keep in the scratch directory, as JSON."""
    return json.dumps(stores.read(os.path.dirname(os.getcwd())))


def _alive() -> list[tuple[str, Any]]:
    """Models that a variable leads to, by the paths that `state.weights` gives them."""
    roots = [("", main._namespace), *((f"{name}.", one) for name, one in left.frames.items())]
    seen: set[int] = set()
    return [
        found
        for prefix, variables in roots
        for name, value in list(variables.items())
        if not name.startswith("__")
        for found in state._models(f"{prefix}{name}", value, seen, 0)
    ]


def models() -> str:
    """Of each model that is alive its hash, and what it says to the first rows it was given."""
    found: dict[str, dict[str, Any]] = {}
    for path, model in _alive():
        known = found[path] = {"hash": state._hash(model)}
        if hasattr(model, "state_dict"):
            known["state"] = fresh.state_hash(model.state_dict())
        keras = sys.modules.get("keras")
        if keras is not None and isinstance(model, keras.Model):
            arrays = map(keras.ops.convert_to_numpy, model.weights)
            known["arrays"] = [state._hash(one) for one in arrays]
        probe = rows.probe_of(model)
        if probe is not None:
            known["predicts"] = fresh.predicted(model, fresh.unpacked(probe))
            kind = type(model).__name__
            _probes.update({known["hash"]: probe, known.get("state", ""): probe, kind: probe})
    return json.dumps(found)


def registered() -> str:
    """What a process that has not run the script makes of each registered model."""
    kept = stores.read(os.path.dirname(os.getcwd()))["runs"]
    wanted = [model for run in kept for model in run["models"]]
    if not wanted:
        return "[]"
    request: dict[str, Any] = {"models": wanted, "probes": _probes, "script": _script[0]}
    if mlflow := sys.modules.get("mlflow"):
        request["tracking"] = mlflow.get_tracking_uri()
        request["registry"] = mlflow.get_registry_uri()
    return json.dumps(fresh.ask(request).get("models", []))


def layers() -> str:
    """The share of zeros in each layer's weights, and whether it is only masked, as JSON."""
    return json.dumps(pruned.layers(_alive()))


_probes: dict[str, str] = {}
_script: list[str] = []


# Lightning: what it hands its loggers, and what it has at the end of each epoch.


def _lightning(module: Any) -> None:
    kind = module._LoggerConnector
    real = kind.log_metrics

    def log_metrics(self: Any, metrics: Any, step: Any = None) -> Any:
        if metrics:
            at = step if step is not None else metrics.get("step")
            if at is None:
                at = self.trainer.fit_loop.epoch_loop._batches_that_stepped
            for name, value in metrics.items():
                _library("Lightning", name, at, value)
        return real(self, metrics, step)

    kind.log_metrics = log_metrics


def _rates(module: Any) -> None:
    """The monitor of learning rates writes to loggers by itself."""
    kind = module.LearningRateMonitor

    def watched(real: Any) -> Any:
        def starts(self: Any, trainer: Any, *given: Any, **named: Any) -> Any:
            before = {name: len(values) for name, values in self.lrs.items()}
            found = real(self, trainer, *given, **named)
            at = trainer.fit_loop.epoch_loop._batches_that_stepped
            for name, values in self.lrs.items():
                if len(values) > before.get(name, 0):
                    _library("Lightning", name, at, values[-1])
            return found

        return starts

    kind.on_train_epoch_start = watched(kind.on_train_epoch_start)
    kind.on_train_batch_start = watched(kind.on_train_batch_start)


def _trainer(module: Any) -> None:
    """A trainer's metrics at the end of each training epoch, and at its end."""
    real = module._call_callback_hooks

    def call(trainer: Any, name: str, *given: Any, **named: Any) -> Any:
        found = real(trainer, name, *given, **named)
        if name in ("on_train_epoch_end", "on_test_epoch_end") and not trainer.sanity_checking:
            late = " end" if named.get("monitoring_callbacks") else ""
            for metric, value in dict(trainer.callback_metrics).items():
                _library(f"Lightning's epoch{late}", metric, trainer.current_epoch, value)
        return found

    module._call_callback_hooks = call


def _library(source: str, name: str, step: Any, value: Any) -> None:
    scalar = value if type(value) in (int, float) else recording.scalar_of(value, type(value))
    if scalar is not None and name != "epoch":
        recorder.library.append([source, str(name), None if step is None else int(step), scalar])


# Hugging Face's Trainer: what it logs, when, and which settings it hands its trackers


_trainers: list[dict[str, Any]] = []


def _hugging_face(module: Any) -> None:
    kind = module.Trainer
    real = kind.log

    def log(self: Any, logs: Any, *given: Any, **named: Any) -> Any:
        for name, value in logs.items():
            _library("Trainer", name, self.state.global_step, value)
            if not name.startswith(("eval_", "test_")):  # so W&B and TensorBoard call it
                _library("Trainer", f"train/{name}", self.state.global_step, value)
        return real(self, logs, *given, **named)

    train = kind.train

    def trains(self: Any, *given: Any, **named: Any) -> Any:
        config = getattr(self.model, "config", None)
        settings = {**(config.to_dict() if config else {}), **self.args.to_dict()}
        _trainers.append({
            str(key): value if isinstance(value, (int, float, str)) else str(value)
            for key, value in settings.items()
        })  # fmt: skip
        return train(self, *given, **named)

    kind.log, kind.train = log, trains


def _gradients(_: Any) -> None:
    recorder.learns(lambda: bool(sys.modules["torch"].is_grad_enabled()))


_CHANGES: dict[str, Callable[[Any], None]] = {
    "torch.autograd.grad_mode": _gradients,
    "lightning.pytorch.trainer.connectors.logger_connector.logger_connector": _lightning,
    "pytorch_lightning.trainer.connectors.logger_connector.logger_connector": _lightning,
    "lightning.pytorch.trainer.call": _trainer,
    "pytorch_lightning.trainer.call": _trainer,
    "lightning.pytorch.callbacks.lr_monitor": _rates,
    "pytorch_lightning.callbacks.lr_monitor": _rates,
    "transformers.trainer": _hugging_face,
}
