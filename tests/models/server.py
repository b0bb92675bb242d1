"""A server that speaks chat completions, and misbehaves as it is told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

Behaviour = str
Script = Callable[[str, int], Behaviour]


class FakeServer:
    """On a port of this machine, in a thread of its own.

    `script` says how to behave from the prompt and how often it was asked before. `asked` and
    `answered` count requests that arrived, and samples whose answer was written to its end, by
    prompt: an answer that was written is one that somebody pays for.
    """

    def __init__(self, script: Script, latency: float = 0.0) -> None:
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.most_at_once = 0
        self.at_once = 0
        self._script = script
        self._latency = latency
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()
        await asyncio.sleep(0)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            length = next(int(v) for k, v in headers.items() if k.lower() == "content-length")
            body = json.loads(await reader.readexactly(length))
            self.headers.append(headers)
            await self._behave(body, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.at_once -= 1
            writer.close()

    async def _behave(self, body: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        prompt = body["messages"][-1]["content"]
        before = self.asked[prompt]
        self.asked[prompt] += 1
        self.bodies.append(body)
        await asyncio.sleep(self._latency)
        behaviour = self._script(prompt, before)
        kind, _, detail = behaviour.partition(":")
        await getattr(self, f"_{kind}")(Wire(writer), body, detail)

    async def _answer(self, wire: Wire, body: dict[str, Any], detail: str) -> None:
        await wire.start()
        for chunk in chunks(body):
            await wire.event(chunk)
        if detail != "no usage":
            await wire.event({"choices": [], "usage": usage(body)})
        await wire.text("data: [DONE]\n\n")
        await wire.end()
        self.answered[body["messages"][-1]["content"]] += body.get("n", 1)

    async def _whole(self, wire: Wire, body: dict[str, Any], _: str) -> None:
        """In one piece, though a stream was asked for."""
        choices = [
            {"index": i, "finish_reason": "stop",
             "message": {"role": "assistant", "content": text(body, i)}}
            for i in range(body.get("n", 1))
        ]  # fmt: skip
        await wire.reply(200, {"choices": choices, "usage": usage(body)})
        self.answered[body["messages"][-1]["content"]] += len(choices)

    async def _thinks(self, wire: Wire, body: dict[str, Any], name: str) -> None:
        await wire.start()
        await wire.event(delta(0, **{name: "let me "}))
        await wire.event(delta(0, **{name: "see"}))
        for chunk in chunks(body):
            await wire.event(chunk)
        await wire.end()

    async def _status(self, wire: Wire, _: dict[str, Any], detail: str) -> None:
        """status:CODE:RETRY-AFTER:error code:message"""
        code, wait, name, message = (*detail.split("|"), "", "", "")[:4]
        error = {"error": {"message": message or "no", "code": name or None}}
        await wire.reply(int(code), error, {"Retry-After": wait} if wait else {})

    async def _drop(self, wire: Wire, _: dict[str, Any], __: str) -> None:
        wire.writer.close()

    async def _half(self, wire: Wire, body: dict[str, Any], detail: str) -> None:
        """Half a stream: ended in good order, or torn off in the middle of it."""
        await wire.start()
        await wire.event(chunks(body)[0])
        if detail != "torn":
            await wire.end()

    async def _first_only(self, wire: Wire, body: dict[str, Any], _: str) -> None:
        """Of several samples the first to its end, then torn off."""
        await wire.start()
        for chunk in chunks({**body, "n": 1}):
            await wire.event(chunk)
        self.answered[body["messages"][-1]["content"]] += 1

    async def _stall(self, wire: Wire, body: dict[str, Any], detail: str) -> None:
        if detail != "silent":
            await wire.start()
            await wire.event(chunks(body)[0])
        await asyncio.sleep(600)

    async def _malformed(self, wire: Wire, _: dict[str, Any], __: str) -> None:
        await wire.start()
        await wire.text('data: {"choices": [{"index": 0, "del\n\n')
        await wire.end()

    async def _html(self, wire: Wire, _: dict[str, Any], __: str) -> None:
        await wire.raw(200, "text/html", b"<html>Welcome to nginx</html>")

    async def _broken_json(self, wire: Wire, _: dict[str, Any], __: str) -> None:
        await wire.raw(200, "application/json", b'{"choices": [')

    async def _no_choices(self, wire: Wire, body: dict[str, Any], _: str) -> None:
        await wire.reply(200, {"choices": [], "usage": usage(body)})

    async def _error_event(self, wire: Wire, _: dict[str, Any], __: str) -> None:
        await wire.start()
        await wire.event({"error": {"message": "engine fell over", "code": 500}})
        await wire.end()

    async def _refuses(self, wire: Wire, body: dict[str, Any], parameter: str) -> None:
        """Does not know a parameter."""
        if parameter in body:
            hint = ", use 'max_completion_tokens' instead" if parameter == "max_tokens" else ""
            await self._status(wire, body, f"400|||Unsupported parameter: '{parameter}'{hint}")
        else:
            await self._answer(wire, body, "")

    async def _one_of_n(self, wire: Wire, body: dict[str, Any], _: str) -> None:
        """Takes `n` and does not look at it."""
        await self._answer(wire, {**body, "n": 1}, "")


class Wire:
    """One HTTP answer, chunked."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer

    async def start(self) -> None:
        await self._write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        )

    async def event(self, chunk: Mapping[str, Any]) -> None:
        await self.text(f"data: {json.dumps(chunk)}\n\n")

    async def text(self, text: str) -> None:
        raw = text.encode()
        await self._write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")

    async def end(self) -> None:
        await self._write(b"0\r\n\r\n")

    async def reply(self, code: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        await self.raw(code, "application/json", json.dumps(body).encode(), headers)

    async def raw(
        self, code: int, kind: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        head = f"HTTP/1.1 {code} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        await self._write(f"{head}{more}Connection: close\r\n\r\n".encode() + body)

    async def _write(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()


def text(body: dict[str, Any], index: int) -> str:
    return f"answer {index} to {body['messages'][-1]['content']}"


def usage(body: dict[str, Any]) -> dict[str, int]:
    return {"prompt_tokens": 100, "completion_tokens": 10 * body.get("n", 1)}


def delta(index: int, finish: str | None = None, **said: str) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": said, "finish_reason": finish}]}


def chunks(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer in pieces, samples after each other."""
    found = []
    for index in range(body.get("n", 1)):
        said = text(body, index)
        found += [delta(index, content=said[:5]), delta(index, content=said[5:])]
        found.append(delta(index, "stop"))
    return found


@contextmanager
def serving(script: Script | Behaviour, latency: float = 0.0) -> Iterator[FakeServer]:
    """A server that behaves as `script` says, or always in one way."""
    way = script if callable(script) else lambda _prompt, _before: script
    server = FakeServer(way, latency)
    server.start()
    try:
        yield server
    finally:
        server.stop()
