"""Mutants: which faults there are, that they are faults, and that they are the same each time."""

from __future__ import annotations

import ast

import pytest

from assay.suites import mutate
from assay.suites.programs import hold


def faults(program: str, context: str = "") -> set[str]:
    return {mutant.change for mutant in mutate(program, 1000, context)}


@pytest.mark.parametrize(
    ("expression", "change"),
    [
        ("a < b", "`a < b` → `a <= b`"),
        ("a + b", "`a + b` → `a - b`"),
        ("-a", "`-a` → `a`"),
        ("b if a else 0", "`a` → `not a`"),
        ("a and b", "`a and b` → `a or b`"),
        ("not a", "`not a` → `a`"),
        ("[i for i in a if i]", "`i` → `not i`"),
        ("a * 3", "`3` → `4`"),
        ("a * 0.5", "`0.5` → `1.0`"),
        ("a - b(1)", "`1` → `0`"),
        ("f(a, b)", "`f(a, b)` → `f(b, a)`"),
        ("range(a)", "`range(a)` → `range(a - 1)`"),
        ("range(1, 5)", "`range(1, 5)` → `range(2, 5)`"),
        ("a[1:]", "`1:` → `2:`"),
        ("a[:b]", "`:b` → `:b - 1`"),
        ("a.mean()", "`a.mean()` → `a.sum()`"),
        ("np.clip(a, 2, b)", "`np.clip(a, 2, b)` → `a`"),
        ("a.clip(2, b)", "`a.clip(2, b)` → `a`"),
        ("sorted(a)", "`sorted(a)` → `a`"),
        ("a / (b + 1e-8)", "`b + 1e-08` → `b`"),
        ("a / (b + eps)", "`b + eps` → `b`"),
        ("a.sum(axis=1)", "`a.sum(axis=1)` → `a.sum(axis=0)`"),
        ("a.sum(dim=-1)", "`a.sum(dim=-1)` → `a.sum()`"),
        ("a.sum(keepdim=True)", "`a.sum(keepdim=True)` → `a.sum(keepdim=False)`"),
        (
            "np.ones(2, dtype=np.int64)",
            "`np.ones(2, dtype=np.int64)` → `np.ones(2, dtype=np.int32)`",
        ),
        ("f(a, reduction='mean')", "`'mean'` → `'sum'`"),
        ("(a, b)", "`return (a, b)` → `return (b, a)`"),
        ("f(a)", "`return f(a)` → `return None`"),
    ],
)
def test_each_kind_of_fault(expression: str, change: str) -> None:
    program = f"import numpy as np\ndef g(a, b, f, eps):\n    return {expression}\n"
    assert change in faults(program)


def test_statements_are_left_out_where_that_is_not_plain_to_see() -> None:
    program = """
def f(a):
    "what it does"
    total = 0
    if a is None:
        raise ValueError("none " + str(3))
    a[0] = 1
    total += a[0]
    a.sort()
    return total
"""
    dropped = {c for c in faults(program) if c.endswith("→ `pass`")}
    assert dropped == {
        "`if a is None: raise ValueError('none ' + str(3))` → `pass`",
        "`raise ValueError('none ' + str(3))` → `pass`",
        "`a[0] = 1` → `pass`",
        "`total += a[0]` → `pass`",
        "`a.sort()` → `pass`",
    }
    assert "`3` → `4`" not in faults(program), "what an exception says is not what is asked for"


def test_mutants_are_programs_that_differ_from_all_others() -> None:
    program = "def f(x, y=1):\n    z = x * 1 + y - 0\n    return z if z > 1 else [z][0:1]\n"
    made = mutate(program, 1000)
    trees = [ast.dump(ast.parse(mutant.code)) for mutant in made]
    assert len(set(trees)) == len(trees) > 10
    assert ast.dump(ast.parse(program)) not in trees
    assert made == mutate(program, 1000), "the same each time"


def test_a_few_are_taken_from_all_kinds_and_places() -> None:
    lines = "".join(f"    x = x + {n}\n" for n in range(2, 40))
    program = f"def f(x):\n{lines}    return x < 1 and x.mean(axis=0)\n"
    few = mutate(program, 12)
    assert len(few) == 12
    assert len({mutant.kind for mutant in few}) == 8
    assert len({mutant.line for mutant in few}) > 4
    assert [len(mutate(program, n)) for n in (0, 1, 5)] == [0, 1, 5]


def test_what_is_given_is_not_mutated() -> None:
    given = (
        "def helper(x):\n    return x + 1\n\nclass A:\n    def one(self):\n        return 5 - 2\n"
    )
    program = given + "    def two(self):\n        return helper(3)\n"
    assert "`x + 1` → `x - 1`" in faults(program)
    of_the_answer = faults(program, context=given)
    assert "`3` → `4`" in of_the_answer
    assert not {"`x + 1` → `x - 1`", "`5 - 2` → `5 + 2`"} & of_the_answer


def test_text_that_is_handed_over_is_mutated_inside() -> None:
    made = mutate(hold("code", "y = x + 2"), 1000)
    assert made
    assert all(mutant.code.startswith("code = '") for mutant in made)
    assert "code = 'y = x - 2'" in [mutant.code for mutant in made]


def test_no_program_has_no_mutants() -> None:
    assert mutate("def f(:") == mutate("") == []
