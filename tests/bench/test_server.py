"""Bench against a real HTTP server that misbehaves, and with its process killed on the way."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from assay import bench
from assay.suites import save
from tests.bench.conftest import PAIR, RIGHT, SUITE, contest
from tests.models import server as servers
from tests.models.server import FakeServer, serving

pytest.importorskip("openai", reason="needs the extra assay[openai]")
from assay.models.openai_client import OpenAIModel

TRIPLE = "```python\ndef triple(x):\n    return 3 * x\n```"


@pytest.fixture(autouse=True)
def code(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server answers with the right program for whatever it is asked."""

    def text(body: dict[str, Any], index: int) -> str:
        del index
        prompt = body["messages"][-1]["content"]
        named = (("double", RIGHT), ("pair", PAIR), ("triple", TRIPLE))
        return next(answer for name, answer in named if f"function {name}" in prompt)

    monkeypatch.setattr(servers, "text", text)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def model(server: FakeServer, **options: Any) -> OpenAIModel:
    fast = {"stall": 0.5, "backoff": 0.01, "deadline": 20.0}
    return OpenAIModel("m", base_url=server.url, **fast | options)


def test_every_task_is_answered_whatever_the_server_does(out: Path) -> None:
    # Four for each task, whatever arrives first; never three kinds of nonsense in one task's,
    # because the third is the last that a request is worth.
    ways = {
        "double": ["status:429|0.05", "html", "drop", "broken_json"],
        "pair": ["half:torn", "no_choices", "status:500", "malformed"],
        "triple": ["stall", "error_event", "half", "status:429|0.05"],
    }

    def script(prompt: str, before: int) -> str:
        task = next(name for name in ways if f"function {name}" in prompt)
        return ways[task][before] if before < 4 else "answer"

    with serving(script) as server:
        run = bench.bench(contest(SUITE, model(server), samples=4), out)
    assert run.outcomes == {"passed": 12}
    assert all(times > 4 for times in server.asked.values())


def test_what_stays_without_an_answer_is_our_failure_and_named(out: Path) -> None:
    def script(prompt: str, _before: int) -> str:
        return "answer" if "double" in prompt else "half" if "pair" in prompt else "status:500"

    with serving(script) as server:
        run = bench.bench(contest(SUITE, model(server, deadline=3.0), samples=2), out)
    assert run.outcomes == {"harness": 4, "passed": 2}
    assert run.study().figures()["pass@1"].value == 1
    causes = {note.partition(":")[0] for note in bench.Report(run).failures()}
    assert "cut" in causes
    assert causes <= {"cut", "server", "deadline"}


@pytest.mark.slow
def test_a_run_killed_at_random_moments_pays_for_nothing_twice(tmp_path: Path, cache: Path) -> None:
    del cache
    suite = save(SUITE, tmp_path / "tiny")
    out = tmp_path / "run"
    drawn = random.Random(11)
    with serving("answer", latency=0.02) as server:
        words = [sys.executable, "-m", "assay", "bench", str(suite), "--model", "openai/m",
                 "--base-url", server.url, "--samples", "40", "--concurrency", "1",
                 "--out", str(out), "--json"]  # fmt: skip
        for _ in range(4):
            process = subprocess.Popen(
                words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
            )
            time.sleep(drawn.uniform(0.3, 2.5))
            process.send_signal(signal.SIGKILL)
            process.wait()
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        answered = sum(server.answered.values())
    run = bench.Run.load(out)
    assert run.outcomes == {"passed": 120}
    assert '"pass@1"' in done.stdout
    # Beyond what was needed: at most what was on the wire at each kill, a request with its samples.
    assert 120 <= answered <= 120 + 4 * 40
