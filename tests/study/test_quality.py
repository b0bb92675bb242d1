"""Measures of programs, and programs beside their references."""

from __future__ import annotations

import ast
import subprocess
import sys

import numpy as np
import pytest

from assay.core.errors import InputError
from assay.study import Quality, against_references, measure, relative_cost
from assay.study.coupling import outside

PLAIN = "import numpy as np\n\n\ndef mean(x):\n    return np.sum(x) / len(x)\n"
BRANCHED = """
import numpy as np
import os
from torch.nn import functional as F

def mean(x, axis=None):
    # a comment
    if axis is None:
        for value in x:
            if value is None and axis:
                raise ValueError(value)
        return np.sum(x) / len(x)
    return np.mean(F.relu(x), axis=axis)
"""


@pytest.fixture
def libraries() -> None:
    pytest.importorskip("radon")
    pytest.importorskip("complexipy")


@pytest.mark.usefixtures("libraries")
def test_measures_of_a_program() -> None:
    plain, branched = measure(PLAIN), measure(BRANCHED)
    assert plain is not None
    assert branched is not None
    assert (plain.cyclomatic, plain.cognitive, plain.lines, plain.coupling) == (1, 0, 3, 1)
    # if, for, if, and: four decisions; 1 + 2 + 3 + 1 as Sonar counts nesting.
    assert (branched.cyclomatic, branched.cognitive, branched.lines) == (5, 7, 10)
    assert branched.coupling == 2
    assert 0 < branched.maintainability < plain.maintainability <= 100


@pytest.mark.usefixtures("libraries")
def test_complexity_does_not_depend_on_how_decisions_are_spread() -> None:
    one = measure("def f(x):\n    if x:\n        return 1\n    return 2 if not x else 3\n")
    two = measure("def f(x):\n    return 1 if x else g(x)\ndef g(x):\n    return 2 if x else 3\n")
    inside = measure("class A:\n    def f(self, x):\n        return 1 if x else 2\n"
                     "    def g(self, x):\n        return 1 if x else 2\n")  # fmt: skip
    assert one is not None
    assert two is not None
    assert inside is not None
    assert one.cyclomatic == two.cyclomatic == inside.cyclomatic == 3


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize(
    "source",
    ["def f(:", "x = \x00", "a" + "+a" * 20_000, "not " * 2_000 + "a", "(" * 500, "\ud800",
     "if a:\n pass\n" + "elif b:\n pass\n" * 3_000, "x = 1\n" * 200_000],
    ids=["syntax", "null", "sum", "not", "paren", "surrogate", "elif", "long"],
)  # fmt: skip
def test_what_cannot_be_measured_has_no_measures(source: str) -> None:
    assert measure(source) is None


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize("source", ["", "# nothing\n", "'''doc'''", "x = '\\d'\n"])
def test_odd_but_valid_programs_are_measured(source: str) -> None:
    found = measure(source)
    assert found is not None
    assert found.cyclomatic >= 0


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import numpy as np\nnp.sum(np.mean(x))", {"numpy", "x"}),
        ("import torch.nn.functional as F\nF.relu(1)", {"torch.nn.functional"}),
        ("import os.path\nos.path.join('a')", {"os"}),
        ("from a.b import c, d\nc()", {"a.b.c"}),
        ("from . import here\nhere", {"..here"}),
        ("from math import *\nsin(1)", {"math", "sin"}),
        ("import unused", set()),
        ("def f(x, *a, y=1, **k):\n    return len(x) + y + f(x)", set()),
        ("class A(nn.Module):\n    def f(self):\n        return super().f()", {"nn"}),
        ("[i for i in range(3)]\ntry: pass\nexcept E as e: print(e)", {"E"}),
        ("match p:\n case [a, *b]: a\n case {'k': v, **r}: (v, r)\n case C(x=y): y", {"p", "C"}),
        ("with open('f') as g: g\n(w := 1)\nprint(w, lambda z: z)", set()),
    ],
)
def test_coupling_is_to_what_is_used_and_from_outside(source: str, names: set[str]) -> None:
    assert outside(ast.parse(source)) == names


def test_without_the_libraries_the_extra_is_named() -> None:
    program = (
        "import sys; sys.modules['radon.raw'] = sys.modules['complexipy'] = None\n"
        "from assay.study import measure\nmeasure('x = 1')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert 'InputError: code quality needs radon and complexipy: pip install "assay[quality]"' in (
        done.stderr
    )


def test_programs_stand_beside_their_references() -> None:
    rng = np.random.default_rng(0)
    references = [Quality(cc, 2 * cc, 80, 10, 2) for cc in rng.integers(1, 6, 30).astype(float)]
    programs: list[Quality | None] = [
        Quality(one.cyclomatic + extra, 9, 70, 12, 4)
        for one, extra in zip(references, rng.integers(1, 4, 30), strict=True)
    ]
    programs[0] = None
    found = against_references(programs, references, np.arange(30) % 10)
    cyclomatic = found["cyclomatic"]
    assert cyclomatic.program.n == cyclomatic.reference.n == cyclomatic.difference.n == 29
    assert cyclomatic.reference.value == pytest.approx(
        np.mean([one.cyclomatic for one in references[1:]])
    )
    assert 1 < cyclomatic.difference.low < cyclomatic.difference.value < cyclomatic.difference.high
    assert cyclomatic.difference.kind == "number"
    assert found["maintainability"].difference.value == pytest.approx(-10)
    with pytest.raises(InputError, match="paired"):
        against_references(programs, references[1:])


def test_relative_cost_is_a_geometric_mean() -> None:
    reference = np.random.default_rng(0).uniform(1, 5, 40)
    times = np.tile([0.5, 8.0], 20)
    found = relative_cost("cpu", reference * times, reference)
    assert found.value == pytest.approx(2.0)
    assert 1 < found.low < 2 < found.high < 4
    assert found.low * found.high == pytest.approx(4, rel=0.1)
    assert relative_cost("cpu", [1, 0, np.nan], [1, 1, 1]).n == 1
