"""Seeded faulty adaptations: scripts, adaptations of them by hand, and faults as edits of those.

Every adaptation has to be proven, every faulty one has not to be, by the oracle that is named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.adapt.words import Rewrite

SCRIPTS = Path(__file__).parent / "scripts"
Edits = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Adaptation:
    """A right way to put targets into a script, as edits of its text."""

    name: str
    script: str
    targets: tuple[str, ...]
    edits: Edits
    claims: dict[str, Any] = field(default_factory=dict)

    def original(self) -> str:
        return (SCRIPTS / f"{self.script}.py").read_text(encoding="utf-8")

    def rewrite(self, fault: Fault | None = None) -> Rewrite:
        text = edited(self.original(), self.edits)
        text = edited(text, fault.edits) if fault else text
        return Rewrite(self.targets, text, "hand", claims=self.claims)


@dataclass(frozen=True, slots=True)
class Fault:
    """Edits that make an adaptation wrong, and the oracle that has to see it."""

    name: str
    of: str
    caught_by: str
    edits: Edits


def edited(text: str, edits: Edits) -> str:
    """The text with each edit made, at the one place where it fits."""
    for old, new in edits:
        assert text.count(old) == 1, f"{text.count(old)} places for {old!r}"
        text = text.replace(old, new)
    return text


def adaptations() -> dict[str, Adaptation]:
    return {one.name: one for room in _rooms() for one in room.ADAPTATIONS}


def faults() -> list[Fault]:
    return [one for room in _rooms() for one in room.FAULTS]


def _rooms() -> tuple[Any, ...]:
    from tests.adapt.faults import (
        boosted,
        libraries,
        named,
        pruned,
        registered,
        several,
        tracked,
        tuned,
    )

    return tracked, named, libraries, several, boosted, registered, pruned, tuned
