"""From a tiny library to a suite of fair tasks, by the call behind `assay build`."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import assay
from assay import suites
from assay.build.faults import BuildFault
from assay.build.library import Options, build
from assay.build.outcome import Outcome
from assay.cli import main
from assay.core.words import Task
from tests.build.conftest import SCORES, committed, write_library
from tests.build.test_wording import GOOD, THIN

pytestmark = pytest.mark.slow
OPTIONS = Options(limit=10, workers=2)
MORE_TESTS = """\
import math
import pytest
from tinylearn import Classifier, softmax
import tinylearn.scores

@pytest.mark.skip
def test_skipped():
    softmax([1.0])

def test_all():
    assert softmax([0.0, math.log(3.0)]) == pytest.approx([0.25, 0.75])

def test_zero_temperature():
    with pytest.raises(ValueError):
        softmax([1.0], 0)

class Loud(Classifier):
    def predict(self, features):
        return str(super().predict(features))

def test_inherited():
    assert Loud([1, 5, 2]).predict([1, 1, 1]) == "1"
    assert isinstance(Loud([1]), tinylearn.scores.Classifier)

def test_negative():
    assert Classifier([-1, -5, -2], 1.0).predict([1, 1, 1]) == 0
    assert Classifier([1, 2], 3.0).bias == 3.0
    assert not Classifier([1]).trained
    assert Classifier((1, 2)).weights == [1, 2]
    assert Classifier([1, 2]).bias == 0.0
"""


def write_small(folder: Path) -> Path:
    """The tiny library with tests that take no time."""
    library = write_library(folder)
    for name in ("test_bad.py", "test_crash.py", "test_world.py", "test_import.py"):
        (library / "tests" / name).unlink()
    (library / "tests" / "test_more.py").write_text(MORE_TESTS)
    return library


class Made:
    """The tiny library's suite, built once for this module; with a cache of its own."""

    def __init__(self, folder: Path) -> None:
        self.library = write_small(folder / "project")
        self.place = folder / "suite"
        self.told: list[str] = []
        self.outcome: Outcome = self.build()

    def build(self) -> Outcome:
        return build(
            "tinylearn", str(self.library), self.place, options=OPTIONS, progress=self.told.append
        )

    def task(self, name: str) -> Task:
        return next(one for one in suites.load(self.place).tasks if one.id.endswith(f".{name}"))

    def outcomes(self, task: Task, code: str) -> dict[str, str]:
        """What becomes of each check with a program as the answer."""
        candidate = suites.as_candidate(task, "answer", code)
        environment = suites.load(self.place).environment_of(task.environment)
        matrix = assay.run([candidate], task.checks, environment)
        return {one.check: one.outcome.label for one in matrix.verdicts()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    pytest.importorskip("unearth", reason="needs the extra `build`")
    folder = tmp_path_factory.mktemp("small")
    before = os.environ.get("ASSAY_CACHE")
    os.environ["ASSAY_CACHE"] = str(folder / "cache")
    try:
        yield Made(folder)
    except BuildFault as fault:
        if fault.cause == "network":
            pytest.skip(f"the index cannot be reached: {fault}")
        raise
    finally:
        os.environ.pop("ASSAY_CACHE")
        if before is not None:
            os.environ["ASSAY_CACHE"] = before


def test_tasks_with_both_kinds_of_checks(made: Made) -> None:
    names = {name.rpartition(".")[2] for name in made.outcome.facts}
    assert {"softmax", "entropy_loss", "Classifier", "predict"} <= names
    softmax = made.task("softmax")
    assert {check.trust for check in softmax.checks} == {"assertion", "value"}
    assert "test_skipped" not in " ".join(check.id for check in softmax.checks)
    assert softmax.hides == ("tinylearn.scores.softmax=softmax",)
    assert "adds up to 1" in softmax.prompt
    assert "exponentials" not in softmax.prompt
    assert set(softmax.labels) == {"stage", "task_type", "data_type"}
    facts = made.outcome.facts[softmax.id]
    assert facts["killed"] >= 0.6 * facts["mutants"] > 0
    assert facts["tests"] + facts["derived"] == len(softmax.checks)


def test_every_task_verifies(made: Made) -> None:
    report = suites.verify(suites.load(made.place), min_checks=3, min_killed=0.6, most_mutants=8)
    assert (report.failed, report.harness) == ((), 0)


def test_the_librarys_tests_see_the_answer(made: Made) -> None:
    softmax = made.task("softmax")
    wrong = made.outcomes(softmax, "def softmax(logits, temperature=1.0):\n    return logits\n")
    assert wrong["test tests/test_more.py::test_all"] == "failed"
    other = (
        "import math\n"
        "def softmax(logits, temperature=1.0):\n"
        "    if not logits or not temperature > 0:\n"
        "        raise ValueError('nothing')\n"
        "    parts = [math.e ** (one / temperature) for one in logits]\n"
        "    return [one / sum(parts) for one in parts]\n"
    )
    assert set(made.outcomes(softmax, other).values()) == {"passed"}


def test_a_class_is_replaced_under_its_subclasses(made: Made) -> None:
    task = made.task("Classifier")
    check = "test tests/test_more.py::test_inherited"
    right = made.outcomes(task, task.reference or "")
    assert set(right.values()) == {"passed"}
    broken = (task.reference or "").replace("max(scores)", "min(scores)")
    assert made.outcomes(task, broken)[check] == "failed"


def test_the_reference_cannot_be_called_or_read(made: Made) -> None:
    task = made.task("softmax")
    for code in (
        "from tinylearn.scores import softmax",
        "import tinylearn\ndef softmax(*a, **k):\n    return tinylearn.softmax(*a, **k)",
        "import inspect, tinylearn.scores\n"
        "exec(inspect.getsource(tinylearn.scores).replace('def softmax', 'def softmax'))",
    ):
        assert "passed" not in made.outcomes(task, code).values()


def test_what_is_refused_says_where_and_why(made: Made) -> None:
    refused = {one.function.rpartition(".")[2]: one for one in made.outcome.refused}
    assert (refused["hand_on"].step, refused["banner"].step) == ("candidates", "candidates")
    assert "little DL/ML content" in refused["banner"].reason
    told = json.loads((made.place / "build.json").read_text())
    assert told["package"] == "tinylearn"
    assert len(told["sha256"]) == 64
    assert len(told["refused"]) == len(made.outcome.refused)
    assert set(told["tasks"]) == set(made.outcome.facts)


def test_resumed(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.build.gate.Session", None)
    monkeypatch.setattr("assay.build.asking.Session", None)
    again = made.build()
    assert again.facts == made.outcome.facts


def test_the_verb(made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "suite"
    words = ["build", "tinylearn", "--source", str(made.library), "--out", str(out),
             "--limit", "10", "--workers", "2"]  # fmt: skip
    assert main([*words, "--json"]) == 0
    shown = capsys.readouterr()
    told: dict[str, Any] = json.loads(shown.out)
    assert {"suite", "tasks", "refused", "steps"} <= told.keys()
    assert [one["name"] for one in told["steps"]][:3] == ["fetch", "needs", "tests"]
    assert "gate: " in shown.err
    assert suites.load(out).fingerprint == suites.load(made.place).fingerprint
    assert main(["build", "tinylearn", "--source", str(tmp_path / "nowhere")]) == 2
    assert main(["build"]) == 2


def test_from_a_commit(made: Made, tmp_path: Path) -> None:
    project = shutil.copytree(made.library, tmp_path / "project")
    address, commit = committed(project, tmp_path / "bare.git")
    out = tmp_path / "suite"
    assert main(["build", "tinylearn", "--source", f"git:{address}@{commit}", "--out", str(out),
                 "--limit", "10", "--workers", "2"]) == 0  # fmt: skip
    told = json.loads((out / "build.json").read_text())
    assert (told["kind"], told["version"]) == ("git", "2.0")
    assert set(told["tasks"]) == set(made.outcome.facts)


def test_prompts_in_a_models_words(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers, out = tmp_path / "answers.jsonl", tmp_path / "suite"
    with answers.open("w") as file:
        for name in made.outcome.facts:
            said = [THIN, GOOD] if name.endswith(".softmax") else [THIN, THIN]
            file.write(json.dumps({"task": name, "samples": said}) + "\n")
    assert main(["build", "tinylearn", "--source", str(made.library), "--out", str(out), "--limit",
                 "10", "--workers", "2", "--prompt-model", f"replay:{answers}"]) == 0  # fmt: skip
    told = f"1 of {len(made.outcome.facts)} are in the model's words, 1 of them after a second try"
    assert told in capsys.readouterr().err
    facts = json.loads((out / "build.json").read_text())["tasks"]
    for task in suites.load(out).tasks:
        before = next(one for one in suites.load(made.place).tasks if one.id == task.id)
        own = task.id.endswith(".softmax")
        assert facts[task.id]["prompt"] == ("model" if own else "docstring")
        assert ("numerical safety" in task.prompt) == own
        assert task.prompts["docstring"] == before.prompt
        assert task.checks == before.checks


def test_a_library_that_cannot_be_imported_here(made: Made, tmp_path: Path) -> None:
    assert made.outcome.suite
    text = 'raise RuntimeError("no CUDA GPUs are available")\n' + SCORES
    library = write_library(tmp_path / "gpu", text, with_tests=False)
    outcome = build("tinylearn", str(library), tmp_path / "suite", options=OPTIONS)
    assert outcome.suite is None
    refused = {one.function.rpartition(".")[2]: one for one in outcome.refused}
    assert refused["softmax"].step == "checks"
    assert "raise RuntimeError" in refused["softmax"].reason


def test_what_would_have_to_be_compiled(made: Made, tmp_path: Path) -> None:
    assert made.outcome.suite
    library = write_library(tmp_path / "compiled", with_tests=False)
    (library / "src" / "tinylearn" / "fast.pyx").write_text("cdef int x = 1\n")
    with pytest.raises(BuildFault, match="index has no wheel that fits") as raised:
        build("tinylearn", str(library), tmp_path / "suite", options=OPTIONS)
    assert (raised.value.step, raised.value.cause) == ("library", "compiled")


def test_without_tests_there_are_derived_checks(made: Made, tmp_path: Path) -> None:
    # `made` has an environment in the cache that this library, which needs the same, is built in.
    assert made.outcome.suite
    library = write_library(tmp_path / "bare", with_tests=False)
    outcome = build("tinylearn", str(library), tmp_path / "suite", options=OPTIONS)
    steps = {one.name: one for one in outcome.steps}
    assert steps["tests"].fault == "no tests"
    assert outcome.suite is not None
    softmax = next(one for one in outcome.suite.tasks if one.id.endswith(".softmax"))
    assert {check.trust for check in softmax.checks} == {"value"}
    assert len(softmax.checks) >= 8


def test_nothing_to_make_a_task_of(made: Made, tmp_path: Path) -> None:
    assert made.outcome.suite
    library = write_library(tmp_path / "empty", "softmax = Classifier = entropy_loss = 1\n",
                            with_tests=False)  # fmt: skip
    assert main(["build", "tinylearn", "--source", str(library),
                 "--out", str(tmp_path / "suite")]) == 1  # fmt: skip
    assert not (tmp_path / "suite").exists()


def test_a_newer_release_adds_tasks_and_changes_none(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is asked for releases only; their trees come from folders."""
    from assay.build import refreshing
    from assay.build.indexes import Release

    place = tmp_path / "suite"
    before = suites.load(made.place)
    loss, *others = sorted(before.tasks, key=lambda task: not task.id.endswith(".entropy_loss"))
    told = {"docstring": loss.prompt, "model": "In other words."}
    reworded = replace(loss, prompt="In other words.", prompts=told)
    suites.save(replace(before, tasks=(reworded, *others)), place)
    before = suites.load(place)
    facts = json.loads((made.place / "build.json").read_text())
    (place / "build.json").write_text(json.dumps({**facts, "kind": "sdist"}))
    newer = write_small(tmp_path / "newer")
    text = SCORES.replace("total = sum(exponentials)", "total = 0.0 + sum(exponentials)")
    text = text.replace("class Classifier", "def hinge_loss(scores, target):\n"
        '    """The hinge loss of scores."""\n'
        "    margins = [max(0.0, 1.0 + score - scores[target]) for score in scores]\n"
        "    total = sum(margins)\n    return total - 1.0\n\n\nclass Classifier")  # fmt: skip
    (newer / "src" / "tinylearn" / "scores.py").write_text(text)
    (newer / "tests" / "test_hinge.py").write_text(
        "from tinylearn.scores import hinge_loss\n"
        "def test_one():\n    assert hinge_loss([0.5, 1.0], 0) == 1.5\n"
        "def test_two():\n    assert hinge_loss([1.5, 1.0], 0) == 0.5\n"
        "def test_three():\n    assert hinge_loss([2.5, 1.0], 0) == 0.0\n"
    )
    (newer / "pyproject.toml").write_text(
        (newer / "pyproject.toml").read_text().replace('"2.0"', '"2.1"')
    )

    class FakeIndex:
        def releases(self, name: str) -> tuple[Release, ...]:
            return (
                Release(name, "2.1", f"{name}-2.1.tar.gz", "sdist", None, None, False, None, None),
            )

    def from_folder(spec: str, kind: str, out: Path, **given: Any) -> Outcome:
        assert (spec, kind) == ("tinylearn==2.1", "sdist")
        return build("tinylearn", str(newer), out, options=given["options"])

    monkeypatch.setattr(refreshing, "build", from_folder)
    found = refreshing.refresh(place, options=OPTIONS, index=FakeIndex())  # type: ignore[arg-type]
    assert found.added == ("tinylearn/tinylearn.scores.hinge_loss",)
    assert found.changed == ("tinylearn/tinylearn.scores.softmax@2.1",)
    now = {task.id: task for task in suites.load(place).tasks}
    assert all(now[task.id] == task for task in before.tasks)
    assert suites.verify(suites.load(place), most_mutants=0).failed == ()
    again = refreshing.refresh(place, options=OPTIONS, index=FakeIndex())  # type: ignore[arg-type]
    assert again.before == again.now == "2.1"
