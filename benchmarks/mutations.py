"""Prompt mutations by rules on 300 prompts of `dl` and `starter`: how many apply, whether seeded
corruptions of them are rejected, and whether right ones are.

    .venv/bin/python benchmarks/mutations.py [--prompts 300 --seed 0 --json]

Asked: every mutant shown passes the validity checks; of seeded corruptions (a number changed, a
negation put in or taken out, a parameter renamed, an antonym put in, a sentence dropped, two words
exchanged) at least 95 % are rejected.

The corruptions are made here from word lists of their own, and without reading the checks' code
paths: what they change is found by plain regular expressions in the mutant's text. Prompts of `dl`
are those that its manifest words itself; prompts out of docstrings exist only after a build.
"""

from __future__ import annotations

import argparse
import random
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from assay import suites
from assay.core.words import Target
from assay.solve.mutations import Dropped, Mutant, Prompt, faults, load, mutate, names
from measure import show

_SUITES = Path(__file__).parent.parent / "suites"
_ANTONYMS = """
ascending descending|increasing decreasing|rising falling|growing shrinking|before after|
earlier later|first last|previous next|above below|over under|upper lower|highest lowest|
high low|higher lower|largest smallest|larger smaller|large small|big little|greater less|
greatest least|more fewer|most least|maximum minimum|maximal minimal|longest shortest|long short|
longer shorter|inside outside|inner outer|inclusive exclusive|included excluded|with without|
all none|every no|always never|both neither|any no|some none|same different|equal unequal|
equal different|identical distinct|true false|True False|valid invalid|positive negative|even odd|
left right|top bottom|up down|front back|horizontal vertical|rows columns|row column|
width height|start end|begin end|starts ends|add remove|added removed|keep drop|kept dropped|
keeps drops|include exclude|insert delete|append prepend|multiply divide|multiplied divided|
plus minus|sum difference|increase decrease|raise lower|encode decode|train test|training test|
input output|inputs outputs|source target|finite infinite|empty full|empty non-empty|
zero one|zeros ones|and or|if unless|may must|can cannot|must may|near far|nearest farthest|
early late|fast slow|strong weak|strictly loosely|exactly roughly|at from|to from|into from|
independent dependent|known unknown|new old|odd even|sorted unsorted|lower-case upper-case|
unchanged changed|defined undefined|normalised raw|mean median|numerator denominator|
predicted actual|prediction truth|user item|success failure|open closed|absolute relative|
single several|dense sparse|shallow deep|hard soft|wide narrow|local global|online offline
"""
_OTHERS = [tuple(" ".join(pair.split()).split(" ")) for pair in _ANTONYMS.split("|")]
_FUNCTION_WORDS = frozenset(
    {"that", "this", "with", "from", "have", "been", "will", "would", "should", "could", "which",
     "whose", "where", "when", "then", "than", "them", "they", "their", "there", "these", "those",
     "what", "each", "also", "into", "only", "such", "some", "because", "does", "being"}
)  # fmt: skip
_BE = r"\b(is|are|must|may|can|will|should|does|has|have|IS|ARE|MUST|MAY|CAN|SHOULD)\b"
_FENCE = re.compile(r"```.*?```|^(?:def|class|import|from) .*$", re.S | re.M)

Corrupted = str | None
Corruption = Callable[[str, Prompt, random.Random], Corrupted]


def number(text: str, _: Prompt, chance: random.Random) -> Corrupted:
    """A number, in prose or code, becomes another one."""
    found = list(re.finditer(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", text))
    if not found:
        return None
    one = chance.choice(found)
    other = str(int(float(one[0])) + chance.choice((1, 2, 10)))
    return _put(text, one.span(), other)


def negation_in(text: str, _: Prompt, chance: random.Random) -> Corrupted:
    """A "not" after an auxiliary verb."""
    found = [one for one in re.finditer(_BE, text) if _in_prose(text, one.start())]
    if not found:
        return None
    one = chance.choice(found)
    word = " NOT" if one[0].isupper() else " not"
    return _put(text, (one.end(), one.end()), word)


def negation_out(text: str, _: Prompt, chance: random.Random) -> Corrupted:
    found = [
        one for one in re.finditer(r"\b(not|no|never|without|NOT|NO|NEVER|WITHOUT) ", text)
        if _in_prose(text, one.start())
    ]  # fmt: skip
    return _put(text, chance.choice(found).span(), "") if found else None


def parameter(text: str, prompt: Prompt, chance: random.Random) -> Corrupted:
    """One mention of a name is another name: of the signature's, or of what is in backticks."""
    inside = prompt.target.signature.partition("(")[2]
    known = set(re.findall(r"(?:^|[(,]\s*)\*{0,2}(\w+)", inside)) | set(
        re.findall(r"`([a-z_]\w+)`", prompt.text)
    )
    known -= {"self", "cls", prompt.target.name.split(".")[-1]}
    found = [one for one in re.finditer(r"\w+", text) if one[0] in known]
    if not found:
        return None
    one = chance.choice(found)
    others = sorted(known - {one[0]})
    new = chance.choice((one[0] + "_", one[0] + "2", *others[:2]))
    return _put(text, one.span(), new)


def antonym(text: str, _: Prompt, chance: random.Random) -> Corrupted:
    turned = [(a, b) for pair in _OTHERS for a, b in (pair, pair[::-1])]
    chance.shuffle(turned)
    for one, other in turned:
        found = [
            place for place in re.finditer(rf"(?<![\w-]){re.escape(one)}(?![\w-])", text, re.I)
            if _in_prose(text, place.start())
        ]  # fmt: skip
        if found:
            place = chance.choice(found)
            return _put(text, place.span(), other.upper() if place[0].isupper() else other)
    return None


def sentence(text: str, _: Prompt, chance: random.Random) -> Corrupted:
    """A whole sentence, from one full stop to the next, is gone."""
    found = [
        one for one in re.finditer(r"(?<=[.!?]\s)\s*[A-Z`][^.!?`]*(?:`[^`]*`[^.!?`]*)*[.!?]", text)
        if len(one[0].split()) >= 3 and _in_prose(text, one.start())
    ]  # fmt: skip
    return _put(text, chance.choice(found).span(), "") if found else None


def swapped(text: str, _: Prompt, chance: random.Random) -> Corrupted:
    """Two content words of one line exchange places."""
    lines = [
        one for one in re.finditer(r"[^\n]+", text) if _in_prose(text, one.start() + 8)
    ]  # fmt: skip
    chance.shuffle(lines)
    for line in lines:
        words = [
            one for one in re.finditer(r"(?<![\w`.-])[A-Za-z]{4,}(?![\w`(-])", line[0])
            if one[0].lower() not in _FUNCTION_WORDS
        ]  # fmt: skip
        pairs = [(a, b) for a in words for b in words
                 if a.start() < b.start() and _stem(a[0]) != _stem(b[0])]  # fmt: skip
        if pairs:
            a, b = chance.choice(pairs)
            said = line[0]
            new = said[: a.start()] + b[0] + said[a.end() : b.start()] + a[0] + said[b.end() :]
            return _put(text, line.span(), new)
    return None


def _stem(word: str) -> str:
    return re.sub(r"(es|s|ed|ing)$", "", word.lower())


def _put(text: str, span: tuple[int, int], new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]


def _in_prose(text: str, place: int) -> bool:
    """Not in a line of code, in backticks or in quotes."""
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    line = text[start : end if end >= 0 else len(text)]
    before = text[start:place]
    code = re.match(r"\s*(?:def |class |import |from \w[\w.]* import|>>>|@|```|\w+: [\w.]+)", line)
    return not code and before.count("`") % 2 == 0 and before.count('"') % 2 == 0


KINDS: dict[str, Corruption] = {
    "number changed": number,
    "negation put in": negation_in,
    "negation taken out": negation_out,
    "parameter renamed": parameter,
    "antonym": antonym,
    "sentence dropped": sentence,
    "words exchanged": swapped,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--prompts", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=0, help="corruptions that passed, at most")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    asked = prompts(options.prompts, options.seed)
    offline = [name for name in names() if load(name).offline]
    applied: dict[str, Counter[str]] = {name: Counter() for name in offline}
    found: list[tuple[Prompt, Mutant]] = []
    for prompt in asked:
        made, dropped = mutate(prompt, offline, options.seed)
        found += [(prompt, mutant) for mutant in made]
        for one in (*made, *dropped):
            applied[one.mutation][one.kind if isinstance(one, Dropped) else "applied"] += 1
    wrong = sum(bool(faults(prompt, mutant)) for prompt, mutant in found)
    table, missed = corrupted(found, options.seed)
    for prompt, mutant, kind, text in missed[: options.show]:
        told(prompt, mutant, kind, text)
    report(asked, applied, table, wrong, options.json)


def prompts(most: int, seed: int) -> list[Prompt]:
    """All of `starter`, and of `dl` as many as are left, at random but always the same."""
    starter = [Prompt(task.prompt, task.target) for task in suites.load("starter").tasks]
    dl = [*_of_manifest()]
    random.Random(seed).shuffle(dl)
    return [*starter, *dl][:most]


def _of_manifest() -> Iterator[Prompt]:
    for path in sorted((_SUITES / "dl").glob("*/tasks.toml")):
        for entry in tomllib.loads(path.read_text("utf-8"))["task"]:
            if "prompt" not in entry:
                continue
            *_, owner, name = entry["function"].split(".")
            is_class, is_method = name.lstrip("_")[:1].isupper(), owner.lstrip("_")[:1].isupper()
            target = Target(
                "class" if is_class else "method" if is_method else "function",
                f"{owner}.{name}" if is_method and not is_class else name,
            )
            text = (
                f"Write the {target.kind} `{target.name}`, which belongs to the library "
                f"{path.parent.name} but is missing from it.\n\n{entry['prompt'].strip()}\n"
            )
            yield Prompt(text, target)


Missed = list[tuple[Prompt, Mutant, str, str]]


def corrupted(
    found: list[tuple[Prompt, Mutant]], seed: int
) -> tuple[dict[str, Counter[str]], Missed]:
    """Every mutant corrupted once in each way; how many the checks reject."""
    table: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    missed: Missed = []
    for at, (prompt, mutant) in enumerate(found):
        for kind, corrupt in KINDS.items():
            text = corrupt(mutant.text, prompt, random.Random(f"{seed}/{at}/{kind}"))
            if text is None or text == mutant.text:
                continue
            bad = Mutant(mutant.mutation, text, mutant.name, mutant.by)
            rejected = bool(faults(prompt, bad))
            table[kind]["rejected" if rejected else "passed"] += 1
            if not rejected:
                missed.append((prompt, mutant, kind, text))
    random.Random(seed).shuffle(missed)
    return table, missed


def told(prompt: Prompt, mutant: Mutant, kind: str, text: str) -> None:
    """A corruption that the checks did not see, word by word."""
    print(f"--- {kind}, {mutant.mutation}, {prompt.target.name}")
    before, after = mutant.text.split(), text.split()
    at = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    print("   ", " ".join(before[max(0, at - 6) : at + 12]))
    print("   ", " ".join(after[max(0, at - 6) : at + 12]))


def report(
    asked: list[Prompt], applied: dict[str, Counter[str]], table: dict[str, Counter[str]],
    wrong: int, as_json: bool,
) -> None:  # fmt: skip
    made = sum(count["applied"] for count in applied.values())
    faulty = sum(count["faulty"] for count in applied.values())
    rows: list[list[object]] = [
        [name, count["applied"], count["declined"], count["faulty"]]
        for name, count in applied.items()
    ]
    rows.append(["all", made, sum(c["declined"] for c in applied.values()), faulty])
    total: Counter[str] = Counter()
    for kind, count in table.items():
        total += count
        rows.append([f"corrupted: {kind}", *_share(count)])
    rows.append(["corrupted: all", *_share(total)])
    notes = [
        f"{len(asked)} prompts, {made:,} mutants; {wrong} of them fail the checks, asked again",
        f"right ones rejected: {faulty} of {made + faulty:,} rule-made mutants "
        f"({100 * faulty / max(1, made + faulty):.2f} %), some of them with reason",
        "corrupted: rejected, passed, % rejected (asked: 95)",
    ]
    show("mutations by rules", ["mutation", "applied", "declined", "rejected"], rows, notes,
         as_json)  # fmt: skip


def _share(count: Counter[str]) -> list[object]:
    total = sum(count.values())
    return [count["rejected"], count["passed"], 100 * count["rejected"] / max(1, total)]


if __name__ == "__main__":
    main()
