"""Attacks that tell whether a wall stands. Loaded as a candidate, so each runs where candidates
run. Every function returns whether the attack got through."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import resource
import socket
import threading
import time
from collections.abc import Callable

_libc = ctypes.CDLL(None, use_errno=True)


def reads(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return bool(file.read(1))
    except OSError:
        return False


def writes(directory: str) -> bool:
    try:
        with open(os.path.join(directory, "written"), "w") as file:
            file.write("x")
    except OSError:
        return False
    return True


def _is_ours(pid: int) -> bool:
    """Whether the number belongs to this process or its reaper: a controller in a container has
    as low a number as they have in here."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return pid == os.getpid() or b"inside.warden" in file.read()
    except OSError:
        return pid == os.getpid()


def signals(pid: int) -> bool:
    if _is_ours(pid):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError as error:
        # Seen but not allowed: the wall in question is to hide it, unless a filter answered.
        return error.errno != errno.EPERM
    return True


def sees_process(pid: int) -> bool:
    return os.path.exists(f"/proc/{pid}/status") and not _is_ours(pid)


def connects(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def connects_abstract(name: str) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(1)
            link.connect("\0" + name)
            return True
    except OSError:
        return False


def finds_queue(key: int) -> bool:
    return bool(_libc.msgget(key, 0) >= 0)


def becomes_root() -> bool:
    for attempt in (lambda: os.setuid(0), lambda: os.chroot("/"), lambda: os.nice(-5)):
        try:
            attempt()
        except OSError:
            continue
        return True
    return bool(_libc.mount(b"x", b"/tmp", b"tmpfs", 0, None) == 0)


def renames_itself() -> bool:
    """Writes into /proc/self, which an ordinary process may and Landlock does not allow."""
    _libc.prctl(4, 1, 0, 0, 0)
    try:
        with open("/proc/self/comm", "w") as file:
            file.write("changed")
    except OSError:
        return False
    return True


def makes_denied_calls(local_sockets: bool) -> bool:
    """Whether one of them goes through; with `local_sockets`, Unix sockets are none of them."""
    trace_me = 0
    return (
        _libc.ptrace(trace_me, 0, 0, 0) == 0
        or _libc.unshare(0) == 0
        or _opens(lambda: socket.socket(socket.AF_INET))
        or (not local_sockets and _opens(lambda: socket.socket(socket.AF_UNIX)))
        or _opens(lambda: os.memfd_create("x"))
    )


def _opens(call: Callable[[], object]) -> bool:
    try:
        call()
    except OSError:
        return False
    return True


def opens_files(most: int) -> bool:
    kept = []
    try:
        for _ in range(most + 8):
            kept.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        return False
    finally:
        for descriptor in kept:
            os.close(descriptor)
    return True


def forks(most: int) -> bool:
    """Whether more tasks can be had than allowed. Threads count as processes do and cost less:
    512 forks of a zygote with torch take 11 CPU seconds. What is refused to them is tried by
    forks, as others may have ended since."""
    release = threading.Event()
    threads = [threading.Thread(target=release.wait, daemon=True) for _ in range(most + 8)]
    started = []
    try:
        for thread in threads:
            thread.start()
            started.append(thread)
    except RuntimeError:
        return _forks(len(threads) - len(started))
    finally:
        release.set()
        for thread in started:
            thread.join()
    return True


def _forks(more: int) -> bool:
    started = []
    try:
        for _ in range(more):
            pid = os.fork()
            if pid == 0:
                time.sleep(30)
                os._exit(0)
            started.append(pid)
    except OSError:
        return False
    finally:
        for pid in started:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
    return True


def raises_limit() -> bool:
    try:
        resource.setrlimit(resource.RLIMIT_NPROC, (100_000, 100_000))
    except (ValueError, OSError):
        return False
    return True


def dumps_core() -> bool:
    return resource.getrlimit(resource.RLIMIT_CORE)[1] != 0


def regains_privileges() -> bool:
    get_no_new_privs = 39
    return bool(_libc.prctl(get_no_new_privs, 0, 0, 0, 0) != 1)


def holds(size: int) -> bool:
    """Touches shared memory, which no rlimit counts, and keeps it for a while."""
    hoard = mmap.mmap(-1, size)
    for start in range(0, size, 4096):
        hoard[start] = 1
    time.sleep(1.5)
    return True
