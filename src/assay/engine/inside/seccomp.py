"""The system calls that no candidate may make, as a seccomp filter.

A list of what is denied rather than of what is allowed: numerical libraries use a wide and moving
set of calls, so an allow-list would break correct programs at each release. What is newer than
anything known here is denied as "not implemented", and so is any foreign calling convention.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Iterable

from . import kernel

# name: (x86_64, aarch64); None where an architecture lacks it.
DENIED = {
    # reaching into other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    "migrate_pages": (256, 238), "move_pages": (279, 239),
    # new namespaces and mounts
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467), "statmount": (457, 457), "listmount": (458, 458),
    # kernel surface that programs under test have no use for, and attackers have
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "userfaultfd": (323, 282), "perf_event_open": (298, 241), "bpf": (321, 280),
    "fanotify_init": (300, 262), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "personality": (135, 92), "seccomp": (317, 277), "quotactl": (179, 60),
    "quotactl_fd": (443, 443), "lookup_dcookie": (212, 18), "modify_ldt": (154, None),
    "iopl": (172, None), "ioperm": (173, None), "uselib": (134, None), "ustat": (136, None),
    "sysfs": (139, None), "_sysctl": (156, None), "nfsservctl": (180, 42), "acct": (163, 89),
    "io_setup": (206, 0), "vhangup": (153, 58), "syslog": (103, 116), "vmsplice": (278, 75),
    # the machine itself
    "reboot": (169, 142), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "swapon": (167, 224), "swapoff": (168, 225), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171),
    "sethostname": (170, 161), "setdomainname": (171, 162),
    # memory that no limit sees, and System V and POSIX queues
    "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "shmdt": (67, 197),
    "semget": (64, 190), "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192),
    "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187),
    "mq_open": (240, 180), "mq_unlink": (241, 181),
    # the network: sockets come in pairs or not at all
    "socket": (41, 198),
}  # fmt: skip
# clone3 hides its flags behind a pointer; as "not implemented" libc falls back to clone.
UNIMPLEMENTED = {"clone3": (435, 435)}
# Without a pid namespace a process could leave its group, or signal its neighbours.
GROUP_LEAVING = {"setsid": (112, 157), "setpgid": (109, 154)}
SIGNALLING = {
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
}  # fmt: skip

# Where a candidate has the user's own uid, these reach all that is the user's, and Landlock has no
# say in them. They do nothing and say that all went well: copying a file calls them.
PRETENDED = {
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "removexattrat": (466, 466), "file_setattr": (469, 469),
}  # fmt: skip
# Of processes that only share the uid, pid 1 of the slot say: 0 is oneself.
SCHEDULING = {
    "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274),
}  # fmt: skip
_CLONE, _PRLIMIT, _IOCTL, _SOCKETPAIR = (56, 220), (302, 261), (16, 29), (53, 199)
_SETPRIORITY, _IOPRIO_SET, _SOCKET = (141, 140), (251, 30), (41, 198)
_NEWEST_KNOWN = 470
_ARCHITECTURE = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_NAMESPACES = (
    0x02000000 | 0x00020000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
)
# The zygote's child instead of the candidate's own: left unburied, it would hold up the slot.
_CLONE_PARENT = 0x8000
_TIOCSTI, _TIOCLINUX, _AF_UNIX = 0x5412, 0x541C, 1
# In the numbers of SOCK_DGRAM and SOCK_RAW, not in those of SOCK_STREAM and SOCK_SEQPACKET: one of
# a pair of datagram sockets can be sent from to any other.
_DATAGRAM_BIT = 2
_PRIO_PROCESS, _IOPRIO_WHO_PROCESS = 0, 1

_LOAD, _EQUAL, _ABOVE, _ATLEAST, _ANYBIT, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT = 0, 4, 16


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)


def _return_errno(value: int) -> bytes:
    return _step(_RETURN, _ERRNO | value)


def _argument_guard(number: int, *tests: tuple[int, int, int, bool]) -> list[bytes]:
    """For one call: test one argument after another, deny on the first hit, allow otherwise."""
    body = []
    for index, code, value, deny_when in tests:
        deny_next, skip_next = (0, 1) if deny_when else (1, 0)
        body.append(_step(_LOAD, _FIRST_ARGUMENT_AT + 8 * index))
        body += [_step(code, value, deny_next, skip_next), _return_errno(errno.EPERM)]
    body.append(_step(_RETURN, _ALLOW))
    return [_step(_EQUAL, number, 0, len(body)), *body]


def program(
    in_pid_namespace: bool,
    shares_uid: bool = False,
    own_pid: int = 0,
    local_sockets: bool = False,
) -> bytes:
    """The filter as bytes of BPF instructions.

    Without a pid namespace, process groups cannot be left: killing the group then kills
    everything. With `shares_uid`, what belongs to that uid is kept from change. With `own_pid`,
    that is the only process that may be signalled. With `local_sockets`, stream sockets of the
    machine's own kind can be made.
    """
    column, architecture = _ARCHITECTURE[kernel.MACHINE]
    steps = [
        _step(_LOAD, _ARCH_AT),
        _step(_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER_AT),
        # Above: newer than this list, or x86's second calling convention (x32).
        _step(_ATLEAST, _NEWEST_KNOWN, 0, 1),
        _return_errno(errno.ENOSYS),
    ]
    denied = {**DENIED, **({} if in_pid_namespace else GROUP_LEAVING)}
    if local_sockets:
        del denied["socket"]
    for numbers in UNIMPLEMENTED.values():
        steps += [_step(_EQUAL, numbers[column], 0, 1), _return_errno(errno.ENOSYS)]
    for first, last in _runs(pair[column] for pair in denied.values()):
        # At least `first` and not above `last`: on to the return, else over it.
        steps += [_step(_ATLEAST, first, 0, 2), _step(_ABOVE, last, 1, 0)]
        steps.append(_return_errno(errno.EPERM))
    if shares_uid:
        for first, last in _runs(pair[column] for pair in PRETENDED.values()):
            steps += [_step(_ATLEAST, first, 0, 2), _step(_ABOVE, last, 1, 0), _return_errno(0)]
    steps += _argument_guard(_CLONE[column], (0, _ANYBIT, _NAMESPACES | _CLONE_PARENT, True))
    # A limit or a priority of another process, the reaper's say, is not the candidate's to change.
    for number in (_PRLIMIT, *SCHEDULING.values()):
        steps += _argument_guard(number[column], (0, _EQUAL, 0, False))
    for number, process in ((_SETPRIORITY, _PRIO_PROCESS), (_IOPRIO_SET, _IOPRIO_WHO_PROCESS)):
        tests = (0, _EQUAL, process, False), (1, _EQUAL, 0, False)
        steps += _argument_guard(number[column], *tests)
    tests = (0, _EQUAL, _AF_UNIX, False), (1, _ANYBIT, _DATAGRAM_BIT, True)
    steps += _argument_guard(_SOCKETPAIR[column], *tests)
    if local_sockets:
        steps += _argument_guard(_SOCKET[column], *tests)
    tests = (1, _EQUAL, _TIOCSTI, True), (1, _EQUAL, _TIOCLINUX, True)
    steps += _argument_guard(_IOCTL[column], *tests)
    if own_pid:
        for number in SIGNALLING.values():
            steps += _argument_guard(number[column], (0, _EQUAL, own_pid, False))
    steps.append(_step(_RETURN, _ALLOW))
    return b"".join(steps)


def _runs(numbers: Iterable[int | None]) -> list[tuple[int, int]]:
    """Neighbouring numbers as ranges: a third of the steps, and every child compiles them."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(number for number in numbers if number is not None):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def install(steps: bytes) -> None:
    """Put the filter on this process and all that it will start. Needs no-new-privileges."""
    filter_ = _Program(len(steps) // 8, steps)
    kernel.prctl(kernel.PR_SET_SECCOMP, kernel.SECCOMP_MODE_FILTER, ctypes.addressof(filter_))
