"""What is in a file that nobody has: by its name, the settings, what the script says of it."""

from __future__ import annotations

import io
import json
import os
import re

from . import array_files, known, synthetic, tables
from .hooks import settings

IMAGES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".gif")
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz")
TABLES = (".csv", ".tsv", ".data", ".xlsx", ".xls", ".parquet")


def content(name: str, origin: str = "") -> bytes:
    """The bytes of a file of that name, which may come from an address; none where it holds
    something of the script's own, which has not made it yet."""
    stem, suffix = os.path.splitext(os.path.basename(name).lower())
    fixture, reader = tables.fixture(name), tables.wanted.get("reader", "")
    if "text" in fixture:
        return str(fixture["text"]).encode()
    if suffix in IMAGES:
        side = tuple(fixture.get("shape", (96, 96)))[:2]
        return synthetic.picture(suffix, stem, side=side)
    if suffix in (".wav", ".flac"):
        return synthetic.sound(stem)
    if suffix in ARCHIVES:
        return _archive(name, origin)
    if suffix in (".json", ".jsonl"):
        return _json(name, suffix)
    if reader == "svmlight":
        return tables.svmlight(name)
    if suffix in TABLES or reader not in ("", "read_json"):
        return tables.table(name, suffix)
    if stem == "mnist" and suffix == ".pkl":
        return _pickled_mnist()
    if suffix in array_files.SUFFIXES:
        return array_files.content(suffix, name)
    if suffix in (".keras", ".pt", ".pth", ".bin", ".ckpt"):
        return b""
    return _text(stem, origin, fixture.get("rows", 0))


def _json(name: str, suffix: str) -> bytes:
    if "intents" in settings["script"]:
        return json.dumps(known.intents()).encode()
    records = tables.records(name)
    lines = suffix == ".jsonl" or tables.wanted.get("lines")
    return ("\n".join(map(json.dumps, records)) if lines else json.dumps(records)).encode()


def _text(stem: str, origin: str, rows: int) -> bytes:
    if "glove" in stem or re.fullmatch(r".*\.\d+d", stem):
        return synthetic.vectors(int((re.findall(r"(\d+)d", stem) or ["50"])[0])).encode()
    return synthetic.prose(rows or _lines(stem, origin), stem).encode()


def _lines(stem: str, origin: str) -> int:
    """WikiText is cut into parts of some thousand samples each."""
    return 16_000 if "wikitext" in origin.lower() and "train" in stem else 400


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
