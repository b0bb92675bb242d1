"""What libraries read that are not Python's own: tables, arrays, images, sounds."""

from __future__ import annotations

import os
from typing import Any

from . import names, notes, tables
from .files import have_folder, provide
from .hooks import after, around, settings


def _provided(real: Any, path: Any, *given: Any, **named: Any) -> Any:
    return real(provide(path), *given, **named)


@after("pandas")
def texts_as_objects(module: Any) -> None:
    """Public scripts are written for pandas before 3, in arrays of whose texts any index works and
    any value can be put."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module.set_option("future.infer_string", False)
    if "pandas" in settings["script"]:
        notes.note("pandas: texts are objects, as before pandas 3")


@after("pandas")
def reading_tables(module: Any) -> None:
    def read(real: Any, path: Any, *given: Any, **named: Any) -> Any:
        how = {"sep": "\t"} if real.__name__ == "read_table" else {}
        with tables.asked(**how | named | {"reader": real.__name__}):
            if isinstance(path, str) and path.startswith(("http:", "https:", "s3:", "gs:")):
                from . import web

                path = web.fetch(path)
            path = provide(path)
        if real.__name__ == "read_excel" and isinstance(path, str) and notes.is_laid(path):
            known = ("header", "names", "index_col", "usecols", "parse_dates", "skiprows", "nrows")
            return module.read_csv(path, **{key: named[key] for key in known if key in named})
        frame = real(path, *given, **named)
        limit = names.ROWS
        return frame if not hasattr(frame, "iloc") or len(frame) <= limit else frame.iloc[:limit]

    for name in ("read_csv", "read_table", "read_json", "read_parquet", "read_excel"):
        around(module, name, read)


@after("pandas.io.common")
def writing_tables(module: Any) -> None:
    """It looks for the folder before it opens the file."""
    around(module, "check_parent_directory", lambda _real, path: have_folder(path))


@after("numpy")
def reading_arrays(module: Any) -> None:
    around(module, "load", _provided)

    def read(real: Any, path: Any, *given: Any, **named: Any) -> Any:
        is_text = named.get("dtype", float) not in (float, int, "float", "float32", "int")
        skipped = named.get("skiprows") or named.get("skip_header") or named.get("names")
        asked = {
            "reader": real.__name__,
            "sep": named.get("delimiter") or " ",
            "numeric": not is_text,
            "skipped": skipped,
        }
        with tables.asked(**asked):
            path = provide(path)
        return real(path, *given, **named)

    for name in ("loadtxt", "genfromtxt"):
        around(module, name, read)


@after("PIL.Image")
def reading_images(module: Any) -> None:
    around(module, "open", _provided)


@after("torchvision.io.image", "torchvision.io")
def reading_tensors(module: Any) -> None:
    for name in ("read_image", "read_file"):
        if hasattr(module, name):
            around(
                module,
                name,
                _provided,
            )


@after("cv2")
def reading_pictures(module: Any) -> None:
    around(module, "imread", lambda real, path, *given: real(provide(path), *given))


@after("torchaudio")
def reading_sounds(module: Any) -> None:
    def load(path: Any, *_: Any, **__: Any) -> Any:
        import wave

        import numpy
        import torch

        with wave.open(str(provide(path)), "rb") as file:
            raw, rate = file.readframes(file.getnframes()), file.getframerate()
        return torch.from_numpy(numpy.frombuffer(raw, "<i2").astype("float32") / 32768)[None], rate

    module.load = load


@after("h5py._hl.files")
def opening_stores(module: Any) -> None:
    def opened(real: Any, one: Any, path: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
        return real(one, provide(path) if mode == "r" else path, mode, *given, **named)

    around(module.File, "__init__", opened)


@after("scipy.io")
def reading_matrices(module: Any) -> None:
    around(module, "loadmat", _provided)


@after("xgboost.core")
def reading_svmlight(module: Any) -> None:
    def made(real: Any, one: Any, data: Any, *given: Any, **named: Any) -> Any:
        if isinstance(data, (str, os.PathLike)):
            path, _, how = os.fspath(data).partition("?")
            with tables.asked(reader="csv" if "csv" in how else "svmlight"):
                data = f"{provide(path)}?{how or 'format=libsvm'}"
        return real(one, data, *given, **named)

    around(module.DMatrix, "__init__", made)


@after("sklearn.datasets")
def reading_svmlight_too(module: Any) -> None:
    def read(real: Any, path: Any, *given: Any, **named: Any) -> Any:
        with tables.asked(reader="svmlight"):
            path = provide(path)
        return real(path, *given, **named)

    around(module, "load_svmlight_file", read)
