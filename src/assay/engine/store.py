"""The verdict store: what was observed, keyed by digests of environment, candidate and question.

Observations are stored, not verdicts: a check with another expected value, or another tolerance,
is judged from what the candidate once answered, and nothing runs again. SQLite in WAL mode, so
that several runs may share it and a killed one loses at most its last half second, which the next
one then does again. Integers stand for digests: 3 million rows of CodeT's samples take 110 MB.
"""

from __future__ import annotations

import contextlib
import time
import zlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from assay.core.databases import Database
from assay.core.digests import digest
from assay.core.errors import StoreError
from assay.engine.child import Observation

Key = TypeVar("Key")
Value = TypeVar("Value")

_KINDS = (
    "value", "held", "raised", "too_large", "timeout", "memory", "crashed", "forbidden",
)  # fmt: skip
_KIND_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}
_COMMIT_SECONDS = 0.5
_REMEMBERED = 20_000
_LARGE = 512
_VERSION = 1

_SCHEMA = """
create table if not exists scopes (id integer primary key, digest blob unique not null);
create table if not exists programs (id integer primary key, digest blob unique not null);
create table if not exists questions (id integer primary key, digest blob unique not null);
create table if not exists normal (text blob primary key, digest blob not null) without rowid;
create table if not exists payloads (
    id integer primary key, digest blob unique not null, packed integer not null, body blob not null
);
create table if not exists observations (
    scope integer not null, program integer not null, question integer not null,
    kind integer not null, cpu real not null, payload integer not null, output integer not null,
    protection integer not null,
    primary key (scope, program, question)
) without rowid;
"""
_ADD = """
insert into observations values (?,?,?,?,?,?,?,?) on conflict do update set
    kind = excluded.kind, cpu = excluded.cpu, payload = excluded.payload,
    output = excluded.output, protection = excluded.protection
where excluded.protection > protection
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A stored observation; `payload` and `output` are numbers to be looked up when needed, and
    `protection` is the number of the level under which it was made."""

    kind: str
    cpu_seconds: float
    payload: int
    output: int
    protection: int


class Store:
    """One connection to a store. `path` of None keeps everything in memory."""

    def __init__(self, path: Path | None) -> None:
        self._payload_ids: OrderedDict[bytes, int] = OrderedDict()
        self._bodies: OrderedDict[int, bytes] = OrderedDict()
        self._committed = time.monotonic()
        data = Database(
            path, _SCHEMA, _VERSION, holds="verdict store", another="name another file with --store"
        )
        self._base, self._faults = data.base, data.faults

    def close(self) -> None:
        with contextlib.suppress(StoreError):
            self.commit()
        self._base.close()

    def commit(self) -> None:
        """Make what was added last through a crash."""
        with self._faults():
            if self._base.in_transaction:
                self._base.execute("commit")
        self._committed = time.monotonic()

    def _begin(self) -> None:
        if not self._base.in_transaction:
            self._base.execute("begin immediate")

    def commit_if_due(self) -> None:
        if time.monotonic() - self._committed > _COMMIT_SECONDS:
            self.commit()

    def scope(self, value: bytes) -> int:
        return self._ids("scopes", [value])[value]

    def programs(self, digests: Iterable[bytes]) -> dict[bytes, int]:
        return self._ids("programs", digests)

    def questions(self, digests: Iterable[bytes]) -> dict[bytes, int]:
        return self._ids("questions", digests)

    def _ids(self, table: str, digests: Iterable[bytes]) -> dict[bytes, int]:
        """The numbers of digests, given out where they are new."""
        rows = [(value,) for value in dict.fromkeys(digests)]
        with self._faults():
            self._begin()
            self._base.executemany(f"insert or ignore into {table} (digest) values (?)", rows)
            find = f"select id from {table} where digest = ?"
            return {row[0]: self._base.execute(find, row).fetchone()[0] for row in rows}

    def normal(self, text: bytes) -> bytes | None:
        """The digest of the syntax tree of a text that was parsed before."""
        with self._faults():
            row = self._base.execute("select digest from normal where text = ?", (text,)).fetchone()
        return row[0] if row else None

    def add_normal(self, text: bytes, value: bytes) -> None:
        with self._faults():
            self._begin()
            self._base.execute("insert or ignore into normal values (?, ?)", (text, value))

    def known(self, scope: int, program: int, floor: int) -> dict[int, Known]:
        """All that is stored of one program under no less than the protection level `floor`, by
        the question's number."""
        query = (
            "select question, kind, cpu, payload, output, protection from observations "
            "where scope = ? and program = ? and protection >= ?"
        )
        with self._faults():
            rows = self._base.execute(query, (scope, program, floor)).fetchall()
        return {
            question: Known(_KINDS[kind], cpu, payload, output, protection)
            for question, kind, cpu, payload, output, protection in rows
        }

    def add(
        self, scope: int, program: int, question: int, seen: Observation, protection: int
    ) -> Known:
        """Store an observation, unless one is there already that was no worse protected. Our own
        failures are numbered like the rest, but not stored: the next run tries again."""
        payload = self._payload_id(seen.payload)
        output = self._payload_id(seen.output.encode("utf-8", "replace"))
        if seen.kind in _KIND_NUMBERS:
            row = (
                scope, program, question, _KIND_NUMBERS[seen.kind], seen.cpu_seconds, payload,
                output, protection,
            )  # fmt: skip
            with self._faults():
                self._begin()
                self._base.execute(_ADD, row)
            self.commit_if_due()
        return Known(seen.kind, seen.cpu_seconds, payload, output, protection)

    def _payload_id(self, body: bytes) -> int:
        name = digest(body)
        found = self._payload_ids.get(name)
        if found is not None:
            self._payload_ids.move_to_end(name)
            return found
        packed = len(body) > _LARGE
        with self._faults():
            self._begin()
            self._base.execute(
                "insert or ignore into payloads (digest, packed, body) values (?, ?, ?)",
                (name, packed, zlib.compress(body, 1) if packed else body),
            )
            row = self._base.execute("select id from payloads where digest = ?", (name,)).fetchone()
        _remember(self._payload_ids, name, row[0])
        return int(row[0])

    def body(self, payload: int) -> bytes:
        """The bytes behind a payload's number."""
        found = self._bodies.get(payload)
        if found is not None:
            return found
        with self._faults():
            packed, body = self._base.execute(
                "select packed, body from payloads where id = ?", (payload,)
            ).fetchone()
        body = zlib.decompress(body) if packed else body
        if len(body) <= _LARGE:
            _remember(self._bodies, payload, body)
        return bytes(body)


def _remember(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)
