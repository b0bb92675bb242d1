"""At which step a metric is logged: a counter that the script has, or the least that gives one."""

from __future__ import annotations

import re

import libcst as cst

from assay.adapt.facts import Metric
from assay.adapt.facts.loops import LoopNode
from assay.adapt.facts.words import Level
from assay.adapt.planning.handing import Handing
from assay.adapt.planning.words import Draft, Refusal


class Counters:
    """Gives each metric its step, and remembers what was put into the script for it."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._made: dict[int, str] = {}
        self._handing = Handing(draft, self._at)

    def step(self, metric: Metric) -> str | None:
        """An expression for the step, at the metric's place; None for a figure of the end.
        Refusal where no counter can be had."""
        if metric.level == "final":
            return None
        function = self.draft.function(metric.function)
        loop = self._loop(metric.loop)
        if metric.level == "epoch":
            return self._epoch(loop, function, metric)
        if loop is not None:
            return self._batch(loop, self.draft.statement_at(metric.line, metric.end_line))
        given = self._handing.given(function, "batch") if function is not None else None
        if given is None:
            raise Refusal(f"`{metric.expression}` is computed once a batch, and nothing counts the "
                          f"batches in `{metric.function}`", metric.line)  # fmt: skip
        return given

    def _at(self, call: cst.Call, loop: LoopNode, level: Level) -> str:
        """What counts the turns of a loop where it calls something."""
        return self._counter(loop, "epoch") if level == "epoch" else self._batch(loop, call)

    def turn(self, loop: cst.For) -> str:
        """A number for each turn of loops over settings."""
        line = self.draft.source.line(loop)
        if line not in self._made:
            self._made[line] = self.draft.free("setting", "setting_number")
            self._count_by_hand(loop, self._made[line])
        return self._made[line]

    def _loop(self, line: int | None) -> LoopNode | None:
        if line is None:
            return None
        nodes = self.draft.source.loops_in(self.draft.source.module)
        return next(node for node in nodes if self.draft.source.line(node) == line)

    def _epoch(
        self, loop: LoopNode | None, function: cst.FunctionDef | None, metric: Metric
    ) -> str:
        if loop is not None:
            return self._of_several(loop, self._counter(loop, "epoch"))
        assert function is not None
        given = self._handing.given(function, "epoch")
        if given is None:
            raise Refusal(f"nothing in `{metric.function}` says which epoch it is; give it the "
                          "epoch as a parameter", metric.line)  # fmt: skip
        return given

    def _of_several(self, loop: LoopNode, counter: str) -> str:
        """The epochs of all trainings in a row, where a loop over settings is around them."""
        draft = self.draft
        outer = next((o for o in draft.source.loops_of(loop) if draft.loops.trains(o)
                      and draft.loops.kind(o) == "other"), None)  # fmt: skip
        if outer is None:
            return counter
        setting, start, _ = draft.loops.counter(outer)
        _, first, length = draft.loops.counter(loop)
        if setting is None or start != "0" or first != "0" or length is None:
            raise Refusal("several trainings, one for each turn of a loop: give each a run of its "
                          "own, or a script", draft.source.line(outer))  # fmt: skip
        return f"{setting} * {length} + {counter}"

    def _counter(self, loop: LoopNode, name: str) -> str:
        """A loop's counter; `_` gets a name, and a `while` or a loop over something is counted."""
        draft, source = self.draft, self.draft.source
        line = source.line(loop)
        if line in self._made:
            return self._made[line]
        counter, _, _ = draft.loops.counter(loop)
        if counter is not None:
            return counter
        if isinstance(loop, cst.For) and source.code(loop.target) == "_":
            iterated = draft.loops.iterated(loop)
            text = source.code(iterated.value) if iterated is not None else ""
            if text.startswith(("range", "trange")):
                # A smoke run does fewer epochs than it does other turns: it shall do the same.
                says_so = name != "epoch" or re.search("epoch", text, re.I)
                made = draft.free(name if says_so else "iteration", f"{name}_number")
                at = source.span(loop.target).start
                draft.replace(line, at.column, at.column + 1, made, "the loop's turns get a name")
                self._made[line] = made
                return made
        made = draft.free(name, f"{name}_number")
        if isinstance(loop, cst.For):
            self._enumerate(loop, made)
        else:
            self._count_by_hand(loop, made)
        self._made[line] = made
        return made

    def _enumerate(self, loop: cst.For, name: str) -> None:
        """`for x, y in loader` → `for name, (x, y) in enumerate(loader)`."""
        draft, source = self.draft, self.draft.source
        target, value = source.span(loop.target), source.span(loop.iter)
        if target.start.line != target.end.line or value.start.line != value.end.line:
            self._count_by_hand(loop, name)
            return
        why = "the turns of the loop are counted"
        is_tuple = isinstance(loop.target, cst.Tuple)
        opened = is_tuple and source.lines[target.start.line - 1][target.start.column - 1] == "("
        left = f"{name}, " if not is_tuple or opened else f"{name}, ("
        start = target.start.column - (1 if opened else 0)
        draft.replace(target.start.line, start, start, left, why)
        if is_tuple and not opened:
            draft.replace(target.end.line, target.end.column, target.end.column, ")", why)
        draft.replace(value.start.line, value.start.column, value.start.column, "enumerate(", why)
        draft.replace(value.end.line, value.end.column, value.end.column, ")", why)

    def _count_by_hand(self, loop: LoopNode, name: str) -> None:
        """A counter before the loop, raised at the beginning of each turn."""
        draft, source = self.draft, self.draft.source
        body = loop.body
        if not isinstance(body, cst.IndentedBlock) or source.block_of(loop) is None:
            raise Refusal("the loop stands on one line: give its body lines of its own",
                          source.line(loop))  # fmt: skip
        outermost = ([*source.loops_of(loop)] or [loop])[-1]
        draft.insert(source.line(outermost) - 1, [f"{name} = 0"], draft.indent_of(outermost),
                     "a counter of the turns", outside=True)  # fmt: skip
        first = body.body[0]
        draft.insert(source.line(first) - 1, [f"{name} += 1"], draft.indent_of(first),
                     "one more turn", outside=False)  # fmt: skip

    def _beside(self, node: cst.CSTNode, loop: LoopNode) -> str | None:
        """A count of steps over all epochs that is raised in the block of a metric: the script's
        own step there, where only some batches take one."""
        draft, source = self.draft, self.draft.source
        around = set(source.ancestors(node))
        for name, definitions in draft.flow.named().items():
            within = [d for d in definitions if source.contains(loop, d.statement)]
            raised = [d for d in within if d.how == "add" and source.code(d.value) == "1"
                      and source.parent(d.statement) in around
                      and source.before(d.statement, node)]  # fmt: skip
            others = [d for d in definitions if d not in raised]
            kept = not any(source.loops_of(d.statement) for d in others)
            if raised and kept and others and re.fullmatch(r"\w*(step|iter|update)\w*", name):
                return name
        return None

    def _batch(self, loop: LoopNode, node: cst.CSTNode) -> str:
        """`epoch * len(loader) + batch`; or a counter of all batches that the script keeps."""
        draft, source = self.draft, self.draft.source
        function = source.function_of(loop)
        running = draft.loops.global_counter(loop) or self._beside(node, loop)
        if running is not None:
            return running
        outer = next((o for o in source.loops_of(loop) if draft.loops.kind(o) == "epoch"), None)
        within = outer is not None or draft.loops.context(function) == "epoch"
        if not within:
            return self._counter(loop, "step")
        _, start, length = draft.loops.counter(loop)
        if length is None:
            return self._running(loop, function)
        epoch = self._counter(outer, "epoch") if outer is not None else None
        if epoch is None and function is not None:
            epoch = self._handing.given(function, "epoch")
        if epoch is None:
            return self._running(loop, function)
        first = self._first(outer, function)
        batch = self._counter(loop, "batch_idx")
        turns = epoch if first != "1" else f"({epoch} - 1)"
        return f"{turns} * {length} + {batch}" + (
            f" - {start}" if start not in (None, "0", "1") else ""
        )

    def _first(self, outer: LoopNode | None, function: cst.FunctionDef | None) -> str | None:
        """The first value of the epoch's counter."""
        loop = outer or next(iter(self._around(function)), None)
        return _start(self.draft, loop) if loop is not None else None

    def _around(self, function: cst.FunctionDef | None) -> list[LoopNode]:
        """The epoch loops around the calls of a function."""
        if function is None:
            return []
        source = self.draft.source
        found: list[LoopNode] = []
        for call in self.draft.flow.calls.get(function, []):
            found += [o for o in source.loops_of(call) if self.draft.loops.kind(o) == "epoch"][:1]
        return found

    def _running(self, loop: LoopNode, function: cst.FunctionDef | None) -> str:
        """A count of all batches, kept over the epochs where no length gives it."""
        draft, source = self.draft, self.draft.source
        line = source.line(loop)
        if line in self._made:
            return self._made[line]
        name = draft.free("global_step", "total_steps")
        if function is None or draft.loops.context(function) is None:
            self._count_by_hand(loop, name)
        else:
            counter = draft.free("train_steps", "step_counter")
            top = self._top(function)
            before = source.line(top) - 1
            draft.need("import itertools")
            draft.insert(before, [f"{counter} = itertools.count()", "", ""], "",
                         "counts the batches of all epochs", outside=True)  # fmt: skip
            if not isinstance(loop.body, cst.IndentedBlock):
                raise Refusal("the loop stands on one line", line)
            first = loop.body.body[0]
            draft.insert(source.line(first) - 1, [f"{name} = next({counter})"],
                         draft.indent_of(first), "one more batch")  # fmt: skip
        self._made[line] = name
        return name

    def _top(self, function: cst.FunctionDef) -> cst.CSTNode:
        return next(s for s in self.draft.source.module.body
                    if self.draft.source.contains(s, function))  # fmt: skip


def _start(draft: Draft, loop: LoopNode) -> str | None:
    """The first value of a loop's counter, where it is a literal."""
    return draft.loops.counter(loop)[1]
