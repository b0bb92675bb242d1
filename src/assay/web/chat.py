"""OpenAI's chat format, as far as it is needed: a request read, an answer and a stream written."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# A request's body; what is longer is no question for one function.
LONGEST_BODY = 1 << 20


class BadRequest(Exception):
    """A request that cannot be answered; `parameter` says which part of it is to blame."""

    def __init__(self, text: str, parameter: str | None = None) -> None:
        super().__init__(text)
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Question:
    """What a chat request asks."""

    prompt: str
    model: str = ""
    stream: bool = False
    temperature: float | None = None
    seed: int | None = None
    with_usage: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: a text for people, and assay's evidence for programs."""

    text: str
    evidence: Mapping[str, Any]
    prompt_tokens: int = 0
    completion_tokens: int = 0


def read(body: bytes) -> Question:
    """The question in a request's body. Raises BadRequest."""
    try:
        asked = json.loads(body)
    except ValueError as error:
        raise BadRequest(f"the body is no JSON: {error}") from None
    if not isinstance(asked, dict):
        raise BadRequest("the body is no JSON object")
    if asked.get("tools") or asked.get("functions"):
        raise BadRequest("tools are not supported: the answer is a program", "tools")
    if asked.get("n", 1) != 1:
        raise BadRequest("n must be 1: assay itself draws many answers and returns one", "n")
    options = asked.get("stream_options")
    return Question(
        prompt=_prompt(asked.get("messages")),
        model=_of(asked, "model", str) or "",
        stream=bool(_of(asked, "stream", bool)),
        temperature=_of(asked, "temperature", int, float),
        seed=_of(asked, "seed", int),
        with_usage=isinstance(options, dict) and options.get("include_usage") is True,
    )


def _of(asked: Mapping[str, Any], name: str, *kinds: type) -> Any:
    value = asked.get(name)
    if value is not None and type(value) not in kinds:
        raise BadRequest(f"{name} is of the wrong type: {type(value).__name__}", name)
    return value


def _prompt(messages: Any) -> str:
    """The conversation as one text. A lone question stays as it is; in a longer conversation, who
    said what is part of the question."""
    if not isinstance(messages, list) or not messages:
        raise BadRequest("messages must be a list with at least one message", "messages")
    said = [(_role(message), _text(message)) for message in messages]
    said = [(role, text) for role, text in said if text.strip()]
    if not any(role == "user" for role, _ in said):
        raise BadRequest("no message of the user has any text", "messages")
    turns = [turn for turn in said if turn[0] != "system"]
    parts = [text for role, text in said if role == "system"]
    labelled = len(turns) > 1
    parts += [f"{role.capitalize()}: {text}" if labelled else text for role, text in turns]
    return "\n\n".join(parts)


def _role(message: Any) -> str:
    role = message.get("role") if isinstance(message, dict) else None
    if role in ("system", "developer"):
        return "system"
    if role in ("user", "assistant"):
        return str(role)
    raise BadRequest(f"a message has the role {role!r}; system, user, assistant are read",
                     "messages")  # fmt: skip


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = [part.get("text") if isinstance(part, dict) else None for part in content]
        if all(isinstance(text, str) for text in texts):
            return "\n".join(map(str, texts))
    if content is None:
        return ""
    raise BadRequest("only text can be read in a message's content", "messages")


def whole(reply: Reply, model: str) -> dict[str, Any]:
    """The answer in one piece, the evidence beside it in `assay`."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": reply.text},
        "finish_reason": "stop",
    }
    return {
        **_head("chat.completion", model),
        "choices": [choice],
        "usage": _usage(reply),
        "assay": dict(reply.evidence),
    }


def pieces(reply: Reply, model: str, with_usage: bool) -> Iterator[str]:
    """The answer as the events of a stream."""
    head = _head("chat.completion.chunk", model)

    def event(delta: Mapping[str, Any], reason: str | None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return _event({**head, "choices": [choice], **more})

    yield event({"role": "assistant", "content": reply.text}, None)
    yield event({}, "stop", assay=dict(reply.evidence))
    if with_usage:
        yield _event({**head, "choices": [], "usage": _usage(reply)})
    yield "data: [DONE]\n\n"


def fault(text: str, kind: str, parameter: str | None = None) -> dict[str, Any]:
    """An error as OpenAI's clients read it."""
    return {"error": {"message": text, "type": kind, "param": parameter, "code": None}}


def failed_stream(text: str) -> Iterator[str]:
    """How a stream that has begun says that it failed."""
    yield _event(fault(text, "server_error"))
    yield "data: [DONE]\n\n"


def _event(content: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(content)}\n\n"


def _head(kind: str, model: str) -> dict[str, Any]:
    name = f"chatcmpl-{uuid.uuid4().hex}"
    return {"id": name, "object": kind, "created": int(time.time()), "model": model}


def _usage(reply: Reply) -> dict[str, int]:
    asked, answered = reply.prompt_tokens, reply.completion_tokens
    return {
        "prompt_tokens": asked,
        "completion_tokens": answered,
        "total_tokens": asked + answered,
    }
