"""The controller's end of a jail: starts a warden with its zygote, and talks to it."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.core.errors import HarnessError
from assay.core.words import Environment, Limits
from assay.engine import leftovers
from assay.engine.environments import Built
from assay.engine.inside import rootfs, scratch

INSIDE = Path(__file__).parent / "inside"
# Far from real accounts and from the ranges that container engines hand out.
_UNPRIVILEGED = 461_000
_START_SECONDS = 180.0


class JailRefused(HarnessError):
    """This machine does not allow a jail with namespaces."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Which walls a jail is built with."""

    namespaces: bool = True
    layers: tuple[str, ...] = ("landlock", "seccomp")


class Jail:
    """A running warden and its zygote. `socket` becomes readable when there are messages."""

    def __init__(
        self, environment: Environment, built: Built, limits: Limits, setup: Setup
    ) -> None:
        self.setup = setup
        # With namespaces scratch is a tmpfs, and this machine's disk is never touched.
        prefix = leftovers.name("scratch-")
        self._scratch = "" if setup.namespaces else tempfile.mkdtemp(prefix=prefix)
        self._held = leftovers.hold(self._scratch) if self._scratch else None
        # Kept out of the scratch: it holds what the zygote printed, and no child may write it.
        self._log = tempfile.TemporaryFile(prefix="assay-log-")  # noqa: SIM115
        self.socket, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._process = self._launch(there)
            there.close()
            self._send(self._start_message(environment, built, limits))
            self.ready = self._handshake()
        except BaseException:
            self.close()
            raise
        self.socket.setblocking(False)

    def _launch(self, there: socket.socket) -> subprocess.Popen[bytes]:
        # The warden is the controller's own interpreter without site: small to fork.
        python = os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)
        return subprocess.Popen(
            [python, "-I", "-S", "-B", "-c", _WARDEN, str(INSIDE.parent), str(there.fileno()),
             leftovers.name("warden")],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
            pass_fds=(there.fileno(),), env=_ENVIRON, cwd="/", start_new_session=True,
        )  # fmt: skip

    def _start_message(self, environment: Environment, built: Built, limits: Limits) -> Any:
        namespaces = self.setup.namespaces
        parent = Path("/assay") if namespaces else INSIDE.parent
        no_site = [] if environment.requirements else ["-S"]
        drop_to = _UNPRIVILEGED if os.geteuid() == 0 else None
        read = ["/"] if namespaces else [*_SYSTEM_READ, str(INSIDE), *map(str, built.read_only)]
        write = ["/private", *_DEVICES] if namespaces else list(_DEVICES)
        return {
            "controller": os.getpid(),
            "namespaces": namespaces,
            "layers": self.setup.layers,
            "inside": str(INSIDE),
            "python": str(built.python),
            # Without packages of its own, an environment is not to see the interpreter's either.
            "zygote": ["-I", *no_site, "-B", "-c", _ZYGOTE, str(parent), leftovers.name("zygote")],
            "read_only": [str(path) for path in built.read_only],
            "landlock_read": read,
            "landlock_write": write,
            "hidden": _hidden_paths(environment, built),
            "scratch": self._scratch,
            "environ": {**_ENVIRON, **_scratch_places(namespaces, built), **_trees(built)},
            "preload": environment.imports,
            "prepare": environment.prepare,
            "limits": limits.to_json(),
            "drop_to": drop_to,
            "local_sockets": environment.local_sockets,
        }

    def _handshake(self) -> dict[str, Any]:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            readable, _, _ = select.select([self.socket], [], [], deadline - time.monotonic())
            message = self._receive() if readable else None
            if message is None:
                reason = "ended" if readable else f"did not start in {_START_SECONDS:.0f} s"
                raise HarnessError(f"the zygote {reason}: {self.log_tail() or 'no output'}")
            if message["event"] == "refused":
                raise JailRefused(message["error"])
            if message["event"] == "failed":
                raise HarnessError(f"the zygote could not start: {message['error']}")
            if message["event"] == "ready":
                return message

    def log_tail(self) -> str:
        """The end of what warden and zygote printed."""
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - 2000))
        return self._log.read().decode(errors="replace").strip()

    def start_child(self, identity: int, descriptors: list[int], without: list[str]) -> None:
        """Fork a runner that answers on the first descriptor and prints to the second; a third
        is a memory cgroup to enter. `without` leaves walls away, for probes."""
        self._send({"op": "child", "id": identity, "without": without}, descriptors)

    def kill(self, identity: int) -> None:
        self._send({"op": "kill", "id": identity})

    def _send(self, message: Any, descriptors: list[int] | None = None) -> None:
        data = json.dumps(message).encode()
        try:
            if descriptors:
                socket.send_fds(self.socket, [data], descriptors)
            else:
                self.socket.send(data)
        except OSError as error:
            raise HarnessError(f"the jail's warden is gone: {error}. {self.log_tail()}") from error

    def messages(self) -> list[dict[str, Any]]:
        """All messages that have come; HarnessError once the warden is gone."""
        found: list[dict[str, Any]] = []
        while True:
            try:
                message = self._receive()
            except BlockingIOError:
                return found
            if message is None or message["event"] == "failed":
                reason = message["error"] if message else "its warden ended"
                raise HarnessError(f"the jail is gone: {reason}. {self.log_tail()}")
            found.append(message)

    def _receive(self) -> dict[str, Any] | None:
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionResetError:
            return None
        return json.loads(data) if data else None

    def close(self) -> None:
        """End warden, zygote and children, and remove what they wrote."""
        self.socket.close()
        process = getattr(self, "_process", None)
        if process is not None:
            process.kill()
            process.wait()
        self._log.close()
        if self._held is not None:
            scratch.remove(self._scratch)
            os.close(self._held)
            self._held = None


def _scratch_places(namespaces: bool, built: Built) -> dict[str, str]:
    """Where scratch is, if not in /tmp: what is shown beneath /tmp makes a read-only folder of the
    jail's own, which else leads to scratch."""
    if not (namespaces and any(path.is_relative_to("/tmp") for path in built.read_only)):
        return {}
    return {"HOME": rootfs.SCRATCH, "TMPDIR": rootfs.SCRATCH}


def _hidden_paths(environment: Environment, built: Built) -> list[str]:
    """Where the files of hidden packages are: the package, or the module, and its metadata's list
    of what is in it stays."""
    places = [*built.prefix.glob("lib*/python3*/site-packages"), *built.trees]
    found = (
        place / name
        for place in {place.resolve() for place in places}
        for package in environment.hidden
        for name in (package, f"{package}.py")
    )
    return sorted(str(path) for path in found if path.exists())


def _trees(built: Built) -> dict[str, str]:
    return {"ASSAY_TREES": os.pathsep.join(map(str, built.trees))} if built.trees else {}


# The far side is a package of its own: found beneath this one's folder, never as part of assay.
_WARDEN = "import sys; sys.path.append(sys.argv[1]); from inside.warden import main; main()"
_ZYGOTE = "import sys; sys.path.append(sys.argv[1]); from inside.zygote import main; main()"
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")
_SYSTEM_READ = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", *_DEVICES,
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
    "/sys/devices/system/cpu", "/proc/cpuinfo", "/proc/meminfo", "/proc/self", "/proc/stat",
)  # fmt: skip
# Scrubbed: nothing of the user's. One thread: a pool started before a fork hangs its children.
_ENVIRON = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/tmp",
    "TMPDIR": "/tmp",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "MPLBACKEND": "Agg",
    "CUDA_VISIBLE_DEVICES": "",
    "TOKENIZERS_PARALLELISM": "false",
    "JOBLIB_MULTIPROCESSING": "0",
}
