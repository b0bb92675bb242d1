"""The layers of protection, the named levels that they add up to, and the floor beneath which
nothing runs."""

from __future__ import annotations

from dataclasses import dataclass

from assay.core.errors import InputError, ProtectionError

LAYERS = {
    "user": "user namespace: no identity and no capability of yours",
    "mount": "mount namespace: none of your files are there",
    "pid": "pid namespace: none of your processes are there, and nothing survives",
    "network": "network namespace: no address can be reached, loopback neither",
    "ipc": "IPC namespace: no System V queue or memory of yours",
    "landlock": "Landlock: writes only to scratch, no TCP, no signals or sockets outwards",
    "seccomp": "seccomp: no sockets, ptrace, namespaces, mounts, io_uring, keys, …",
    "limits": "rlimits: processes, files, file size, private memory, CPU, no core",
    "privileges": "no new privileges, no capabilities",
    "memory": "memory of the whole tree, shared memory included",
}
NAMESPACES = ("user", "mount", "pid", "network", "ipc")
_ALWAYS = {"limits", "privileges", "memory"}
# From weakest to strongest: what must hold for each.
LEVELS: dict[str, set[str]] = {
    "none": set(),
    "minimal": {"limits", "privileges"},
    "restricted": {"landlock", "seccomp", *_ALWAYS},
    "strong": {"user", "mount", "pid", "network", "seccomp", *_ALWAYS},
    "full": set(LAYERS),
}
DEFAULT_FLOOR = "restricted"


@dataclass(frozen=True, slots=True)
class Protection:
    """What holds here. `missing` says of each layer that does not hold why, where it is known."""

    level: str
    layers: dict[str, bool]
    missing: dict[str, str]
    memory_by: str


def level_of(layers: dict[str, bool]) -> str:
    """The strongest level of which every layer holds."""
    holding = {name for name, holds in layers.items() if holds}
    return [name for name, needed in LEVELS.items() if needed <= holding][-1]


def check_floor(floor: str) -> None:
    """InputError for a level that there is not."""
    if floor not in LEVELS:
        raise InputError(f"no protection level {floor!r}: choose one of {', '.join(LEVELS)}")


def require(protection: Protection, floor: str) -> None:
    """ProtectionError where the level is below the floor."""
    order = list(LEVELS)
    if order.index(protection.level) < order.index(floor):
        lacking = ", ".join(sorted(LEVELS[floor] - {n for n, h in protection.layers.items() if h}))
        raise ProtectionError(
            f"protection here is {protection.level!r}, below the floor {floor!r}: {lacking} "
            f"missing. `assay doctor` says how to get it; --min-protection {protection.level} "
            "accepts it for code that you trust that far"
        )
