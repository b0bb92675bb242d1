"""Thin wrappers over the system calls that Python 3.9 does not offer. Each raises OSError."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
MNT_DETACH = 2

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS = 1, 4, 8
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
SECCOMP_MODE_FILTER = 2

CAP_DAC_READ_SEARCH = 2

MACHINE = os.uname().machine
_NUMBERS = {
    "x86_64": {"clone": 56, "pivot_root": 155, "capset": 126},
    "aarch64": {"clone": 220, "pivot_root": 41, "capset": 91},
}
# The numbers that all architectures share.
_SHARED = {
    "pidfd_open": 434,
    "close_range": 436,
    "mount_setattr": 442,
    "landlock_create_ruleset": 444,
    "landlock_add_rule": 445,
    "landlock_restrict_self": 446,
}

# PyDLL keeps the interpreter's lock during the call: a raw clone() must not come back in a child
# that believes another thread holds it.
_libc = ctypes.PyDLL(None, use_errno=True)


def number(name: str) -> int:
    """The number of a system call on this machine; OSError where it is unknown."""
    if name in _SHARED:
        return _SHARED[name]
    try:
        return _NUMBERS[MACHINE][name]
    except KeyError:
        raise OSError(38, f"no system call number of {name} for {MACHINE}") from None


def _check(result: int, what: str) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def syscall(name: str, *arguments: int | bytes | None) -> int:
    """Any system call by name. Integers are passed as 64 bits wide, None as a null pointer."""
    wide = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _check(_libc.syscall(ctypes.c_long(number(name)), *wide), name)


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), "unshare")


def setns(descriptor: int, flags: int) -> None:
    _check(_libc.setns(descriptor, flags), "setns")


def clone_process(flags: int) -> int:
    """fork() into new namespaces in one step: 0 in the child, its pid in the parent."""
    signal_child = 17
    return syscall("clone", flags | signal_child, 0, 0, 0, 0)


def prctl(option: int, *arguments: int) -> int:
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    return _check(_libc.prctl(option, *padded), "prctl")


def mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    _check(
        _libc.mount(
            source.encode(), os.fsencode(target), kind.encode() if kind else None,
            ctypes.c_ulong(flags), data.encode() if data else None,
        ),
        f"mount {target}",
    )  # fmt: skip


def umount(target: str) -> None:
    _check(_libc.umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def pivot_root(new_root: str, old_root: str) -> None:
    syscall("pivot_root", os.fsencode(new_root), os.fsencode(old_root))


def make_read_only(path: str, recursive: bool = True, devices: bool = False) -> None:
    """Read-only, no set-uid and no devices, for a mount and all beneath it."""
    read_only, no_suid, no_dev, at_recursive = 0x1, 0x2, 0x4, 0x8000
    flags = read_only | no_suid | (0 if devices else no_dev)
    attributes = struct.pack("<QQQQ", flags, 0, 0, 0)
    where = at_recursive if recursive else 0
    syscall("mount_setattr", -100, os.fsencode(path), where, attributes, len(attributes))


def collapse(start: int, length: int) -> None:
    """Put a range of memory into huge pages, now."""
    madv_collapse = 25
    _check(_libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), madv_collapse), "madvise")


def pidfd_open(pid: int) -> int:
    return syscall("pidfd_open", pid, 0)


def close_from(lowest: int) -> None:
    """Close every descriptor from `lowest` on."""
    try:
        syscall("close_range", lowest, 0x7FFFFFFF, 0)
    except OSError:
        for name in os.listdir("/proc/self/fd"):
            if int(name) >= lowest:
                with contextlib.suppress(OSError):
                    os.close(int(name))


def set_capabilities(mask: int = 0) -> None:
    """Leave exactly the capabilities in `mask`; none are inheritable."""
    version_3 = 0x20080522
    header = struct.pack("<Ii", version_3, 0)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    data = struct.pack("<IIIIII", low, low, 0, high, high, 0)
    syscall("capset", header, data)
