"""Runs that MLflow's autologging keeps by itself: one for each fit of the script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from assay.adapt.oracles.base import Case
from assay.adapt.oracles.record import Record
from assay.adapt.stores import Run, Series

Said = Iterator[tuple[bool | None, str]]
# What MLflow takes for the preparation of data, and for no training.
_PREPARES = ("sklearn.preprocessing.", "sklearn.impute.", "sklearn.feature_extraction.",
             "sklearn.feature_selection.", "sklearn.compose._column_transformer.")  # fmt: skip

_BEST = "best_cv_score"


def is_automatic(run: Run) -> bool:
    """Whether autologging opened the run, and no line of the script."""
    return run.tags.get("mlflow.autologging") == "sklearn"


def each_fit(case: Case, runs: Sequence[Run]) -> Said:
    """Whether there is one run for each estimator that the original fits, and no other."""
    wanted: Counter[str] = Counter(name for name, _ in _fits(case.before.record))
    kept: Counter[str] = Counter(run.tags.get("estimator_class", "") for run in runs)
    if not any(len(run.series) for run in runs):
        yield False, "none of the runs has a metric"
    if kept == wanted:
        shown = ", ".join(name.rpartition(".")[2] for name in sorted(kept))
        yield True, f"{len(runs)} runs, one for each fit of the script: {shown}"
        return
    missing, more = wanted - kept, kept - wanted
    told = [f"{sum(missing.values())} fits have no run: {', '.join(missing)}"] if missing else []
    told += [f"{sum(more.values())} runs belong to no fit: {', '.join(more)}"] if more else []
    yield False, "; ".join(told)


def has_no_score(record: Record, run: Run) -> bool:
    """Whether a run is of an estimator that has no score, and hence no metric."""
    return (run.tags.get("estimator_class", ""), False) in _fits(record)


def _fits(record: Record) -> list[tuple[str, bool]]:
    return [
        (str(name), bool(scored))
        for name, scored in record.facts.get("fits", ())
        if not str(name).startswith(_PREPARES)
    ]


def is_figure(run: Run, series: Series) -> bool:
    """Whether autologging reckoned a series itself."""
    return "estimator_class" in run.tags and (
        series.name.startswith("training_") or series.name == _BEST
    )


def figures(record: Record, series: Series) -> Said:
    """What autologging reckons itself of estimators and the data that they are fitted on: the
    scores, which the original's estimators are asked for, answer for the other figures."""
    if series.name not in ("training_score", _BEST):
        return
    scores = [value for source, name, _, value in record.library
              if (source, name) == ("scikit-learn", series.name)]  # fmt: skip
    what = "best score of a search" if series.name == _BEST else "score on its training data"
    if series.values[-1] in scores:
        yield True, f"`{series.name}`: the original's estimator has it, too, as {what}"
    elif scores:
        yield False, f"`{series.name}`: {series.values[-1]:.6g} is no {what}"
