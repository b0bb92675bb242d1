"""Arenas, each run once: who attacks whom behind which walls."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.adversarial.arena import CANNOT_CONTAIN

ARENA = Path(__file__).parent / "arena.py"
NOBODY_IN_PARTICULAR = 61_361
_LONGEST = 200


@dataclass(frozen=True)
class Report:
    """What an arena found. `changed` is what was different outside the jail afterwards."""

    found: dict[str, Any]

    @property
    def changed(self) -> dict[str, Any]:
        found: dict[str, Any] = self.found["changed"]
        return found

    def outcomes(self, name: str) -> list[str]:
        return [seen[0] for seen in self.found["verdicts"][name]]

    def attackers(self) -> list[str]:
        return [name for name in self.found["verdicts"] if not name.startswith("honest")]

    def honest(self) -> list[str]:
        return [name for name in self.found["verdicts"] if name.startswith("honest")]


Arenas = Callable[..., Report]


@pytest.fixture(scope="session")
def arenas() -> Iterator[Arenas]:
    """`arenas(jail=…, as_user=…, attacks=…)` → its report; the same arena is run only once.

    The test is skipped where this machine cannot contain the attacks, or has no other user.
    """
    known: dict[str, Report | str] = {}
    home = Path(tempfile.mkdtemp(prefix="arenas-"))
    home.chmod(0o755)

    def arena(*, as_user: bool = False, **plan: Any) -> Report:
        if as_user and os.geteuid() != 0:
            pytest.skip("this is an ordinary user already")
        plan["uid"] = NOBODY_IN_PARTICULAR if as_user else None
        key = json.dumps(plan, sort_keys=True)
        if key not in known:
            known[key] = _run(plan | {"directory": tempfile.mkdtemp(dir=home)})
        report = known[key]
        if isinstance(report, str):
            pytest.skip(report)
        return report

    yield arena
    shutil.rmtree(home, ignore_errors=True)


def _run(plan: dict[str, Any]) -> Report | str:
    os.chmod(plan["directory"], 0o755)
    process = subprocess.Popen(
        [sys.executable, str(ARENA), json.dumps(plan)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        out, err = process.communicate(timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        pytest.fail(f"the arena did not end within {_LONGEST} s: something hangs the controller")
    if process.returncode == CANNOT_CONTAIN:
        return out.strip()
    assert process.returncode == 0, f"the arena itself ended with {process.returncode}: {err}"
    return Report(json.loads(out))
