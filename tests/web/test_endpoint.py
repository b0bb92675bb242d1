"""The OpenAI-compatible endpoint, asked by OpenAI's own client over a real socket."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing

import openai
import pytest
import uvicorn

from assay.core.errors import HarnessError, InputError
from assay.web import chat, endpoint

PROGRAM = "def double(x):\n    return 2 * x\n"
asked: list[chat.Question] = []


def answer(question: chat.Question) -> chat.Reply:
    asked.append(question)
    if "nothing" in question.prompt:
        raise InputError("the prompt is empty")
    if "broken" in question.prompt:
        raise HarnessError("the jail did not start")
    if "slowly" in question.prompt:
        time.sleep(0.3)
    return chat.Reply(f"```python\n{PROGRAM}```", {"outcome": "agreed", "cluster": 3}, 7, 11)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    yield from serving(None)


def serving(key: str | None) -> Iterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    settings = uvicorn.Config(
        endpoint.app(answer, "assay", key), log_level="error", lifespan="off", ws="none"
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    server.should_exit = True
    thread.join()
    listener.close()


def client(address: str, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=address, api_key=key, max_retries=0)


def post(address: str, body: bytes) -> tuple[int, dict[str, object]]:
    request = urllib.request.Request(f"{address}/chat/completions", body, method="POST")
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_the_answer_comes_with_its_evidence(address: str) -> None:
    with closing(client(address)) as one:
        found = one.chat.completions.create(
            model="whatever", messages=[{"role": "user", "content": "Double x."}], temperature=0.3
        )
    assert found.choices[0].message.content == f"```python\n{PROGRAM}```"
    assert found.usage is not None
    assert found.usage.total_tokens == 18
    assert found.model_extra == {"assay": {"outcome": "agreed", "cluster": 3}}
    assert asked[-1].prompt == "Double x."
    assert asked[-1].temperature == 0.3


def test_a_stream_brings_the_same(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "_HEARTBEAT_SECONDS", 0.05)
    with closing(client(address)) as one:
        chunks = list(
            one.chat.completions.create(
                model="assay",
                messages=[{"role": "user", "content": "slowly"}],
                stream=True,
                stream_options={"include_usage": True},
            )
        )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == f"```python\n{PROGRAM}```"
    assert [c.model_extra for c in chunks if c.model_extra] == [
        {"assay": {"outcome": "agreed", "cluster": 3}}
    ]
    assert chunks[-1].usage is not None


def test_a_conversation_is_asked_whole(address: str) -> None:
    with closing(client(address)) as one:
        one.chat.completions.create(
            model="assay",
            messages=[
                {"role": "system", "content": "Use numpy."},
                {"role": "user", "content": [{"type": "text", "text": "Double x."}]},
                {"role": "assistant", "content": "x * 2"},
                {"role": "user", "content": "As a function."},
            ],
        )
    assert asked[-1].prompt == (
        "Use numpy.\n\nUser: Double x.\n\nAssistant: x * 2\n\nUser: As a function."
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "no JSON"),
        (b"[]", "no JSON object"),
        (b"{}", "messages must be a list"),
        (b'{"messages": [{"role": "user", "content": " "}]}', "no message of the user"),
        (b'{"messages": [{"role": "tool", "content": "x"}]}', "role 'tool'"),
        (b'{"messages": [{"role": "user", "content": [{"image_url": "x"}]}]}', "only text"),
        (b'{"messages": [{"role": "user", "content": "x"}], "n": 2}', "n must be 1"),
        (b'{"messages": [{"role": "user", "content": "x"}], "tools": [{}]}', "tools"),
        (b'{"messages": [{"role": "user", "content": "x"}], "seed": "a"}', "seed"),
        (b'{"messages": [{"role": "user", "content": "nothing"}]}', "the prompt is empty"),
        (b" " * (chat.LONGEST_BODY + 1), "longer than"),
    ],
)
def test_what_cannot_be_answered_is_said(address: str, body: bytes, said: str) -> None:
    status, found = post(address, body)
    assert status == 400
    assert said in found["error"]["message"]  # type: ignore[index]


def test_our_own_failure_is_not_the_users(address: str) -> None:
    with closing(client(address)) as one, pytest.raises(openai.InternalServerError) as caught:
        one.chat.completions.create(model="assay", messages=[{"role": "user", "content": "broken"}])
    assert "the jail did not start" in str(caught.value)


def test_a_stream_that_fails_says_so(address: str) -> None:
    with closing(client(address)) as one, pytest.raises(openai.APIError, match="did not start"):
        list(
            one.chat.completions.create(
                model="assay", messages=[{"role": "user", "content": "broken"}], stream=True
            )
        )


def test_a_key_is_asked_for() -> None:
    for address in serving("secret"):
        with closing(client(address, "wrong")) as one, pytest.raises(openai.AuthenticationError):
            one.models.list()
        with closing(client(address, "secret")) as one:
            assert [model.id for model in one.models.list()] == ["assay"]


def test_a_port_that_is_taken_is_named() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"127.0.0.1:{port} cannot be listened on"):
            endpoint.serve(None, "127.0.0.1", port, print)
