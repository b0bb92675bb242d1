"""Files of arrays that nobody has: NumPy's, HDF5, MATLAB's, pickled ones; their names and shapes as
the script says."""

from __future__ import annotations

import importlib
import io
import os
import pickle
import re
from typing import Any

from . import frames, said, synthetic, tables
from .hooks import settings

SUFFIXES = (".npy", ".npz", ".h5", ".hdf5", ".mat", ".pkl", ".pickle", ".p")
_LABELS = re.compile(r"label|target|^y([_\W]|$)|_y$", re.I)
_DATA = re.compile(r"^x([_\W]|$)|_x$|data|feature|image|train|test|val", re.I)


def content(suffix: str, name: str) -> bytes:
    """The bytes of such a file; none where the script does not say what it takes from it."""
    base = os.path.basename(name)
    asked, told = tables.fixture(name), frames.said_of(settings["script"], name)
    shape = tuple(asked.get("shape", said.shape() or (said.width() or 16,)))
    rows = asked.get("rows", max(tables.ROWS, min(told.rows, tables.MOST_ROWS)))
    data, tags = _arrays(rows, shape, asked.get("classes", said.classes()), _stem(base))
    one = tags if _LABELS.search(base) else data
    buffer = io.BytesIO()
    if suffix == ".npy":
        import numpy

        numpy.save(buffer, one)
    elif suffix == ".npz":
        import numpy

        usual = ("x_train", "y_train", "x_test", "y_test", "x", "y", "X", "arr_0", "arr_1")
        numpy.savez(buffer, **_named(told.columns or usual, data, tags))
    elif suffix in (".h5", ".hdf5", ".mat") and told.columns:
        _write(buffer, suffix, _named(told.columns, data, tags))
    elif suffix in (".pkl", ".pickle", ".p") and (_LABELS.search(base) or _DATA.search(base)):
        pickle.dump(one, buffer)
    return buffer.getvalue()


def _arrays(rows: int, shape: tuple[int, ...], classes: int, seed: str) -> tuple[Any, Any]:
    import numpy

    data, tags = synthetic.table(rows, int(numpy.prod(shape)), classes, seed)
    return data.reshape(rows, *shape).astype("float32"), tags


def _stem(base: str) -> str:
    """Data and their labels lie in two files whose names say so, and belong together."""
    words = r"labels?|targets?|data|features?|images?|codes?|^[xy]|[_\W]|npy|pickle"
    return re.sub(words, "", base.lower())


def _named(keys: Any, data: Any, tags: Any) -> dict[str, Any]:
    """An array for each name: the labels where it says so, fewer rows of a test."""
    few = slice(0, len(data) // 4)
    kept = {}
    for key in keys:
        labels = _LABELS.search(key) or (key.startswith("arr_") and key[4:] == "1")
        classes = re.search(r"class", key, re.I)
        one = tags[:2] if classes else tags if labels else data
        kept[key] = one[few] if "test" in key.lower() and not classes else one
    return kept


def _write(buffer: io.BytesIO, suffix: str, arrays: dict[str, Any]) -> None:
    if suffix == ".mat":
        import scipy.io

        columns = {key: one[:, None] if one.ndim == 1 else one for key, one in arrays.items()}
        scipy.io.savemat(buffer, columns)
        return
    with importlib.import_module("h5py").File(buffer, "w") as file:
        for key, one in arrays.items():
            file[key] = one
