"""Charts as SVG that needs no library: a table's figure as bars, and points on a plane."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from assay.core.errors import InputError
from assay.core.matrix.overview import clean
from assay.study.bootstrap import Floats
from assay.study.figure import SCALES, Figure
from assay.study.tables import Group, Table

# Tol's bright scheme: told apart by colour-blind readers too, and 3:1 or more against white.
COLOURS = ("#4477aa", "#b8506a", "#228833", "#8a6d00", "#aa3377", "#2f7f93", "#666666")
_INK, _FAINT, _GRID = "#1f2328", "#59636e", "#d8dee4"
_FONT = "font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\""
_SIZE, _ROW, _HEAD, _GAP = 13, 26, 30, 12
_MOST_MARKS = 44
_POINT = 3.6


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    figure: Figure
    colour: str


@dataclass(frozen=True, slots=True)
class _Heading:
    label: str


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to pixels."""

    low: float
    high: float
    left: float
    right: float
    ticks: tuple[float, ...]

    def __call__(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return self.left + (inside - self.low) / (self.high - self.low) * (self.right - self.left)


def bars(table: Table, figure: str = "pass@1", title: str = "", width: int = 760) -> str:
    """`figure` of every group as a bar with its interval; groups of a table of two axes stand
    under a heading for each label of the first. `InputError` where no group has the figure."""
    rows = list(_rows(table, figure))
    found = [row.figure for row in rows if isinstance(row, _Bar)]
    heading = title or f"{figure} by {' and '.join(table.axes) or 'all'}"
    labels = max((_width(row.label) for row in rows), default=0.0) + _GAP
    values = max((_width(str(one)) for one in found), default=0.0)
    scale = _scale(found, 2 * _GAP + labels, max(width - 2 * _GAP - values, 3 * _GAP + labels + 80))
    top = _GAP + _HEAD
    height = top + _ROW * len(rows) + _HEAD + _GAP
    parts = [
        *_opened(heading, width, height),
        *_grid(scale, found, top, top + _ROW * len(rows)),
    ]
    for at, row in enumerate(rows):
        parts.extend(_drawn(row, scale, top + _ROW * at + _ROW / 2))
    return "\n".join([*parts, "</svg>", ""])


@dataclass(frozen=True, slots=True)
class Dots:
    """A set of points: what the set is called, where they are, and what each one is."""

    name: str
    points: Floats
    labels: Sequence[str]


def scatter(
    sets: Sequence[Dots], title: str, notes: Sequence[str] = (), width: int = 760, height: int = 560
) -> str:
    """Sets of points on a plane whose axes have no meaning of their own, each set in a colour and
    a shape of its own, with `notes` below. `InputError` where there is no point."""
    everything = [tuple(point) for one in sets for point in one.points.tolist()]
    if not everything:
        raise InputError("there is no point to be shown")
    top, bottom = _GAP + 2 * _HEAD, height - _GAP - _ROW * (len(notes) + 0.5)
    frame = (_GAP, top, width - 2 * _GAP, bottom - top)
    place = _placing(everything, frame)
    parts = [
        *_opened(title, width, height),
        *_legend(sets, _GAP + _HEAD + 12),
        f'<rect x="{frame[0]}" y="{frame[1]}" width="{frame[2]}" height="{frame[3]:.1f}" '
        f'fill="none" stroke="{_GRID}"/>',
    ]
    for number, one in enumerate(sets):
        for point, label in zip(one.points.tolist(), one.labels, strict=True):
            told = f"<title>{_safe(f'{one.name}: {label}')}</title>"
            parts.append(_mark(number, *place(*point), told))
    for number, note in enumerate(notes):
        parts.append(_text(_GAP, bottom + _ROW * (number + 0.75), note, fill=_FAINT, size=12))
    return "\n".join([*parts, "</svg>", ""])


def _placing(
    points: Sequence[tuple[float, ...]], frame: tuple[float, float, float, float]
) -> Callable[[float, float], tuple[float, float]]:
    """From coordinates to pixels, with the same scale on both axes: distances are to be seen."""
    left, top, across, down = frame
    lows = [min(point[axis] for point in points) for axis in (0, 1)]
    spans = [max(point[axis] for point in points) - lows[axis] for axis in (0, 1)]
    room = (across - 2 * _GAP, down - 2 * _GAP)
    fits = [pixels / span for pixels, span in zip(room, spans, strict=True) if span > 0]
    scale = min(fits, default=1.0)

    def place(x: float, y: float) -> tuple[float, float]:
        off_x, off_y = x - lows[0] - spans[0] / 2, y - lows[1] - spans[1] / 2
        return left + across / 2 + off_x * scale, top + down / 2 - off_y * scale

    return place


def _legend(sets: Sequence[Dots], middle: float) -> Iterator[str]:
    x = float(_GAP)
    for number, one in enumerate(sets):
        label = f"{_cut(one.name)} ({len(one.points):,})"
        yield _mark(number, x + _POINT, middle - 4)
        yield _text(x + 4 * _POINT, middle, label)
        x += 4 * _POINT + _width(label) + 2 * _GAP


def _mark(number: int, x: float, y: float, inside: str = "") -> str:
    """A point, told apart by its shape where colours are not seen: dots, squares, then rings."""
    colour, filled = COLOURS[number % len(COLOURS)], 'fill-opacity="0.7"'
    if number % 3 == 1:
        corner = f'x="{x - _POINT:.1f}" y="{y - _POINT:.1f}"'
        size = f'width="{2 * _POINT}" height="{2 * _POINT}"'
        return f'<rect {corner} {size} fill="{colour}" {filled}>{inside}</rect>'
    if number % 3 == 2:
        filled = f'fill-opacity="0" stroke="{colour}" stroke-width="1.5"'
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_POINT}" fill="{colour}" {filled}>{inside}</circle>'
    )


def _opened(heading: str, width: int, height: int) -> Iterator[str]:
    """The beginning of a chart, with its heading."""
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label={quoteattr(clean(heading))} {_FONT} '
        f'font-size="{_SIZE}">'
    )
    yield f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    yield _text(_GAP, _GAP + 16, heading, weight="600", size=15)


def _rows(table: Table, figure: str) -> Iterator[_Bar | _Heading]:
    if not any(figure in group.figures for group in table):
        known = ", ".join(dict.fromkeys(name for group in table for name in group.figures))
        raise InputError(f"the table has no figure {figure!r}; there are {known or 'none'}")
    if len(table.axes) < 2:
        for group in table:
            yield _Bar(_cut(group.label), group.figures[figure], COLOURS[0])
        return
    colours: dict[str, str] = {}
    for label, groups in groupby(table, key=lambda group: group.labels[table.axes[0]]):
        yield _Heading(_cut(label))
        for group in groups:
            rest = _rest(group, table.axes)
            colour = colours.setdefault(rest, COLOURS[len(colours) % len(COLOURS)])
            yield _Bar(_cut(rest), group.figures[figure], colour)


def _rest(group: Group, axes: Sequence[str]) -> str:
    return " · ".join(group.labels[name] for name in axes[1:])


def _drawn(row: _Bar | _Heading, scale: _Scale, middle: float) -> Iterator[str]:
    if isinstance(row, _Heading):
        yield _text(_GAP, middle + 5, row.label, weight="600")
        return
    one = row.figure
    yield _text(scale.left - _GAP, middle + 5, row.label, anchor="end")
    yield f"<g><title>{_safe(f'{row.label}: {one} ({one.method})')}</title>"
    if one.known:
        start, end = sorted((scale(0.0), scale(one.value)))
        yield (
            f'<rect x="{start:.1f}" y="{middle - 8:.1f}" width="{max(end - start, 1):.1f}" '
            f'height="16" fill="{row.colour}" fill-opacity="0.75"/>'
        )
    if math.isfinite(one.low) and math.isfinite(one.high):
        yield from _whisker(scale(one.low), scale(one.high), middle)
    yield "</g>"
    yield _text(scale.right + _GAP, middle + 5, str(one), fill=_INK)


def _whisker(low: float, high: float, middle: float) -> Iterator[str]:
    path = f"M{low:.1f} {middle:.1f}H{high:.1f}" + "".join(
        f"M{at:.1f} {middle - 5:.1f}v10" for at in (low, high)
    )
    # White beneath the dark line keeps it apart from the bar.
    yield f'<path d="{path}" stroke="#ffffff" stroke-width="4" fill="none"/>'
    yield f'<path d="{path}" stroke="{_INK}" stroke-width="1.5" fill="none"/>'


def _grid(scale: _Scale, found: Sequence[Figure], top: float, bottom: float) -> Iterator[str]:
    kind = found[0].kind if found else "number"
    for tick in scale.ticks:
        x, shown = scale(tick), tick * SCALES[kind]
        colour = _FAINT if tick == 0 else _GRID
        yield f'<path d="M{x:.1f} {top}V{bottom}" stroke="{colour}" fill="none"/>'
        text = f"{shown:g}{' %' if kind == 'share' else ''}"
        yield _text(x, bottom + 18, text, anchor="middle", fill=_FAINT, size=12)


def _scale(found: Sequence[Figure], left: float, right: float) -> _Scale:
    ends = [end for one in found for end in (one.value, one.low, one.high) if math.isfinite(end)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    if low == high:
        high = 1.0
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(at * step, 12) for at in range(first, last + 1))
    return _Scale(ticks[0], ticks[-1], left, right, ticks)


def _text(
    x: float, y: float, text: str, *,
    anchor: str = "start", fill: str = _INK, weight: str = "400", size: int = _SIZE,
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" '
        f'font-weight="{weight}" font-size="{size}">{_safe(text)}</text>'
    )


def _safe(text: str) -> str:
    return escape(clean(text))


def _cut(label: str) -> str:
    """Its beginning and its end: what tells contestants apart often stands last."""
    shown = clean(label) or "(none)"
    half = _MOST_MARKS // 2
    return shown if len(shown) <= _MOST_MARKS else f"{shown[: half - 1]}…{shown[-half:]}"


def _width(text: str) -> float:
    """About how wide a text is; a font's own figures are not to be had here."""
    marks = sum(1.7 if unicodedata.east_asian_width(mark) in "WF" else 1.0 for mark in text)
    return marks * _SIZE * 0.57
