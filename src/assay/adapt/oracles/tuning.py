"""A search: did it happen, over what is sensible, judged on held-out data, and was it used?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assay.adapt.oracles.base import Case, Judging
from assay.adapt.oracles.record import Record
from assay.adapt.oracles.values import same
from assay.adapt.oracles.words import is_exactness, is_loss, words

Said = Iterator[tuple[bool | None, str]]


def _study(case: Case) -> Mapping[str, Any] | None:
    studies = case.after.facts.get("studies") or [None]
    return max(studies, key=lambda one: one["complete"] if one else -1)  # type: ignore[no-any-return]


def _evidence(case: Case) -> Said:
    if "hpo" not in case.kinds:
        return
    study = _study(case)
    if study is None:
        yield False, "no Optuna study is alive at the end of the script"
    elif study["complete"] < 2:
        yield False, f"{study['complete']} trials are complete, where 2 are the least"
    else:
        names = ", ".join(f"`{name}`" for name in study["space"])
        yield True, f"{study['complete']} trials are complete, over {names}"


def _direction(case: Case) -> Said:
    """Whether the search goes the way that what it looks at wants to go."""
    study = _study(case) if "hpo" in case.kinds else None
    if study is None:
        return
    record = case.after.record
    values = {value[0] for _, _, value in study["trials"] if value}
    sites = [site for site in record.sites if values & set(record.values.get(site.number, ()))]
    named = {word for site in sites for word in words(site.text) if site.kind == "assigned"}
    wrong = {"MAXIMIZE": is_loss, "MINIMIZE": is_exactness}.get(study["direction"])
    other = {"MAXIMIZE": is_exactness, "MINIMIZE": is_loss}.get(study["direction"])
    told = " ".join(sorted(named))
    if wrong and other and wrong(told) and not other(told):
        yield False, f"the search would {study['direction'].lower()} `{told}`"


def _space(case: Case) -> Said:
    """Whether the search can find what the original uses."""
    study = _study(case) if "hpo" in case.kinds else None
    if study is None:
        return
    if not study["space"]:
        yield False, "the trials vary nothing"
    for name, one in study["space"].items():
        used = [value for value in _used(case.before.record, name) if _fits(value, one)]
        if one["low"] is not None and one["low"] >= one["high"]:
            yield False, f"`{name}` has no room: {one['low']} to {one['high']}"
        elif used and not any(_within(value, one) for value in used):
            yield False, f"`{name}` is searched where the original's {used[0]} is not"
        elif used:
            yield True, f"`{name}`: the original's {used[0]} lies in what is searched"


def _fits(value: Any, space: Mapping[str, Any]) -> bool:
    if space["choices"] is not None:
        return any(type(value) is type(choice) for choice in space["choices"])
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _within(value: Any, space: Mapping[str, Any]) -> bool:
    if space["choices"] is not None:
        return value in space["choices"]
    return bool(space["low"] <= value <= space["high"])


def _used(record: Record, name: str) -> list[Any]:
    """What the original used under that name."""
    wanted = words(name)
    found: dict[Any, None] = {}
    for _, _, _, settings in record.facts.get("setups", ()):
        found.update({value: None for key, value in settings.items() if words(key) == wanted})
    for site in record.sites:
        if site.kind != "probe" and wanted in (
            words(site.text.rpartition(".")[2]),
            words(site.label),
        ):
            found.update(dict.fromkeys(record.values.get(site.number, ())[:4]))
            found.update(dict.fromkeys(record.texts.get(site.number, ())[:4]))
    return [value for value in found if value is not None]


def _held_out(case: Case) -> Said:
    study = _study(case) if "hpo" in case.kinds else None
    if study is None:
        return
    record = case.after.record
    facts = record.facts
    folds = [fold[1:] for fold in facts.get("folds", ()) if fold[0].startswith("trial")]
    if ["KFold", False, True] in folds:
        yield False, "cross-validates over sorted data without shuffling it"
    rows = facts.get("rows", ())
    if not rows:
        yield False, "nothing shows that the rows which trials are scored on were held out"
        return
    bad = 0
    good = 0
    tried = [(number, values[0]) for number, state, values in study["trials"]
             if state == "COMPLETE" and values]  # fmt: skip
    shown = [_shown_at(record, number, value) for number, value in tried]
    # In one trial a value can show somewhere by chance, such as an accuracy of 0.
    sites = set.intersection(*map(set, shown)) if shown else set()
    for (number, _), at in zip(tried, shown, strict=True):
        first = min((event for site, event in at.items() if site in sites or not sites), default=0)
        scored = _scored(record, number, first or _window(record, number)[1])
        if scored is None:
            continue
        if scored[1] * 2 > scored[0]:
            bad += 1
        else:
            good += 1
    if bad:
        yield False, f"{bad} trials are scored on rows that their model was fitted on"
    elif good:
        yield True, f"{good} trials are scored on rows that were held out"
    else:
        yield False, "no trial is scored on data that was held out"
    yield from _untouched(case)


def _window(record: Record, number: int) -> tuple[int, int]:
    """The first and the last moment of a trial."""
    known = record.facts.get("trials", ())
    return next(((begin, end) for one, begin, end in known if one == number), (0, 0))


def _shown_at(record: Record, number: int, value: float) -> dict[int, int]:
    """Where the value of a trial showed in it, and when first."""
    begin, end = _window(record, number)
    found: dict[int, int] = {}
    for site, values in record.values.items():
        for event, one in zip(record.at[site], values, strict=True):
            if begin <= event <= end and one == value:
                found.setdefault(site, event)
    return found


def _scored(record: Record, number: int, shown: int) -> tuple[int, int] | None:
    """Rows that the value of a trial was reckoned from, and those among them that the same model
    was fitted on: of the pass over data that ended last before the value showed."""
    phase = f"trial {number}"
    rows = [one for one in record.facts.get("rows", ()) if one[0] == phase]
    before = [one for one in rows if one[1] <= shown] or rows
    if not before:
        return None
    if before[-1][2] == "part":
        latest = [one for one in before if one[2] == "part" and one[1] == before[-1][1]]
        worst = max(latest, key=lambda one: one[4] / one[3])
        return worst[3], worst[4]
    if before[-1][2] == "fit" and not any(one[2] == "score" for one in before):
        return (1, 1)
    scores: list[Any] = []
    for one in reversed(before):
        if one[2] == "score" and (not scores or _is_one_pass(one, scores[-1])):
            scores.append(one)
        elif scores or before[-1][2] == "fit":
            break
    if not scores:
        return (1, 1)
    return sum(one[3] for one in scores), sum(one[4] for one in scores)


def _is_one_pass(earlier: Sequence[Any], later: Sequence[Any]) -> bool:
    """Whether what was asked belongs to one figure: by the same line of the script, or with no
    number computed in between."""
    return earlier[1] == later[1] or earlier[5:] == later[5:]


def _untouched(case: Case) -> Said:
    facts = case.after.facts
    shared, test = int(facts.get("test_rows_in_search", 0)), int(facts.get("test_rows", 0))
    if shared:
        yield False, f"{shared} of {test} test rows were used by the search"
    elif test:
        yield True, f"none of the {test} rows of the final test was used by the search"


def _final(case: Case) -> Said:
    """Whether the last training used what the search found best."""
    study = _study(case) if "hpo" in case.kinds else None
    if study is None or not study["best"]:
        return
    record = case.after.record
    rows = record.facts.get("rows", ())
    setups = [one for one in record.facts.get("setups", ()) if one[0] == "after"]
    # Texts are no rows that could be counted; that an estimator was fitted is seen all the same.
    if not (setups if not rows else [one for one in rows if one[0::2][:2] == ["after", "fit"]]):
        yield False, "nothing is trained once the search is over"
        return
    end = max((stop for _, _, stop in record.facts.get("trials", ())), default=0)
    for name, value in study["best"].items():
        holds, text = _is_used(record, setups, name, value, end)
        yield holds, text
    yield from _apart(case)
    yield from _direction(case)


def _is_used(
    record: Record, setups: list[Any], name: str, value: Any, end: int
) -> tuple[bool, str]:
    wanted = words(name)
    given = [
        settings[key]
        for _, _, _, settings in setups
        for key in settings
        if words(key.rpartition("__")[2]) == wanted or words(key) == wanted
    ]
    if given:
        if any(same(one, str(value)) or _is_rounded(one, value) for one in given):
            return True, f"the final training uses the best `{name}`, {value}"
        return False, f"the final training uses {name} = {given[-1]}, and the best is {value}"
    for site in record.sites:
        if not wanted <= words(site.text) | words(site.label):
            continue
        if "best" in words(site.text) and site.kind != "item":
            continue
        later = [
            one
            for event, one in zip(
                record.at.get(site.number, ()), record.values.get(site.number, ()), strict=True
            )
            if event >= end
        ]
        if any(same(one, str(value)) for one in (*later, *record.texts.get(site.number, ()))):
            return True, f"the final training uses the best `{name}`, {value}"
    return False, f"the best `{name}`, {value}, is used nowhere after the search"


def _is_rounded(one: Any, value: Any) -> bool:
    """Whether it is the value as a number of 32 bits, which is how Keras keeps a learning rate."""
    numbers = type(one) is float and type(value) is float
    return numbers and math.isclose(one, value, rel_tol=1e-6)


def _apart(case: Case) -> Said:
    """Estimators that the original compares are all still there."""
    ours = _kinds(case.before.record)
    theirs = _kinds(case.after.record)
    gone = sorted(ours - theirs)
    if gone:
        yield False, f"{gone[0]} is no longer trained"
    names = set(case.before.smoked.weights) - set(case.after.smoked.weights)
    lost = len(case.before.smoked.weights) - len(case.after.smoked.weights)
    if names and lost > 0:
        yield False, f"there is no `{min(names)}` any more"


def _kinds(record: Record) -> set[str]:
    return {str(kind) for _, _, kind, _ in record.facts.get("setups", ())}


SEARCHED = Judging("searched", "evidence", _evidence)
SPACE = Judging("space", "semantics", _space)
HELD_OUT = Judging("held-out", "semantics", _held_out)
BEST = Judging("best", "semantics", _final)
