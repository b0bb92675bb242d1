"""Many readings of one answer, and the best of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from assay.models.extraction import carriers, layout
from assay.models.extraction.blocks import Region, regions
from assay.models.extraction.continuing import continued
from assay.models.extraction.frames import Frame
from assay.models.extraction.placing import Placed, Worth, folded, place
from assay.models.extraction.statements import is_code, parse, units

_DEFINES = re.compile(r"^[ \t]*+(?:async[ \t]+def|def|class)[ \t]++\w++[ \t]*+[(:]", re.MULTILINE)
# All readings of an answer together may parse this many characters: hostile text ends here.
_BUDGET = 2 << 20


class Rank(NamedTuple):
    """What decides between readings, the weightiest first; more is better.

    The program itself comes first (`Worth`). A script has no name to know it by: there, what is
    much shorter than another block is a snippet. Then what the prose before the block says of it;
    then how many names stay unresolved, which finds the blocks that belong together. A definition
    beats a body that could be placed, because a snippet that explains can look like a body. Of
    what is still equal the later one wins, as corrections come later; then the reading that put
    the least together and changed the least.
    """

    worth: Worth
    sizeable: bool
    cue: int
    resolved: int
    python: bool
    defines: bool
    later: int
    simple: int


class Reading(NamedTuple):
    rank: Rank
    program: str
    shape: str


def readings(answer: str, frame: Frame) -> tuple[list[Reading], bool]:
    """Every reading that makes a program, best first; and whether there was any code at all."""
    found: list[Reading] = []
    code_seen = False
    budget = _BUDGET
    every = regions(answer)
    longest = max((len(region.code) for region in every if not region.parts), default=0)
    for region in every:
        budget -= len(region.code)
        if budget < 0:
            break
        made = list(_of_region(region, frame, longest))
        found += made
        code_seen = code_seen or bool(made) or _is_code(region.code)
    # Sorting is stable: of readings that rank the same, the one found first stays first.
    return sorted(found, key=lambda reading: reading.rank, reverse=True), code_seen


def _is_code(text: str) -> bool:
    """Whether there is code in a text, be it a definition that was cut off."""
    if _DEFINES.search(text):
        return True
    return any(is_code(unit) for unit in units(layout.dedent(text)))


def _of_region(region: Region, frame: Frame, longest: int) -> Iterator[Reading]:
    """The readings of a region; its text is repaired only if as it stands something is amiss."""
    sizeable = frame.kind != "script" or 2 * len(region.code) >= longest
    source = _where_defined(region, frame)
    for repairs, code in enumerate([region.code, *layout.repaired(region.code)]):
        faultless = False
        for placed, defines in _placings(code, region, frame):
            faultless = faultless or placed.faultless
            rank = Rank(
                placed.worth, sizeable, source.cue, -placed.unresolved, region.python, defines,
                source.order, -len(region.parts) - repairs,
            )  # fmt: skip
            yield Reading(rank, placed.program, _shape(region.shape, defines, placed))
        if faultless:
            return


def _placings(code: str, region: Region, frame: Frame) -> Iterator[tuple[Placed, bool]]:
    """The programs that a text makes, each with whether it defines the target itself."""
    for base in frame.bases if region.changes else ():
        changed = carriers.applied(region.changes, base)
        # A diff can be put into a program and leave none.
        if changed and (parse(changed) is not None or parse(base) is None):
            yield from ((placed, True) for placed in place(changed, frame, is_module=True))
    tidy = False
    if frame.kind == "script" or folded(frame.name) in folded(code):
        for placed in place(code, frame):
            worth = placed.worth
            tidy = tidy or (worth.tidy and worth.whole and worth.named == 2)
            yield placed, True
    if not tidy and not region.parts and frame.kind != "script":
        yield from ((placed, False) for placed in continued(code, frame))


def _where_defined(region: Region, frame: Frame) -> Region:
    """Of blocks put together, the last that defines the target."""
    names = "|".join(map(re.escape, (frame.name, *frame.owners[-1:])))
    begins = re.compile(rf"(?:def|class)\s+(?:{names})\b")
    return next((part for part in reversed(region.parts) if begins.search(part.code)), region)


def _shape(shape: str, defines: bool, placed: Placed) -> str:
    if not defines:
        shape = "body only" if shape == "bare" else f"{shape}, body only"
    return shape if placed.worth.uncut else f"{shape}, cut short"
