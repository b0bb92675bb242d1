"""Landlock: which files may be read and written, no TCP, no signals or sockets out of the jail."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable

from . import kernel

_READ = 0b1101  # execute, read file, read directory
_ALL_1 = (1 << 13) - 1
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_FILE_RIGHTS = 0b111 | _TRUNCATE | _IOCTL_DEVICE
_TCP = 0b11  # bind, connect
_SCOPES = 0b11  # abstract sockets, signals
_PATH_BENEATH = 1
BOUNDS_SIGNALS = 6  # the first version that does


def version() -> int:
    """The Landlock version of this kernel, 0 where there is none."""
    try:
        return kernel.syscall("landlock_create_ruleset", None, 0, 1)
    except OSError:
        return 0


def ruleset(read: Iterable[str], write: Iterable[str]) -> int:
    """A descriptor of rules: read and execute beneath `read`, anything beneath `write`."""
    abi = version()
    if not abi:
        raise OSError(38, "this kernel has no Landlock")
    handled = _ALL_1
    handled |= _REFER if abi >= 2 else 0
    handled |= _TRUNCATE if abi >= 3 else 0
    handled |= _IOCTL_DEVICE if abi >= 5 else 0
    attributes = struct.pack("<QQQ", handled, _TCP if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    attributes = attributes[: 8 if abi < 4 else 16 if abi < 6 else 24]
    descriptor = kernel.syscall("landlock_create_ruleset", attributes, len(attributes), 0)
    for paths, rights in ((read, _READ), (write, handled)):
        for path in paths:
            _allow(descriptor, path, rights & handled)
    return descriptor


def _allow(descriptor: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _FILE_RIGHTS
        rule = struct.pack("<Qi", rights, place)
        kernel.syscall("landlock_add_rule", descriptor, _PATH_BENEATH, rule, 0)
    finally:
        os.close(place)


def restrict(descriptor: int) -> None:
    """Bind this process and all that it will start to the rules. Needs no-new-privileges."""
    kernel.syscall("landlock_restrict_self", descriptor, 0)
