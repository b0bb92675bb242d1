"""A tiny library with tests of every kind, and an index made of files."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.build.fetch import Source, fetch

SCORES = '''\
"""Scores of a tiny model."""

import math


def softmax(logits, temperature=1.0):
    """Turn logits into probabilities.

    Args:
        logits: the scores, a list of float.
        temperature: divides them; larger is flatter.

    Returns:
        A list of float that adds up to 1.

    Raises:
        ValueError: if `temperature` is not above zero, or `logits` is empty.
    """
    if temperature <= 0 or not logits:
        raise ValueError("no")
    largest = max(logits)
    exponentials = [math.exp((logit - largest) / temperature) for logit in logits]
    total = sum(exponentials)
    return [one / total for one in exponentials]


def entropy_loss(logits, target):
    """The cross entropy of a prediction."""
    probabilities = softmax(logits)
    chosen = probabilities[target]
    return -math.log(chosen)


def hand_on(logits):
    """Delegates."""
    if logits is None:
        raise ValueError("no logits")
    return softmax(logits)


def assert_close(batch, tensor):
    """For tests."""
    for one, other in zip(batch, tensor):
        difference = abs(one - other)
        assert difference < 1e-6


def banner(name):
    """Nothing of the field."""
    first = name.strip()
    second = first.upper()
    third = "*" * len(second)
    return third + second + third


class Classifier:
    """Predicts the class with the highest score."""

    def __init__(self, weights, bias=0.0):
        self.weights = list(weights)
        self.bias = bias
        self.trained = False

    def predict(self, features):
        scores = [weight * x + self.bias for weight, x in zip(self.weights, features)]
        best = max(scores)
        return scores.index(best)
'''
TESTS = {
    "test_scores.py": """\
import pytest
from tinylearn import Classifier, entropy_loss, softmax
from tinylearn.scores import hand_on

@pytest.mark.parametrize("n", range(40))
def test_sums_to_one(n):
    assert abs(sum(softmax([0.1 * n, 1.0])) - 1) < 1e-9

def test_temperature():
    assert softmax([1.0, 2.0], 1e9)[0] == pytest.approx(0.5)

def test_empty():
    with pytest.raises(ValueError):
        softmax([])

def test_loss():
    assert entropy_loss([0.0, 0.0], 0) == pytest.approx(0.6931, abs=1e-3)

def test_loss_is_low():
    assert entropy_loss([9.0, 0.0], 0) < 0.01

def test_loss_is_high():
    assert entropy_loss([9.0, 0.0], 1) > 5

def test_hands_on():
    assert hand_on([1.0]) == [1.0]

def test_predicts():
    assert Classifier([1, 2]).predict([3, 3]) == 1

def test_predicts_first():
    assert Classifier([2, 1]).predict([3, 3]) == 0

def test_bias():
    assert Classifier([2, 1], bias=4).predict([-3, -3]) == 1
""",
    "test_flaky.py": """\
import random

def test_by_luck():
    assert random.random() > 0.5  # other seeds in each run: it fails for 1, not for 0 and 2
""",
    "test_world.py": """\
import os, pathlib, urllib.request
import pytest

def test_network():
    urllib.request.urlopen("http://example.org", timeout=2)

def test_missing_file():
    pathlib.Path("data/never-shipped.csv").read_text()

def test_shipped_file():
    assert (pathlib.Path(__file__).parent / "data" / "shipped.txt").read_text() == "here"

def test_writes_beside_itself():
    (pathlib.Path(__file__).parent / "out.txt").write_text("x")
    pathlib.Path("out.txt").write_text("x")

def test_tmp(tmp_path):
    (tmp_path / "x").write_text("x")

@pytest.mark.skipif(True, reason="needs CUDA")
def test_gpu():
    pass

@pytest.mark.xfail
def test_expected():
    assert False
""",
    "test_bad.py": """\
import os, time

def test_slow():
    while True:
        pass

def test_waits():
    time.sleep(600)

def test_broken():
    assert 1 == 2, "never equal"

def test_fixture(mocker_of_nobody):
    pass

def test_still_runs():
    assert True
""",
    "test_crash.py": """\
import os

def test_before():
    assert True

def test_ends_the_process():
    os._exit(3)

def test_after():
    assert True
""",
    "test_import.py": "import never_published_package\n\ndef test_nothing():\n    pass\n",
}


def write_library(folder: Path, scores: str = SCORES, *, with_tests: bool = True) -> Path:
    """A project folder of `tinylearn`."""
    package = folder / "src" / "tinylearn"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "from tinylearn.scores import Classifier, entropy_loss, softmax\n"
    )
    (package / "scores.py").write_text(scores)
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "tinylearn"\nversion = "2.0"\nlicense = "MIT"\n'
        '[project.optional-dependencies]\ntest = ["pytest", "black", "pytest-cov"]\n'
        '[tool.pytest.ini_options]\naddopts = "--cov=tinylearn -n auto"\n'
        'filterwarnings = ["error"]\n'
    )
    (folder / "LICENSE").write_text("Permission is hereby granted, free of charge, to any person")
    if with_tests:
        tests = folder / "tests"
        (tests / "data").mkdir(parents=True)
        (tests / "data" / "shipped.txt").write_text("here")
        for name, text in TESTS.items():
            (tests / name).write_text(text)
    return folder


def committed(library: Path, bare: Path) -> tuple[str, str]:
    """A bare Git repository with the library in it: its address, and the one commit."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("needs git")

    def run(*arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        command = [git, "-C", str(library), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    run("init", "--quiet")
    run("add", ".")
    run("commit", "--quiet", "-m", "first")
    run("clone", "--quiet", "--bare", ".", str(bare))
    return f"file://{bare}", run("rev-parse", "HEAD")


@pytest.fixture
def library(tmp_path: Path, cache: Path) -> Path:  # noqa: ARG001
    return write_library(tmp_path / "tinylearn-project")


@pytest.fixture
def source(library: Path, tmp_path: Path) -> Source:
    """The tiny library, fetched from its folder."""
    return fetch("tinylearn", tmp_path / "work", str(library))


@pytest.fixture
def files_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path) -> Path:  # noqa: ARG001
    """No index, no configuration of the user's: packages are the files of this folder."""
    pytest.importorskip("unearth", reason="needs the extra `build`")
    folder = tmp_path / "packages"
    folder.mkdir()
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    for name in ("UV_FIND_LINKS", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    (tmp_path / "pip.conf").write_text(f"[global]\nno-index = true\nfind-links = {folder}\n")
    return folder


Publish = Callable[..., Path]


@pytest.fixture
def publish(files_only: Path) -> Publish:
    """Puts a source distribution (or, as NAME-VERSION-py3-none-any.whl, a wheel) there."""

    def put(version: str, files: dict[str, str], *, kind: str = "sdist") -> Path:
        import zipfile

        if kind == "wheel":
            path = files_only / f"tinylearn-{version}-py3-none-any.whl"
            info = f"tinylearn-{version}.dist-info"
            files = {**files, f"{info}/METADATA": f"Name: tinylearn\nVersion: {version}\n"}
            with zipfile.ZipFile(path, "w") as archive:
                for name, text in files.items():
                    archive.writestr(name, text)
            return path
        path = files_only / f"tinylearn-{version}.tar.gz"
        top = f"tinylearn-{version}"
        files = {
            **files,
            "PKG-INFO": f"Metadata-Version: 2.1\nName: tinylearn\nVersion: {version}\n",
        }
        with tarfile.open(path, "w:gz") as archive:
            for name, text in files.items():
                info_ = tarfile.TarInfo(f"{top}/{name}")
                info_.size = len(text.encode())
                archive.addfile(info_, io.BytesIO(text.encode()))
        return path

    return put
