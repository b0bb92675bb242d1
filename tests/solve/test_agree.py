"""`assay agree`: solutions and tests made elsewhere, ranked and graded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay.cli import main
from assay.core.words import Check, Target, Task
from assay.engine.session import Session
from assay.solve.choosing import right_at_k
from assay.solve.folding import fold
from assay.solve.matching import fill
from assay.solve.probing import KEPT_CALLS, SCREEN, explore
from assay.solve.splitting import split
from assay.suites import Suite, save

Captured = pytest.CaptureFixture[str]

RIGHT = "def double(x):\n    return 2 * x\n"
ALIKE = "def double(x):\n    y = x + x\n    return y\n"
RENAMED = "def double(x):\n    z = x + x\n    return z\n"
WRONG = "def double(x):\n    return x\n"
BROKEN = "def double(x) return x"
TESTS = "assert double(1) == 2\nassert double(4) == 8, 'text'\nassert double('a') == 'aa'"
LIES = "assert double(3) == 7"
HOSTILE = {
    "loop": "def double(x):\n    while True:\n        pass\n",
    "exit": "import os\ndef double(x):\n    os._exit(0)\n",
    "equal": (
        "class Any:\n    def __eq__(self, other): return True\n    def __ne__(self, other): "
        "return False\n    def __hash__(self): return 0\ndef double(x):\n    return Any()\n"
    ),
    "patch": (
        "import builtins, sys\ndef double(x):\n    builtins.AssertionError = Exception\n"
        "    sys.settrace(lambda *_: None)\n    raise SystemExit(0)\n"
    ),
}


def write(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def run(*words: str) -> int:
    return main(["agree", *words])


def row(name: str, code: str, task: str = "double") -> dict[str, str]:
    return {"task": task, "id": name, "code": code}


def suite(*, checks: bool = True) -> Suite:
    """Two tasks; without `checks` their checks are others, which all solutions fail."""
    tasks = []
    for name, body, known in (
        ("double", "2 * x", ((2, 4), (5, 10))),
        ("triple", "3 * x", ((2, 6),)),
    ):
        hidden = tuple(
            Check(str(at), name, call=f"{name}({given})", expected=wanted if checks else None)
            for at, (given, wanted) in enumerate(known)
        )
        reference = f"def {name}(x): return {body if checks else None}\n"
        target = Target(name=name, context=f"def {name}(x):\n", continues=True)
        tasks.append(Task(name, f"def {name}(x):\n", target, hidden, reference=reference))
    return Suite("tiny", tuple(tasks), version="1")


@pytest.fixture
def files(tmp_path: Path, cache: Path) -> tuple[str, str]:  # noqa: ARG001
    """Solutions and tests of one task."""
    solutions = write(
        tmp_path / "solutions.jsonl",
        row("wrong", WRONG), row("right", RIGHT), row("alike", ALIKE), row("renamed", RENAMED),
        row("broken", BROKEN),
    )  # fmt: skip
    tests = write(tmp_path / "tests.jsonl", row("t", TESTS), row("lies", LIES), row("no", "nope"))
    return str(solutions), str(tests)


def told(capsys: Captured) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("extent", ["--exact", "--probe"])
def test_each_task_gets_its_choice(files: tuple[str, str], capsys: Captured, extent: str) -> None:
    assert run(*files, extent, "--json") == 0
    found = told(capsys)
    choice = found["tasks"]["double"]["srank"]
    assert choice["chosen"] in ("right", "alike")
    assert (choice["size"], choice["agreement"]) == (3, 0.6)
    assert (choice["passed"], choice["tests"], choice["behaviours_tied"]) == (3, 4, 1)
    assert sorted(choice["tied"]) == ["alike", "renamed", "right"]
    counts = found["counts"]
    assert (counts["solutions"], counts["distinct"], counts["without_program"]) == (5, 3, 1)


def test_it_is_shown_and_written(files: tuple[str, str], tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "ranking.jsonl"
    assert run(*files, "--selector", "codet,random", "--out", str(out)) == 0
    shown = capsys.readouterr().out
    assert "3 of 5 (60%)" in shown
    assert "5 solutions of 1 tasks, 3 of them distinct, 1 without a program" in shown
    rankings = [json.loads(line) for line in out.read_text().splitlines()]
    assert [one["selector"] for one in rankings] == ["codet", "random"]
    ranked = rankings[0]["solutions"]
    assert {one["id"] for one in ranked[:3]} == {"right", "alike", "renamed"}
    assert ranked[0]["place"] > ranked[3]["place"] >= ranked[4]["place"]
    assert len({one["place"] for one in rankings[1]["solutions"]}) == 1


def test_one_row_has_only_so_many_tests(files: tuple[str, str], capsys: Captured) -> None:
    assert run(*files, "--most", "2", "--json") == 0
    counts = told(capsys)["counts"]
    assert (counts["tests"], counts["beyond_most"], counts["dropped"]) == (3, 1, 0)


@pytest.fixture
def graded(tmp_path: Path, cache: Path) -> tuple[str, str]:  # noqa: ARG001
    """Solutions of two tasks, some of them bare continuations, and tests for one."""
    solutions = write(
        tmp_path / "solutions.jsonl",
        {"task": "double", "samples": ["    return 2 * x\n", RIGHT, "    return x\n", "???"]},
        {"task": "triple", "samples": ["    return 3 * x\n", "    return x\n"]},
    )
    return str(solutions), str(write(tmp_path / "tests.jsonl", row("t", TESTS)))


def test_choices_are_graded(graded: tuple[str, str], tmp_path: Path, capsys: Captured) -> None:
    place = str(save(suite(), tmp_path / "tiny"))
    assert run(*graded, "--grade", place, "--selector", "all", "--json") == 0
    found = told(capsys)
    srank, random = found["selectors"]["srank"], found["selectors"]["random"]
    # `double` is chosen right; nothing is known of `triple`, of which one of two is right.
    assert srank["pass@1"]["value"] == pytest.approx((1 + 1 / 2) / 2)
    assert random["pass@1"]["value"] == pytest.approx((2 / 4 + 1 / 2) / 2)
    assert srank["pass@10"]["n"] == 0  # nobody has ten samples
    assert srank["against_codet"]["outcome"] == "tied"
    assert "against_codet" not in found["selectors"]["codet"]
    assert found["sampling"]["pass@1"]["value"] == pytest.approx(0.5)
    assert found["counts"]["tasks_without_test"] == 1
    assert run(*graded, "--grade", place) == 0
    assert "pass@1 against codet" in capsys.readouterr().out


def test_hidden_checks_change_no_ranking(
    graded: tuple[str, str], tmp_path: Path, capsys: Captured
) -> None:
    written = []
    for name, checks in (("one", True), ("other", False)):
        place = save(replace(suite(checks=checks), name=name), tmp_path / name)
        out = tmp_path / f"{name}.jsonl"
        assert run(*graded, "--grade", str(place), "--out", str(out), "--selector", "all",
                   "--json") == 0  # fmt: skip
        written.append((out.read_text(), told(capsys)["selectors"]["srank"]["pass@1"]["value"]))
    assert written[0][0] == written[1][0]
    assert written[0][1] != written[1][1]


def test_what_is_hostile_is_never_chosen(
    tmp_path: Path,
    cache: Path,  # noqa: ARG001
    capsys: Captured,
) -> None:
    rows = [row(f"{name} {at}", code) for name, code in HOSTILE.items() for at in range(9)]
    solutions = write(tmp_path / "solutions.jsonl", *rows, row("wrong", WRONG), row("good", RIGHT),
                      row("too", ALIKE))  # fmt: skip
    odd = "assert double(2) == 4\nassert double(3) > 5\nassert double(0) == 0"
    tests = write(tmp_path / "tests.jsonl", row("t", odd))
    names = "srank,codet,codet_nosqrt,b4,b4+srank,pagerank,most_passed,majority"
    words = [str(solutions), str(tests), "--probe", "--cpu", "0.2", "--json", "--selector", names]
    assert run(*words) == 0
    for name, choice in told(capsys)["tasks"]["double"].items():
        assert choice["chosen"] in ("good", "too"), name


@pytest.mark.parametrize(
    ("solutions", "tests", "words", "said"),
    [
        ('{"task": "double"}', "", [], "solutions.jsonl:1: either 'code' or 'samples'"),
        ("nonsense", "", [], "solutions.jsonl:1: not JSON"),
        ("", "", [], "solutions.jsonl: no lines in it"),
        (json.dumps(row("a", RIGHT)) * 2, "", [], "solutions.jsonl:1: not JSON"),
        (json.dumps(row("a", RIGHT)), "", [], "tests.jsonl: no lines in it"),
        (json.dumps(row("a", RIGHT)), json.dumps(row("t", "nope")), [], "no usable test"),
        (json.dumps(row("a", RIGHT)), json.dumps(row("t", TESTS, "x")), [], "no usable test"),
        (json.dumps(row("a", RIGHT)), json.dumps(row("t", TESTS)), ["--selector", ","],
         "--selector: name at least one"),
        (json.dumps(row("a", RIGHT)), json.dumps(row("t", TESTS)), ["--selector", "srnak"],
         "no 'srnak'"),
        (json.dumps(row("a", RIGHT)), json.dumps(row("t", TESTS)), ["--cpu", "-1"], "--cpu -1"),
        (json.dumps(row("a", RIGHT)), json.dumps(row("t", TESTS)), ["--most", "0"], "--most 0"),
        (json.dumps(row("a", RIGHT, "x")), json.dumps(row("t", TESTS)), ["--grade", "TINY"],
         "suite tiny has no task 'x'"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_line(
    tmp_path: Path, cache: Path, capsys: Captured, solutions: str, tests: str,  # noqa: ARG001
    words: list[str], said: str,
) -> None:  # fmt: skip
    (tmp_path / "solutions.jsonl").write_text(solutions)
    (tmp_path / "tests.jsonl").write_text(tests)
    words = [str(save(suite(), tmp_path / "tiny")) if word == "TINY" else word for word in words]
    assert run(str(tmp_path / "solutions.jsonl"), str(tmp_path / "tests.jsonl"), *words) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert (out, err.count("\n")) == ("", 1)


# ---- the parts


def test_tests_are_split_and_counted() -> None:
    code = (
        "from solution import double\nimport math\nx = 3\n"
        "def test_it():\n    y = x\n    assert double(y) == 6\n    assert y == 3\n"
        "assert math.floor(double(1.5)) == 3, 'message'\ntest_it()\n"
    )
    found = split(code, ["double"])
    assert found.dropped == 1
    assert found.assertions == (
        "import math\nx = 3\ny = x\nassert double(y) == 6",
        "import math\nx = 3\nassert math.floor(double(1.5)) == 3",
    )
    cut_off = "assert \n    double(1) == 2, 'one'\nassert double(2) == (4,\nassert other(2) == 3"
    assert split(cut_off, ["double"]).assertions == ("assert double(1) == 2",)
    assert split(cut_off, ["double"]).dropped == 2


def test_programs_fold_where_only_names_of_locals_differ() -> None:
    folded = fold([ALIKE, RENAMED, RIGHT, "", "# hi\n" + RIGHT, WRONG])
    assert folded.rows == (0, 0, 1, -1, 1, 2)
    assert folded.copies == (2, 2, 1)
    shadows = "def f(x):\n    len = x\n    return len\n"
    assert fold([shadows, shadows.replace("len", "y")]).rows == (0, 1)
    caught = "def f(x):\n    y = 0\n    try:\n        g()\n    except E as e:\n        return {}\n"
    assert fold([caught.format("e"), caught.format("y")]).rows == (0, 1)


def test_a_choice_is_right_by_the_share_of_its_ties() -> None:
    places, copies = np.array([2.0, 2.0, 1.0, 0.0]), np.array([3, 1, 1, 1])
    right = np.array([1.0, 0.0, 0.0, 1.0])
    assert right_at_k(places, copies, right, 1) == pytest.approx(3 / 4)
    assert right_at_k(places, copies, right, 2) == pytest.approx(3 / 4)
    assert right_at_k(places, copies, right, 3) == 1
    # Three places and four draws: the first is drawn from twice.
    wrong = np.array([1.0, 0.0, 0.0, 0.0])
    assert right_at_k(places, copies, wrong, 4) == pytest.approx(1 - 1 / 16)
    assert np.isnan(right_at_k(places, copies, right, 7))
    unknown = np.array([np.nan, 0.0, 0.0, 1.0])
    assert right_at_k(places, copies, unknown, 1) == 0


class Recorded:
    """A table that was run whole, to be explored again."""

    def __init__(self, whole: np.ndarray) -> None:
        self.height, self.width = whole.shape
        self.copies = np.ones(self.height, dtype=np.int64)
        self.test_copies = np.ones(self.width, dtype=np.int64)
        self.trusted = np.zeros(self.width, dtype=bool)
        self.passed = np.zeros_like(whole)
        self.asked = np.zeros_like(whole)
        self.kept: list[int] = list(range(self.width))
        self._whole = whole

    def run(self, rows: Sequence[int], columns: Sequence[int]) -> None:
        cells = np.ix_(rows, columns)
        assert not self.asked[cells].any(), "asked twice"
        self.asked[cells] = True
        self.passed[cells] = self._whole[cells]

    def keep(self, columns: Sequence[int]) -> None:
        self.kept = list(columns)


def test_probing_spares_what_the_first_programs_all_fail() -> None:
    whole = np.zeros((60, 40), dtype=bool)
    whole[:, :5] = True  # what all pass
    whole[30:, :5] = False  # hopeless ones
    whole[29, 35] = True  # only one that is not looked at first passes this
    ground = Recorded(whole)
    ground.trusted[39] = True
    explore(ground)
    assert ground.asked[:9].all()
    assert ground.asked[9:30, :5].all()
    assert ground.asked[9:30, 39].all()
    assert ground.asked[9:30].sum() == 21 * (5 + 1 + KEPT_CALLS)
    assert ground.asked[30:].sum() == 30 * SCREEN
    assert len(ground.kept) == 5 + 1 + KEPT_CALLS


def test_small_pools_are_run_whole() -> None:
    ground = Recorded(np.zeros((8, 30), dtype=bool))
    explore(ground)
    assert ground.asked.all()
    assert ground.kept == list(range(30))


VALUES = {
    "close": "import math\ndef f(n): return [0.1 + 0.2, math.nan][n % 2]",
    "same": "def f(n): return [0.3, float('nan')][n % 2]",
    "whole": "def f(n): return [0.3000004999, float('nan')][n % 2]",
    "lazy": "def f(n): return (i for i in [n])",
    "fails": "def f(n): raise ValueError",
}


def test_values_are_classed_with_tolerance(tmp_path: Path) -> None:
    with Session(store=tmp_path / "store.sqlite") as session:
        filled = fill(session, Task("f", ""), list(VALUES.values()), (), ["f(0)", "f(1)"])
    assert filled.table.outputs.tolist() == [[0, 0], [0, 0], [1, 0], [-1, -1], [-1, -1]]
    assert filled.calls == ("f(0)", "f(1)")


ARRAYS = {
    "ones": "import numpy as np\ndef f(): return np.ones(3)",
    "close": "import numpy as np\ndef f(): return np.ones(3) + 1e-12",
    "single": "import numpy as np\ndef f(): return np.ones(3, dtype=np.float32)",
    "shape": "import numpy as np\ndef f(): return np.ones((3, 1))",
    "list": "def f(): return [1.0, 1.0, 1.0]",
}


@pytest.mark.slow
def test_dtype_and_shape_tell_arrays_apart(tmp_path: Path) -> None:
    task = Task("f", "", environment="base")
    with Session("base", store=tmp_path / "store.sqlite") as session:
        filled = fill(session, task, list(ARRAYS.values()), (), ["f()"])
    assert filled.table.outputs[:, 0].tolist() == [0, 0, 1, 2, 3]


def test_trusted_tests_and_evidence_come_through(tmp_path: Path) -> None:
    tests = [Check("a", "double", code="assert double(1) == 2"),
             Check("b", "double", code="assert double(1) == 2, 'again'"),
             Check("mine", "double", call="double(3)", expected=6)]  # fmt: skip
    with Session(store=tmp_path / "store.sqlite") as session:
        filled = fill(session, Task("double", ""), [WRONG, RIGHT, ""], tests, trusted={"mine"})
    assert filled.rows == (0, 1, -1)
    assert filled.columns == (0, 0, 1)
    assert filled.table.test_copies.tolist() == [2, 1]
    assert filled.table.trusted.tolist() == [False, True]
    assert filled.table.passed.tolist() == [[False, False], [True, True]]
    verdict = filled.verdict(0, "mine")
    assert verdict is not None
    assert (verdict.passed, verdict.evidence.value) == (False, "3")
