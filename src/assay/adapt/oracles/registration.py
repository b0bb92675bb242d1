"""A registered model: is it there, does it load where the script never ran, is it trained?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assay.adapt.oracles.base import Case, Judging

Said = Iterator[tuple[bool | None, str]]


def _evidence(case: Case) -> Said:
    if "registration" not in case.kinds:
        return
    registered = [
        (run, model)
        for component in case.components
        for run in case.runs(component)
        for model in run.models
    ]
    if not registered:
        yield False, "no model was registered"
        return
    for one in case.after.loaded:
        label = f"registered model `{one['name']}` version {one['version']}"
        if one.get("error"):
            yield False, f"{label} does not load in a fresh process: {one['error'][:200]}"
        else:
            yield True, f"{label} loads in a fresh process as {one['type']}"
    if len(case.after.loaded) < 1:
        yield False, "the registered model could not be loaded in a fresh process"


def _semantics(case: Case) -> Said:
    if "registration" not in case.kinds:
        return
    for one in case.after.loaded:
        if one.get("error"):
            continue
        label = f"registered model `{one['name']}` version {one['version']}"
        twins = [
            path
            for path, model in case.after.models.items()
            if one.get("hash") == model["hash"]
            or (one.get("state") or 0) == model.get("state")
            or (one.get("predicts") or 0) == model.get("predicts")
        ]
        if one.get("arrays"):
            yield _weights(case, label, one["arrays"])
            continue
        if one.get("states"):
            yield _several(case, label, one["states"])
            continue
        if not twins:
            yield False, f"{label} has other weights than any model at the end of the script"
            continue
        model = case.after.models[twins[0]]
        if model["hash"] not in case.before.smoked.weights.values():
            yield False, f"{label} is `{twins[0]}`, which the original does not train so"
        elif one.get("predicts") and one["predicts"] != model.get("predicts"):
            yield False, f"{label} predicts otherwise than `{twins[0]}` does in the script"
        else:
            predicts = " and predicts the same" if one.get("predicts") else ""
            yield True, f"{label} has the trained weights of `{twins[0]}`{predicts}"


def _weights(case: Case, label: str, arrays: Sequence[str]) -> tuple[bool, str]:
    """Of a file of Keras's that holds weights alone."""
    for path, model in case.after.models.items():
        wanted = set(model.get("arrays") or ())
        is_trained = model["hash"] in case.before.smoked.weights.values()
        if wanted and is_trained and wanted <= set(arrays):
            return True, f"{label} has the {len(wanted)} trained arrays of `{path}`"
    return False, f"{label} has other weights than any model at the end of the script"


def _several(case: Case, label: str, states: Sequence[str]) -> tuple[bool, str]:
    """Of a file that holds the weights of several modules: is each one in the script at its end, as
    the original trains it?"""
    trained = case.before.smoked.weights.values()
    known = {
        model.get("state"): path
        for path, model in case.after.models.items()
        if model["hash"] in trained
    }
    if not set(states) <= set(known):
        return False, f"{label} has other weights than the modules at the end of the script"
    names = ", ".join(f"`{known[one]}`" for one in states)
    return True, f"{label} has the trained weights of {names}"


REGISTERED = Judging("registered", "evidence", _evidence)
TRAINED = Judging("trained", "semantics", _semantics)
