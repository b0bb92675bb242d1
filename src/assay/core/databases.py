"""SQLite files that several processes may share, and that a killed one leaves whole."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from assay.core.errors import StoreError


class Database:
    """One connection to a database in WAL mode; `path` of None keeps everything in memory. What
    fails raises StoreError with what it `holds` and how to name `another` place. Between
    transactions of the caller's every statement commits itself."""

    def __init__(
        self, path: Path | None, schema: str, version: int, *, holds: str, another: str,
        any_thread: bool = False,
    ) -> None:  # fmt: skip
        self._path, self._holds, self._another = path, holds, another
        with self.faults():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self.base = sqlite3.connect(
                path or ":memory:", timeout=60, isolation_level=None,
                check_same_thread=not any_thread,
            )  # fmt: skip
            self.base.execute("pragma journal_mode=wal")
            self.base.execute("pragma synchronous=normal")
            self.base.execute("pragma temp_store=memory")
            (found,) = self.base.execute("pragma user_version").fetchone()
            if found not in (0, version):
                raise StoreError(
                    f"{path} was written by another version of assay (format {found}, this one "
                    f"reads {version}): {another}, or remove it"
                )
            self.base.executescript(schema)
            self.base.execute(f"pragma user_version={version}")

    @contextlib.contextmanager
    def faults(self) -> Iterator[None]:
        """Turns what SQLite and the file system raise into StoreError."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"the {self._holds} {self._path or 'in memory'} cannot be used: {error}. Free some "
                f"room or {self._another}; what was stored is intact"
            ) from error
