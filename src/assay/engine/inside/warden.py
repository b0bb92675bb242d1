"""The warden: builds the jail, starts the zygote in it, and makes a namespace set per child.

It never imports a heavy package, so that the process it forks for each child's pid 1 is small:
1.2 ms of CPU against 13 ms for one forked from a process with torch loaded. It never sees a
candidate or a check. Messages are JSON datagrams on the descriptor that it is started with:

    controller → warden   start {…} · child {id} + descriptors · kill {id}
    warden → controller   ready {…} · refused {error} · failed {error}
                          gone {id, status} · usage {id, cpu, memory}
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

from . import kernel, namespaces, reaper, scratch, usage

Start = dict[str, Any]
ZYGOTE_CONTROL = 3
_WATCH_EVERY = 0.1


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[2]))
    start = json.loads(control.recv(1 << 20))
    # The controller may die at any moment: everything here dies with it.
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != start["controller"]:
        os._exit(1)
    warden = _Warden(control, start)
    try:
        if start["namespaces"]:
            namespaces.enter_jail(start, control)
            # Some machines allow the first user namespace and not one within it.
            warden.slots.append(warden.make_slot())
        elif start["drop_to"] is not None:
            os.chmod(start["scratch"], 0o711)
    except OSError as error:
        _send(control, {"event": "refused", "error": str(error)})
        os._exit(1)
    try:
        warden.start_zygote()
        warden.serve()
    except OSError as error:
        _send(control, {"event": "failed", "error": str(error)})
    os._exit(1)


class _Slot:
    """Namespaces with a reaper in them, and the end of the socket it listens on."""

    def __init__(self, reaper: int, channel: socket.socket) -> None:
        self.reaper = reaper
        self.channel = channel


class _Child:
    def __init__(self, identity: int, slot: _Slot | None) -> None:
        self.identity = identity
        self.slot = slot
        self.reaper = slot.reaper if slot else None
        self.runner: int | None = None
        self.status: int | None = None
        self.wiping = False
        self.wiped = slot is None
        self.started = time.monotonic()


class _Warden:
    def __init__(self, control: socket.socket, start: Start) -> None:
        self.control = control
        self.start = start
        self.children: dict[int, _Child] = {}
        self.slots: list[_Slot] = []

    def start_zygote(self) -> None:
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
        keep = ("preload", "prepare", "limits", "namespaces", "layers", "drop_to", "scratch",
                "local_sockets")  # fmt: skip
        message = {name: self.start[name] for name in keep}
        message.update(read=self.start["landlock_read"], write=self.start["landlock_write"])
        message.update(hidden=self.start["hidden"])
        here.send(json.dumps(message).encode())
        self.zygote_pid, self.zygote = pid, here

    def serve(self) -> None:
        while True:
            wiping = {c.slot.channel: c for c in self.children.values() if c.slot and c.wiping}
            watched = [c for c in self.children.values() if c.status is None]
            sources: list[Any] = [self.control, self.zygote, *wiping]
            ready, _, _ = select.select(sources, [], [], _WATCH_EVERY if watched else None)
            for source in ready:
                if source is self.control:
                    self._from_controller()
                elif source is self.zygote:
                    self._from_zygote()
                else:
                    self._from_reaper(wiping[source])
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
        slot = self._slot() if self.start["namespaces"] else None
        message: dict[str, Any] = {"op": "fork", "id": identity, "without": without}
        if slot:
            message["reaper"] = slot.reaper
        self.children[identity] = _Child(identity, slot)
        socket.send_fds(self.zygote, [json.dumps(message).encode()], descriptors)

    def _slot(self) -> _Slot:
        """A clean slot that nobody is in."""
        return self.slots.pop() if self.slots else self.make_slot()

    def make_slot(self) -> _Slot:
        here, there = socket.socketpair()
        pid = kernel.clone_process(namespaces.SLOT)
        if pid == 0:
            reaper.main(there, self.start["limits"]["scratch_bytes"], self.start["hidden"])
        there.close()
        if here.recv(1) != reaper.READY:
            raise OSError("a slot's namespaces could not be set up")
        return _Slot(pid, here)

    def _kill(self, child: _Child) -> None:
        """Kill whatever the child still runs; in a slot, all that it wrote goes as well."""
        if child.slot is None:
            # Only the zygote can kill a group before it buries the leader and frees the number.
            self.zygote.send(json.dumps({"op": "kill", "id": child.identity}).encode())
        elif not child.wiping:
            child.wiping = True
            with contextlib.suppress(BrokenPipeError):  # a dead one is found at the next look
                child.slot.channel.send(reaper.WIPE)

    def _from_reaper(self, child: _Child) -> None:
        assert child.slot is not None
        child.wiping, child.wiped = False, True
        try:
            word = child.slot.channel.recv(1)
        except ConnectionResetError:
            word = b""
        if word == reaper.GONE:
            # Killed before the zygote forked it, a runner may be in there yet.
            child.wiped = child.status is not None
            if child.wiped:
                self.slots.append(child.slot)
        else:
            # The reaper died, and its namespaces with it: nothing in there is left.
            child.slot.channel.close()
            os.waitpid(child.slot.reaper, 0)
        self._gone(child)

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
            if not child.wiped:
                self._kill(child)  # what the runner left behind
            self._gone(child)
        else:
            _send(self.control, message)

    def _gone(self, child: _Child) -> None:
        if child.status is None or not child.wiped:
            return
        del self.children[child.identity]
        _send(self.control, {"event": "gone", "id": child.identity, "status": child.status})

    def _watch(self, children: list[_Child]) -> None:
        now = time.monotonic()
        late = [c for c in children if now - c.started >= _WATCH_EVERY and c.status is None]
        if not late:
            return
        for child, used in usage.of_children(late, self.zygote_pid, self.start["namespaces"]):
            if not self.start["namespaces"]:
                used["written"] = scratch.size(f"{self.start['scratch']}/{child.identity}")
            _send(self.control, {"event": "usage", "id": child.identity, **used})


def _send(control: socket.socket, message: dict[str, Any]) -> None:
    control.send(json.dumps(message).encode())
