"""Loops that train: which turns are epochs, which are batches, and what counts them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import libcst as cst

from assay.adapt.facts.flow import Flow
from assay.adapt.facts.source import Source
from assay.adapt.facts.words import Loop, LoopKind

LoopNode = cst.For | cst.While
_STEPS = ("backward", "train_on_batch", "partial_fit", "update_on_batch")
_WRAPPERS = ("tqdm", "tqdm_notebook", "tnrange", "track", "Bar", "iter", "progress_bar", "islice")
_EPOCH = re.compile(
    r"epoch|episode|(^|[^a-z])(ep|e|it|itr|iter|n_iter|niter|iters|iterations?|generation|rounds?)"
    r"($|[^a-z])", re.I,
)  # fmt: skip
_BATCH = re.compile(
    r"load|batch|(^|_|\.)(dl|data|iterator|ds|dataset|it)(_|$)|data_?iter|gen", re.I
)


def step_calls(source: Source) -> list[cst.Call]:
    """The calls that take a training step, outside of Lightning's own methods."""
    tapes = {
        source.code(item.asname.name)
        for node in source.all(cst.With)
        for item in node.items
        if item.asname is not None and "GradientTape" in source.code(item.item)
    }
    found = []
    for call in source.all(cst.Call):
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
        held = source.code(call.func).removesuffix(".gradient")
        if name in _STEPS or (name == "gradient" and (held in tapes or "tape" in held.lower())):
            found.append(call)
    return found


@dataclass(frozen=True, slots=True)
class _Iterated:
    """What a `for` runs over, without the progress bars around it."""

    value: cst.BaseExpression
    counted: bool
    start: str


class Loops:
    """All loops of a script, with their kinds."""

    def __init__(self, source: Source, flow: Flow) -> None:
        self.source, self.flow = source, flow
        self.steps = step_calls(source)
        self._kinds: dict[LoopNode, LoopKind] = {}
        self._contexts: dict[cst.FunctionDef | None, LoopKind | None] = {}
        for node in source.loops_in(source.module):
            self._kind(node)

    @cached_property
    def training(self) -> set[cst.FunctionDef]:
        """The functions in which, or below which, a training step is taken."""
        found: set[cst.FunctionDef] = set()
        fresh = {f for call in self.steps if (f := self.source.function_of(call)) is not None}
        while fresh:
            found |= fresh
            callers = {self.source.function_of(c) for f in fresh for c in self.flow.callers(f)}
            around = {self.source.function_of(f) for f in fresh if self._is_closure(f)}
            fresh = {f for f in callers | around if f is not None} - found
        return found

    def _is_closure(self, function: cst.FunctionDef) -> bool:
        return function in self.flow.mentions

    def kind(self, node: LoopNode) -> LoopKind:
        return self._kinds[node]

    def trains(self, node: cst.CSTNode) -> bool:
        """Whether a training step is taken in a node, or in what it calls."""
        source = self.source
        if any(source.contains(node, call) for call in self.steps):
            return True
        return any(
            source.contains(node, caller)
            for function in self.training
            for caller in self.flow.callers(function)
        )

    def _kind(self, node: LoopNode) -> LoopKind:
        if node not in self._kinds:
            self._kinds[node] = self._find_kind(node)
        return self._kinds[node]

    def _find_kind(self, node: LoopNode) -> LoopKind:
        if self._is_phase(node):
            return "phase"
        if not self.trains(node):
            return "batch" if self._looks_batch(node) else "other"
        around = self._around(node)
        if around == "batch":
            return "other"
        inner = self._inner(node)
        if around == "epoch":
            deeper = any(self._looks_batch(loop) for loop in inner)
            return "other" if deeper and not self._looks_batch(node) else "batch"
        if self._looks_batch(node) and not any(self._looks_batch(loop) for loop in inner):
            return "batch" if not self._looks_epoch(node) else "epoch"
        if not self._looks_epoch(node) and any(self._looks_epoch(loop) for loop in inner):
            return "other"
        return "epoch"

    def _around(self, node: LoopNode) -> LoopKind | None:
        """The kind of the training loop around a loop, also of those around calls of its
        function."""
        for outer in self.source.loops_of(node):
            kind = self._kind(outer)
            if kind in ("epoch", "batch"):
                return kind
        return self.context(self.source.function_of(node))

    def context(self, function: cst.FunctionDef | None) -> LoopKind | None:
        """The kind of the training loop that calls of a function stand in."""
        if function is None:
            return None
        if function not in self._contexts:
            self._contexts[function] = None
            found: set[LoopKind | None] = set()
            for caller in self.flow.callers(function):
                kinds = [self._kind(loop) for loop in self.source.loops_of(caller)]
                near = next((kind for kind in kinds if kind in ("epoch", "batch")), None)
                # `sum(step(x, y) for x, y in loader)` in an epoch takes the batches in turn.
                near = "batch" if near == "epoch" and self._in_comprehension(caller) else near
                found.add(near or self.context(self.source.function_of(caller)))
            self._contexts[function] = next((k for k in ("batch", "epoch") if k in found), None)
        return self._contexts[function]

    def _in_comprehension(self, node: cst.CSTNode) -> bool:
        statement = self.source.statement_of(node)
        every = self.source.within(statement, (cst.GeneratorExp, cst.ListComp))
        return any(self.source.contains(one, node) for one in every)

    def _inner(
        self, node: LoopNode, seen: frozenset[cst.FunctionDef] = frozenset()
    ) -> list[LoopNode]:
        source = self.source
        found: list[LoopNode] = [loop for loop in source.loops_in(node.body) if self.trains(loop)]
        for function in self.training - seen:
            if any(source.contains(node, caller) for caller in self.flow.callers(function)):
                for loop in source.loops_in(function):
                    if self.trains(loop):
                        found += [loop, *self._inner(loop, seen | {function})]
                for call in source.within(function, cst.Call):
                    for deeper in self.flow.called(call):
                        if deeper in self.training and deeper not in seen | {function}:
                            found += [loop for loop in source.loops_in(deeper) if self.trains(loop)]
        return found

    def _is_phase(self, node: LoopNode) -> bool:
        if not isinstance(node, cst.For) or not isinstance(node.iter, (cst.List, cst.Tuple)):
            return False
        texts = [e.value.evaluated_value for e in node.iter.elements
                 if isinstance(e.value, cst.SimpleString)]  # fmt: skip
        return bool(texts) and any("train" in str(text).lower() for text in texts)

    def iterated(self, node: LoopNode) -> _Iterated | None:
        """What a `for` runs over, behind enumerate and progress bars; None for `while`."""
        if not isinstance(node, cst.For):
            return None
        value, counted, start = node.iter, False, "0"
        for _ in range(6):
            if isinstance(value, cst.Name):
                function = self.source.function_of(node)
                known = [d for d in self.flow.definitions(value.value, function)
                         if d.how in ("assign", "with")]  # fmt: skip
                is_bar = len(known) == 1 and self._called(known[0].value) in (*_WRAPPERS, "range")
                if not is_bar:
                    break
                value = known[0].value
            name = self._called(value)
            if not isinstance(value, cst.Call) or not value.args:
                break
            if name == "enumerate":
                counted = True
                start = self.source.code(value.args[1].value) if len(value.args) > 1 else "0"
            elif name not in _WRAPPERS:
                break
            value = value.args[0].value
        return _Iterated(value, counted, start)

    def _called(self, value: cst.BaseExpression) -> str:
        if not isinstance(value, cst.Call):
            return ""
        return self.source.named(value.func).rsplit(".", 1)[-1]

    def _looks_epoch(self, node: LoopNode) -> bool:
        if isinstance(node, cst.While):
            return bool(_EPOCH.search(self.source.code(node.test)))
        iterated = self.iterated(node)
        text = self.source.code(iterated.value) if iterated else ""
        head = f"{self.source.code(node.target)} {text}"
        ranges = text.startswith(("range", "trange", "count", "itertools.count"))
        return ranges and bool(_EPOCH.search(head)) and not re.search(r"batch|per_|step", head)

    def _looks_batch(self, node: LoopNode) -> bool:
        iterated = self.iterated(node)
        if iterated is None:
            return False
        value = iterated.value
        name = self._called(value)
        if name in ("range", "trange"):
            assert isinstance(value, cst.Call)
            text = f"{self.source.code(node.target)} {self.source.code(value)}"  # type: ignore[union-attr]
            return len(value.args) == 3 or bool(re.search(r"batch|per_epoch|//", text))
        if name in ("count", "zip_longest"):
            return False
        if name == "zip" and isinstance(value, cst.Call):
            return any(_BATCH.search(self.source.code(arg.value)) for arg in value.args)
        if isinstance(value, cst.Call) and self.flow.called(value):
            called = self.flow.called(value)[0]
            return bool(self.source.within(called, cst.Yield)) or "Loader" in name
        text = self.source.code(value)
        if re.search(r"parameters\(|layers|children\(|param_groups|\.items\(", text):
            return False
        return bool(_BATCH.search(text.split("(")[0])) or "DataLoader" in text

    def counter(self, node: LoopNode) -> tuple[str | None, str | None, str | None]:
        """The variable that counts a loop's turns, its first value, and the number of turns where
        an expression gives it for nothing."""
        source = self.source
        if isinstance(node, cst.While):
            name = self._counted_by_hand(node)
            return name, None, None
        iterated = self.iterated(node)
        assert iterated is not None
        length = self._length(node, iterated.value)
        target: cst.BaseExpression = node.target
        if iterated.counted:
            first = target.elements[0].value if isinstance(target, cst.Tuple) else target
            name = source.code(first)
            return (name if name.isidentifier() and name != "_" else None), iterated.start, length
        called = self._called(iterated.value)
        if isinstance(target, cst.Name) and called in ("range", "trange", "count"):
            assert isinstance(iterated.value, cst.Call)
            args = [source.code(arg.value) for arg in iterated.value.args if not arg.keyword]
            start = args[0] if called == "count" and args else args[0] if len(args) > 1 else "0"
            return (target.value if target.value != "_" else None), start, length
        return self._counted_by_hand(node), None, length

    def _length(self, node: LoopNode, value: cst.BaseExpression) -> str | None:
        source = self.source
        called = self._called(value)
        if called in ("range", "trange") and isinstance(value, cst.Call):
            args = [source.code(arg.value) for arg in value.args if not arg.keyword]
            return args[0] if len(args) == 1 else None
        if not isinstance(value, (cst.Name, cst.Attribute, cst.Subscript)):
            return None
        name = source.code(value)
        known = self.flow.definitions(name, source.function_of(node))
        made = {self._called(d.value) for d in known if d.how == "assign"}
        if made & {"iter", "cycle", "zip", "map", "repeat", "enumerate"}:
            return None
        sized = any("Loader" in one for one in made) or re.search(r"load|dl\b|dl$", name, re.I)
        return f"len({name})" if sized else None

    def _counted_by_hand(self, node: LoopNode) -> str | None:
        """A variable that is raised by one in each turn, and never set back in the loop."""
        source = self.source
        for statement in node.body.body if isinstance(node.body, cst.IndentedBlock) else ():
            if not isinstance(statement, cst.SimpleStatementLine):
                continue
            for small in statement.body:
                if isinstance(small, cst.AugAssign) and source.code(small.value) == "1":
                    name = source.code(small.target)
                    resets = [
                        d for d in self.flow.everywhere(name)
                        if d.how == "assign" and source.contains(node, d.statement)
                    ]  # fmt: skip
                    is_plus = isinstance(small.operator, cst.AddAssign)
                    if is_plus and not resets and re.fullmatch(r"[\w.]+", name):
                        return name
        return None

    def global_counter(self, node: LoopNode) -> str | None:
        """A counter of a batch loop's turns that is not set back from epoch to epoch."""
        name = self._counted_by_hand(node)
        if name is None:
            return None
        resets = [d for d in self.flow.definitions(name, self.source.function_of(node))
                  if d.how != "add" and self.source.loops_of(d.statement)]  # fmt: skip
        local = self.context(self.source.function_of(node)) is not None and "." not in name
        return None if resets or local else name

    def functions(self) -> list[cst.FunctionDef]:
        """All functions of the script."""
        return [function for every in self.flow.functions.values() for function in every]

    def facts(self) -> tuple[Loop, ...]:
        source = self.source
        found = []
        for node, kind in self._kinds.items():
            counter, start, length = self.counter(node)
            around = source.loops_of(node)
            found.append(
                Loop(
                    kind, source.line(node), source.end_line(node),
                    source.name_of(source.function_of(node)),
                    source.code(node.target) if isinstance(node, cst.For) else "",
                    source.code(node.iter if isinstance(node, cst.For) else node.test),
                    counter, start, length,
                    source.line(around[0]) if around else None, self.trains(node),
                )
            )  # fmt: skip
        return tuple(sorted(found, key=lambda loop: loop.line))
