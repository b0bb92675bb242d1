"""Reads what a chat completions server sends, and tells a whole answer from half of one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from assay.models.faults import Fault


@dataclass
class Choice:
    """One of the answers to a prompt, while it arrives and after."""

    text: list[str] = field(default_factory=list)
    thinking: list[str] = field(default_factory=list)
    finish: str | None = None

    @property
    def said(self) -> str:
        return "".join(self.text)

    @property
    def thought(self) -> str:
        return "".join(self.thinking)

    def add(self, part: Any, finish: Any) -> None:
        content = _or_none(part, "content")
        if content is not None and not isinstance(content, str):
            raise Fault("nonsense", f"the answer's content is a {type(content).__name__}")
        # Some servers send the same thought under both names.
        thought = _or_none(part, "reasoning_content") or _or_none(part, "reasoning")
        self.text.append(content or "")
        self.thinking.append(thought if isinstance(thought, str) else "")
        if finish:
            self.finish = str(finish)


@dataclass
class Reply:
    """What has arrived of an answer. The counts are None as long as the server gives none."""

    choices: dict[int, Choice] = field(default_factory=dict)
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    def add(self, chunk: Any) -> None:
        for number, choice in enumerate(getattr(chunk, "choices", None) or ()):
            index = getattr(choice, "index", None)
            kept = self.choices.setdefault(index if isinstance(index, int) else number, Choice())
            part = _or_none(choice, "delta") or _or_none(choice, "message")
            kept.add(part, getattr(choice, "finish_reason", None))
        usage = getattr(chunk, "usage", None)
        counts = (_or_none(usage, "prompt_tokens"), _or_none(usage, "completion_tokens"))
        if isinstance(counts[0], int) and isinstance(counts[1], int):
            self.prompt_tokens, self.completion_tokens = counts

    def whole(self) -> list[Choice]:
        """The answers that came to their end, which is less than all when the rest broke off."""
        return [choice for _, choice in sorted(self.choices.items()) if choice.finish]


def _or_none(thing: Any, name: str) -> Any:
    return getattr(thing, name, None)


async def read(stream: Any, reply: Reply) -> None:
    """Read a stream of the SDK's into `reply`. Raises Fault, or whatever the transport raises,
    when it was not a whole answer."""
    kind = stream.response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        async for chunk in stream:
            reply.add(chunk)
    elif kind.endswith("json"):
        # A server that does not stream sends the answer in one piece.
        body = await stream.response.aread()
        reply.add(_tree(body))
    else:
        body = await stream.response.aread()
        shown = " ".join(body[:120].decode("utf-8", "replace").split())
        raise Fault(
            "nonsense", f"the server answered {kind or 'without a content type'}: {shown!r}; is "
            "--base-url right (most end in /v1)?",
        )  # fmt: skip
    if not reply.choices:
        raise Fault("nonsense", "the server's answer has no choices in it")
    if not reply.whole():
        raise Fault("cut", "the server's answer broke off before its end")


def _tree(body: bytes) -> Any:
    try:
        tree = json.loads(body, object_hook=lambda found: SimpleNamespace(**found))
    except RecursionError:
        raise Fault("nonsense", "the server's answer is nested too deep") from None
    if error := getattr(tree, "error", None):
        raise Fault("server", f"the server answered an error: {getattr(error, 'message', error)}")
    return tree
