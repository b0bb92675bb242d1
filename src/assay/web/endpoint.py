"""An OpenAI-compatible endpoint that answers with programs which other programs agree with."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable
from typing import Any

from assay.core.errors import AssayError, InputError
from assay.web import chat

Answering = Callable[[chat.Question], chat.Reply]

# Proxies and clients give up on a stream that is silent; a comment line is allowed at any time.
_HEARTBEAT_SECONDS = 10.0


def app(answer: Answering, name: str, key: str | None = None) -> Any:
    """A Starlette application. `answer` is called in a thread, one question at a time: the jail has
    a worker for each core already. With `key`, requests without it are refused."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response, StreamingResponse
    from starlette.routing import Route

    turn = asyncio.Lock()

    async def answered(question: chat.Question) -> chat.Reply:
        async with turn:
            return await asyncio.to_thread(answer, question)

    def refused(request: Request) -> Response | None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if key is None or hmac.compare_digest(given.encode(), key.encode()):
            return None
        text = "this server wants its key: Authorization: Bearer …"
        return JSONResponse(chat.fault(text, "authentication_error"), 401)

    async def models(request: Request) -> Response:
        one = {"id": name, "object": "model", "created": 0, "owned_by": "assay"}
        return refused(request) or JSONResponse({"object": "list", "data": [one]})

    async def completions(request: Request) -> Response:
        if (no := refused(request)) is not None:
            return no
        try:
            question = chat.read(await _body(request))
        except chat.BadRequest as error:
            said = chat.fault(str(error), "invalid_request_error", error.parameter)
            return JSONResponse(said, 400)
        if question.stream:
            events = _events(asyncio.ensure_future(answered(question)), question, name)
            return StreamingResponse(events, media_type="text/event-stream")
        try:
            reply = await answered(question)
        except AssayError as error:
            return JSONResponse(chat.fault(str(error), _kind(error)), _status(error))
        return JSONResponse(chat.whole(reply, name))

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/v1/models", models),
            Route("/v1/chat/completions", completions, methods=["POST"]),
        ]
    )


async def _body(request: Any) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > chat.LONGEST_BODY:
            raise chat.BadRequest(f"the body is longer than {chat.LONGEST_BODY} bytes")
    return bytes(body)


async def _events(
    reply: asyncio.Future[chat.Reply], question: chat.Question, name: str
) -> AsyncIterator[str]:
    while not (await asyncio.wait({reply}, timeout=_HEARTBEAT_SECONDS))[0]:
        yield ": at work\n\n"
    error = reply.exception()
    if isinstance(error, AssayError):
        pieces = chat.failed_stream(str(error))
    else:
        pieces = chat.pieces(reply.result(), name, question.with_usage)
    for piece in pieces:
        yield piece


def _status(error: AssayError) -> int:
    return 400 if isinstance(error, InputError) else 502


def _kind(error: AssayError) -> str:
    return "invalid_request_error" if isinstance(error, InputError) else "server_error"


def serve(application: Any, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` is told the address once the port is open. Raises InputError
    where the port cannot be had."""
    import socket

    import uvicorn

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{host}:{port} cannot be listened on: {reason}") from None
        settings = uvicorn.Config(application, log_level="warning", lifespan="off", ws="none")
        ready(f"http://{host}:{listener.getsockname()[1]}/v1")
        uvicorn.Server(settings).run(sockets=[listener])
