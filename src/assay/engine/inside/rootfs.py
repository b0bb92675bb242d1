"""The file system that a jail sees: the interpreter, the environment, the system's libraries, all
read-only, and an empty place to write. Nothing else of the machine exists in it.

    /usr /lib … , the environment, its base interpreter    bound read-only under their own names
    /assay/inside                                           these files
    /dev/{null,zero,full,random,urandom}
    /private/tmp (= /tmp), /private/shm (= /dev/shm)        a fresh tmpfs for each child
    /proc                                                   a fresh one for each child
"""

from __future__ import annotations

import os
import stat

from . import kernel

_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "alternatives")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_PASSWD = "root:x:0:0::/tmp:/bin/sh\nassay:x:1000:1000::/tmp:/bin/sh\n"
PRIVATE = "/private"
SCRATCH, SHARED_MEMORY = PRIVATE + "/tmp", PRIVATE + "/shm"


def build(inside: str, read_only: list[str]) -> None:
    """Make the tree and move into it. The caller is in a mount namespace of its own."""
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    # Any directory will do: what is mounted on it is seen only in here.
    root = "/tmp" if os.path.isdir("/tmp") else "/var"
    sources = {path: _open_directory(path) for path in _binds(read_only)}
    sources["/assay/inside"] = _open_directory(inside)
    extras = {"/etc/" + name: _open(os.path.realpath("/etc/" + name)) for name in _ETC}
    extras.update({"/dev/" + name: _open("/dev/" + name) for name in _DEVICES})
    extras["/sys/devices/system/cpu"] = _open("/sys/devices/system/cpu")
    links = {path: os.readlink(path) for path in _SYSTEM if os.path.islink(path)}
    host_proc = _open_directory("/proc")

    kernel.mount("assay", root, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=755,size=4m")
    for name in ("proc", "dev", "etc", "private", "private/tmp", "private/shm", "old"):
        os.mkdir(os.path.join(root, name), 0o755)
    for path, target in links.items():
        os.symlink(target, root + path)
    for path, source in sources.items():
        _bind(root, source, path, directory=True)
    for path, extra in extras.items():
        if extra is not None:
            _bind(root, extra, path, directory=_is_directory(extra))
    # A new proc may be mounted in a user namespace only where a whole one is already to be seen.
    _bind(root, host_proc, "/proc", directory=True)
    _write_etc(root)
    if not os.path.lexists(root + "/tmp"):
        os.symlink("private/tmp", root + "/tmp")
    os.symlink("/private/shm", root + "/dev/shm")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", root + "/dev/" + name)
    os.symlink("/proc/self/fd", root + "/dev/fd")

    os.chdir(root)
    kernel.pivot_root(".", "old")
    os.chdir("/")
    kernel.umount("/old")
    os.rmdir("/old")
    kernel.make_read_only("/", recursive=False)


def mount_proc() -> None:
    """A proc of the pid namespace that this process is the first of. Where a container masks
    parts of its own, no new one is allowed: an empty directory then hides the old one."""
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    try:
        kernel.mount("proc", "/proc", "proc", flags | kernel.MS_NOEXEC)
    except OSError:
        kernel.mount("noproc", "/proc", "tmpfs", flags | kernel.MS_RDONLY, "size=4k")


def mount_writable(size: int) -> None:
    """Fresh scratch and shared memory: all that a child can write."""
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    options = f"size={size},nr_inodes=16384,mode=777"
    kernel.mount("scratch", SCRATCH, "tmpfs", flags, options)
    kernel.mount("shm", SHARED_MEMORY, "tmpfs", flags | kernel.MS_NOEXEC, options)


def hide(paths: list[str]) -> None:
    """Lay something empty over files and directories."""
    for path in paths:
        if os.path.isdir(path):
            flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_RDONLY
            kernel.mount("hidden", path, "tmpfs", flags, "size=4k,mode=555")
        else:
            kernel.mount("/dev/null", path, None, kernel.MS_BIND)


def umount_writable() -> None:
    for place in (SCRATCH, SHARED_MEMORY):
        kernel.umount(place)


def _binds(read_only: list[str]) -> list[str]:
    wanted = [path for path in _SYSTEM if os.path.isdir(path) and not os.path.islink(path)]
    wanted += [str(path) for path in read_only]
    # Shortest first, and nothing that already lies beneath another.
    kept: list[str] = []
    for path in sorted(set(wanted), key=len):
        if not any(path == other or path.startswith(other + "/") for other in kept):
            kept.append(path)
    return kept


def _open(path: str) -> int | None:
    try:
        return os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return None


def _open_directory(path: str) -> int:
    return os.open(path, os.O_PATH | os.O_CLOEXEC | os.O_DIRECTORY)


def _is_directory(descriptor: int) -> bool:
    return stat.S_ISDIR(os.fstat(descriptor).st_mode)


def _bind(root: str, descriptor: int, path: str, directory: bool) -> None:
    target = root + path
    if directory:
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    kernel.mount(f"/proc/self/fd/{descriptor}", target, None, kernel.MS_BIND | kernel.MS_REC)
    if path != "/proc":  # a read-only one could only be followed by read-only ones
        kernel.make_read_only(target, devices=path.startswith("/dev/"))
    os.close(descriptor)


def _write_etc(root: str) -> None:
    files = {
        "passwd": _PASSWD,
        "group": "root:x:0:\nassay:x:1000:\n",
        "hosts": "127.0.0.1 localhost\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }
    for name, text in files.items():
        with open(os.path.join(root, "etc", name), "w") as file:
            file.write(text)
