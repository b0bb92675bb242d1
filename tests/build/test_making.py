"""A suite out of a manifest: tasks that are judged against what is installed, and cannot use it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import assay
from assay import InputError, suites
from assay.build import manifest as manifests
from assay.build.making import Made, make
from assay.core.words import Encoded
from assay.engine import environments
from assay.suites import as_candidate

MANIFEST = """\
name = "little"
version = "2"
description = "two libraries that every environment has"
licence = "MIT"

[environments.base]
requirements = "base.txt"

[libraries]
joblib = {version = "1", environment = "base"}
dateutil = {version = "2", environment = "base", package = "python-dateutil"}

[parts]
mini = "mini.txt"
"""
LABELS = 'stage = "Training"\ntask = "General"\ndata = "Others"\ntier = "easy"\n'
JOBLIB = f"""\
[[task]]
function = "joblib.disk.memstr_to_bytes"
generator = "memstr"
seeds = 10
{LABELS}
[[task]]
function = "joblib.disk.no_such_function"
generator = "memstr"
{LABELS}
[[task]]
function = "joblib.func_inspect.get_func_code"
generator = "unstable"
{LABELS}
[[task]]
function = "joblib.logger.format_time"
generator = "counted"
{LABELS}
[[task]]
function = "joblib.func_inspect.get_func_name"
generator = "same"
{LABELS}"""
JOBLIB_GENERATORS = """\
import itertools
import random

SIZES = ("1K", "20M", "3G", "0.5K", "7M", "2.5G", "900K", "12M", "K", "ten")
UNUSED = random.random()


def memstr(seed):
    return (pick(seed),)


def pick(seed):
    return SIZES[seed]


def unstable(target, seed):
    import os
    return os.urandom(4).hex(), len(target(pick)[0]), seed


def counted(target, seed):
    import joblib
    joblib.calls = getattr(joblib, "calls", 0) + 1
    return target(60.0 * seed + joblib.calls)


def same(target, seed):
    raise RuntimeError("asks nothing")
"""
DATEUTIL = f"""\
[[task]]
function = "dateutil._common.weekday"
generator = "days"
seeds = 8
{LABELS}prompt = '''
A day of the week, counted from 0, and possibly which one of a month.
'''

[[task]]
function = "dateutil._common.weekday.__repr__"
generator = "shown"
seeds = 14
{LABELS}"""
DATEUTIL_GENERATORS = """\
from dateutil._common import weekday


def days(target, seed):
    one, other = target(seed % 7), target(seed % 3, 1 + seed % 2)
    return one == target(seed % 7), one == other, repr(one), repr(other(2)), one == "no"


def shown(target, seed):
    return target(weekday(seed % 7, seed // 7 * 3 or None))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("little")
    (place / "manifest.toml").write_text(MANIFEST)
    (place / "mini.txt").write_text("dateutil._common.weekday\n")
    (place / "base.txt").write_text(environments.load("base").requirements)
    for name, tasks, generators in (
        ("joblib", JOBLIB, JOBLIB_GENERATORS),
        ("dateutil", DATEUTIL, DATEUTIL_GENERATORS),
    ):
        (place / name).mkdir()
        (place / name / "tasks.toml").write_text(tasks)
        (place / name / "generators.py").write_text(generators)
    return place


@pytest.fixture(scope="module")
def made(folder: Path) -> Made:
    found = manifests.read(folder)
    # The packages are those of `base`, which is built already.
    named = {"base": replace(found.environments["base"], name="base")}
    return make(replace(found, environments=named), repeats=3)


def task(made: Made, name: str) -> assay.Task:
    return next(one for one in made.suite.tasks if one.id.endswith(name))


@pytest.mark.slow
def test_tasks_are_made_and_what_cannot_be_is_said(made: Made) -> None:
    assert [one.id for one in made.suite.tasks] == [
        "little/joblib.disk.memstr_to_bytes",
        "little/dateutil._common.weekday",
        "little/dateutil._common.weekday.__repr__",
    ]
    assert "is not in joblib/disk.py" in made.refused["joblib.disk.no_such_function"]
    assert "flaky" in made.refused["joblib.func_inspect.get_func_code"]
    # What a seed gives depends on how many were asked before it.
    assert "flaky" in made.refused["joblib.logger.format_time"]
    assert "the reference raises RuntimeError" in made.refused["joblib.func_inspect.get_func_name"]


@pytest.mark.slow
def test_a_task_is_judged_by_what_the_installed_reference_gives(made: Made) -> None:
    found = task(made, "memstr_to_bytes")
    assert len(found.checks) == 10
    assert isinstance(found.checks[0].expected, Encoded)
    assert found.checks[0].expected.payload == "1024"
    assert found.checks[9].raises == "ValueError"
    assert "UNUSED" not in str(found.checks[0].call)
    assert found.hides == ("joblib.disk.memstr_to_bytes",)
    assert found.labels == {"stage": "Training", "task_type": "General", "data_type": "Others"}
    assert found.source == "joblib"


@pytest.mark.slow
def test_prompts_show_the_signature_and_never_the_body(made: Made) -> None:
    by_docstring, own = task(made, "memstr_to_bytes").prompt, task(made, "weekday").prompt
    assert "def memstr_to_bytes(text):" in by_docstring
    assert "Convert a memory text" in by_docstring
    assert "kilo" not in by_docstring
    assert "possibly which one of a month" in own
    assert "def __call__(self, n):" in own
    assert '("MO", "TU"' not in own
    both = task(made, "weekday").prompts
    assert both["own"] == own
    assert "possibly which one of a month" not in both["docstring"]
    assert task(made, "memstr_to_bytes").prompts == {}
    method = task(made, "__repr__")
    assert method.target.kind == "method"
    assert "class weekday(_weekday):" in method.target.context


@pytest.mark.slow
def test_every_task_verifies(made: Made) -> None:
    report = suites.verify(made.suite)
    assert [(one.task, one.reasons) for one in report.tasks if one.reasons] == []
    assert all(one.share is not None and one.share >= 0.5 for one in report.tasks)


CHEATS = {
    "calls it": "from joblib.disk import memstr_to_bytes",
    "calls it late": (
        "def memstr_to_bytes(text):\n    import joblib.disk\n"
        "    return joblib.disk.memstr_to_bytes(text)"
    ),
    "reads it": (
        "import inspect, joblib.disk\n"
        "exec(inspect.getsource(joblib.disk).partition('def mkdirp')[0])"
    ),
    "asks another process": (
        "def memstr_to_bytes(text):\n    import subprocess, sys\n"
        "    code = 'from joblib.disk import memstr_to_bytes as f; print(f(%r))' % text\n"
        "    return int(subprocess.check_output([sys.executable, '-c', code]))"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("cheat", CHEATS)
def test_an_answer_can_neither_call_nor_read_the_reference(
    made: Made, cheat: str, tmp_path: Path
) -> None:
    found = task(made, "memstr_to_bytes")
    candidate = as_candidate(found, "cheat", CHEATS[cheat])
    where = made.suite.environment_of(found.environment)
    matrix = assay.run([candidate], found.checks, where, store=tmp_path / "store.sqlite")
    passed = [one.check for one in matrix.verdicts() if one.passed]
    assert passed == []


@pytest.mark.slow
def test_a_suite_is_made_once(folder: Path, made: Made) -> None:
    found = manifests.read(folder)
    named = {"base": replace(found.environments["base"], name="base")}
    said: list[str] = []
    again = make(replace(found, environments=named), repeats=3, progress=said.append)
    assert said == []
    assert again.suite.fingerprint == made.suite.fingerprint
    assert again.refused == made.refused


def test_a_part_has_its_tasks_only(folder: Path) -> None:
    part = manifests.read(folder).part("mini")
    assert part.name == "little-mini"
    assert [(one.name, len(one.entries)) for one in part.libraries] == [("dateutil", 1)]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "manifest.toml",
            '"base", package',
            '"bass", package',
            "environment 'bass'; there are base",
        ),
        ("manifest.toml", "[libraries]", "[librarys]", r"needs a table \[libraries\]"),
        ("manifest.toml", "base.txt", "gone.txt", "gone.txt: cannot be read"),
        ("dateutil/tasks.toml", "tier = ", "tear = ", "lacks tier"),
        ("dateutil/tasks.toml", "seeds = 8", "seats = 8", "unknown key 'seats'"),
        ("dateutil/tasks.toml", "weekday.__repr__", "weekday", "is there twice"),
        ("dateutil/tasks.toml", "[[task]]", "[[task]", "tasks.toml: "),
    ],
)
def test_a_faulty_manifest_is_refused(
    folder: Path, tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    text = (copy / file).read_text()
    (copy / file).write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match=told):
        manifests.read(copy)
