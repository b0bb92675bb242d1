"""The same attacks with the walls gone: they work, so what stops them is the jail.

Contained as ever: an arena's own namespaces and limits are still around them.
"""

from __future__ import annotations

import pytest

from tests.adversarial import attacks
from tests.adversarial.conftest import Arenas, Report

READING = {
    "read_secret", "read_keys", "read_repository", "memory_of_others", "environments_of_others",
    "queues_and_segments", "namespaces", "memory_files", "raw_sockets",
}  # fmt: skip
WRITING = {"write_open_directory", "write_home", "write_repository", "overwrite_open_file"}
SENDING = {"tcp", "udp", "abstract_stream", "datagram_pair"}
OTHERS = {"double_fork", "renice_others"}


@pytest.fixture(scope="module")
def bare(arenas: Arenas) -> Report:
    everything = sorted(READING | WRITING | SENDING | OTHERS)
    return arenas(jail="none", as_user=True, attacks=everything)


def test_without_walls_everything_is_read(bare: Report) -> None:
    assert set(bare.found["secrets"]) >= READING - {"memory_of_others"}


def test_without_walls_everything_is_written(bare: Report) -> None:
    _, files = bare.changed["files"]
    written = {name for _, _, _, text in files.values() for name in WRITING if name in text}
    assert written == WRITING


def test_without_walls_everybody_is_reached(bare: Report) -> None:
    _, received = bare.changed["received"]
    assert set(received) == SENDING


def test_without_walls_daemons_stay_and_processes_are_slowed(bare: Report) -> None:
    assert bare.changed["processes"][1]
    assert bare.changed["victim"][1] != bare.changed["victim"][0]


@pytest.mark.slow
def test_without_landlock_namespaces_and_seccomp_still_hold(arenas: Arenas) -> None:
    """The level `strong`: kernels that have no Landlock, or an old one."""
    tried = (*attacks.FILES, *attacks.NETWORK, *attacks.PROCESSES, *attacks.KERNEL)
    names = [attack.name for attack in tried]
    layers = ["namespaces", "seccomp"]
    report = arenas(jail="none", as_user=True, layers=layers, attacks=names)
    assert report.found["crash"] is None
    assert report.found["secrets"] == []
    assert report.changed == {}
