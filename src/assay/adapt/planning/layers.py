"""Keras layers of the script's own that can be saved and never loaded: Keras makes a layer anew
from its configuration, name and all, which the layer's `__init__` has to take."""

from __future__ import annotations

import libcst as cst

from assay.adapt.planning.words import Draft, Refusal

_WHY = "Keras loads a registered model's layers by their configuration"


def unreadable(draft: Draft) -> list[cst.FunctionDef]:
    """The `__init__` of each such layer."""
    source, found = draft.source, []
    for node in source.all(cst.ClassDef):
        bases = [source.code(base.value) for base in node.bases]
        if not any(base.endswith("Layer") for base in bases):
            continue
        methods = {f.name.value: f for f in node.body.body if isinstance(f, cst.FunctionDef)}
        init = methods.get("__init__")
        if init is not None and "get_config" not in methods and init.params.star_kwarg is None:
            found.append(init)
    return found


def make_readable(draft: Draft, inits: list[cst.FunctionDef]) -> None:
    """Have them take what every layer is told and hand it on; what else they are given, Keras keeps
    by itself. Refusal where that cannot be done, or would change a file that the script saves."""
    source = draft.source
    for init in inits:
        line = source.line(init)
        layer = source.class_of(init)
        told = (f"the layer `{layer.name.value if layer else ''}` has no get_config and takes no "
                "**kwargs, so Keras could not load a registered model with it")  # fmt: skip
        calls = [
            call
            for call in source.within(init, cst.Call)
            if isinstance(call.func, cst.Attribute)
            and call.func.attr.value == "__init__"
            and not call.args
        ]
        params = init.params
        if len(calls) != 1 or params.kwonly_params or not params.params:
            raise Refusal(f"{told}: give it both", line)
        if any(one.kind == "save" and one.method in ("save", "save_model")
               for one in draft.facts.calls):  # fmt: skip
            raise Refusal(f"{told}, and to give it both would change the file that the script "
                          "saves", line)  # fmt: skip
        param = params.params[-1]
        last = source.span(param.default or param.annotation or param.name).end
        draft.replace(last.line, last.column, last.column, ", **kwargs", _WHY)
        end = source.span(calls[0]).end
        draft.replace(end.line, end.column - 1, end.column - 1, "**kwargs", _WHY)
