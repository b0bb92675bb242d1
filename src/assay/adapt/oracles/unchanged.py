"""Non-interference: what the script prints, saves, computes and draws is as it was."""

from __future__ import annotations

import ast
import difflib
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from assay.adapt.oracles.base import Case, Judging

Said = Iterator[tuple[bool | None, str]]

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\bnan\b|\binf\b")
_ANNOUNCES = re.compile(
    r"\* (Trackio|Created new run|View dashboard|or by running in Python|Run finished|psutil|GPU)|"
    r"(\x1b\[[0-9;]*m)*trackio show"
)
# TensorBoard's files bear their time and process, inside, too.
_EVENTS = re.compile(r"(events\.out\.tfevents)\..*")
# So do the files of a tracker that the script has already, whose runs have numbers of their own.
_TRACKERS = re.compile(r"(^|/)(wandb|mlruns|mlartifacts|trackio|\.?cometml-runs)/|(^|/)mlflow\.db")
_RUN = re.compile(r"\b(offline-)?run-\d{8}_\d{6}-\w+|run-\w{8}(?=\.wandb)|\b(m-)?[0-9a-f]{32}\b")
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{6,}")
_LETTERS = re.compile(r"[A-Za-z]")
_WORDS = re.compile(r"(?<![A-Za-z])[A-Za-z]{3,}(?![A-Za-z])|[A-Za-z]+(?=:)")
_SPACE = re.compile(r"\s+")


def _is_tracking(case: Case) -> bool:
    return not case.kinds & {"hpo", "pruning"}


def _output(case: Case) -> Said:
    ours, theirs = case.before.smoked, case.after.smoked
    others = _without_own(case, theirs.stdout)
    if not ours.stdout.strip():
        added = others.strip()
        if added and _is_tracking(case):
            yield False, f"prints what the original does not: {added[:80]!r}"
        else:
            yield None, "the script prints nothing, so its output proves nothing"
    elif not _is_tracking(case):
        yield _has_form(case.original, ours.stdout, theirs.stdout)
    elif ours.stdout in (theirs.stdout, others):
        yield True, f"prints the same {len(ours.stdout.splitlines())} lines"
    elif _ADDRESS.sub("", ours.stdout) == _ADDRESS.sub("", others):
        yield True, "prints the same, but for where objects lie in memory"
    else:
        again = case.again().stdout
        if again != ours.stdout and _masked(ours.stdout, again) == _masked(others, again):
            yield True, "prints the same, but for what differs from run to run"
        else:
            yield False, f"prints something else: {_difference(ours.stdout, others)}"


def _without_own(case: Case, text: str) -> str:
    """Without the lines in which a tracker itself announces a run: Trackio cannot be kept from
    printing them."""
    if "trackio" not in case.rewrite.targets:
        return text
    return "".join(line for line in text.splitlines(True) if not _ANNOUNCES.match(line))


def _has_form(script: str, ours: str, theirs: str) -> tuple[bool, str]:
    """Where weights change by nature numbers do, too, and so does text that a model makes up: the
    lines that have words of the script's own stay, in order."""
    own = _texts(script)
    wanted = [
        line
        for line in ours.splitlines()
        if _form(line) and (not _LETTERS.search(line) or own & _parts(line))
    ]
    told = iter(theirs.splitlines())
    missing = [line for line in wanted if not any(_is_like(line, one, own) for one in told)]
    if missing:
        return False, f"no longer prints {_form(missing[0])[:80]!r}"
    return True, f"prints all {len(wanted)} lines of the original, with its own numbers"


def _is_like(line: str, other: str, own: set[str]) -> bool:
    """Whether two lines are the same but for numbers, and for what is not the script's own text in
    a line that has both ("prediction: oo o")."""
    is_mixed = _LETTERS.search(_WORDS.sub(lambda found: "" if found[0] in own else "x", line))
    if not is_mixed:
        return _form(line) == _form(other)
    ours, theirs = ([word for word in _WORDS.findall(one) if word in own] for one in (line, other))
    return ours == theirs


def _texts(script: str) -> set[str]:
    """Words of the texts that a script has in it."""
    found = (node.value for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Constant))
    texts = [value for value in found if isinstance(value, str)]
    return {word for text in texts for word in _parts(text)}


def _parts(text: str) -> set[str]:
    return set(_WORDS.findall(text))


def _form(line: str) -> str:
    return _SPACE.sub(" ", _NUMBER.sub("#", line)).strip()


def _masked(text: str, again: str) -> list[str]:
    """The lines, and the forms of those that differ between two runs of the original."""
    lines, others = text.splitlines(), again.splitlines()
    return [
        line if line == other else _form(line)
        for line, other in itertools.zip_longest(lines, others, fillvalue="")
    ]


def _difference(ours: str, theirs: str) -> str:
    changed = [
        line
        for line in difflib.unified_diff(ours.splitlines(), theirs.splitlines(), n=0, lineterm="")
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    return "; ".join(line[:80] for line in changed[:2]) or "other line ends"


def _files(case: Case) -> Said:
    ours, theirs = _timeless(case.before.smoked.files), _timeless(case.after.smoked.files)
    if not ours:
        yield None, "the script saves nothing"
        return
    gone = _gone(case, set(ours), set(theirs))
    if gone:
        yield False, f"no longer saves {gone[0]}"
    changed = _differing(ours, theirs)
    told = {name for name in changed if name.endswith("training_args.bin")}
    if told and case.before.facts.get("trainers"):
        yield None, f"{sorted(told)[0]} says to which tracker the Trainer reports"
        changed -= told
    if changed and _is_tracking(case):
        changed -= _differing(ours, _timeless(case.again().files))
        if changed:
            yield False, f"saves other bytes in {sorted(changed)[0]}"
    if not gone and not (changed and _is_tracking(case)):
        what = "the same bytes" if _is_tracking(case) else "files of the same names"
        yield True, f"saves {what}: {len(ours)} files"


def _gone(case: Case, ours: set[str], theirs: set[str]) -> list[str]:
    """The files that the rewrite no longer leaves; where names differ in each run of the original
    itself, those of whose form it leaves too few."""
    gone = sorted(ours - theirs)
    passing = set(gone) - set(_timeless(case.again().files)) if gone else set()
    instead = Counter(map(_form, theirs - ours))
    for name in sorted(passing):
        if instead[_form(name)]:
            instead[_form(name)] -= 1
            gone.remove(name)
    return gone


def _timeless(files: Mapping[str, str]) -> dict[str, str]:
    """The files without those parts of names and bytes that are the time of day, or a run's own."""
    return {
        _RUN.sub("run", _EVENTS.sub(r"\1", name)): (
            "" if _EVENTS.search(name) or _TRACKERS.search(name) else digest
        )
        for name, digest in files.items()
    }


def _differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> set[str]:
    return {name for name, digest in ours.items() if theirs.get(name, digest) != digest}


def _weights(case: Case) -> Said:
    if not _is_tracking(case):
        return
    ours, theirs = case.before.smoked.weights, case.after.smoked.weights
    if not ours:
        yield None, "no model is alive at the end of the script"
        return
    left = set(ours.values()) - set(theirs.values())
    if left and _is_random(case, lambda run: run.weights):
        yield None, "the script itself trains to other weights in each run"
    elif left:
        names = sorted(name for name, digest in ours.items() if digest in left)
        yield False, f"`{names[0]}` ends with other weights than the original's"
    else:
        shown = ", ".join(f"`{name}`" for name in sorted(ours)[:3])
        yield True, f"weights of {shown} bit-identical to the original's"


def _random(case: Case) -> Said:
    if "hpo" in case.kinds:
        return
    ours, theirs = case.before.smoked.random, case.after.smoked.random
    differing = {name for name in ours if theirs.get(name) != ours[name]}
    unused = differing.intersection(case.before.facts.get("undrawn", ()))
    drawn = sorted(differing - unused)
    for name in sorted(unused):
        yield None, f"draws from `{name}`, which the script itself never does"
    if drawn and _is_random(case, lambda run: run.random):
        yield None, "the script itself draws other random numbers in each run"
    elif drawn:
        yield False, f"draws random numbers of its own: {', '.join(drawn)}"
    elif ours:
        kept = ", ".join(sorted(set(ours) - unused))
        if not kept:
            return
        yield True, f"state of the random generators as in the original: {kept}"


def _is_random(case: Case, part: object) -> bool:
    assert callable(part)
    return bool(part(case.again()) != part(case.before.smoked))


def _values(case: Case) -> Said:
    """All that the original assigns is assigned by the rewrite, too, value for value."""
    ours, theirs = case.before.record, case.after.record
    if not _is_tracking(case) or ours.full or theirs.full:
        return
    by_name: dict[str, list[list[float]]] = {}
    for (_, name), events in theirs.names.items():
        by_name.setdefault(name, []).append([value for _, value in events])
    same = 0
    for (function, name), events in ours.names.items():
        values = [value for _, value in events]
        held = [value for _, value in theirs.names.get((function, name), [])]
        others = by_name.get(name, [])
        if name == "_":  # what nobody reads may have been given a name
            others = [[value for _, value in events] for events in theirs.names.values()]
        if _equal(held, values) or any(_equal(other, values) for other in others):
            same += len(values)
        elif function and "autolog" in case.rewrite.text and _is_part(values, held):
            same += len(values)  # autologging asks an estimator once more, and so its functions
        elif not _is_random(case, lambda run: (run.stdout, run.weights)):
            where = f" in {function}" if function else ""
            yield False, f"`{name}`{where} takes other values: {_turn(values, held)}"
            return
    if same:
        yield True, f"all {same} numbers that the script assigns are the same"
    else:
        yield None, "the script assigns no numbers"


def _equal(one: list[float], other: list[float]) -> bool:
    return len(one) == len(other) and all(
        a == b or (a != a and b != b) for a, b in zip(one, other, strict=True)
    )


def _is_part(ours: list[float], theirs: list[float]) -> bool:
    """Whether all of one come in the other, in order."""
    later = iter(theirs)
    return all(value in later for value in ours)


def _turn(ours: list[float], theirs: list[float]) -> str:
    for place, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        if one != other:
            return f"{other:.6g} for {one:.6g} at its assignment {place + 1}"
    return f"{len(theirs)} of them for {len(ours)}"


OUTPUT = Judging("output", "non-interference", _output)
FILES = Judging("files", "non-interference", _files)
WEIGHTS = Judging("weights", "non-interference", _weights)
RANDOM = Judging("random", "non-interference", _random)
VALUES = Judging("values", "non-interference", _values)
