"""A library whose function was replaced calls the candidate's, under all names and from inside."""

from __future__ import annotations

from pathlib import Path

import pytest

import assay
from assay.core.words import Candidate, Check, Environment, Target, Task
from assay.engine import environments
from assay.suites import Suite
from assay.suites import load as load_suite
from assay.suites import save as save_suite

LIBRARY = {
    "shapes/__init__.py": "from shapes.plane import Square, area, twice\n",
    "shapes/plane.py": '''\
import functools


def area(side, *, scale=1.0):
    """Of a square."""
    return scale * side * side


@functools.wraps(area)
def wrapped(*args, **kwargs):
    return area(*args, **kwargs)


def twice(side):
    return 2 * area(side)


class Base:
    def name(self):
        return "base"


class Square(Base):
    def __init__(self, side):
        self.side = side

    def grow(self, by):
        return Square(self.side + by)

    def area(self):
        return area(self.side)

    def name(self):
        return "square, " + super().name()


class Tile(Square):
    pass
''',
}
OTHER = """
import inspect
import shapes
from shapes import Square as Seen
from shapes.plane import Base, Tile, wrapped


def area(side, *, scale=1.0):
    return -scale * side


class Square(Base):
    def __init__(self, side):
        self.side = side
        self.mark = self._mark()

    def _mark(self):
        return "mine"

    def grow(self, by):
        return Square(self.side - by)

    def area(self):
        return -1

    def name(self):
        return "mine, " + super().name()
"""


@pytest.fixture
def environment(cache: Path) -> Environment:
    place = cache / "sources" / "shapes-1-abc"
    for file, text in LIBRARY.items():
        (place / file).parent.mkdir(parents=True, exist_ok=True)
        (place / file).write_text(text)
    for path in (place, place / "shapes"):
        path.chmod(0o755)
    prepare = (
        "import os, sys\nsys.path.append(os.environ['ASSAY_TREES'])\nimport shapes, shapes.plane\n"
    )
    return Environment("shapes", prepare=prepare, hidden=("shapes",), trees=("shapes-1-abc",))


def answers(
    environment: Environment, candidate: Candidate, calls: dict[str, object]
) -> dict[str, str]:
    """The checks that were not passed, with what was seen."""
    checks = [Check(call, "t", call=call, expected=value) for call, value in calls.items()]
    matrix = assay.run([candidate], checks, environment)
    return {v.check: v.evidence.value or str(v.evidence) for v in matrix.verdicts() if not v.passed}


def test_a_function_is_reached_from_everywhere(environment: Environment) -> None:
    candidate = Candidate("other", "t", OTHER, hides=("shapes.plane.area=area",))
    expected: dict[str, object] = {
        "area(3)": -3.0,
        "shapes.plane.area(3)": -3.0,
        "shapes.twice(3)": -6.0,
        "wrapped(3, scale=2)": -6.0,
        "Seen(3).area()": -3.0,
        "str(inspect.signature(shapes.plane.area))": "(side, *, scale=1.0)",
    }
    assert answers(environment, candidate, expected) == {}


def test_a_class_stays_the_librarys_and_does_what_was_written(environment: Environment) -> None:
    candidate = Candidate("other", "t", OTHER, hides=("shapes.plane.Square=Square",))
    expected: dict[str, object] = {
        "Seen(3).mark": "mine",
        "Seen(3).grow(1).side": 2,
        "isinstance(Seen(3).grow(1), Seen)": True,
        "Square is Seen": True,
        "Tile(3).name()": "mine, base",
        "Tile(3).area()": -1,
        "shapes.twice(3)": 18,
    }
    assert answers(environment, candidate, expected) == {}


def test_a_method_alone(environment: Environment) -> None:
    code = (
        "from shapes.plane import Square as _Square, Tile\n"
        "class Square(_Square):\n    def name(self):\n        return 'own, ' + super().name()\n"
    )
    candidate = Candidate("other", "t", code, hides=("shapes.plane.Square.name=Square.name",))
    expected: dict[str, object] = {"Tile(3).name()": "own, base", "Square(3).area()": 9}
    assert answers(environment, candidate, expected) == {}


@pytest.mark.parametrize(
    "code",
    [
        "import shapes",
        "import shapes\nfrom shapes.plane import area\n",
        "import shapes\narea = None",
    ],
)
def test_who_writes_nothing_has_nothing(environment: Environment, code: str) -> None:
    candidate = Candidate("none", "t", code, hides=("shapes.plane.area=area",))
    checks = [Check("a", "t", call="shapes.twice(3)", expected=18)]
    assert assay.run([candidate], checks, environment).outcomes() == {"raised": 1}


def test_a_tree_is_read_only_and_what_is_hidden_in_it_cannot_be_read(
    environment: Environment,
) -> None:
    code = (
        "import os, shapes\nplace = os.environ['ASSAY_TREES']\n"
        "def writes():\n    open(place + '/x', 'w')\n"
    )
    checks = [
        Check("listed", "t", call="os.listdir(place + '/shapes')", expected=[]),
        Check("works", "t", call="shapes.twice(3)", expected=18.0),
        Check("writes", "t", call="writes()", raises="OSError"),
    ]
    matrix = assay.run([Candidate("reads", "t", code)], checks, environment)
    assert matrix.outcomes() == {"passed": 3}


def test_another_tree_is_another_environment(environment: Environment, tmp_path: Path) -> None:
    from dataclasses import replace

    other = replace(environment, trees=("shapes-1-def",))
    assert other.digest != environment.digest
    with pytest.raises(assay.EnvironmentBuildError, match=r"shapes-1-def.*assay build"):
        environments.prepare(other)
    task = Task(
        "t",
        "?",
        Target(name="f"),
        checks=(Check("c", "t", call="1", expected=1),),
        environment="shapes",
    )
    suite = Suite("s", (task,), environment="shapes", environments={"shapes": environment})
    assert load_suite(save_suite(suite, tmp_path / "s")).environments["shapes"] == environment
