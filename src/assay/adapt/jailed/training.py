"""Trainers of the frameworks: few epochs, few batches, the CPU, nothing on the screen."""

from __future__ import annotations

import inspect
import math
import re
import sys
from typing import Any

from . import clock, names, notes
from .hooks import after, around, settings

_TRIALS = 3
# Twenty images of 224 × 224, all 512 of CIFAR.
_NUMBERS, _LEAST_ROWS = 3_000_000, 8


def _least(given: dict[str, Any], name: str, most: int) -> None:
    value = given.get(name)
    if value is None or value == -1 or value > most:
        given[name] = most


@after("lightning.pytorch.trainer.trainer", "pytorch_lightning.trainer.trainer")
def lightning_trainer(module: Any) -> None:
    around(module.Trainer, "__init__", _lightning)


def _lightning(real: Any, trainer: Any, **given: Any) -> None:
    if not given.get("fast_dev_run"):
        _least(given, "max_epochs", settings["epochs"])
        for part in ("train", "val", "test", "predict"):
            name = f"limit_{part}_batches"
            if isinstance(given.get(name), (int, type(None))):
                _least(given, name, settings["steps"])
        if (given.get("val_check_interval") or 0) > settings["steps"]:
            given["val_check_interval"] = 1.0
        if (given.get("min_epochs") or 0) > settings["epochs"]:
            given["min_epochs"] = settings["epochs"]
    given["log_every_n_steps"] = min(given.get("log_every_n_steps") or 1, 1)
    given.update(accelerator="cpu", devices=1, strategy="auto", num_nodes=1)
    given.update(enable_progress_bar=False, enable_model_summary=False)
    for name, usual in (("precision", None), ("sync_batchnorm", False), ("benchmark", None)):
        if name in given:
            given[name] = usual
    notes.note(
        f"Lightning's Trainer: at most {settings['epochs']} epochs of {settings['steps']} batches, "
        "on the CPU, logging every step"
    )
    real(trainer, **given)


@after("keras.src.trainers.trainer", "keras.src.backend.torch.trainer")
def keras_trainer(module: Any) -> None:
    own = getattr(module, "TorchTrainer", None)
    if own is not None:
        _keras_methods(own)


@after("keras.src.backend.tensorflow.trainer")
def keras_on_tensorflow(module: Any) -> None:
    _keras_methods(module.TensorFlowTrainer)


def _keras_methods(trainer: Any) -> None:
    around(trainer, "fit", _keras_fit)
    around(trainer, "evaluate", _keras_evaluate)
    around(trainer, "predict", _keras_predict)


def _named(real: Any, given: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    bound = inspect.signature(real).bind(*given, **named)
    bound.apply_defaults()
    return dict(bound.arguments)


def _keras_fit(real: Any, *given: Any, **named: Any) -> Any:
    every = _named(real, given, named)
    first = every.get("initial_epoch") or 0
    every["epochs"] = min(every["epochs"], first + settings["epochs"])
    size = every.get("batch_size") or 32
    steps = names.batches(size)
    notes.note(f"Keras fit: at most {settings['epochs']} epochs of {steps} batches")
    kept = 1.0 - (every.get("validation_split") or 0.0)
    rows = _few(every["x"], steps * size)
    _shorten(every, ("x", "y", "sample_weight"), -int(-rows // kept), "steps_per_epoch")
    checked = every.get("validation_data")
    if isinstance(checked, tuple):
        every["validation_data"] = tuple(_first(one, rows) for one in checked)
    elif checked is not None:
        _shorten(every, ("validation_data",), rows, "validation_steps")
    return real(**every)


def _keras_evaluate(real: Any, *given: Any, **named: Any) -> Any:
    every = _named(real, given, named)
    every.update(every.pop("kwargs", {}))
    size = every.get("batch_size") or 32
    rows = _few(every["x"], names.batches(size) * size)
    _shorten(every, ("x", "y", "sample_weight"), rows, "steps")
    return real(**every)


def _keras_predict(real: Any, *given: Any, **named: Any) -> Any:
    """As many rows as were asked for; those of the first batches, again and again."""
    import numpy

    every = _named(real, given, named)
    rows = getattr(every["x"], "shape", (0,))[0]
    most = _few(every["x"], settings["steps"] * 32)
    if not isinstance(rows, int) or rows <= most or every.get("steps"):
        return real(**every)
    notes.note(f"Keras predict: the first {most} rows, repeated")
    every["x"] = every["x"][:most]
    found = real(**every)
    return numpy.resize(found, (rows, *found.shape[1:])) if hasattr(found, "shape") else found


def _shorten(every: dict[str, Any], parts: tuple[str, ...], rows: int, counted: str) -> None:
    """Arrays to their first rows, data sets to their first batches."""
    data = every[parts[0]]
    if _rows(data) is not None:
        for name in parts:
            every[name] = _first(every.get(name), rows)
    elif hasattr(data, "take") and hasattr(data, "element_spec"):  # tf.data
        every[parts[0]] = data.take(settings["steps"])
    elif not type(data).__module__.startswith("torch") and not hasattr(data, "element_spec"):
        most = settings["steps"]
        try:
            enough = len(data) >= most * settings["epochs"]
        except TypeError:
            enough = True
        if enough:
            _least(every, counted, most)
    if _rows(data) is not None and (every.get(counted) or 0) > settings["steps"]:
        every[counted] = None


def _few(data: Any, rows: int) -> int:
    """So many rows, or fewer where each is a large image."""
    while isinstance(data, (list, tuple, dict)) and data:
        data = next(iter(data.values())) if isinstance(data, dict) else data[0]
    one = getattr(data, "shape", ())[1:]
    numbers: int = math.prod(size for size in one if isinstance(size, int))
    return min(rows, max(_LEAST_ROWS, _NUMBERS // max(1, numbers)))


def _rows(data: Any) -> int | None:
    """The rows of an array, or of the first of several."""
    while isinstance(data, (list, tuple, dict)) and data:
        data = next(iter(data.values())) if isinstance(data, dict) else data[0]
    shape = getattr(data, "shape", None)
    return shape[0] if shape is not None and len(shape) and isinstance(shape[0], int) else None


def _first(data: Any, rows: int) -> Any:
    if isinstance(data, dict):
        return {name: _first(one, rows) for name, one in data.items()}
    if isinstance(data, (list, tuple)):
        return type(data)(_first(one, rows) for one in data)
    return data if _rows(data) is None else data[:rows]


@after("keras.src.utils.progbar")
def keras_progress(module: Any) -> None:
    """Its bar shows milliseconds, and refreshes by them: one clock that stands still."""

    class Still:
        @staticmethod
        def time() -> float:
            return clock.START

    module.time = Still


@after("tensorflow.python.data.ops.dataset_ops")
def tensorflow_ahead(module: Any) -> None:
    """What is fetched ahead draws random numbers whenever its thread comes to it."""

    def in_turn(one: Any, *_: Any, **__: Any) -> Any:
        options = module.options_lib.Options()
        options.autotune.enabled = False
        options.experimental_optimization.inject_prefetch = False
        return one.with_options(options)

    module.DatasetV2.prefetch = in_turn


@after("keras.src.callbacks.callback_list")
def keras_callbacks(module: Any) -> None:
    """Threads may tell of batches in another order."""
    kind = module.CallbackList

    def in_turn(one: Any, _: Any) -> None:
        one._async_train = one._async_test = one._async_predict = False

    kind._configure_async_dispatch = in_turn


@after("lightgbm.basic")
def lightgbm_log(module: Any) -> None:
    """It tries out how to share its work, and tells how long that took."""
    real = module._log_native
    pieces: list[str] = []

    def log(piece: str) -> None:
        pieces.append(piece)
        if piece.strip():
            return
        if not re.search(r"Auto-choosing|`force_(row|col)_wise=", "".join(pieces)):
            for one in pieces:
                real(one)
        pieces.clear()

    module._log_native = log


@after("transformers.training_args")
def hugging_face_arguments(module: Any) -> None:
    around(module.TrainingArguments, "__init__", _training_arguments)


def _training_arguments(real: Any, one: Any, *given: Any, **named: Any) -> None:
    bound = inspect.signature(real).bind(one, *given, **named)
    every = dict(bound.arguments)
    every.pop("self", None)
    _least(every, "num_train_epochs", settings["epochs"])
    every["max_steps"] = min(every.get("max_steps") or settings["steps"], settings["steps"])
    if every["max_steps"] < 1:
        every["max_steps"] = settings["steps"]
    for name in ("logging_steps", "eval_steps", "save_steps"):
        if every.get(name) is None or every[name] > 2:
            every[name] = 2
    for name in ("per_device_train_batch_size", "per_device_eval_batch_size"):
        _least(every, name, 8)
    every.update(use_cpu=True, disable_tqdm=True, dataloader_num_workers=0)
    for name in ("fp16", "bf16", "tf32", "fp16_full_eval", "torch_compile"):
        every.pop(name, None)
    notes.note(f"TrainingArguments: {every['max_steps']} steps on the CPU")
    known = set(inspect.signature(real).parameters)
    real(one, **{name: value for name, value in every.items() if name in known})


@after("optuna.study.study")
def optuna_study(module: Any) -> None:
    around(module.Study, "optimize", _optimize)


def _optimize(real: Any, *given: Any, **named: Any) -> Any:
    every = _named(real, given, named)
    if every["n_trials"] is None or every["n_trials"] > _TRIALS:
        notes.note(f"Optuna: {_TRIALS} trials of {every['n_trials']}")
        every["n_trials"] = _TRIALS
    every.update(n_jobs=1, timeout=None, show_progress_bar=False)
    return real(**every)


@after("mlflow.utils.requirements_utils")
def mlflow_requirements(module: Any) -> None:
    """It starts an interpreter per model to see what that imports: 6 CPU seconds each."""

    def loaded(*_: Any, **__: Any) -> list[str]:
        notes.note("MLflow: a model's requirements are what this process has imported")
        tops = {name.partition(".")[0] for name in list(sys.modules)}
        known = ("torch", "keras", "sklearn", "lightning", "numpy", "pandas", "xgboost",
                 "lightgbm", "torchvision", "transformers", "tensorflow")  # fmt: skip
        return sorted(tops & set(known))

    module._capture_imported_modules = loaded


@after("comet_ml")
def comet_offline(module: Any) -> None:
    """An experiment that would talk to the service becomes one that does not."""

    def experiment(*_: Any, **named: Any) -> Any:
        notes.note("Comet: an offline experiment in .cometml-runs")
        known = inspect.signature(module.OfflineExperiment.__init__).parameters
        return module.OfflineExperiment(**{k: v for k, v in named.items() if k in known})

    module.Experiment = experiment
    module.login = module.init = lambda *_, **__: None


@after("transformers.trainer")
def hugging_face_speed(module: Any) -> None:
    def measured(real: Any, split: str, *given: Any, **named: Any) -> Any:
        return dict.fromkeys(real(split, *given, **named), 1.0)

    around(module, "speed_metrics", measured)
