"""Finds out by attack how well this machine is protected from a candidate.

At every start each layer is attacked from where candidates run. A layer that only shows once
another is out of the way is attacked with that other one left away.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from assay.core.errors import HarnessError, ProtectionError
from assay.core.words import Environment, Limits
from assay.engine import leftovers
from assay.engine.child import Job
from assay.engine.environments import Built
from assay.engine.jail import INSIDE, JailRefused, Setup
from assay.engine.levels import LAYERS, NAMESPACES, Protection, level_of
from assay.engine.pool import Pool

_PROBED_MEMORY = 48 << 20
_PROBED_HOARD = 160 << 20
_LANDLOCK_CREATE = 444


def open_pool(environment: Environment, built: Built, limits: Limits, workers: int) -> Pool:
    """A pool behind the best walls that this machine allows, told what they withstood."""
    if sys.platform != "linux":
        raise ProtectionError(
            f"untrusted code runs on Linux only, not on {sys.platform}: use WSL 2 on Windows, or "
            "a container (the Containerfile in the repository is a start)"
        )
    leftovers.sweep_directories()
    layers = tuple(available_layers())
    missing: dict[str, str] = {}
    try:
        pool = Pool(environment, built, limits, Setup(True, layers), workers)
    except JailRefused as error:
        missing = dict.fromkeys(NAMESPACES, str(error))
        pool = Pool(environment, built, limits, Setup(False, layers), workers)
    try:
        held = probe(pool, limits, environment.local_sockets)
    except BaseException:
        pool.close()
        raise
    # Without namespaces the zygote stands behind Landlock itself, which answers their attacks.
    held.update(dict.fromkeys(missing, False))
    by = "cgroup" if pool.has_cgroups else "polling"
    pool.protection = Protection(level_of(held), held, missing, by)
    return pool


def available_layers() -> list[str]:
    """Of Landlock and seccomp, what this kernel has."""
    found = []
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(ctypes.c_long(_LANDLOCK_CREATE), None, ctypes.c_long(0), ctypes.c_long(1)) > 0:
        found.append("landlock")
    with contextlib.suppress(OSError):
        known = platform.machine() in ("x86_64", "aarch64")
        if known and "Seccomp:" in Path("/proc/self/status").read_text():
            found.append("seccomp")
    return found


def probe(pool: Pool, limits: Limits, local_sockets: bool = False) -> dict[str, bool]:
    """Which layers withstand their attacks. An attack that gets no clean answer got through."""
    with _bait() as bait:
        others = ("landlock", "seccomp")
        rounds: list[tuple[str, tuple[str, ...], list[str]]] = [
            ("user", others, ["becomes_root()"]),
            ("mount", others, [f"reads({bait.secret!r})", f"writes({bait.open_directory!r})"]),
            ("pid", others, [f"signals({os.getpid()})", f"sees_process({os.getpid()})"]),
            (
                "network",
                others,
                [f"connects({bait.port})", f"connects_abstract({bait.abstract!r})"],
            ),
            ("ipc", others, [f"finds_queue({bait.queue})"]),
            (
                "landlock",
                ("seccomp",),
                ["renames_itself()", f"reads({bait.secret!r})", f"writes({bait.open_directory!r})"],
            ),
            ("seccomp", ("landlock",), [f"makes_denied_calls({local_sockets})"]),
            ("limits", (), [
                f"opens_files({limits.files})", f"forks({limits.processes})", "raises_limit()",
                "dumps_core()",
            ]),
            ("privileges", others, ["regains_privileges()", "becomes_root()"]),
        ]  # fmt: skip
        held = _attack(pool, _ample(limits), rounds)
    held["memory"] = _probe_memory(pool, limits)
    return {name: held[name] for name in LAYERS}


def _attack(
    pool: Pool, limits: Limits, rounds: list[tuple[str, tuple[str, ...], list[str]]]
) -> dict[str, bool]:
    code = (INSIDE / "attacks.py").read_text()
    # Attacks that leave the same walls away share a child.
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for name, without, calls in rounds:
        groups.setdefault(without, []).extend((name, call) for call in calls)
    asked = list(groups.values())
    jobs = [
        Job(key, code, tuple(("call", call) for _, call in pairs), without=without)
        for key, (without, pairs) in enumerate(groups.items())
    ]
    held = {name: True for name, _, _ in rounds}
    for answer in pool.run(jobs, limits):
        if answer is None:
            continue
        if answer.observation.kind == "harness":
            raise HarnessError(f"the jail could not be probed: {answer.observation.output}")
        name = asked[answer.key][answer.index][0]
        held[name] &= answer.observation.payload == b"false"
    return held


def _ample(limits: Limits) -> Limits:
    """The limits with time enough for every attack: forking from a big zygote takes longer than
    what a run may grant its checks, and an attack that is cut off proves nothing."""
    usual = Limits()
    return replace(
        limits,
        check_cpu_seconds=max(limits.check_cpu_seconds, usual.check_cpu_seconds),
        candidate_cpu_seconds=max(limits.candidate_cpu_seconds, usual.candidate_cpu_seconds),
        check_wall_seconds=max(limits.check_wall_seconds, usual.check_wall_seconds),
    )


def _probe_memory(pool: Pool, limits: Limits) -> bool:
    code = (INSIDE / "attacks.py").read_text()
    job = Job(0, code, (("call", f"holds({_PROBED_HOARD})"),))
    answers = pool.run([job], replace(_ample(limits), memory_bytes=_PROBED_MEMORY))
    return [a.observation.kind for a in answers if a is not None] == ["memory"]


@dataclass(frozen=True, slots=True)
class _Bait:
    secret: str
    open_directory: str
    port: int
    abstract: str
    queue: int


@contextlib.contextmanager
def _bait() -> Iterator[_Bait]:
    """Things on this machine that everybody may use, unless a wall is in between."""
    with contextlib.ExitStack() as stack:
        directory = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix=leftovers.name("bait-")))
        )
        directory.chmod(0o755)
        (directory / "secret").write_text("secret")
        (directory / "open").mkdir()
        (directory / "open").chmod(0o777)
        tcp = stack.enter_context(socket.socket())
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        name = f"assay-bait-{os.getpid()}-{id(stack)}"
        abstract.bind("\0" + name)
        abstract.listen()
        yield _Bait(
            str(directory / "secret"), str(directory / "open"), tcp.getsockname()[1], name,
            stack.enter_context(_queue()),
        )  # fmt: skip


@contextlib.contextmanager
def _queue() -> Iterator[int]:
    libc = ctypes.CDLL(None, use_errno=True)
    key = 0x61730000 | (os.getpid() & 0xFFFF)
    create, everybody, remove = 0o1000, 0o666, 0
    identity = libc.msgget(key, create | everybody)
    try:
        yield key
    finally:
        if identity >= 0:
            libc.msgctl(identity, remove, None)
