"""Folders that Keras reads by class: of images, texts or sounds."""

from __future__ import annotations

import os
from typing import Any

from . import contents, files, notes, vision
from .hooks import after, around


@after("keras.src.utils.dataset_utils")
def data_sets(module: Any) -> None:
    def index(
        real: Any, directory: Any, labels: Any, formats: Any, *given: Any, **named: Any
    ) -> Any:
        names = named.get("class_names") or ()
        return real(_laid(directory, formats, names), labels, formats, *given, **named)

    around(module, "index_directory", index)


@after("keras.src.legacy.preprocessing.image")
def generators(module: Any) -> None:
    def flow(real: Any, one: Any, directory: Any, *given: Any, **named: Any) -> Any:
        place = _laid(directory, contents.IMAGES, named.get("classes") or ())
        return real(one, place, *given, **named)

    around(module.ImageDataGenerator, "flow_from_directory", flow)


def _laid(directory: Any, formats: Any, names: Any) -> str:
    """The folder itself, or one of ours in its place."""
    place = str(files.place_of(directory))
    if not os.path.isdir(place) or not any(entry.is_dir() for entry in os.scandir(place)):
        if any(one in contents.IMAGES for one in formats):
            vision.lay_folders(place, os.path.basename(place), names)
        else:
            for label, name in enumerate(names or ("class_0", "class_1")):
                os.makedirs(os.path.join(place, name))
                for number in range(24):
                    _lay(os.path.join(place, name, f"{number}{formats[0]}"), label)
            notes.note(f"{directory}: folders of synthetic files")
    return place


def _lay(path: str, label: int) -> None:
    from . import synthetic

    is_text = path.endswith(".txt")
    draws = synthetic.writer(path)
    with files.real_open(path, "wb") as file:
        file.write(synthetic.sentence(draws, label % 2, 40).encode() if is_text
                   else contents.content(path))  # fmt: skip
    notes.laid(path)
