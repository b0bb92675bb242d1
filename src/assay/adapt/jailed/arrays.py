"""Data sets that come as arrays: Keras's and scikit-learn's."""

from __future__ import annotations

import inspect
import types
from typing import Any

from . import names, notes, openml, synthetic
from .hooks import after, around, instead

# Training and test rows, side, channels, classes.
_KERAS_IMAGES = {
    "mnist": (60_000, 10_000, 28, 1, 10),
    "fashion_mnist": (60_000, 10_000, 28, 1, 10),
    "cifar10": (50_000, 10_000, 32, 3, 10),
    "cifar100": (50_000, 10_000, 32, 3, 100),
}
# Rows, columns, classes (0: a number is wanted).
_SKLEARN = {
    "fetch_california_housing": (2000, 8, 0),
    "fetch_covtype": (2000, 54, 7),
    "fetch_kddcup99": (1000, 41, 5),
    "fetch_olivetti_faces": (400, 4096, 40),
    "fetch_lfw_people": (1000, 2914, 7),
    "fetch_rcv1": (1000, 200, 20),
}
_HOUSING = [
    "MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude",
    "Longitude",
]  # fmt: skip


@after("keras.src.datasets")
def keras_sets(module: Any) -> None:
    import importlib

    for name in (*_KERAS_IMAGES, "imdb", "reuters", "california_housing", "boston_housing"):
        part = importlib.import_module(f"{module.__name__}.{name}")
        instead(part.load_data, "arrays", "keras_load", name)
    for name in ("imdb", "reuters"):
        part = importlib.import_module(f"{module.__name__}.{name}")
        instead(part.get_word_index, "arrays", "word_index")


def keras_load(name: str, *_: Any, **named: Any) -> Any:
    """What the `load_data` of a Keras data set returns."""
    import numpy

    notes.note(f"keras.datasets.{name}: synthetic")
    if name in _KERAS_IMAGES:
        train, test, side, channels, classes = _KERAS_IMAGES[name]
        parts = []
        for rows, part in ((train, "train"), (test, "test")):
            pictures, tags = synthetic.many(rows, (side, side), channels, classes, name, part)
            shaped = pictures[..., 0] if channels == 1 else pictures
            parts.append((shaped, tags.astype("uint8") if channels == 1 else tags.reshape(-1, 1)))
        return tuple(parts)
    if name in ("imdb", "reuters"):
        words = named.get("num_words") or 10_000
        longest = named.get("maxlen")
        classes, sizes = (2, (2500, 2500)) if name == "imdb" else (46, (2000, 500))
        return tuple(
            _sequences(rows, classes, words, longest, name, part)
            for rows, part in zip(sizes, ("train", "test"), strict=True)
        )
    columns, rows = (8, 2000) if name == "california_housing" else (13, 506)
    found, wanted = synthetic.table(rows, columns, 0, name)
    cut = int(rows * 0.8)
    found, wanted = found.astype("float32"), wanted.astype("float32")
    return (found[:cut], wanted[:cut]), (numpy.ascontiguousarray(found[cut:]), wanted[cut:])


def _sequences(rows: int, classes: int, words: int, longest: int | None, *seed: Any) -> Any:
    import numpy

    draws, tags = synthetic.generator(*seed), synthetic.labels(rows, classes, *seed)
    found = numpy.empty(rows, object)
    for place, label in enumerate(tags.tolist()):
        length = int(draws.randint(20, min(longest or 200, 200)))
        line = draws.randint(4, words, length)
        line[::3] = 10 + label  # a word that tells
        found[place] = [1, *line.tolist()]
    return found, tags


def word_index(*_: Any, **__: Any) -> dict[str, int]:
    return {f"word{place}": place for place in range(1, 10_000)}


@after("sklearn.datasets")
def sklearn_sets(module: Any) -> None:
    for name in _SKLEARN:
        setattr(module, name, _fetcher(name))
    module.fetch_openml = openml.fetch
    module.fetch_20newsgroups = _newsgroups
    module.fetch_20newsgroups_vectorized = _fetcher("fetch_rcv1")
    for name in dir(module):
        if name.startswith("make_"):
            around(module, name, _fewer)


@after("sklearn.utils._user_interface", "sklearn.model_selection._validation")
def sklearn_times(module: Any) -> None:
    """How long a fit took, as it is printed and kept: the same in every run."""
    still = types.SimpleNamespace(time=lambda: 0.0, default_timer=lambda: 0.0)
    for name in ("time", "timeit"):
        if hasattr(module, name):
            setattr(module, name, still)


def _fewer(real: Any, *given: Any, **named: Any) -> Any:
    every = inspect.signature(real).bind(*given, **named)
    every.apply_defaults()
    rows = every.arguments.get("n_samples")
    if isinstance(rows, int) and rows > names.ROWS:
        notes.note(f"{real.__name__}: {rows} rows → {names.ROWS}")
        every.arguments["n_samples"] = names.ROWS
    return real(*every.args, **every.kwargs)


def _fetcher(name: str) -> Any:
    rows, columns, classes = _SKLEARN[name]

    def fetch(**named: Any) -> Any:
        import numpy

        notes.note(f"{name}: {rows} synthetic rows of {columns} numbers")
        heads = _HOUSING if name.endswith("housing") else [f"x{place}" for place in range(columns)]
        data, target = synthetic.table(rows, columns, classes, name)
        extra: dict[str, Any] = {}
        if name.endswith("housing"):
            data = numpy.abs(data) + 1
            target = numpy.clip(numpy.abs(target), 0.15, 5.0)
        if name in ("fetch_olivetti_faces", "fetch_lfw_people"):
            side = (64, 64) if columns == 4096 else (62, 47)
            data = (data - data.min()) / (data.max() - data.min())
            data = data.astype("float32")
            extra["images"] = data.reshape(rows, *side)
            extra["target_names"] = numpy.array([f"Person {place}" for place in range(classes)])
        return openml.bunch(
            data, target, heads, named, "MedHouseVal" if not classes else "target", **extra
        )

    return fetch


_GROUPS = (
    "alt.atheism comp.graphics comp.os.ms-windows.misc comp.sys.ibm.pc.hardware "
    "comp.sys.mac.hardware comp.windows.x misc.forsale rec.autos rec.motorcycles "
    "rec.sport.baseball rec.sport.hockey sci.crypt sci.electronics sci.med sci.space "
    "soc.religion.christian talk.politics.guns talk.politics.mideast talk.politics.misc "
    "talk.religion.misc"
)


def _post(draws: Any, topic: int) -> str:
    subject, body = (synthetic.sentence(draws, topic, words) for words in (5, 40))
    return f"From: someone@example.com\nSubject: {subject}\n\n{body}\n"


def _newsgroups(**named: Any) -> Any:
    import numpy
    from sklearn.utils import Bunch

    groups = sorted(named.get("categories") or _GROUPS.split())
    rows = {"train": 600, "test": 300}.get(named.get("subset", "train"), 900)
    notes.note(f"fetch_20newsgroups: {rows} synthetic texts in {len(groups)} groups")
    target = synthetic.labels(rows, len(groups), "news", rows)
    draws = synthetic.writer("news", rows)
    texts = [_post(draws, 2 + int(label)) for label in target]
    if named.get("return_X_y"):
        return texts, target
    return Bunch(data=texts, target=target, target_names=groups, DESCR="synthetic",
                 filenames=numpy.array([f"{place}.txt" for place in range(rows)]))  # fmt: skip
