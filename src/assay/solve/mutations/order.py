"""The same sentences in another order, where no sentence leans on the one before it."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from assay.solve.mutations.base import Freedom, OnlyByRules, Prompt, Rewritten
from assay.solve.mutations.reading import Block, read, rendered

# Words that point back: a sentence with one of them stays behind the sentence before it.
_LEANS = re.compile(
    r"\b(?:it|its|itself|they|their|them|this|these|those|such|then|otherwise|likewise|also|too|"
    r"either|neither|others?|another|same|latter|former|above|below|following|first|second|next|"
    r"here|there|so|thus|hence|however|both|ones?|all of|each of|that (?:case|is)|afterwards|"
    r"finally|instead|still|later|else|again|further|remaining|rest)\b",
    re.I,
)
# In these an order is told, or a letter stands for what was said before.
_STEPS = re.compile(
    r"\b(?:first|then|next|finally|afterwards|after that|steps?|let|in turn|in order)\b| = |:=",
    re.I,
)
_SPAN = re.compile(r"`[^`]+`")
_BEGINS = re.compile(
    r"`[\w.]+` |Raises? |Returns? |Inputs? |The inputs? |(?:An? |The )?[Ee]mpty |(?:With|If|For) `"
)
_CONSTRAINT = re.compile(
    r"Raises? |Never |Do not |Assume |\w+Error (?:if|when|for|is|unless)\b|The inputs? (?:is|are) "
    r"|Inputs? (?:is|are) |`[\w.]+` (?:must|may|can|has to|have to|is at|are at|cannot)\b"
)


class Reordered(OnlyByRules):
    """`reordered`: sentences of a paragraph that stand on their own change places."""

    name = "reordered"
    freedom = Freedom("sentences")

    def rewrite(self, prompt: Prompt, seed: int) -> Rewritten | None:
        chance = random.Random(f"{seed}/{prompt.target.name}")
        blocks = [_shuffled(block, chance) for block in read(prompt.text)]
        text = rendered(_paragraphs_shuffled(blocks, chance))
        return Rewritten(text, prompt.target.name) if text != prompt.text else None


class ConstraintFirst(OnlyByRules):
    """`constraint-first`: errors, bounds and what must not happen come before the description."""

    name = "constraint-first"
    freedom = Freedom("sentences")

    def rewrite(self, prompt: Prompt, seed: int) -> Rewritten | None:  # noqa: ARG002
        own = prompt.target.name.split(".")[-1]
        regions = [list(part) for _, part in groupby(read(prompt.text), lambda one: one.region)]
        blocks = [block for part in regions for block in _constraints_first(part, own)]
        text = rendered(blocks)
        return Rewritten(text, prompt.target.name) if text != prompt.text else None


class ExampleFirst(OnlyByRules):
    """`example-first`: examples come before the description."""

    name = "example-first"
    freedom = Freedom("sentences")

    def rewrite(self, prompt: Prompt, seed: int) -> Rewritten | None:  # noqa: ARG002
        regions = [list(part) for _, part in groupby(read(prompt.text), lambda one: one.region)]
        blocks = [block for part in regions for block in _examples_first(part)]
        text = rendered(blocks)
        return Rewritten(text, prompt.target.name) if text != prompt.text else None


def _shuffled(block: Block, chance: random.Random) -> Block:
    if block.kind != "prose" or _STEPS.search(_SPAN.sub("`", block.text)):
        return block
    head, units = _units(block.sentences)
    # What does not end like a sentence would run into the next one.
    if len(units) < 2 or not block.sentences[-1].endswith((".", "!", "?")):
        return block
    order = list(units)
    while order == units:
        chance.shuffle(order)
    return block.saying([*head, *(one for unit in order for one in unit)])


def _paragraphs_shuffled(blocks: list[Block], chance: random.Random) -> list[Block]:
    """Paragraphs of a region that stand on their own change places, too."""
    found = list(blocks)
    for region in {block.region for block in blocks}:
        places = [at for at, one in enumerate(blocks) if one.region == region and _is_alone(one)]
        order = list(places)
        while len(places) > 1 and order == places:
            chance.shuffle(order)
        for place, other in zip(places, order, strict=True):
            found[place] = replace(blocks[other], indent=blocks[place].indent)
    return found


def _is_alone(block: Block) -> bool:
    if block.kind != "prose" or _STEPS.search(_SPAN.sub("`", block.text)):
        return False
    first = block.sentences[0]
    return bool(_BEGINS.match(first)) and not _LEANS.search(first)


def _units(sentences: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """What has to stay at the beginning, and groups of sentences that can move as a whole. The
    first sentence says what all is about, and stays unless it is of the kind that moves."""
    head: list[str] = []
    units: list[list[str]] = []
    for sentence in sentences:
        if _BEGINS.match(sentence) and not _LEANS.search(sentence):
            units.append([sentence])
        elif units:
            units[-1].append(sentence)
        else:
            head.append(sentence)
    return head, units


def _constraints_first(part: list[Block], own: str) -> list[Block]:
    """The blocks of a region with its constraints in front: in a paragraph of their own where the
    region has paragraphs, else at the beginning of its only one. The request stays first."""
    places = [at for at, block in enumerate(part) if block.kind == "prose"]
    if places and own in part[places[0]].text and len(part[places[0]].sentences) == 1:
        places = places[1:]
    found = [one for at in places for one in part[at].sentences if _is_constraint(one)]
    everything = [one for at in places for one in part[at].sentences]
    if not found or everything[: len(found)] == found or len(found) == len(everything):
        return part
    if len(places) == 1:
        rest = [one for one in everything if one not in found]
        return [*part[: places[0]], part[places[0]].saying([*found, *rest]), *part[places[0] + 1 :]]
    return _with_paragraph(part, places, found)


def _with_paragraph(part: list[Block], places: list[int], found: list[str]) -> list[Block]:
    blocks: list[Block] = []
    gap = next((one for one in part[places[0] :] if one.kind == "gap" and "\n" in one.text), None)
    if gap is None:
        return part
    for at, block in enumerate(part):
        if at == places[0]:
            longest = max((part[place] for place in places), key=lambda one: len(one.text))
            blocks += [replace(longest.saying(found), indent=block.indent), gap]
        left = [one for one in block.sentences if one not in found] if at in places else []
        if at not in places or len(left) == len(block.sentences):
            blocks.append(block)
        elif left:
            blocks.append(block.saying(left))
        elif blocks and blocks[-1].kind == "gap":
            # Of a paragraph that has gone, the gap before it goes, too.
            blocks.pop()
    return blocks


def _is_constraint(sentence: str) -> bool:
    return bool(_CONSTRAINT.match(sentence)) and not _LEANS.search(sentence)


def _examples_first(part: list[Block]) -> list[Block]:
    places = [at for at, block in enumerate(part) if block.kind == "example"]
    said = [at for at, block in enumerate(part) if block.kind in ("prose", "verbatim")]
    if not places or not said or places[0] < said[0]:
        return part
    moved: list[Block] = []
    for at in places:
        # "For example:" goes with what it announces.
        if at >= 2 and part[at - 2].text.rstrip().endswith(":") and at - 2 in said:
            moved += [part[at - 2], part[at - 1]]
            said.remove(at - 2)
        moved += [part[at], Block("gap", "\n\n" + part[at].indent, region=part[at].region)]
    if not said:
        return part
    gone = {id(block) for block in moved}
    head, rest = part[: said[0]], [one for one in part[said[0] :] if id(one) not in gone]
    opening = [] if any("\n" in block.text for block in head) else [
        Block("gap", "\n" + part[places[0]].indent, region=part[places[0]].region)
    ]  # fmt: skip
    if opening:
        head = [block for block in head if block.kind != "gap"]
    return [*head, *opening, *moved, *_once(rest)]


def _once(blocks: list[Block]) -> list[Block]:
    """Without the gaps that nothing is between any more: the last of them stays."""
    return [
        block for at, block in enumerate(blocks)
        if block.kind != "gap" or at + 1 == len(blocks) or blocks[at + 1].kind != "gap"
    ]  # fmt: skip
