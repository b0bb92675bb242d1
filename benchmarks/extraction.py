"""Extraction against HumanEval's own harness, on CodeT's published samples: is anything lost?

    .venv/bin/python benchmarks/extraction.py [--data ../shared/data/codet --every K --grade --json]

The harness runs prompt + completion. Where that parses, the extracted program has to define the
function with the same syntax tree, and so everything of the module that the function reaches. A
completion that adds no statement to the function, or only functions that it never calls, makes one
that returns None; it may be told as `no_code`. Where prompt + completion does not parse, the
harness scores nothing, and whatever is salvaged is a gain.

With --grade, HumanEval's tests run in the engine over both programs of every sample, and over a
function that returns None for every problem: no sample may pass as the harness has it and fail as
we do. That takes some minutes.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import symtable
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from assay.core.words import Target
from assay.engine.sources import parse
from assay.models.extraction import Extraction, extract
from measure import show

_FILES = "*code_solution.jsonl"
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Sample(NamedTuple):
    """One completion of a problem, the name that it is asked for, and what came of it."""

    problem: str
    name: str
    prompt: str
    completion: str
    found: Extraction

    @property
    def harness(self) -> str:
        """The program that HumanEval's own harness runs."""
        return self.prompt + self.completion


def extracted(data: Path, every: int = 1) -> Iterator[Sample]:
    """Every K-th published sample of every problem."""
    (path,) = data.glob(_FILES)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    # CodeT has sorted the problems by their names as text: 0, 1, 10, 100, 101, …
    problems = sorted(f"HumanEval/{number}" for number in range(len(rows)))
    for problem, row in zip(problems, rows, strict=True):
        name = re.findall(r"def (\w+)\(", row["prompt"])[-1]
        target = Target("function", name, context=row["prompt"])
        for completion in row["samples"][::every]:
            found = extract(completion, target)
            yield Sample(problem, name, row["prompt"], completion, found)


def compared(sample: Sample) -> str:
    """How the extracted program stands to the harness's: `same`, `LOST` or `DIFFERENT`, or why
    there is nothing to compare."""
    tree, program = parse(sample.harness), sample.found.program
    if tree is None:
        return "harness: no Python; ours: " + ("salvaged" if program else "none")
    if not adds_something(tree, sample):
        return "harness: returns None; ours: " + ("some program" if program else "none")
    if program is None:
        return "LOST"
    ours = parse(program)
    same = ours is not None and reached(ours, sample.name) == reached(tree, sample.name)
    return "same" if same else "DIFFERENT"


def adds_something(tree: ast.Module, sample: Sample) -> bool:
    """Whether the completion gives the function a statement that can change what it does."""
    begun = parse(sample.prompt) or parse(f"{sample.prompt}\n    pass")
    given = len(_last(begun, sample.name).body) if begun else 0
    function = _last(tree, sample.name)
    read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    for node in function.body[given:]:
        unused = isinstance(node, Definition) and node.name not in read
        says_nothing = isinstance(node, ast.Pass) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        )
        if not unused and not says_nothing:
            return True
    return len(function.body) < given


def _last(tree: ast.Module, name: str) -> Definition:
    return [node for node in tree.body if isinstance(node, Definition) and node.name == name][-1]


def reached(tree: ast.Module, name: str) -> dict[str, list[str]]:
    """The statements, as trees, that bind the name and every name that is read from there on; of
    several definitions of one name the last."""
    makers: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        for bound in _symbols(node)[0]:
            if isinstance(node, Definition):
                makers[bound] = []
            makers.setdefault(bound, []).append(node)
    found: dict[str, list[str]] = {}
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one in makers and one not in found:
            found[one] = [ast.dump(node) for node in makers[one]]
            waiting += [read for node in makers[one] for read in _symbols(node)[1]]
    return found


def _symbols(node: ast.stmt) -> tuple[set[str], set[str]]:
    """The names that a statement binds in its module, and those that it reads from there."""
    binds, reads = set[str](), set[str]()
    top = symtable.symtable(ast.unparse(node), "<sample>", "exec")
    waiting = [top]
    while waiting:
        scope = waiting.pop()
        waiting += scope.get_children()
        for symbol in scope.get_symbols():
            if scope is top or symbol.is_global():
                reads.add(symbol.get_name())
            if scope is top and (symbol.is_assigned() or symbol.is_imported()):
                binds.add(symbol.get_name())
    return binds, reads


def graded(samples: list[Sample]) -> list[list[object]]:
    """What HumanEval's tests say of both programs of every sample, as rows of the table."""
    import assay
    from assay.cli.progress import progress
    from assay.suites.importers.humaneval import shipped

    checks = [check for task in shipped().tasks for check in task.checks]
    prompts = {sample.problem: sample.prompt for sample in samples}
    candidates = [
        assay.Candidate(f"none/{problem}", problem, f"{prompt}\n    return None\n")
        for problem, prompt in prompts.items()
    ]
    for number, sample in enumerate(samples):
        candidates.append(assay.Candidate(f"theirs/{number}", sample.problem, sample.harness))
        program = sample.found.program
        if program is not None:
            candidates.append(assay.Candidate(f"ours/{number}", sample.problem, program))
    limits = assay.Limits(check_cpu_seconds=1.0, candidate_cpu_seconds=3.0, check_wall_seconds=5.0)
    began = time.monotonic()
    with progress() as bar:
        matrix = assay.run(candidates, checks, "python", limits=limits, progress=bar)
    passed = {
        candidate
        for block in matrix.blocks
        for candidate, row in zip(block.candidates, matrix.array(block.id), strict=True)
        if (row == assay.Outcome.PASSED).all()
    }
    ours = {number for number in range(len(samples)) if f"ours/{number}" in passed}
    theirs = {number for number in range(len(samples)) if f"theirs/{number}" in passed}
    cut = sum(parse(samples[number].harness) is None for number in ours - theirs)
    none = sum(f"none/{problem}" in passed for problem in prompts)
    return [
        ["pass@1, the harness's programs", f"{len(theirs) / len(samples):.2%}", len(theirs)],
        ["pass@1, the extracted programs", f"{len(ours) / len(samples):.2%}", len(ours)],
        ["passes only as extracted", len(ours - theirs), f"{cut} of them salvaged"],
        ["passes only as the harness has it", len(theirs - ours), "must be 0"],
        ["problems that a return of None passes", none, "must be 0"],
        ["wall s of grading", time.monotonic() - began, ""],
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/codet"))
    parser.add_argument("--every", type=int, default=1, help="take every K-th sample only")
    parser.add_argument("--grade", action="store_true", help="run HumanEval's tests over both")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    began, cpu = time.process_time(), 0.0
    samples = []
    for sample in extracted(options.data, options.every):
        samples.append(sample)
    cpu = time.process_time() - began
    warnings.simplefilter("ignore", SyntaxWarning)
    counts = Counter(map(compared, samples))
    lost = [sample for sample in samples if compared(sample) in ("LOST", "DIFFERENT")]
    rows: list[list[object]] = [
        ["samples", len(samples), ""],
        ["CPU s of extraction", cpu, f"{1000 * cpu / len(samples):.2f} ms each"],
        *([kind, count, f"{count / len(samples):.1%}"] for kind, count in counts.most_common()),
    ]
    shapes = Counter(sample.found.shape for sample in samples)
    rows += [[f"  shape: {shape}", count, ""] for shape, count in shapes.most_common()]
    if options.grade:
        rows += graded(samples)
    show(
        "Extraction on CodeT's CodeGen-16B samples for HumanEval",
        ["measure", "figure", "note"], rows,
        ["CPU time of this process, reading the file included"], options.json,
    )  # fmt: skip
    for sample in lost[:5]:
        print(f"--- {sample.problem}\n{sample.harness}\n--- ours\n{sample.found.program}")
    if lost:
        sys.exit(f"{len(lost)} samples are lost or different")


if __name__ == "__main__":
    main()
