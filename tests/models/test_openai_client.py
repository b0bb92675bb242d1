"""Every request ends as an answer or as a ModelFailure that says why, whatever the server does."""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate
from typing import Any

import pytest

from assay import InputError
from assay.models.base import Completion, ModelFailure, Request, complete
from assay.models.costs import Budget, BudgetSpent, Price, Prices, estimate
from assay.testing import check_model
from tests.models.conftest import ask
from tests.models.server import FakeServer, Script, serving

pytest.importorskip("openai", reason="needs the extra assay[openai]")
from assay.models.openai_client import OpenAIModel, key_variables

PRICES = Prices({"m": Price(1.0, 10.0)}, frozenset({"m"}))


def model(server: FakeServer, **options: Any) -> OpenAIModel:
    options = {"stall": 0.5, "backoff": 0.01, "deadline": 20.0, "prices": PRICES} | options
    return OpenAIModel("m", base_url=server.url, **options)


def answers(
    server: FakeServer, request: Request, samples: tuple[int, ...] = (0,), **options: Any
) -> list[Completion]:
    async def run() -> list[Completion]:
        asked = model(server, **options)
        try:
            return await complete(asked, request, samples)
        finally:
            await asked.close()

    return asyncio.run(run())


def first(behaviour: str, times: int = 1) -> Script:
    """Misbehaves the first times it is asked, then answers."""
    return lambda _prompt, before: behaviour if before < times else "answer"


def test_an_answer_with_the_servers_own_counts() -> None:
    with serving("answer") as server:
        (answer,) = answers(server, ask("hi", seed=3, stop=("\n",), top_p=0.5))
    assert answer.text == "answer 0 to hi"
    assert (answer.prompt_tokens, answer.completion_tokens, answer.estimated) == (100, 10, False)
    assert answer.cost == pytest.approx((100 * 1.0 + 10 * 10.0) / 1e6)
    body = server.bodies[0]
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("m", 1024, 0.0)
    assert (body["stop"], body["top_p"]) == (["\n"], 0.5)
    assert body["seed"] == ask(seed=3).seed_of(0)


def test_it_conforms() -> None:
    with serving("answer") as server:
        check_model(lambda: model(server), ask())


@pytest.mark.parametrize(
    "behaviour",
    [
        "status:429", "status:429|0", "status:500", "status:502", "status:408", "status:409",
        "drop", "half", "half:torn", "stall", "stall:silent", "malformed", "html", "broken_json",
        "no_choices", "error_event",
    ],
)  # fmt: skip
def test_what_passes_is_tried_again(behaviour: str) -> None:
    with serving(first(behaviour)) as server:
        (answer,) = answers(server, ask())
    assert answer.text == "answer 0 to hello"
    assert server.asked["hello"] == 2


@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [
        ("status:429", "crowded"), ("status:500", "server"), ("drop", "cut"), ("half", "cut"),
        ("half:torn", "cut"), ("stall", "stalled"), ("malformed", "nonsense"),
        ("html", "nonsense"), ("broken_json", "nonsense"), ("no_choices", "nonsense"),
        ("error_event", "cut"),
    ],
)  # fmt: skip
def test_what_does_not_pass_is_a_failure_and_no_empty_answer(behaviour: str, cause: str) -> None:
    with serving(behaviour) as server, pytest.raises(ModelFailure) as failure:
        answers(server, ask(), stall=0.2, backoff=0.001)
    assert failure.value.cause == cause
    assert server.asked["hello"] > 1
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("behaviour", "cause", "words"),
    [
        ("status:401|||bad key", "key", "OPENAI_API_KEY"),
        ("status:404|||no such model", "model", "is there a model 'm'"),
        ("status:400|||too long", "refused", "too long"),
        ("status:422|||what", "refused", "422"),
        ("status:429||insufficient_quota|broke", "refused", "credit"),
    ],
)
def test_what_is_our_own_fault_is_told_at_once(behaviour: str, cause: str, words: str) -> None:
    with serving(behaviour) as server, pytest.raises(ModelFailure, match=words) as failure:
        answers(server, ask())
    assert (failure.value.cause, server.asked["hello"]) == (cause, 1)


@pytest.mark.parametrize("date", [False, True])
def test_retry_after_is_honoured(date: bool) -> None:
    said = formatdate(time.time() + 2, usegmt=True) if date else "1"
    with serving(first(f"status:429|{said}")) as server:
        started = time.monotonic()
        answers(server, ask())
    assert time.monotonic() - started >= (0.5 if date else 1.0)


def test_a_wait_beyond_the_deadline_is_a_failure_now() -> None:
    with (
        serving("status:429|3600") as server,
        pytest.raises(ModelFailure, match="3600 s") as failure,
    ):
        answers(server, ask())
    assert (failure.value.cause, server.asked["hello"]) == ("deadline", 1)


def test_a_stream_that_drips_ends_at_the_deadline() -> None:
    with serving("stall") as server, pytest.raises(ModelFailure, match=r"within 0\.3 s") as failure:
        answers(server, ask(), stall=60.0, deadline=0.3)
    assert failure.value.cause == "deadline"


def test_a_server_that_is_not_there() -> None:
    with serving("answer") as server:
        pass
    with pytest.raises(ModelFailure, match=r"cannot be reached.*--base-url") as failure:
        answers(server, ask())
    assert failure.value.cause == "address"


def test_samples_come_by_n_and_share_the_prompts_price() -> None:
    with serving("answer") as server:
        found = answers(server, ask(), (0, 1, 2))
    assert [answer.text for answer in found] == [f"answer {i} to hello" for i in range(3)]
    assert (server.asked["hello"], server.bodies[0]["n"]) == (1, 3)
    assert [answer.prompt_tokens for answer in found] == [100, 0, 0]
    assert sum(answer.completion_tokens for answer in found) == 30


@pytest.mark.parametrize("behaviour", ["refuses:n", "one_of_n"])
def test_where_n_is_not_known_each_sample_is_asked_for(behaviour: str) -> None:
    with serving(behaviour) as server:
        found = answers(server, ask(), (0, 1, 2))
    assert len(found) == 3
    assert server.answered["hello"] == 3


def test_of_a_torn_answer_the_whole_samples_are_kept() -> None:
    script: Script = lambda _prompt, before: "answer" if before else "first_only"  # noqa: E731
    with serving(script) as server:
        found = answers(server, ask(), (0, 1, 2))
    assert len(found) == 3
    assert server.answered["hello"] == 3


@pytest.mark.parametrize("parameter", ["max_tokens", "stream_options"])
def test_a_parameter_that_the_server_does_not_know_is_worded_anew(parameter: str) -> None:
    with serving(f"refuses:{parameter}") as server:
        answers(server, ask(max_tokens=77))
    assert server.asked["hello"] == 2
    assert ("max_completion_tokens" in server.bodies[1]) == (parameter == "max_tokens")


def test_missing_usage_is_estimated_and_marked() -> None:
    with serving("answer:no usage") as server:
        (answer,) = answers(server, ask())
    assert answer.estimated
    assert answer.completion_tokens > 0
    assert answer.prompt_tokens > 0


def test_an_answer_in_one_piece_is_an_answer() -> None:
    with serving("whole") as server:
        assert [a.text for a in answers(server, ask(), (0, 1))] == [
            "answer 0 to hello", "answer 1 to hello",
        ]  # fmt: skip


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_thinking_is_kept_apart(name: str) -> None:
    with serving(f"thinks:{name}") as server:
        (answer,) = answers(server, ask())
    assert (answer.thinking, answer.text) == ("let me see", "answer 0 to hello")


def test_a_busy_server_is_asked_less_at_once() -> None:
    def script(_prompt: str, before: int) -> str:
        return "status:429" if server.at_once > 3 and before < 8 else "answer"

    with serving(script, latency=0.02) as server:

        async def run() -> int:
            asked = model(server, concurrency=16)
            await asyncio.gather(*(complete(asked, ask(f"p{i}")) for i in range(60)))
            await asked.close()
            return asked.concurrency_now

        limit = asyncio.run(run())
    assert sum(server.answered.values()) == 60
    assert limit < 8, f"{limit} at once, of a server that bears 3"


def test_the_budget_is_never_passed() -> None:
    with serving("answer") as server:

        async def run() -> tuple[Budget, list[Any]]:
            # An answer costs 0.0002 dollars and could cost about 0.0011.
            budget = Budget(0.003)
            asked = model(server, budget=budget)
            jobs = (complete(asked, ask(f"p{i}", max_tokens=100)) for i in range(40))
            ended = await asyncio.gather(*jobs, return_exceptions=True)
            await asked.close()
            return budget, ended

        budget, ended = asyncio.run(run())
    spent = [one for one in ended if isinstance(one, BudgetSpent)]
    answered = [one for one in ended if isinstance(one, list)]
    assert len(spent) + len(answered) == 40
    assert len(answered) == sum(server.asked.values()) == 10
    assert budget.spent == pytest.approx(0.0002 * 10)
    assert "--max-cost" in str(spent[0])


def test_a_price_is_told_before_anything_is_sent() -> None:
    with serving("answer") as server:
        told = estimate([(ask(f"p{i}"), 5) for i in range(10)], model(server).price)
    assert told.requests == 50
    assert told.high is not None
    assert told.high > 0
    assert not server.asked


def test_a_budget_without_a_price_is_refused() -> None:
    with serving("answer") as server, pytest.raises(InputError, match="ASSAY_PRICES"):
        model(server, prices=Prices({}), budget=Budget(1.0))


def test_a_missing_key_names_its_variable() -> None:
    with pytest.raises(InputError, match="set OPENAI_API_KEY"):
        OpenAIModel("gpt-x")
    with pytest.raises(InputError, match="http"):
        OpenAIModel("gpt-x", base_url="localhost:8000")


def test_each_provider_has_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_variables("https://api.openai.com/v1") == ("OPENAI_API_KEY",)
    assert key_variables("https://api.deepseek.com/v1")[0] == "DEEPSEEK_API_KEY"
    assert key_variables("http://127.0.0.1:8000/v1") == ("OPENAI_API_KEY",)
    monkeypatch.setenv("OPENAI_API_KEY", "sesame")
    with serving("answer") as server:
        answers(server, ask())
    assert "Bearer sesame" in server.headers[0].values()


def test_a_request_that_is_sent_again_carries_the_same_key() -> None:
    with serving(first("drop")) as server:
        answers(server, ask("hi"))
        answers(server, ask("ho"))
    keys = [headers["idempotency-key"] for headers in server.headers]
    assert keys[0] == keys[1] != keys[2]
