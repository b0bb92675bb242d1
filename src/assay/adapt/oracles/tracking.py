"""Evidence that a run was tracked: one run, ended, with parameters and metrics in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from operator import attrgetter

from assay.adapt.oracles import absent, automatic
from assay.adapt.oracles.base import Case, Judging
from assay.adapt.oracles.record import Record
from assay.adapt.oracles.series import judged
from assay.adapt.oracles.values import defaults, parameter
from assay.adapt.oracles.words import is_axis
from assay.adapt.stores import CLOSING, COUNTING, Run, Series

Said = Iterator[tuple[bool | None, str]]
_STEPS, _VALUES = attrgetter("steps"), attrgetter("values")


def _evidence(case: Case) -> Said:
    for fault in case.after.stores.faults:
        yield False, f"a store cannot be read: {fault}"
    for component in case.components:
        runs = case.runs(component)
        if component == "tensorboard":
            runs = [run for run in runs if run.series]
        if runs and all(map(automatic.is_automatic, runs)):
            yield from automatic.each_fit(case, runs)
        elif len(runs) != 1 and not (component == "tensorboard" and runs):
            yield False, f"{component}: {len(runs)} runs were left, where one should be"
        for run in runs:
            parts = case.parts(run)
            yield from _whole(case, _joined(run, parts), "tracking" in case.kinds)
            for part in parts:
                yield from _ended(case, part)


def _joined(run: Run, parts: list[Run]) -> Run:
    """A run with what lies in the runs within it."""
    every = [run, *parts]
    series = {(one.id, name): kept for one in every for name, kept in one.series.items()}
    names = {f"{name} {number}": kept for number, ((_, name), kept) in enumerate(series.items())}
    parameters = {name: value for one in every for name, value in one.parameters.items()}
    return replace(run, series=names, parameters=parameters) if parts else run


def _ended(case: Case, run: Run) -> Said:
    statuses = case.after.facts.get("statuses", {})
    known = "wandb" if run.component == "wandb" else f"{run.component} {run.id}"
    if run.component in CLOSING:
        if run.status != "FINISHED":
            yield False, f"{run.label} is {run.status or 'not ended'}"
        elif statuses.get(known) != "FINISHED":
            yield False, f"{run.label} was left open: only the interpreter's exit ended it"


def _whole(case: Case, run: Run, wants_metrics: bool) -> Said:
    yield from _ended(case, run)
    if not wants_metrics:
        return
    points = sum(map(len, run.series.values()))
    bare = automatic.is_automatic(run) and automatic.has_no_score(case.before.record, run)
    if not points and not bare:
        yield False, f"{run.label} has no metrics"
    if not run.parameters and run.component != "tensorboard":
        holds = False if _has_settings(case.before.record) else None
        yield holds, f"{run.label} has no parameters"
    if points:
        yield (
            True,
            (
                f"{run.label} {run.status or 'kept'}: {len(run.parameters)} parameters, "
                f"{len(run.series)} metrics with {points} values"
            ),
        )


def _has_settings(record: Record) -> bool:
    """Whether the script names what it can be set to: arguments, settings, constants."""
    return any(
        (site.kind == "item" and "." in site.text)
        or (site.kind == "assigned" and not site.function and site.text.isupper()
            and (site.number in record.values or site.number in record.texts))
        for site in record.sites
    )  # fmt: skip


def _metrics(case: Case) -> Said:
    if not absent.RAISING.isdisjoint(case.components):
        for told in absent.faults(case.original, case.rewrite.text):
            yield False, told
    for run in _all_runs(case):
        doubled = _doubled(run)
        if doubled:
            yield False, f"{run.label}: `{doubled}` is logged twice at one step"
            continue
        for series in run.series.values():
            if is_axis(series.name):
                continue
            if automatic.is_figure(run, series):
                yield from automatic.figures(case.before.record, series)
                continue
            yield _on_axes(case.before.record, series, run)
        yield from _of_parts(case, case.parts(run))


def _of_parts(case: Case, parts: list[Run]) -> Said:
    """The series of trainings that each have a run: one after the other they are what the script
    computed, and a new run begins where the script's own counter does."""
    record = case.before.record
    names = dict.fromkeys(name for part in parts for name in part.series if not is_axis(name))
    for name in names:
        having = [part for part in parts if name in part.series]
        while having:
            # The runs of one training that is done several times over, before those of the next.
            tried = [_in_a_row(record, name, having[:end]) for end in range(len(having), 0, -1)]
            end = next((len(having) - n for n, said in enumerate(tried) if said[0]), len(having))
            yield tried[len(having) - end]
            having = having[end:]


def _in_a_row(record: Record, name: str, parts: list[Run]) -> tuple[bool, str]:
    """The verdict on the series of some runs, one after the other."""
    pieces = [part.series[name] for part in parts]
    if len(pieces) == 1:
        return judged(record, pieces[0], parts[0])
    steps, values = ([x for piece in pieces for x in of(piece)] for of in (_STEPS, _VALUES))
    whole = Series(name, tuple(steps), tuple(values))
    return judged(record, whole, replace(parts[0], series={name: whole}), tuple(map(len, pieces)))


def _on_axes(record: Record, series: Series, run: Run) -> tuple[bool, str]:
    """The verdict on a series; by the steps that were logged beside it, where a run numbers what it
    is given itself and the script logs its own counter as a metric."""
    said = judged(record, series, run)
    if run.component not in COUNTING or not said[0]:
        return said
    # Lightning hands every logger the epoch, too: beside its own steps, and not in their place.
    is_lightning = any(source == "Lightning" for source, *_ in record.library)
    for axis in run.series.values():
        if is_lightning and axis.name == "epoch":
            continue
        steps = dict(zip(axis.steps, axis.values, strict=True))
        if is_axis(axis.name) and axis.name != series.name and steps.keys() >= set(series.steps):
            own = tuple(int(steps[step]) for step in series.steps)
            moved = Series(series.name, own, series.values)
            said = judged(record, moved, replace(run, series={series.name: moved}))
            if said[0]:
                return said
    return said


def _doubled(run: Run) -> str:
    for name, series in run.series.items():
        steps = [step for step in series.steps if step is not None]
        pairs = list(zip(steps, series.values, strict=False))
        if is_axis(name):
            continue
        if len(steps) == len(series) > 1 and len(set(pairs)) < len(pairs) and len(set(steps)) > 1:
            return name
    return ""


def _parameters(case: Case) -> Said:
    for run in _all_runs(case):
        trainers = case.before.facts.get("trainers")
        autologs = "autolog" in case.rewrite.text or bool(trainers)
        # Lightning's modules keep what they are made with, also what nobody reads.
        keeps = "save_hyperparameters(" in case.original
        usual = defaults(case.original) if keeps else {}
        said = [
            (key, *parameter(case.before.record, key, value, autologs, usual))
            for key, value in run.parameters.items()
        ]
        for key, holds, text in said:
            if holds is False:
                yield False, f"parameter `{key}`: {text}"
        good = [key for key, holds, _ in said if holds]
        if good:
            shown = ", ".join(f"`{key}`" for key in sorted(good)[:6])
            yield True, f"{len(good)} parameters are those that the script used: {shown}"
        left = len(said) - len(good) - sum(holds is False for _, holds, _ in said)
        if left:
            yield None, f"{left} parameters are the tracker's own"


def _all_runs(case: Case) -> Iterable[Run]:
    return [run for component in case.components for run in case.runs(component)]


TRACKED = Judging("tracked", "evidence", _evidence)
METRICS = Judging("metrics", "semantics", _metrics)
PARAMETERS = Judging("parameters", "semantics", _parameters)
