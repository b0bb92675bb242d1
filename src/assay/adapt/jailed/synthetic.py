"""Synthetic data out of seeds: small, of the right shape, and with something in it to learn.

Every draw is from generators of our own, so the script's are where they would be without us.
"""

from __future__ import annotations

import io
import random
import zlib
from typing import Any

# Distinct images in a data set; the rest of its full length repeats them.
DISTINCT = 512
_TEXT_WORDS = (
    "the of and to in a is that for it as was with be by on not he his but at are this have "
    "from or had an they which one you were all her she there would their we him been has "
    "when who will no more if out so what up said about than its into them can only other "
    "time new some could these two may first then do any like my now over such our man me "
    "even most made after also did many off before must well back through years where much "
    "your way down should because"
)
_WORDS = _TEXT_WORDS.split()
_TEXT_GOOD = "great wonderful excellent fine lovely bright superb moving funny clever"
_GOOD = _TEXT_GOOD.split()
_TEXT_BAD = "awful boring terrible poor dull weak ugly tedious silly bad"
_BAD = _TEXT_BAD.split()


def generator(*names: Any) -> Any:
    """A generator of its own for whatever has these names."""
    import numpy

    return numpy.random.RandomState(zlib.crc32(repr(names).encode()))


def labels(rows: int, classes: int, *names: Any) -> Any:
    """Labels in no order, each class about as often."""
    import numpy

    found = numpy.arange(rows, dtype=numpy.int64) % classes
    generator("labels", rows, classes, *names).shuffle(found)
    return found


def images(given: Any, side: tuple[int, int], channels: int, *names: Any) -> Any:
    """An image (height, width, channel) of bytes for each label: its class's pattern, and noise."""
    import numpy

    height, width = side
    draws = generator("noise", *names)
    found = numpy.empty((len(given), height, width, channels), numpy.uint8)
    patterns = {int(label): _pattern(int(label), side, channels) for label in set(given.tolist())}
    for place, label in enumerate(given.tolist()):
        noise = draws.randint(-40, 41, (height, width, channels))
        found[place] = numpy.clip(patterns[label] + noise, 0, 255)
    return found


def _pattern(label: int, side: tuple[int, int], channels: int) -> Any:
    import numpy

    coarse = generator("pattern", label).randint(0, 256, (5, 5, channels))
    rows = numpy.arange(side[0]) * 5 // side[0]
    columns = numpy.arange(side[1]) * 5 // side[1]
    return coarse[rows][:, columns]


def many(
    rows: int, side: tuple[int, int], channels: int, classes: int, *names: Any
) -> tuple[Any, Any]:
    """So many images and their labels: the first few hundred over and over, each time with another
    first pixel, so that what is held out of them is not what is trained on."""
    import numpy

    few = min(rows, DISTINCT)
    tags = labels(few, classes, *names)
    pictures = images(tags, side, channels, *names)
    times = -(-rows // few)
    every = numpy.tile(pictures, (times, 1, 1, 1))[:rows]
    every[few:, 0, 0, 0] = numpy.arange(few, rows) // few % 256
    return every, numpy.tile(tags, times)[:rows]


def table(rows: int, columns: int, classes: int, *names: Any) -> tuple[Any, Any]:
    """Rows of numbers and what follows from them: a class, or for no classes a number."""
    import numpy

    draws = generator("table", rows, columns, classes, *names)
    if classes:
        tags = labels(rows, classes, *names)
        means = draws.normal(0, 1.5, (classes, columns))
        return means[tags] + draws.normal(0, 1, (rows, columns)), tags
    found = draws.normal(0, 1, (rows, columns))
    slopes = draws.normal(0, 1, columns)
    return found, found @ slopes + 0.3 * draws.normal(0, 1, rows) + numpy.abs(found[:, 0])


def writer(*names: Any) -> random.Random:
    """What `sentence` draws from: needs no library."""
    return random.Random(zlib.crc32(repr(names).encode()))


def sentence(draws: random.Random, mood: int | None = None, words: int = 12) -> str:
    """Words in a row; with a mood, some that say which."""
    found = draws.choices(_WORDS, k=words)
    if mood is not None:
        bag = (_GOOD if mood % 2 else _BAD) if mood < 2 else [f"topic{mood}"]
        found[::4] = draws.choices(bag, k=len(found[::4]))
    return " ".join(found)


def prose(lines: int, *names: Any) -> str:
    """Lines of sentences."""
    draws = writer("prose", *names)
    rows = (sentence(draws, words=draws.randrange(5, 14)).capitalize() for _ in range(lines))
    return "\n".join(f"{row} ." for row in rows) + "\n"


def picture(suffix: str, *names: Any, side: tuple[int, int] = (96, 96)) -> bytes:
    """The bytes of an image file."""
    from PIL import Image

    draws = generator("picture", *names)
    tags = labels(1, 10, *names) + draws.randint(0, 10)
    found = Image.fromarray(images(tags, side, 3, *names)[0])
    buffer = io.BytesIO()
    kind = {"jpg": "JPEG", "jpeg": "JPEG", "tif": "TIFF"}.get(
        suffix.lstrip(".").lower(), suffix.lstrip(".")
    )
    found.save(buffer, kind.upper())
    return buffer.getvalue()


def sound(*names: Any, seconds: float = 1.0, rate: int = 16_000) -> bytes:
    """The bytes of a WAV file: two tones and noise."""
    import wave

    import numpy

    draws = generator("sound", *names)
    times = numpy.arange(int(seconds * rate)) / rate
    tones = sum(numpy.sin(2 * numpy.pi * draws.randint(200, 2000) * times) for _ in range(2))
    samples = (6000 * tones + 800 * draws.normal(size=len(times))).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


def vectors(numbers: int) -> str:
    """A line for each of our words: the word, and so many numbers."""
    rows = ((word, generator("vector", word).normal(0, 0.4, numbers)) for word in vocabulary())
    return "".join(f"{word} {' '.join(f'{one:.5f}' for one in row)}\n" for word, row in rows)


def vocabulary() -> list[str]:
    """All words that our sentences are made of."""
    return list(
        dict.fromkeys([*_WORDS, *_GOOD, *_BAD, *(f"topic{place}" for place in range(2, 24))])
    )
