"""The walls around zygote and runner, in the order in which they must go up."""

from __future__ import annotations

import os
import resource
import sys
from typing import Any

from . import kernel, landlock, scratch, seccomp

SETUP_FAILED = 70
RESULT = 3


class Walls:
    """Knows what this machine allows, and puts it around a process."""

    def __init__(self, start: dict[str, Any]) -> None:
        self.namespaces = start["namespaces"]
        self.layers = set(start["layers"])
        self.has_landlock = "landlock" in self.layers
        self.limits = start["limits"]
        self.drop_to = start["drop_to"]
        self.scratch = start["scratch"]
        self.read, self.write = start["read"], start["write"]
        self.hidden = start["hidden"]
        # Landlock keeps a child from the abstract sockets of its neighbours, its own mounts from
        # all others: without both there are none.
        self.local_sockets = (
            start["local_sockets"] and self.has_landlock
            and landlock.version() >= landlock.BOUNDS_SIGNALS
        )  # fmt: skip
        self.rules: int | None = None
        self.filter: bytes | None = None
        self.private = 0

    def around_zygote(self) -> None:
        """What can be up before the imports without keeping runners from being set up."""
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        if "seccomp" in self.layers and self.namespaces:
            self.filter = seccomp.program(True, local_sockets=self.local_sockets)
        if "landlock" in self.layers:
            self.rules = landlock.ruleset(self.read, self.write)
            if not self.namespaces:
                outer = landlock.ruleset([*self.read, "/proc"], [*self.write, self.scratch])
                landlock.restrict(outer)
                os.close(outer)
        # A process that may read another's memory needs it to be dumpable.
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)

    def close_imports(self) -> None:
        """All is imported: what the zygote holds now is not to count against its children."""
        self.private = _private_bytes()

    def around_runner(self, identity: int, reaper: int | None, descriptors: list[int]) -> int:
        """Every wall, then the result socket: from here on the process is not trusted."""
        result, output, *rest = descriptors
        if reaper is not None:
            kernel.setns(reaper, kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC)
        if rest:
            os.write(rest[0], b"0")  # the memory cgroup, opened by the controller
        place = self._own_place(identity)
        os.setpgid(0, 0) if reaper is None else os.setsid()
        result = self._arrange(result, output)
        self._limit()
        if "landlock" in self.layers:
            landlock.restrict(self._rules_for(place))
        self._drop_privileges()
        if "seccomp" in self.layers:
            seccomp.install(self.filter or self._filter_without_namespaces())
        kernel.close_from(RESULT + 1)
        return result

    def _filter_without_namespaces(self) -> bytes:
        shares_uid = self.drop_to is None
        # Where Landlock bounds signals, a candidate may signal what it started, and nothing else.
        bounded = "landlock" in self.layers and landlock.version() >= landlock.BOUNDS_SIGNALS
        alone = os.getpid() if shares_uid and not bounded else 0
        return seccomp.program(False, shares_uid=shares_uid, own_pid=alone)

    def _own_place(self, identity: int) -> str | None:
        if self.namespaces:
            os.chdir(os.environ["TMPDIR"])
            return None
        place = os.path.join(self.scratch, str(identity))
        os.mkdir(place, 0o700)
        if self.drop_to is not None:
            os.chown(place, self.drop_to + identity % 1000, self.drop_to)
        os.chdir(place)
        os.environ.update(HOME=place, TMPDIR=place)
        return place

    def _rules_for(self, place: str | None) -> int:
        if self.rules is not None and place is None:
            return self.rules
        assert place is not None
        return landlock.ruleset(_around(self.read, self.hidden), [*self.write, place])

    @staticmethod
    def _arrange(result: int, output: int) -> int:
        nothing = os.open("/dev/null", os.O_RDONLY)
        # Descriptors can arrive below 4: lift them out of the way first.
        lifted = [os.dup(descriptor) for descriptor in (result, output)]
        os.dup2(nothing, 0)
        os.dup2(lifted[1], 1)
        os.dup2(lifted[1], 2)
        os.dup2(lifted[0], RESULT, inheritable=False)
        return RESULT

    def _limit(self) -> None:
        limits = self.limits
        seconds = int(limits["candidate_cpu_seconds"]) + 2
        for what, value in (
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_DATA, self.private + limits["memory_bytes"]),
            (resource.RLIMIT_FSIZE, limits["scratch_bytes"]),
            (resource.RLIMIT_NOFILE, limits["files"]),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_MEMLOCK, 1 << 20),
            (resource.RLIMIT_MSGQUEUE, 0),
            (resource.RLIMIT_NPROC, limits["processes"] + self._others()),
        ):
            _, hard = resource.getrlimit(what)
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(what, (value, value))

    def _others(self) -> int:
        """How many processes the limit would count that are not the candidate's."""
        if self.namespaces:
            return 1  # the reaper; the user namespace is the child's own
        if self.drop_to is not None:
            return 0  # a uid of its own
        mine = os.geteuid()
        return sum(
            os.stat("/proc/" + name).st_uid == mine
            for name in os.listdir("/proc")
            if name.isdigit()
        )

    def _drop_privileges(self) -> None:
        mask = 0
        if not self.namespaces and self.drop_to is not None:
            uid = os.stat(".").st_uid
            os.setgroups([])
            # An environment under a home that only root may enter stays readable through this one
            # capability; Landlock says which files, and seccomp bars handles around it.
            mask = 1 << kernel.CAP_DAC_READ_SEARCH if self.has_landlock else 0
            kernel.prctl(kernel.PR_SET_KEEPCAPS, 1 if mask else 0)
            os.setresgid(self.drop_to, self.drop_to, self.drop_to)
            os.setresuid(uid, uid, uid)
        kernel.set_capabilities(mask)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)

    def clear(self, identity: int) -> None:
        """Remove what a child wrote, where it did not go with its namespaces."""
        if not self.namespaces:
            scratch.remove(os.path.join(self.scratch, str(identity)))


def _around(paths: list[str], hidden: list[str]) -> list[str]:
    """The same places without what is hidden beneath them: its neighbours, one by one."""
    kept = []
    for path in paths:
        inside = [one for one in hidden if one == path or one.startswith(path.rstrip("/") + "/")]
        if not inside:
            kept.append(path)
        elif path not in inside:
            kept += _around([os.path.join(path, name) for name in os.listdir(path)], inside)
    return kept


def _private_bytes() -> int:
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmData"))
    except (OSError, StopIteration):
        return 0


assert sys.version_info >= (3, 9), "an environment needs Python 3.9 or newer"
