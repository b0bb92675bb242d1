"""Data sets of OpenML: with the columns that they really have, where scripts name them."""

from __future__ import annotations

from typing import Any

from . import notes, synthetic
from .known_tables import ADULT

# What data sets of OpenML are really like, where scripts count on it.
_OPENML = {
    "mnist_784": (70_000, 784, 10), "Fashion-MNIST": (70_000, 784, 10), "adult": (2000, 14, 2),
    "titanic": (1309, 13, 2), "boston": (506, 13, 0), "house_prices": (1460, 79, 0),
    "diabetes": (768, 8, 2), "credit-g": (1000, 20, 2), "wine-quality-red": (1599, 11, 0),
    "usps": (9298, 256, 10), "iris": (150, 4, 3), "bank-marketing": (2000, 16, 2),
    "mauna-loa-atmospheric-co2": (2225, 6, 0),
}  # fmt: skip
# Columns by name: the values of a category, or the bounds of a number (whole ones are whole).
_TABLES: dict[str, dict[str, Any]] = {
    "titanic": {
        "pclass": (1, 3), "name": ["Abbing", "Brown", "Cann", "Dean"], "sex": ["female", "male"],
        "age": (0.5, 80.0), "sibsp": (0, 8), "parch": (0, 6), "ticket": ["A5", "PC", "C7"],
        "fare": (0.0, 250.0), "cabin": ["B5", "C22", "E12"], "embarked": ["C", "Q", "S"],
        "boat": ["2", "11"], "body": (1.0, 300.0), "home.dest": ["Montreal", "New York"],
        "survived": ["0", "1"],
    },
    "adult": {**ADULT, "class": ["<=50K", ">50K"]},
    "Bike_Sharing_Demand": {
        "season": ["spring", "summer", "fall", "winter"], "year": (0, 1), "month": (1, 12),
        "hour": (0, 23), "holiday": ["False", "True"], "weekday": (0, 6),
        "workingday": ["False", "True"], "weather": ["clear", "misty", "rain"],
        "temp": (0.8, 41.0), "feel_temp": (0.0, 50.0), "humidity": (0.0, 1.0),
        "windspeed": (0.0, 57.0), "count": (1, 977),
    },
    "diabetes": {
        "preg": (0, 17), "plas": (0, 199), "pres": (0, 122), "skin": (0, 99), "insu": (0, 846),
        "mass": (0.0, 67.1), "pedi": (0.08, 2.4), "age": (21, 81),
        "class": ["tested_negative", "tested_positive"],
    },
    "diamonds": {
        "carat": (0.2, 5.0), "cut": ["Fair", "Good", "Very Good", "Premium", "Ideal"],
        "color": ["D", "E", "F", "G", "H", "I", "J"], "clarity": ["I1", "SI2", "VS1", "IF"],
        "depth": (43.0, 79.0), "table": (43.0, 95.0), "x": (0.0, 10.7), "y": (0.0, 58.0),
        "z": (0.0, 31.0), "price": (326, 18_823),
    },
    "freMTPL2freq": {
        "IDpol": "id", "ClaimNb": (0, 4), "Exposure": (0.01, 1.0),
        "Area": ["A", "B", "C", "D"], "VehPower": (4, 15), "VehAge": (0, 30),
        "DrivAge": (18, 90), "BonusMalus": (50, 230), "VehBrand": ["B1", "B2", "B12"],
        "VehGas": ["Diesel", "Regular"], "Density": (1, 27_000), "Region": ["R11", "R24", "R82"],
    },
    "freMTPL2sev": {"IDpol": "id", "ClaimAmount": (1.0, 20_000.0)},
}  # fmt: skip
_WITHOUT_TARGET = ("freMTPL2freq", "freMTPL2sev")
_OPENML_IDS = {
    554: "mnist_784", 40996: "Fashion-MNIST", 41082: "usps", 41187: "mauna-loa-atmospheric-co2",
    40945: "titanic", 1590: "adult", 179: "adult", 42165: "house_prices", 531: "boston", 61: "iris",
    31: "credit-g", 37: "diabetes", 1461: "bank-marketing", 42712: "Bike_Sharing_Demand",
    41214: "freMTPL2freq", 41215: "freMTPL2sev", 42225: "diamonds",
}  # fmt: skip


def fetch(name: Any = None, *_: Any, **named: Any) -> Any:
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
        return bunch(data, tags.astype(str).astype(object), heads, named, "class")
    if name == "mauna-loa-atmospheric-co2":
        return _co2(named)
    if name in _TABLES:
        return _of_table(name, rows, named)
    data, target = synthetic.table(rows, columns, classes, name)
    goal = numpy.array([f"class{one}" for one in target], object) if classes else target
    return bunch(data, goal, [f"x{place}" for place in range(columns)], named, "class")


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
    return bunch(numpy.stack(columns, 1), wave + noise, heads, named, "co2")


def _of_table(name: str, rows: int, named: dict[str, Any]) -> Any:
    """A table whose last column is the target, and follows from a number and a category."""
    import numpy
    import pandas
    from sklearn.utils import Bunch

    draws = synthetic.generator("openml", name)
    hidden = draws.rand(rows)
    made: dict[str, Any] = {}
    for place, (head, values) in enumerate(_TABLES[name].items()):
        share = hidden if place % 3 == 0 or head == [*_TABLES[name]][-1] else draws.rand(rows)
        share = numpy.clip(share + draws.normal(0, 0.08, rows), 0, 0.999)
        if values == "id":
            made[head] = numpy.arange(1, rows + 1)
        elif isinstance(values, list):
            texts = [values[int(one * len(values))] for one in share]
            made[head] = pandas.Categorical(texts, categories=values)
        else:
            low, high = values
            numbers = low + share * (high - low)
            made[head] = numbers.round().astype(int) if type(low) is int else numbers
    frame = pandas.DataFrame(made)
    if name in _WITHOUT_TARGET:
        return Bunch(
            data=frame, target=None, frame=frame, feature_names=list(frame), target_names=[]
        )
    goal = frame.columns[-1]
    data, target = frame.drop(columns=goal), frame[goal]
    if not named["as_frame"]:
        data, target = data.to_numpy(), target.to_numpy()
    return bunch(data, target, list(frame.columns[:-1]), named, goal)


def bunch(
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
