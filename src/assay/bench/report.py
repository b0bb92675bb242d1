"""A run's figures in the forms that people and programs ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.bench import beside
from assay.bench.run import Run, contestant_name
from assay.core.errors import InputError
from assay.core.files import write_whole

if TYPE_CHECKING:
    from assay.study import Axis, Study, Table

# Of the table of contestants, the columns that are shown where space is short.
HEADLINE = ("checks passed", "placed", "harness")
_CONTESTANT = ("model", "solver", "temperature")


class Report:
    """The tables of a run, made once. `by` are the axes wanted, by default all that the tasks have
    labels for; `cutoffs` are dates by model, which make a table of before and after; `since` makes
    one of ever newer windows."""

    def __init__(
        self,
        run: Run,
        *,
        ks: Sequence[int] | None = None,
        by: Sequence[str] | None = None,
        cutoffs: Mapping[str, str] | None = None,
        since: Sequence[str] = (),
    ) -> None:
        self.run = run
        self.ks = tuple(ks or run.ks())
        if largest := next((k for k in self.ks if not 1 <= k <= run.most_samples), None):
            raise InputError(
                f"pass@{largest} needs {largest} samples of a task, and there are "
                f"{run.most_samples} at the most"
            )
        self.study: Study = run.study(self.ks)
        self._by = tuple(by) if by else None
        self._cutoffs = cutoffs
        self._since = since

    def differing(self) -> tuple[str, ...]:
        """By what the contestants differ: model, solver, temperature, or nothing."""
        found = self.study.units.configurations()
        return tuple(n for n in _CONTESTANT if len({getattr(one, n) for one in found}) > 1)

    def contestants(self) -> Table:
        """One row for each contestant."""
        return self.study.table(*self.differing())

    def axes(self) -> list[str | Axis]:
        """The axes that are tabulated."""
        from assay.study import cutoff_axis, since_axis

        found: list[str | Axis] = list(self._by or self.study.labels())
        if self._cutoffs:
            found.append(cutoff_axis(self.study.units, self._cutoffs))
        if self._since:
            found.append(since_axis(self.study.units, self._since))
        return found

    def tables(self) -> Iterator[Table]:
        """A table for each axis, crossed with what the contestants differ by."""
        for axis in self.axes():
            yield self.study.table(axis, *self.differing())

    def to_json(self) -> dict[str, Any]:
        """`figures`, `tables` (axis → label → figures), `outcomes`, `fingerprint`, `cost`."""
        from assay.study import to_json

        told = to_json(self.study, [*self.differing(), *self.axes()])
        if self.differing():
            told["tables"]["contestant"] = self.contestants().to_json()
        figures = {**told["figures"], **self.spread()}
        return {
            "run": str(self.run.path),
            "suite": self.run.record["suite"],
            "contestants": self.run.contestants,
            "figures": figures,
            "tables": told["tables"],
            "temperatures": self.temperatures(),
            "outcomes": self.run.outcomes,
            "failures": self.failures(),
            **beside.to_json(self.run),
            "fingerprint": self.run.fingerprint,
            "cost": self.run.cost,
        }

    def spread(self) -> dict[str, Any]:
        """pass@1 over repeated runs, where one contestant gave several samples."""
        if self.run.most_samples < 2 or self.differing():
            return {}
        return {name: figure.to_json() for name, figure in self.study.runs().figures.items()}

    def temperatures(self, k: int = 3) -> dict[str, Any]:
        """pass@3 at each temperature and at all together, by model and solver, as the papers have
        it; empty where there is one temperature, or too few samples."""
        from assay.study import Study

        if "temperature" not in self.differing() or self.run.most_samples < k:
            return {}
        found = {}
        samples = self.run.samples()
        for model, solver in dict.fromkeys((one.model, one.solver) for one in samples):
            part = [one for one in samples if (one.model, one.solver) == (model, solver)]
            table = Study(part, self.ks).temperatures(k)
            each = {f"{warmth:g}": figure.to_json() for warmth, figure in table.each.items()}
            label = f"{model} {solver}".strip()
            found[label] = {**each, "together": table.together.to_json()}
        return found

    def failures(self) -> dict[str, int]:
        """Our failures by what is said about them, the most frequent first."""
        from collections import Counter

        notes = (row["note"] for row in self.run.rows if row["outcome"] == "harness")
        return dict(Counter(note or "the engine failed" for note in notes).most_common())

    def beside(self) -> list[beside.Grid]:
        """Solvers that choose against the original, their oracles, and which mutants of prompts
        were valid, as small tables; empty where the run has nothing of it."""
        return list(beside.grids(self.run))

    def records(self) -> list[dict[str, Any]]:
        """Every figure as a tidy row, for CSV, Parquet and data frames."""
        from assay.study import records

        return records([self.study.table(), *self._crossed()])

    def _crossed(self) -> Iterator[Table]:
        if self.differing():
            yield self.contestants()
        yield from self.tables()

    def markdown(self) -> str:
        """A summary to be read, with every table."""
        from assay.study import to_markdown

        run = self.run
        parts = [
            f"# {run.suite}: {len(run.record['tasks'])} tasks, {len(run.rows):,} answers\n",
            *(f"- {contestant_name(one)}" for one in run.contestants),
            f"\nSuite {run.fingerprint['suite'][:12]}, scorer {run.fingerprint['scorer']}. "
            "Every figure is a mean over tasks with its 95 % interval and its denominator; "
            "*placed* counts only answers in which a program could be placed.\n",
            to_markdown(self.contestants()),
        ]
        for table in self.tables():
            parts += [f"\n## By {table.axes[0].replace('_', ' ')}\n", to_markdown(table)]
        for grid in self.beside():
            rows = [grid.heads, ("---",) * len(grid.heads), *grid.rows]
            parts.append(f"\n## {grid.title}\n")
            parts += [f"| {' | '.join(row)} |" for row in rows]
        parts.append("\n## Outcomes\n\n| outcome | answers |\n| --- | --- |")
        parts += [f"| {name} | {count:,} |" for name, count in run.outcomes.items()]
        return "\n".join(parts) + "\n"

    def plots(self) -> Iterator[tuple[str, str]]:
        """Names and SVG: bars of the first pass@k, by contestant and by each axis."""
        from assay.study import bars

        figure = f"pass@{self.ks[0]}"
        yield "contestants", bars(self.contestants(), figure)
        for table in self.tables():
            yield table.axes[0], bars(table, figure)

    def write(
        self, *, csv: Path | None = None, parquet: Path | None = None,
        markdown: Path | None = None, plots: Path | None = None,
    ) -> None:  # fmt: skip
        """Write the tidy rows, the summary to files of their own, and `plots` into a folder."""
        from assay.study import to_csv

        if csv is not None:
            write_whole(csv, to_csv(self.records()))
        if markdown is not None:
            write_whole(markdown, self.markdown())
        if parquet is not None:
            _write_parquet(parquet, self.records())
        if plots is not None:
            for name, svg in self.plots():
                write_whole(plots / f"{name.replace(' ', '-')}.svg", svg)


def _write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise InputError("--parquet needs pyarrow: pip install 'assay[parquet]'") from None
    try:
        parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error}") from None
