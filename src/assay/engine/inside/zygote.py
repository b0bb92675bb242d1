"""The zygote: imports an environment's packages once, then forks a runner for each child.

It is in the jail before it imports anything. It never computes (a thread pool that has run once
makes forked children hang) and never loads a candidate.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from typing import Any

from . import confine, hugepages, kernel, runner

CONTROL = 3


def main() -> None:
    control = socket.socket(fileno=CONTROL)
    start = json.loads(control.recv(1 << 20))
    if start["namespaces"]:
        # Without a pid namespace it must outlive the warden, and take its children along.
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    walls = confine.Walls(start)
    try:
        walls.around_zygote()
        _import(start["preload"], start["prepare"])
    except BaseException as error:
        text = "".join(traceback.format_exception_only(type(error), error)).strip()
        _send(control, {"event": "failed", "error": text})
        os._exit(1)
    times = os.times()
    _send(control, {
        "event": "ready", "cpu": times.user + times.system, "threads": _threads(),
        "version": ".".join(map(str, sys.version_info[:3])),
    })  # fmt: skip
    # What exists now is shared by all children: kept out of their collector, it stays shared.
    gc.collect()
    gc.freeze()
    hugepages.collapse()
    walls.close_imports()
    _Zygote(control, walls).serve()


def _import(names: list[str], prepare: str) -> None:
    for name in names:
        importlib.import_module(name)
    if prepare:
        exec(compile(prepare, "<prepare>", "exec"), {"__name__": "prepare"})


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1


class _Zygote:
    def __init__(self, control: socket.socket, walls: confine.Walls) -> None:
        self.control = control
        self.walls = walls
        self.children: dict[int, int] = {}
        self.identities: dict[int, int] = {}
        # A signal that arrives between the check and recv() must not be lost: it interrupts via
        # this pipe.
        self.wake_read, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        os.set_blocking(self.wake_read, False)
        signal.set_wakeup_fd(wake_write)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        while True:
            sources: list[Any] = [self.control, self.wake_read]
            ready, _, _ = select.select(sources, [], [])
            if self.control in ready:
                data, descriptors, _, _ = socket.recv_fds(self.control, 1 << 16, 8)
                if not data:
                    self._leave()
                self._obey(json.loads(data), descriptors)
                for descriptor in descriptors:
                    os.close(descriptor)
            if self.wake_read in ready:
                os.read(self.wake_read, 4096)
                self._bury()

    def _obey(self, message: dict[str, Any], descriptors: list[int]) -> None:
        identity = message["id"]
        if message["op"] == "kill":
            if identity in self.identities:
                self._kill_group(self.identities[identity])
            return
        reaper = kernel.pidfd_open(message["reaper"]) if "reaper" in message else None
        if reaper is not None:
            kernel.setns(reaper, kernel.CLONE_NEWPID)
        pid = os.fork()
        if pid == 0:
            self._be_runner(message, reaper, descriptors)
        if reaper is not None:
            os.close(reaper)
        self.children[pid] = identity
        self.identities[identity] = pid
        if reaper is None:
            _send(self.control, {"event": "forked", "id": identity, "pid": pid})

    def _be_runner(
        self, message: dict[str, Any], reaper: int | None, descriptors: list[int]
    ) -> None:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.walls.layers -= set(message["without"])
            result = self.walls.around_runner(message["id"], reaper, descriptors)
            runner.main(result)
        except BaseException:
            # Before a candidate is loaded this is our failure: status 70 says so.
            os.write(2, traceback.format_exc().encode()[-4000:])
            os._exit(confine.SETUP_FAILED)
        finally:
            os._exit(0)

    def _leave(self) -> None:
        for leader in self.children:
            self._kill_group(leader)
        os._exit(0)

    def _bury(self) -> None:
        while True:
            try:
                # Look, and leave it unburied: its number must not be reused before the group dies.
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if found is None:
                return
            if not self.walls.namespaces:
                self._kill_group(found.si_pid)
            _, status = os.waitpid(found.si_pid, 0)
            identity = self.children.pop(found.si_pid, None)
            if identity is not None:
                del self.identities[identity]
                self.walls.clear(identity)
                _send(self.control, {"event": "exited", "id": identity, "status": status})

    @staticmethod
    def _kill_group(leader: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


def _send(control: socket.socket, message: dict[str, Any]) -> None:
    control.send(json.dumps(message).encode())
