"""CodeT's published samples, whole: 164 problems, unique solutions × unique tests, one run.

    .venv/bin/python benchmarks/codet.py [--data ../shared/data/codet --every K --store FILE --json]

Solutions are prompt + completion, cut where the function ends. Tests are the single assertions of
the test samples that name the function. Everything goes through one `assay.run` with a resumable
store (kept with --store, and then an interrupted run goes on from there), then once more, from the
store. Limits: half a CPU second per check (CodeT itself gives 0.1), 2 per candidate, 3 s of wall
time per check: an honest answer takes milliseconds, and endless loops are most of what a run costs.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measure import Meter, show

_LIMITS = {"check_cpu_seconds": 0.5, "candidate_cpu_seconds": 2.0, "check_wall_seconds": 3.0}
_SOLUTIONS = "*code_solution.jsonl"
_TESTS = "*test_case.jsonl"
# Where HumanEval's own authors stop a completion.
_STOPS = re.compile(r"\n(?:class|def|#|if|print|assert|@|import|from)\b")


def problems(data: Path, every: int) -> Iterator[tuple[str, list[str], list[str], int]]:
    """Of each problem: its id, programs, distinct assertions, and assertions before folding."""
    rows = zip(_read(data, _SOLUTIONS), _read(data, _TESTS), strict=True)
    for number, (solution, test) in enumerate(rows):
        if number % every:
            continue
        entry_point = re.findall(r"def (\w+)\(", solution["prompt"])[-1]
        programs = [solution["prompt"] + _cut(sample) for sample in solution["samples"]]
        found = [one for sample in test["samples"] for one in assertions(sample, entry_point)]
        yield f"{number}/{entry_point}", programs, list(dict.fromkeys(found)), len(found)


def _read(data: Path, pattern: str) -> list[dict[str, Any]]:
    (path,) = data.glob(pattern)
    return [json.loads(line) for line in path.read_text().splitlines()]


def _cut(completion: str) -> str:
    stop = _STOPS.search("\n" + completion)
    return completion[: max(0, stop.start())] if stop else completion


def assertions(sample: str, entry_point: str) -> list[str]:
    """The assertions of a sample, which goes on from "assert ", that are Python and name it."""
    pieces = re.split(r"\n\s*assert\b", sample)
    return [one for piece in pieces if (one := _assertion(piece, entry_point))]


def _assertion(piece: str, entry_point: str) -> str | None:
    text = f"assert {piece.strip()}"
    while text:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        except (SyntaxError, ValueError):
            # What follows the assertion may be cut off in the middle: try without its last line.
            text = text.rpartition("\n")[0]
            continue
        first = tree.body[0]
        names = {node.id for node in ast.walk(first) if isinstance(node, ast.Name)}
        return ast.unparse(first) if entry_point in names else None
    return None


def timed(candidates: list[Any], checks: list[Any], store: str, workers: int) -> dict[str, Any]:
    """One run: wall and CPU time of this process, outcomes, and how much was in the store."""
    import assay
    from assay.cli.progress import progress

    counts = {"reused": 0}
    with progress() as bar:

        def listen(tally: Any) -> None:
            counts["reused"] = tally.reused
            if bar is not None:
                bar(tally)

        began, cpu = time.monotonic(), time.process_time()
        matrix = assay.run(
            candidates, checks, "python", store=store, workers=workers,
            limits=assay.Limits(**_LIMITS), progress=listen,
        )  # fmt: skip
    return {
        "wall": time.monotonic() - began, "controller_cpu": time.process_time() - cpu,
        "outcomes": matrix.outcomes(), "protection": matrix.protection, **counts,
        "child_cpu": matrix.cpu_seconds,
    }  # fmt: skip


def whole(options: argparse.Namespace) -> None:
    """Both runs in this process, which the caller measures; prints what was found as JSON."""
    import assay
    from assay.core.errors import Interrupted
    from assay.engine.plan import plan
    from assay.engine.sources import normal_digest

    began = time.monotonic()
    candidates, checks, samples, without = [], [], 0, 0
    for task, programs, found, count in problems(options.data, options.every):
        if not found:
            without += 1
            continue
        samples += count
        candidates += [assay.Candidate(f"{task}/{i}", task, p) for i, p in enumerate(programs)]
        checks += [assay.Check(f"{task}/t{i}", task, code=one) for i, one in enumerate(found)]
    reading = time.monotonic() - began
    plans = plan(candidates, checks, "", normal_digest)
    unique = sum(len(one.programs) for one in plans)
    cells = sum(one.block.cells for one in plans)
    pairs = sum(len(one.programs) * len(one.block.checks) for one in plans)
    asked = sum(len(one.programs) * len(one.questions) for one in plans)
    value = sum(trust == "value" for one in plans for trust in one.block.trust)
    memory = 0
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as directory:
        store = str(options.store or f"{directory}/store.sqlite")
        try:
            runs = [timed(candidates, checks, store, options.workers) for _ in range(2)]
        except Interrupted as error:
            sys.exit(str(error))
        size = Path(store).stat().st_size
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps({
        "problems": len(plans), "without": without, "solutions": len(candidates),
        "unique": unique, "samples": samples,
        "tests": len(checks), "value": value, "cells": cells, "pairs": pairs, "asked": asked,
        "runs": runs, "store_mb": size / 1e6, "reading": reading, "memory_mb": memory,
    }))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/codet"))
    parser.add_argument("--every", type=int, default=1, help="take every K-th problem only")
    parser.add_argument("--store", type=Path, help="keep the verdicts there")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner:
        return whole(options)
    meter = Meter()
    try:
        used = meter.run([sys.executable, __file__, "--inner", *sys.argv[1:]], stderr_through=True)
    except (KeyboardInterrupt, RuntimeError):
        sys.exit(4)  # the run itself has said why
    told = used.last
    first, second = told["runs"]
    folded, saved = told["cells"] / told["pairs"], told["pairs"] / told["asked"]
    rows: list[list[Any]] = [
        ["problems", told["problems"], f"{told['without']} more have no test that names them"],
        ["solutions", told["solutions"], f"{told['unique'] / told['solutions']:.0%} unique as AST"],
        ["assertions in the samples", told["samples"], ""],
        ["unique tests", told["tests"], f"{told['value'] / told['tests']:.0%} in value mode"],
        ["verdicts", told["cells"], ""],
        ["unique solutions × unique tests", told["pairs"], f"{folded:.2f}× fewer"],
        ["executions", told["asked"], f"each distinct call once: {saved:.2f}× fewer still"],
        ["first run, wall s", first["wall"], f"{told['asked'] / first['wall']:,.0f} executions/s"],
        ["of it: controller's CPU s", first["controller_cpu"], ""],
        ["CPU s of the tree, both runs", used.cpu, f"{told['store_mb']:.0f} MB store"],
        ["second run, wall s", second["wall"], f"{second['reused']:,} stored; target < 10 s"],
        ["controller's memory, most, MB", told["memory_mb"], ""],
    ]  # fmt: skip
    for outcome, count in first["outcomes"].items():
        rows.append([f"  {outcome}", count, f"{count / told['cells']:.1%}"])
    limits = ", ".join(f"{name}={value:g}" for name, value in _LIMITS.items())
    show(
        "CodeT's CodeGen-16B samples for HumanEval", ["", "figure", ""], rows,
        [f"{meter.method}; protection {first['protection']}; {options.workers} workers; {limits}"],
        options.json,
    )  # fmt: skip
    return None


if __name__ == "__main__":
    main()
