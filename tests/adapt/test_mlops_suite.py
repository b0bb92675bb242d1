"""The suites mlops and mlops-paper: what is asked, and how answers are judged."""

from __future__ import annotations

import asyncio
import hashlib
import http.server
import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assay import suites
from assay.adapt import judging, paper
from assay.adapt.proving import OriginalFails
from assay.adapt.solvers import Codemod
from assay.adapt.suite import QUESTIONS, asked, paper_scripts, scripts
from assay.adapt.words import Finding, Proof, Smoked
from assay.cli import main
from assay.core.errors import InputError
from assay.core.outcomes import Outcome
from assay.core.words import Candidate
from assay.models.solvers import Answer, Setting
from assay.testing.models import ScriptedModel


def test_every_pair_that_applies_is_a_task() -> None:
    suite = suites.load("mlops")
    kinds = Counter(task.labels["task_type"] for task in suite.tasks)
    assert kinds["tracking"] >= 24 * 5
    assert set(kinds) == {"tracking", "registration", "hpo", "pruning"}
    assert len({task.labels["script"] for task in suite.tasks}) >= 24
    assert {check.id for task in suite.tasks for check in task.checks} == set(QUESTIONS)
    one = next(task for task in suite.tasks if task.labels["component"] == "mlflow")
    script, target = asked(one.id)
    assert target == "mlflow"
    assert script.text.strip() in one.prompt
    assert "log_param" not in one.prompt
    assert "mlflow.log_params" in one.prompts["documents"]
    with pytest.raises(InputError, match="no task of the suites"):
        asked("mlops/nothing/mlflow")


def answers_of(task_id: str) -> list[Answer]:
    task = next(one for one in suites.load("mlops").tasks if one.id == task_id)
    taken: list[Answer] = []
    solver = Codemod()
    model = ScriptedModel([])
    asyncio.run(solver.solve(task, model, Setting(), [0], lambda _, one: taken.append(one)))
    return taken


def test_the_codemod_is_a_contestant() -> None:
    (found,) = answers_of("mlops/mnist_cnn/mlflow")
    assert found.program is not None
    assert "mlflow.start_run" in found.program


class Proving:
    """Stands for the runs: says of each rewrite what its text says."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, _session, _original, rewrites, _settings):  # type: ignore[no-untyped-def]
        self.calls += 1
        if "broken" in rewrites[0].text:
            return OriginalFails(Smoked("raised", "no data", 3))
        return [self.proof(one) for one in rewrites]

    @staticmethod
    def proof(rewrite) -> Proof:  # type: ignore[no-untyped-def]
        if "endless" in rewrite.text:
            findings = (Finding("finished", False, "the rewrite timeout"),)
            return Proof(rewrite, findings, False, Smoked("timeout", "too long"))
        names = {oracle.question: oracle.name for oracle in judging.oracles()}
        wrong = "wrong" in rewrite.text
        findings = (
            Finding(names["evidence"], True, "one run"),
            Finding(names["non-interference"], True, "same output"),
            Finding(names["semantics"], not wrong, "a count logged as accuracy"),
        )
        return Proof(rewrite, findings, not wrong, Smoked("finished", cpu_seconds=3.0))


def test_a_judge_answers_each_question_and_keeps_what_was_proven(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path))
    proving = Proving()
    monkeypatch.setattr(judging, "prove_all", proving)
    suite = suites.load("mlops")
    task = "mlops/mnist_cnn/mlflow"
    texts = {"right": "x = 1", "wrong": "x = 'wrong'", "endless": "x = 'endless'", "not": "x = ("}
    candidates = [Candidate(name, task, text) for name, text in texts.items()]
    candidates.append(Candidate("other", "mlops/vae/wandb", "y = 'broken'"))
    checks = [check for one in suite.tasks for check in one.checks]
    environment = suite.environment_of("python")
    for _ in range(2):
        judge = judging.ProofJudge(environment, workers=1, min_protection="none")
        matrix = judge.run(candidates, checks)
        judge.close()
        told = {
            name: [matrix.verdict(name, question).outcome for question in QUESTIONS]
            for name in (*texts, "other")
        }
        passed, failed = Outcome.PASSED, Outcome.FAILED
        assert told["right"] == [passed, passed, passed]
        assert told["wrong"] == [passed, passed, failed]
        assert told["endless"] == [Outcome.TIMEOUT] * 3
        assert told["not"] == [Outcome.RAISED] * 3
        assert told["other"] == [Outcome.HARNESS] * 3
    note = matrix.verdict("wrong", "semantics").evidence.note
    assert note == "a count logged as accuracy"
    # The second time only what was our failure is tried again.
    assert proving.calls == 3


@pytest.fixture
def repositories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that has the pinned files, and pins that it fulfils."""
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path / "cache"))
    root = tmp_path / "served"
    found = []
    for one in paper.pinned():
        body = f"import torch  # {one.script} {one.path}\n".encode()
        place = root / one.repository / one.commit / one.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
        digest = hashlib.sha256(body).hexdigest()
        found.append(paper.Pinned(one.script, one.framework, one.repository, one.commit, one.path,
                                  digest))  # fmt: skip
    monkeypatch.setattr(paper, "pinned", lambda: found)
    paper_scripts.cache_clear()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given) -> None:  # type: ignore[no-untyped-def]
            super().__init__(*given, directory=str(root))

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{{repository}}/{{commit}}/{{path}}"
    server.shutdown()
    server.server_close()
    thread.join()
    paper_scripts.cache_clear()


def test_the_papers_scripts_are_fetched_by_hash(repositories: str) -> None:
    with pytest.raises(InputError, match="assay suite fetch mlops-paper"):
        suites.load("mlops-paper")
    told: list[str] = []
    paper.fetch(progress=told.append, address=repositories)
    assert len(told) == len(paper.pinned()) > 22
    assert len({task.labels["script"] for task in suites.load("mlops-paper").tasks}) == 22
    script = paper.scripts()[0]
    script.place.write_bytes(b"changed")
    told.clear()
    paper.fetch(progress=told.append, address=repositories)
    assert len(told) == 1


def test_another_file_is_refused(repositories: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = paper.pinned()[0]
    other = paper.Pinned(one.script, one.framework, one.repository, one.commit, one.path, "0" * 64)
    monkeypatch.setattr(paper, "pinned", lambda: [other])
    with pytest.raises(InputError, match="its sha256 is another"):
        paper.fetch(address=repositories)
    assert not other.place.exists()


def test_local_checkouts_will_do(
    repositories: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del repositories
    checkouts = tmp_path / "checkouts"
    for one in paper.pinned():
        place = checkouts / one.repository.rpartition("/")[2] / one.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(f"import torch  # {one.script} {one.path}\n".encode())
    words = ["suite", "fetch", "mlops-paper", "--source-root"]
    assert main([*words, str(tmp_path / "nothing")]) == 2
    assert "there is no" in capsys.readouterr().err
    assert main([*words, str(checkouts), "--json"]) == 0
    assert Path(json.loads(capsys.readouterr().out)["place"]) == paper.folder()
    assert main(["suite", "fetch", "starter"]) == 2


def test_traps_are_no_tasks() -> None:
    odd = {script.id for script in scripts() if script.outcome != "proven" or script.extra}
    assert odd
    assert not odd & {task.labels["script"] for task in suites.load("mlops").tasks}
