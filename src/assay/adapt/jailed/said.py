"""What a script says of its data without naming it: how many numbers its model takes, how many
classes there are, whether numbers or classes are learnt."""

from __future__ import annotations

import re

from .hooks import settings

_SHAPE = re.compile(
    r"(?:input_shape\s*=|Input\(\s*(?:shape\s*=)?|InputLayer\(\s*(?:input_shape|shape)\s*=|"
    r"reshape\(\s*\(?\s*(?:-1|len\([^)]*\)|[\w.]+\.shape\[0\]|[\w.]+\.size\(0\)),)\s*"
    r"\(?\s*((?:\d+\s*,?\s*)+)\)"
)
_WIDTH = (
    r"\b(?:n_features|num_features|in_features|input_(?:size|dim|features))\s*=\s*(\d+)",
    r"nn\.Linear\(\s*(\d+)\s*,",
)  # fmt: skip
_CLASSES = (
    r"\b(?:n|num|nb|number_of)_?(?:of_)?(?:class|classes|labels|categories|outputs)\b\s*=\s*(\d+)",
    r"[\"']num_class[\"']\s*:\s*(\d+)",
    r"to_categorical\([^()]*,\s*(?:num_classes\s*=\s*)?(\d+)\s*\)",
    r"Dense\(\s*(?:units\s*=\s*)?(\d+)\s*,\s*activation\s*=\s*[\"']softmax",
)  # fmt: skip
_LAST = re.compile(
    r"(?:nn\.Linear\([^()]*?,\s*(?:out_features\s*=\s*)?|\bDense\(\s*(?:units\s*=\s*)?)(\d+)\s*[,)]"
)
_LEARNS_NUMBERS = re.compile(
    r"LinearRegression|\w+Regressor\b|MSELoss|L1Loss|\bSVR\b|\bRidge\(|\bLasso\(|ElasticNet\(|"
    r"mean_squared_error|r2_score|[\"']mse[\"']|mean_absolute_error|reg:squarederror"
)
_LEARNS_CLASSES = re.compile(
    r"\w+Classifier\b|LogisticRegression|CrossEntropy|crossentropy|BCE|nll_loss|NLLLoss|\bSVC\b|"
    r"accuracy_score|\w+NB\(|classification_report"
)


def shape() -> tuple[int, ...]:
    """The shape of an example, where a first layer or a reshape says it; else ()."""
    script = settings["script"]
    if found := _SHAPE.search(script):
        return tuple(int(one) for one in re.findall(r"\d+", found[1]))
    if convolves := re.search(r"nn\.Conv2d\(\s*(?:in_channels\s*=\s*)?(\d+)", script):
        return int(convolves[1]), 32, 32
    return (32, 32, 3) if "Conv2D(" in script else ()


def width() -> int:
    """How many numbers a model takes of each example; 0 where nothing says so."""
    for pattern in _WIDTH:
        if found := re.search(pattern, settings["script"]):
            return int(found[1])
    flat = shape()
    return flat[0] if len(flat) == 1 else 0


def classes(usual: int = 2) -> int:
    """How many classes there are, or the usual number where nothing says so; 0 where numbers are
    learnt, and no other number is usual."""
    script = settings["script"]
    for pattern in _CLASSES:
        if found := re.findall(pattern, script):
            return max(2, int(found[-1]))
    if re.search(r"(?:class|label)_mode\s*=\s*[\"']binary|binary_crossentropy", script):
        return 2
    layers = re.findall(_LAST, script)
    if layers and re.search(r"CrossEntropyLoss|cross_entropy\(|categorical", script, re.I):
        return max(2, int(layers[-1]))
    numbers = _LEARNS_NUMBERS.search(script) and not _LEARNS_CLASSES.search(script)
    return 0 if numbers and usual == 2 else usual
