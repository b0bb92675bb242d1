"""What a child and everything it started have used, read from /proc by the trusted side."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Protocol


class Tree(Protocol):
    """A child: the process that anchors its pid namespace, or leads its group."""

    identity: int
    reaper: int | None
    runner: int | None


_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def of_children(
    children: Iterable[Tree], zygote: int, by_namespace: bool
) -> Iterator[tuple[Tree, dict[str, float]]]:
    """Pairs of a child and its `cpu` seconds and `memory` bytes.

    What a process still shares with the zygote that it was forked from is not its own.
    """
    shared = _memory(str(zygote))
    trees: dict[int | None, list[str]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            key = _namespace(name) if by_namespace else _group(name)
            trees.setdefault(key, []).append(name)
    for child in children:
        anchor = child.reaper if by_namespace else child.runner
        key = _namespace(str(anchor)) if by_namespace and anchor else anchor
        if key is None:
            continue
        pids = [pid for pid in trees.get(key, []) if pid != str(child.reaper)]
        yield (
            child,
            {
                "cpu": sum(map(_cpu, pids)),
                "memory": sum(max(0, _memory(pid) - shared) for pid in pids),
            },
        )


def _namespace(pid: str) -> int | None:
    try:
        return os.stat(f"/proc/{pid}/ns/pid").st_ino
    except OSError:
        return None


def _fields(pid: str) -> list[bytes] | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name stands in brackets and may hold anything, brackets and blanks included.
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return None


def _group(pid: str) -> int | None:
    fields = _fields(pid)
    return int(fields[2]) if fields else None


def _cpu(pid: str) -> float:
    fields = _fields(pid)
    return sum(map(int, fields[11:15])) / _TICKS if fields else 0.0


def _memory(pid: str) -> int:
    """Anonymous and shared memory that is resident; pages of files are the kernel's to drop."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            resident = int(file.read().split()[1])
        with open(f"/proc/{pid}/status", "rb") as file:
            files = [line for line in file if line.startswith(b"RssFile")]
    except OSError:
        return 0
    return resident * _PAGE - (int(files[0].split()[1]) * 1024 if files else 0)
