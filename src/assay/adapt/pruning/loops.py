"""torch.nn.utils.prune in a training loop of the script's own."""

from __future__ import annotations

import re

import libcst as cst

from assay.adapt.planning import Draft, Refusal
from assay.adapt.pruning import sites
from assay.adapt.pruning.sites import Site

SPARSITY = 0.5
_WIDTH = 84
HELPERS = '''\
PRUNED_SHARE = {share}  # of the weights, in the end


def prune_layers(layers, progress):
    """Mask the smallest weights of each layer: more from epoch to epoch, all by three quarters."""
    share = round(PRUNED_SHARE * (1 - (1 - min(1.0, progress / 0.75)) ** 3), 2)
    for layer in layers:
        masked = int((layer.weight == 0).sum())
        amount = int(share * layer.weight.numel()) - masked
        if amount > 0:
            prune.l1_unstructured(layer, "weight", amount=amount)


def finish_pruning(layers):
    """Make the zeros permanent; gives the share of them."""
    for layer in layers:
        if prune.is_pruned(layer):
            prune.remove(layer, "weight")
    zeros = sum(int((layer.weight == 0).sum()) for layer in layers)
    return zeros / sum(layer.weight.numel() for layer in layers)
'''
_STATE = '''

def pruned_state(model):
    """A state dict as the unpruned model has it, with the masked weights as zeros."""
    state = model.state_dict()
    for name in [name for name in state if name.endswith("weight_mask")]:
        weight = name.removesuffix("_mask")
        state[weight] = state.pop(f"{{weight}}_orig") * state.pop(name)
    return state
'''


def plan(draft: Draft) -> None:
    """Masks that grow at the beginning of each epoch and become zeros after the last."""
    site = sites.site(draft)
    _check(draft, site)
    layers = draft.free("pruned_layers", "layers_to_prune")
    whole = sites.whole(draft, site.loop)
    indent = draft.indent_of(whole)
    states = state_calls(draft, site)
    text = HELPERS + (_STATE if states else "")
    sites.helper(draft, text.format(share=SPARSITY), draft.source.line(site.loop),
                 "what pruning does, in one place")  # fmt: skip
    draft.need("from torch.nn.utils import prune")
    draft.insert(draft.source.line(whole) - 1, chosen(draft, site, layers), indent,
                 "the weights of linear and convolutional layers; no biases, no norms")  # fmt: skip
    draft.insert(sites.header_end(draft, site.loop),
                 [f"prune_layers({layers}, {site.progress})"],
                 sites.body_indent(draft, site.loop),
                 "masks grow on a schedule, and hold through the steps of the epoch")  # fmt: skip
    told = f'print(f"sparsity: {{finish_pruning({layers}):.1%}}")'
    again = _reloaded(draft, site, whole)
    finish(draft, site, whole, [f"finish_pruning({layers})" if again else told])
    if again:
        draft.insert(again, [told], indent, "of the weights that the script goes on with")
    for call in states:
        plain(draft, call, "pruned_state")
    draft.claim("pruned", *({"model": name, "share": SPARSITY} for name in site.models))


def _reloaded(draft: Draft, site: Site, whole: cst.BaseStatement) -> int:
    """The line behind which the script is back at weights that it kept while it trained; 0 where
    it stays with the last."""
    source = draft.source
    wanted = {f"{name}.load_state_dict" for name in site.models}
    block = source.block_of(whole)
    after = (one for one in (block.body if block else ()) if source.line(one) > source.line(whole))
    ends = [
        source.end_line(one) for one in after
        for call in source.within(one, cst.Call) if source.code(call.func) in wanted
    ]  # fmt: skip
    return max(ends, default=0)


def _check(draft: Draft, site: Site) -> None:
    for call in draft.source.within(site.loop, cst.Call):
        for name in site.models:
            if draft.source.code(call.func) == f"{name}.load_state_dict":
                raise Refusal(f"`{name}` is given other weights while it trains, which the masks "
                              "would not fit", draft.source.line(call))  # fmt: skip
    match = re.search(r"deepcopy\((self\.)?(model|net|network)\)", draft.source.text)
    if match:
        line = draft.source.text[: match.start()].count("\n") + 1
        raise Refusal("a module with masks cannot be copied by deepcopy: copy its state_dict "
                      "instead", line)  # fmt: skip


def chosen(draft: Draft, site: Site, layers: str) -> list[str]:
    """The statement that picks the layers."""
    kinds = sites.layers(draft)
    models = (*site.models, *_followers(draft, site))
    trained = " and m.weight.requires_grad" if "requires_grad" in draft.source.text else ""
    test = f"if type(m) in {kinds}{trained}"
    maybe = [name for name in models if _may_be_none(draft, name)]
    if len(models) == 1:
        head = f"{layers} = [m for m in {models[0]}.modules() {test}]"
        if len(head) <= _WIDTH:
            return [head]
        return [f"{layers} = [", f"    m for m in {models[0]}.modules()", f"    {test}", "]"]
    over = f"for net in ({', '.join(models)})" + (" if net is not None" if maybe else "")
    return [f"{layers} = [", f"    m {over}", f"    for m in net.modules() {test}", "]"]


def _followers(draft: Draft, site: Site) -> list[str]:
    """Models that follow a trained one parameter by parameter, and so have to have as many, in the
    same order."""
    found: dict[str, None] = {}
    text = draft.source.text
    for name in site.models:
        own = re.escape(name)
        pair = r"zip\(([\w.]+)\.parameters\(\), ([\w.]+)\.parameters\(\)\)"
        for one, other in re.findall(pair, text):
            found.update({both: None for both in (one, other) if name in (one, other)})
        averaged = rf"^\s*(\w+) = (?:\w+\.)*AveragedModel\({own}\b"
        found.update(dict.fromkeys(re.findall(averaged, text, re.M)))
    return [name for name in found if name not in site.models]


def _may_be_none(draft: Draft, name: str) -> bool:
    return any(draft.source.code(one.value) == "None" for one in draft.flow.everywhere(name))


def state_calls(draft: Draft, site: Site) -> list[cst.Call]:
    """Calls of `state_dict` of models while they are masked: in the loop, and in functions that it
    may reach."""
    source = draft.source
    found = []
    for call in source.all(cst.Call):
        func = call.func
        if not isinstance(func, cst.Attribute) or func.attr.value != "state_dict" or call.args:
            continue
        function = source.function_of(call)
        if not source.contains(site.loop, call) and function in (None, site.function):
            continue
        held = source.code(func.value)
        if not re.search(r"opt|sched|scaler|sgd|adam|meter|ema\b", held, re.I):
            found.append(call)
    return found


def reached(draft: Draft, node: cst.CSTNode) -> list[cst.FunctionDef]:
    """The script's functions that a node calls, also through others."""
    found: dict[cst.FunctionDef, None] = {}
    fresh: list[cst.CSTNode] = [node]
    while fresh:
        for call in draft.source.within(fresh.pop(), cst.Call):
            for function in draft.flow.called(call):
                if function not in found:
                    found[function] = None
                    fresh.append(function)
    return list(found)


def plain(draft: Draft, call: cst.Call, by: str) -> None:
    """`model.state_dict()` becomes `pruned_state(model)`."""
    assert isinstance(call.func, cst.Attribute)
    at = draft.source.span(call)
    if at.start.line != at.end.line:
        raise Refusal("a state_dict() call goes over several lines", at.start.line)
    new = f"{by}({draft.source.code(call.func.value)})"
    draft.replace(at.start.line, at.start.column, at.end.column, new,
                  "what is saved on the way has the names that an unpruned model has")  # fmt: skip


def finish(draft: Draft, site: Site, whole: cst.BaseStatement, lines: list[str]) -> None:
    """Put the last lines behind the loop, and ahead of what leaves its function."""
    why = "the zeros are in the weights before anything is saved or tested"
    source = draft.source
    for node in source.within(site.loop, cst.Return):
        if source.function_of(node) is site.function:
            statement = source.statement_of(node)
            draft.insert(source.line(statement) - 1, lines, draft.indent_of(statement), why)
    draft.order += 500
    draft.insert(source.end_line(whole), lines, draft.indent_of(whole), why, outside=True)
    draft.order -= 500
