"""The request cache: what a model has answered once is not asked, and not paid for, again.

SQLite in WAL mode, committed before an answer is handed on: a killed process loses only answers
that had not arrived. (Without fsync at each commit, so a power cut may lose the last ones; the
process's death cannot.) Several processes may share one cache.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from weakref import WeakValueDictionary

from assay.core.databases import Database
from assay.models.base import Completion, Model, Request, Take

_VERSION = 1
_SCHEMA = """
create table if not exists completions (
    digest blob primary key, model text not null, body blob not null
) without rowid
"""


class CompletionCache:
    """One connection to a cache. `path` of None keeps everything in memory."""

    def __init__(self, path: Path | None) -> None:
        data = Database(
            path, _SCHEMA, _VERSION, holds="cache of completions",
            another="name another cache with ASSAY_CACHE", any_thread=True,
        )  # fmt: skip
        self._base, self._faults = data.base, data.faults

    def find(self, key: bytes) -> Completion | None:
        with self._faults():
            row = self._base.execute(
                "select body from completions where digest = ?", (key,)
            ).fetchone()
        if row is None:
            return None
        return Completion(**json.loads(zlib.decompress(row[0])) | {"cached": True})

    def add(self, key: bytes, completion: Completion) -> Completion:
        """Keep an answer; it is on disk when this returns. Where another process was first, its
        answer stays and is the one returned, so that all go on with the same."""
        # ASCII escapes: a lone surrogate that a model wrote comes back as it was.
        body = zlib.compress(json.dumps(asdict(completion)).encode("ascii"), 1)
        with self._faults():
            added = self._base.execute(
                "insert or ignore into completions values (?, ?, ?)", (key, completion.model, body)
            ).rowcount
        if added:
            return completion
        return self.find(key) or completion

    def close(self) -> None:
        self._base.close()


class Cached:
    """A model that is asked only for what the cache does not have."""

    def __init__(self, model: Model, cache: CompletionCache) -> None:
        self.name = model.name
        self.price = getattr(model, "price", None)
        self.usual_tokens = getattr(model, "usual_tokens", None)
        self.usual_stop = getattr(model, "usual_stop", ())
        self._model = model
        self._cache = cache
        self._turns: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    async def sample(self, request: Request, samples: Sequence[int], take: Take) -> None:
        """As Model.sample. The same request from two tasks at once is sent once."""
        keys = {number: request.digest(self.name, number) for number in samples}
        turn = self._turns.setdefault(request.digest(self.name, -1), asyncio.Lock())
        async with turn:
            missing = []
            for number, key in keys.items():
                if known := self._cache.find(key):
                    take(number, replace(known, cached=True))
                else:
                    missing.append(number)

            def keep(number: int, completion: Completion) -> None:
                take(number, self._cache.add(keys[number], completion))

            if missing:
                await self._model.sample(request, missing, keep)

    async def close(self) -> None:
        """Ends the model; the cache is its owner's to close."""
        await self._model.close()
