"""What is in a file that nobody has: by its name, the settings, what the script says of it."""

from __future__ import annotations

import io
import json
import os
import re
from typing import Any

from . import known, synthetic
from .hooks import settings

IMAGES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".gif")
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz")
TABLES = (".csv", ".tsv", ".data", ".xlsx", ".parquet")
_LABELS = re.compile(
    r"^(y|labels?|target|class|category|species|outcome|survived|diagnosis|sentiment|quality|churn)$",
    re.I,
)
_SAYS = re.compile(
    r"text|review|sentence|comment|message|tweet|title|content|question|caption|body", re.I
)
_DATES = re.compile(r"date|time|month|day", re.I)
# Of a table's own, where a column is looked for.
_ATTRIBUTES = (
    "columns",
    "shape",
    "values",
    "index",
    "dtypes",
    "iloc",
    "loc",
    "T",
    "data",
    "targets",
)
_ROWS = 240
# How pandas is asked to read the table that is made up next.
wanted: dict[str, Any] = {}


def content(name: str, origin: str = "") -> bytes:
    """The bytes of a file of that name, which may come from an address."""
    stem, suffix = os.path.splitext(os.path.basename(name).lower())
    fixture = _fixture(name)
    if "text" in fixture:
        return str(fixture["text"]).encode()
    if suffix in IMAGES:
        side = tuple(fixture.get("shape", (96, 96)))[:2]
        return synthetic.picture(suffix, stem, side=side)
    if suffix in (".wav", ".flac"):
        return synthetic.sound(stem)
    if suffix in ARCHIVES:
        return _archive(name, origin)
    if suffix == ".json":
        return json.dumps(_records(name)).encode()
    if suffix == ".jsonl":
        return "\n".join(map(json.dumps, _records(name))).encode()
    if suffix in (".npy", ".npz"):
        return _arrays(suffix, name)
    if suffix in TABLES:
        return _table(name, suffix)
    if stem == "mnist" and suffix == ".pkl":
        return _pickled_mnist()
    if suffix in (".h5", ".keras", ".pt", ".pth", ".bin", ".ckpt", ".pkl"):
        return b""
    return synthetic.prose(fixture.get("rows", _lines(stem, origin)), stem).encode()


def _lines(stem: str, origin: str) -> int:
    """WikiText is cut into parts of some thousand samples each."""
    return 16_000 if "wikitext" in origin.lower() and "train" in stem else 400


def _fixture(name: str) -> dict[str, Any]:
    """What the settings say of a file: by its whole path, or by its name."""
    fixtures = settings.get("fixtures") or {}
    found: dict[str, Any] = fixtures.get(name) or fixtures.get(os.path.basename(name)) or {}
    return found


def is_archive(path: str) -> bool:
    return path.lower().endswith(ARCHIVES)


def _archive(name: str, origin: str) -> bytes:
    """An archive of a folder named like it, with the kind of files that the script looks for."""
    low = os.path.basename(name).lower()
    stem, suffix = os.path.splitext(low)
    if suffix == ".gz" and not stem.endswith(".tar"):
        import gzip

        return gzip.compress(content(stem, origin), mtime=0)
    folder = stem.removesuffix(".tar")
    kept = known.members(origin) or known.members(low)
    if kept is None:
        kept = {f"{folder}/{place}": data for place, data in many(folder, 8)}
        kept |= {member: content(member) for member in _members()}
    if ".tar" in low or suffix in (".tgz", ".tar"):
        return _tar(kept, low)
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member, data in kept.items():
            archive.writestr(zipfile.ZipInfo(member), data)
    return buffer.getvalue()


def _tar(kept: dict[str, bytes], name: str) -> bytes:
    import bz2
    import gzip
    import lzma
    import tarfile

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for member, data in kept.items():
            info = tarfile.TarInfo(member)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    plain = buffer.getvalue()
    if name.endswith(".bz2"):
        return bz2.compress(plain)
    if name.endswith(".xz"):
        return lzma.compress(plain)
    return gzip.compress(plain, mtime=0) if name.endswith(("gz", ".tgz")) else plain


def _members() -> list[str]:
    """Paths in the script's text that lie in the archive's folder, or bare file names."""
    wanted = re.findall(
        r"""["']([\w./-]+\.(?:txt|csv|tsv|json|tokens|wav))["']""", settings["script"]
    )
    return [one.lstrip("./") for one in dict.fromkeys(wanted) if not one.startswith(("http", "/"))][
        :12
    ]


def many(folder: str, count: int) -> list[tuple[str, bytes]]:
    """Some files of the kind that the script's text speaks of."""
    suffix = kind_of_files()
    return [(f"{place:03}{suffix}", content(f"{folder}{place}{suffix}")) for place in range(count)]


def kind_of_files() -> str:
    found = re.findall(r"[\"'*.](\.?(?:jpe?g|png|wav|txt|npy|csv|json))[\"']", settings["script"])
    return f".{found[0].lstrip('.')}" if found else ".jpg"


def _columns(name: str) -> dict[str, Any]:
    """The columns of a table, and what is in each: from the settings, else from the script."""
    fixture = _fixture(name)
    if fixture.get("columns"):
        return dict(fixture["columns"])
    text = settings["script"]
    found: dict[str, None] = {}
    patterns = (
        r"\w\[\s*[\"']([\w .()/%-]+)[\"']\s*\]",
        r"\.(?:drop|pop|groupby)\(\s*(?:columns=)?\[?\s*[\"']([\w .-]+)[\"']",
        r"add_argument\(\s*[\"']--?(?:column|target|label|y)\w*[\"']"
        r"[^)]*default=[\"']([\w .-]+)[\"']",
        r"(?:target|label|columns?|usecols|features|cols)\w*\s*=\s*\[?\s*[\"']([\w .()/%-]+)[\"']",
    )  # fmt: skip
    for pattern in patterns:
        found.update(dict.fromkeys(re.findall(pattern, text)))
    for inside in re.findall(r"\[((?:\s*[\"'][\w .()/%-]+[\"']\s*,?)+)\]", text):
        found.update(dict.fromkeys(re.findall(r"[\"']([^\"']+)[\"']", inside)))
    for attribute in re.findall(r"\b(?:df|data|frame|train|test)\.([a-z_]\w*)\b(?!\s*\()", text):
        if attribute not in _ATTRIBUTES:
            found.setdefault(attribute)
    if isinstance(wanted.get("names"), (list, tuple)):
        return {str(head): _kind(str(head)) for head in wanted["names"]}
    heads = [one for one in found if one and not one.endswith((".csv", ".png", ".pt"))]
    kinds = {head: _kind(head) for head in heads} or {"label": "label"}
    # Where the script names the target alone, the rest is what it learns from.
    others = {f"x{place}": "float" for place in range(6)}
    return others | kinds if set(kinds.values()) == {"label"} else kinds


def _kind(head: str) -> str:
    if _LABELS.match(head):
        return "label"
    if _SAYS.search(head):
        return "text"
    return "date" if _DATES.search(head) else "float"


def _frame(name: str) -> Any:
    import pandas

    fixture = _fixture(name)
    rows, classes = fixture.get("rows", _ROWS), fixture.get("classes", 2)
    draws = synthetic.generator("frame", os.path.basename(name))
    words = synthetic.writer("frame", os.path.basename(name))
    columns = _columns(name)
    numbers, tags = synthetic.table(rows, max(1, len(columns)), classes, os.path.basename(name))
    made: dict[str, Any] = {}
    for place, (head, kind) in enumerate(columns.items()):
        if isinstance(kind, list):
            made[head] = [kind[label % len(kind)] for label in draws.randint(0, len(kind), rows)]
        elif kind == "label":
            made[head] = tags
        elif kind == "text":
            made[head] = [synthetic.sentence(words, int(label)) for label in tags]
        elif kind == "date":
            made[head] = pandas.date_range("2020-01-01", periods=rows).strftime("%Y-%m-%d")
        elif kind == "int":
            made[head] = (numbers[:, place] * 10 + 50).astype(int)
        else:
            made[head] = numbers[:, place].round(4) + (5 if numbers[:, place].min() > -5 else 0)
    return pandas.DataFrame(made)


def _table(name: str, suffix: str) -> bytes:
    frame = _frame(name)
    buffer = io.BytesIO()
    if suffix == ".parquet":
        frame.to_parquet(buffer)
    elif suffix == ".xlsx":
        frame.to_excel(buffer, index=False)
    else:
        sep = wanted.get("sep") or wanted.get("delimiter") or ("\t" if suffix == ".tsv" else ",")
        has_head = wanted.get("header", 0 if wanted.get("names") is None else None) is not None
        frame.to_csv(buffer, index=False, sep=sep if len(sep) == 1 else " ", header=has_head,
                     decimal=wanted.get("decimal", "."))  # fmt: skip
    return buffer.getvalue()


def _pickled_mnist() -> bytes:
    """The file of the old courses, with a part for validation and images as rows of numbers; or
    the like of it that Keras had, by what the script unpacks."""
    import pickle

    courses = re.search(r"valid", settings["script"], re.I)
    sizes = (50_000, 10_000, 10_000) if courses else (60_000, 10_000)
    parts = []
    for place, rows in enumerate(sizes):
        pictures, tags = synthetic.many(rows, (28, 28), 1, 10, "mnist.pkl", place)
        rows_of = pictures.reshape(rows, 784).astype("float32") / 255
        parts.append((rows_of, tags) if courses else (pictures[..., 0], tags.astype("uint8")))
    return pickle.dumps(tuple(parts))


def _records(name: str) -> Any:
    return json.loads(_frame(name).to_json(orient="records"))


def _arrays(suffix: str, name: str) -> bytes:
    import numpy

    fixture = _fixture(name)
    rows = fixture.get("rows", _ROWS)
    classes = fixture.get("classes", 2)
    shape = tuple(fixture.get("shape", (16,)))
    data, tags = synthetic.table(rows, int(numpy.prod(shape)), classes, os.path.basename(name))
    data = data.reshape(rows, *shape).astype("float32")
    buffer = io.BytesIO()
    if suffix == ".npy":
        asked = re.search(r"label|target|^y", os.path.basename(name).lower())
        numpy.save(buffer, tags if asked else data)
    else:
        test = {"x_test": data[:64], "y_test": tags[:64]}
        numpy.savez(buffer, x_train=data, y_train=tags, **test, x=data, y=tags, X=data)
    return buffer.getvalue()
