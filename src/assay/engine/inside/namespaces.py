"""Into namespaces: once for the whole jail, and once for each slot in it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from typing import Any

from . import kernel, rootfs

_OUTER = (
    kernel.CLONE_NEWNS
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
)
# Of one slot. Its network is the jail's: that one has no address, and nobody gets a socket.
SLOT = kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWIPC


def enter_jail(start: dict[str, Any], control: socket.socket) -> None:
    """Namespaces, then the file system, then an unprivileged uid; comes back as pid 1."""
    if os.geteuid() == 0:
        # Root may bind what its unprivileged self could not reach, a home of mode 700 say.
        kernel.unshare(kernel.CLONE_NEWNS)
        rootfs.build(start["inside"], start["read_only"])
        os.setgroups([])
        os.setresgid(*[start["drop_to"]] * 3)
        os.setresuid(*[start["drop_to"]] * 3)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
        _new_user_namespace(inner=0, outer=start["drop_to"], flags=_OUTER)
    else:
        _new_user_namespace(inner=0, outer=os.geteuid(), flags=_OUTER)
        rootfs.build(start["inside"], start["read_only"])
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    child = os.fork()
    if child:
        control.close()
        _, status = os.waitpid(child, 0)
        os._exit(1 if status else 0)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    # A container that masks parts of /proc does not allow it; children then get none at all.
    with contextlib.suppress(OSError):
        kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV)
    rootfs.mount_writable(start["limits"]["scratch_bytes"])


def _new_user_namespace(inner: int, outer: int, flags: int) -> None:
    kernel.unshare(kernel.CLONE_NEWUSER)
    map_ids(inner, outer, os.getegid() if outer == os.geteuid() else outer)
    # Ubuntu 24.04's AppArmor hands out the namespace and denies what it is for: this tells.
    kernel.unshare(flags)


def map_ids(inner: int, outer_uid: int, outer_gid: int) -> None:
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{inner} {outer_uid} 1"),
        ("gid_map", f"{inner} {outer_gid} 1"),
    ):
        descriptor = os.open("/proc/self/" + name, os.O_WRONLY | os.O_CLOEXEC)
        os.write(descriptor, text.encode())
        os.close(descriptor)
