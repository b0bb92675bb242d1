"""A process that has not run the script: forked ahead of it, it loads what the script registered.

What loads only beside the script's globals does not load here. Keras's files name layers of the
script's own and do not hold them: they are loaded beside the script's definitions, as somebody
would who imports them.
"""

from __future__ import annotations

import ast
import base64
import builtins
import contextlib
import glob
import importlib
import json
import os
import pickle
import sys
import tempfile
from typing import Any

from . import state

_asking, _answering = -1, -1


def prepare() -> None:
    """Fork it. It sleeps until `ask`."""
    global _asking, _answering
    question, _asking = os.pipe()
    _answering, answer = os.pipe()
    if os.fork():
        os.close(question)
        os.close(answer)
        return
    try:
        # Classes that were pickled with the script's code look for what that code was given.
        builtins.__dict__.update(
            __assay_see__=lambda _, value: value, __assay_turn__=lambda *_: None,
            __assay_probe__=lambda *_: None,
        )  # fmt: skip
        os.close(_asking)
        with os.fdopen(question, "rb") as asked:
            line = asked.readline()
        reply = _safely(json.loads(line)) if line else {}
        with os.fdopen(answer, "wb") as told:
            told.write(json.dumps(reply).encode() + b"\n")
    finally:
        os._exit(0)


def ask(request: dict[str, Any]) -> dict[str, Any]:
    """What the fresh process makes of it, once."""
    with os.fdopen(_asking, "wb") as asking:
        asking.write(json.dumps(request).encode() + b"\n")
    with os.fdopen(_answering, "rb") as answering:
        found: dict[str, Any] = json.loads(answering.readline() or b"{}")
    return found


def _safely(request: dict[str, Any]) -> dict[str, Any]:
    models = []
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    for one in request["models"]:
        try:
            models.append(_loaded(request, one))
        except BaseException as error:
            models.append({**one, "error": f"{type(error).__name__}: {error}"[:400]})
    return {"models": models}


def _loaded(request: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    own = _layers(request["script"])
    model = _from_mlflow(request, one, own) if "location" in one else _from_files(one["files"], own)
    if isinstance(model, list) and model and isinstance(model[0], str):
        return {**one, "arrays": model, "type": "weights"}
    hashes = state.weights({"model": model})
    known: dict[str, Any] = {"hash": hashes.get("model"), "type": type(model).__name__}
    if isinstance(model, dict):
        known["state"] = state_hash(model)
    elif hasattr(model, "state_dict"):
        known["state"] = state_hash(model.state_dict())
    parts = model if isinstance(model, (list, tuple)) else ()
    if parts and all(isinstance(part, dict) for part in parts):
        known["states"] = [state_hash(part) for part in parts]
    probes = request["probes"]
    probe = probes.get(known["hash"]) or probes.get(known.get("state"))
    probe = probe or probes.get(known["type"])
    if probe and not isinstance(model, dict):
        known["predicts"] = predicted(model, unpacked(probe))
    return {**one, **known}


def _layers(script: str) -> dict[str, Any]:
    """The script's own classes, where it makes layers for Keras: made anew from its imports,
    constants and definitions. Nothing else of it is run."""
    if "keras" not in script:
        return {}
    tree = ast.parse(script)
    kept = [one for one in tree.body if isinstance(one, _DEFINES) or _is_constant(one)]
    made: dict[str, Any] = {"__name__": "definitions"}
    for statement in kept:
        with contextlib.suppress(Exception):
            exec(compile(ast.Module([statement], []), "definitions", "exec"), made)
    return {one.name: made[one.name] for one in kept
            if isinstance(one, ast.ClassDef) and one.name in made}  # fmt: skip


_DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def _is_constant(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and not any(
        isinstance(node, ast.Call) for node in ast.walk(statement.value)
    )


def _from_mlflow(request: dict[str, Any], one: dict[str, Any], own: dict[str, Any]) -> Any:
    mlflow = importlib.import_module("mlflow")
    mlflow.set_tracking_uri(request["tracking"])
    mlflow.set_registry_uri(request["registry"])
    uri = f"models:/{one['name']}/{one['version']}"
    flavors = mlflow.models.get_model_info(uri).flavors
    for name in (
        "pytorch",
        "sklearn",
        "keras",
        "tensorflow",
        "xgboost",
        "lightgbm",
        "transformers",
    ):
        if name == "keras" and name in flavors and own:
            return mlflow.keras.load_model(uri, custom_objects=own)
        if name in flavors:
            return getattr(mlflow, name).load_model(uri)
    return mlflow.pyfunc.load_model(uri)


def _from_files(files: list[str], own: dict[str, Any]) -> Any:
    """A model that was kept as an artifact: as its file says by its ending."""
    places = [one for one in files if os.path.isfile(one)]
    places += [one for folder in files if os.path.isdir(folder) for one in glob.glob(folder + "/*")]
    for place in places:
        with open(place, "rb") as file:
            start = file.read(4)
        if start[:2] == b"PK" and _is_keras(place):
            named = os.path.join(tempfile.mkdtemp(), "model.keras")
            os.symlink(os.path.abspath(place), named)
            keras = importlib.import_module("keras")
            return keras.saving.load_model(named, custom_objects=own)
        if start[:2] == b"PK":
            return importlib.import_module("torch").load(place, weights_only=False)
        if start == b"\x89HDF":
            return _arrays_of(place)
        if start[:1] == b"\x80":
            return importlib.import_module("joblib").load(place)
    raise ValueError("no model among " + ", ".join(map(os.path.basename, files)))


def _arrays_of(place: str) -> list[str]:
    """The hashes of all arrays in a file of weights."""
    h5py = importlib.import_module("h5py")
    found: list[str] = []

    def visit(_: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found.append(state._hash(item[()]))

    with h5py.File(place) as file:
        file.visititems(visit)
    return found


def _is_keras(place: str) -> bool:
    import zipfile

    with zipfile.ZipFile(place) as archive:
        return "model.weights.h5" in archive.namelist()


def state_hash(value: Any) -> str:
    return state._hash(dict(value))


def packed(value: Any) -> str:
    """An input as text; only arrays of numbers and texts are packed."""
    return base64.b64encode(pickle.dumps(_as_arrays(value))).decode()


def unpacked(text: str) -> Any:
    return pickle.loads(base64.b64decode(text))


def _as_arrays(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return tuple(_as_arrays(one) for one in value)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return ("tensor", value.detach().cpu().numpy())
    return value


def _as_inputs(value: Any) -> Any:
    if isinstance(value, tuple) and len(value) == 2 and value[0] == "tensor":
        import torch

        return torch.from_numpy(value[1])
    if isinstance(value, tuple):
        return tuple(_as_inputs(one) for one in value)
    return value


def predicted(model: Any, probe: Any) -> str:
    """The hash of what a model says to an input; empty where it cannot be asked."""
    try:
        return _predicted(model, probe)
    except Exception:  # a scaler does not predict; a network may want other arguments
        return ""


def _predicted(model: Any, probe: Any) -> str:
    inputs = _as_inputs(probe)
    inputs = inputs if isinstance(inputs, tuple) else (inputs,)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module) and hasattr(model, "eval"):
        was = model.training
        model.eval()
        drawn = torch.get_rng_state()
        torch.manual_seed(0)
        with torch.no_grad():
            said = model(*inputs)
        torch.set_rng_state(drawn)
        model.train(was)
        return state._hash(said)
    return state._hash(model.predict(inputs[0]))
