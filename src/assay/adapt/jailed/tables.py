"""Tables and arrays that nobody has: their columns as the settings, the script, or a table of the
same name say; values that let the script's own use of them go through."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
from collections.abc import Iterator
from typing import Any

from . import frames, known_tables, said, synthetic
from .hooks import settings

_LABELS = re.compile(
    r"^(y|labels?|target|class|category|species|outcome|survived|diagnosis|sentiment|quality|churn)$",
    re.I,
)
_SAYS = re.compile(
    r"text|review|sentence|comment|message|tweet|title|content|question|caption|body", re.I
)
_DATES = re.compile(r"date|time|month|day", re.I)
_WHOLE = re.compile(r"(^|_)(age|year|count|num|number|qty|quantity|id|index)($|_)", re.I)
_PATHS = re.compile(r"^(file|image|img|pic\w*)(_?(name|path|id|file))?s?$|path", re.I)
_OPENS_IMAGES = re.compile(r"Image\.open|imread|load_img|read_image|flow_from_dataframe")
_SERIES = re.compile(
    r"look_?back|time_?steps?|window|seq_?len|sequence_length|LSTM|GRU\b|RNN", re.I
)
ROWS, _ROWS_OF_SERIES, MOST_ROWS = 240, 800, 5000
# How a table is asked for that is made up next: pandas's own arguments, or the reader's kind.
wanted: dict[str, Any] = {}


@contextlib.contextmanager
def asked(**how: Any) -> Iterator[None]:
    """What is made up in here is to be read so."""
    wanted.update(how)
    try:
        yield
    finally:
        wanted.clear()


def fixture(name: str) -> dict[str, Any]:
    """What the settings say of a file: by its whole path, or by its name."""
    fixtures = settings.get("fixtures") or {}
    found: dict[str, Any] = fixtures.get(name) or fixtures.get(os.path.basename(name)) or {}
    return found


def table(name: str, suffix: str) -> bytes:
    """The bytes of a table."""
    frame = _frame(name)
    buffer = io.BytesIO()
    if suffix == ".parquet":
        frame.to_parquet(buffer)
    else:  # also what is called a sheet of Excel's: there is nobody to write or read one
        how = {"index": False, "header": _has_head(), "decimal": wanted.get("decimal", ".")}
        sep = _between(suffix)
        text = frame.to_csv(sep=sep if len(sep) == 1 else "\x1f", **how)
        buffer.write(text.replace("\x1f", sep).encode())
    return buffer.getvalue()


def _between(suffix: str) -> str:
    """What stands between two columns; where that is a pattern, something that it matches."""
    usual = "\t" if suffix == ".tsv" else ","
    found = str(wanted.get("sep") or wanted.get("delimiter") or usual)
    if wanted.get("delim_whitespace") or "\\s" in found:
        return " "
    return found if found == "|" or not re.search(r"[\\\[\](){}*+?|]", found) else usual


def svmlight(name: str) -> bytes:
    """Rows of numbers by their places, each behind its label."""
    data, tags = synthetic.table(ROWS, 12, said.classes(), re.split(r"[./]", name)[-2:][0])
    lines = (f"{tag} " + " ".join(f"{place}:{one:.4f}" for place, one in enumerate(row, 1))
             for tag, row in zip(tags, data, strict=True))  # fmt: skip
    return ("\n".join(lines) + "\n").encode()


def _has_head() -> bool:
    if "skipped" in wanted:  # read by the line, or by numpy
        return bool(wanted["skipped"])
    usual = 0 if wanted.get("names") is None else None
    return wanted.get("header", usual) is not None


def records(name: str) -> Any:
    """The same as a list of dictionaries."""
    return json.loads(_frame(name).to_json(orient="records"))


def _columns(name: str) -> dict[str, Any]:
    """The columns of a table, and what is in each."""
    asked = fixture(name)
    if asked.get("columns"):
        return dict(asked["columns"])
    script = settings["script"]
    told = frames.said_of(script, name)
    heads = wanted["names"] if isinstance(wanted.get("names"), (list, tuple)) else told.names
    spoken = {one for one in told.columns if not one.startswith("Unnamed")}
    known = known_tables.columns_of(
        os.path.basename(name), set() if heads else spoken, len(heads or ()) or told.width
    )
    if heads:
        same = known is not None and len(known) == len(heads)
        kinds = list((known or {}).values()) if same else [None] * len(heads)
        return {str(head): kind or _kind(str(head), told.columns.get(str(head)))
                for head, kind in zip(heads, kinds, strict=True)}  # fmt: skip
    heads_of = told.columns or ({} if told.width else _spoken_of(script))
    found = {head: _kind(head, one) for head, one in heads_of.items()}
    if known is not None:
        return {**known, **{head: kind for head, kind in found.items() if head not in known}}
    dropped = {head for head, one in told.columns.items() if "dropped" in one.uses}
    columns = _padded(found, told.width, dropped)
    if told.label is not None and wanted.get("header", 0) is None:
        columns = dict(_with_label_at(told.label, columns))
    return columns


def _with_label_at(place: int, columns: dict[str, Any]) -> list[tuple[str, Any]]:
    """The label where the script takes it from."""
    labels = [one for one in columns.items() if one[1] == "label"]
    others = [one for one in columns.items() if one[1] != "label"]
    return [*others[:place], *labels, *others[place:]]


def _padded(found: dict[str, Any], width: int, dropped: set[str]) -> dict[str, Any]:
    """With columns that the script does not name, where it learns from more than it names."""
    labels = {head: kind for head, kind in found.items() if kind in ("label", "target")}
    missing = max(width, 0) - len(found) - (not labels)
    features = len(set(found) - set(labels) - dropped)
    if not re.search(r"get_dummies|OneHot|iloc", settings["script"]):
        missing = max(missing, said.width() - features if features or width == 0 else 0)
    if not features and missing <= 0:
        missing = said.width() or 6
    others = {f"x{place}": "float" for place in range(missing)}
    if width and "x0" in others and _OPENS_IMAGES.search(settings["script"]):
        others["x0"] = "path"
    ends = labels or ({"label": "label"} if width or not found else {})
    return others | {head: kind for head, kind in found.items() if head not in labels} | ends


def _spoken_of(script: str) -> dict[str, None]:
    """Names that look like columns, where tables cannot be followed."""
    patterns = (
        r"\w\[\s*[\"']([\w .()/%-]+)[\"']\s*\]",
        r"add_argument\(\s*[\"']--?(?:column|target|label|y)\w*[\"']"
        r"[^)]*default=[\"']([\w .-]+)[\"']",
        r"(?:target|label|columns?|usecols|features|cols)\w*\s*=\s*\[?\s*[\"']([\w .()/%-]+)[\"']",
    )  # fmt: skip
    found = (head for pattern in patterns for head in re.findall(pattern, script))
    return dict.fromkeys(one for one in found if not one.endswith((".csv", ".png", ".pt")))


def _kind(head: str, told: frames.Column | None = None) -> Any:
    """What is in a column: as it is used, else as it is called."""
    uses = told.uses if told else set()
    values = [one for one in (told.values if told else ()) if one == one and one is not None]
    if values and "date" not in uses:
        return _completed(values)
    for kind in ("text", "date", "category", "target", "int"):
        if kind in uses and not (kind == "text" and "category" in uses):
            return "label" if kind == "target" else kind
    if _PATHS.search(head) and _OPENS_IMAGES.search(settings["script"]):
        return "path"
    if _LABELS.match(head):
        return "label"
    if _SAYS.search(head):
        return "text"
    if _DATES.search(head):
        return "date"
    return "int" if _WHOLE.search(head) else "float"


def _completed(values: list[Any]) -> list[Any]:
    """What a column is held against, and something else where that is one value only."""
    if len(values) > 1:
        return values
    only = values[0]
    if isinstance(only, str):
        return [only, {"Yes": "No", "yes": "no", "Male": "Female", "male": "female",
                       "M": "F", "Y": "N", "True": "False"}.get(only, "other")]  # fmt: skip
    return [only, not only if isinstance(only, bool) else int(only == 0)]


def _rows(name: str, told: frames.Table) -> int:
    asked = fixture(name).get("rows")
    if asked:
        return int(asked)
    script = settings["script"]
    counted = re.findall(r"range\(\s*\w+\s*,\s*(\d{3,4})\s*\)", script)
    parts = sum(map(int, re.findall(r"(?:train|test)_size\s*=\s*(\d+)\b(?!\.)", script)))
    series = _SERIES.search(script)
    usual = max([_ROWS_OF_SERIES, *map(int, counted)]) if series else ROWS
    return max(usual, min(MOST_ROWS, max(parts + 10, told.rows * 5 // 4)))


def _frame(name: str) -> Any:
    import pandas

    base = os.path.basename(name)
    rows = _rows(name, frames.said_of(settings["script"], name))
    classes = fixture(name).get("classes", said.classes())
    columns = _columns(name)
    numbers, tags = synthetic.table(rows, max(1, len(columns)), classes, base)
    if "date" in columns.values():  # series of one market, or of one weather
        numbers += synthetic.table(rows, numbers.shape[1], classes, "series")[0]
    if not classes:
        tags = tags - tags.min() + 1.0  # for those who take its logarithm
    last = next(reversed(columns), None)
    maker = _Values(base, rows, tags)
    return pandas.DataFrame({
        head: maker.made(kind, numbers[:, place], head == last)
        for place, (head, kind) in enumerate(columns.items())
    })  # fmt: skip


class _Values:
    """Makes the values of one table's columns."""

    def __init__(self, base: str, rows: int, tags: Any) -> None:
        self._draws = synthetic.generator("frame", base)
        self._words = synthetic.writer("frame", base)
        self._rows, self._tags = rows, tags

    def made(self, kind: Any, numbers: Any, is_last: bool) -> Any:
        """A column: `numbers` follow from the labels; so do the categories of the last one."""
        import numpy

        if wanted.get("numeric"):
            kind = (0, len(kind) - 1) if isinstance(kind, list) else kind
            kind = "float" if kind in ("text", "date", "category") else kind
        if isinstance(kind, list):
            whole = is_last and self._tags.dtype.kind == "i"
            places = self._tags if whole else self._draws.randint(0, len(kind), self._rows)
            return [kind[int(place) % len(kind)] for place in places]
        if isinstance(kind, tuple):
            low, high = kind
            share = numpy.clip(0.5 + numbers / 8, 0, 1)
            scaled = low + share * (high - low)
            return scaled.round().astype(int) if type(low) is int else scaled.round(4)
        return getattr(self, f"_{kind}")(numbers)

    def _label(self, _: Any) -> Any:
        return self._tags

    def _id(self, _: Any) -> Any:
        return range(1, self._rows + 1)

    def _category(self, _: Any) -> Any:
        return [f"kind{place}" for place in self._draws.randint(0, 3, self._rows)]

    def _text(self, _: Any) -> Any:
        moods = (
            self._tags if self._tags.dtype.kind == "i" else self._draws.randint(0, 2, self._rows)
        )
        return [synthetic.sentence(self._words, int(mood)) for mood in moods]

    def _path(self, _: Any) -> Any:
        return [f"{place:03}.jpg" for place in range(self._rows)]

    def _pixels(self, _: Any) -> Any:
        pictures = synthetic.images(self._tags, (48, 48), 1, "pixels").reshape(self._rows, -1)
        return [" ".join(map(str, one)) for one in pictures]

    def _date(self, _: Any) -> Any:
        import pandas

        told = re.search(
            r"(?:format\s*=|strptime\([^,()]*,)\s*[\"'](%[^\"']+)[\"']", settings["script"]
        )
        days = pandas.date_range("2015-01-01", periods=self._rows)
        return days.strftime(told[1] if told else "%Y-%m-%d")

    def _int(self, numbers: Any) -> Any:
        return (numbers * 10 + 50).astype(int).clip(0)

    def _float(self, numbers: Any) -> Any:
        return numbers.round(4) + (5 if numbers.min() > -5 else 0)
