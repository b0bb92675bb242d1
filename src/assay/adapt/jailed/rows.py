"""Which rows of data a model was fitted on and which it was asked about, by what is in them.

An event is [phase, moment, "fit" or "score", rows, rows among them that the model was fitted on,
line of the script]; moments are places in the record of the script. Rows are known by the hash of
their bytes. Where a model is asked about all that it was trained with, that call is "whole", and
what is then looked up of its answer is a "part".
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
import linecache
import re
import sys
import types
import weakref
from collections.abc import Callable
from typing import Any

from . import fresh, tuned, whole

_MOST_EVENTS, _MOST_ROWS, _MOST_KEPT = 3_000, 6_000, 100
_ASKED = ("predict", "predict_proba", "decision_function", "score")

recorder: Any = None
events: list[list[Any]] = []
folds: list[list[Any]] = []
# The fits that the script itself asks for: the estimator's class, and whether it has a score.
fits: list[list[Any]] = []
# Rows that were asked about in trials, and outside of any in the name of a test.
_seen: dict[str, set[int]] = {"trial": set(), "test": set()}
_fitted: weakref.WeakKeyDictionary[Any, set[int]] = weakref.WeakKeyDictionary()
_probes: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
# The estimators that the script fitted last, with what on: kept, for a script may lose them.
_trained: dict[int, tuple[Any, Any, Any]] = {}
# What estimators scored on their training data before they were fitted once more, or let go.
_earlier: list[tuple[str, float]] = []
_depth = [0]
# Estimators that we ask ourselves, or whose parts answer: nobody else's question.
_quiet: list[Any] = []
# The kind and the rows of the call that is going on.
_called: list[Any] = []


def watch(after: Callable[[str, Callable[[Any], None]], None]) -> None:
    after("torch.nn.modules.module", _torch)
    after("sklearn.base", _sklearn)
    after("sklearn.model_selection._split", _splits)
    after("keras", _keras)


def told() -> dict[str, Any]:
    both = _seen["trial"] & _seen["test"]
    whole.reckon()
    return {"rows": events, "folds": folds, "fits": fits, "test_rows_in_search": len(both),
            "test_rows": len(_seen["test"])}  # fmt: skip


def probe_of(model: Any) -> Any:
    """The first few rows that a model was given, or None."""
    try:
        return _probes.get(model)
    except TypeError:
        return None


def training_scores() -> list[tuple[str, float]]:
    """What autologging reckons of each estimator and the data that it was fitted on, by its name
    for it."""
    return [*_earlier, *(score for kept in _trained.values() for score in _score(*kept))]


def _score(estimator: Any, data: Any, target: Any) -> list[tuple[str, float]]:
    _quiet.append(estimator)
    try:
        found = [("training_score", float(estimator.score(data, target)))]
        best = getattr(estimator, "best_score_", None)
        return found if best is None else [*found, ("best_cv_score", float(best))]
    except Exception:  # those that have no score, or other data now
        return []
    finally:
        _quiet.pop()


def _hashes(value: Any) -> set[int]:
    """One number for each row of an array, a tensor, a frame or a sparse matrix, and for each of
    several texts."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    elif type(value).__module__.startswith("pandas"):
        value = value.to_numpy()
    elif isinstance(value, (tuple, list)) and value and hasattr(value[0], "shape"):
        value = value[0]
    elif isinstance(value, dict) and value:
        return _hashes(next(iter(value.values())))
    if isinstance(value, (tuple, list)) and value and isinstance(value[0], str):
        return set(map(hash, value[:_MOST_ROWS]))
    if hasattr(value, "tocsr"):
        return _of_sparse(value.tocsr()[:_MOST_ROWS].sorted_indices())
    if not hasattr(value, "shape") or not hasattr(value, "tobytes") or len(value.shape) < 1:
        return set()
    if value.dtype == object:
        return {hash(repr(row)) for row in value[:_MOST_ROWS].tolist()}
    return {hash(row.tobytes()) for row in value[:_MOST_ROWS]}


def _of_sparse(value: Any) -> set[int]:
    return {
        hash((value.indices[start:end].tobytes(), value.data[start:end].tobytes()))
        for start, end in itertools.pairwise(value.indptr)
    }


def note(kind: str, model: Any, data: Any) -> set[int]:
    """A model was fitted on, or asked about, these rows."""
    try:
        rows = _hashes(data)
        known = _fitted.setdefault(model, set())
    except Exception:  # what cannot be looked at is not counted
        return set()
    if not rows:
        return rows
    phase = tuned.phase()
    if kind == "score" and phase.startswith("trial"):
        _seen["trial"] |= rows
    elif kind == "score" and _is_test():
        _seen["test"] |= rows
    if len(events) < _MOST_EVENTS:
        moment, line = len(recorder.events) // 2, _line() if phase.startswith("trial") else 0
        events.append([phase, moment, kind, len(rows), len(rows & known), line])
    if kind == "fit":
        known |= rows
    return rows


def _line() -> int:
    """The line of the script that is being run, the innermost."""
    frame: Any = sys._getframe(2)
    while frame is not None and (
        frame.f_globals.get("__name__") != "__main__" or "__file__" not in frame.f_globals
    ):
        frame = frame.f_back
    return frame.f_lineno if frame is not None else 0


def _is_test() -> bool:
    """Whether the lines of the script that are being run speak of a test, and not of validation."""
    frame: Any = sys._getframe(2)
    lines = ""
    while frame is not None:
        if frame.f_globals.get("__name__") == "__main__" and "__file__" in frame.f_globals:
            lines += linecache.getline(frame.f_code.co_filename, frame.f_lineno).lower()
        frame = frame.f_back
    said = set(re.findall("[a-z]+", lines))
    return "test" in said and not said & {"val", "valid", "validation", "dev"}


# Torch: whole models, by the mode that they are called in


def _torch(module: Any) -> None:
    module.register_module_forward_pre_hook(_begins)
    module.register_module_forward_hook(_ends, always_call=True)


def _begins(model: Any, inputs: Any) -> None:
    _depth[0] += 1
    # torchvision's transforms are modules, too, and are called once for each image.
    if _depth[0] > 1 or not inputs or next(model.parameters(), None) is None:
        return
    import torch

    kind = "fit" if torch.is_grad_enabled() and model.training else "score"
    whole.stop()
    _called[:] = kind, note(kind, model, inputs[0])
    # Keras finds out shapes by tensors that hold nothing.
    if all(isinstance(one, torch.Tensor) and not one.is_meta for one in inputs):
        small = sum(one.numel() for one in inputs) <= 1 << 20
        if small:
            _keep_probe(model, tuple(one.detach().clone() for one in inputs))


def _keep_probe(model: Any, data: Any) -> None:
    try:
        if model not in _probes:
            _probes[model] = fresh.packed(data)
    except Exception:  # sparse, or of a kind that cannot be sent
        return


def _ends(model: Any, _: Any, answer: Any) -> None:
    _depth[0] -= 1
    if _depth[0] or not _called:
        return
    kind, rows = _called
    _called.clear()
    if tuned.phase().startswith("trial"):
        (whole.trained if kind == "fit" else whole.asked)(model, rows, answer)


# scikit-learn: every `fit` checks its parameters first


def _sklearn(module: Any) -> None:
    kind = module.BaseEstimator
    real = kind._validate_params

    def validate(self: Any) -> Any:
        frame = sys._getframe(1).f_locals
        given = frame.get("args")
        if isinstance(given, tuple):
            data: Any = given[0] if given else (frame.get("kwargs") or {}).get("X")
            _ask_about(type(self))
            note("fit", self, data)
            tuned.fitted(self)
            target = given[1] if len(given) > 1 else (frame.get("kwargs") or {}).get("y")
            _note_fit(self, data, target)
            if hasattr(data, "shape") or isinstance(data, list):
                _keep_probe(self, (data[:5],))
        return real(self)

    kind._validate_params = validate


def _note_fit(estimator: Any, data: Any, target: Any) -> None:
    """Remember a fit that the script itself asks for, and not an estimator around it. Without a
    target autologging reckons no score."""
    frame: Any = sys._getframe(2)
    how = getattr(frame.f_locals.get("fit_method"), "__name__", "")
    while (frame := frame.f_back) and frame.f_globals["__name__"].startswith("sklearn."):
        around = frame.f_locals
        if around.get("estimator") is estimator and "fit_method" in around:
            return  # the fit of its base class
        if around.get("self", estimator) is not estimator:
            return
    kind = type(estimator)
    named = frame.f_globals if frame else {}
    is_script = named.get("__name__") == "__main__" and "__file__" in named
    if is_script and how != "partial_fit" and kind.__module__.startswith("sklearn."):
        scored = target is not None and hasattr(estimator, "score")
        if id(estimator) in _trained or len(_trained) == _MOST_KEPT:
            known = id(estimator) if id(estimator) in _trained else next(iter(_trained))
            _earlier.extend(_score(*_trained.pop(known)))
        if scored:
            _trained[id(estimator)] = (estimator, data, target)
        fits.append([f"{kind.__module__}.{kind.__name__}", scored])


def _ask_about(kind: Any) -> None:
    for name in _ASKED:
        static = inspect.getattr_static(kind, name, None)
        if isinstance(static, types.FunctionType) and not hasattr(static, "__watched__"):
            setattr(kind, name, _watched(static))
        elif callable(getattr(static, "fn", None)) and not hasattr(static.fn, "__watched__"):
            static.fn = _watched(static.fn)


def _watched(real: Any) -> Any:
    @functools.wraps(real)
    def asked(self: Any, data: Any, *given: Any, **named: Any) -> Any:
        if _quiet or not note("score", self, data):
            return real(self, data, *given, **named)
        _quiet.append(self)  # what it is made of is asked for the same figure
        try:
            return real(self, data, *given, **named)
        finally:
            _quiet.pop()

    asked.__watched__ = True  # type: ignore[attr-defined]
    return asked


def _splits(module: Any) -> None:
    """Folds, and whether they cut sorted data into pieces."""
    kind = module._BaseKFold
    real = kind.split

    def split(self: Any, X: Any, y: Any = None, groups: Any = None) -> Any:  # noqa: N803
        kept = [
            tuned.phase(),
            type(self).__name__,
            bool(self.shuffle),
            _is_sorted(y) or _has_sorted(X),
        ]
        if len(folds) < 200:
            folds.append(kept)
        return real(self, X, y, groups)

    kind.split = split


def _has_sorted(data: Any) -> bool:
    numpy = sys.modules.get("numpy")
    if numpy is None or numpy.ndim(data) != 2:
        return False
    columns = numpy.asarray(data)
    return any(_is_sorted(columns[:, place]) for place in range(min(8, columns.shape[1])))


def _is_sorted(values: Any) -> bool:
    numpy = sys.modules.get("numpy")
    if values is None or numpy is None:
        return False
    try:
        steps = numpy.diff(numpy.asarray(values, dtype=float).ravel())
    except (TypeError, ValueError):
        return False
    return len(steps) > 3 and bool((steps >= 0).all() or (steps <= 0).all()) and bool(steps.any())


# Keras


def _keras(module: Any) -> None:
    kind = module.Model
    fit, evaluate, predict = kind.fit, kind.evaluate, kind.predict

    @functools.wraps(fit)
    def fits(self: Any, *given: Any, **named: Any) -> Any:
        bound = inspect.signature(fit).bind(self, *given, **named).arguments
        data: Any = bound.get("x")
        held_out = bound.get("validation_data")
        share = bound.get("validation_split") or 0.0
        if share and hasattr(data, "shape"):
            cut = int(len(data) * (1 - share))
            held_out, data = (data[cut:],), data[:cut]
        note("fit", self, data)
        tuned.fitted(self)
        if held_out is not None:
            note("score", self, held_out[0] if isinstance(held_out, tuple) else None)
        if hasattr(data, "shape"):
            _keep_probe(self, (data[:5],))
        found = fit(self, *given, **named)
        if hasattr(found, "history"):
            recorder.history(found)
        return found

    def asks(real: Any) -> Any:
        @functools.wraps(real)
        def asked(self: Any, x: Any = None, *given: Any, **named: Any) -> Any:
            note("score", self, x)
            return real(self, x, *given, **named)

        return asked

    @functools.wraps(evaluate)
    def evaluates(self: Any, x: Any = None, *given: Any, **named: Any) -> Any:
        found = evaluate(self, x, *given, **named)
        with contextlib.suppress(Exception):  # a model that keeps no metrics
            for name, value in self.get_metrics_result().items():
                recorder.library.append(["evaluation", str(name), None, float(value)])
        return found

    kind.fit, kind.evaluate, kind.predict = fits, asks(evaluates), asks(predict)
