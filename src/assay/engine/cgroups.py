"""Memory cgroups, one per concurrent child, where this process may make them (version 1 or 2)."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from assay.engine import leftovers

_ROOT = Path("/sys/fs/cgroup")


class MemoryCgroup:
    """A cgroup that a runner enters through `descriptor`, and that kills what outgrows it."""

    def __init__(self, directory: Path, version: int) -> None:
        self._directory = directory
        self._version = version
        self.descriptor = os.open(directory / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
        self._kills_seen = self._kills()

    def limit(self, size: int) -> None:
        """Bound what the next child may hold, shared memory and scratch files included."""
        # Swap would let a hog grow past its bound, slowly; version 1 wants its bound on both
        # together to be the larger of the two at every moment.
        if self._version == 2:
            steps = [("memory.max", size), ("memory.swap.max", 0)]
        else:
            both = "memory.memsw.limit_in_bytes"
            steps = [(both, -1), ("memory.limit_in_bytes", size), (both, size)]
        for name, value in steps:
            with contextlib.suppress(FileNotFoundError):  # no accounting of swap
                (self._directory / name).write_text(str(value))

    def killed(self) -> bool:
        """Whether the kernel killed for memory in here since the last call."""
        kills = self._kills()
        grown, self._kills_seen = kills > self._kills_seen, kills
        return grown

    def _kills(self) -> int:
        name = "memory.events" if self._version == 2 else "memory.oom_control"
        for line in (self._directory / name).read_text().splitlines():
            word, _, count = line.partition(" ")
            if word == "oom_kill":
                return int(count)
        return 0

    def close(self) -> None:
        os.close(self.descriptor)
        # The last process may still be leaving.
        for _ in range(50):
            try:
                self._directory.rmdir()
            except OSError:
                time.sleep(0.02)
            else:
                return


def make(name: str) -> MemoryCgroup | None:
    """A new memory cgroup of that name, or None where this process may not have one."""
    for parent, version in _parents():
        directory = parent / leftovers.name(name)
        leftovers.sweep_cgroups(parent)
        try:
            directory.mkdir()
        except OSError:
            continue
        try:
            group = MemoryCgroup(directory, version)
            group.limit(1 << 30)
        except OSError:
            with contextlib.suppress(OSError):
                directory.rmdir()
            continue
        return group
    return None


def _parents() -> list[tuple[Path, int]]:
    """Where a memory cgroup could be made, the likeliest first."""
    places: list[tuple[Path, int]] = []
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if "memory" in controllers.split(","):
                places.append((_ROOT / "memory" / path.lstrip("/"), 1))
            elif not controllers:
                own = _ROOT / path.lstrip("/")
                # A cgroup that holds processes cannot hand memory on: its parent may.
                places += [(own, 2), (own.parent, 2)] if own != _ROOT else [(own, 2)]
    return [(path, version) for path, version in places if path.is_dir() and path != _ROOT.parent]
