"""Published benchmarks' formats, each by a small file in the shape that was published."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assay import InputError, suites
from assay.engine.assertions import lift
from assay.suites import Report, Suite
from assay.suites.programs import hold

HUMANEVAL: dict[str, Any] = {
    "task_id": "HumanEval/900",
    "prompt": "def one(x: int) -> int:\n    return 1\n\n\ndef add(x: int, y: int):\n"
    '    """Add two numbers x and y\n    >>> add(2, 3)\n    5\n    """\n',
    "entry_point": "add",
    "canonical_solution": "    return x + y\n",
    "test": "\n\nMETADATA = {\n    'author': 'jt'\n}\n\n\ndef check(candidate):\n"
    "    import random\n\n    assert True, 'prints'\n    assert candidate(0, 1) == 1\n"
    "    assert candidate(2, 3) > 4, 'more'\n    base = candidate(1, 1)\n    assert base == 2\n"
    "    for i in range(3):\n        assert candidate(i, one(i)) == i + 1\n",
}
MBPP: dict[str, Any] = {
    "task_id": 2,
    "text": "Write a function to find the shared elements from the given two lists.",
    "code": "def helper(x):\r\n  return set(x)\r\ndef similar(a, b):\r\n"
    "  return tuple(helper(a) & helper(b))",
    "test_list": [
        "assert set(similar((3, 4, 5, 6),(5, 7, 4, 10))) == set((4, 5))",
        "assert sorted(similar((1, 2), (2, 3))) == TWO",
    ],
    "test_setup_code": "TWO = [2]",
    "challenge_test_list": [],
}
SANITIZED: dict[str, Any] = {
    "source_file": "Benchmark Questions Verification V2.ipynb",
    "task_id": 3,
    "prompt": "Write a function to halve a number.",
    "code": "def halve(n):\n    return math.fabs(n) / 2",
    "test_imports": ["import math"],
    "test_list": ["assert halve(3) == 1.5", "assert math.isclose(halve(1), 0.5)"],
}
DS1000: dict[str, Any] = {
    "prompt": "Problem:\nDouble the list.\nA:\n<code>\nxs = [1, 2]\n</code>\nresult = ...\n",
    "reference_code": "result = [2 * x for x in xs]",
    "metadata": {
        "problem_id": 7, "library_problem_id": 7, "library": "Pandas", "test_case_cnt": 1,
        "perturbation_type": "Origin", "perturbation_origin_id": 7,
    },
    "code_context": 'exec_context = r"""\nxs = test_input\n[insert]\n"""\n\n'
    "def test_execution(solution: str):\n"
    '    code = exec_context.replace("[insert]", solution)\n'
    '    env = {"test_input": [1, 2]}\n    exec(code, env)\n    assert env["result"] == [2, 4]\n\n'
    "def test_string(solution: str):\n    assert 'while' not in solution\n",
}  # fmt: skip
BIGCODEBENCH: dict[str, Any] = {
    "task_id": "BigCodeBench/0",
    "complete_prompt": "import itertools\n\ndef task_func(numbers=[1, 2]):\n"
    '    """\n    Counts permutations.\n    """\n',
    "instruct_prompt": "Count permutations. Write self-contained code starting with: ...",
    "canonical_solution": "    return len(list(itertools.permutations(numbers)))\n",
    "code_prompt": "import itertools\ndef task_func(numbers=[1, 2]):\n",
    "test": "import unittest\nclass TestCases(unittest.TestCase):\n"
    "    @classmethod\n    def setUpClass(cls):\n        cls.six = 6\n"
    "    def setUp(self):\n        self.three = [1, 2, 3]\n"
    "    def test_default(self):\n        self.assertEqual(task_func(), 2)\n"
    "    def test_three(self):\n        self.assertEqual(task_func(self.three), self.six)\n",
    "entry_point": "task_func",
    "doc_struct": "{}",
    "libs": "['itertools']",
}
PLUS: dict[str, Any] = {
    "task_id": "HumanEval/4",
    "prompt": "def mean(xs):\n    '''The mean.'''\n",
    "entry_point": "mean",
    "canonical_solution": "    return sum(xs) / len(xs)\n",
    "base_input": [[[1.0, 2.0]]],
    "plus_input": [[[0.1, 0.2, 0.4]], [[5]]],
    "atol": 0,
}
MBPP_PLUS: dict[str, Any] = {
    "task_id": "Mbpp/2",
    "prompt": '"""\nWrite a function to find the shared elements.\n"""\n',
    "entry_point": "similar_elements",
    "canonical_solution": "\ndef similar_elements(a, b):\n    assert type(a) is tuple\n"
    "    return tuple(set(a) & set(b))\n",
    "assertion": "assert set(similar_elements((3, 4, 5, 6),(5, 7, 4, 10))) == set((4, 5))",
    "base_input": [[[3, 4, 5, 6], [5, 7, 4, 10]]],
    "plus_input": [[[], [1]]],
    "atol": 0,
}


def written(path: Path, *records: dict[str, Any]) -> Path:
    if path.name.endswith(".json"):
        path.write_text(json.dumps(records))
        return path
    lines = "".join(json.dumps(record) + "\n" for record in records).encode()
    path.write_bytes(gzip.compress(lines) if path.suffix == ".gz" else lines)
    return path


def verified(suite: Suite, **options: Any) -> Report:
    """Runs anywhere: the samples need no packages, whatever environment their format names."""
    tasks = tuple(replace(task, environment="python") for task in suite.tasks)
    return suites.verify(replace(suite, tasks=tasks), workers=1, **options)


@pytest.fixture
def place(tmp_path: Path, cache: Path) -> Path:  # noqa: ARG001
    return tmp_path


@pytest.mark.parametrize("name", ["HumanEval.jsonl", "HumanEval.jsonl.gz"])
def test_humaneval(place: Path, name: str) -> None:
    suite = suites.import_suite("humaneval", written(place / name, HUMANEVAL))
    (task,) = suite.tasks
    assert (task.id, task.prompt) == ("HumanEval/900", HUMANEVAL["prompt"])
    assert task.target.context == task.prompt
    assert (task.target.name, task.target.signature) == ("add", "def add(x: int, y: int):")
    codes = [check.code or "" for check in task.checks]
    assert len(codes) == 4, "all but the one that asks nothing"
    lifted = [lift(code) for code in codes]
    assert [one.expected for one in lifted if one is not None] == [1]
    assert codes[2].endswith("base = add(1, 1)\nassert base == 2")
    assert "METADATA" not in "".join(codes)
    assert verified(suite).failed == ()


def test_what_cannot_be_taken_apart_stays_whole(place: Path) -> None:
    test = "def check(candidate):\n    for i in (1, 2):\n        assert candidate(i, i) == 2 * i\n"
    both = test + "    assert candidate(0, 0) == 0\n"
    record = {**HUMANEVAL, "test": both}
    suite = suites.import_suite("humaneval", written(place / "a.jsonl", record))
    (check,) = suite.tasks[0].checks
    assert check.code == f"{both.strip()}\n\ncheck(add)\n"
    assert verified(suite).failed == ()


@pytest.mark.parametrize(
    ("name", "record", "kept"), [("mbpp.jsonl", MBPP, "similar"), ("s.json", SANITIZED, "halve")]
)
def test_mbpp(place: Path, name: str, record: dict[str, Any], kept: str) -> None:
    suite = suites.import_suite("mbpp", written(place / name, record))
    (task,) = suite.tasks
    assert task.id == f"MBPP/{record['task_id']}"
    assert task.target.name == kept
    assert task.prompt.startswith(record.get("text") or record["prompt"])
    assert record["test_list"][0] in task.prompt
    assert len(task.checks) == 2
    assert verified(suite).failed == ()


def test_ds1000(place: Path) -> None:
    suite = suites.import_suite("ds1000", written(place / "ds1000.jsonl.gz", DS1000))
    (task,) = suite.tasks
    assert (task.id, task.prompt) == ("DS-1000/7", DS1000["prompt"])
    assert (task.environment, task.labels["library"]) == ("base", "Pandas")
    assert len(task.checks) == 1
    report = verified(suite)
    assert report.failed == ()
    assert report.tasks[0].killed == report.tasks[0].mutants > 0
    for answer in ("result = [2, 5]", "while False: pass\nresult = [2, 4]", "return [2, 4]"):
        wrong = replace(task, reference=hold("code", answer))
        assert len(verified(replace(suite, tasks=(wrong,))).failed) == 1


def test_ds1000_has_torch_where_it_asks_for_it(place: Path) -> None:
    record = {**DS1000, "metadata": {"problem_id": 1, "library": "Pytorch"}}
    suite = suites.import_suite("ds1000", written(place / "a.jsonl", record))
    assert suite.tasks[0].environment == "torch"


def test_bigcodebench(place: Path) -> None:
    file = written(place / "bcb.jsonl", BIGCODEBENCH)
    suite = suites.import_suite("bigcodebench", file)
    (task,) = suite.tasks
    assert (task.prompt, task.environment) == (BIGCODEBENCH["complete_prompt"], "python")
    assert [check.id for check in task.checks] == ["test_default", "test_three"]
    report = verified(suite)
    assert report.failed == ()
    assert report.tasks[0].killed >= 1
    asked = suites.import_suite("bigcodebench-instruct", file).tasks[0]
    assert asked.prompt == BIGCODEBENCH["instruct_prompt"]
    wrong = replace(task, reference=task.reference.replace("numbers)))", "numbers[1:])))"))
    (failed,) = verified(replace(suite, tasks=(wrong,))).failed
    assert "fails check 'test_default': failed" in failed.reasons[0]


@pytest.mark.parametrize(
    ("libraries", "environment"),
    [("['os', 're']", "python"), ("['pandas']", "base"), ("['torch', 'os']", "torch")],
)
def test_bigcodebench_reads_parquet_and_names_an_environment(
    place: Path, libraries: str, environment: str
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    pyarrow = pytest.importorskip("pyarrow")
    record = {**BIGCODEBENCH, "libs": libraries}
    parquet.write_table(pyarrow.Table.from_pylist([record]), place / "bcb.parquet")
    suite = suites.import_suite("bigcodebench", place / "bcb.parquet")
    assert suite.tasks[0].environment == environment


@pytest.mark.parametrize("where", ["assertion", "prompt"])
def test_evalplus_expects_what_the_canonical_solution_answers(place: Path, where: str) -> None:
    shown = MBPP_PLUS
    if where == "prompt":
        prompt = f'"""\nWrite a function.\n{MBPP_PLUS["assertion"]}\n"""\n'
        shown = {**without(MBPP_PLUS, "assertion"), "prompt": prompt}
    file = written(place / "plus.jsonl.gz", PLUS, shown)
    suite = suites.import_suite("evalplus", file, place / "plus")
    mean, similar = suites.load(place / "plus").tasks
    assert [check.id for check in mean.checks] == ["base-0", "plus-0", "plus-1"]
    assert mean.checks[0].call == "mean([1.0, 2.0])"
    assert [check.expected for check in mean.checks] == [1.5, pytest.approx(0.7 / 3), 5.0]
    assert mean.checks[0].tolerance.absolute == 1e-6
    assert similar.checks[0].call == "set(similar_elements((3, 4, 5, 6), (5, 7, 4, 10)))"
    assert similar.checks[0].expected == {4, 5}
    assert similar.checks[1].expected == set()
    assert similar.checks[0].tolerance.absolute == 0.0
    assert verified(suite).failed == ()


@pytest.mark.parametrize(
    ("solution", "expected"),
    [
        ("return (x, [x], {x: {x}})", (1, [1], {1: {1}})),
        ("return {'a': None, 'b': 1 + 2j}", {"a": None, "b": 1 + 2j}),
        ("return 2 ** 80", 2**80),
        ("return 'é' * x", "é"),
        ("return [float('inf'), -float('inf')]", [float("inf"), -float("inf")]),
    ],
)
def test_evalplus_values_of_all_kinds(place: Path, solution: str, expected: Any) -> None:
    record = {
        **PLUS, "prompt": "def f(x):\n", "entry_point": "f", "base_input": [[1]], "plus_input": [],
        "canonical_solution": f"    {solution}\n",
    }  # fmt: skip
    suites.import_suite("evalplus", written(place / "a.jsonl", record), place / "out")
    (check,) = suites.load(place / "out").tasks[0].checks
    assert check.expected == expected
    assert type(check.expected) is type(expected)


@pytest.mark.parametrize(
    ("entry_point", "solution", "right", "wrong"),
    [
        ("find_zero", "return -0.5", "return -0.5000000001", "return 0.5"),
        ("sum_div", "return 7", "return 0", "return 8"),
        ("check_str", "return True", "return 'found'", "return None"),
        ("Diff", "return [1, 2]", "return [2, 1]", "return [1]"),
        ("are_equivalent", "return True", "return False", "raise ValueError"),
    ],
)
def test_evalplus_asks_for_less_where_evalplus_does(
    place: Path, entry_point: str, solution: str, right: str, wrong: str
) -> None:
    record = {
        **PLUS, "prompt": f"def {entry_point}(xs):\n", "entry_point": entry_point,
        "base_input": [[[1, 2]]], "plus_input": [], "canonical_solution": f"    {solution}\n",
        "atol": 0.0001 if entry_point == "find_zero" else 0,
    }  # fmt: skip
    suite = suites.import_suite("evalplus", written(place / "a.jsonl", record))
    (task,) = suite.tasks
    for body, fair in ((right, True), (wrong, False)):
        other = replace(task, reference=f"def {entry_point}(xs):\n    {body}\n")
        assert (verified(replace(suite, tasks=(other,))).failed == ()) == fair


def test_evalplus_says_where_a_canonical_solution_has_no_answer(place: Path) -> None:
    record = {**PLUS, "plus_input": [[[]]]}
    with pytest.raises(InputError, match=r"HumanEval/4: .* mean\(\[\]\): ZeroDivisionError"):
        suites.import_suite("evalplus", written(place / "a.jsonl", record), place / "out")
    assert not (place / "out").exists()


def without(record: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != key}


@pytest.mark.parametrize(
    ("format_", "record", "fault"),
    [
        ("humaneval", without(HUMANEVAL, "prompt"), "'prompt' is missing"),
        ("humaneval", {**HUMANEVAL, "test": 3}, "'test' must be a string, not int"),
        ("humaneval", {**HUMANEVAL, "test": "def check(:"}, "'test' is not Python"),
        ("humaneval", {**HUMANEVAL, "test": "x = 1"}, "'test' has no function check(candidate)"),
        ("humaneval", {**HUMANEVAL, "entry_point": "sub"}, "does not define 'sub'"),
        ("mbpp", without(MBPP, "task_id"), "'task_id' is missing"),
        ("mbpp", without(MBPP, "text"), "'text' is missing"),
        ("mbpp", {**MBPP, "test_list": []}, "'test_list' is missing or empty"),
        ("mbpp", {**MBPP, "test_list": "x"}, "'test_list' must be a list of strings"),
        ("mbpp", {**MBPP, "test_list": ["assert other(1)"]}, "no test calls a function"),
        ("ds1000", without(DS1000, "metadata"), "'metadata' is missing"),
        ("ds1000", {**DS1000, "code_context": "x = 1"}, "'code_context' has none of"),
        ("ds1000", {**DS1000, "code_context": "x = ("}, "'code_context' is not Python"),
        ("bigcodebench", {**BIGCODEBENCH, "test": "x = 1"}, "'test' has no TestCase"),
        ("bigcodebench", {**BIGCODEBENCH, "libs": "['os'"}, "'libs' is no list"),
        ("evalplus", {**PLUS, "base_input": 1}, "'base_input' must be a list of lists"),
        ("evalplus", {**PLUS, "atol": "small"}, "'atol' must be a number"),
        ("evalplus", without(PLUS, "canonical_solution"), "'canonical_solution' is missing"),
        ("humaneval", HUMANEVAL, "id 'HumanEval/900' is taken by line 1"),
    ],
)
def test_a_faulty_record_is_named(
    place: Path, format_: str, record: dict[str, Any], fault: str
) -> None:
    good = {
        "humaneval": HUMANEVAL, "mbpp": MBPP, "ds1000": DS1000, "bigcodebench": BIGCODEBENCH,
        "evalplus": PLUS,
    }[format_]  # fmt: skip
    file = written(place / "file.jsonl", good, record)
    with pytest.raises(InputError) as told:
        suites.import_suite(format_, file, place / "out")
    assert str(told.value).startswith(f"{file}:2: ")
    assert fault in str(told.value)
    assert not (place / "out").exists()


def test_unknown_formats_and_files_are_named(place: Path) -> None:
    with pytest.raises(InputError, match="no format 'humanevl': did you mean 'humaneval'"):
        suites.import_suite("humanevl", place / "x")
    with pytest.raises(InputError, match="cannot be read: No such file"):
        suites.import_suite("mbpp", place / "gone.jsonl")
    (place / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"a": 1}\n' * 99)[:-9])
    with pytest.raises(InputError, match="cannot be read"):
        suites.import_suite("mbpp", place / "cut.jsonl.gz")
    (place / "odd.json").write_text('{"a": 1}')
    with pytest.raises(InputError, match="a list of objects was expected"):
        suites.import_suite("mbpp", place / "odd.json")
