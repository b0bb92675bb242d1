"""Image data sets of torchvision, and models with random weights."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

from . import notes, said, synthetic
from .hooks import after, around, settings

# What batches of 10,000 leave no rest of, leaves none of these either.
_TEST_ROWS = 400
# Images for training and test, height and width, channels, classes.
_SETS = {
    "MNIST": (60_000, 10_000, 28, 28, 1, 10),
    "FashionMNIST": (60_000, 10_000, 28, 28, 1, 10),
    "KMNIST": (60_000, 10_000, 28, 28, 1, 10),
    "QMNIST": (60_000, 60_000, 28, 28, 1, 10),
    "EMNIST": (112_800, 18_800, 28, 28, 1, 47),
    "USPS": (7291, 2007, 16, 16, 1, 10),
    "SEMEION": (1593, 1593, 16, 16, 1, 10),
    "FER2013": (28_709, 7178, 48, 48, 1, 7),
    "Omniglot": (19_280, 13_180, 105, 105, 1, 964),
    "CIFAR10": (50_000, 10_000, 32, 32, 3, 10),
    "CIFAR100": (50_000, 10_000, 32, 32, 3, 100),
    "SVHN": (73_257, 26_032, 32, 32, 3, 10),
    "STL10": (5000, 8000, 96, 96, 3, 10),
    "EuroSAT": (27_000, 27_000, 64, 64, 3, 10),
    "GTSRB": (26_640, 12_630, 48, 48, 3, 43),
    "Caltech101": (8677, 8677, 200, 200, 3, 101),
    "Caltech256": (30_607, 30_607, 200, 200, 3, 257),
    "CelebA": (162_770, 19_962, 218, 178, 3, 10_177),
    "DTD": (1880, 1880, 240, 240, 3, 47),
    "FGVCAircraft": (3334, 3333, 224, 224, 3, 100),
    "Flowers102": (1020, 6149, 224, 224, 3, 102),
    "Food101": (75_750, 25_250, 224, 224, 3, 101),
    "ImageNet": (1_281_167, 50_000, 224, 224, 3, 1000),
    "Imagenette": (9469, 3925, 224, 224, 3, 10),
    "INaturalist": (50_000, 10_000, 224, 224, 3, 1000),
    "LFWPeople": (9525, 3708, 250, 250, 3, 5749),
    "LSUN": (100_000, 3000, 256, 256, 3, 10),
    "OxfordIIITPet": (3680, 3669, 200, 200, 3, 37),
    "PCAM": (262_144, 32_768, 96, 96, 3, 2),
    "Places365": (100_000, 36_500, 256, 256, 3, 365),
    "RenderedSST2": (6920, 1821, 224, 224, 3, 2),
    "StanfordCars": (8144, 8041, 224, 224, 3, 196),
    "SUN397": (108_754, 108_754, 224, 224, 3, 397),
}
_CIFAR10 = [
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
]
# Kept whole in memory, as scripts reach for `.data`: all that are smaller.
_LARGEST = 48 * 48 * 3


@after("torchvision.datasets")
def datasets(module: Any) -> None:
    for name, size in _SETS.items():
        kind = getattr(module, name, None)
        if kind is not None:
            kind.__init__ = _making(name, size, module.VisionDataset)
            kind.__len__ = _length
            kind.__getitem__ = _item
            kind.__iter__ = _each
            for attribute in ("classes", "class_to_idx"):
                if isinstance(getattr(kind, attribute, None), property):
                    setattr(kind, attribute, None)
    for kind in (module.ImageFolder, module.DatasetFolder):
        around(kind, "__init__", _folder)


def _making(name: str, size: tuple[int, ...], base: Any) -> Any:
    train_rows, test_rows, height, width, channels, classes = size

    def make(one: Any, root: Any = None, *given: Any, **named: Any) -> None:
        part = _part(given, named)
        transforms = [value for value in given if callable(value)]
        transform = named.get("transform", transforms[0] if transforms else None)
        place = "data" if root is None else root
        base.__init__(
            one, place, transform=transform, target_transform=named.get("target_transform")
        )
        is_training = part in ("train", "trainval", "unlabeled")
        rows = train_rows if is_training else _fewer(test_rows)
        one._smoke_rows = train_rows if is_training else test_rows
        notes.note(
            f"torchvision {name}: {rows:,} synthetic images of {height}×{width}, {classes} classes"
        )
        one.train, one.split = part == "train", named.get("split", part)
        one.classes = _CIFAR10 if name == "CIFAR10" else [str(place) for place in range(classes)]
        one.class_to_idx = {label: place for place, label in enumerate(one.classes)}
        one._smoke = (name, height, width, channels, part, named.get("target_type", "attr"))
        _fill(one, rows, classes)

    return make


def _fewer(rows: int) -> int:
    """Test sets are as long as a pass over them, so that what is predicted in the pass has as many
    rows as the set: but where the script counts on its true length."""
    said = (rows, rows // 2, rows + 50_000, rows + 60_000)
    counted = any(
        re.search(rf"(?<![\w.]){one:_}\b|(?<![\w.]){one}\b", settings["script"]) for one in said
    )
    return rows if counted else min(rows, _TEST_ROWS)


def _part(given: Sequence[Any], named: dict[str, Any]) -> str:
    for word in (named.get("split"), named.get("classes"), named.get("image_set"), *given):
        if isinstance(word, str) and word in (
            "train",
            "test",
            "val",
            "valid",
            "extra",
            "trainval",
            "unlabeled",
        ):
            return word
    flags = [
        value
        for value in (named.get("train"), named.get("background"), *given)
        if isinstance(value, bool)
    ]
    return "train" if not flags or flags[0] else "test"


def _fill(one: Any, rows: int, classes: int) -> None:
    import numpy
    import torch

    name, height, width, channels, part, _ = one._smoke
    seed = (name, part)
    if height * width * channels > _LARGEST:
        one.targets = numpy.resize(synthetic.labels(min(rows, 4096), classes, *seed), rows).tolist()
        one.labels = one._labels = one.targets
        return
    pictures, tags = synthetic.many(rows, (height, width), channels, classes, *seed)
    if channels == 1:
        one.data, one.targets = torch.from_numpy(pictures[..., 0]), torch.from_numpy(tags)
    elif name in ("SVHN", "STL10"):
        one.data, one.labels = pictures.transpose(0, 3, 1, 2), tags
    else:
        one.data, one.targets = pictures, tags.tolist()


def _length(one: Any) -> int:
    return len(one.targets if hasattr(one, "targets") else one.labels)


def _each(one: Any) -> Any:
    return (one[place] for place in range(len(one)))


def _item(one: Any, place: int) -> tuple[Any, Any]:
    import numpy
    import torch
    from PIL import Image

    name, height, width, channels, part, wanted = one._smoke
    if place >= one._smoke_rows:
        raise IndexError(place)
    place = int(place) % len(one)
    label = int((one.targets if hasattr(one, "targets") else one.labels)[place])
    if hasattr(one, "data"):
        array = numpy.asarray(one.data[place])
        array = array.transpose(1, 2, 0) if name in ("SVHN", "STL10") else array
    else:
        array = synthetic.images(
            numpy.array([label]), (height, width), channels, name, part, place
        )[0]
    image = Image.fromarray(array.squeeze())
    target: Any = label
    if name == "CelebA" and "attr" in wanted:
        target = torch.from_numpy(synthetic.generator(label).randint(0, 2, 40))
    if one.transform is not None:
        image = one.transform(image)
    if one.target_transform is not None:
        target = one.target_transform(target)
    return image, target


def _folder(real: Any, one: Any, root: Any, *given: Any, **named: Any) -> None:
    if not _has_folders(root):
        kind = "train" if "train" in os.path.basename(os.path.normpath(str(root))) else "part"
        lay_folders(str(root), kind)
    real(one, root, *given, **named)


def _has_folders(root: Any) -> bool:
    return os.path.isdir(root) and any(entry.is_dir() for entry in os.scandir(root))


def lay_folders(root: str, kind: str, names: Sequence[str] = (), each: int = 12) -> None:
    """Folders of images, one for each class: by these names, or as many as the script says."""
    names = names or [f"class_{label}" for label in range(said.classes(usual=3))]
    notes.note(f"{root}: {len(names)} folders of {each} synthetic images")
    for label, name in enumerate(names):
        folder = os.path.join(root, name)
        os.makedirs(folder, exist_ok=True)
        for place in range(each):
            path = os.path.join(folder, f"{kind}_{place:03}.jpg")
            import numpy
            from PIL import Image

            array = synthetic.images(numpy.array([label]), (96, 96), 3, kind, place)[0]
            Image.fromarray(array).save(path)
            notes.laid(path)


@after("torchvision.models._api")
def random_weights(module: Any) -> None:
    """A model that asks for trained weights gets those that it starts with."""

    def state(_real: Any, one: Any, *_: Any, **__: Any) -> Any:
        notes.note(f"trained weights {one}: random ones")
        return _Nothing()

    around(module.WeightsEnum, "get_state_dict", state)


class _Nothing(dict):  # type: ignore[type-arg]
    """A state that leaves a model as it is."""


@after("torch.nn.modules.module")
def loads_nothing(module: Any) -> None:
    def load(real: Any, one: Any, state: Any, *given: Any, **named: Any) -> Any:
        if isinstance(state, _Nothing):
            return module._IncompatibleKeys([], [])
        return real(one, state, *given, **named)

    around(module.Module, "load_state_dict", load)


@after("torch.hub")
def hub(module: Any) -> None:
    """Nothing can be fetched: names of torchvision's models are made, weights are random."""

    def load(repository: str, model: str, *_: Any, **named: Any) -> Any:
        import torchvision

        builder = getattr(torchvision.models, model, None)
        if builder is None:
            raise OSError(f"torch.hub: {repository} {model} cannot be had offline")
        notes.note(f"torch.hub {model}: torchvision's, with random weights")
        kept = {name: value for name, value in named.items() if name in ("num_classes", "progress")}
        return builder(weights=None, **kept)

    def state(url: str, *_: Any, **__: Any) -> Any:
        notes.note(f"{url}: random weights")
        return _Nothing()

    module.load, module.load_state_dict_from_url = load, state
