"""Where a script starts: a main guard, a call of main(), or flat statements."""

from __future__ import annotations

import libcst as cst

from assay.adapt.facts.flow import Flow
from assay.adapt.facts.source import Source
from assay.adapt.facts.words import Entry

_QUIET = (cst.Import, cst.ImportFrom)


def guards(source: Source) -> list[cst.If]:
    """The `if __name__ == "__main__":` statements of the module."""
    found = []
    for statement in source.module.body:
        if isinstance(statement, cst.If):
            test = source.code(statement.test).replace("'", '"')
            if "__name__" in test and '"__main__"' in test:
                found.append(statement)
    return found


def find(source: Source, flow: Flow) -> Entry | None:
    """The entry, or None where a module only defines things."""
    mains = guards(source)
    if mains:
        return Entry("guard", source.line(mains[0]), _called(source, flow, mains[0].body))
    work = [s for s in source.module.body if _works(source, s)]
    if not work:
        return None
    last = work[-1]
    called = _called(source, flow, last)
    if called and isinstance(last, cst.SimpleStatementLine):
        return Entry("call", source.line(last), called)
    return Entry("flat", source.line(work[0]))


def _works(source: Source, statement: cst.CSTNode) -> bool:
    if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
        return False
    if isinstance(statement, cst.SimpleStatementLine):
        return any(isinstance(s, (cst.Expr, cst.Assign)) and source.within(s.value, cst.Call)
                   for s in statement.body) or not all(
            isinstance(s, (*_QUIET, cst.Expr, cst.Assign)) for s in statement.body
        )  # fmt: skip
    return True


def _called(source: Source, flow: Flow, node: cst.CSTNode) -> str | None:
    for call in source.within(node, cst.Call):
        for function in flow.called(call):
            return source.name_of(function)
    return None
