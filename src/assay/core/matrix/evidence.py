"""Evidence records on disk: one JSON line each, found by their number."""

from __future__ import annotations

import json
import mmap
import tempfile
import weakref
from array import array
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from assay.core.digests import digest
from assay.core.errors import InputError, StoreError
from assay.core.words import Evidence

_NAMES = frozenset(Evidence.__slots__)
# 100,000s of verdicts often rest on a few thousand different records ("NameError: …"), so equal
# ones are folded; the memory of 50,000 digests is about 9 MB whatever the run's length.
_REMEMBERED = 50_000

NEVER_RAN = Evidence(note="never ran")


class EvidenceLog:
    """Records that are finished with: read straight from the file, none held in memory."""

    def __init__(self, content: mmap.mmap | bytes, offsets: NDArray[np.int64]) -> None:
        self._content = content
        self._offsets = offsets

    @classmethod
    def over(cls, file: IO[bytes], offsets: NDArray[np.int64]) -> EvidenceLog:
        """The records in an open file, which may be closed (or even deleted) afterwards."""
        if not offsets[-1]:
            return cls(b"", offsets)
        return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), offsets)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def line(self, index: int) -> str:
        """The JSON of one record."""
        start, stop = int(self._offsets[index]), int(self._offsets[index + 1])
        return self._content[start:stop].decode("ascii", "replace").rstrip("\n")

    def record(self, index: int) -> Evidence:
        """One record; an index of -1 is the empty one."""
        if index < 0:
            return Evidence()
        try:
            form = json.loads(self.line(index))
            known = {name: str(form[name]) for name in form.keys() & _NAMES}
        except (ValueError, AttributeError, RecursionError) as error:
            raise InputError(
                f"evidence record {index} is damaged ({error}); run again to have it anew"
            ) from None
        return Evidence(**known)

    def copy_used(
        self, file: IO[bytes], column: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Write the records that `column` points at; return the column renumbered, and offsets."""
        used = np.zeros(len(self) + 1, dtype=bool)
        # The last entry takes what -1 points at, and the next line says that it is no record.
        used[column] = True
        used[-1] = False
        # Neighbours are written together: most runs are then one single write.
        edges = np.flatnonzero(np.diff(used, prepend=False)).tolist()
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            file.write(self._content[int(self._offsets[first]) : int(self._offsets[last])])
        renumbered = np.cumsum(used) - 1
        renumbered[-1] = -1
        sizes = np.diff(self._offsets)[used[:-1]]
        return renumbered[column], np.concatenate(([0], np.cumsum(sizes))).astype("<i8")


class EvidenceWriter:
    """Takes records while a run goes on. They go to a file without a name, so nothing is left
    behind by a run that is killed. Record 0 is what the cells that nobody sets point at."""

    def __init__(self, folder: Path | None) -> None:
        with _writing(folder):
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        # Closes the file of a run that is given up, without a word from the garbage collector.
        weakref.finalize(self, self._file.close)
        self._offsets = array("q", [0])
        self._seen: OrderedDict[bytes, int] = OrderedDict()
        self._folder = folder
        self.add(NEVER_RAN)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def add(self, evidence: Evidence) -> int:
        """The number of this record, or of an equal one among the latest; -1 for an empty one."""
        form = evidence.to_json()
        if not form:
            return -1
        # ASCII on purpose: candidates print lone surrogates, which UTF-8 refuses.
        line = json.dumps(form, separators=(",", ":")).encode("ascii") + b"\n"
        name = digest(line)
        index = self._seen.get(name)
        if index is not None:
            self._seen.move_to_end(name)
            return index
        with _writing(self._folder):
            self._file.write(line)
        index = len(self)
        self._offsets.append(self._offsets[-1] + len(line))
        self._seen[name] = index
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return index

    def finish(self) -> EvidenceLog:
        with _writing(self._folder):
            self._file.flush()
            log = EvidenceLog.over(self._file, np.array(self._offsets, dtype="<i8"))
        self._file.close()
        return log


@contextmanager
def _writing(folder: Path | None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = folder or tempfile.gettempdir()
        raise StoreError(f"cannot write evidence in {place}: {error.strerror}") from error
