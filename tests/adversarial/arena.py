"""Runs the attacks where they cannot hurt: in namespaces and under limits of its own, with bait.

    python arena.py '{"jail": "whole", "uid": null, "attacks": [], "directory": "/tmp/…"}'

prints one JSON object: the verdicts, and everything that changed outside the jail. `jail` is
"whole", "restricted" (user namespaces are refused, as many containers do) or "none" (no wall at
all: shows that an attack works). `uid` runs all of it as that user; with `abandon` the controller
is killed in the middle. Exit status 75 and a line that
says why: this machine cannot contain the attacks, so they are not run.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import resource
import secrets
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
for entry in (str(TESTS.parent), str(TESTS.parent / "src")):
    if entry not in sys.path:
        sys.path.insert(0, entry)

from assay.core.words import Limits  # noqa: E402
from assay.engine import cgroups  # noqa: E402
from assay.engine.inside import kernel, namespaces, seccomp  # noqa: E402
from tests.adversarial import attacks as table  # noqa: E402
from tests.adversarial import forgeries  # noqa: E402

CANNOT_CONTAIN = 75
MARK_LENGTH = 16
HONEST = {
    "square": "def answer(n):\n    return n * n + 1\n",
    "once": "def answer(n):\n    return n * n + 1\n",
    "refuse": "def answer(n):\n    raise ValueError if n < 5 else KeyError\n",
    "ratio": "def answer(n):\n    return 0.7312\n",
    "held": "def answer(n):\n    return n * n + 1\n",
    "variable": "def answer(n):\n    return n * n + 1\n",
    "joined": "def answer(n):\n    return n * n + 1\n",
}
LIMITS = Limits(
    check_cpu_seconds=1, candidate_cpu_seconds=2.5, check_wall_seconds=2.5, memory_bytes=192 << 20,
    scratch_bytes=16 << 20, output_bytes=16 << 20, processes=64,
)  # fmt: skip
_MOST_PROCESSES, _MOST_MEMORY = 4000, 6 << 30
_EVERY = 6
_OUTER = (
    kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS
)  # fmt: skip


@dataclass
class Plan:
    """What to run, and as whom."""

    directory: str
    jail: str = "whole"
    uid: int | None = None
    attacks: list[str] = field(default_factory=list)
    layers: list[str] = field(default_factory=list)
    abandon: bool = False


# ------------------------------------------------------------------------------------- containment


def contain(plan: Plan) -> None:
    """Come back in namespaces of our own; the process that was called waits, and cleans up."""
    group = _own_cgroup()
    try:
        _into_namespaces(plan)
    except OSError as error:
        sys.stdout.write(f"cannot contain the attacks here: {error}\n")
        raise SystemExit(CANNOT_CONTAIN) from None
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if group is not None:
            with contextlib.suppress(OSError):
                (group.parent / "cgroup.procs").write_text(str(os.getpid()))
                group.rmdir()
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.mount("proc", "/proc", "proc", 0)
    _raise_loopback()
    worker = os.fork()
    if worker:
        _be_init(worker)
    os.setsid()
    _weaken(plan)
    resource.setrlimit(resource.RLIMIT_NPROC, (_MOST_PROCESSES, _MOST_PROCESSES))


def _own_cgroup() -> Path | None:
    """A memory cgroup around everything, where this process may have one (version 1)."""
    for parent, version in cgroups._parents():
        directory = parent / f"arena-{os.getpid()}"
        try:
            directory.mkdir()
        except OSError:
            continue
        if version == 1:
            (directory / "memory.limit_in_bytes").write_text(str(_MOST_MEMORY))
            (directory / "cgroup.procs").write_text(str(os.getpid()))
            return directory
        directory.rmdir()
    return None


def _peak() -> int | None:
    """The most memory that the arena has held, where its cgroup knows."""
    for parent, _ in cgroups._parents():
        with contextlib.suppress(OSError):
            if parent.name.startswith("arena-"):
                return int((parent / "memory.max_usage_in_bytes").read_text())
    return None


def _into_namespaces(plan: Plan) -> None:
    if os.geteuid() != 0:
        _own_user_namespace()
    kernel.unshare(_OUTER)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("arena", plan.directory, "tmpfs", 0, "mode=1777,size=2g")
    kernel.mount("shm", "/dev/shm", "tmpfs", 0, "mode=1777,size=512m")
    if plan.uid is not None:
        for path in {sys.base_prefix, sys.prefix, str(TESTS.parent)}:
            _open_way_to(path)


def _own_user_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    kernel.unshare(kernel.CLONE_NEWUSER)
    namespaces.map_ids(uid, uid, gid)


def _open_way_to(path: str) -> None:
    """Where only root may pass, an empty directory that all may pass, with `path` in it again."""
    for blocked in reversed(Path(path).parents):
        if blocked.stat().st_mode & 0o005 != 0o005:
            held = os.open(path, os.O_PATH | os.O_CLOEXEC)
            kernel.mount("open", str(blocked), "tmpfs", 0, "mode=755")
            os.makedirs(path)
            kernel.mount(f"/proc/self/fd/{held}", path, None, kernel.MS_BIND | kernel.MS_REC)
            os.close(held)
            return


def _raise_loopback() -> None:
    get_flags, set_flags, up = 0x8913, 0x8914, 1
    with socket.socket() as link:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(link, get_flags, request))[1]
        fcntl.ioctl(link, set_flags, struct.pack("16sH14x", b"lo", flags | up))


def _be_init(worker: int) -> None:
    """Bury what is orphaned; end, and with it everything, when the worker ends."""
    while True:
        pid, status = os.wait()
        if pid == worker:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _weaken(plan: Plan) -> None:
    if plan.uid is not None:
        os.setgroups([])
        os.setresgid(plan.uid, plan.uid, plan.uid)
        os.setresuid(plan.uid, plan.uid, plan.uid)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    if plan.jail != "restricted":
        if os.geteuid() != 0:
            kernel.set_capabilities(0)
        return
    if os.geteuid() == 0:
        drop_from_bounds, admin = 24, 21
        kernel.prctl(drop_from_bounds, admin)
        kernel.set_capabilities(_capabilities() & ~(1 << admin))
        return
    if plan.uid is not None:
        _own_user_namespace()
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    kernel.set_capabilities(0)


def _capabilities() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff"))


# -------------------------------------------------------------------------------------------- bait


class Bait:
    """What the attacks are after, and how it was before them."""

    def __init__(self, directory: Path) -> None:
        self.controller = os.getpid()
        self.secret, self.mark = secrets.token_hex(12), "through-" + secrets.token_hex(6)
        self.expected = secrets.token_hex(12)
        self.directory = directory
        self.home, self.repository = directory / "home", directory / "repository"
        self.open, self.temporary = directory / "open", directory / "temporary"
        for place in (self.home, self.home / ".ssh", self.repository, self.open, self.temporary):
            place.mkdir()
            place.chmod(0o777)
        for path in (
            directory / "secret", self.home / ".ssh" / "id_ed25519", self.home / ".netrc",
            self.repository / "config", self.open / "file",
        ):  # fmt: skip
            path.write_text(self.secret)
            path.chmod(0o666)
        os.environ.update(
            HOME=str(self.home), TMPDIR=str(self.temporary), ASSAY_KEY=self.secret,
            ASSAY_CACHE=str(directory / "cache"),
        )  # fmt: skip
        self.received = directory / "received"
        self.received.touch()
        self._listen()
        self._start_victim()
        self.before = self.seen()

    def _listen(self) -> None:
        tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        abstract = socket.socket(socket.AF_UNIX)
        datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        by_path = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        names = [f"arena-{secrets.token_hex(4)}" for _ in range(2)]
        addresses: list[Any] = [("127.0.0.1", 0), ("127.0.0.1", 0), "\0" + names[0]]
        addresses += ["\0" + names[1], str(self.directory / "datagrams")]
        for link, address in zip((tcp, udp, abstract, datagrams, by_path), addresses, strict=True):
            link.bind(address)
        os.chmod(self.directory / "datagrams", 0o777)
        for link in (tcp, abstract):
            link.listen()
            threading.Thread(target=self._accept, args=(link,), daemon=True).start()
        for link in (udp, datagrams, by_path):
            threading.Thread(target=self._receive, args=(link,), daemon=True).start()
        self.ports = (tcp.getsockname()[1], udp.getsockname()[1])
        self.abstract = names

    def _accept(self, link: socket.socket) -> None:
        while True:
            peer, _ = link.accept()
            peer.settimeout(1)
            with contextlib.suppress(OSError):
                self._note(peer.recv(100))
            peer.close()

    def _receive(self, link: socket.socket) -> None:
        while True:
            self._note(link.recv(100))

    def _note(self, data: bytes) -> None:
        with self.received.open("a") as file:
            file.write((data.decode("latin-1") or "(connected)") + "\n")

    def _start_victim(self) -> None:
        program = (
            "import ctypes, os, sys, time\n"
            "kept = ctypes.create_string_buffer(os.environb[b'ASSAY_KEY'], 4096)\n"
            "print(ctypes.addressof(kept), flush=True)\n"
            "time.sleep(10000)\n"
        )
        python = os.path.realpath(sys.executable)
        self._process = subprocess.Popen(
            [python, "-I", "-c", program], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.victim = self._process.pid
        self.victim_address = int(self._process.stdout.readline())
        libc = ctypes.CDLL(None)
        self.segment, self.queue = 0x61730001, 0x61730002
        libc.shmget(self.segment, 4096, 0o1666)
        libc.msgget(self.queue, 0o1666)

    def places(self, questions: int) -> dict[str, object]:
        """What an attack is told: where everything is, not what it says."""
        column = list(seccomp._ARCHITECTURE).index(kernel.MACHINE)
        numbers = {name: pair[column] for name, pair in seccomp.DENIED.items()}
        return {
            "mark": self.mark,
            "calls": {name: number for name, number in numbers.items() if number is not None},
            "secret": str(self.directory / "secret"),
            "home": str(self.home),
            "repository": str(self.repository),
            "open": str(self.open),
            "open_file": str(self.open / "file"),
            "temporary": str(self.temporary),
            "victim": self.victim,
            "victim_address": self.victim_address,
            "controller": self.controller,
            "tcp": self.ports[0],
            "udp": self.ports[1],
            "abstract": self.abstract[0],
            "abstract_datagram": self.abstract[1],
            "path_datagram": str(self.directory / "datagrams"),
            "key": "ASSAY_KEY",
            "segment": self.segment,
            "queue": self.queue,
            "questions": questions,
            "most_questions": 12,
            "expected_marker": self.expected[:12],
            "expected_rest": self.expected[12:],
        }

    def seen(self) -> dict[str, Any]:
        """What an attack could have changed."""
        files = {}
        for place in (self.home, self.repository, self.open, self.directory / "secret"):
            for path in [place, *place.rglob("*")]:
                about = path.lstat()
                text = _text(path)
                files[str(path.relative_to(self.directory))] = [
                    about.st_mode, about.st_uid, about.st_mtime if path.is_file() else 0, text,
                ]  # fmt: skip
        alive = self._process.poll() is None
        return {
            "files": files,
            "shared memory": sorted(os.listdir("/dev/shm")),
            "temporary": sorted(p.name for p in self.temporary.iterdir()),
            "received": self.received.read_text().split(),
            "processes": sorted(_strangers({self.victim})),
            "victim": _state(self.victim) if alive else "dead",
            "controller": _state(os.getpid()),
        }


def _text(path: Path) -> str:
    try:
        return path.read_text() if path.is_file() else ""
    except OSError:
        return "(cannot be read)"


def _state(pid: int) -> list[Any]:
    return [
        os.getpriority(os.PRIO_PROCESS, pid), sorted(os.sched_getaffinity(pid)),
        os.sched_getscheduler(pid), resource.prlimit(pid, resource.RLIMIT_NOFILE),
    ]  # fmt: skip


def _strangers(known: set[int]) -> list[str]:
    """Processes that are neither ours nor the arena's."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in {1, os.getpid(), *known}:
            with contextlib.suppress(OSError):
                state = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[0]
                if state != "Z":
                    found.append(Path(f"/proc/{name}/cmdline").read_text().replace("\0", " ")[:80])
    return found


# -------------------------------------------------------------------------------------------- runs


def chosen(plan: Plan) -> list[table.Attack]:
    """The attacks that the plan names, or all in value mode."""
    everything = (*forgeries.value_mode(), *forgeries.CAUGHT, *forgeries.REMAINING)
    if not plan.attacks:
        return list(forgeries.value_mode())
    return [attack for attack in everything if attack.name in plan.attacks]


def run_whole(plan: Plan, bait: Bait) -> dict[str, Any]:
    """Through the public door, with honest programs among the attacks."""
    import assay

    checks = {
        "square": [
            assay.Check("three", "square", call="answer(3)", expected=10),
            assay.Check("twelve", "square", call="answer(12)", expected=145),
        ],
        "once": [assay.Check("once", "once", call="answer(3)", expected=10)],
        "refuse": [
            assay.Check("value", "refuse", call="answer(3)", raises="ValueError"),
            assay.Check("key", "refuse", call="answer(7)", raises="KeyError"),
        ],
        "ratio": [assay.Check("ratio", "ratio", call="answer(1)", expected=0.7312)],
        "unknown": [assay.Check("unknown", "unknown", call="answer(1)", expected=bait.expected)],
        "held": [
            assay.Check("one", "held", code="assert answer(3) == 10\nassert answer(4) == 17"),
        ],
        "variable": [assay.Check("named", "variable", code="n = answer(12)\nassert n == 145")],
        "joined": [
            assay.Check("both", "joined", code="assert answer(3) == 10 and answer(4) == 17"),
        ],
    }
    candidates = []
    told = {name: bait.places(len(asked)) for name, asked in checks.items()}
    for number, attack in enumerate(chosen(plan)):
        code = table.program(attack, told[attack.task])
        candidates.append(assay.Candidate(attack.name, attack.task, code))
        if number % _EVERY == 0:
            comment = f"honest_{number} = {number}\n"  # or it would be run once for all
            candidates.append(
                assay.Candidate(f"honest {number}", "square", comment + HONEST["square"])
            )
    used = {candidate.task for candidate in candidates}
    candidates += [
        assay.Candidate(f"honest {task}", task, code)
        for task, code in HONEST.items()
        if task in used
    ]
    asked = [check for task in sorted(used) for check in checks[task]]
    started = time.monotonic()
    matrix = assay.run(
        candidates, asked, limits=LIMITS, store=bait.directory / "store.sqlite", workers=2,
        out=bait.directory / "matrix",
    )  # fmt: skip
    verdicts: dict[str, list[Any]] = {}
    for verdict in matrix.verdicts():
        evidence = verdict.evidence.to_json()
        about = [verdict.outcome.label, verdict.protection, evidence, verdict.cpu_seconds]
        verdicts.setdefault(verdict.candidate, []).append(about)
    return {
        "seconds": time.monotonic() - started,
        "verdicts": verdicts,
        "protection": sorted({seen[0][1] for seen in verdicts.values()}),
        "harness_notes": matrix.extra.get("harness_notes"),
        "missing": matrix.extra.get("missing_layers"),
        "memory_by": matrix.extra.get("memory_by"),
    }


def run_bare(plan: Plan, bait: Bait) -> dict[str, Any]:
    """Behind some of the walls only, to show that an attack works where the others are gone."""
    from assay.core.words import Environment
    from assay.engine import environments
    from assay.engine.child import Job
    from assay.engine.jail import Setup
    from assay.engine.pool import Pool

    environment = Environment("bare", imports=("ctypes", "fcntl", "mmap", "resource", "socket"))
    found = chosen(plan)
    jobs = [
        Job(number, table.program(attack, bait.places(1)), (("call", "answer(3)"),))
        for number, attack in enumerate(found)
    ]
    bait.controller = bait.victim  # without walls, the attack on the controller would end this
    setup = Setup("namespaces" in plan.layers, tuple(set(plan.layers) - {"namespaces"}))
    verdicts: dict[str, list[Any]] = {}
    started = time.monotonic()
    with Pool(environment, environments.prepare(environment), LIMITS, setup, 1) as pool:
        for answer in pool.run(jobs):
            if answer is not None:
                seen = answer.observation
                about = {"value": seen.payload.decode("latin-1"), "output": seen.output}
                verdicts[found[answer.key].name] = [[seen.kind, "none", about, seen.cpu_seconds]]
    return {"seconds": time.monotonic() - started, "verdicts": verdicts, "protection": ["none"]}


def run_abandoned(plan: Plan, bait: Bait) -> dict[str, Any]:
    """A controller that is killed while its candidates hold out against everything."""
    controller = os.fork()
    if controller == 0:
        run_whole(plan, bait)
        os._exit(0)
    running = _when_busy({bait.victim, controller})
    os.kill(controller, signal.SIGKILL)
    os.waitpid(controller, 0)
    time.sleep(1)
    return {"running": running}


def _when_busy(known: set[int]) -> int:
    """Wait, half a minute at most, until candidates run beside warden and zygote, and go on."""
    deadline = time.monotonic() + 30
    lasted = running = 0
    while lasted < 4 and time.monotonic() < deadline:
        time.sleep(0.25)
        running = len(_strangers(known))
        lasted = lasted + 1 if running >= 4 else 0
    return running


def report(plan: Plan) -> dict[str, Any]:
    """Run, then look at everything that an attack could have reached."""
    bait = Bait(Path(plan.directory))
    result: dict[str, Any] = {"plan": asdict(plan), "crash": None, "verdicts": {}}
    try:
        how = run_abandoned if plan.abandon else run_bare if plan.jail == "none" else run_whole
        result.update(how(plan, bait))
    except BaseException as error:
        import traceback

        result["crash"] = "".join(traceback.format_exception(error))[-3000:]
    time.sleep(0.5)  # for what was left behind to show itself
    after = bait.seen()
    result["changed"] = {
        name: [bait.before[name], value]
        for name, value in after.items()
        if value != bait.before[name]
    }
    result["secrets"] = sorted(_tellers(result["verdicts"], (bait.secret, bait.mark)))
    result["expected_told"] = sorted(_tellers(result["verdicts"], (bait.expected,)))
    result["left"] = sorted(
        path.name for path in bait.temporary.iterdir() if path.name.startswith("assay-")
    )
    result["peak"] = _peak()
    bait._process.kill()
    return result


def _tellers(verdicts: dict[str, list[Any]], words: tuple[str, ...]) -> set[str]:
    """Candidates whose evidence says what they cannot know. What we expected stands in
    `difference`, which is the controller's own."""
    return {
        name
        for name, seen in verdicts.items()
        for _, _, evidence, _ in seen
        for part, text in evidence.items()
        if part != "difference" and any(word in text for word in words)
    }


def main() -> None:
    plan = Plan(**json.loads(sys.argv[1]))
    contain(plan)
    sys.stdout.write(json.dumps(report(plan)))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
