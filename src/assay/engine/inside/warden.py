"""The warden: builds the jail, starts the zygote in it, and makes a namespace set per child.

It never imports a heavy package, so that the process it forks for each child's pid 1 is small:
1.2 ms of CPU against 13 ms for one forked from a process with torch loaded. It never sees a
candidate or a check. Messages are JSON datagrams on the descriptor that it is started with:

    controller → warden   start {…} · child {id} + descriptors · kill {id}
    warden → controller   ready {…} · failed {error} · gone {id, status} · usage {id, cpu, memory}
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
from typing import Any

from . import kernel, rootfs, usage

Start = dict[str, Any]
ZYGOTE_CONTROL = 3
_OUTER = (
    kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS
)  # fmt: skip
_INNER = kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWIPC
_WATCH_EVERY = 0.1


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[2]))
    start = json.loads(control.recv(1 << 20))
    # The controller may die at any moment: everything here dies with it.
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != start["controller"]:
        os._exit(1)
    try:
        if start["namespaces"]:
            _enter_jail(start, control)
        elif start["drop_to"] is not None:
            os.chmod(start["scratch"], 0o711)
        _Warden(control, start).serve()
    except OSError as error:
        _send(control, {"event": "failed", "error": str(error)})
    os._exit(1)


def _enter_jail(start: Start, control: socket.socket) -> None:
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
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("scratch", rootfs.SCRATCH, "tmpfs", flags, "size=64m,mode=777")
    kernel.mount("shm", rootfs.SHARED_MEMORY, "tmpfs", flags, "size=64m,mode=777")


def _new_user_namespace(inner: int, outer: int, flags: int) -> None:
    kernel.unshare(kernel.CLONE_NEWUSER)
    _map_ids(inner, outer, os.getegid() if outer == os.geteuid() else outer)
    # Ubuntu 24.04's AppArmor hands out the namespace and denies what it is for: this tells.
    kernel.unshare(flags)


def _map_ids(inner: int, outer_uid: int, outer_gid: int) -> None:
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{inner} {outer_uid} 1"),
        ("gid_map", f"{inner} {outer_gid} 1"),
    ):
        descriptor = os.open("/proc/self/" + name, os.O_WRONLY | os.O_CLOEXEC)
        os.write(descriptor, text.encode())
        os.close(descriptor)


class _Child:
    def __init__(self, identity: int, reaper: int | None) -> None:
        self.identity = identity
        self.reaper = reaper
        self.runner: int | None = None
        self.status: int | None = None
        self.buried = reaper is None
        self.started = time.monotonic()


class _Warden:
    def __init__(self, control: socket.socket, start: Start) -> None:
        self.control = control
        self.start = start
        self.children: dict[int, _Child] = {}
        self.zygote_pid, self.zygote = self._start_zygote()
        # Wakes select() when a reaper ends.
        self.wake_read, wake_write = os.pipe()
        for descriptor in (self.wake_read, wake_write):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(wake_write)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _start_zygote(self) -> tuple[int, socket.socket]:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            os.dup2(there.fileno(), ZYGOTE_CONTROL)
            kernel.close_from(ZYGOTE_CONTROL + 1)
            python, arguments = self.start["python"], self.start["zygote"]
            os.chdir("/")
            try:
                os.execve(python, [python, *arguments], self.start["environ"])
            finally:
                os._exit(127)
        there.close()
        keep = ("preload", "prepare", "limits", "namespaces", "layers", "drop_to", "scratch")
        message = {name: self.start[name] for name in keep}
        message.update(read=self.start["landlock_read"], write=self.start["landlock_write"])
        here.send(json.dumps(message).encode())
        return pid, here

    def serve(self) -> None:
        sources: list[Any] = [self.control, self.zygote, self.wake_read]
        while True:
            watched = [c for c in self.children.values() if c.runner and c.status is None]
            ready, _, _ = select.select(sources, [], [], _WATCH_EVERY if watched else None)
            if self.control in ready:
                self._from_controller()
            if self.zygote in ready:
                self._from_zygote()
            if self.wake_read in ready:
                os.read(self.wake_read, 4096)
                self._bury()
            self._watch(watched)

    def _from_controller(self) -> None:
        data, descriptors, _, _ = socket.recv_fds(self.control, 1 << 16, 4)
        if not data:
            os._exit(0)
        message = json.loads(data)
        if message["op"] == "child":
            self._start_child(message["id"], message["without"], descriptors)
        elif message["op"] == "kill" and message["id"] in self.children:
            self._kill(self.children[message["id"]])
        for descriptor in descriptors:
            os.close(descriptor)

    def _start_child(self, identity: int, without: list[str], descriptors: list[int]) -> None:
        reaper = None
        message = {"op": "fork", "id": identity, "without": without}
        if self.start["namespaces"]:
            ready_read, ready_write = os.pipe()
            reaper = kernel.clone_process(_INNER)
            if reaper == 0:
                self._be_reaper(ready_write)
            os.close(ready_write)
            message["reaper"] = reaper
            descriptors = [*descriptors, ready_read]
        self.children[identity] = _Child(identity, reaper)
        socket.send_fds(self.zygote, [json.dumps(message).encode()], descriptors)
        if reaper:
            os.close(ready_read)

    def _be_reaper(self, ready: int) -> None:
        """Pid 1 of a child's namespaces: sets them up, then only buries orphans."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            # A raw clone leaves the death signal behind; pid 1 must not outlive the warden.
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            _map_ids(inner=1000, outer_uid=0, outer_gid=0)
            whole = rootfs.mount_private(self.start["limits"]["scratch_bytes"])
            # Stays dumpable, or the zygote could not join; its capabilities keep the runner off it.
            os.write(ready, b"1" if whole else b"0")
            kernel.close_from(3)
            while True:
                signal.pause()
        finally:
            os._exit(1)

    def _kill(self, child: _Child) -> None:
        if child.reaper:
            os.kill(child.reaper, signal.SIGKILL)
        else:
            # Only the zygote can kill a group before it buries the leader and frees the number.
            self.zygote.send(json.dumps({"op": "kill", "id": child.identity}).encode())

    def _from_zygote(self) -> None:
        data = self.zygote.recv(1 << 16)
        if not data:
            _, status = os.waitpid(self.zygote_pid, 0)
            _send(self.control, {"event": "failed", "error": "the zygote ended", "status": status})
            os._exit(1)
        message = json.loads(data)
        if message["event"] == "forked":
            self.children[message["id"]].runner = message["pid"]
        elif message["event"] == "exited":
            child = self.children[message["id"]]
            child.status = message["status"]
            if not child.buried:
                self._kill(child)  # what the runner left behind goes with its namespaces
            self._gone(child)
        else:
            _send(self.control, message)

    def _bury(self) -> None:
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            for child in [c for c in self.children.values() if c.reaper == pid]:
                child.buried = True
                self._gone(child)

    def _gone(self, child: _Child) -> None:
        if child.status is None or not child.buried:
            return
        del self.children[child.identity]
        _send(self.control, {"event": "gone", "id": child.identity, "status": child.status})

    def _watch(self, children: list[_Child]) -> None:
        now = time.monotonic()
        late = [c for c in children if now - c.started >= _WATCH_EVERY and c.status is None]
        if not late:
            return
        for child, used in usage.of_children(late, self.zygote_pid, self.start["namespaces"]):
            _send(self.control, {"event": "usage", "id": child.identity, **used})


def _send(control: socket.socket, message: dict[str, Any]) -> None:
    control.send(json.dumps(message).encode())
