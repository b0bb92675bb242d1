"""Data sets that come as arrays: Keras's and scikit-learn's."""

from __future__ import annotations

import inspect
from typing import Any

from . import names, notes, synthetic
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
# What data sets of OpenML are really like, where scripts count on it.
_OPENML = {
    "mnist_784": (70_000, 784, 10), "Fashion-MNIST": (70_000, 784, 10), "adult": (2000, 14, 2),
    "titanic": (1309, 13, 2), "boston": (506, 13, 0), "house_prices": (1460, 79, 0),
    "diabetes": (768, 8, 2), "credit-g": (1000, 20, 2), "wine-quality-red": (1599, 11, 0),
    "usps": (9298, 256, 10), "iris": (150, 4, 3), "bank-marketing": (2000, 16, 2),
    "mauna-loa-atmospheric-co2": (2225, 6, 0),
}  # fmt: skip


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
        return tuple(_sequences(rows, classes, words, longest, name, rows) for rows in sizes)
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
    module.fetch_openml = _openml
    module.fetch_20newsgroups = _newsgroups
    module.fetch_20newsgroups_vectorized = _fetcher("fetch_rcv1")
    for name in dir(module):
        if name.startswith("make_"):
            around(module, name, _fewer)


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
        return _bunch(
            data, target, heads, named, "MedHouseVal" if not classes else "target", **extra
        )

    return fetch


def _bunch(
    data: Any, target: Any, heads: list[str], named: dict[str, Any], goal: str, **extra: Any
) -> Any:
    from sklearn.utils import Bunch

    frame = None
    if named.get("as_frame"):
        import pandas

        data = pandas.DataFrame(data, columns=heads)
        target = pandas.Series(target, name=goal)
        frame = data.assign(**{goal: target})
    if named.get("return_X_y"):
        return data, target
    return Bunch(data=data, target=target, frame=frame, feature_names=heads, DESCR="synthetic",
                 **{"target_names": [goal], **extra})  # fmt: skip


_OPENML_IDS = {
    554: "mnist_784", 40996: "Fashion-MNIST", 41082: "usps", 41187: "mauna-loa-atmospheric-co2",
    40945: "titanic", 1590: "adult", 179: "adult", 42165: "house_prices", 531: "boston", 61: "iris",
    31: "credit-g", 37: "diabetes", 1461: "bank-marketing",
}  # fmt: skip


def _openml(name: Any = None, *_: Any, **named: Any) -> Any:
    """Columns x0, x1, …; the mnist_784 sets have pixels, and labels that are strings."""
    import numpy

    name = name or _OPENML_IDS.get(int(named.get("data_id") or 0), named.get("data_id"))
    rows, columns, classes = _OPENML.get(str(name), (1000, 10, 2))
    notes.note(f"fetch_openml {name}: {rows:,} synthetic rows of {columns} numbers")
    named = {**named, "as_frame": named.get("as_frame", "auto") not in (False,)}
    if columns == 784:
        pictures, tags = synthetic.many(rows, (28, 28), 1, classes, name)
        data = pictures.reshape(rows, 784).astype("float64" if not named["as_frame"] else "int64")
        heads = [f"pixel{place}" for place in range(1, 785)]
        return _bunch(data, tags.astype(str).astype(object), heads, named, "class")
    if name == "mauna-loa-atmospheric-co2":
        return _co2(named)
    data, target = synthetic.table(rows, columns, classes, name)
    goal = numpy.array([f"class{one}" for one in target], object) if classes else target
    return _bunch(data, goal, [f"x{place}" for place in range(columns)], named, "class")


def _co2(named: dict[str, Any]) -> Any:
    import numpy

    weeks = numpy.arange(2225)
    years = 1958 + weeks / 52.0
    columns = [
        years // 1,
        (years % 1 * 12 // 1) + 1,
        weeks % 28 + 1,
        weeks * 0,
        weeks * 0 + 1,
        weeks * 0,
    ]
    heads = ["year", "month", "day", "weight", "flag", "station"]
    wave = 315 + 1.3 * (years - 1958) + 3 * numpy.sin(2 * numpy.pi * years)
    noise = synthetic.generator("co2").normal(0, 0.3, len(weeks))
    return _bunch(numpy.stack(columns, 1), wave + noise, heads, named, "co2")


_GROUPS = (
    "alt.atheism comp.graphics comp.os.ms-windows.misc comp.sys.ibm.pc.hardware "
    "comp.sys.mac.hardware comp.windows.x misc.forsale rec.autos rec.motorcycles "
    "rec.sport.baseball rec.sport.hockey sci.crypt sci.electronics sci.med sci.space "
    "soc.religion.christian talk.politics.guns talk.politics.mideast talk.politics.misc "
    "talk.religion.misc"
)


def _newsgroups(**named: Any) -> Any:
    import numpy
    from sklearn.utils import Bunch

    groups = sorted(named.get("categories") or _GROUPS.split())
    rows = {"train": 600, "test": 300}.get(named.get("subset", "train"), 900)
    notes.note(f"fetch_20newsgroups: {rows} synthetic texts in {len(groups)} groups")
    target = synthetic.labels(rows, len(groups), "news", rows)
    draws = synthetic.writer("news", rows)
    texts = [synthetic.sentence(draws, 2 + int(label), 40) for label in target]
    if named.get("return_X_y"):
        return texts, target
    return Bunch(data=texts, target=target, target_names=groups, DESCR="synthetic",
                 filenames=numpy.array([f"{place}.txt" for place in range(rows)]))  # fmt: skip
