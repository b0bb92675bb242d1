"""What of an answer goes into the program besides what was asked for.

Before the target, all that defines something stays. After it, answers show how to call it, test
it, plot it or wait for input; what is left of that is only what the target reads: statements are
kept when they bind or change, directly or through others, a name that the target reads.
"""

from __future__ import annotations

import ast
from collections import defaultdict

from assay.models.extraction.frames import Frame
from assay.models.extraction.statements import (
    BUILTINS,
    Definition,
    Import,
    Unit,
    is_stub,
)  # fmt: skip

# Calls that show, wait or end; none of them prepares anything.
_IDLE = frozenset({
    "print", "input", "exit", "quit", "main", "display", "help", "breakpoint", "pprint", "show",
    "testmod", "run_tests", "run_tests_and_exit", "savefig", "_exit", "abort",
})  # fmt: skip
_DYNAMIC = frozenset({"globals", "eval", "exec", "vars"})


def trimmed(units: list[Unit], at: int, frame: Frame) -> tuple[list[Unit], list[Unit]]:
    """The statements to keep before and after the target, which is the unit numbered `at`."""
    needed, dynamic = _needed(units, at)
    before = [
        unit for number, unit in enumerate(units[:at])
        if not _is_given(unit, frame) and (number in needed or _prepares(unit, frame, dynamic))
    ]  # fmt: skip
    bound = frozenset(BUILTINS | frame.names).union(
        *(unit.names.binds for unit in [*before, units[at]])
    )
    after = [
        unit for number, unit in enumerate(units[at + 1 :], at + 1)
        if not _is_guard(unit) and not _redefines(unit, frame)
        and (number in needed or _stands_alone(unit, bound))
    ]  # fmt: skip
    return before, after


def _needed(units: list[Unit], at: int) -> tuple[set[int], bool]:
    """The units that the target needs, and whether it reads names that nobody can see."""
    makers: dict[str, list[int]] = defaultdict(list)
    imported: set[str] = set()
    for unit in units:
        if all(isinstance(node, Import) for node in unit.nodes):
            imported |= unit.names.binds
    for number, unit in enumerate(units):
        if number == at or _is_guard(unit):
            continue
        for name in unit.names.binds | (unit.names.touches - imported):
            if not (number > at and name in BUILTINS):
                makers[name].append(number)
    wanted = [*units[at].names.reads, *units[at].names.binds]
    needed: set[int] = set()
    seen = set(wanted)
    while wanted:
        for number in makers.pop(wanted.pop(), []):
            if number not in needed:
                needed.add(number)
                fresh = units[number].names.reads - seen
                seen |= fresh
                wanted += fresh
    return needed, bool(seen & _DYNAMIC)


def _prepares(unit: Unit, frame: Frame, dynamic: bool) -> bool:
    """Whether a statement before the target stays although nothing that we see needs it."""
    node = unit.node
    if _is_guard(unit) or _is_test(node) or isinstance(node, ast.Assert):
        return False
    if isinstance(node, Definition):
        return True
    if isinstance(node, Import):
        return frame.name not in unit.names.binds
    if isinstance(node, ast.Expr):
        return _sets_up(node, frame)
    return dynamic or not any(isinstance(inner, ast.Call) for inner in ast.walk(node))


def _sets_up(node: ast.Expr, frame: Frame) -> bool:
    """`np.random.seed(0)` sets something up; `print(f(3))` and `plt.show()` do not."""
    if not isinstance(node.value, ast.Call):
        return False
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    last = node.value.func
    called = last.attr if isinstance(last, ast.Attribute) else getattr(last, "id", "")
    return called not in _IDLE and not names & {frame.name, "input", *frame.owners}


def _stands_alone(unit: Unit, bound: frozenset[str]) -> bool:
    """A further definition stays where it cannot fail to load."""
    alone = isinstance(unit.node, Definition) and not unit.cut and not _is_test(unit.node)
    names = unit.names
    return alone and names.eager - names.binds <= bound and not names.binds & bound


def _is_given(unit: Unit, frame: Frame) -> bool:
    """What the context says itself: repeated to the letter, or as a stub of what it has in full."""
    known = frame.says(unit.text) or is_stub(unit.node)
    return known and unit.names.binds <= frame.names


def _redefines(unit: Unit, frame: Frame) -> bool:
    """A lesser definition of the target, or an import of it from the module it should be in."""
    name = frame.owners[0] if frame.owners else frame.name
    redefined = isinstance(unit.node, Definition | Import) and name in unit.names.binds
    return redefined or _is_given(unit, frame)


def _is_guard(unit: Unit) -> bool:
    """`if __name__ == "__main__":` — the program is loaded as a module."""
    node = unit.node
    return isinstance(node, ast.If) and any(
        isinstance(inner, ast.Name) and inner.id == "__name__" for inner in ast.walk(node.test)
    )


def _is_test(node: ast.stmt) -> bool:
    if not isinstance(node, Definition):
        return False
    bases = node.bases if isinstance(node, ast.ClassDef) else []
    names = {getattr(base, "attr", getattr(base, "id", "")) for base in bases}
    return node.name.startswith(("test_", "Test")) or "TestCase" in names
