"""The part of the script during which a run is open, and how it is opened and closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import libcst as cst

from assay.adapt.dialects import Dialect
from assay.adapt.editing import Indent
from assay.adapt.facts import entry
from assay.adapt.planning.words import Draft, Refusal

_RUNS_A_COMMAND = ("typer.run", "absl.app.run", "tensorflow.compat.v1.app.run")


@dataclass(frozen=True, slots=True)
class Region:
    """Statements of one block, from `first` to `last`, by their lines; `indent` is the block's.
    `function` is the command whose block it is; None where it is the script's own."""

    first: int
    last: int
    indent: str
    block: tuple[cst.BaseStatement, ...]
    head: int
    function: cst.FunctionDef | None = None


def is_reached(draft: Draft, site: cst.CSTNode) -> bool:
    """Whether the script ever gets there: not in a function that nobody calls."""
    return bool(_roots(draft, site, frozenset()))


def find(draft: Draft, sites: Iterable[cst.CSTNode]) -> Region:
    """The statements outside of all functions that reach the sites. Refusal where none is reached:
    they are in functions that nobody calls, or only as processes of their own."""
    source = draft.source
    sites = list(sites)
    roots = [root for site in sites for root in _roots(draft, site, frozenset())]
    if not roots:
        function = source.function_of(sites[0])
        raise Refusal(
            f"`{source.name_of(function)}` is never called in the script: adapt the script that "
            "calls it",
            source.line(sites[0]),
        )
    block = _block(draft, roots)
    tops = sorted({i for root in roots for i, s in enumerate(block) if source.contains(s, root)})
    first, last = block[tops[0]], block[tops[-1]]
    head = source.end_line(block[tops[0] - 1]) if tops[0] else _before(draft, first)
    function = source.function_of(first)
    return Region(source.line(first), source.end_line(last), draft.indent_of(first), block, head,
                  function)  # fmt: skip


def _before(draft: Draft, first: cst.BaseStatement) -> int:
    return draft.source.line(first) - 1


def _roots(draft: Draft, node: cst.CSTNode, seen: frozenset[cst.FunctionDef]) -> list[cst.CSTNode]:
    """The places in the module from which a node is reached."""
    function = draft.source.function_of(node)
    if function is None or is_command(draft, function):
        return [node]
    if function in seen:
        return []
    found: list[cst.CSTNode] = []
    for caller in draft.flow.callers(function):
        if _is_spawn(draft, caller):
            continue
        found += _roots(draft, caller, seen | {function})
    outer = draft.source.function_of(function)
    if not found and outer is not None:
        # A closure that is handed on in a way we do not see.
        found += _roots(draft, function, seen | {function})
    if not found and draft.source.class_of(function) is not None:
        found += _of_class(draft, function, seen | {function})
    return found


def is_command(draft: Draft, function: cst.FunctionDef) -> bool:
    """Whether click, typer or absl run a function: they leave by SystemExit when it has ended,
    which a run around them would take for a failure."""
    named = draft.source.named
    given = [one.decorator for one in function.decorators]
    heads = [named(one.func if isinstance(one, cst.Call) else one) for one in given]
    if any(head.endswith((".command", ".group")) for head in heads):
        return True
    calls = [draft.source.parent(draft.source.parent(name) or name)
             for name in draft.flow.mentions.get(function, [])]  # fmt: skip
    return any(isinstance(one, cst.Call) and named(one.func) in _RUNS_A_COMMAND for one in calls)


def _of_class(
    draft: Draft, function: cst.FunctionDef, seen: frozenset[cst.FunctionDef]
) -> list[cst.CSTNode]:
    """A method that a library or `__init__` calls is reached where its class is made."""
    around = draft.source.class_of(function)
    assert around is not None
    return [
        root
        for call in draft.source.all(cst.Call)
        if draft.source.code(call.func) == around.name.value
        for root in _roots(draft, call, seen)
    ]


def _is_spawn(draft: Draft, caller: cst.CSTNode) -> bool:
    for around in draft.source.ancestors(caller):
        if isinstance(around, cst.Call):
            name = draft.source.code(around.func)
            return name.endswith((".spawn", ".Process", "start_processes"))
    return False


def _block(draft: Draft, roots: list[cst.CSTNode]) -> tuple[cst.BaseStatement, ...]:
    """The statements of a command, or those of the main guard where they reach all sites; else the
    module's."""
    source = draft.source
    functions = {source.function_of(root) for root in roots}
    command = next((one for one in functions if one is not None), None)
    if command is not None:
        if len(functions) > 1:
            raise Refusal("several commands train or evaluate: adapt the script of one of them",
                          source.line(command))  # fmt: skip
        return tuple(s for s in command.body.body if isinstance(s, cst.BaseStatement))
    for guard in entry.guards(source):
        if all(source.contains(guard.body, root) for root in roots) and isinstance(
            guard.body, cst.IndentedBlock
        ):
            return tuple(s for s in guard.body.body if isinstance(s, cst.BaseStatement))
    return tuple(s for s in source.module.body if isinstance(s, cst.BaseStatement))


def open_run(draft: Draft, region: Region, dialect: Dialect, run: str, inside: list[str]) -> None:
    """Open a run before the region and close it after; the lines `inside` come first in it."""
    start = dialect.start.write(project=draft.quoted)
    head = region.first - 1
    reason = "the run is open while the script trains, and is closed on errors, too"
    _spare_exit(draft, region)
    if dialect.context and not draft.notebook:
        opened = [f"with {start} as {run}:" if run else f"with {start}:"]
    else:
        opened = [f"{run} = {start}" if run else start]
    # Cells of a notebook cannot share a block: whoever stops there closes the run by hand.
    step = "" if draft.notebook else draft.source.module.default_indent
    if not draft.notebook and not dialect.context:
        opened.append("try:")
    draft.insert(head, opened, region.indent, reason, outside=True)
    if inside:
        draft.insert(head, [f"{step}{line}" if line else "" for line in inside], region.indent,
                     "parameters as the script uses them", outside=True)  # fmt: skip
    if not draft.notebook:
        draft.edits.append(Indent(region.first, region.last))
    if draft.notebook or not dialect.context:
        _close_run(draft, region, dialect, run)


def share(draft: Draft, region: Region, run: str, statements: Iterable[cst.CSTNode]) -> None:
    """Where functions log through the variable of a run that is opened under the main guard, or in
    a command: it is a name of the module, which is None for whoever imports them."""
    source = draft.source
    is_flat = source.block_of(region.block[0]) is source.module
    if not run or is_flat or not any(_is_elsewhere(draft, region, one) for one in statements):
        return
    draft.shared = True
    block = [s for s in source.module.body if isinstance(s, cst.SimpleStatementLine)
             and isinstance(s.body[0], (cst.Import, cst.ImportFrom))]  # fmt: skip
    why = "whoever imports the script has no run"
    draft.order += 3000
    draft.insert(source.end_line(block[-1]) if block else 0, ["", f"{run} = None"], "", why,
                 outside=True)  # fmt: skip
    draft.order -= 3000
    if region.function is not None:
        draft.insert(region.first - 1, [f"global {run}"], region.indent, why, outside=True)


def _is_elsewhere(draft: Draft, region: Region, node: cst.CSTNode) -> bool:
    return draft.source.function_of(node) not in (None, region.function)


def _close_run(draft: Draft, region: Region, dialect: Dialect, run: str) -> None:
    """Close a run after the region, in a script also where something went wrong there."""
    finish = dialect.finish.write(run=run) if dialect.finish.holes else dialect.finish.text
    step = draft.source.module.default_indent
    lines = [finish] if draft.notebook else ["finally:", f"{step}{finish}"]
    draft.order += 1000
    draft.insert(region.last, lines, region.indent, "nothing is logged after this", outside=True)
    draft.order -= 1000


def _spare_exit(draft: Draft, region: Region) -> None:
    """`sys.exit(main())` leaves by an exception, which a run would take for a failure: the status
    is kept until the run is closed."""
    source = draft.source
    last = next(s for s in reversed(region.block) if source.end_line(s) == region.last)
    if not isinstance(last, cst.SimpleStatementLine) or region.last != source.line(last):
        return
    small = last.body[0]
    call = small.value if isinstance(small, cst.Expr) else None
    if not isinstance(call, cst.Call) or not call.args:
        return
    if source.named(call.func) not in ("sys.exit", "exit", "quit"):
        return
    status = draft.free("status", "exit_status")
    at = source.span(call)
    kept = f"{status} = {source.code(call.args[0].value)}"
    why = "exits after the run is closed"
    draft.replace(at.start.line, at.start.column, at.end.column, kept, why)
    draft.order += 2000
    draft.insert(region.last, [f"{source.code(call.func)}({status})"], region.indent,
                 "exits as before", outside=True)  # fmt: skip
    draft.order -= 2000
