"""What a task asks for can be neither called nor read by the answer: hidden names, hidden files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import assay
from assay.core.words import Candidate, Check, Encoded, Environment
from assay.engine import environments
from assay.engine.session import Asked, Session

# joblib is plain Python, and every environment with scikit-learn has it.
HIDDEN = ("joblib.hashing.hash", "joblib.func_inspect.get_func_name", "joblib.logger.Logger")
PROBE = """
import glob, importlib, inspect, os, pkgutil, subprocess, sys
import joblib, joblib.func_inspect, joblib.hashing, joblib.logger, joblib.memory


def tried(action):
    try:
        return ["got", str(action())]
    except BaseException as error:
        return ["no", type(error).__name__]


def call():
    return tried(lambda: joblib.hashing.hash([1]))


def alias():
    return tried(lambda: joblib.hash([1]))


def wrapper():
    return tried(lambda: joblib.memory.hashing.hash([1]))


def method():
    return tried(lambda: joblib.logger.Logger().format([1]))


def inherited():
    return tried(lambda: type("Mine", (joblib.logger.Logger,), {})().warn("x"))


def copied():
    old = joblib.func_inspect.get_func_name
    new = type(old)(old.__code__, old.__globals__, "copy", old.__defaults__, old.__closure__)
    return tried(lambda: new(print))


def source():
    return tried(lambda: inspect.getsource(joblib.hashing))


def files():
    place = os.path.dirname(joblib.__file__)
    return os.listdir(place) + glob.glob(place + "/**/*hashing*", recursive=True)


def data():
    return tried(lambda: pkgutil.get_data("joblib", "hashing.py"))


def loader():
    return tried(lambda: joblib.hashing.__loader__.get_source("joblib.hashing"))


def again():
    sys.modules.pop("joblib.hashing")
    return tried(lambda: importlib.import_module("joblib.hashing").hash([1]))


def outside():
    program = "import joblib.hashing; print(joblib.hashing.hash([1]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    return done.returncode != 0 and done.stdout == ""


def neighbour():
    return joblib.cpu_count() > 0
"""
NO = ["no", "NotImplementedError"]
EXPECTED = {
    "call": NO, "alias": NO, "wrapper": NO, "method": NO, "inherited": NO, "copied": NO,
    "source": ["no", "OSError"], "files": [], "data": ["no", "FileNotFoundError"],
    "loader": ["no", "ImportError"], "outside": True, "neighbour": True,
    "again": ["no", "ModuleNotFoundError"],
}  # fmt: skip


@pytest.fixture(scope="module")
def environment() -> Environment:
    base = environments.load("base")
    modules = ("joblib", "joblib.hashing", "joblib.func_inspect", "joblib.logger", "joblib.memory")
    return replace(base, imports=modules, hidden=("joblib",))


def test_what_is_hidden_can_be_neither_called_nor_read(
    environment: Environment, tmp_path: Path
) -> None:
    probe = Candidate("probe", "t", PROBE, hides=HIDDEN)
    checks = [
        Check(name, "t", call=f"{name}()", expected=value) for name, value in EXPECTED.items()
    ]
    matrix = assay.run([probe], checks, environment, store=tmp_path / "store.sqlite")
    missed = {v.check: v.evidence.value or v.evidence for v in matrix.verdicts() if not v.passed}
    assert missed == {}


def test_without_hiding_it_is_there(environment: Environment, tmp_path: Path) -> None:
    seen = replace(environment, hidden=())
    probe = Candidate("probe", "t", PROBE)
    checks = [Check(name, "t", call=f"{name}()", expected=EXPECTED[name]) for name in EXPECTED]
    matrix = assay.run([probe], checks, seen, store=tmp_path / "store.sqlite")
    passed = {verdict.check for verdict in matrix.verdicts() if verdict.passed}
    assert passed == {"neighbour"}


def test_a_hidden_name_that_is_not_there_is_our_failure(
    environment: Environment, tmp_path: Path
) -> None:
    probe = Candidate("probe", "t", PROBE, hides=("joblib.hashing.nothing",))
    checks = [Check("neighbour", "t", call="neighbour()", expected=True)]
    matrix = assay.run([probe], checks, environment, store=tmp_path / "store.sqlite")
    assert matrix.outcomes() == {"harness": 1}


def test_a_reference_is_observed_and_its_answer_expected(tmp_path: Path) -> None:
    with Session("base", store=tmp_path / "store.sqlite") as session:
        asked = Asked("import numpy\ndef f(n): return numpy.arange(n) / 3", ("f(4)", "f('x')"))
        ((value, raised),) = session.observe([asked])
    assert (value.kind, raised.kind) == ("value", "raised")
    check = Check("f", "t", call="f(4)", expected=Encoded(value.payload.decode()))
    right = Candidate("right", "t", "import numpy\ndef f(n): return numpy.linspace(0, 1, 4)")
    wrong = Candidate("wrong", "t", "def f(n): return [0, 1, 2, 3]")
    matrix = assay.run([right, wrong], [check], "base", store=tmp_path / "store.sqlite")
    assert matrix.verdict("right", "f").passed
    assert not matrix.verdict("wrong", "f").passed
