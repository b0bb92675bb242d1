"""What a script's end is known by: exact hashes of the models that live, and of the generators."""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator
from typing import Any

from . import left

_DEEPEST, _LONGEST = 3, 64


def generators() -> dict[str, str]:
    """The state of each global generator of random numbers."""
    found = {"random": _hash(random.getstate())}
    if numpy := sys.modules.get("numpy.random"):
        found["numpy"] = _hash(numpy.get_state(legacy=True))
    if torch := sys.modules.get("torch"):
        found["torch"] = _hash(torch.get_rng_state())
    return found


def drawn() -> tuple[Any, ...]:
    """Where the generators are, for `put_back`."""
    numpy, torch = sys.modules.get("numpy.random"), sys.modules.get("torch")
    return (
        random.getstate(), numpy and numpy.get_state(), torch and torch.get_rng_state(),
    )  # fmt: skip


def put_back(states: tuple[Any, ...]) -> None:
    random.setstate(states[0])
    if states[1] is not None:
        sys.modules["numpy.random"].set_state(states[1])
    if states[2] is not None:
        sys.modules["torch"].set_rng_state(states[2])


def weights(namespace: dict[str, Any]) -> dict[str, str]:
    """The models that a variable leads to, by its name: of the module, then of functions as
    `function.variable`. A model with two names is told once."""
    found: dict[str, str] = {}
    seen: set[int] = set()
    frames = sorted(left.frames.items(), key=lambda item: item[0].endswith(".__init__"))
    roots = [("", namespace), *((f"{name}.", kept) for name, kept in frames)]
    for prefix, variables in roots:
        for name, value in list(variables.items()):
            if name.startswith("__"):
                continue
            for path, model in _models(f"{prefix}{name}", value, seen, 0):
                found[path] = _hash(model)
    return found


def _models(path: str, value: Any, seen: set[int], depth: int) -> Iterator[tuple[str, Any]]:
    if id(value) in seen or isinstance(value, type) or depth > _DEEPEST:
        return
    if _is_model(value):
        parts = value.modules() if hasattr(value, "modules") else ()
        seen.update(map(id, (value, *parts)))
        yield path, value
        return
    inner: Any = ()
    if isinstance(value, dict):
        inner = [(f"{path}[{key!r}]", one) for key, one in list(value.items())[:_LONGEST]]
    elif isinstance(value, (list, tuple)) and len(value) <= _LONGEST:
        inner = [(f"{path}[{place}]", one) for place, one in enumerate(value)]
    elif _holds_models(value):
        seen.add(id(value))
        inner = [(f"{path}.{name}", one) for name, one in list(vars(value).items())]
    for name, one in inner:
        yield from _models(name, one, seen, depth + 1)


def _holds_models(value: Any) -> bool:
    """Objects of the script's own classes, and trainers."""
    kind = type(value)
    return hasattr(value, "__dict__") and (
        kind.__module__ == "__main__" or kind.__name__.endswith(("Trainer", "SearchCV"))
    )


def _is_model(value: Any) -> bool:
    torch, keras, sklearn = map(sys.modules.get, ("torch", "keras", "sklearn.base"))
    if keras is not None and isinstance(value, keras.Model):
        return bool(value.weights)
    if torch is not None and isinstance(value, torch.nn.Module):
        return any(True for _ in value.parameters())
    if sklearn is not None and isinstance(value, sklearn.BaseEstimator):
        fitted = any(name.endswith("_") and not name.startswith("_") for name in vars(value))
        return fitted or any(_is_model(step) for _, step in getattr(value, "steps", ()))
    return type(value).__name__ == "Booster"


def _hash(value: Any) -> str:
    folded = hashlib.sha256()
    _fold(folded, value, [])
    return folded.hexdigest()


def _fold(folded: Any, value: Any, around: list[int]) -> None:
    """Feed a value to the hash by what it holds, never by where it lies."""
    folded.update(f"<{type(value).__name__}>".encode())
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        folded.update(repr(value).encode())
        return
    if id(value) in around or len(around) > 40:
        return
    around.append(id(value))
    numpy, torch, keras = map(sys.modules.get, ("numpy", "torch", "keras"))
    if numpy is not None and isinstance(value, (numpy.ndarray, numpy.generic)):
        _fold_array(folded, numpy.asarray(value), around)
    elif torch is not None and isinstance(value, torch.Tensor):
        _fold_tensor(folded, value)
    elif keras is not None and isinstance(value, keras.Model):
        for one in value.weights:
            _fold(folded, keras.ops.convert_to_numpy(one), around)
    elif torch is not None and isinstance(value, torch.nn.Module):
        for name, one in value.state_dict().items():
            folded.update(name.encode())
            _fold(folded, one, around)
    elif type(value).__name__ == "Booster":
        save = getattr(value, "save_raw", None) or value.model_to_string
        folded.update(repr(bytes(save()) if save.__name__ == "save_raw" else save()).encode())
    else:
        _fold_object(folded, value, around)
    around.pop()


def _fold_array(folded: Any, array: Any, around: list[int]) -> None:
    folded.update(f"{array.dtype}{array.shape}".encode())
    if array.dtype.names:  # between fields lies what nobody wrote
        for name in array.dtype.names:
            folded.update(array[name].tobytes())
    elif array.dtype.hasobject:
        for one in array.ravel().tolist():
            _fold(folded, one, around)
    else:
        folded.update(array.tobytes())


def _fold_tensor(folded: Any, tensor: Any) -> None:
    torch = sys.modules["torch"]
    folded.update(f"{tensor.dtype}{tuple(tensor.shape)}".encode())
    if tensor.is_meta:  # a shape without numbers
        return
    if tensor.is_sparse or tensor.is_quantized:
        tensor = tensor.to_dense() if tensor.is_sparse else tensor.int_repr()
    flat = tensor.detach().cpu().contiguous().reshape(-1)
    folded.update(flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b"")


def _fold_object(folded: Any, value: Any, around: list[int]) -> None:
    if isinstance(value, dict):
        for key, one in value.items():
            _fold(folded, key, around)
            _fold(folded, one, around)
    elif isinstance(value, (list, tuple)):
        for one in value:
            _fold(folded, one, around)
    elif isinstance(value, (set, frozenset)):
        folded.update(repr(sorted(map(repr, value))).encode())
    elif callable(value) and hasattr(value, "__qualname__"):
        folded.update(value.__qualname__.encode())
    else:
        state = _state_of(value)
        if state is not None:
            _fold(folded, state, around)


def _state_of(value: Any) -> Any:
    if hasattr(value, "get_state"):  # RandomState
        return value.get_state()
    if hasattr(value, "get_arrays"):  # trees of neighbours: the rest counts who asked them
        return value.get_arrays()
    own = getattr(value, "__dict__", None)
    if own:
        return own
    try:
        return value.__getstate__()
    except Exception:
        return None
