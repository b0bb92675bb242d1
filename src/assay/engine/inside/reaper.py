"""Pid 1 of a slot: a set of namespaces that one child after another is put into.

Between two children it kills whatever is left, and mounts everything that a child can write
anew. Making the namespaces themselves anew for every child would cost 1.5 ms more of CPU each and
change nothing that a child could find: no process outlives kill(-1) from pid 1, and no file
outlives its mount.
"""

from __future__ import annotations

import os
import signal
import socket
import time

from . import kernel, namespaces, rootfs

_CLEAN_SECONDS = 10.0
READY, WIPE, GONE = b"r", b"w", b"g"


def main(channel: socket.socket, scratch_bytes: int, hidden: list[str]) -> None:
    """Serve as pid 1 until the warden is gone; `hidden` is what nobody in the slot can see. Never
    returns: a fault ends the slot, and with it every process in it."""
    try:
        signal.set_wakeup_fd(-1)
        # Orphans are buried by the kernel.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        # The one signal that Python left a handler for: all others cannot reach a pid 1.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        namespaces.map_ids(inner=1000, outer_uid=0, outer_gid=0)
        # Stays dumpable, or the zygote could not join; its capabilities keep runners off it.
        rootfs.mount_proc()
        rootfs.mount_writable(scratch_bytes)
        rootfs.hide(hidden)
        os.dup2(channel.fileno(), 3)
        kernel.close_from(4)
        _serve(socket.socket(fileno=3), scratch_bytes)
    finally:
        os._exit(1)


def _serve(channel: socket.socket, scratch_bytes: int) -> None:
    channel.send(READY)
    while channel.recv(1) == WIPE:
        _kill_all()
        rootfs.umount_writable()
        rootfs.mount_writable(scratch_bytes)
        channel.send(GONE)


def _kill_all() -> None:
    """Nobody can fork past this: a process with SIGKILL pending starts no other."""
    deadline = time.monotonic() + _CLEAN_SECONDS
    pause = 0.0001
    while True:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            return
        if time.monotonic() > deadline:
            raise TimeoutError("processes that do not die")
        time.sleep(pause)
        pause = min(0.01, pause * 2)
