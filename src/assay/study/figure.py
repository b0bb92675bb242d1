"""`Figure`: a number that never travels without its interval and its denominator."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["share", "points", "points²", "number"]
"""How a figure reads: a share as a percentage; a difference (or a deviation) of shares in
percentage points; a variance of shares in squared points; anything else as it is. The stored
values of all kinds of share are fractions of 1."""

SCALES: dict[Kind, float] = {"share": 100.0, "points": 100.0, "points²": 10_000.0, "number": 1.0}


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with the interval that holds it, what it is out of, and how that was found.

    A figure of nothing (`n` is 0) has NaN for a value, which JSON and CSV write as empty; an end
    of the interval that cannot be known is NaN too.
    """

    name: str
    value: float
    low: float
    high: float
    n: int
    method: str
    kind: Kind = "share"

    @classmethod
    def undefined(cls, name: str, why: str, kind: Kind = "share") -> Figure:
        """The figure of an empty group; `why` says what it lacks."""
        return cls(name, math.nan, math.nan, math.nan, 0, why, kind)

    @property
    def known(self) -> bool:
        return not math.isnan(self.value)

    def __str__(self) -> str:
        if not self.known:
            return f"– of {self.n:,}"
        ends = ", ".join(_shown(end, self.kind) for end in (self.low, self.high))
        return f"{self.value_text()} [{ends}] of {self.n:,}"

    def value_text(self) -> str:
        """The value alone, with its unit: "22.1 %", "+3.2 points", "0.50"."""
        if not self.known:
            return "–"
        text = _shown(self.value, self.kind, exact_ends=True)
        return f"{text} %" if self.kind == "share" else f"{text} {self._unit()}".rstrip()

    def _unit(self) -> str:
        return "" if self.kind == "number" else self.kind

    def to_json(self) -> dict[str, Any]:
        """`value`, `low`, `high`, `n` and `method`; what is not known is None."""
        ends = {name: getattr(self, name) for name in ("value", "low", "high")}
        known = {name: float(end) if math.isfinite(end) else None for name, end in ends.items()}
        return {**known, "n": self.n, "method": self.method}


def _shown(value: float, kind: Kind, *, exact_ends: bool = False) -> str:
    if math.isnan(value):
        return "?"
    scaled = value * SCALES[kind]
    if kind == "share":
        # 100 and 0 are said only where they are true: 999 of 1,000 is 99.9, as is 9,999 of 10,000.
        if exact_ends and 0 < value < 1:
            scaled = min(max(scaled, 0.1), 99.9)
        return f"{scaled:.1f}"
    return f"{scaled:.2f}" if abs(scaled) < 1_000 else f"{scaled:,.0f}"
