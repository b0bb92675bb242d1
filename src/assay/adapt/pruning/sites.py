"""Where a script trains: the loop over epochs, how far it has come, and the models it trains."""

from __future__ import annotations

import re
from dataclasses import dataclass

import libcst as cst

from assay.adapt.facts.loops import LoopNode
from assay.adapt.planning import Draft, Refusal
from assay.adapt.planning.regions import is_reached
from assay.adapt.pruning.reaching import name_in

# Layers whose weight has rows and columns, or kernels: what pruning is about.
_LAYERS = ("Linear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d",
           "ConvTranspose3d", "Bilinear")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """A training loop. `counter` counts its turns from `start` (as written, "0" where it begins
    there) towards `total`, both expressions; `models` are names that the loop's function knows."""

    loop: LoopNode
    function: cst.FunctionDef | None
    counter: str
    start: str
    total: str
    models: tuple[str, ...]

    @property
    def progress(self) -> str:
        """The share of the training that is over when the turn that begins has ended."""
        turn = {"0": f"{self.counter} + 1", "1": self.counter}.get(self.start)
        turn = turn or f"{self.counter} + 1"
        return f"{_bracketed(turn)} / {_bracketed(self.total)}"

    @property
    def turn(self) -> str:
        """The number of the turn that begins, from 0 on."""
        return f"{self.counter} - 1" if self.start == "1" else self.counter


def _bracketed(text: str) -> str:
    return text if re.fullmatch(r"[\w.]+(\[[^\[\]]*\])*", text) else f"({text})"


def site(draft: Draft) -> Site:
    """The one loop that trains. Refusal where there are several, or its length is not known."""
    loop = training_loop(draft)
    function = draft.source.function_of(loop)
    counter, start, total = _count(draft, loop)
    if total.isdigit():
        total = _named_total(draft, loop, counter, total)
    models = _models(draft, function)
    return Site(loop, function, counter, start, total, models)


def training_loop(draft: Draft) -> LoopNode:
    """The one loop over epochs that trains. Refusal where there is none, or several."""
    source = draft.source
    nodes = {source.line(node): node for node in source.loops_in(source.module)}
    lines = [one.line for one in draft.facts.loops if one.kind == "epoch" and one.trains]
    found = [nodes[line] for line in lines if is_reached(draft, nodes[line])]
    outer = [
        one
        for one in found
        if not any(other is not one and source.contains(other, one) for other in found)
    ]
    if not outer:
        raise Refusal("no loop over epochs that takes training steps was recognised; what is "
                      "to be done needs one")  # fmt: skip
    if len(outer) > 1:
        lines = sorted(source.line(one) for one in outer)
        raise Refusal(f"the loops at lines {', '.join(map(str, lines))} train one after another or "
                      "in turn, and nothing says which of them is meant", lines[0])  # fmt: skip
    if not isinstance(outer[0].body, cst.IndentedBlock):
        raise Refusal("the training loop stands on one line", source.line(outer[0]))
    return outer[0]


def _count(draft: Draft, loop: LoopNode) -> tuple[str, str, str]:
    source, line = draft.source, draft.source.line(loop)
    counter = draft.loops.counter(loop)[0]
    if isinstance(loop, cst.While):
        test = source.code(loop.test)
        bound = re.fullmatch(r"([\w.]+) (<=?) ([\w.\[\]\"'() +-]+)", test)
        if counter and bound and bound.group(1) == counter:
            return counter, "0", bound.group(3)
        raise Refusal("nothing says how long the training loop runs, so there is nothing to spread "
                      "a schedule over", line)  # fmt: skip
    iterated = draft.loops.iterated(loop)
    assert iterated is not None
    value = iterated.value
    name = source.named(value.func).rsplit(".", 1)[-1] if isinstance(value, cst.Call) else ""
    if not isinstance(value, cst.Call) or name not in ("range", "trange") or iterated.counted:
        raise Refusal("nothing says how long the training loop runs, so there is nothing to spread "
                      "a schedule over", line)  # fmt: skip
    args = [source.code(arg.value) for arg in value.args if arg.keyword is None]
    start, stop = ("0", args[0]) if len(args) == 1 else (args[0], args[1])
    if start == "1":
        plus = re.fullmatch(r"(.+?) ?\+ ?1|1 ?\+ ?(.+)", stop)
        total = (plus.group(1) or plus.group(2)) if plus else _less(stop)
    else:
        total = stop
    return counter or _counted(draft, loop), start, total


def _named_total(draft: Draft, loop: LoopNode, counter: str, total: str) -> str:
    """A name for a bare number of epochs, as the schedule has to go by the same."""
    steps = re.search(r"step|iter", counter)
    name = draft.free("n_steps" if steps else "n_epochs", "n_rounds")
    why = "the loop and the schedule go by one number"
    if isinstance(loop, cst.For):
        iterated = draft.loops.iterated(loop)
        assert iterated is not None
        assert isinstance(iterated.value, cst.Call)
        args = [arg for arg in iterated.value.args if arg.keyword is None]
        stop = args[0] if len(args) == 1 else args[1]
        at, plus = draft.source.span(stop.value), len(args) > 1
        plus = plus and draft.source.code(args[0].value) == "1"
        text = f"{name} + 1" if plus else name
        draft.replace(at.start.line, at.start.column, at.end.column, text, why)
    else:
        at = draft.source.span(loop.test)
        text = draft.source.code(loop.test)[: -len(total)] + name
        draft.replace(at.start.line, at.start.column, at.end.column, text, why)
    draft.insert(draft.source.line(whole(draft, loop)) - 1, [f"{name} = {total}"],
                 draft.indent_of(whole(draft, loop)), why)  # fmt: skip
    return name


def _less(stop: str) -> str:
    return str(int(stop) - 1) if stop.isdigit() else f"{stop} - 1"


def _counted(draft: Draft, loop: cst.For) -> str:
    """A name for the counter that the script throws away."""
    if not isinstance(loop.target, cst.Name):
        raise Refusal("the training loop has no counter", draft.source.line(loop))
    name = draft.free("epoch", "turn")
    at = draft.source.span(loop.target)
    draft.replace(at.start.line, at.start.column, at.end.column, name, "the schedule goes by it")
    return name


def _models(draft: Draft, function: cst.FunctionDef | None) -> tuple[str, ...]:
    """What the optimisers train, by the names that the loop's function has for it."""
    held = [
        (name, draft.function(one.function))
        for one in draft.facts.optimisers
        for name in one.models
    ]
    if not held:
        nets = [one for one in draft.facts.models if one.framework == "torch"]
        held = [(one.name, draft.function(one.function)) for one in nets] if len(nets) == 1 else []
    if not held:
        raise Refusal("which model the optimiser trains is not to be seen; its parameters are "
                      "handed over in a way that was not recognised")  # fmt: skip
    names: dict[str, None] = {}
    for one in held:
        found = name_in(draft, one, function)
        if found is None:
            line = next(o.line for o in draft.facts.optimisers)
            raise Refusal(f"`{one[0]}` is trained, and the function with the training loop has no "
                          "name for it", line)  # fmt: skip
        names[found] = None
    return tuple(names)


def layers(draft: Draft) -> str:
    """The kinds of layers to prune, as a tuple in the script's own words."""
    source = draft.source
    used: dict[str, str] = {}
    for node in source.all((cst.Name, cst.Attribute)):
        full = source.named(node)
        short = full.rsplit(".", 1)[-1]
        if full.startswith("torch.nn.") and short in _LAYERS:
            used.setdefault(short, source.code(node))
    if re.search(r"torchvision\.models|from torchvision import[^\n]*models|torch\.hub\.load|timm|"
                 r"nn\.Transformer|transformers", source.text):  # fmt: skip
        for short in ("Linear", "Conv2d"):
            used.setdefault(short, f"{_nn(draft)}.{short}")
    found = [used[short] for short in _LAYERS if short in used] + _own_layers(draft)
    if not found:
        raise Refusal("the model has no linear or convolutional layers to prune")
    return f"({found[0]},)" if len(found) == 1 else f"({', '.join(found)})"


def _nn(draft: Draft) -> str:
    text = draft.source.text
    if re.search(r"^\s*(import torch\.nn as nn|from torch import [^\n]*\bnn\b)|torch\.nn as nn",
                 text, re.M):  # fmt: skip
        return "nn"
    draft.need("import torch")
    return "torch.nn"


def _own_layers(draft: Draft) -> list[str]:
    """The script's own layers that keep a matrix under the name of `weight`, and kinds of its own
    of linear and convolutional layers."""
    source = draft.source
    found = []
    for one in source.all(cst.ClassDef):
        kinds = {source.named(base.value).rsplit(".", 1)[-1] for base in one.bases}
        text = source.module.code_for_node(one)
        own = re.search(r"self\.weight = (\w+\.)*Parameter\([^\n]*\([^()\n]+,[^()\n]+\)", text)
        if kinds & set(_LAYERS) or own:
            found.append(one.name.value)
    return found


def header_end(draft: Draft, loop: LoopNode) -> int:
    """The line on which a loop's head ends."""
    head = loop.iter if isinstance(loop, cst.For) else loop.test
    return draft.source.span(head).end.line


def body_indent(draft: Draft, loop: LoopNode) -> str:
    assert isinstance(loop.body, cst.IndentedBlock)
    first = loop.body.body[0]
    assert isinstance(first, cst.BaseStatement)
    return draft.indent_of(first)


def whole(draft: Draft, loop: LoopNode) -> cst.BaseStatement:
    """The loop, or the `try` or `with` that it ends: what follows comes behind that."""
    at: cst.BaseStatement = loop
    while True:
        block = draft.source.parent(at)
        if not isinstance(block, cst.IndentedBlock) or block.body[-1] is not at:
            return at
        around = draft.source.parent(block)
        if isinstance(around, cst.Try) and around.body is block and not around.finalbody:
            at = around
        else:
            return at


def helper(draft: Draft, lines: str, before: int, why: str) -> None:
    """Put constants and functions into the module, ahead of its first definition."""
    source = draft.source
    body = [one for one in source.module.body if isinstance(one, cst.BaseStatement)]
    defined = [one for one in body if isinstance(one, (cst.FunctionDef, cst.ClassDef))]
    first = next((first_line(draft, one) for one in defined if source.line(one) < before), None)
    parts = lines.strip("\n").split("\n")
    if first is not None:
        at = _above_comments(draft, first)
        draft.insert(at - 1, [*parts, "", ""], "", why, outside=True)
        return
    imported = [one for one in body if isinstance(one, cst.SimpleStatementLine)
                and isinstance(one.body[0], (cst.Import, cst.ImportFrom))]  # fmt: skip
    after = max((source.end_line(one) for one in imported if source.line(one) < before), default=0)
    draft.order += 500
    draft.insert(after, ["", *parts, *_gap(draft, after)], "", why, outside=True)
    draft.order -= 500


def first_line(draft: Draft, node: cst.BaseStatement) -> int:
    """The line on which a statement begins, decorators and all."""
    decorators = node.decorators if isinstance(node, (cst.FunctionDef, cst.ClassDef)) else ()
    return min([draft.source.line(one) for one in (*decorators, node)])


def _gap(draft: Draft, after: int) -> list[str]:
    """Two blank lines in all behind a function."""
    lines = draft.source.lines[after : after + 2]
    blank = next((n for n, one in enumerate(lines) if one.strip()), len(lines))
    return [""] * (2 - blank)


def _above_comments(draft: Draft, line: int) -> int:
    while line > 1 and draft.source.lines[line - 2].startswith("#"):
        line -= 1
    return line
