"""Faulty adaptations, and which oracle catches each: `python benchmarks/adapt_faults.py [--json]`.

Every adaptation by hand has to be proven, every fault that was put into one has to be refused, by
the oracle that is meant to see it. `--only WORD` takes those whose names have the word in them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.adapt.faults import Adaptation, Fault, adaptations, faults

from assay.adapt.proving import OriginalFails, prove_all
from assay.adapt.smoke import opened
from assay.adapt.words import Proof

Row = dict[str, Any]
Item = tuple[Adaptation, Fault | None]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="a part of the names to take")
    parser.add_argument("--json", action="store_true", help="print one object")
    options = parser.parse_args()
    rows = list(measured(options.only))
    right = [row for row in rows if row["fault"] is None]
    wrong = [row for row in rows if row["fault"] is not None]
    figures = {
        "adaptations proven": f"{sum(row['proven'] for row in right)} of {len(right)}",
        "faults caught": f"{sum(not row['proven'] for row in wrong)} of {len(wrong)}",
        "by the oracle meant": f"{sum(row['as_meant'] for row in wrong)} of {len(wrong)}",
    }
    if options.json:
        print(json.dumps({"rows": rows, "figures": figures}, indent=1))
    else:
        for row in rows:
            caught = "proven" if row["proven"] else ", ".join(row["caught_by"])
            print(f"{row['of']:24} {row['fault'] or '(as it should be)':52} {caught}")
        for name, figure in figures.items():
            print(f"{name}: {figure}")
    return 0 if all(row["as_meant"] for row in rows) else 1


def measured(only: str) -> Iterator[Row]:
    """A row for each adaptation and each fault; originals run once each."""
    known = adaptations()
    by_script: dict[str, list[Item]] = defaultdict(list)
    for one in known.values():
        by_script[one.script].append((one, None))
    for fault in faults():
        by_script[known[fault.of].script].append((known[fault.of], fault))
    with opened() as session:
        for items in by_script.values():
            wanted = [
                item for item in items if only in f"{item[0].name} {item[1] and item[1].name}"
            ]
            if wanted:
                rewrites = [one.rewrite(fault) for one, fault in wanted]
                proofs = prove_all(session, wanted[0][0].original(), rewrites)
                assert not isinstance(proofs, OriginalFails), proofs
                yield from map(row, wanted, proofs)


def row(item: Item, proof: Proof) -> Row:
    one, fault = item
    caught = sorted({found.oracle for found in proof.findings if found.holds is False})
    return {
        "of": one.name, "fault": fault and fault.name, "proven": proof.proven,
        "caught_by": caught,
        "as_meant": fault.caught_by in caught if fault else proof.proven,
        "texts": [found.text for found in proof.findings if found.holds is False],
        "cpu_seconds": proof.adapted.cpu_seconds if proof.adapted else None,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
