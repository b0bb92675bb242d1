"""The red team: every attack of tests/adversarial, through assay, and what became of it.

    .venv/bin/python benchmarks/red_team.py [--jail whole|restricted --user UID --brief --json]

Each line is one attack → the outcomes of its checks → did it get out, did it forge a pass. The
attacks run in namespaces, under limits and against bait of their own: nothing of this machine is at
stake. `--user` (as root) runs all of it as that uid; `restricted` refuses user namespaces, as many
containers do. The exit status is 1 if an attack escaped or forged.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.adversarial import forgeries  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jail", choices=("whole", "restricted"), default="whole")
    parser.add_argument("--user", type=int, help="run as this uid (as root only)")
    parser.add_argument("--brief", action="store_true", help="totals, and what got through")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="red-team-")
    Path(directory).chmod(0o755)
    try:
        found = fight(options.jail, options.user, directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    table = summary(found)
    print(json.dumps(table, indent=1)) if options.json else show(table, options.brief)
    return bool(table["escapes"] or table["forged_in_value_mode"] or table["crash"])


def fight(jail: str, user: int | None, directory: str) -> dict[str, Any]:
    """The arena's report on all attacks, those on assertions included."""
    groups = (*forgeries.value_mode(), *forgeries.CAUGHT, *forgeries.REMAINING)
    plan = {
        "jail": jail, "uid": user, "directory": directory,
        "attacks": [attack.name for attack in groups],
    }  # fmt: skip
    arena = ROOT / "tests" / "adversarial" / "arena.py"
    command = [sys.executable, str(arena), json.dumps(plan)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise SystemExit(done.stdout or done.stderr)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def summary(found: dict[str, Any]) -> dict[str, Any]:
    """What each attack came to. What changed outside is put down to whoever's name stands in it,
    and to all together where none does."""
    changed = json.dumps({name: now for name, (_, now) in found["changed"].items()})
    rows = []
    for attack in (*forgeries.value_mode(), *forgeries.CAUGHT, *forgeries.REMAINING):
        seen = [verdict[0] for verdict in found["verdicts"].get(attack.name, [])]
        told = {*found["secrets"], *found["expected_told"]}
        rows.append(
            {
                "attack": attack.name,
                "promise": attack.promise,
                "mode": "assertion" if attack.promise == "assertions" else "value",
                "outcomes": seen,
                "escaped": attack.name in told or f'"{attack.name}"' in changed,
                "forged": "passed" in seen,
            }
        )
    honest = {n: v for n, v in found["verdicts"].items() if n.startswith("honest")}
    forged = [row["attack"] for row in rows if row["forged"] and row["mode"] == "value"]
    remaining = [row["attack"] for row in rows if row["forged"] and row["mode"] != "value"]
    return {
        "protection": found.get("protection"),
        "memory_by": found.get("memory_by"),
        "attacks": rows,
        "escapes": [row["attack"] for row in rows if row["escaped"]] + sorted(found["changed"]),
        "forged_in_value_mode": forged,
        "forged_in_assertion_mode": remaining,
        "honest_that_did_not_pass": [
            n for n, v in honest.items() if {s[0] for s in v} != {"passed"}
        ],
        "honest": len(honest),
        "crash": found["crash"],
        "seconds": round(found.get("seconds") or 0.0, 1),
        "peak_bytes": found["peak"],
    }


def show(table: dict[str, Any], brief: bool) -> None:
    for row in table["attacks"]:
        through = [word for word in ("escaped", "forged") if row[word]]
        if through or not brief:
            outcomes = ", ".join(dict.fromkeys(row["outcomes"]))
            print(
                f"{row['promise']:16} {row['attack']:34} {outcomes:22} {' '.join(through) or '-'}"
            )
    in_value = [row for row in table["attacks"] if row["mode"] == "value"]
    print(
        f"\n{len(in_value)} attacks in value mode, protection "
        f"{', '.join(table['protection'] or [])}, memory by {table['memory_by']}, "
        f"{table['seconds']} s\n"
        f"{len(table['escapes'])} escapes {' '.join(table['escapes'])}\n"
        f"{len(table['forged_in_value_mode'])} forged in value mode "
        f"{' '.join(table['forged_in_value_mode'])}\n"
        f"{len(table['attacks']) - len(in_value)} attacks in assertion mode, "
        f"{len(table['forged_in_assertion_mode'])} forged (docs/security.md lists them)\n"
        f"{table['honest'] - len(table['honest_that_did_not_pass'])} of {table['honest']} honest "
        f"programs beside them passed"
    )
    if table["crash"]:
        print(f"the controller came down:\n{table['crash']}")


if __name__ == "__main__":
    sys.exit(main())
