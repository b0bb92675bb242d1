"""NNCF's magnitude pruning, by its interface of today or by the old one: where its calls go."""

from __future__ import annotations

import re

import libcst as cst

from assay.adapt.planning import Draft, Refusal
from assay.adapt.pruning import sites
from assay.adapt.pruning.lightning import model_of, one_fit
from assay.adapt.pruning.loops import SPARSITY, finish, plain, reached, state_calls
from assay.adapt.pruning.nncf_interfaces import CALLBACK, OF_NNCF_2, TODAY, Interface
from assay.adapt.pruning.reaching import names_in

_MOVES = ("to", "cuda", "cpu", "view", "reshape", "float", "long", "unsqueeze", "squeeze",
          "flatten", "permute", "transpose", "detach", "size", "contiguous", "len")  # fmt: skip
_SHARE = f"PRUNED_SHARE = {SPARSITY}  # of the weights, in the end\n"
_WHY = "what pruning does, in one place"
_WHERE = "NNCF sees its first batch here, ahead of the step that uses it"


def plan(draft: Draft, target: str) -> None:
    """Masks at the first batch, a schedule over the epochs, zeros in the weights at the end, by
    the interface that `nncf` has today or the one of `nncf-2`."""
    facts = draft.facts
    interface = OF_NNCF_2 if target == "nncf-2" else TODAY
    if "transformers" in facts.frameworks and not facts.steps:
        raise Refusal("the Trainer of Hugging Face calls the model by itself, and NNCF has to see "
                      "the batch that it gives; use --add prune")  # fmt: skip
    if "lightning" in facts.frameworks and interface is not TODAY:
        raise Refusal("a LightningModule is not pruned by NNCF 2: it becomes another class, which "
                      "its Trainer does not know; use --add nncf or prune")  # fmt: skip
    if "lightning" in facts.frameworks:
        _plan_lightning(draft)
    else:
        _plan_loop(draft, interface)
    draft.need(*interface.imports)


def _plan_loop(draft: Draft, interface: Interface) -> None:
    site = sites.site(draft)
    source = draft.source
    for name in site.models:
        _check_kind(draft, name)
    inputs = [one for name in site.models for one in _forward(draft, site, name)]
    whole = sites.whole(draft, site.loop)
    indent = draft.indent_of(whole)
    sites.helper(draft, _SHARE + interface.helpers, source.line(site.loop), _WHY)
    for statement, line in inputs:
        draft.insert(source.line(statement) - 1, [line], draft.indent_of(statement), _WHERE)
    before: list[str] = []
    turn: list[str] = []
    last: list[str] = []
    for number, name in enumerate(site.models):
        schedule = draft.free("schedule", "pruning") + ("" if number == 0 else f"_{number + 1}")
        made = interface.schedule.format(model=name, total=site.total)
        before.append(f"{schedule} = {made}")
        turn += [f"if is_wrapped({name}):",
                 f"{source.module.default_indent}{schedule}.step({site.turn})"]  # fmt: skip
        last.append(f'print(f"sparsity: {{finish_pruning({name}):.1%}}")')
    draft.insert(source.line(whole) - 1, before, indent, "the schedule goes by epochs")
    draft.insert(sites.header_end(draft, site.loop), turn, sites.body_indent(draft, site.loop),
                 "more is masked from epoch to epoch, once the masks are in")  # fmt: skip
    finish(draft, site, whole, last)
    for call in state_calls(draft, site):
        plain(draft, call, "pruned_state")
    draft.claim("pruned", *({"model": name, "share": SPARSITY} for name in site.models))


def _check_kind(draft: Draft, name: str) -> None:
    for one in draft.facts.models:
        if one.name != name.removeprefix("self."):
            continue
        short = one.qualified.rsplit(".", 1)[-1]
        if one.qualified.startswith("torch.nn.") and short == "Sequential":
            raise Refusal("NNCF cannot prune a bare nn.Sequential, and to wrap it into a module of "
                          "its own would rename the weights that are saved", one.line)  # fmt: skip
        if one.qualified.startswith("torch.nn."):
            raise Refusal(f"`{name}` is a loose layer, and NNCF needs an nn.Module that calls all "
                          "layers", one.line)  # fmt: skip


def _forward(
    draft: Draft, site: sites.Site, name: str
) -> list[tuple[cst.BaseStatement, str]]:  # fmt: skip
    """The statement in which training calls the model, and the line that shows NNCF its inputs."""
    source = draft.source
    for step in draft.loops.steps:
        function = source.function_of(step)
        names = set(names_in(draft, (name, site.function), function))
        around = source.loops_of(step)
        node = around[0] if around else function or source.module
        for call in source.within(node, cst.Call):
            here = source.code(call.func)
            if here in names and source.before(call, step):
                return [_shown(draft, call, here)]
    raise Refusal(f"the training does not call `{name}` itself, but parts of it, and NNCF's masks "
                  "work in calls of the whole")  # fmt: skip


def _shown(draft: Draft, call: cst.Call, model: str) -> tuple[cst.BaseStatement, str]:
    source = draft.source
    if not call.args or any(arg.keyword or arg.star for arg in call.args):
        raise Refusal("the model is called with other than positional inputs, which NNCF has to be "
                      "shown", source.line(call))  # fmt: skip
    for inner in (one for arg in call.args for one in source.within(arg, cst.Call)):
        func = inner.func
        name = func.attr.value if isinstance(func, cst.Attribute) else source.code(func)
        if name not in _MOVES:
            raise Refusal("the model's inputs are made within its call, and to make them twice "
                          "could draw random numbers; put them into a variable first",
                          source.line(call))  # fmt: skip
    given = ", ".join(source.code(arg.value) for arg in call.args)
    return source.statement_of(call), f"start_pruning({model}, {given})"


def _plan_lightning(draft: Draft) -> None:
    source = draft.source
    fit = one_fit(draft)
    statement = draft.statement_at(fit.line, fit.end_line)
    if not re.fullmatch(r"[\w.]+", fit.object):
        raise Refusal("the Trainer has no name, so it cannot be given a callback: put it into a "
                      "variable first", fit.line)  # fmt: skip
    call = _forward_of_module(draft)
    model = model_of(draft, fit, statement)
    shown, line = _shown(draft, call, "self")
    sites.helper(draft, _SHARE + TODAY.helpers + CALLBACK, fit.line, _WHY)
    draft.insert(source.line(shown) - 1, [line], draft.indent_of(shown), _WHERE)
    given = [f"{fit.object}.callbacks.append(GradualPruning())"]
    draft.insert(source.line(statement) - 1, given, draft.indent_of(statement),
                 "the schedule goes by the trainer's epochs")  # fmt: skip
    old = re.search(r"^\s*(import|from) pytorch_lightning", source.text, re.M)
    package = "pytorch_lightning" if old else "lightning.pytorch"
    known = {source.named(node) for node in source.all(cst.Name)}
    if not any(re.fullmatch(r"(pytorch_lightning|lightning\.pytorch)\.callbacks\.Callback", one)
               for one in known):  # fmt: skip
        draft.need(f"from {package}.callbacks import Callback")
    draft.claim("pruned", {"model": model, "share": SPARSITY})


def _forward_of_module(draft: Draft) -> cst.Call:
    """Where training_step, or what it calls, calls the module itself."""
    source = draft.source
    steps = draft.flow.functions.get("training_step", [])
    if len(steps) != 1:
        raise Refusal("there is not one LightningModule with a training_step")
    around = source.class_of(steps[0])
    forwards = [f for f in draft.flow.functions.get("forward", []) if source.class_of(f) is around]
    if not forwards:
        raise Refusal("the LightningModule has no forward, so NNCF has nothing to look at",
                      source.line(steps[0]))  # fmt: skip
    for function in (steps[0], *reached(draft, steps[0])):
        for call in source.within(function, cst.Call):
            if source.code(call.func) == "self" and source.class_of(function) is around:
                return call
    raise Refusal("training_step does not call the module itself, but parts of it, and NNCF's "
                  "masks work in calls of the whole; call self(…) there",
                  source.line(steps[0]))  # fmt: skip
