"""What was answered once is not asked again: in one process, in several, and across kills."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.core.errors import StoreError
from assay.models.base import Completion, ModelFailure, complete
from assay.models.cache import Cached, CompletionCache
from assay.testing import ScriptedModel, check_model
from tests.models.conftest import ask
from tests.models.server import FakeServer, serving

PROMPTS = 100
CLIENT = """
import asyncio, sys
from pathlib import Path
from assay.models.base import Message, Request
from assay.models.cache import Cached, CompletionCache
from assay.models.openai_client import OpenAIModel

async def main(url, cache):
    model = OpenAIModel("m", base_url=url, concurrency=8, backoff=0.01)
    cached = Cached(model, CompletionCache(Path(cache)))
    async def one(i):
        def take(number, completion):
            print(f"{i}/{number} {int(completion.cached)} {completion.text}", flush=True)
        await cached.sample(Request((Message("user", f"p{i}"),)), (0, 1), take)
    await asyncio.gather(*map(one, range(int(sys.argv[3]))))

asyncio.run(main(*sys.argv[1:3]))
"""


def test_the_second_time_nothing_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "completions.sqlite"
    for times in range(2):
        model = ScriptedModel({"hello": ["one", "two \ud800"]}, cost=0.5)
        cached = Cached(model, CompletionCache(path))
        found = asyncio.run(complete(cached, ask(), (0, 1)))
        assert [answer.text for answer in found] == ["one", "two \ud800"]
        assert [answer.cached for answer in found] == [bool(times)] * 2
        assert [answer.cost for answer in found] == [0.5, 0.5]
        assert len(model.asked) == (0 if times else 2)


def test_it_conforms() -> None:
    check_model(lambda: Cached(ScriptedModel(), CompletionCache(None)), ask())


@pytest.mark.parametrize(
    "other",
    [
        ask("hello!"), ask(temperature=0.5), ask(top_p=0.9), ask(max_tokens=7), ask(stop=("x",)),
        ask(seed=1), ask(temperature=None),
    ],
)  # fmt: skip
def test_another_content_is_another_request(other) -> None:  # type: ignore[no-untyped-def]
    model = ScriptedModel()
    cached = Cached(model, CompletionCache(None))
    asyncio.run(complete(cached, ask()))
    asyncio.run(complete(cached, other))
    asyncio.run(complete(cached, ask(), (1,)))
    assert len(model.asked) == 3
    assert ask().digest("a", 0) != ask().digest("b", 0)


def test_whom_it_is_for_is_no_part_of_the_content() -> None:
    assert ask(task="t").digest("m", 0) == ask().digest("m", 0)


def test_the_same_request_at_once_is_sent_once() -> None:
    model = ScriptedModel(latency=0.01)
    cached = Cached(model, CompletionCache(None))

    async def run() -> None:
        await asyncio.gather(*(complete(cached, ask(), (0, 1)) for _ in range(5)))

    asyncio.run(run())
    assert len(model.asked) == 2


def test_of_a_request_that_failed_half_the_other_half_is_kept() -> None:
    cache = CompletionCache(None)
    model = ScriptedModel(failures={"hello": 1})
    with pytest.raises(ModelFailure):
        asyncio.run(complete(Cached(model, cache), ask(), (0, 1)))
    model = ScriptedModel()
    asyncio.run(complete(Cached(model, cache), ask(), (0, 1)))
    assert [number for _, number in model.asked] == [0]


def test_whoever_was_first_is_right(tmp_path: Path) -> None:
    one, two = (CompletionCache(tmp_path / "c.sqlite") for _ in range(2))
    assert one.add(b"key", Completion("first")).text == "first"
    assert two.add(b"key", Completion("second")).text == "first"


def test_a_cache_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.sqlite").write_text("no database" * 100)
    with pytest.raises(StoreError, match=r"c\.sqlite"):
        CompletionCache(tmp_path / "c.sqlite")


def client(url: str, cache: Path, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", CLIENT, url, str(cache), str(PROMPTS)]
    with log.open("ab") as out:
        return subprocess.Popen(command, stdout=out)


@pytest.mark.slow
def test_five_kills_and_nothing_that_was_answered_is_paid_again(tmp_path: Path) -> None:
    pytest.importorskip("openai", reason="needs the extra assay[openai]")
    cache, log = tmp_path / "c.sqlite", tmp_path / "log"
    chance = random.Random(7)
    asked_when_known: dict[str, int] = {}
    with serving("answer", latency=0.1) as server:
        for _ in range(5):
            process = client(server.url, cache, log)
            _wait_for_more_answers(server, chance.randrange(2, PROMPTS // 4), process)
            time.sleep(chance.uniform(0.0, 0.05))
            os.kill(process.pid, signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL, "the client was done before it was killed"
            for prompt in _known(log):
                asked_when_known.setdefault(prompt, server.asked[prompt])
        assert client(server.url, cache, log).wait() == 0
        again = [p for p, times in asked_when_known.items() if server.asked[p] != times]
        paid = sum(server.answered.values())
    assert asked_when_known, "no kill came after an answer"
    assert again == [], "what was handed on was asked for again"
    # Only what was on the wire at a kill can have been answered and not received: at most the
    # limit of requests under way, 8 of two samples each.
    assert paid - 2 * PROMPTS <= 5 * 8 * 2, f"{paid} answers paid for {2 * PROMPTS}"
    assert len(set(_answered(log))) == 2 * PROMPTS


def _wait_for_more_answers(server: FakeServer, many: int, process: subprocess.Popen[bytes]) -> None:
    goal = sum(server.answered.values()) + many
    while sum(server.answered.values()) < goal and process.poll() is None:
        time.sleep(0.002)


def _known(log: Path) -> list[str]:
    """The prompts of which both samples were handed on."""
    samples = set(_answered(log))
    return [f"p{i}" for i in range(PROMPTS) if {f"{i}/0", f"{i}/1"} <= samples]


def _answered(log: Path) -> list[str]:
    # The last line may have been cut by the kill.
    return [line.split()[0] for line in log.read_text().split("\n")[:-1]]


def test_processes_share_a_cache(tmp_path: Path) -> None:
    pytest.importorskip("openai", reason="needs the extra assay[openai]")
    cache = tmp_path / "c.sqlite"
    with serving("answer", latency=0.02) as server:
        both = [client(server.url, cache, tmp_path / f"log{i}") for i in range(2)]
        assert [process.wait() for process in both] == [0, 0]
    said = [sorted(_texts(tmp_path / f"log{i}")) for i in range(2)]
    assert said[0] == said[1]
    assert len(said[0]) == 2 * PROMPTS


def _texts(log: Path) -> list[str]:
    return [" ".join(line.split()[:1] + line.split()[2:]) for line in log.read_text().splitlines()]
