"""A Ray cluster gives the same matrix as this machine alone, and loses nothing with a node."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import assay
from assay import Candidate, Check
from assay.core.errors import InputError
from assay.engine import environments
from assay.engine.levels import LAYERS, NAMESPACES, Protection
from assay.engine.rays import RayExecutor, weakest


def workload(seconds: float) -> tuple[list[Candidate], list[Check]]:
    """Right, wrong, raising and crashing candidates, each slow by so many seconds."""
    bodies = ["return x", "return -x", "return 1 // 0", "os._exit(3)", "return 'x' * x"]
    candidates = [
        Candidate(
            f"c{i}", "t",
            f"import os, time\nN = {i}\n\n\ndef f(x):\n    time.sleep({seconds})\n    {body}\n",
        )
        for i in range(60)
        for body in [bodies[i % len(bodies)]]
    ]  # fmt: skip
    return candidates, [Check(f"k{j}", "t", call=f"f({j})", expected=j) for j in range(5)]


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    reason = "needs Ray, a download of 80 MB: uv pip install 'assay[ray]'"
    module = pytest.importorskip("ray", reason=reason)
    yield
    assert not module.is_initialized()


def actors() -> list[int]:
    """The processes of our actors."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cmdline").read_bytes().startswith(b"ray::_Work"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("ray", "cache")
class TestWithRay:
    def test_gives_the_same_matrix(self, tmp_path: Path) -> None:
        candidates, checks = workload(0)
        local = assay.run(candidates, checks, store=tmp_path / "local.sqlite")
        there = assay.run(candidates, checks, store=tmp_path / "ray.sqlite", workers="ray")
        assert there == local
        assert there.protection == local.protection
        assert there.outcomes().keys() == {"passed", "failed", "raised", "crashed"}
        assert there.extra["layers"] == local.extra["layers"]

    def test_recovers_from_a_killed_actor(self, tmp_path: Path) -> None:
        candidates, checks = workload(0.02)
        local = assay.run(candidates, checks, store=tmp_path / "local.sqlite")
        killed: list[int] = []

        def kill_one(stage: str) -> None:
            if stage == "running" and not killed:
                killed.append(0)
                threading.Timer(0.3, lambda: os.kill(actors()[0], signal.SIGKILL)).start()

        there = assay.run(
            candidates, checks, store=tmp_path / "ray.sqlite", workers="ray",
            progress=lambda tally: kill_one(tally.stage),
        )  # fmt: skip
        assert killed
        assert there == local
        assert there.harness == 0
        assert "a Ray actor was lost" in there.extra["harness_notes"][0]

    def test_gives_up_on_what_kills_every_actor(self) -> None:
        class Fatal(RayExecutor):
            def _send(self, slot: object, batch: object) -> None:
                super()._send(slot, batch)  # type: ignore[arg-type]
                self._ray.kill(slot.actor)  # type: ignore[attr-defined]

        executor = Fatal(environments.PYTHON, assay.Limits(), None)
        try:
            from assay.engine.child import Job

            jobs = [Job(key, "", (("call", "1"), ("call", "2"))) for key in range(3)]
            answers = [answer for answer in executor.run(jobs) if answer is not None]
        finally:
            executor.close()
        assert sorted((a.key, a.index) for a in answers) == [
            (k, i) for k in range(3) for i in (0, 1)
        ]
        assert {a.observation.kind for a in answers} == {"harness"}

    @pytest.mark.parametrize(
        ("address", "told"),
        [
            ("127.0.0.1:1", "no Ray cluster answers at 127.0.0.1:1"),
            ("ray://127.0.0.1:1", "no Ray cluster answers at"),
            ("nonsense", "neither HOST:PORT nor ray://HOST:PORT"),
        ],
    )
    def test_says_what_is_wrong_with_an_address(self, address: str, told: str) -> None:
        began = time.monotonic()
        with pytest.raises(InputError, match=told):
            RayExecutor(environments.PYTHON, assay.Limits(), address)
        assert time.monotonic() - began < 10


def test_says_how_to_get_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(InputError, match=r'pip install "assay\[ray\]"'):
        RayExecutor(environments.PYTHON, assay.Limits(), None)


def test_protection_is_what_all_nodes_have() -> None:
    full = Protection("full", dict.fromkeys(LAYERS, True), {}, "cgroup")
    layers = {name: name not in NAMESPACES for name in LAYERS}
    lower = Protection("restricted", layers, {"pid": "no namespaces"}, "polling")
    assert weakest([full, full]) == full
    assert weakest([full, lower]) == lower
