"""What `assay doctor` asks: what holds here, and how to get what does not."""

from __future__ import annotations

from pathlib import Path

from assay.core.words import Limits
from assay.engine import environments
from assay.engine.levels import Protection
from assay.engine.protection import open_pool

_APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_MOST_NAMESPACES = Path("/proc/sys/user/max_user_namespaces")
_ADVICE = {
    "landlock": "needs Linux 5.13 or newer with Landlock among the active LSMs (add landlock to "
    "lsm= on the kernel command line); WSL 2 wants a recent kernel: wsl --update",
    "seccomp": "needs a kernel with seccomp filters, on x86-64 or 64-bit Arm",
    "limits": "the limits of this process could not be lowered for its children; is a hard limit "
    "in the way (ulimit -a)?",
    "privileges": "the kernel does not honour no-new-privileges; it is older than Linux 3.5",
    "memory": "neither a memory cgroup nor polling stopped a hoarder in time; run as root, or in "
    "a systemd user session with delegated memory cgroups",
}


def diagnose() -> Protection:
    """Start a jail around the plain interpreter, and attack it."""
    environment = environments.PYTHON
    pool = open_pool(environment, environments.prepare(environment), Limits(), 1)
    try:
        return pool.protection
    finally:
        pool.close()


def advice(layer: str) -> str:
    """How to get a layer that is missing here."""
    if layer in _ADVICE:
        return _ADVICE[layer]
    if _reads(_APPARMOR) == "1":
        return (
            "AppArmor hands out user namespaces and denies them capabilities (Ubuntu 24.04 and "
            "newer): sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or give this "
            "interpreter an AppArmor profile with `userns,`"
        )
    if _reads(_MOST_NAMESPACES) == "0":
        return "user namespaces are switched off: sudo sysctl user.max_user_namespaces=10000"
    return (
        "a container that forbids user namespaces, most likely: start it with its own seccomp "
        "profile that allows unshare, setns, mount and pivot_root (docker run --security-opt "
        "seccomp=…, podman likewise), or run assay outside of it"
    )


def _reads(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
