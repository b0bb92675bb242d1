"""Tests out of what a model, or a person, wrote: single questions, each with what it needs.

Assertions, comparisons, pytest's and unittest's functions, doctests and `f(2)  # 4` are all read.
What cannot be a test of the target is dropped and counted by its reason.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assay.core.words import Check, Target, Tolerance
from assay.models.extraction.blocks import regions
from assay.models.extraction.layout import dedent, plain
from assay.models.extraction.statements import (
    BUILTINS,
    Definition,
    Function,
    Unit,
    parse,
    units,
)
from assay.models.extraction.thinking import split_thinking
from assay.solve.comparisons import condition, equality, is_literal_node, waits_for

# Of one text: CodeT's limit is 5; more from one talkative answer would outweigh the others.
MOST_TESTS = 5
_USUAL_IMPORTS = {
    "np": "import numpy as np", "numpy": "import numpy", "torch": "import torch",
    "nn": "from torch import nn", "F": "import torch.nn.functional as F",
    "pd": "import pandas as pd", "math": "import math", "pytest": "",
}  # fmt: skip
_SHOWN = re.compile(
    r"#\s*(?:=>|->|==|→|[Rr]eturns?:?|[Oo]utputs?:?|[Ee]xpected(?: [Oo]utput)?:?|[Ss]hould (?:be|"
    r"return|print):?)?\s*(?P<value>.+)"
)
_LISTED = re.compile(r"\s*(?:[-*•]|\d{1,3}[.)])\s*")
_ARROW = re.compile(
    r"`?(?P<call>[A-Za-z_][\w.]*\(.*\))`?\s*"
    r"(?:->|=>|→|==>?|(?:should |must )?(?:returns?|gives?|be))\s*(?P<value>.+)"
)
_RAISED = re.compile(r"^(?P<name>[A-Za-z_][\w.]*)(?::|$)")


@dataclass(slots=True)
class Reading:
    """The tests in a text, without ids, and what was dropped, by reason."""

    checks: list[Check] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)

    def add(self, found: Check | str) -> None:
        if isinstance(found, str):
            self.dropped[found] += 1
        elif found not in self.checks:
            self.checks.append(found)


def read_tests(text: str, target: Target, most: int = MOST_TESTS) -> Reading:
    """The tests of `target` in a text, at most so many. Never raises, whatever the text holds."""
    answer = split_thinking(plain(text)).answer
    reader = _Reader(target)
    try:
        if ">>>" in answer:
            reader.doctests(answer)
            answer = "\n\n".join(part for part in answer.split("\n\n") if ">>>" not in part)
        reader.code(answer)
        if not reader.found.checks:
            reader.arrows(answer)
    except (RecursionError, MemoryError):
        reader.found.add("not Python")
    found = reader.found
    found.dropped["not Python"] += max(0, _asserts(answer) - reader.seen)
    if len(found.checks) > most:
        found.dropped["one of too many in an answer"] += len(found.checks) - most
        del found.checks[most:]
    found.dropped = +found.dropped
    return found


def _asserts(text: str) -> int:
    return sum(line.lstrip().startswith("assert ") for line in text.split("\n"))


class _Reader:
    """Goes through statements in their order and remembers what later ones may need."""

    def __init__(self, target: Target) -> None:
        self.found = Reading()
        self.seen = 0
        *owners, self._name = target.name.split(".")
        self._root = owners[0] if owners else self._name
        given = {name for unit in units(target.context) for name in unit.names.binds}
        self._known = given | BUILTINS | {self._root}

    # ---- the kinds of text

    def doctests(self, text: str) -> None:
        """`>>> f(2)` and what stands below it."""
        try:
            examples = doctest.DocTestParser().get_examples(text)
        except ValueError:
            return
        setup: list[Unit] = []
        for example in examples:
            tree = parse(example.source)
            last = tree.body[-1] if tree and tree.body else None
            if isinstance(last, ast.Expr) and self._asks(last.value):
                self.found.add(self._shown(last, setup, example.want, example.exc_msg))
            elif tree:
                setup += _as_units(tree.body)

    def _shown(
        self, node: ast.Expr, setup: Sequence[Unit], want: str, raised: str | None
    ) -> Check | str:
        if raised is not None and (match := _RAISED.match(raised.strip())):
            return self._checked([], node.value, setup, raises=match["name"].rpartition(".")[2])
        told = parse(f"({want.strip()})") if want.strip() else None
        if told is None or not isinstance(told.body[0], ast.Expr):
            return "no value to compare with"
        return self._asserted(_equal(node.value, told.body[0].value), setup)

    def code(self, text: str) -> None:
        """All code in the text; of overlapping regions the fenced ones."""
        blocks = [one for one in regions(text) if not one.parts and not one.is_diff]
        fenced = [one for one in blocks if "fence" in one.shape and one.shape != "unopened fence"]
        for region in fenced or [one for one in blocks if one.shape == "bare"][:1]:
            self._statements(units(dedent(region.code)), [])

    def arrows(self, text: str) -> None:
        """`f(2) -> 4` or an assertion, a line each, in a list of prose."""
        for line in text.split("\n"):
            said = _LISTED.sub("", line, count=1).strip().strip("`")
            match = _ARROW.fullmatch(said.removeprefix("assert "))
            tree = parse(f"({match['call']}) == ({match['value'].strip('` .')})") if match else None
            if tree is not None and isinstance(tree.body[0], ast.Expr):
                found = self._asserted(tree.body[0].value, [])
                if isinstance(found, Check):
                    self.seen += said.startswith("assert ")
                    self.found.add(found)

    # ---- statements

    def _statements(self, said: Sequence[Unit], setup: list[Unit]) -> None:
        for unit in said:
            for node in unit.nodes:
                match node:
                    case ast.Assert(test=test):
                        self.seen += 1
                        self.found.add(self._asserted(test, setup))
                        setup += _as_units(self._moving(test))
                    case ast.FunctionDef() if node.name.startswith("test"):
                        self._function(node, setup)
                    case ast.ClassDef() if node.name.startswith("Test") or _is_unittest(node):
                        for method in node.body:
                            if isinstance(method, Function) and method.name.startswith("test"):
                                self._function(method, setup)
                    case ast.With() if (raised := waits_for(node)) is not None:
                        self._raising(node, raised, setup)
                    case ast.For() | ast.While() | ast.If() | ast.Try() | ast.With():
                        count = sum(isinstance(one, ast.Assert) for one in ast.walk(node))
                        self.seen += count
                        self.found.dropped["not a single assertion"] += count
                    case _:
                        self._other(node, unit, setup)

    def _function(self, node: ast.stmt, setup: Sequence[Unit]) -> None:
        assert isinstance(node, Function)
        needs = [one.arg for one in node.args.args if one.arg != "self"]
        if needs or node.decorator_list:
            count = sum(isinstance(one, ast.Assert) for one in ast.walk(node))
            self.seen += count
            self.found.dropped["needs a fixture"] += count
        else:
            self._statements(_as_units(node.body), [*setup])

    def _raising(self, node: ast.With, raised: str, setup: Sequence[Unit]) -> None:
        last = node.body[-1]
        value = last.value if isinstance(last, ast.Expr | ast.Assign) else None
        if value is None or not self._asks(value):
            self.found.dropped["does not call what was asked for"] += 1
            return
        self.found.add(self._checked(node.body[:-1], value, setup, raises=raised))

    def _other(self, node: ast.stmt, unit: Unit, setup: list[Unit]) -> None:
        """A bare comparison, a call with its answer behind it, an assertion by a function; else
        what later statements may need."""
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(node, Definition) and node.name == self._root:
            return
        if value is None or not self._asks(value):
            setup += _as_units([node])
            return
        if isinstance(value, ast.Compare):
            self.found.add(self._asserted(value, setup))
            return
        if isinstance(value, ast.Call) and (stated := condition(value)) is not None:
            self.found.add(self._asserted(stated, setup))
            return
        if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "print" and value.args:
            value = value.args[0]
        lines = unit.text.rstrip().split("\n")
        comment = _SHOWN.search(lines[-1])
        told = parse(f"({comment['value'].strip('` .')})") if comment else None
        if (
            told is not None
            and isinstance(told.body[0], ast.Expr)
            and is_literal_node(told.body[0].value)
        ):
            self.found.add(self._asserted(_equal(value, told.body[0].value), setup))
        else:
            setup += _as_units([node])

    def _moving(self, test: ast.expr) -> list[ast.stmt]:
        """The calls in a condition that may change an object for the assertions after it."""
        return [
            ast.Expr(node) for node in ast.walk(test)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ]  # fmt: skip

    # ---- one question

    def _asks(self, node: ast.AST) -> bool:
        return any(isinstance(one, ast.Name) and one.id == self._root for one in ast.walk(node))

    def _asserted(self, test: ast.expr, setup: Sequence[Unit]) -> Check | str:
        through = self._results(setup)

        def asks(node: ast.AST) -> bool:
            return any(
                isinstance(one, ast.Name) and (one.id == self._root or one.id in through)
                for one in ast.walk(node)
            )

        if not asks(test):
            return "does not name what was asked for"
        if not any(isinstance(one, ast.Call) for one in ast.walk(test)) and not through:
            return "trivial"
        found = equality(test, asks)
        if found is None:
            return self._checked([], test, setup)
        return self._checked([], found.call, setup, found.expected, found.tolerance)

    def _results(self, setup: Sequence[Unit]) -> set[str]:
        """The names that hold what the target gave."""
        found: set[str] = set()
        for unit in setup:
            if not unit.names.reads.isdisjoint({self._root, *found}):
                found |= unit.names.binds
        return found

    def _checked(
        self, before: Sequence[ast.stmt], asked: ast.expr, setup: Sequence[Unit], *answer: object,
        raises: str | None = None,
    ) -> Check | str:  # fmt: skip
        """The question with the statements before it that it needs, and nothing else."""
        if _is_trivial(asked, self._root):
            return "trivial"
        own = _as_units([*before, ast.Expr(asked)])
        needed = set().union(*(unit.names.reads for unit in own))
        kept: list[Unit] = []
        for unit in reversed(setup):
            if not needed.isdisjoint(unit.names.binds | unit.names.touches):
                kept.insert(0, unit)
                needed |= unit.names.reads
        bound = self._known.union(*(unit.names.binds for unit in (*kept, *own)))
        missing = sorted(needed - bound)
        if any(name not in _USUAL_IMPORTS for name in missing):
            return "reads a name that nobody binds"
        prelude = [_USUAL_IMPORTS[name] for name in missing if _USUAL_IMPORTS[name]]
        lines = [*prelude, *(unit.text for unit in kept), *(ast.unparse(one) for one in before)]
        text = ast.unparse(ast.fix_missing_locations(asked))
        if self._root not in needed:
            return "does not name what was asked for"
        if raises is not None:
            return Check("", "", call="\n".join([*lines, text]), raises=raises)
        if not answer:
            return Check("", "", code="\n".join([*lines, f"assert {text}"]))
        expected, tolerance = answer
        assert isinstance(tolerance, Tolerance)
        call = "\n".join([*lines, text])
        return Check("", "", call=call, expected=expected, tolerance=tolerance)


def _as_units(body: Sequence[ast.stmt]) -> list[Unit]:
    return [Unit(ast.unparse(ast.fix_missing_locations(node)), (node,)) for node in body]


def _equal(left: ast.expr, right: ast.expr) -> ast.Compare:
    return ast.Compare(left, [ast.Eq()], [right])


def _is_unittest(node: ast.ClassDef) -> bool:
    return any(getattr(base, "attr", getattr(base, "id", "")) == "TestCase" for base in node.bases)


def _is_trivial(asked: ast.expr, root: str) -> bool:
    """Whether every program would hold: a thing compared with itself, or not called at all."""
    match asked:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            return ast.dump(left) == ast.dump(right)
        case ast.Call(func=ast.Name(id="callable" | "bool"), args=[ast.Name(id=name)]):
            return name == root
    return isinstance(asked, ast.Name | ast.Constant) and getattr(asked, "id", root) == root


def numbered(checks: Sequence[Check], task: str, origin: str) -> list[Check]:
    """The checks with ids of their own."""
    return [
        replace(check, id=f"{origin}/{number}", task=task) for number, check in enumerate(checks)
    ]
