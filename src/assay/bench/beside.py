"""What stands beside the figures of solvers that choose: how each does against the original, how
well the best choice of what it proposed would do, and how many prompts in other words were valid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.bench.comparing import Pair, compare_in
from assay.bench.directory import Directory
from assay.bench.run import Run, contestant_name

if TYPE_CHECKING:
    from assay.study import Figure

ORIGINAL = "plain"


@dataclass(frozen=True, slots=True)
class Validity:
    """The mutants of one mutation, a prompt each: `kept` passed the checks, `declined` are prompts
    that it has no safe form for, `faulty` ones said something else, and `failed` requests got no
    answer, which counts for nothing in `rate`."""

    mutation: str
    kept: int
    declined: int
    faulty: int
    failed: int
    rate: Figure

    def to_json(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in ("kept", "declined", "faulty", "failed")}
        return {name: count for name, count in counts.items() if count} | {
            "rate": self.rate.to_json()
        }


def against_original(run: Run) -> list[Pair]:
    """Every solver against the original (`plain`, else the first named) of the same model and
    temperature, by pass@1; with Holm's correction over all that are shown."""
    by_setting: dict[Any, list[dict[str, Any]]] = {}
    for one in run.contestants:
        by_setting.setdefault((one["model"], one["temperature"]), []).append(one)
    wanted = []
    for members in by_setting.values():
        first = next((one for one in members if one["solver"] == ORIGINAL), members[0])
        names = (contestant_name(one) for one in members if one is not first)
        wanted += [(contestant_name(first), name) for name in names]
    return compare_in(run, wanted)


def oracles(run: Run) -> dict[str, Figure]:
    """For each contestant that chooses among programs, the share of tasks for which at least one of
    them is right: what no choice can surpass."""
    from assay.study import choose_clusters, mean_figure

    found = {}
    tasks = run.record["tasks"]
    for one in run.contestants:
        rows = [
            row for row in run.rows
            if "proposed" in row and all(row[name] == value for name, value in one.items())
        ]  # fmt: skip
        if rows:
            sources = [tasks[row["task"]]["source"] for row in rows]
            values = [row["oracle"] for row in rows]
            found[contestant_name(one)] = mean_figure(
                "oracle",
                [float("nan") if value is None else float(value) for value in values],
                choose_clusters([row["task"] for row in rows], sources),
            )
    return found


def validity(run: Run) -> list[Validity]:
    """Of the prompts that solvers put in other words, how many mutants were valid: by mutation,
    each task once, however many solvers share it."""
    from assay.study import Figure, wilson

    kinds: dict[str, Counter[str]] = {}
    for (name, _), kind in sorted(dict(_mutants(run)).items()):
        kinds.setdefault(name, Counter())[kind] += 1
    found = []
    for name, counts in kinds.items():
        kept, tried = counts["kept"], counts.total() - counts["failed"]
        low, high = (float(end) for end in wilson(kept, tried))
        rate = (
            Figure("valid", kept / tried, low, high, tried, "Wilson")
            if tried
            else Figure.undefined("valid", "every request failed")
        )
        missing = {kind: counts[kind] for kind in ("declined", "faulty", "failed")}
        found.append(Validity(name, kept, rate=rate, **missing))
    return found


def to_json(run: Run) -> dict[str, Any]:
    """`against_original`, `oracles` (contestant → figure) and `mutations` (name → counts)."""
    return {
        "against_original": [pair.to_json() for pair in against_original(run)],
        "oracles": {name: figure.to_json() for name, figure in oracles(run).items()},
        "mutations": {one.mutation: one.to_json() for one in validity(run)},
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table as one reads it; the first column names what the row is about."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def grids(run: Run) -> Iterator[Grid]:
    """All of this as tables, as far as the run has any of it."""
    pairs = {pair.second: pair for pair in against_original(run)}
    best = oracles(run)
    if pairs or best:
        names = {contestant_name(one): _apart(one, run) for one in run.contestants}
        heads = ("against the original", "pass@1", "won", "lost", "outcome", "oracle")
        rows = tuple(
            (label, *_compared(pairs.get(name)), _short(best.get(name)))
            for name, label in names.items()
        )
        yield Grid("Against the original", heads, rows)
    found = validity(run)
    if found:
        heads = ("mutation", "valid", "prompts", "declined", "faulty", "no answer")
        rows = tuple(
            (one.mutation, _short(one.rate), f"{one.rate.n:,}", f"{one.declined:,}",
             f"{one.faulty:,}", f"{one.failed:,}")
            for one in found
        )  # fmt: skip
        yield Grid("Prompts in other words", heads, rows)


def _apart(contestant: Mapping[str, Any], run: Run) -> str:
    """A contestant's name without what all have in common."""
    alike = {
        name: None for name, value in contestant.items()
        if all(one[name] == value for one in run.contestants)
    }  # fmt: skip
    return contestant_name({**contestant, **alike}) or contestant_name(contestant)


def _compared(pair: Pair | None) -> tuple[str, str, str, str]:
    if pair is None:
        return ("", "", "", "")
    found = pair.comparison
    return (_short(found.difference), f"{found.wins:,}", f"{found.losses:,}", found.outcome)


def _short(figure: Figure | None) -> str:
    return str(figure).partition(" of ")[0] if figure else ""


def _mutants(run: Run) -> Iterator[tuple[tuple[str, str], str]]:
    """What became of each mutation of each task's prompt; what models wrote is told apart by the
    model."""
    several = len({one["model"] for one in run.contestants}) > 1
    for key, answer in Directory(run.path).answers():
        told = answer.notes.get("mutants") or {}
        found = [(name, "kept") for name in told.get("kept", ())]
        found += [(one["mutation"], one["kind"]) for one in told.get("dropped", ())]
        for name, kind in found:
            mutation, _, by = name.partition("@")
            written = f"{mutation}@{key.contestant.model}" if by and several else name
            yield (written, key.task), kind
