"""CPU of torch solutions × 5 checks, against a fresh Python process per sample.

    .venv/bin/python benchmarks/fresh_process.py [--samples 200 --rounds 5 --fresh 4 --json]

Rounds alternate between the two. A fresh process imports torch alone, runs the solution and
asserts its five checks. Ours is `assay.run` from the start of its interpreter to the end, all of
its tree (controller, warden, zygote, children); its start (interpreter, zygote with its imports,
the probes of the jail) is a run of one sample, told apart and included.
"""

from __future__ import annotations

import argparse
from statistics import median

from assay.engine import environments
from measure import Meter, middle, show
from samples import Sample, spec, torch_samples

_TORCH_ONLY = ["numpy", "numpy.random", "torch", "torch.nn", "torch.nn.functional"]


def fresh_program(sample: Sample) -> str:
    """The sample and its checks as people write them for a process of their own."""
    lines = [sample.code, "def close(a, b):", "    if isinstance(b, list):"]
    lines += ["        return len(a) == len(b) and all(map(close, a, b))"]
    lines += ["    return abs(a - b) <= 1e-5", ""]
    for call, answer in zip(sample.calls, sample.answers, strict=True):
        lines.append(f"assert close({call}, {answer!r})")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--samples", type=int, default=200, help="samples in a run of ours")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--fresh", type=int, default=4, help="fresh processes per round")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    meter = Meter()
    samples = torch_samples(options.samples)
    python = str(environments.prepare(environments.load("torch")).python)
    kinds = {
        "assay, environment torch": {"environment": "torch"},
        "assay, zygote imports torch only": {"environment": "torch", "imports": _TORCH_ONLY},
    }
    fresh: list[float] = []
    starts: dict[str, list[float]] = {kind: [] for kind in kinds}
    wholes: dict[str, list[float]] = {kind: [] for kind in kinds}
    levels = set()
    meter.run([python, "-c", "import torch"])  # files into the page cache
    for number in range(options.rounds):
        for place in range(options.fresh):
            sample = samples[(number * options.fresh + place) % len(samples)]
            fresh.append(meter.run([python, "-c", fresh_program(sample)]).cpu)
        for kind, more in kinds.items():
            starts[kind].append(meter.assay(spec(samples[:1], **more)).cpu)
            used = meter.assay(spec(samples, **more))
            assert set(used.last["outcomes"]) == {"passed"}, used.last
            levels.add(used.last["protection"])
            wholes[kind].append(used.cpu)

    base = median(fresh)
    rows: list[list[object]] = [["a fresh process", *_cells(fresh), "1", "–", "–"]]
    for kind in kinds:
        start = median(starts[kind])
        each = [(whole - start) / (options.samples - 1) * 1000 for whole in wholes[kind]]
        included = median(wholes[kind]) / options.samples
        told = middle(each)
        rows.append([
            kind, told["median"], f"{told['least']:.1f}–{told['most']:.1f}",
            f"{base / told['median'] * 1000:.0f}×", start, f"{base / included:.0f}×",
        ])  # fmt: skip
    show(
        f"Torch solutions × 5 checks: CPU per sample, {options.samples} samples, "
        f"{options.rounds} rounds",
        ["", "ms of CPU", "spread", "less", "start, CPU s", "less, start incl."],
        rows,
        [f"{meter.method}; protection {', '.join(levels)}; one worker; target ≥ 50×"],
        options.json,
    )


def _cells(seconds: list[float]) -> list[object]:
    told = middle([value * 1000 for value in seconds])
    return [told["median"], f"{told['least']:.0f}–{told['most']:.0f}"]


if __name__ == "__main__":
    main()
