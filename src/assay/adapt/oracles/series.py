"""Does a logged series say what the script computed, when it computed it, under its name?"""

from __future__ import annotations

import itertools
import math
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from assay.adapt.oracles import apart, origins
from assay.adapt.oracles import words as naming
from assay.adapt.oracles.counters import few, goes_on, grows, is_counter, step_fault
from assay.adapt.oracles.record import Record, Sample, Site
from assay.adapt.stores import COUNTING, SINGLE, Run, Series

# The prefix of what Keras keeps of one of several fits.
_FIT = re.compile(r"fit_(\d+)/")


@dataclass(frozen=True, slots=True)
class Match:
    """A quantity of the script with the values of a series. `fault` says what is wrong with the
    series all the same; empty where nothing is."""

    sample: Sample
    fault: str = ""
    weight: float = 0


def judged(
    record: Record, series: Series, run: Run, pieces: Sequence[int] = ()
) -> tuple[bool, str]:
    """Whether a series of a run holds, and what to tell people of it. `pieces` are the lengths of
    what it was joined of, where several trainings have a run each."""
    component, counting = run.component, _counts(run)
    if not naming.is_clean(series.name):
        return False, f"`{series.name}` is no name: it reads like a piece of a text"
    if component == "mlflow" and series.name.startswith("system/"):
        return True, f"`{series.name}`: measured by the tracker"
    known = _of_library(record, series, component, counting)
    if known is not None:
        if known[0] and not counting and not goes_on(series.steps, pieces):
            return False, f"`{series.name}`: its steps {few(series.steps)} begin anew in one run"
        return known
    matches = [
        _weighed(record, sample, series, counting, pieces)
        for sample in itertools.chain(record.samples, apart.samples(record, series))
        if _same(sample.values, series.values, component)
    ]
    if not matches:
        return False, _no_match(record, series)
    best = min(matches, key=lambda match: match.weight)
    if best.fault:
        return False, f"`{series.name}`: {best.fault}"
    speaks = origins.fault(record, [match.sample for match in matches], series.name)
    if speaks:
        return False, f"`{series.name}`: {speaks}"
    return True, (
        f"`{series.name}`: {_count(series)} equal to `{_shown(best.sample.site.text)}` "
        f"(line {best.sample.site.line})"
    )


def _counts(run: Run) -> bool:
    """Whether the component numbered what it was given by itself, from 0 and without a gap."""
    steps = {step for series in run.series.values() for step in series.steps if step is not None}
    return run.component in COUNTING and steps == set(range(len(steps)))


def _count(series: Series) -> str:
    return f"{len(series)} step{'s' if len(series) != 1 else ''}"


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _no_match(record: Record, series: Series) -> str:
    """Why no quantity fits: often the right values are there, scaled, shifted or cut."""
    first = ", ".join(f"{value:.6g}" for value in series.values[:3])
    told = f"`{series.name}`: nothing that the script computes has these values ({first}, …)"
    wanted = naming.content(series.name)
    for sample in record.samples:
        site = sample.site
        if not wanted or naming.covered(wanted, _words(site)) != wanted:
            continue
        if len(series) < len(sample.values) and _same(
            sample.values[-len(series) :], series.values, ""
        ):
            return (
                f"`{series.name}`: only {len(series)} of the {len(sample.values)} values of "
                f"`{_shown(site.text)}` (line {site.line})"
            )
        if len(series) == len(sample.values):
            theirs = ", ".join(f"{value:.6g}" for value in sample.values[:3])
            return f"{told}; `{_shown(site.text)}` (line {site.line}) has {theirs}, …"
    return told


# Values


def _same(ours: Sequence[float], theirs: Sequence[float], component: str) -> bool:
    return len(ours) == len(theirs) and all(
        _equal(one, other, component) for one, other in zip(ours, theirs, strict=True)
    )


def _equal(ours: float, theirs: float, component: str) -> bool:
    if math.isnan(theirs) or math.isinf(theirs):
        # MLflow's database knows neither: the largest double stands for infinity.
        return math.isnan(ours) == math.isnan(theirs) and math.isinf(ours) == math.isinf(theirs)
    if math.isinf(ours):
        return abs(theirs) > 1e308
    if ours == theirs:
        return True
    if component in SINGLE:
        return _single(ours) == _single(theirs)
    # A mean that was summed in another order.
    return math.isclose(ours, theirs, rel_tol=1e-12)


def _single(value: float) -> float:
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.inf


# Series that a library keeps: Keras' history, what Lightning hands its loggers


def _of_library(
    record: Record, series: Series, component: str, counting: bool
) -> tuple[bool, str] | None:
    """The verdict where a library itself keeps a quantity of this name; None where none does."""
    fit = _FIT.match(series.name)
    wanted = naming.library_words(series.name[fit.end() :] if fit else series.name)
    kept: dict[tuple[str, str], list[tuple[int | None, float]]] = {}
    for source, name, step, value in record.library:
        if fit and source.startswith("history") and source != f"history of fit {fit[1]}":
            continue
        if naming.library_words(name) == wanted:
            kept.setdefault((source, name), []).append((step, value))
    if not kept:
        return None
    shifted = ""
    for (source, name), points in kept.items():
        if not _same([value for _, value in points], series.values, component):
            continue
        steps = [step for step, _ in points]
        if _are_library_steps(steps, series.steps, counting) or (
            source == "history" and _are_turns(record, steps, series)
        ):
            return True, f"`{series.name}`: {_count(series)} equal to {source} `{name}`"
        shifted = f"`{series.name}`: steps {few(series.steps)} where {source} has {few(steps)}"
    if shifted:
        return False, shifted
    if _elsewhere(record, series, component):
        return None
    (source, name), points = next(iter(kept.items()))
    return False, (
        f"`{series.name}`: {few(series.values)} is not {source} `{name}`, "
        f"{few([value for _, value in points])}"
    )


def _elsewhere(record: Record, series: Series, component: str) -> bool:
    return any(_same(sample.values, series.values, component) for sample in record.samples)


def _are_library_steps(
    kept: Sequence[int | None], logged: Sequence[int | None], counting: bool
) -> bool:
    if len(logged) == 1 or all(step is None for step in logged):
        return True
    if list(kept) == list(logged):
        return True
    return counting and grows([step for step in logged if step is not None])


def _are_turns(record: Record, kept: Sequence[int | None], series: Series) -> bool:
    """Whether a model was fitted for one epoch at a time, and the steps are those of what counted
    the script's calls of fit()."""
    moments = tuple(record.facts.get("moments", ()))
    steps = [step for step in series.steps if step is not None]
    if set(kept) != {0} or not len(moments) == len(kept) == len(steps) or not grows(steps):
        return False
    sample = Sample(Site(-1, series.name, 0, "", "", "history"), series.values, moments)
    return all(moment < len(record.turns) for moment in moments) and is_counter(
        record, sample, steps
    )


# One quantity with the same values


def _weighed(
    record: Record, sample: Sample, series: Series, counting: bool, pieces: Sequence[int]
) -> Match:
    """What speaks against this quantity, the lesser fault the better: steps, a stale value, a
    name that says something else."""
    site = sample.site
    if site.kind in ("name", "attribute", "assigned", "probe") and _is_stale(record, sample):
        return Match(sample, f"logged before `{_shown(site.text)}` is computed anew", 4)
    named = _name_fault(record, sample, series)
    if named:
        return Match(sample, named, 3)
    stepped = step_fault(record, sample, series, counting, pieces)
    # Of equals the one that the script itself has, rather than one reckoned from it.
    return Match(sample, stepped, 2 if stepped else 0.1 * bool(sample.how) + _farness(series, site))


def _farness(series: Series, site: Site) -> float:
    return 0.0 if naming.words(series.name) & _words(site) else 0.05


def _is_stale(record: Record, sample: Sample) -> bool:
    site = sample.site
    if site.kind == "probe":
        held = [name for name in record.names if name[0] == site.function]
        named = naming.words(site.text)
        return any(
            record.is_stale(_named(site, name), event)
            for _, name in held
            if naming.words(name) <= named and name in site.text
            for event in sample.at
        )
    if sample.loop is not None or site.kind == "assigned":
        return False
    return any(record.is_stale(site, event) for event in sample.at)


def _named(site: Site, name: str) -> Site:
    return Site(site.number, name, site.line, site.function, "", "name")


# Names


def _words(site: Site) -> frozenset[str]:
    label = "" if site.kind == "probe" else site.label  # that is what a rewrite calls it
    said = naming.words(naming.now(site.text)) | naming.words(naming.now(label))
    return said | naming.of_comparison(site.text)


def _in_percent(record: Record, site: Site) -> frozenset[str]:
    """What the script calls a share where it shows it in percent: `score * 100`."""
    shown = {f"{site.text} * {hundred}" for hundred in ("100", "100.0")}
    shown |= {f"{hundred} * {site.text}" for hundred in ("100", "100.0")}
    return frozenset().union(
        *(naming.words(one.label) for one in record.sites
          if one.text in shown and one.function == site.function)
    )  # fmt: skip


def _name_fault(record: Record, sample: Sample, series: Series) -> str:
    site = sample.site
    name = series.name
    # Which of several things it is of has been looked at: `LR/cv_score`.
    quantity = name.rpartition("/")[2] if sample.how.startswith("where ") else name
    wanted = naming.content(quantity) - origins.crossed(record, site)
    own = _words(site)
    around = own | naming.words(site.function)
    if naming.is_exactness(name) and _is_count(sample):
        return f"`{_shown(site.text)}` is a count, and no share of right answers"
    fault = _split_fault(record, sample, name, own) or origins.reckoned(site, name)
    if fault:
        return fault
    every = around | origins.summed(record, site) | _in_percent(record, site)
    every |= origins.evaluated(record, sample)
    found = naming.covered(wanted, every)
    if wanted and not found:
        return f"`{_shown(site.text)}` (line {site.line}) is nothing of that name"
    if naming.is_loss(name) != naming.is_loss(site.text) and _is_exact_only(site, name):
        return f"`{_shown(site.text)}` (line {site.line}) is no {name}"
    rival = _rival(record, sample, series)
    if rival is not None:
        return (
            f"has the values of `{_shown(site.text)}` (line {site.line}), and not of "
            f"`{_shown(rival.text)}` (line {rival.line})"
        )
    return ""


def _is_exact_only(site: Site, name: str) -> bool:
    if re.match(r"1(\.0*)? - ", site.text) and naming.is_loss(site.label):
        return False  # what is left of an accuracy is an error
    return naming.is_loss(name) and naming.is_exactness(site.text)


def _is_count(sample: Sample) -> bool:
    """Whole numbers, not all of them 0 or 1, of whole type: `correct`, not `correct / n`, nor a
    share in whole percent."""
    if re.search(r"\b100\b.*//", sample.site.text):
        return False
    return all(type(value) is int for value in sample.values) and max(sample.values) > 1


def _split_fault(record: Record, sample: Sample, name: str, own: frozenset[str]) -> str:
    """Whether the name says train where the quantity is of held-out data, or the reverse."""
    said = naming.words(name)
    wanted = naming.split(said)
    if not wanted:
        return ""
    site = sample.site
    # All that has these values may say so: `accuracy = test(model)`. Sums begin with zeros.
    others = [other.site for other in record.samples
              if other.values == sample.values and any(sample.values)]  # fmt: skip
    every = own.union(*map(_words, others))
    loops = {loop for event in sample.at[:1] for loop, _ in record.turns[event]}
    through = [naming.words(record.loops[loop].through) for loop in loops]
    around = frozenset().union(naming.words(site.function), *through)
    called = frozenset().union(*(naming.words(one.function) for one in others))
    # What it was given nearest: `score = model.score(X_test, y_test)`.
    made = own.union(*(_words(other) for other in others
                       if (other.label, other.function) == (site.text, site.function)))  # fmt: skip
    readings = map(naming.split, (own, made, every, around, every | called))
    real = next(filter(None, readings), "")
    if wanted == "train" and not real and _of_strange_rows(record, sample):
        real = "held out"
    if real and real != wanted:
        return f"`{_shown(site.text)}` (line {site.line}) is of {real} data"
    if wanted == "held out" and naming.mixes_held_out(said, every) and _has_both(record):
        return f"`{_shown(site.text)}` (line {site.line}) is of other held-out data"
    return ""


def _of_strange_rows(record: Record, sample: Sample) -> bool:
    """Whether a metric of predictions is of rows that no model was fitted on: all were, that any
    was asked about until then."""
    if not re.fullmatch(r"[\w.]+\(.+,.+\)", sample.site.text):
        return False
    asked = [(size, known) for _, moment, kind, size, known, *_ in record.facts.get("rows", ())
             if kind == "score" and moment <= sample.at[0]]  # fmt: skip
    return bool(asked) and all(known * 2 < size for size, known in asked)


def _has_both(record: Record) -> bool:
    every = frozenset().union(*(naming.words(site.text) for site in record.sites))
    return naming.has_validation_and_test(every)


def _rival(record: Record, sample: Sample, series: Series) -> Site | None:
    """Another quantity that bears the whole name, where this one does not, and is not the same."""
    wanted = naming.words(series.name) - {"epoch", "step", "batch"}
    if "/" in sample.site.text and wanted & {"mean", "avg", "average"}:
        return None  # of a quantity and its mean, it says which one it is
    content = naming.content(series.name)
    same = {one.site.number for one in record.samples if one.values == sample.values}
    if any(_bears(record.sites[number], wanted, content) for number in same):
        return None
    for other in record.samples:
        site = other.site
        if site.number in same or site.kind == "probe" or len(other.values) != len(series):
            continue
        if _bears(site, wanted, content):
            return site
    return None


def _bears(site: Site, wanted: frozenset[str], content: frozenset[str]) -> bool:
    """Whether a name of the script is made of just these words, or says all that they say: `errD`
    is `loss_D`."""
    if site.kind not in ("name", "assigned", "attribute", "item", "subscript", "call"):
        return False
    last = naming.words(site.text.removesuffix(".item()").rpartition(".")[2])
    if site.kind != "call" and wanted in (last, naming.words(site.text)):
        return True
    return len(content) > 1 and naming.covered(content, last) == content
