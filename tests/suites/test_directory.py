"""Suites on disk: what is read, what is written, and each fault by file and line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assay import Check, InputError, Target, Task, Tolerance, suites
from assay.suites import Suite

from .conftest import DOUBLE, MANIFEST, PAIR, Writer


def test_a_suite_is_read_whole(write: Writer) -> None:
    folder = write(DOUBLE, {**PAIR, "blank": "def pair(x): pass"})
    suite = suites.load(folder)
    assert (suite.name, suite.version, suite.licence, suite.path) == ("tiny", "3", "MIT", folder)
    double, pair = suite.tasks
    assert double.target == Target("function", "double", "def double(x):")
    assert (double.environment, double.date, double.tier) == ("python", "2024-05-17", "easy")
    assert double.labels == {"stage": "training", "data": "tabular"}
    two, seven, none, even = double.checks
    assert (two.call, two.expected, two.from_json) == ("double(1)", 2, True)
    assert seven.tolerance == Tolerance(strict=True)
    assert none.raises == "TypeError"
    assert even.code == "assert double(3) % 2 == 0"
    assert pair.checks[0].expected == (1, True)
    assert suite.blanks == {"pair": "def pair(x): pass"}


@pytest.mark.parametrize("parquet", [False, True])
def test_what_is_saved_is_what_is_loaded(write: Writer, tmp_path: Path, parquet: bool) -> None:
    if parquet:
        pytest.importorskip("pyarrow")
    suite = suites.load(write(DOUBLE, {**PAIR, "blank": "def pair(x): pass"}))
    out = suites.save(suite, tmp_path / "deep" / "copy", parquet=parquet)
    again = suites.load(out)
    assert again == replace(suite, path=out)
    assert again.fingerprint == suite.fingerprint
    assert [file.name for file in out.parent.iterdir()] == ["copy"], "no leftovers beside it"


@pytest.mark.parametrize(
    "value",
    [
        (1, 2), [1, (2,)], {1, 2}, set(), {"a": (1, None)}, 1 + 2j, "3", "abc", "", True, -7,
        float("inf"), [float("-inf"), (1,)], [], (), b"x", 1e-12,
    ],
)  # fmt: skip
def test_expected_values_survive_a_round_trip(tmp_path: Path, value: Any) -> None:
    check = Check("c", "t", call="f()", expected=value)
    task = Task("t", "Write f().", Target(name="f"), (check,))
    out = suites.save(Suite("one", (task,)), tmp_path / "one")
    read = suites.load(out).tasks[0].checks[0].expected
    assert (type(read), read) == (type(value), value)


def test_a_value_that_no_file_can_hold_is_refused(tmp_path: Path) -> None:
    task = Task("t", "", Target(name="f"), (Check("c", "t", call="f()", expected=object()),))
    with pytest.raises(InputError, match="check 'c': a object cannot be written"):
        suites.save(Suite("one", (task,)), tmp_path / "one")
    assert list(tmp_path.iterdir()) == []


def test_saving_replaces_a_suite_and_nothing_else(write: Writer, tmp_path: Path) -> None:
    suite = suites.load(write(DOUBLE, PAIR))
    out = suites.save(suite, tmp_path / "out")
    suites.save(suites.select(suite, ids=["pair"]), out)
    assert [task.id for task in suites.load(out).tasks] == ["pair"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="something else than a suite"):
        suites.save(suite, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_a_suite_brings_its_environments_along(write: Writer, tmp_path: Path) -> None:
    manifest = MANIFEST + 'environment = "own"\n[environments]\nown = "own.toml"\n'
    folder = write(DOUBLE, {**PAIR, "environment": "python"}, manifest=manifest)
    (folder / "own.toml").write_text('description = "ours"\nprepare = "x = \\"1\\""\n')
    suite = suites.load(folder)
    assert [task.environment for task in suite.tasks] == ["own", "python"]
    assert suite.environments["own"].prepare == 'x = "1"'
    again = suites.load(suites.save(suite, tmp_path / "copy"))
    assert again.environments == suite.environments
    (folder / "own.toml").write_text('description = "ours"\nprepare = "x = 2"\n')
    assert suites.load(folder).fingerprint != suite.fingerprint


def test_the_fingerprint_sees_tasks_and_not_prose(write: Writer) -> None:
    suite = suites.load(write(DOUBLE, PAIR))
    assert suites.load(write(DOUBLE, PAIR, manifest='name = "b"\n')).digest == suite.digest
    checks = [{**DOUBLE["checks"][0], "expected": 3}, *DOUBLE["checks"][1:]]
    assert suites.load(write({**DOUBLE, "checks": checks}, PAIR)).digest != suite.digest


def changed(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in {**PAIR, **fields}.items() if value is not None}


def check(**fields: Any) -> dict[str, Any]:
    return changed(checks=[{"id": "c", **fields}])


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "not JSON"),
        ("[1]", "an object was expected, not list"),
        (changed(id=None), "'id' is missing"),
        (changed(id="double"), "id 'double' is taken by line 1"),
        (changed(prompt=None), "'prompt' is missing"),
        (changed(lables={}), "unknown key 'lables': did you mean 'labels'?"),
        (changed(reference=3), "'reference' must be a string, not int"),
        (changed(labels=["stage"]), "'labels' must be an object, not list"),
        (changed(labels={"stage": 1}), "label 'stage' must be a string, not int"),
        (changed(date="17.5.2024"), "a date is 2024-05-17, 2024-05 or 2024, not '17.5.2024'"),
        (changed(date="2024-13"), "a date is"),
        (changed(environment="bsae"), "no environment 'bsae': there are python, base, mlops"),
        (changed(target={"kind": "macro", "name": "f"}), "'kind' is one of function, class"),
        (changed(target={}), "a target of kind 'function' needs a 'name'"),
        (changed(target={"kind": "method", "name": "f"}), "a method's name is Class.method"),
        (changed(target={"nmae": "f"}), "unknown key 'nmae': did you mean 'name'?"),
        (changed(checks={}), "'checks' must be a list, not dict"),
        (changed(checks=["x"]), "check 1: an object was expected, not str"),
        (check(call="f()"), "check 1: a 'call' needs 'expected' or 'raises'"),
        (check(call="f()", expected=1, raises="E"), "check 1: a 'call' needs"),
        (check(call="f()", expected=1, tolerence={}), "check 1: unknown key 'tolerence'"),
        (check(call="f()", expected=1, tolerance=1), "check 1: 'tolerance' must be an object"),
        (
            check(call="f()", expected=1, tolerance={"absolute": "x"}),
            "check 1: 'absolute' must be a number",
        ),
        (
            check(call="f()", expected=1, tolerance={"relative": -1}),
            "check 1: 'relative' must be a number",
        ),
        (check(call="f()", expected=1, tolerance={"strict": 1}), "check 1: 'strict' must be true"),
        (check(call="f()", expected=1, task="t"), "check 1: unknown key 'task'"),
        (changed(checks=[PAIR["checks"][0]] * 2), "check 2: id 'above' is taken"),
    ],
)
def test_a_faulty_line_is_named(write: Writer, line: dict[str, Any] | str, fault: str) -> None:
    folder = write(DOUBLE, "", line)
    with pytest.raises(InputError) as told:
        suites.load(folder)
    assert str(told.value).startswith(f"{folder}/tasks.jsonl:3: {fault}")


@pytest.mark.parametrize(
    ("manifest", "fault"),
    [
        ("name = ", "suite.toml: Invalid value"),
        ('version = "1"', "suite.toml: `name` is missing"),
        ('name = "a"\nversion = 1', "suite.toml: `version` must be a string, not 1"),
        ('name = "a"\nlicense = "MIT"', "unknown key 'license': did you mean 'licence'?"),
        ('name = "a"\ntasks = "gone.jsonl"', "gone.jsonl: cannot be read"),
        ('name = "a"\nenvironments = 1', "`environments` must be a table"),
        ('name = "a"\n[environments]\nx = "x.toml"', "x.toml: there is no such file"),
    ],
)
def test_a_faulty_manifest_is_named(write: Writer, manifest: str, fault: str) -> None:
    with pytest.raises(InputError) as told:
        suites.load(write(DOUBLE, manifest=manifest))
    assert fault in str(told.value)


def test_many_faults_are_told_at_once_and_not_without_end(write: Writer) -> None:
    with pytest.raises(InputError) as told:
        suites.load(write(DOUBLE, *["{"] * 8))
    lines = str(told.value).splitlines()
    assert len(lines) == 6
    assert lines[-1] == "… and 3 more"


def test_no_tasks_and_no_text_are_faults(write: Writer) -> None:
    with pytest.raises(InputError, match="no lines in it"):
        suites.load(write())
    folder = write(DOUBLE)
    (folder / "tasks.jsonl").write_bytes(b"\xff\xfe{}")
    with pytest.raises(InputError, match="not UTF-8 text"):
        suites.load(folder)
    (folder / "suite.toml").write_text('name = "a"\ntasks = "t.parquet"\n')
    (folder / "t.parquet").write_bytes(b"not parquet")
    pytest.importorskip("pyarrow")
    with pytest.raises(InputError, match=r"t\.parquet: cannot be read"):
        suites.load(folder)


def test_a_line_says_what_the_command_line_would_show(write: Writer) -> None:
    from assay.suites.records import record_of

    suite = suites.load(write(DOUBLE))
    record = record_of(suite.tasks[0])
    assert json.loads(json.dumps(record))["checks"] == DOUBLE["checks"]
